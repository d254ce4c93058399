"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

payments: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.database import Connection, Json
from bookedbarber.payments.states import PaymentState, Purpose, RefundReason, RefundState, Via


@dataclass(frozen=True, slots=True)
class Payment:
    """One row, as PostgreSQL types it."""

    shop_id: UUID
    payment_id: UUID
    appointment_id: UUID
    purpose: Purpose
    state: PaymentState
    service_amount: int
    tax_amount: int
    tip_amount: int
    amount: int
    refunding: int
    currency: str
    stripe_account: str
    via: Via
    intent_id: str | None
    left_intent_id: str | None
    checkout_id: str | None
    charge_id: str | None
    card_brand: str | None
    card_last4: str | None
    decline_code: str | None
    created_at: datetime
    captured_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaymentRef:
    """One row, as PostgreSQL types it."""

    shop_id: UUID
    payment_id: UUID
    intent_id: str | None


@dataclass(frozen=True, slots=True)
class Refund:
    """One row, as PostgreSQL types it."""

    shop_id: UUID
    refund_id: UUID
    payment_id: UUID
    state: RefundState
    service_amount: int
    tax_amount: int
    tip_amount: int
    amount: int
    currency: str
    stripe_account: str
    stripe_refund_id: str | None
    reason: RefundReason
    note: str
    requested_by: str
    failure: str | None
    requested_at: datetime
    tries: int
    asked_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundRef:
    """One row, as PostgreSQL types it."""

    shop_id: UUID
    refund_id: UUID


ADD_PAYMENT = """\
/* payments.add_payment */
insert into payments (shop_id, payment_id, appointment_id, purpose, state, service_amount,
                      tax_amount, tip_amount, amount, currency, stripe_account, via, created_at)
values ($1, $2, $3, $4, 'pending', $5,
        $6, $7, $5::bigint + $6::bigint + $7::bigint, $8,
        $9, $10, $11)"""


