"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

insights: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bookedbarber.database import Connection
from bookedbarber.insights.kinds import Kind
from bookedbarber.payments.states import Purpose


@dataclass(frozen=True, slots=True)
class Captured:
    """One row, as PostgreSQL types it."""

    payments: int
    amount: int


@dataclass(frozen=True, slots=True)
class Declines:
    """One row, as PostgreSQL types it."""

    code: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Unmoved:
    """One row, as PostgreSQL types it."""

    payment_id: UUID
    amount: int
    captured_at: datetime
    payments: int
    total: int


@dataclass(frozen=True, slots=True)
class Available:
    """One row, as PostgreSQL types it."""

    day: date
    currency: str
    net: int
    fees: int
    movements: int


@dataclass(frozen=True, slots=True)
class Attention:
    """One row, as PostgreSQL types it."""

    kind: Kind
    id: UUID
    about: UUID
    amount: int | None
    since: datetime
    failure: str | None
    count: int


@dataclass(frozen=True, slots=True)
class DeadWork:
    """One row, as PostgreSQL types it."""

    kind: Kind
    id: str
    what: str
    since: datetime


@dataclass(frozen=True, slots=True)
class NewestPayment:
    """One row, as PostgreSQL types it."""

    payment_id: UUID
    purpose: Purpose
    status: str
    amount: int
    tip_amount: int
    currency: str
    card_brand: str | None
    card_last4: str | None
    created_at: datetime
    captured_at: datetime | None
    appointment_id: UUID
    service_name: str
    barber: str
    client_id: UUID
    key_id: UUID
    guest_name: bytes


CAPTURED_IN = """\
/* insights.captured_in */
select captured.payments, captured.amount
  from unnest($1::timestamptz[], $2::timestamptz[])
       with ordinality as w (since, until, number)
  cross join lateral (
        select count(*) as payments, coalesce(sum(p.amount), 0)::bigint as amount
          from payments p
         where p.shop_id = $3 and p.state = 'captured'
           and p.captured_at >= w.since and p.captured_at < w.until) as captured
 order by w.number"""


async def captured_in(
    db: Connection,
    *,
    since: Sequence[datetime],
    until: Sequence[datetime],
    shop_id: UUID,
) -> list[Captured]:
    """How many payments were captured in each window, and how much. Windows may overlap."""
    return [Captured(*row) for row in await db.fetch(CAPTURED_IN, since, until, shop_id)]


DECLINED_IN = """\
/* insights.declined_in */
select declined.attempts
  from unnest($1::timestamptz[], $2::timestamptz[])
       with ordinality as w (since, until, number)
  cross join lateral (
        select count(*) as attempts from audit_events e
         where e.shop_id = $3 and e.act = 'payment.declined'
           and e.at >= w.since and e.at < w.until) as declined
 order by w.number"""


async def declined_in(
    db: Connection,
    *,
    since: Sequence[datetime],
    until: Sequence[datetime],
    shop_id: UUID,
) -> list[int]:
    """How many attempts were declined in each window."""
    return [row[0] for row in await db.fetch(DECLINED_IN, since, until, shop_id)]


FIRST_CAPTURED = """\
/* insights.first_captured */
select min(captured_at) as at from payments where shop_id = $1 and state = 'captured'"""


async def first_captured(
    db: Connection,
    *,
    shop_id: UUID,
) -> datetime | None:
    """When the shop's first payment was captured."""
    row = await db.fetchrow(FIRST_CAPTURED, shop_id)
    if row is None:
        raise LookupError("first_captured")
    value: datetime | None = row[0]
    return value


DECLINES_BY_CODE = """\
/* insights.declines_by_code */
select coalesce(facts ->> 'decline_code', '') as code, count(*) as attempts
  from audit_events
 where shop_id = $1 and act = 'payment.declined' and at >= $2
 group by 1 order by 2 desc, 1"""


async def declines_by_code(
    db: Connection,
    *,
    shop_id: UUID,
    since: datetime,
) -> list[Declines]:
    """Why attempts were declined since a moment, the most frequent first."""
    return [Declines(*row) for row in await db.fetch(DECLINES_BY_CODE, shop_id, since)]


AWAITING = """\
/* insights.awaiting */
select p.payment_id, p.amount, p.captured_at, count(*) over () as payments,
       (sum(p.amount) over ())::bigint as total
  from payments p
 where p.shop_id = $1 and p.state = 'captured' and p.captured_at >= $2
   and not exists (select from balance_transactions b
                    where b.shop_id = p.shop_id and b.source = p.charge_id)
 order by p.captured_at limit $3"""


