"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

booking: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.booking.states import AppointmentState, CancelledBy, MovedBy
from bookedbarber.database import Connection, Json


@dataclass(frozen=True, slots=True)
class Busy:
    """One row, as PostgreSQL types it."""

    barber_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ToCome:
    """One row, as PostgreSQL types it."""

    appointment_id: UUID
    barber_id: UUID
    service_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Appointment:
    """One row, as PostgreSQL types it."""

    appointment_id: UUID
    barber_id: UUID
    barber_name: str
    service_id: UUID
    client_id: UUID
    state: AppointmentState
    starts_at: datetime
    ends_at: datetime
    held_until: datetime | None
    service_name: str
    service_amount: int
    tax_amount: int
    tax_basis_points: int
    tip_amount: int
    deposit_amount: int
    currency: str
    guest_name: bytes
    guest_phone: bytes | None
    key_id: UUID
    locale: str
    terms_version: int
    booked_at: datetime
    closed_at: datetime | None
    cancelled_by: CancelledBy | None
    walk_in: bool
    arrived_at: datetime | None
    arrived_by: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """One row, as PostgreSQL types it."""

    move_id: UUID
    number: int
    from_barber_id: UUID
    from_barber: str
    from_starts_at: datetime
    to_barber_id: UUID
    to_barber: str
    to_starts_at: datetime
    moved_by: MovedBy
    actor: str
    reason: str
    moved_at: datetime


BUSY = """\
/* booking.busy */
select barber_id, lower(blocked) as starts_at, upper(blocked) as ends_at
  from appointments
 where shop_id = $1 and blocked && tstzrange($2, $3)
   -- Row security keeps && from the index; no visit is longer than 28 hours.
   and starts_at < $3 and starts_at > $2 - interval '28 hours'
   and (state in ('confirmed', 'arrived', 'completed')
        or (state = 'held' and held_until > $4))
   and ($5::uuid is null or appointment_id <> $5)"""


async def busy(
    db: Connection,
    *,
    shop_id: UUID,
    since: datetime,
    until: datetime,
    now: datetime,
    besides: UUID | None,
) -> list[Busy]:
    """What already blocks each barber's time in a span; a hold that ran out blocks nothing,
    and neither does the visit that is to be moved.
    """
    return [Busy(*row) for row in await db.fetch(BUSY, shop_id, since, until, now, besides)]


TO_COME = """\
/* booking.to_come */
select appointment_id, barber_id, service_id, starts_at, ends_at from appointments
 where shop_id = $1 and starts_at > $2
   and (state in ('confirmed', 'arrived') or (state = 'held' and held_until > $2))
 order by starts_at, appointment_id"""


async def to_come(
    db: Connection,
    *,
    shop_id: UUID,
    now: datetime,
) -> list[ToCome]:
    """Visits that are still to come, by whom and of what; a hold that ran out is none."""
    return [ToCome(*row) for row in await db.fetch(TO_COME, shop_id, now)]


EXPIRE_STALE = """\
/* booking.expire_stale */
update appointments set state = 'expired', held_until = null, closed_at = $1
 where shop_id = $2 and appointment_id = any(array(
        select appointment_id from appointments
         where shop_id = $2 and barber_id = $3
           and blocked && tstzrange($4, $5)
           -- Row security keeps && from the index; no visit is longer than 28 hours.
           and starts_at < $5 and starts_at > $4 - interval '28 hours'
           and state = 'held' and held_until <= $1
         order by appointment_id
           for no key update))
returning appointment_id"""


async def expire_stale(
    db: Connection,
    *,
    now: datetime,
    shop_id: UUID,
    barber_id: UUID,
    starts_at: datetime,
    blocked_until: datetime,
) -> list[UUID]:
    """Let go of holds that ran out in the way of a slot somebody wants. Locked in order, for
    several may want it.
    """
    db.touch(shop_id)
    return [
        row[0]
        for row in await db.fetch(EXPIRE_STALE, now, shop_id, barber_id, starts_at, blocked_until)
    ]


HOLD = """\
/* booking.hold */
insert into appointments (
    shop_id, appointment_id, barber_id, service_id, client_id, state, starts_at, ends_at, blocked,
    held_until, service_name, service_amount, tax_amount, tax_basis_points, tip_amount,
    deposit_amount, currency, guest_name, guest_phone, key_id, locale, terms_version, booked_ip,
    booked_device, booked_at)
select
    $1, $2, $3, $4, $5, 'held', $6, $7,
    tstzrange($6, $8), $9, $10, $11,
    $12, $13, $14, $15, $16, $17,
    $18, $19, $20, $21, $22, $23, $24
 where (select count(*) from appointments
         where shop_id = $1 and client_id = $5
           and state = 'held' and held_until > $24) < $25"""