async def add_payment(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
    appointment_id: UUID,
    purpose: str,
    service_amount: int,
    tax_amount: int,
    tip_amount: int,
    currency: str,
    stripe_account: str,
    via: str,
    now: datetime,
) -> int:
    """Write down that an amount is to be collected, before Stripe is asked."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                ADD_PAYMENT,
                shop_id,
                payment_id,
                appointment_id,
                purpose,
                service_amount,
                tax_amount,
                tip_amount,
                currency,
                stripe_account,
                via,
                now,
            )
        ).rpartition(" ")[2]
    )


LOAD_PAYMENT = """\
/* payments.load_payment */
select shop_id, payment_id, appointment_id, purpose, state, service_amount, tax_amount,
       tip_amount, amount, refunding, currency::text as currency, stripe_account, via, intent_id,
       left_intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, created_at,
       captured_at
  from payments where shop_id = $1 and payment_id = $2"""


async def load_payment(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
) -> Payment | None:
    """One payment of a shop."""
    row = await db.fetchrow(LOAD_PAYMENT, shop_id, payment_id)
    if row is None:
        return None
    return Payment(
        row[0],
        row[1],
        row[2],
        Purpose(row[3]),
        PaymentState(row[4]),
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        row[10],
        row[11],
        Via(row[12]),
        row[13],
        row[14],
        row[15],
        row[16],
        row[17],
        row[18],
        row[19],
        row[20],
        row[21],
    )


LOCK_PAYMENT = """\
/* payments.lock_payment */
select shop_id, payment_id, appointment_id, purpose, state, service_amount, tax_amount,
       tip_amount, amount, refunding, currency::text as currency, stripe_account, via, intent_id,
       left_intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, created_at,
       captured_at
  from payments where shop_id = $1 and payment_id = $2 for no key update"""


async def lock_payment(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
) -> Payment | None:
    """One payment, which nobody else can change until this transaction ends."""
    row = await db.fetchrow(LOCK_PAYMENT, shop_id, payment_id)
    if row is None:
        return None
    return Payment(
        row[0],
        row[1],
        row[2],
        Purpose(row[3]),
        PaymentState(row[4]),
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        row[10],
        row[11],
        Via(row[12]),
        row[13],
        row[14],
        row[15],
        row[16],
        row[17],
        row[18],
        row[19],
        row[20],
        row[21],
    )


LIST_PAYMENTS = """\
/* payments.list_payments */
select shop_id, payment_id, appointment_id, purpose, state, service_amount, tax_amount,
       tip_amount, amount, refunding, currency::text as currency, stripe_account, via, intent_id,
       left_intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, created_at,
       captured_at
  from payments where shop_id = $1 and appointment_id = $2
 order by payment_id"""


async def list_payments(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
) -> list[Payment]:
    """The payments of one appointment, oldest first."""
    return [
        Payment(
            row[0],
            row[1],
            row[2],
            Purpose(row[3]),
            PaymentState(row[4]),
            row[5],
            row[6],
            row[7],
            row[8],
            row[9],
            row[10],
            row[11],
            Via(row[12]),
            row[13],
            row[14],
            row[15],
            row[16],
            row[17],
            row[18],
            row[19],
            row[20],
            row[21],
        )
        for row in await db.fetch(LIST_PAYMENTS, shop_id, appointment_id)
    ]


PAYMENTS_OF = """\
/* payments.payments_of */
select shop_id, payment_id, appointment_id, purpose, state, service_amount, tax_amount,
       tip_amount, amount, refunding, currency::text as currency, stripe_account, via, intent_id,
       left_intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, created_at,
       captured_at
  from payments where shop_id = $1 and appointment_id = any($2::uuid[])
 order by payment_id"""


async def payments_of(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_ids: Sequence[UUID],
) -> list[Payment]:
    """The payments of several appointments, oldest first."""
    return [
        Payment(
            row[0],
            row[1],
            row[2],
            Purpose(row[3]),
            PaymentState(row[4]),
            row[5],
            row[6],
            row[7],
            row[8],
            row[9],
            row[10],
            row[11],
            Via(row[12]),
            row[13],
            row[14],
            row[15],
            row[16],
            row[17],
            row[18],
            row[19],
            row[20],
            row[21],
        )
        for row in await db.fetch(PAYMENTS_OF, shop_id, appointment_ids)
    ]


FIND_BY_INTENT = """\
/* payments.find_by_intent */
select shop_id, payment_id, intent_id from payments
 where stripe_account = $1 and intent_id = $2"""


async def find_by_intent(
    db: Connection,
    *,
    stripe_account: str,
    intent_id: str,
) -> PaymentRef | None:
    """Whose payment a PaymentIntent collects."""
    row = await db.fetchrow(FIND_BY_INTENT, stripe_account, intent_id)
    if row is None:
        return None
    return PaymentRef(*row)


FIND_BY_CHARGE = """\
/* payments.find_by_charge */
select shop_id, payment_id, intent_id from payments
 where stripe_account = $1 and charge_id = $2"""


async def find_by_charge(
    db: Connection,
    *,
    stripe_account: str,
    charge_id: str,
) -> PaymentRef | None:
    """Whose payment a charge collected."""
    row = await db.fetchrow(FIND_BY_CHARGE, stripe_account, charge_id)
    if row is None:
        return None
    return PaymentRef(*row)


NOTE_INTENT = """\
/* payments.note_intent */
with gate as (
    update payments set state = 'open', intent_id = $1
     where shop_id = $2 and payment_id = $3 and state = 'pending'
       and via = 'element'
    returning 1
),
audited as (
    insert into audit_events (shop_id, event_id, at, actor, act, object, facts)
    select $2, $4, $5, $6, $7, $8, $9 from gate
    returning 1
)
select count(*) as noted from gate"""


async def note_intent(
    db: Connection,
    *,
    intent_id: str,
    shop_id: UUID,
    payment_id: UUID,
    audit_id: UUID,
    now: datetime,
    actor: str,
    act: str,
    object: str,
    facts: Json,
) -> int:
    """Stripe gave us the PaymentIntent: it waits for the client. Says whether that was news (0
    or 1).
    """
    db.touch(shop_id)
    row = await db.fetchrow(
        NOTE_INTENT, intent_id, shop_id, payment_id, audit_id, now, actor, act, object, facts
    )
    if row is None:
        raise LookupError("note_intent")
    value: int = row[0]
    return value


SWITCH_TO_CHECKOUT = """\
/* payments.switch_to_checkout */
with gate as (
    update payments set via = 'checkout', intent_id = null, left_intent_id = $1
     where shop_id = $2 and payment_id = $3
       and state in ('pending', 'open') and via = 'element'
    returning 1
),
audited as (
    insert into audit_events (shop_id, event_id, at, actor, act, object, facts)
    select $2, $4, $5, $6, $7, $8, $9 from gate
    returning 1
)
select count(*) as switched from gate"""


async def switch_to_checkout(
    db: Connection,
    *,
    left_intent_id: str,
    shop_id: UUID,
    payment_id: UUID,
    audit_id: UUID,
    now: datetime,
    actor: str,
    act: str,
    object: str,
    facts: Json,
) -> int:
    """From now on a page at Stripe collects this payment, once the intent of ours is
    cancelled. Says whether that was news (0 or 1).
    """
    db.touch(shop_id)
    row = await db.fetchrow(
        SWITCH_TO_CHECKOUT,
        left_intent_id,
        shop_id,
        payment_id,
        audit_id,
        now,
        actor,
        act,
        object,
        facts,
    )
    if row is None:
        raise LookupError("switch_to_checkout")
    value: int = row[0]
    return value


FORGET_LEFT_INTENT = """\
/* payments.forget_left_intent */
update payments set left_intent_id = null
 where shop_id = $1 and payment_id = $2 and via = 'checkout'"""


async def forget_left_intent(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
) -> int:
    """The intent that was given up is cancelled: it collects nothing any more."""
    db.touch(shop_id)
    return int((await db.execute(FORGET_LEFT_INTENT, shop_id, payment_id)).rpartition(" ")[2])


PLAN_CHECKOUT = """\
/* payments.plan_checkout */
update payments set checkout_expires_at = coalesce(checkout_expires_at, $1)
 where shop_id = $2 and payment_id = $3 and state in ('pending', 'open')
   and via = 'checkout'