async def awaiting(
    db: Connection,
    *,
    shop_id: UUID,
    awaiting_since: datetime,
    page: int,
) -> list[Unmoved]:
    """Captured since a moment, and no movement of Stripe's balance is booked for it: the
    oldest first, each with the sums of all of it. One pass, since it holds every payment
    against the movements.
    """
    return [Unmoved(*row) for row in await db.fetch(AWAITING, shop_id, awaiting_since, page)]


AVAILABLE_FROM = """\
/* insights.available_from */
select (available_on at time zone 'UTC')::date as day, currency::text as currency,
       sum(net)::bigint as net, sum(fee)::bigint as fees, count(*) as movements
  from balance_transactions
 where shop_id = $1 and available_on > $2
 group by 1, 2 order by 1, 2 limit 60"""


async def available_from(
    db: Connection,
    *,
    shop_id: UUID,
    now: datetime,
) -> list[Available]:
    """What becomes available at Stripe on each day that is still to come, in UTC as Stripe
    counts.
    """
    return [Available(*row) for row in await db.fetch(AVAILABLE_FROM, shop_id, now)]


ATTENTION = """\
/* insights.attention */
(select 'refund_came_back' as kind, r.refund_id as id, r.payment_id as about, r.amount,
        coalesce(r.settled_at, r.asked_at) as since, r.failure, 1 as count
   from refunds r
  where r.shop_id = $1 and r.state in ('requested', 'pending', 'failed')
    and r.state = 'failed'
  order by r.asked_at limit $2)
union all
(select 'refund_waits', r.refund_id, r.payment_id, r.amount, r.asked_at, null, 1
   from refunds r
  where r.shop_id = $1 and r.state in ('requested', 'pending', 'failed')
    and r.state <> 'failed' and r.reason in ('slot_lost', 'duplicate') and r.asked_at < $3
  order by r.asked_at limit $2)
union all
(select 'visit_not_completed', (array_agg(a.appointment_id order by a.ends_at))[1],
        (array_agg(a.appointment_id order by a.ends_at))[1], null, min(a.ends_at), null,
        count(*)::int
   from appointments a
  where a.shop_id = $1 and a.state in ('confirmed', 'arrived') and a.ends_at < $4
  group by (a.ends_at at time zone $5::text)::date
  order by min(a.ends_at) limit $2)"""


async def attention(
    db: Connection,
    *,
    shop_id: UUID,
    page: int,
    waits_since: datetime,
    ended_before: datetime,
    zone: str,
) -> list[Attention]:
    """What somebody should look at, at most `page` of each kind, the oldest first; visits by
    their day on the shop's wall.
    """
    return [
        Attention(Kind(row[0]), row[1], row[2], row[3], row[4], row[5], row[6])
        for row in await db.fetch(ATTENTION, shop_id, page, waits_since, ended_before, zone)
    ]


DEAD_WORK = """\
/* insights.dead_work */
(select 'job_dead' as kind, j.job_id::text as id, j.kind as what,
        coalesce(j.finished_at, j.run_at) as since
   from jobs j where j.shop_id = $1 and j.state = 'dead'
  order by j.finished_at limit $2)
union all
(select 'event_dead', e.event_id, e.type, coalesce(e.finished_at, e.run_at)
   from webhook_events e where e.state = 'dead'
  order by e.finished_at limit $2)"""


async def dead_work(
    db: Connection,
    *,
    shop_id: UUID,
    page: int,
) -> list[DeadWork]:
    """Work that failed for good and waits for the house: jobs of this shop, and events of
    nobody's yet.
    """
    return [
        DeadWork(Kind(row[0]), row[1], row[2], row[3])
        for row in await db.fetch(DEAD_WORK, shop_id, page)
    ]


NEWEST_PAYMENTS = """\
/* insights.newest_payments */
select p.payment_id, p.purpose, p.status, p.amount, p.tip_amount, p.currency::text as currency,
       p.card_brand, p.card_last4, p.created_at, p.captured_at, a.appointment_id, a.service_name,
       b.name as barber, a.client_id, a.key_id, a.guest_name
  from payments p
  join appointments a using (shop_id, appointment_id)
  join barbers b on b.shop_id = a.shop_id and b.barber_id = a.barber_id
 where p.shop_id = $1
 order by p.payment_id desc limit $2"""


async def newest_payments(
    db: Connection,
    *,
    shop_id: UUID,
    page: int,
) -> list[NewestPayment]:
    """The newest payments with what they paid for."""
    return [
        NewestPayment(
            row[0],
            Purpose(row[1]),
            row[2],
            row[3],
            row[4],
            row[5],
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
        )
        for row in await db.fetch(NEWEST_PAYMENTS, shop_id, page)
    ]