async def hold(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
    barber_id: UUID,
    service_id: UUID,
    client_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    blocked_until: datetime,
    held_until: datetime,
    service_name: str,
    service_amount: int,
    tax_amount: int,
    tax_basis_points: int,
    tip_amount: int,
    deposit_amount: int,
    currency: str,
    guest_name: bytes,
    guest_phone: bytes | None,
    key_id: UUID,
    locale: str,
    terms_version: int,
    booked_ip: bytes,
    booked_device: bytes,
    now: datetime,
    most: int,
) -> int:
    """Claim a slot while its payment runs. The exclusion constraint lets one client win;
    nothing is claimed for a client who holds `most` already.
    """
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                HOLD,
                shop_id,
                appointment_id,
                barber_id,
                service_id,
                client_id,
                starts_at,
                ends_at,
                blocked_until,
                held_until,
                service_name,
                service_amount,
                tax_amount,
                tax_basis_points,
                tip_amount,
                deposit_amount,
                currency,
                guest_name,
                guest_phone,
                key_id,
                locale,
                terms_version,
                booked_ip,
                booked_device,
                now,
                most,
            )
        ).rpartition(" ")[2]
    )


EXPIRE = """\
/* booking.expire */
update appointments set state = 'expired', held_until = null, closed_at = $1
 where shop_id = $2 and appointment_id = $3
   and state = 'held' and held_until <= $1"""


async def expire(
    db: Connection,
    *,
    now: datetime,
    shop_id: UUID,
    appointment_id: UUID,
) -> int:
    """Let go of one hold that ran out."""
    db.touch(shop_id)
    return int((await db.execute(EXPIRE, now, shop_id, appointment_id)).rpartition(" ")[2])


MOVE = """\
/* booking.move */
update appointments
   set state = $1, held_until = null,
       closed_at = case when $1 = 'confirmed' then null else $2::timestamptz end
 where shop_id = $3 and appointment_id = $4 and state = $5"""


async def move(
    db: Connection,
    *,
    to_state: str,
    now: datetime,
    shop_id: UUID,
    appointment_id: UUID,
    from_state: str,
) -> int:
    """Move an appointment out of a state it may leave; see states.py for what is allowed."""
    db.touch(shop_id)
    return int(
        (await db.execute(MOVE, to_state, now, shop_id, appointment_id, from_state)).rpartition(
            " "
        )[2]
    )


CHECK_IN = """\
/* booking.check_in */
update appointments set state = 'arrived', arrived_at = $1, arrived_by = $2
 where shop_id = $3 and appointment_id = $4 and state = 'confirmed'"""


async def check_in(
    db: Connection,
    *,
    now: datetime,
    actor: str,
    shop_id: UUID,
    appointment_id: UUID,
) -> int:
    """The client of a booked visit is here."""
    db.touch(shop_id)
    return int((await db.execute(CHECK_IN, now, actor, shop_id, appointment_id)).rpartition(" ")[2])


UNDO_CHECK_IN = """\
/* booking.undo_check_in */
update appointments set state = 'confirmed', arrived_at = null, arrived_by = null
 where shop_id = $1 and appointment_id = $2 and state = 'arrived'"""


async def undo_check_in(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
) -> int:
    """The client is not here after all."""
    db.touch(shop_id)
    return int((await db.execute(UNDO_CHECK_IN, shop_id, appointment_id)).rpartition(" ")[2])


GIVE_WAY = """\
/* booking.give_way */
update appointments set blocked = tstzrange(starts_at, greatest(ends_at, $1))
 where shop_id = $2 and appointment_id = any(array(
        select appointment_id from appointments
         where shop_id = $2 and barber_id = $3
           and blocked && tstzrange($1, $4)
           -- Row security keeps && from the index; no visit is longer than 28 hours.
           and starts_at < $1 and starts_at > $1 - interval '28 hours'
           and ends_at <= $1
           and state in ('held', 'confirmed', 'arrived', 'completed')
         order by appointment_id
           for no key update))
returning appointment_id"""


async def give_way(
    db: Connection,
    *,
    starts_at: datetime,
    shop_id: UUID,
    barber_id: UUID,
    until: datetime,
) -> list[UUID]:
    """The buffers of a barber's visits give way to a span; a visit itself does not. Locked in
    order.
    """
    db.touch(shop_id)
    return [row[0] for row in await db.fetch(GIVE_WAY, starts_at, shop_id, barber_id, until)]