returning checkout_expires_at"""


async def plan_checkout(
    db: Connection,
    *,
    expires_at: datetime,
    shop_id: UUID,
    payment_id: UUID,
) -> datetime | None:
    """When the page at Stripe is to close by itself: the first answer stays. None once it is
    closed.
    """
    db.touch(shop_id)
    row = await db.fetchrow(PLAN_CHECKOUT, expires_at, shop_id, payment_id)
    if row is None:
        return None
    value: datetime = row[0]
    return value


NOTE_CHECKOUT = """\
/* payments.note_checkout */
with known as materialized (
    select payment_id, checkout_id from payments
     where shop_id = $1 and payment_id = $2 and state in ('pending', 'open')
       for no key update
),
noted as (
    update payments p set state = 'open', checkout_id = $3
      from known
     where p.shop_id = $1 and p.payment_id = known.payment_id
),
gate as (
    select 1 from known where checkout_id is distinct from $3
),
audited as (
    insert into audit_events (shop_id, event_id, at, actor, act, object, facts)
    select $1, $4, $5, $6, $7, $8, $9 from gate
    returning 1
)
select count(*) as open from known"""


async def note_checkout(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
    checkout_id: str,
    audit_id: UUID,
    now: datetime,
    actor: str,
    act: str,
    object: str,
    facts: Json,
) -> int:
    """Stripe gave us a page for this payment: it waits for the client. Says whether it does (0
    or 1), also when we knew of the page.
    """
    db.touch(shop_id)
    row = await db.fetchrow(
        NOTE_CHECKOUT, shop_id, payment_id, checkout_id, audit_id, now, actor, act, object, facts
    )
    if row is None:
        raise LookupError("note_checkout")
    value: int = row[0]
    return value


NOTE_ATTEMPT = """\
/* payments.note_attempt */
with gate as (
    update payments set state = $1, intent_id = $2, decline_code = $3
     where shop_id = $4 and payment_id = $5
       and state = any($6::text[])
       -- What becomes of an intent that was given up for a page at Stripe is no news of it.
       and (intent_id = $2 or intent_id is null and via = $7)
       and (state, intent_id, decline_code)
           is distinct from ($1::text, $2::text, $3::text)
    returning 1
),
audited as (
    insert into audit_events (shop_id, event_id, at, actor, act, object, facts)
    select $4, $8, $9, $10, $11, $12, $13 from gate
    returning 1
)
select count(*) as noted from gate"""


async def note_attempt(
    db: Connection,
    *,
    to_state: str,
    intent_id: str,
    decline_code: str | None,
    shop_id: UUID,
    payment_id: UUID,
    from_states: Sequence[str],
    via: str,
    audit_id: UUID,
    now: datetime,
    actor: str,
    act: str,
    object: str,
    facts: Json,
) -> int:
    """What came of the client's last attempt, short of success. Says whether that was news (0
    or 1).
    """
    db.touch(shop_id)
    row = await db.fetchrow(
        NOTE_ATTEMPT,
        to_state,
        intent_id,
        decline_code,
        shop_id,
        payment_id,
        from_states,
        via,
        audit_id,
        now,
        actor,
        act,
        object,
        facts,
    )
    if row is None:
        raise LookupError("note_attempt")
    value: int = row[0]
    return value


GIVE_UP = """\
/* payments.give_up */
with gate as (
    update payments set state = 'cancelled'
     where shop_id = $1 and payment_id = $2 and via = 'checkout'
       and state in ('pending', 'open')
    returning 1
),
audited as (
    insert into audit_events (shop_id, event_id, at, actor, act, object, facts)
    select $1, $3, $4, $5, $6, $7, $8 from gate
    returning 1
)
select count(*) as given_up from gate"""


async def give_up(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
    audit_id: UUID,
    now: datetime,
    actor: str,
    act: str,
    object: str,
    facts: Json,
) -> int:
    """The page at Stripe is closed and nothing was paid there. Says whether that was news (0
    or 1).
    """
    db.touch(shop_id)
    row = await db.fetchrow(GIVE_UP, shop_id, payment_id, audit_id, now, actor, act, object, facts)
    if row is None:
        raise LookupError("give_up")
    value: int = row[0]
    return value


CAPTURE = """\
/* payments.capture */
update payments
   set state = 'captured', intent_id = $1, charge_id = $2,
       card_brand = $3, card_last4 = $4, decline_code = null,
       captured_at = $5
 where shop_id = $6 and payment_id = $7
   and state in ('pending', 'open', 'processing')"""


async def capture(
    db: Connection,
    *,
    intent_id: str,
    charge_id: str,
    card_brand: str | None,
    card_last4: str | None,
    captured_at: datetime,
    shop_id: UUID,
    payment_id: UUID,
) -> int:
    """The money arrived; once only."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                CAPTURE,
                intent_id,
                charge_id,
                card_brand,
                card_last4,
                captured_at,
                shop_id,
                payment_id,
            )
        ).rpartition(" ")[2]
    )


