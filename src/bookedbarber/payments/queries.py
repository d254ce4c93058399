"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

payments: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.database import Connection
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
       checkout_id, charge_id, card_brand, card_last4, decline_code, created_at, captured_at
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
    )


LOCK_PAYMENT = """\
/* payments.lock_payment */
select shop_id, payment_id, appointment_id, purpose, state, service_amount, tax_amount,
       tip_amount, amount, refunding, currency::text as currency, stripe_account, via, intent_id,
       checkout_id, charge_id, card_brand, card_last4, decline_code, created_at, captured_at
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
    )


LIST_PAYMENTS = """\
/* payments.list_payments */
select shop_id, payment_id, appointment_id, purpose, state, service_amount, tax_amount,
       tip_amount, amount, refunding, currency::text as currency, stripe_account, via, intent_id,
       checkout_id, charge_id, card_brand, card_last4, decline_code, created_at, captured_at
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
        )
        for row in await db.fetch(LIST_PAYMENTS, shop_id, appointment_id)
    ]


RECENT_PAYMENTS = """\
/* payments.recent_payments */
select shop_id, payment_id, appointment_id, purpose, state, service_amount, tax_amount,
       tip_amount, amount, refunding, currency::text as currency, stripe_account, via, intent_id,
       checkout_id, charge_id, card_brand, card_last4, decline_code, created_at, captured_at
  from payments where shop_id = $1 and payment_id < $2
 order by payment_id desc limit $3"""


async def recent_payments(
    db: Connection,
    *,
    shop_id: UUID,
    before: UUID,
    page: int,
) -> list[Payment]:
    """A page of a shop's payments, newest first, older than `before`."""
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
        )
        for row in await db.fetch(RECENT_PAYMENTS, shop_id, before, page)
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
update payments set state = 'open', intent_id = $1
 where shop_id = $2 and payment_id = $3 and state = 'pending'
   and via = 'element'"""


async def note_intent(
    db: Connection,
    *,
    intent_id: str,
    shop_id: UUID,
    payment_id: UUID,
) -> int:
    """Stripe gave us the PaymentIntent: it waits for the client."""
    return int((await db.execute(NOTE_INTENT, intent_id, shop_id, payment_id)).rpartition(" ")[2])


SWITCH_TO_CHECKOUT = """\
/* payments.switch_to_checkout */
update payments set via = 'checkout', intent_id = null
 where shop_id = $1 and payment_id = $2
   and state in ('pending', 'open') and via = 'element'"""


async def switch_to_checkout(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
) -> int:
    """From now on a page at Stripe collects this payment; an intent of ours collects it no more."""
    return int((await db.execute(SWITCH_TO_CHECKOUT, shop_id, payment_id)).rpartition(" ")[2])


NOTE_CHECKOUT = """\
/* payments.note_checkout */
update payments set state = 'open', checkout_id = $1
 where shop_id = $2 and payment_id = $3 and state in ('pending', 'open')"""


async def note_checkout(
    db: Connection,
    *,
    checkout_id: str,
    shop_id: UUID,
    payment_id: UUID,
) -> int:
    """Stripe gave us a page for this payment: it waits for the client."""
    return int(
        (await db.execute(NOTE_CHECKOUT, checkout_id, shop_id, payment_id)).rpartition(" ")[2]
    )


NOTE_ATTEMPT = """\
/* payments.note_attempt */
update payments set state = $1, intent_id = $2, decline_code = $3
 where shop_id = $4 and payment_id = $5
   and state = any($6::text[])
   -- What becomes of an intent that was given up for a page at Stripe is no news of the payment.
   and (intent_id = $2 or intent_id is null and via = $7)"""


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
) -> int:
    """What came of the client's last attempt, short of success."""
    return int(
        (
            await db.execute(
                NOTE_ATTEMPT,
                to_state,
                intent_id,
                decline_code,
                shop_id,
                payment_id,
                from_states,
                via,
            )
        ).rpartition(" ")[2]
    )


GIVE_UP = """\
/* payments.give_up */
update payments set state = 'cancelled'
 where shop_id = $1 and payment_id = $2 and via = 'checkout'
   and state in ('pending', 'open')"""


async def give_up(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
) -> int:
    """The page at Stripe is closed and nothing was paid there."""
    return int((await db.execute(GIVE_UP, shop_id, payment_id)).rpartition(" ")[2])


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


PENDING_REFUNDS = """\
/* payments.pending_refunds */
select r.shop_id, r.refund_id, r.payment_id, r.state, r.service_amount, r.tax_amount,
       r.tip_amount, r.amount, r.currency::text as currency, r.stripe_account,
       r.stripe_refund_id, r.reason, r.note, r.requested_by, r.failure, r.requested_at,
       r.tries, r.asked_at, r.settled_at
  from refunds r where r.state = 'pending' and r.asked_at < $1
 order by r.asked_at limit $2"""


async def pending_refunds(
    db: Connection,
    *,
    asked_before: datetime,
    page: int,
) -> list[Refund]:
    """Refunds of all shops that Stripe took and has not finished, asked for before a moment."""
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
        for row in await db.fetch(PENDING_REFUNDS, asked_before, page)
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
    return int((await db.execute(SEND_AGAIN, now, shop_id, refund_id)).rpartition(" ")[2])
