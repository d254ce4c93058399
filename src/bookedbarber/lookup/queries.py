"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

lookup: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.booking.states import AppointmentState
from bookedbarber.database import Connection, Json
from bookedbarber.lookup.words import Status
from bookedbarber.payments.states import PaymentState, Purpose, RefundState


@dataclass(frozen=True, slots=True)
class Listed:
    """One row, as PostgreSQL types it."""

    payment_id: UUID
    appointment_id: UUID
    purpose: Purpose
    state: PaymentState
    status: Status
    service_amount: int
    tax_amount: int
    tip_amount: int
    amount: int
    refunding: int
    currency: str
    card_brand: str | None
    card_last4: str | None
    decline_code: str | None
    created_at: datetime
    captured_at: datetime | None
    intent_id: str | None
    charge_id: str | None
    barber_id: UUID
    barber: str
    service_id: UUID
    service: str
    starts_at: datetime
    client_id: UUID
    key_id: UUID
    guest_name: bytes


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """One row, as PostgreSQL types it."""

    event_id: UUID
    at: datetime
    actor: str
    act: str
    object: str
    facts: Json


@dataclass(frozen=True, slots=True)
class Letter:
    """One row, as PostgreSQL types it."""

    message_id: UUID
    kind: str
    state: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class StripeEvent:
    """One row, as PostgreSQL types it."""

    event_id: str
    type: str
    object_id: str | None
    created: datetime
    received_at: datetime
    state: str
    failure: str | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row, as PostgreSQL types it."""

    entry_id: UUID
    kind: str
    happened: str
    effective_at: datetime
    recorded_at: datetime
    reverses: UUID | None
    account: str
    side: str
    amount: int
    currency: str
    item: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One row, as PostgreSQL types it."""

    id: str
    type: str
    source: str
    amount: int
    fee: int
    net: int
    currency: str
    created: datetime
    available_on: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class SealedEvidence:
    """One row, as PostgreSQL types it."""

    booked_at: datetime
    booked_ip: bytes | None
    booked_device: bytes | None
    terms_version: int
    terms: str
    adopted_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """One row, as PostgreSQL types it."""

    id: UUID
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class FoundBooking:
    """One row, as PostgreSQL types it."""

    appointment_id: UUID
    state: AppointmentState
    starts_at: datetime
    service: str
    barber: str
    client_id: UUID
    key_id: UUID
    guest_name: bytes


@dataclass(frozen=True, slots=True)
class FoundRefund:
    """One row, as PostgreSQL types it."""

    refund_id: UUID
    payment_id: UUID
    state: RefundState
    amount: int
    currency: str
    requested_at: datetime


OLDER = """\
/* lookup.older */
with page as materialized (
    select p.* from payments p
 where p.shop_id = $1 and p.payment_id >= $2 and p.payment_id < $3
   and ($4::uuid is null or p.barber_id = $4)
   and ($5::text is null or p.status = $5)
   and ($6::text is null or p.purpose = $6)
   and ($7::uuid is null or p.barber_id = $7)
   and ($8::uuid is null or p.service_id = $8)
   and ($9::bigint is null or p.amount >= $9)
   and ($10::bigint is null or p.amount <= $10)
   and ($11::bigint is null and $12::text is null
        or p.amount = $11 or p.card_last4 = $12)
   and ($13::uuid is null or p.appointment_id = $13)
   and ($14::uuid is null or p.payment_id = (
        select payment_id from refunds where shop_id = $1 and refund_id = $14))
   and ($15::bytea is null or p.appointment_id = any(array(
        select appointment_id from clients join appointments using (shop_id, client_id)
         where shop_id = $1 and email_index = $15)))
   and ($16::text is null or p.payment_id = any(array(
        select x.payment_id from shops s join payments x using (shop_id, stripe_account)
         where s.shop_id = $1 and x.intent_id = $16
         union all
        select x.payment_id from shops s join payments x using (shop_id, stripe_account)
         where s.shop_id = $1 and x.charge_id = $16
         union all
        select r.payment_id from shops s join refunds r using (shop_id, stripe_account)
         where s.shop_id = $1 and r.stripe_refund_id = $16))) order by p.payment_id desc limit $17
) select p.payment_id, p.appointment_id, p.purpose, p.state, p.status, p.service_amount,
       p.tax_amount, p.tip_amount, p.amount, p.refunding, p.currency::text as currency,
       p.card_brand, p.card_last4, p.decline_code, p.created_at, p.captured_at, p.intent_id,
       p.charge_id, p.barber_id, b.name as barber, p.service_id, a.service_name as service,
       a.starts_at, a.client_id, a.key_id, a.guest_name
  from page p
  join appointments a using (shop_id, appointment_id)
  join barbers b on b.shop_id = p.shop_id and b.barber_id = p.barber_id
 order by p.payment_id"""