PROMISE_REFUND = """\
/* payments.promise_refund */
update payments set refunding = refunding + $1
 where shop_id = $2 and payment_id = $3
   and state = 'captured' and refunding + $1 <= payments.amount"""


async def promise_refund(
    db: Connection,
    *,
    amount: int,
    shop_id: UUID,
    payment_id: UUID,
) -> int:
    """Set aside part of a payment for a refund, never more than is left."""
    db.touch(shop_id)
    return int((await db.execute(PROMISE_REFUND, amount, shop_id, payment_id)).rpartition(" ")[2])


RELEASE_REFUND = """\
/* payments.release_refund */
update payments set refunding = refunding - $1
 where shop_id = $2 and payment_id = $3"""


async def release_refund(
    db: Connection,
    *,
    amount: int,
    shop_id: UUID,
    payment_id: UUID,
) -> int:
    """A promised refund will not happen: its amount may be refunded again."""
    db.touch(shop_id)
    return int((await db.execute(RELEASE_REFUND, amount, shop_id, payment_id)).rpartition(" ")[2])


ADD_REFUND = """\
/* payments.add_refund */
insert into refunds (shop_id, refund_id, payment_id, state, service_amount, tax_amount,
                     tip_amount, amount, currency, stripe_account, reason, note, requested_by,
                     requested_at, tries, asked_at)
values ($1, $2, $3, 'requested', $4, $5,
        $6, $4::bigint + $5::bigint + $6::bigint, $7, $8,
        $9, $10, $11, $12, 1, $12)"""


