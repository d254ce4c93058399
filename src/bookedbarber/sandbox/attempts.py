"""One attempt to collect an intent's amount from a card, and what follows from its outcome."""

from typing import NoReturn

from bookedbarber.sandbox import (
    authentication,
    charges,
    declines,
    disputes,
    events,
    payment_methods,
)
from bookedbarber.sandbox.authentication import Need
from bookedbarber.sandbox.cards import Card, Decline
from bookedbarber.sandbox.context import Context, copy
from bookedbarber.sandbox.errors import AttemptError
from bookedbarber.sandbox.states import capture_method, future_usage
from bookedbarber.sandbox.store import Object

AUTHENTICATION_REQUIRED = Decline(
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "authentication_required",
)
_WEEK = 7 * 86400
_VISA_MERCHANT_HOLD = 4 * 86400 + 18 * 3600
"""Visa holds merchant-initiated authorizations 4 days 18 hours (stripe.com/docs/payments/place-a-
hold).
"""


def charge(
    ctx: Context,
    intent: Object,
    *,
    flow: Need = Need.NOTHING,
    decline: Decline | None = None,
) -> Object:
    """Attempt the charge; the intent ends succeeded, capturable, processing or without a method."""
    method = ctx.known(intent["payment_method"])
    card = payment_methods.card_of(ctx, method["id"])
    decline = decline or ctx.take_decline() or card.decline
    wanted = authentication.requested(intent)
    three_ds = authentication.result(flow, card, wanted=wanted)
    status = "failed" if decline else "pending" if ctx.settings.processing_delay else "succeeded"
    made = charges.make(
        ctx, intent, method, card, status=status, decline=decline, three_ds=three_ds
    )
    after = copy(intent) | {"latest_charge": made["id"], "next_action": None}
    if decline:
        events.emit(ctx, "charge.failed", made)
        return fail(ctx, after, decline, charge=made["id"])
    if status == "pending":
        events.emit(ctx, "charge.pending", made)
        ctx.later(ctx.settings.processing_delay, "attempt.finish", made["id"])
        return moved(ctx, after, "processing", "payment_intent.processing")
    return _succeed(ctx, after, made, card)


def finish(ctx: Context, charge_id: str) -> None:
    """A payment that was processing succeeds."""
    made = ctx.known(charge_id)
    intent = ctx.known(made["payment_intent"])
    if intent["status"] != "processing":
        return
    card = payment_methods.card_of(ctx, made["payment_method"])
    made = charges.complete(made, card, manual=capture_method(intent) == "manual")
    _succeed(ctx, intent, ctx.save(made), card)


def fail(ctx: Context, intent: Object, decline: Decline, *, charge: str | None = None) -> Object:
    """The attempt failed: the intent loses its method, remembers why, and may be tried again."""
    method = ctx.known(intent["payment_method"])
    error = declines.payment_error(decline, charge=charge, method=method)
    failed = intent | {
        "last_payment_error": error,
        "next_action": None,
        "payment_method": None,
    }
    return moved(ctx, failed, "requires_payment_method", "payment_intent.payment_failed")


def moved(ctx: Context, intent: Object, status: str, kind: str) -> Object:
    """Save the intent in its new state and tell of it."""
    intent["status"] = status
    ctx.save(intent)
    events.emit(ctx, kind, intent)
    return intent


def raise_if_failed(intent: Object) -> None:
    """Answer 402 with the intent inside when its attempt failed."""
    error = intent["last_payment_error"]
    if intent["status"] == "requires_payment_method" and error is not None:
        _refuse(error, intent)


def _refuse(error: Object, intent: Object) -> NoReturn:
    shown = {"message", "code", "type", "doc_url"}
    extra = {name: value for name, value in error.items() if name not in shown}
    extra |= {"payment_intent": intent, "payment_method_type": "card"}
    raise AttemptError(error["message"], code=error["code"], extra=extra)


def _succeed(ctx: Context, intent: Object, made: Object, card: Card) -> Object:
    _remember_method(ctx, intent)
    session = ctx.store.hidden(intent["id"]).get("checkout_session")
    if session:
        ctx.later(0, "checkout.settle", session)
    if capture_method(intent) == "manual":
        return _hold(ctx, intent, made)
    charges.collect(ctx, made, card, method_of_capture=capture_method(intent))
    events.emit(ctx, "charge.succeeded", made)
    done = intent | {"amount_received": intent["amount"], "last_payment_error": None}
    done = moved(ctx, done, "succeeded", "payment_intent.succeeded")
    disputes.open_as_called_for(ctx, made, card)
    return done


def _hold(ctx: Context, intent: Object, made: Object) -> Object:
    lasts = _hold_time(ctx, intent, made)
    made["payment_method_details"]["card"]["capture_before"] = ctx.now + lasts
    ctx.save(made)
    ctx.later(lasts, "hold.expire", intent["id"])
    events.emit(ctx, "charge.succeeded", made)
    held = intent | {"amount_capturable": intent["amount"], "last_payment_error": None}
    return moved(ctx, held, "requires_capture", "payment_intent.amount_capturable_updated")


def _hold_time(ctx: Context, intent: Object, made: Object) -> int:
    alone = ctx.store.hidden(intent["id"]).get("off_session", False)
    visa = made["payment_method_details"]["card"]["brand"] == "visa"
    return _VISA_MERCHANT_HOLD if alone and visa else _WEEK


def _remember_method(ctx: Context, intent: Object) -> None:
    """Attach what is to be used again; a method that belongs to nobody afterwards is spent.

    One that was to be used again, of a payment without a customer, may still be attached to one.
    """
    method, later = intent["payment_method"], future_usage(intent)
    if later == "off_session":
        ctx.store.hide(method, set_up=True)
    if ctx.known(method)["customer"] is not None:
        return
    if later is not None and intent["customer"] is not None:
        payment_methods.keep_for(ctx, method, intent["customer"])
    else:
        ctx.store.hide(method, spent=True, savable=later is not None)