async def older(
    db: Connection,
    *,
    shop_id: UUID,
    low: UUID,
    high: UUID,
    only_barber: UUID | None,
    status: Status | None,
    purpose: Purpose | None,
    barber_id: UUID | None,
    service_id: UUID | None,
    least: int | None,
    most: int | None,
    exact: int | None,
    last4: str | None,
    appointment_id: UUID | None,
    refund_id: UUID | None,
    email_index: bytes | None,
    stripe_id: str | None,
    page: int,
) -> list[Listed]:
    """The newest payments within [low, high) that match, the oldest of them first."""
    return [
        Listed(
            row[0],
            row[1],
            Purpose(row[2]),
            PaymentState(row[3]),
            Status(row[4]),
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
            row[16],
            row[17],
            row[18],
            row[19],
            row[20],
            row[21],
            row[22],
            row[23],
            row[24],
            row[25],
        )
        for row in await db.fetch(
            OLDER,
            shop_id,
            low,
            high,
            only_barber,
            status,
            purpose,
            barber_id,
            service_id,
            least,
            most,
            exact,
            last4,
            appointment_id,
            refund_id,
            email_index,
            stripe_id,
            page,
        )
    ]


NEWER = """\
/* lookup.newer */
with page as materialized (
    select p.* from payments p
 where p.shop_id = $1 and p.payment_id >= $2 and p.payment_id < $3
   and ($4::uuid is null or p.barber_id = $4)
   and ($5::text is null or p.status = $5)
   and ($6::text is null or p.purpose = $6)
   and ($7::uuid is null or p.barber_id = $7)
   and ($8::uuid is null or p.service_id = $8)
   and ($9::bigint is null or p.amount >= $9)
   and ($10::bigint is null or p.amount <= $10)
   and ($11::bigint is null and $12::text is null
        or p.amount = $11 or p.card_last4 = $12)
   and ($13::uuid is null or p.appointment_id = $13)
   and ($14::uuid is null or p.payment_id = (
        select payment_id from refunds where shop_id = $1 and refund_id = $14))
   and ($15::bytea is null or p.appointment_id = any(array(
        select appointment_id from clients join appointments using (shop_id, client_id)
         where shop_id = $1 and email_index = $15)))
   and ($16::text is null or p.payment_id = any(array(
        select x.payment_id from shops s join payments x using (shop_id, stripe_account)
         where s.shop_id = $1 and x.intent_id = $16
         union all
        select x.payment_id from shops s join payments x using (shop_id, stripe_account)
         where s.shop_id = $1 and x.charge_id = $16
         union all
        select r.payment_id from shops s join refunds r using (shop_id, stripe_account)
         where s.shop_id = $1 and r.stripe_refund_id = $16))) order by p.payment_id limit $17
) select p.payment_id, p.appointment_id, p.purpose, p.state, p.status, p.service_amount,
       p.tax_amount, p.tip_amount, p.amount, p.refunding, p.currency::text as currency,
       p.card_brand, p.card_last4, p.decline_code, p.created_at, p.captured_at, p.intent_id,
       p.charge_id, p.barber_id, b.name as barber, p.service_id, a.service_name as service,
       a.starts_at, a.client_id, a.key_id, a.guest_name
  from page p
  join appointments a using (shop_id, appointment_id)
  join barbers b on b.shop_id = p.shop_id and b.barber_id = p.barber_id
 order by p.payment_id"""


