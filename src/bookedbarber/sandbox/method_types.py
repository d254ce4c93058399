"""Which kinds of payment method an intent takes, and the rules that come with choosing.

Cards are the only kind switched on in the sandbox's Dashboard. `payment_method_types` may no
longer be written from 2026-09-30.endive on (docs.stripe.com/changelog/endive);
`allowed_payment_method_types` came with 2026-07-29.dahlia and filters instead of refusing.
"""

from typing import Any

from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.errors import ParameterError, StripeError
from bookedbarber.sandbox.store import Object

_EXCLUSIVE = (
    "allowed_payment_method_types",
    "automatic_payment_methods",
    "payment_method_types",
)


def check(ctx: Context, asked: dict[str, Any]) -> None:
    """Refuse what the version does not know, and kinds chosen in two ways at once."""
    if "payment_method_types" in asked and ctx.settings.strict:
        raise ParameterError(
            "The `payment_method_types` parameter is no longer supported in this API version. Use "
            "dynamic payment methods, `excluded_payment_method_types` or "
            "`allowed_payment_method_types` instead.",
            code="payment_method_types_no_longer_supported",
            param="payment_method_types",
        )
    if "card" not in (asked.get("allowed_payment_method_types") or ["card"]):
        raise StripeError(
            "No valid payment method types for this Payment Intent. Please ensure that you "
            "have activated payment methods compatible with your chosen currency in your "
            "dashboard."
        )
    chosen = [name for name in _EXCLUSIVE if name in asked]
    if len(chosen) > 1:
        raise StripeError(
            f"You may only specify one of these parameters: {', '.join(chosen)}.",
            param=chosen[-1],
        )


def of_intent(asked: dict[str, Any]) -> Object:
    """What a new intent says of its kinds: those named, or those of the Dashboard."""
    automatic = asked.get("automatic_payment_methods")
    if not any(asked.get(name) is not None for name in _EXCLUSIVE):
        automatic = {"enabled": True}
    if automatic is not None:
        automatic = {"allow_redirects": "always"} | automatic
    return {
        "allowed_payment_method_types": asked.get("allowed_payment_method_types"),
        "automatic_payment_methods": automatic,
        "payment_method_types": ["card"],
    }


def change(intent: Object, asked: dict[str, Any]) -> None:
    """Choose the kinds anew, when an update or a confirmation does."""
    if any(name in asked for name in _EXCLUSIVE):
        intent |= of_intent(asked)


def check_return_url(ctx: Context, intent: Object, asked: dict[str, Any]) -> None:
    """Kinds from the Dashboard might redirect, so that confirming needs somewhere to come
    back to, unless nobody is there to be sent (docs.stripe.com/changelog/2023-08-16).
    """
    automatic = intent["automatic_payment_methods"] or {}
    if not ctx.settings.strict or "return_url" in asked or asked.get("use_stripe_sdk"):
        return
    if asked.get("off_session", "false") not in ("false", False):
        return
    if automatic.get("enabled") and automatic["allow_redirects"] == "always":
        noun = "PaymentIntent" if intent["object"] == "payment_intent" else "SetupIntent"
        raise StripeError(
            f"This {noun} is configured to accept payment methods enabled in your Dashboard. "
            "Because some of these payment methods might redirect your customer off of your page, "
            "you must provide a `return_url`. If you don't want to accept redirect-based payment "
            "methods, set `automatic_payment_methods[enabled]` to `true` and "
            "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents "
            "and Payment Intents."
        )
