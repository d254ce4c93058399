"""Claims on a barber's time: hold, take back, release. PostgreSQL lets one client win a slot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

import asyncpg

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import queries
from bookedbarber.booking.states import (
    MOVES,
    AppointmentState,
    CancelledBy,
    MovedBy,
    may_become,
)
from bookedbarber.database import Connection, Json
from bookedbarber.errors import Refused

# Of one client in one shop, who is known by an address that anybody can type: a stranger can keep
# a client from booking for as long as three unpaid holds last, and no longer.
MOST_HOLDS: Final = 3


class SlotTaken(Refused):
    """Somebody else has this time by now; another one may be free."""

    code: ClassVar[str] = "slot_taken"


class TooManyHolds(Refused):
    """The client holds as many unpaid times of this shop as anybody may."""

    code: ClassVar[str] = "too_many_holds"


@dataclass(frozen=True, slots=True)
class Visit:
    """What is to be held: who does what for whom when, at which price. Amounts in minor units;
    names and addresses come sealed."""

    appointment_id: UUID
    barber_id: UUID
    service_id: UUID
    client_id: UUID
    starts_at: datetime
    ends_at: datetime
    buffer: timedelta
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
    booked_ip: bytes
    booked_device: bytes


@dataclass(frozen=True, slots=True)
class Shift:
    """One move of a visit: from where to where, on whose account, by whom and why."""

    move_id: UUID
    appointment_id: UUID
    from_barber_id: UUID
    from_starts_at: datetime
    to_barber_id: UUID
    to_starts_at: datetime
    blocked_until: datetime
    by: MovedBy
    actor: str
    reason: str


async def expire_in_the_way(
    db: Connection,
    *,
    shop_id: UUID,
    barber_id: UUID,
    starts_at: datetime,
    until: datetime,
    now: datetime,
) -> list[UUID]:
    """Let go of holds that ran out in this span; the constraint cannot read the clock."""
    released = await queries.expire_stale(
        db, shop_id=shop_id, barber_id=barber_id, starts_at=starts_at, blocked_until=until, now=now
    )
    for appointment_id in released:
        await _note_expired(db, shop_id, appointment_id, now=now)
    return released


async def _note_expired(
    db: Connection, shop_id: UUID, appointment_id: UUID, *, now: datetime
) -> None:
    await trail.record(
        db,
        shop_id=shop_id,
        actor="system",
        act="appointment.expired",
        object=ids.show("apt", appointment_id),
        facts={},
        now=now,
    )


async def hold(
    db: Connection, visit: Visit, *, shop_id: UUID, held_until: datetime, now: datetime
) -> None:
    """Hold a slot until `held_until`. Raises SlotTaken or TooManyHolds.

    Whoever calls has locked the client, so that two requests at once do not both count the same.
    """
    try:
        held = await queries.hold(
            db,
            shop_id=shop_id,
            appointment_id=visit.appointment_id,
            barber_id=visit.barber_id,
            service_id=visit.service_id,
            client_id=visit.client_id,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            blocked_until=visit.ends_at + visit.buffer,
            held_until=held_until,
            service_name=visit.service_name,
            service_amount=visit.service_amount,
            tax_amount=visit.tax_amount,
            tax_basis_points=visit.tax_basis_points,
            tip_amount=visit.tip_amount,
            deposit_amount=visit.deposit_amount,
            currency=visit.currency,
            guest_name=visit.guest_name,
            guest_phone=visit.guest_phone,
            key_id=visit.key_id,
            locale=visit.locale,
            terms_version=visit.terms_version,
            booked_ip=visit.booked_ip,
            booked_device=visit.booked_device,
            most=MOST_HOLDS,
            now=now,
        )
    except (asyncpg.ExclusionViolationError, asyncpg.DeadlockDetectedError) as taken:
        # Two holds that overlap can wait for each other; the one PostgreSQL ends has lost.
        raise SlotTaken("That time was just taken.") from taken
    if not held:
        raise TooManyHolds(f"You hold {MOST_HOLDS} times that are not paid yet.")


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody who came without having booked, to be put on a barber's time. As `Visit`."""

    appointment_id: UUID
    barber_id: UUID
    service_id: UUID
    client_id: UUID
    starts_at: datetime
    ends_at: datetime
    buffer: timedelta
    service_name: str
    service_amount: int
    tax_amount: int
    tax_basis_points: int
    currency: str
    guest_name: bytes
    key_id: UUID
    locale: str
    terms_version: int


