"""Moves a payment on, short of its capture. A move and its audit event are one statement, and a
repetition, which moves nothing, adds no event."""

from datetime import datetime
from typing import Final, TypedDict
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection, Json
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


class _Noted(TypedDict):
    """What every move is told: whose payment moves, and the event that says so."""

    shop_id: UUID
    payment_id: UUID
    audit_id: UUID
    actor: str
    act: str
    object: str
    facts: dict[str, Json]
    now: datetime


def _noted(
    payment_id: UUID, actor: str, act: str, facts: dict[str, Json], *, shop_id: UUID, now: datetime
) -> _Noted:
    return {
        "shop_id": shop_id,
        "payment_id": payment_id,
        "audit_id": ids.new(now),
        "actor": actor,
        "act": act,
        "object": ids.show("pay", payment_id),
        "facts": facts,
        "now": now,
    }


async def open_on_our_page(
    db: Connection, *, shop_id: UUID, payment_id: UUID, intent_id: str, now: datetime
) -> bool:
    """Stripe gave us the PaymentIntent; False when the payment was not waiting for one."""
    facts: dict[str, Json] = {"via": Via.ELEMENT, "intent": intent_id}
    noted = await queries.note_intent(
        db,
        intent_id=intent_id,
        **_noted(payment_id, SYSTEM, "payment.opened", facts, shop_id=shop_id, now=now),
    )
    return bool(noted)


async def open_at_stripe(
    db: Connection, *, shop_id: UUID, payment_id: UUID, checkout_id: str, now: datetime
) -> bool:
    """Stripe gave us a page for the payment; False when nothing is to be collected any more."""
    facts: dict[str, Json] = {"via": Via.CHECKOUT, "checkout": checkout_id}
    noted = await queries.note_checkout(
        db,
        checkout_id=checkout_id,
        **_noted(payment_id, SYSTEM, "payment.opened", facts, shop_id=shop_id, now=now),
    )
    return bool(noted)


async def leave_our_page(
    db: Connection, *, shop_id: UUID, payment_id: UUID, left: str, now: datetime
) -> bool:
    """From now on a page at Stripe collects the payment, and not the intent that is `left`; False
    when it did before, or is past that."""
    act = "payment.moved_to_checkout"
    moved = await queries.switch_to_checkout(
        db,
        left_intent_id=left,
        **_noted(payment_id, CLIENT, act, {"left": left}, shop_id=shop_id, now=now),
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
    act = "payment.declined" if declined else ACTS[to]
    facts: dict[str, Json] = {"intent": intent_id}
    if declined:
        facts["decline_code"] = decline_code
    noted = await queries.note_attempt(
        db,
        to_state=to,
        intent_id=intent_id,
        via=via,
        decline_code=decline_code,
        from_states=may_become_payment(to),
        **_noted(payment_id, STRIPE, act, facts, shop_id=shop_id, now=now),
    )
    return bool(noted)


async def give_up(db: Connection, *, shop_id: UUID, payment_id: UUID, now: datetime) -> bool:
    """The page at Stripe is closed and nothing was paid there; False when it had ended before."""
    moved = await queries.give_up(
        db,
        **_noted(
            payment_id, SYSTEM, "payment.cancelled", {"via": Via.CHECKOUT}, shop_id=shop_id, now=now
        ),
    )
    return bool(moved)