async def newer(
    db: Connection,
    *,
    shop_id: UUID,
    low: UUID,
    high: UUID,
    only_barber: UUID | None,
    status: Status | None,
    purpose: Purpose | None,
    barber_id: UUID | None,
    service_id: UUID | None,
    least: int | None,
    most: int | None,
    exact: int | None,
    last4: str | None,
    appointment_id: UUID | None,
    refund_id: UUID | None,
    email_index: bytes | None,
    stripe_id: str | None,
    page: int,
) -> list[Listed]:
    """The oldest payments within [low, high) that match, the oldest first."""
    return [
        Listed(
            row[0],
            row[1],
            Purpose(row[2]),
            PaymentState(row[3]),
            Status(row[4]),
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
            row[16],
            row[17],
            row[18],
            row[19],
            row[20],
            row[21],
            row[22],
            row[23],
            row[24],
            row[25],
        )
        for row in await db.fetch(
            NEWER,
            shop_id,
            low,
            high,
            only_barber,
            status,
            purpose,
            barber_id,
            service_id,
            least,
            most,
            exact,
            last4,
            appointment_id,
            refund_id,
            email_index,
            stripe_id,
            page,
        )
    ]


TRAIL_OF = """\
/* lookup.trail_of */
select event_id, at, actor, act, object, facts from audit_events
 where shop_id = $1 and object = any($2::text[]) order by at, event_id"""


async def trail_of(
    db: Connection,
    *,
    shop_id: UUID,
    objects: Sequence[str],
) -> list[TrailEvent]:
    """What was done to these objects, in the order of time."""
    return [TrailEvent(*row) for row in await db.fetch(TRAIL_OF, shop_id, objects)]


LETTERS_ABOUT = """\
/* lookup.letters_about */
select message_id, kind, state, created_at, sent_at from messages
 where shop_id = $1 and appointment_id = $2 order by message_id"""


async def letters_about(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
) -> list[Letter]:
    """The letters about one appointment, unopened, in the order of time."""
    return [Letter(*row) for row in await db.fetch(LETTERS_ABOUT, shop_id, appointment_id)]


EVENTS_ABOUT = """\
/* lookup.events_about */
select event_id, type, object_id, created, received_at, state, failure, finished_at
  from webhook_events
 where stripe_account = $1 and coalesce(intent_id, object_id) = $2
 order by created, received_at, event_id limit 200"""


async def events_about(
    db: Connection,
    *,
    stripe_account: str,
    intent_id: str,
) -> list[StripeEvent]:
    """Stripe's events about one PaymentIntent and what hangs on it, in the order they were
    made. They belong to no shop: for the platform's role.
    """
    return [StripeEvent(*row) for row in await db.fetch(EVENTS_ABOUT, stripe_account, intent_id)]


LINES_ABOUT = """\
/* lookup.lines_about */
with touched as (
    select e.happened from postings p join entries e using (shop_id, entry_id)
     where p.shop_id = $1 and p.account in ('awaiting_stripe', 'refunds_payable')
       and p.item = any($2::text[])
),
wanted as (
    select happened from touched
    union
    select 'balance_transaction:' || substr(happened, 11) from touched
     where happened like 'exchanged:%'
    union
    select unnest($3::text[])
)
select e.entry_id, e.kind, e.happened, e.effective_at, e.recorded_at, e.reverses, p.account, p.side,
       p.amount, p.currency::text as currency, p.item
  from wanted join entries e on e.happened = wanted.happened
  join postings p using (shop_id, entry_id)
 where e.shop_id = $1
 order by e.recorded_at, e.kind in ('payment_captured', 'refund_promised') desc, e.entry_id,
          p.line"""


async def lines_about(
    db: Connection,
    *,
    shop_id: UUID,
    items: Sequence[str],
    happened: Sequence[str],
) -> list[Line]:
    """The entries that booked a charge, some refunds, or what `happened` names, line by line,
    as they were booked: what raises an item before what settles it. What Stripe converted
    has two entries, one in each currency.
    """
    return [Line(*row) for row in await db.fetch(LINES_ABOUT, shop_id, items, happened)]


MOVEMENTS_BY_ID = """\
/* lookup.movements_by_id */
select id, type, source, amount, fee, net, currency::text as currency, created, available_on,
       recorded_at
  from balance_transactions
 where stripe_account = $1 and id = any($2::text[]) order by created, id"""