async def add_refund(
    db: Connection,
    *,
    shop_id: UUID,
    refund_id: UUID,
    payment_id: UUID,
    service_amount: int,
    tax_amount: int,
    tip_amount: int,
    currency: str,
    stripe_account: str,
    reason: str,
    note: str,
    requested_by: str,
    now: datetime,
) -> int:
    """Write down a refund before Stripe is asked."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                ADD_REFUND,
                shop_id,
                refund_id,
                payment_id,
                service_amount,
                tax_amount,
                tip_amount,
                currency,
                stripe_account,
                reason,
                note,
                requested_by,
                now,
            )
        ).rpartition(" ")[2]
    )


LOAD_REFUND = """\
/* payments.load_refund */
select r.shop_id, r.refund_id, r.payment_id, r.state, r.service_amount, r.tax_amount,
       r.tip_amount, r.amount, r.currency::text as currency, r.stripe_account,
       r.stripe_refund_id, r.reason, r.note, r.requested_by, r.failure, r.requested_at,
       r.tries, r.asked_at, r.settled_at
  from refunds r where r.shop_id = $1 and r.refund_id = $2"""


async def load_refund(
    db: Connection,
    *,
    shop_id: UUID,
    refund_id: UUID,
) -> Refund | None:
    """One refund of a shop."""
    row = await db.fetchrow(LOAD_REFUND, shop_id, refund_id)
    if row is None:
        return None
    return Refund(
        row[0],
        row[1],
        row[2],
        RefundState(row[3]),
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        row[10],
        RefundReason(row[11]),
        row[12],
        row[13],
        row[14],
        row[15],
        row[16],
        row[17],
        row[18],
    )


LIST_REFUNDS = """\
/* payments.list_refunds */
select r.shop_id, r.refund_id, r.payment_id, r.state, r.service_amount, r.tax_amount,
       r.tip_amount, r.amount, r.currency::text as currency, r.stripe_account,
       r.stripe_refund_id, r.reason, r.note, r.requested_by, r.failure, r.requested_at,
       r.tries, r.asked_at, r.settled_at
  from refunds r
  join payments p using (shop_id, payment_id)
 where r.shop_id = $1 and p.appointment_id = $2
 order by r.refund_id"""


async def list_refunds(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
) -> list[Refund]:
    """The refunds of one appointment's payments, oldest first."""
    return [
        Refund(
            row[0],
            row[1],
            row[2],
            RefundState(row[3]),
            row[4],
            row[5],
            row[6],
            row[7],
            row[8],
            row[9],
            row[10],
            RefundReason(row[11]),
            row[12],
            row[13],
            row[14],
            row[15],
            row[16],
            row[17],
            row[18],
        )
        for row in await db.fetch(LIST_REFUNDS, shop_id, appointment_id)
    ]


REFUNDS_OF = """\
/* payments.refunds_of */
select r.shop_id, r.refund_id, r.payment_id, r.state, r.service_amount, r.tax_amount,
       r.tip_amount, r.amount, r.currency::text as currency, r.stripe_account,
       r.stripe_refund_id, r.reason, r.note, r.requested_by, r.failure, r.requested_at,
       r.tries, r.asked_at, r.settled_at
  from refunds r where r.shop_id = $1 and r.payment_id = any($2::uuid[])
 order by r.refund_id"""


async def refunds_of(
    db: Connection,
    *,
    shop_id: UUID,
    payment_ids: Sequence[UUID],
) -> list[Refund]:
    """The refunds of several payments, oldest first."""
    return [
        Refund(
            row[0],
            row[1],
            row[2],
            RefundState(row[3]),
            row[4],
            row[5],
            row[6],
            row[7],
            row[8],
            row[9],
            row[10],
            RefundReason(row[11]),
            row[12],
            row[13],
            row[14],
            row[15],
            row[16],
            row[17],
            row[18],
        )
        for row in await db.fetch(REFUNDS_OF, shop_id, payment_ids)
    ]


RECENT_REFUNDS = """\
/* payments.recent_refunds */
select r.shop_id, r.refund_id, r.payment_id, r.state, r.service_amount, r.tax_amount,
       r.tip_amount, r.amount, r.currency::text as currency, r.stripe_account,
       r.stripe_refund_id, r.reason, r.note, r.requested_by, r.failure, r.requested_at,
       r.tries, r.asked_at, r.settled_at
  from refunds r where r.shop_id = $1 and r.refund_id < $2
 order by r.refund_id desc limit $3"""