VISITS_FROM = """\
/* booking.visits_from */
select barber_id, starts_at, ends_at from appointments
 where shop_id = $1 and barber_id = $2
   -- Only the start is indexed; no visit is longer than 28 hours.
   and starts_at > $3::timestamptz - interval '28 hours' and ends_at > $3
   and (state in ('confirmed', 'arrived', 'completed')
        or (state = 'held' and held_until > $4))
 order by starts_at"""


async def visits_from(
    db: Connection,
    *,
    shop_id: UUID,
    barber_id: UUID,
    since: datetime,
    now: datetime,
) -> list[Busy]:
    """The visits of a barber that end after a moment, in the order of time; a hold that ran
    out is none.
    """
    return [Busy(*row) for row in await db.fetch(VISITS_FROM, shop_id, barber_id, since, now)]


SEAT = """\
/* booking.seat */
insert into appointments (
    shop_id, appointment_id, barber_id, service_id, client_id, state, starts_at, ends_at, blocked,
    service_name, service_amount, tax_amount, tax_basis_points, tip_amount, deposit_amount,
    currency, guest_name, key_id, locale, terms_version, booked_at, walk_in)
values (
    $1, $2, $3, $4, $5, 'confirmed', $6,
    $7, tstzrange($6, $8), $9, $10, $11,
    $12, 0, 0, $13, $14, $15, $16, $17, $18, true)"""


async def seat(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
    barber_id: UUID,
    service_id: UUID,
    client_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    blocked_until: datetime,
    service_name: str,
    service_amount: int,
    tax_amount: int,
    tax_basis_points: int,
    currency: str,
    guest_name: bytes,
    key_id: UUID,
    locale: str,
    terms_version: int,
    now: datetime,
) -> int:
    """Somebody walks in: a visit that is booked at once, and nothing of it paid. The exclusion
    constraint lets one client win. Nobody agreed to it from anywhere.
    """
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                SEAT,
                shop_id,
                appointment_id,
                barber_id,
                service_id,
                client_id,
                starts_at,
                ends_at,
                blocked_until,
                service_name,
                service_amount,
                tax_amount,
                tax_basis_points,
                currency,
                guest_name,
                key_id,
                locale,
                terms_version,
                now,
            )
        ).rpartition(" ")[2]
    )


CANCEL = """\
/* booking.cancel */
update appointments
   set state = 'cancelled', held_until = null, closed_at = $1, cancelled_by = $2
 where shop_id = $3 and appointment_id = $4
   and state = any($5::text[])"""


async def cancel(
    db: Connection,
    *,
    now: datetime,
    cancelled_by: str,
    shop_id: UUID,
    appointment_id: UUID,
    from_states: Sequence[str],
) -> int:
    """Cancel an appointment in one of the states that may be, and say on whose account."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(CANCEL, now, cancelled_by, shop_id, appointment_id, from_states)
        ).rpartition(" ")[2]
    )


LOAD_APPOINTMENT = """\
/* booking.load_appointment */
select a.appointment_id, a.barber_id, b.name as barber_name, a.service_id, a.client_id, a.state,
       a.starts_at, a.ends_at, a.held_until, a.service_name, a.service_amount, a.tax_amount,
       a.tax_basis_points, a.tip_amount, a.deposit_amount, a.currency::text as currency,
       a.guest_name, a.guest_phone, a.key_id, a.locale, a.terms_version, a.booked_at,
       a.closed_at, a.cancelled_by, a.walk_in, a.arrived_at, a.arrived_by
  from appointments a join barbers b using (shop_id, barber_id)
 where a.shop_id = $1 and a.appointment_id = $2"""


async def load_appointment(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
) -> Appointment | None:
    """One appointment with who gives it."""
    row = await db.fetchrow(LOAD_APPOINTMENT, shop_id, appointment_id)
    if row is None:
        return None
    return Appointment(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        AppointmentState(row[5]),
        row[6],
        row[7],
        row[8],
        row[9],
        row[10],
        row[11],
        row[12],
        row[13],
        row[14],
        row[15],
        row[16],
        row[17],
        row[18],
        row[19],
        row[20],
        row[21],
        row[22],
        None if row[23] is None else CancelledBy(row[23]),
        row[24],
        row[25],
        row[26],
    )


BUFFER_AFTER = """\
/* booking.buffer_after */
select buffer_minutes from services where shop_id = $1 and service_id = $2"""


async def buffer_after(
    db: Connection,
    *,
    shop_id: UUID,
    service_id: UUID,
) -> int | None:
    """How many minutes the shop keeps free after a visit of this service, sold by now or not
    any more.
    """
    row = await db.fetchrow(BUFFER_AFTER, shop_id, service_id)
    if row is None:
        return None
    value: int = row[0]
    return value


SHIFT = """\
/* booking.shift */
with gate as (
    update appointments
       set barber_id = $1, starts_at = $2,
           ends_at = $2::timestamptz + (ends_at - starts_at),
           blocked = tstzrange($2::timestamptz, $3::timestamptz)
     where shop_id = $4 and appointment_id = $5
       and barber_id = $6 and starts_at = $7
       and state = any($8::text[])
    returning 1
),
audited as (
    insert into audit_events (shop_id, event_id, at, actor, act, object, facts)
    select $4, $9, $10, $11, $12, $13, $14 from gate
    returning 1
)
insert into appointment_moves (shop_id, move_id, appointment_id, number, from_barber_id,
                               from_starts_at, to_barber_id, to_starts_at, moved_by, actor,
                               reason, moved_at)
