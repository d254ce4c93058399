"""Moves a payment on, short of its capture. A move and its audit event are one statement, and a
repetition, which moves nothing, adds no event."""

from datetime import datetime
from typing import Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.payments import queries
from bookedbarber.payments.states import PaymentState, Via, may_become_payment

CLIENT: Final = "client"
STRIPE: Final = "stripe"
SYSTEM: Final = "system"
ACTS: Final = {
    PaymentState.OPEN: "payment.opened",
    PaymentState.PROCESSING: "payment.processing",
    PaymentState.CANCELLED: "payment.cancelled",
}


async def open_on_our_page(
    db: Connection, *, shop_id: UUID, payment_id: UUID, intent_id: str, now: datetime
) -> bool:
    """Stripe gave us the PaymentIntent; False when the payment was not waiting for one."""
    noted = await queries.note_intent(
        db,
        shop_id=shop_id,
        payment_id=payment_id,
        intent_id=intent_id,
        audit_id=ids.new(now),
        actor=SYSTEM,
        act="payment.opened",
        object=ids.show("pay", payment_id),
        facts={"via": Via.ELEMENT, "intent": intent_id},
        now=now,
    )
    return bool(noted)


async def open_at_stripe(
    db: Connection, *, shop_id: UUID, payment_id: UUID, checkout_id: str, now: datetime
) -> bool:
    """Stripe gave us a page for the payment; False when nothing is to be collected any more."""
    noted = await queries.note_checkout(
        db,
        shop_id=shop_id,
        payment_id=payment_id,
        checkout_id=checkout_id,
        audit_id=ids.new(now),
        actor=SYSTEM,
        act="payment.opened",
        object=ids.show("pay", payment_id),
        facts={"via": Via.CHECKOUT, "checkout": checkout_id},
        now=now,
    )
    return bool(noted)


async def leave_our_page(
    db: Connection, *, shop_id: UUID, payment_id: UUID, left: str, now: datetime
) -> bool:
    """From now on a page at Stripe collects the payment, and not the intent that is `left`; False
    when it did before, or is past that."""
    moved = await queries.switch_to_checkout(
        db,
        shop_id=shop_id,
        payment_id=payment_id,
        left_intent_id=left,
        audit_id=ids.new(now),
        actor=CLIENT,
        act="payment.moved_to_checkout",
        object=ids.show("pay", payment_id),
        facts={"left": left},
        now=now,
    )
    return bool(moved)


async def attempt(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
    to: PaymentState,
    intent_id: str,
    via: Via,
    decline_code: str | None,
    now: datetime,
) -> bool:
    """What came of the client's last attempt; False when we knew, or when it is no news."""
    declined = to is PaymentState.OPEN and decline_code is not None
    noted = await queries.note_attempt(
        db,
        shop_id=shop_id,
        payment_id=payment_id,
        to_state=to,
        intent_id=intent_id,
        via=via,
        decline_code=decline_code,
        from_states=may_become_payment(to),
        audit_id=ids.new(now),
        actor=STRIPE,
        act="payment.declined" if declined else ACTS[to],
        object=ids.show("pay", payment_id),
        facts={"intent": intent_id} | ({"decline_code": decline_code} if declined else {}),
        now=now,
    )
    return bool(noted)


async def give_up(db: Connection, *, shop_id: UUID, payment_id: UUID, now: datetime) -> bool:
    """The page at Stripe is closed and nothing was paid there; False when it had ended before."""
    moved = await queries.give_up(
        db,
        shop_id=shop_id,
        payment_id=payment_id,
        audit_id=ids.new(now),
        actor=SYSTEM,
        act="payment.cancelled",
        object=ids.show("pay", payment_id),
        facts={"via": Via.CHECKOUT},
        now=now,
    )
    return bool(moved)