async def recent_refunds(
    db: Connection,
    *,
    shop_id: UUID,
    before: UUID,
    page: int,
) -> list[Refund]:
    """A page of a shop's refunds, newest first, older than `before`."""
    return [
        Refund(
            row[0],
            row[1],
            row[2],
            RefundState(row[3]),
            row[4],
            row[5],
            row[6],
            row[7],
            row[8],
            row[9],
            row[10],
            RefundReason(row[11]),
            row[12],
            row[13],
            row[14],
            row[15],
            row[16],
            row[17],
            row[18],
        )
        for row in await db.fetch(RECENT_REFUNDS, shop_id, before, page)
    ]


PENDING_REFUNDS = """\
/* payments.pending_refunds */
select r.shop_id, r.refund_id, r.payment_id, r.state, r.service_amount, r.tax_amount,
       r.tip_amount, r.amount, r.currency::text as currency, r.stripe_account,
       r.stripe_refund_id, r.reason, r.note, r.requested_by, r.failure, r.requested_at,
       r.tries, r.asked_at, r.settled_at
  from refunds r where r.state = 'pending' and r.asked_at < $1
   and (r.asked_at, r.refund_id) > ($2::timestamptz, $3::uuid)
 order by r.asked_at, r.refund_id limit $4"""


async def pending_refunds(
    db: Connection,
    *,
    asked_before: datetime,
    after_asked: datetime,
    after_id: UUID,
    page: int,
) -> list[Refund]:
    """A page of the refunds of all shops that Stripe took and has not finished, asked for
    before a moment, the longest waiting first, after one.
    """
    return [
        Refund(
            row[0],
            row[1],
            row[2],
            RefundState(row[3]),
            row[4],
            row[5],
            row[6],
            row[7],
            row[8],
            row[9],
            row[10],
            RefundReason(row[11]),
            row[12],
            row[13],
            row[14],
            row[15],
            row[16],
            row[17],
            row[18],
        )
        for row in await db.fetch(PENDING_REFUNDS, asked_before, after_asked, after_id, page)
    ]


FIND_BY_STRIPE_REFUND = """\
/* payments.find_by_stripe_refund */
select shop_id, refund_id from refunds
 where stripe_account = $1 and stripe_refund_id = $2"""


async def find_by_stripe_refund(
    db: Connection,
    *,
    stripe_account: str,
    stripe_refund_id: str,
) -> RefundRef | None:
    """Whose refund Stripe's refund is."""
    row = await db.fetchrow(FIND_BY_STRIPE_REFUND, stripe_account, stripe_refund_id)
    if row is None:
        return None
    return RefundRef(*row)


MOVE_REFUND = """\
/* payments.move_refund */
update refunds
   set state = $1, stripe_refund_id = coalesce($2, stripe_refund_id),
       failure = $3, settled_at = $4
 where shop_id = $5 and refund_id = $6 and tries = $7
   and state = any($8::text[])"""


async def move_refund(
    db: Connection,
    *,
    to_state: str,
    stripe_refund_id: str | None,
    failure: str | None,
    settled_at: datetime | None,
    shop_id: UUID,
    refund_id: UUID,
    tries: int,
    from_states: Sequence[str],
) -> int:
    """Move a refund from one of the states it may leave; see states.py for what is allowed."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                MOVE_REFUND,
                to_state,
                stripe_refund_id,
                failure,
                settled_at,
                shop_id,
                refund_id,
                tries,
                from_states,
            )
        ).rpartition(" ")[2]
    )


SEND_AGAIN = """\
/* payments.send_again */
update refunds set state = 'requested', tries = tries + 1, asked_at = $1, failure = null,
                   stripe_refund_id = null, settled_at = null
 where shop_id = $2 and refund_id = $3 and state = 'failed'"""


async def send_again(
    db: Connection,
    *,
    now: datetime,
    shop_id: UUID,
    refund_id: UUID,
) -> int:
    """A refund that came back is to be sent once more: a new try, for which Stripe makes a new
    refund.
    """
    db.touch(shop_id)
    return int((await db.execute(SEND_AGAIN, now, shop_id, refund_id)).rpartition(" ")[2])
