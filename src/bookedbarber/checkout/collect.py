"""Asks Stripe to collect a payment, and to stop: intent committed first, answer recorded after."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from bookedbarber import ids
from bookedbarber.checkout import settle
from bookedbarber.checkout.means import Means
from bookedbarber.errors import Refused
from bookedbarber.money import Money, currency
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment
from bookedbarber.payments.states import PaymentState
from bookedbarber.processor.errors import ProcessorRefused
from bookedbarber.processor.snapshots import HostedCheckout, Intent

KEY_TRUSTED = timedelta(hours=23)  # Stripe may forget a key after 24 hours
FINAL = (PaymentState.CAPTURED, PaymentState.CANCELLED)


class PaymentClosed(Refused):
    """The payment was made, or will not be collected any more."""

    code: ClassVar[str] = "payment_closed"


async def open_intent(means: Means, *, shop_id: UUID, payment_id: UUID, now: datetime) -> Intent:
    """The PaymentIntent that collects a payment, made under its one key if it is not there yet.

    Raises PaymentClosed, and what the processor raises; the payment then stays `pending` and the
    same call, or the job that repeats it, goes on where this one stopped.
    """
    waiting = await _load(means, shop_id, payment_id)
    if waiting.state in FINAL:
        raise PaymentClosed("This payment is closed.", state=waiting.state)
    if waiting.intent_id is not None:
        return await means.processor.get_intent(waiting.intent_id)
    intent = await _find_or_create(means, waiting, now=now)
    async with means.database.tenant(shop_id) as db:
        await payments.note_intent(db, shop_id=shop_id, payment_id=payment_id, intent_id=intent.id)
    return intent


async def open_checkout(
    means: Means, *, shop_id: UUID, payment_id: UUID, return_url: str, now: datetime
) -> HostedCheckout:
    """The page at Stripe that collects a payment, for browsers that cannot run the card field.

    A payment has either an intent of its own or a hosted page, so that it is collected once: the
    intent is cancelled before the page is opened. Raises PaymentClosed and what the processor
    raises.
    """
    raise NotImplementedError


async def stop(means: Means, *, shop_id: UUID, payment_id: UUID, now: datetime) -> None:
    """Make sure a payment is not collected any more; if it was meanwhile, settle it instead."""
    waiting = await _load(means, shop_id, payment_id)
    if waiting.state in FINAL:
        return
    if waiting.intent_id is None:
        # An answer may have been lost: the same key finds what was made, to cancel it.
        intent = await _find_or_create(means, waiting, now=now)
    else:
        intent = await means.processor.get_intent(waiting.intent_id)
    try:
        shown = ids.show("pay", payment_id)
        intent = await means.processor.cancel_intent(intent.id, key=f"bookedbarber-{shown}-cancel")
    except ProcessorRefused:
        # It is past cancelling, or was cancelled before: what it is now decides.
        intent = await means.processor.get_intent(intent.id)
    await settle.payment(means, shop_id=shop_id, payment_id=payment_id, intent=intent, now=now)


async def refresh(means: Means, *, shop_id: UUID, payment_id: UUID, now: datetime) -> None:
    """Ask Stripe how a payment stands and settle it, without waiting for an event."""
    waiting = await _load(means, shop_id, payment_id)
    if waiting.state in FINAL or waiting.intent_id is None:
        return
    intent = await means.processor.get_intent(waiting.intent_id)
    await settle.payment(means, shop_id=shop_id, payment_id=payment_id, intent=intent, now=now)


async def _find_or_create(means: Means, waiting: Payment, *, now: datetime) -> Intent:
    shown = ids.show("pay", waiting.payment_id)
    if now - waiting.created_at > KEY_TRUSTED:
        # Stripe may have forgotten the key: asking again could make a second intent.
        found = await means.processor.find_intent(
            payment=shown, since=waiting.created_at - timedelta(minutes=5), until=now
        )
        if found is not None:
            return found
    return await means.processor.create_intent(
        key=f"bookedbarber-{shown}",
        amount=Money(waiting.amount, currency(waiting.currency)),
        description=f"Appointment {ids.show('apt', waiting.appointment_id)}",
        metadata={
            "shop": ids.show("shp", waiting.shop_id),
            "payment": shown,
            "appointment": ids.show("apt", waiting.appointment_id),
        },
    )


async def _load(means: Means, shop_id: UUID, payment_id: UUID) -> Payment:
    async with means.database.tenant(shop_id) as db:
        found = await payments.load_payment(db, shop_id=shop_id, payment_id=payment_id)
    if found is None:
        raise LookupError(payment_id)
    return found