async def movements_by_id(
    db: Connection,
    *,
    stripe_account: str,
    ids: Sequence[str],
) -> list[Moved]:
    """Movements of Stripe's balance, in the order of time."""
    return [Moved(*row) for row in await db.fetch(MOVEMENTS_BY_ID, stripe_account, ids)]


EVIDENCE_OF = """\
/* lookup.evidence_of */
select a.booked_at, a.booked_ip, a.booked_device, a.terms_version, t.text as terms, t.adopted_at
  from appointments a join shop_terms t on t.shop_id = a.shop_id and t.version = a.terms_version
 where a.shop_id = $1 and a.appointment_id = $2"""


async def evidence_of(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
) -> SealedEvidence:
    """Who agreed to which terms, when and from where: sealed, all but the terms. Who walked in
    agreed from nowhere.
    """
    row = await db.fetchrow(EVIDENCE_OF, shop_id, appointment_id)
    if row is None:
        raise LookupError("evidence_of")
    return SealedEvidence(*row)


BARBERS_NAMED = """\
/* lookup.barbers_named */
select barber_id as id, name, active from barbers
 where shop_id = $1 order by active desc, position, name"""


async def barbers_named(
    db: Connection,
    *,
    shop_id: UUID,
) -> list[Named]:
    """Everybody who works or worked in the shop, in its own order."""
    return [Named(*row) for row in await db.fetch(BARBERS_NAMED, shop_id)]


SERVICES_NAMED = """\
/* lookup.services_named */
select service_id as id, name, active from services
 where shop_id = $1 order by active desc, position, name"""


async def services_named(
    db: Connection,
    *,
    shop_id: UUID,
) -> list[Named]:
    """Everything the shop sells or sold, in its own order."""
    return [Named(*row) for row in await db.fetch(SERVICES_NAMED, shop_id)]


BOOKINGS_FOUND = """\
/* lookup.bookings_found */
select a.appointment_id, a.state, a.starts_at, a.service_name as service, b.name as barber,
       a.client_id, a.key_id, a.guest_name
  from appointments a join barbers b using (shop_id, barber_id)
 where a.shop_id = $1
   and ($2::uuid is null or a.barber_id = $2)
   and ($3::uuid is null or a.appointment_id = $3)
   and ($4::bytea is null or a.client_id = (
        select client_id from clients where shop_id = $1 and email_index = $4))
 order by a.starts_at desc, a.appointment_id limit $5"""


async def bookings_found(
    db: Connection,
    *,
    shop_id: UUID,
    only_barber: UUID | None,
    appointment_id: UUID | None,
    email_index: bytes | None,
    page: int,
) -> list[FoundBooking]:
    """The booking of that id, or those of the client with that address, the latest first."""
    return [
        FoundBooking(
            row[0], AppointmentState(row[1]), row[2], row[3], row[4], row[5], row[6], row[7]
        )
        for row in await db.fetch(
            BOOKINGS_FOUND, shop_id, only_barber, appointment_id, email_index, page
        )
    ]


REFUNDS_FOUND = """\
/* lookup.refunds_found */
select r.refund_id, r.payment_id, r.state, r.amount, r.currency::text as currency, r.requested_at
  from refunds r join payments p using (shop_id, payment_id)
 where r.shop_id = $1
   and ($2::uuid is null or p.barber_id = $2)
   and ($3::uuid is null or r.refund_id = $3)
   and ($4::text is null or (r.stripe_account, r.stripe_refund_id) = (
        select s.stripe_account, $4 from shops s where s.shop_id = $1))"""


async def refunds_found(
    db: Connection,
    *,
    shop_id: UUID,
    only_barber: UUID | None,
    refund_id: UUID | None,
    stripe_id: str | None,
) -> list[FoundRefund]:
    """The refund of that id, or of that id of Stripe's."""
    return [
        FoundRefund(row[0], row[1], RefundState(row[2]), row[3], row[4], row[5])
        for row in await db.fetch(REFUNDS_FOUND, shop_id, only_barber, refund_id, stripe_id)
    ]


STATUS_OF = """\
/* lookup.status_of */
select status from payments where shop_id = $1 and payment_id = $2"""


async def status_of(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
) -> Status:
    """How a payment stands, in the words of people."""
    row = await db.fetchrow(STATUS_OF, shop_id, payment_id)
    if row is None:
        raise LookupError("status_of")
    return Status(row[0])
