"""Confirming a PaymentIntent: choose the method, authenticate where the issuer wants it, then
charge.
"""

from typing import Any

from bookedbarber.sandbox import (
    attempts,
    authentication,
    cards,
    charges,
    method_types,
    payment_methods,
)
from bookedbarber.sandbox.authentication import Need
from bookedbarber.sandbox.cards import Decline
from bookedbarber.sandbox.context import Context, copy
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.states import allow, unexpected
from bookedbarber.sandbox.store import Object

AUTHENTICATION_FAILED = Decline(
    "payment_intent_authentication_failure",
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or "
    "a new PaymentMethod to attempt to fulfill this PaymentIntent again.",
    advice=None,
    network_code=None,
)
_ACTION_UNWANTED = Decline(
    "authentication_required",
    "This payment required an authentication action to complete, but `error_on_requires_action` "
    "was set. When you're ready, you can upgrade your integration to handle actions at "
    "https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions.",
    advice=None,
    network_code=None,
)


def default_options() -> Object:
    """`payment_method_options` of an intent that takes cards."""
    return {
        "card": {
            "installments": None,
            "mandate_options": None,
            "network": None,
            "request_three_d_secure": "automatic",
        }
    }


def confirm(ctx: Context, intent: Object, asked: dict[str, Any]) -> Object:
    """Confirm the intent; a declined attempt answers 402 and stays on record."""
    if intent["status"] in ("succeeded", "requires_capture"):
        raise unexpected(
            intent,
            "You cannot confirm this PaymentIntent because it has already succeeded after being "
            "previously confirmed.",
        )
    allow(intent, "confirmed", "You cannot confirm this PaymentIntent")
    _check_sender(ctx, asked)
    method_types.check(ctx, asked)
    intent = copy(intent)
    if not asked.get("confirm"):
        method_types.change(intent, asked)
    method_types.check_return_url(ctx, intent, asked)
    intent = _prepare(ctx, intent, asked)
    alone = asked.get("off_session", "false") not in ("false", False)
    ctx.store.hide(intent["id"], off_session=alone, return_url=asked.get("return_url"))
    done = _authenticate(ctx, intent, asked, off_session=alone)
    attempts.raise_if_failed(done)
    return done


def complete_challenge(ctx: Context, intent: Object, *, passed: bool) -> Object:
    """The customer answered the challenge; with automatic confirmation the charge follows."""
    if intent["status"] != "requires_action":
        raise unexpected(intent, "This PaymentIntent does not wait for authentication.")
    if not passed:
        return attempts.fail(ctx, copy(intent), AUTHENTICATION_FAILED)
    if intent["confirmation_method"] == "manual":
        ctx.store.hide(intent["id"], authenticated=intent["payment_method"])
        waiting = copy(intent) | {"next_action": None, "status": "requires_confirmation"}
        return ctx.save(waiting)
    return attempts.charge(ctx, copy(intent), flow=Need.CHALLENGE)


def apply_options(intent: Object, asked: dict[str, Any]) -> None:
    """Set `payment_method_options[card]`, an empty hash meaning the defaults."""
    given = asked.get("payment_method_options", {})
    if "card" not in given:
        return
    options = given["card"]
    if options is None:
        intent["payment_method_options"] = default_options()
        return
    for name, value in options.items():
        if value is None:
            intent["payment_method_options"]["card"].pop(name, None)
        else:
            intent["payment_method_options"]["card"][name] = value


def chosen_method(ctx: Context, asked: dict[str, Any]) -> str | None:
    """The payment method that the request names or describes."""
    if "payment_method_data" in asked:
        return str(payment_methods.create(ctx, asked["payment_method_data"])["id"])
    if asked.get("payment_method"):
        return str(payment_methods.find(ctx, asked["payment_method"])["id"])
    return None


def _check_sender(ctx: Context, asked: dict[str, Any]) -> None:
    """How money is taken, and whether its owner is there, is for the merchant's server to say."""
    if ctx.request is None or not ctx.request.publishable:
        return
    options = asked.get("payment_method_options", {}).get("card") or {}
    for name in ("capture_method", "off_session"):
        if name in asked or name in options:
            raise StripeError(f"{name} cannot be used with a publishable key.", param=name)


def _prepare(ctx: Context, intent: Object, asked: dict[str, Any]) -> Object:
    intent["last_payment_error"] = None
    for name in ("receipt_email", "setup_future_usage", "capture_method"):
        if name in asked:
            intent[name] = asked[name]
    if "shipping" in asked:
        intent["shipping"] = charges.shipping_of(asked["shipping"])
    apply_options(intent, asked)
    if not asked.get("confirm"):
        intent["payment_method"] = chosen_method(ctx, asked) or intent["payment_method"]
    if intent["payment_method"] is None:
        raise unexpected(
            intent,
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can "
            "either update the PaymentIntent with a payment method and then confirm it again, or "
            "confirm it again directly with a payment method or ConfirmationToken.",
        )
    payment_methods.usable(ctx, intent["payment_method"], customer=intent["customer"])
    return intent


def _authenticate(
    ctx: Context, intent: Object, asked: dict[str, Any], *, off_session: bool
) -> Object:
    method = intent["payment_method"]
    card = payment_methods.card_of(ctx, method)
    if ctx.store.hidden(intent["id"]).get("authenticated") == method:
        return attempts.charge(ctx, intent, flow=Need.CHALLENGE)
    need = authentication.need(
        card,
        off_session=off_session,
        set_up=ctx.store.hidden(method).get("set_up", False),
        wanted=authentication.requested(intent),
    )
    if need is Need.REFUSED:
        return attempts.charge(ctx, intent, decline=attempts.AUTHENTICATION_REQUIRED)
    if need is Need.CHALLENGE and card.three_ds_error:
        return attempts.charge(ctx, intent, decline=cards.GENERIC)
    if need is Need.CHALLENGE and asked.get("error_on_requires_action"):
        return attempts.fail(ctx, intent, _ACTION_UNWANTED)
    if need is Need.CHALLENGE:
        intent["next_action"] = authentication.next_action(
            ctx,
            intent["id"],
            return_url=asked.get("return_url"),
            in_script=asked.get("use_stripe_sdk", False),
        )
        return attempts.moved(ctx, intent, "requires_action", "payment_intent.requires_action")
    return attempts.charge(ctx, intent, flow=need)