async def seat(db: Connection, visit: WalkIn, *, shop_id: UUID, now: datetime) -> None:
    """Book a walk-in at once. Raises SlotTaken when any visit, or a hold that stands, overlaps.

    The buffer of the visit before gives way, and so does its own before the next.
    """
    barber_id = visit.barber_id
    await queries.give_way(
        db,
        shop_id=shop_id,
        barber_id=barber_id,
        starts_at=visit.starts_at,
        until=visit.ends_at,
    )
    following = await queries.visits_from(
        db, shop_id=shop_id, barber_id=barber_id, since=visit.ends_at, now=now
    )
    nexts = [one.starts_at for one in following if one.starts_at >= visit.ends_at]
    try:
        await queries.seat(
            db,
            shop_id=shop_id,
            appointment_id=visit.appointment_id,
            barber_id=barber_id,
            service_id=visit.service_id,
            client_id=visit.client_id,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            blocked_until=min([visit.ends_at + visit.buffer, *nexts]),
            service_name=visit.service_name,
            service_amount=visit.service_amount,
            tax_amount=visit.tax_amount,
            tax_basis_points=visit.tax_basis_points,
            currency=visit.currency,
            guest_name=visit.guest_name,
            key_id=visit.key_id,
            locale=visit.locale,
            terms_version=visit.terms_version,
            now=now,
        )
    except (asyncpg.ExclusionViolationError, asyncpg.DeadlockDetectedError) as taken:
        raise SlotTaken("The barber has somebody else then.") from taken


async def expire(db: Connection, *, shop_id: UUID, appointment_id: UUID, now: datetime) -> bool:
    """Release a hold that ran out; False when it was paid, released or prolonged meanwhile."""
    released = await queries.expire(db, shop_id=shop_id, appointment_id=appointment_id, now=now)
    if released:
        await _note_expired(db, shop_id, appointment_id, now=now)
    return bool(released)


async def cancel(
    db: Connection, *, shop_id: UUID, appointment_id: UUID, by: CancelledBy, now: datetime
) -> bool:
    """Cancel an appointment, if it is one that can be; False when it is not."""
    return bool(
        await queries.cancel(
            db,
            shop_id=shop_id,
            appointment_id=appointment_id,
            cancelled_by=by,
            from_states=may_become(AppointmentState.CANCELLED),
            now=now,
        )
    )


async def move(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
    source: AppointmentState,
    to: AppointmentState,
    now: datetime,
) -> bool:
    """Move an appointment from one state on to another; False when it is not there any more.

    Raises SlotTaken when an expired hold is to be confirmed and the slot is somebody else's.
    """
    if to not in MOVES[source]:
        raise AssertionError(f"no appointment moves from {source} to {to}")
    try:
        return bool(
            await queries.move(
                db,
                shop_id=shop_id,
                appointment_id=appointment_id,
                from_state=source,
                to_state=to,
                now=now,
            )
        )
    except (asyncpg.ExclusionViolationError, asyncpg.DeadlockDetectedError) as taken:
        if source is not AppointmentState.EXPIRED:
            raise  # it has its slot: whoever wants that one lost, or this is asked again
        raise SlotTaken("That time was taken meanwhile.") from taken


async def shift(
    db: Connection,
    moved: Shift,
    *,
    shop_id: UUID,
    from_states: Sequence[str],
    facts: Mapping[str, Json],
    now: datetime,
) -> bool:
    """Give a visit another time or barber, and keep and note where it was; False when it is not
    where it was any more, or in none of these states. Raises SlotTaken."""
    try:
        return bool(
            await queries.shift(
                db,
                shop_id=shop_id,
                move_id=moved.move_id,
                appointment_id=moved.appointment_id,
                from_barber_id=moved.from_barber_id,
                from_starts_at=moved.from_starts_at,
                to_barber_id=moved.to_barber_id,
                to_starts_at=moved.to_starts_at,
                blocked_until=moved.blocked_until,
                from_states=from_states,
                moved_by=moved.by,
                reason=moved.reason,
                audit_id=ids.new(now),
                actor=moved.actor,
                act="appointment.moved",
                object=ids.show("apt", moved.appointment_id),
                facts=dict(facts),
                now=now,
            )
        )
    except (asyncpg.ExclusionViolationError, asyncpg.DeadlockDetectedError) as taken:
        # Two visits that change places wait for each other; neither can have what the other has.
        raise SlotTaken("That time was just taken.") from taken
