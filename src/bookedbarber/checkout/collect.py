"""Asks Stripe to collect a payment, and to stop: intent committed first, answer recorded after."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from bookedbarber import ids
from bookedbarber.booking import queries as booking
from bookedbarber.checkout import settle
from bookedbarber.checkout.means import Means
from bookedbarber.errors import Refused
from bookedbarber.money import Money, currency
from bookedbarber.payments import moves
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment
from bookedbarber.payments.states import PaymentState, Via
from bookedbarber.processor.errors import ProcessorRefused
from bookedbarber.processor.snapshots import HostedCheckout, Intent, IntentStatus

ASKED_BEFORE = timedelta(seconds=10)  # older than its booking's request: this is another try
DRIFT = timedelta(minutes=5)  # how far Stripe's clock and ours may be apart
# Stripe lets no page end sooner (docs.stripe.com/api/checkout/sessions); ours ends with its hold.
PAGE_LIVES = timedelta(minutes=30)
FINAL = (PaymentState.CAPTURED, PaymentState.CANCELLED)
SETTLED = (IntentStatus.SUCCEEDED, IntentStatus.CANCELED)


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
    if waiting.via is Via.CHECKOUT and waiting.intent_id is None:
        raise PaymentClosed("This payment is made on a page at Stripe.", via=waiting.via)
    if waiting.intent_id is not None:
        return await means.processor.get_intent(waiting.intent_id)
    intent = await _find_or_create(means, waiting, now=now)
    async with means.database.tenant(shop_id) as db:
        await moves.open_on_our_page(
            db, shop_id=shop_id, payment_id=payment_id, intent_id=intent.id, now=now
        )
    return intent


async def open_checkout(
    means: Means, *, shop_id: UUID, payment_id: UUID, return_url: str, now: datetime
) -> HostedCheckout:
    """The page at Stripe that collects a payment, for shops that want it so and for browsers that
    cannot run the card field.

    A payment is collected in one place: no page is made before an intent of ours is cancelled for
    sure. Raises PaymentClosed and what the processor raises; safe to repeat.
    """
    waiting = await _collectable(means, shop_id, payment_id)
    if waiting.via is Via.ELEMENT:
        waiting = await _leave_element(means, waiting, now=now)
    if waiting.left_intent_id is not None:
        await _cancel_left(means, waiting, waiting.left_intent_id, now=now)
    if waiting.checkout_id is not None:
        return await means.processor.get_checkout(waiting.checkout_id)
    expires_at = await _page_expiry(means, waiting, now=now)
    return await _open_page(means, waiting, return_url, expires_at, now=now)


async def _collectable(means: Means, shop_id: UUID, payment_id: UUID) -> Payment:
    waiting = await _load(means, shop_id, payment_id)
    if waiting.state in FINAL or waiting.state is PaymentState.PROCESSING:
        raise PaymentClosed("This payment is closed.", state=waiting.state)
    return waiting


async def _leave_element(means: Means, waiting: Payment, *, now: datetime) -> Payment:
    """Give up our own intent, and keep its name until it is gone."""
    shop_id, payment_id = waiting.shop_id, waiting.payment_id
    intent = await _known(means, waiting, now=now)
    async with means.database.tenant(shop_id) as db:
        await moves.leave_our_page(
            db, shop_id=shop_id, payment_id=payment_id, left=intent.id, now=now
        )
    return await _collectable(means, shop_id, payment_id)


async def _cancel_left(means: Means, waiting: Payment, intent_id: str, *, now: datetime) -> None:
    """Make sure that an intent which was given up collects nothing.

    Raises PaymentClosed when it was paid after all, which settles the payment, and StillMoving
    while nobody can say.
    """
    shop_id, payment_id = waiting.shop_id, waiting.payment_id
    left = await _cancel(means, intent_id)
    if left.status is IntentStatus.CANCELED:
        async with means.database.tenant(shop_id) as db:
            await payments.forget_left_intent(db, shop_id=shop_id, payment_id=payment_id)
        return
    await settle.payment(means, shop_id=shop_id, payment_id=payment_id, intent=left, now=now)
    if left.status not in SETTLED:
        raise settle.StillMoving
    raise PaymentClosed("This payment was made meanwhile.")


async def _page_expiry(means: Means, waiting: Payment, *, now: datetime) -> datetime:
    """When Stripe shall close the page by itself: kept before asking, since a key that is used
    again must come with the same parameters. Raises PaymentClosed once the hold is over."""
    shop_id = waiting.shop_id
    async with means.database.tenant(shop_id) as db:
        visit = await booking.load_appointment(
            db, shop_id=shop_id, appointment_id=waiting.appointment_id
        )
        until = visit.held_until if visit else None
        if until is None or until <= now:
            raise PaymentClosed("The time is not held any more.")
        kept = await payments.plan_checkout(
            db,
            shop_id=shop_id,
            payment_id=waiting.payment_id,
            expires_at=until + PAGE_LIVES + DRIFT,
        )
    if kept is None:
        raise PaymentClosed("This payment is closed.")
    return kept


async def _open_page(
    means: Means, waiting: Payment, return_url: str, expires_at: datetime, *, now: datetime
) -> HostedCheckout:
    shop_id, payment_id = waiting.shop_id, waiting.payment_id
    page = await means.processor.create_checkout(
        key=f"bookedbarber-{ids.show('pay', payment_id)}-checkout",
        amount=Money(waiting.amount, currency(waiting.currency)),
        description=_description(waiting),
        metadata={**_metadata(waiting), "via": Via.CHECKOUT},
        success_url=return_url,
        cancel_url=return_url,
        expires_at=expires_at,
    )
    async with means.database.tenant(shop_id) as db:
        noted = await moves.open_at_stripe(
            db, shop_id=shop_id, payment_id=payment_id, checkout_id=page.id, now=now
        )
    if not noted:
        # The hold ran out while Stripe made the page: nobody may pay there any more.
        await means.processor.expire_checkout(page.id)
        raise PaymentClosed("This payment is closed.")
    return page


async def stop(means: Means, *, shop_id: UUID, payment_id: UUID, now: datetime) -> None:
    """Make sure a payment is not collected any more; if it was meanwhile, settle it instead.

    Raises what the processor raises, and StillMoving while nobody can say; then to be repeated.
    """
    waiting = await _load(means, shop_id, payment_id)
    if waiting.state in FINAL:
        return
    if waiting.via is Via.CHECKOUT:
        await _stop_checkout(means, waiting, now=now)
        return
    known = await _known(means, waiting, now=now)
    intent = await _cancel(means, known.id)
    await settle.payment(means, shop_id=shop_id, payment_id=payment_id, intent=intent, now=now)
    if intent.status not in SETTLED:
        raise settle.StillMoving


async def _stop_checkout(means: Means, waiting: Payment, *, now: datetime) -> None:
    shop_id, payment_id = waiting.shop_id, waiting.payment_id
    if waiting.left_intent_id is not None:
        try:
            await _cancel_left(means, waiting, waiting.left_intent_id, now=now)
        except PaymentClosed:
            return  # paid in the field, and settled
    if waiting.checkout_id is not None:
        try:
            page = await means.processor.expire_checkout(waiting.checkout_id)
        except ProcessorRefused:
            page = await means.processor.get_checkout(waiting.checkout_id)
        if page.intent_id is not None:
            intent = await means.processor.get_intent(page.intent_id)
            await settle.payment(
                means, shop_id=shop_id, payment_id=payment_id, intent=intent, now=now
            )
            if intent.status not in SETTLED:
                raise settle.StillMoving
            return
    async with means.database.tenant(shop_id) as db:
        await moves.give_up(db, shop_id=shop_id, payment_id=payment_id, now=now)


async def _known(means: Means, waiting: Payment, *, now: datetime) -> Intent:
    """The intent of a payment. An answer may have been lost: the same key finds what was made."""
    if waiting.intent_id is not None:
        return await means.processor.get_intent(waiting.intent_id)
    return await _find_or_create(means, waiting, now=now)


async def _cancel(means: Means, intent_id: str) -> Intent:
    try:
        return await means.processor.cancel_intent(intent_id)
    except ProcessorRefused:
        # It is past cancelling, or was cancelled before: what it is now decides.
        return await means.processor.get_intent(intent_id)


async def refresh(means: Means, *, shop_id: UUID, payment_id: UUID, now: datetime) -> None:
    """Ask Stripe how a payment stands and settle it, without waiting for an event."""
    waiting = await _load(means, shop_id, payment_id)
    if waiting.state in FINAL:
        return
    intent_id = waiting.intent_id or waiting.left_intent_id
    if waiting.checkout_id is not None:
        intent_id = (await means.processor.get_checkout(waiting.checkout_id)).intent_id
    if intent_id is None:
        return
    intent = await means.processor.get_intent(intent_id)
    await settle.payment(means, shop_id=shop_id, payment_id=payment_id, intent=intent, now=now)


async def _find_or_create(means: Means, waiting: Payment, *, now: datetime) -> Intent:
    shown = ids.show("pay", waiting.payment_id)
    if now - waiting.created_at > ASKED_BEFORE:
        # Asking again under the key is not enough: Stripe forgets it after a day, and until then
        # repeats its own failure under it, though the intent may have been made.
        found = await means.processor.find_intent(
            payment=shown, since=waiting.created_at - DRIFT, until=now + DRIFT
        )
        if found is not None:
            return found
    return await means.processor.create_intent(
        key=f"bookedbarber-{shown}",
        amount=Money(waiting.amount, currency(waiting.currency)),
        description=_description(waiting),
        metadata=_metadata(waiting),
    )


def _description(waiting: Payment) -> str:
    return f"Appointment {ids.show('apt', waiting.appointment_id)}"


def _metadata(waiting: Payment) -> dict[str, str]:
    """By which an event, or a look-up, finds back to us. No personal data."""
    return {
        "shop": ids.show("shp", waiting.shop_id),
        "payment": ids.show("pay", waiting.payment_id),
        "appointment": ids.show("apt", waiting.appointment_id),
    }


async def _load(means: Means, shop_id: UUID, payment_id: UUID) -> Payment:
    async with means.database.tenant(shop_id) as db:
        found = await payments.load_payment(db, shop_id=shop_id, payment_id=payment_id)
    if found is None:
        raise LookupError(payment_id)
    return found