select $4, $15, $5,
       (select count(*) + 1 from appointment_moves
         where shop_id = $4 and appointment_id = $5),
       $6, $7, $1, $2, $16, $11,
       $17, $10
  from gate"""


async def shift(
    db: Connection,
    *,
    to_barber_id: UUID,
    to_starts_at: datetime,
    blocked_until: datetime,
    shop_id: UUID,
    appointment_id: UUID,
    from_barber_id: UUID,
    from_starts_at: datetime,
    from_states: Sequence[str],
    audit_id: UUID,
    now: datetime,
    actor: str,
    act: str,
    object: str,
    facts: Json,
    move_id: UUID,
    moved_by: str,
    reason: str,
) -> int:
    """Give a visit another time or barber, and keep where it was. The exclusion constraint
    lets one visit have a slot; 0 when the visit is in none of the states in which it can be
    moved.
    """
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                SHIFT,
                to_barber_id,
                to_starts_at,
                blocked_until,
                shop_id,
                appointment_id,
                from_barber_id,
                from_starts_at,
                from_states,
                audit_id,
                now,
                actor,
                act,
                object,
                facts,
                move_id,
                moved_by,
                reason,
            )
        ).rpartition(" ")[2]
    )


LIST_MOVES = """\
/* booking.list_moves */
select m.move_id, m.number, m.from_barber_id, f.name as from_barber, m.from_starts_at,
       m.to_barber_id, t.name as to_barber, m.to_starts_at, m.moved_by, m.actor, m.reason,
       m.moved_at
  from appointment_moves m
  join barbers f on f.shop_id = m.shop_id and f.barber_id = m.from_barber_id
  join barbers t on t.shop_id = m.shop_id and t.barber_id = m.to_barber_id
 where m.shop_id = $1 and m.appointment_id = $2
 order by m.number"""


async def list_moves(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
) -> list[Move]:
    """Where a visit was before, the first move first."""
    return [
        Move(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            row[5],
            row[6],
            row[7],
            MovedBy(row[8]),
            row[9],
            row[10],
            row[11],
        )
        for row in await db.fetch(LIST_MOVES, shop_id, appointment_id)
    ]


LAST_MOVED = """\
/* booking.last_moved */
select appointment_id from appointment_moves m
 where shop_id = $1 and move_id = $2
   and not exists (select from appointment_moves later
                    where later.shop_id = m.shop_id and later.appointment_id = m.appointment_id
                      and later.number > m.number)"""


async def last_moved(
    db: Connection,
    *,
    shop_id: UUID,
    move_id: UUID,
) -> UUID | None:
    """The visit that a move was of, if it was the visit's last so far."""
    row = await db.fetchrow(LAST_MOVED, shop_id, move_id)
    if row is None:
        return None
    value: UUID = row[0]
    return value


LOCK_APPOINTMENT = """\
/* booking.lock_appointment */
select state from appointments
 where shop_id = $1 and appointment_id = $2 for no key update"""


async def lock_appointment(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
) -> AppointmentState:
    """The state of one appointment, which nobody else can change until this transaction ends."""
    row = await db.fetchrow(LOCK_APPOINTMENT, shop_id, appointment_id)
    if row is None:
        raise LookupError("lock_appointment")
    return AppointmentState(row[0])


LIST_DAY = """\
/* booking.list_day */
select a.appointment_id, a.barber_id, b.name as barber_name, a.service_id, a.client_id, a.state,
       a.starts_at, a.ends_at, a.held_until, a.service_name, a.service_amount, a.tax_amount,
       a.tax_basis_points, a.tip_amount, a.deposit_amount, a.currency::text as currency,
       a.guest_name, a.guest_phone, a.key_id, a.locale, a.terms_version, a.booked_at,
       a.closed_at, a.cancelled_by, a.walk_in, a.arrived_at, a.arrived_by
  from appointments a join barbers b using (shop_id, barber_id)
 where a.shop_id = $1 and a.starts_at >= $2 and a.starts_at < $3
   and ($4::uuid is null or a.barber_id = $4)
   and ($5::uuid is null or (a.starts_at, a.appointment_id) > (
        select starts_at, appointment_id from appointments
         where shop_id = $1 and appointment_id = $5))
 order by a.starts_at, a.appointment_id
 limit $6"""


async def list_day(
    db: Connection,
    *,
    shop_id: UUID,
    since: datetime,
    until: datetime,
    barber_id: UUID | None,
    after: UUID | None,
    page: int,
) -> list[Appointment]:
    """A page of a shop's appointments that start in a span, of one barber or of all, in the
    order of time, after one of them.
    """
    return [
        Appointment(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            AppointmentState(row[5]),
            row[6],
            row[7],
            row[8],
            row[9],
            row[10],
            row[11],
            row[12],
            row[13],
            row[14],
            row[15],
            row[16],
            row[17],
            row[18],
            row[19],
            row[20],
            row[21],
            row[22],
            None if row[23] is None else CancelledBy(row[23]),
            row[24],
            row[25],
            row[26],
        )
        for row in await db.fetch(LIST_DAY, shop_id, since, until, barber_id, after, page)
    ]


LIST_OF_CLIENT = """\
/* booking.list_of_client */
select a.appointment_id, a.barber_id, b.name as barber_name, a.service_id, a.client_id, a.state,
       a.starts_at, a.ends_at, a.held_until, a.service_name, a.service_amount, a.tax_amount,
       a.tax_basis_points, a.tip_amount, a.deposit_amount, a.currency::text as currency,
       a.guest_name, a.guest_phone, a.key_id, a.locale, a.terms_version, a.booked_at,
       a.closed_at, a.cancelled_by, a.walk_in, a.arrived_at, a.arrived_by
  from appointments a join barbers b using (shop_id, barber_id)
 where a.shop_id = $1 and a.client_id = $2
   and ($3::uuid is null or (a.starts_at, a.appointment_id) < (
        select starts_at, appointment_id from appointments
         where shop_id = $1 and appointment_id = $3))
 order by a.starts_at desc, a.appointment_id desc
 limit $4"""


async def list_of_client(
    db: Connection,
    *,
    shop_id: UUID,
    client_id: UUID,
    before: UUID | None,
    page: int,
) -> list[Appointment]:
    """A page of one client's visits, the latest first, before one of them."""
    return [
        Appointment(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            AppointmentState(row[5]),
            row[6],
            row[7],
            row[8],
            row[9],
            row[10],
            row[11],
            row[12],
            row[13],
            row[14],
            row[15],
            row[16],
            row[17],
            row[18],
            row[19],
            row[20],
            row[21],
            row[22],
            None if row[23] is None else CancelledBy(row[23]),
            row[24],
            row[25],
            row[26],
        )
        for row in await db.fetch(LIST_OF_CLIENT, shop_id, client_id, before, page)
    ]


NEWEST_OF_CLIENT = """\
/* booking.newest_of_client */
select appointment_id from appointments
 where shop_id = $1 and client_id = $2
 order by booked_at desc, appointment_id desc limit 1"""


async def newest_of_client(
    db: Connection,
    *,
    shop_id: UUID,
    client_id: UUID,
) -> UUID | None:
    """The visit that a client booked last."""
    row = await db.fetchrow(NEWEST_OF_CLIENT, shop_id, client_id)
    if row is None:
        return None
    value: UUID = row[0]
    return value


NOT_TO_COME = """\
/* booking.not_to_come */
select a.appointment_id
  from unnest($1::uuid[], $2::uuid[]) as asked (shop_id, appointment_id)
  join appointments a using (shop_id, appointment_id)
 where a.state not in ('confirmed', 'arrived')"""


async def not_to_come(
    db: Connection,
    *,
    shop_ids: Sequence[UUID],
    appointment_ids: Sequence[UUID],
) -> list[UUID]:
    """Which of these appointments, of whatever shops, are over, or will not take place."""
    return [row[0] for row in await db.fetch(NOT_TO_COME, shop_ids, appointment_ids)]
