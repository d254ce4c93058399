"""States of PaymentIntents: one table of what may be done in each, and Stripe's words when it may
not.
"""

from typing import Any

from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.errors import StripeError, missing
from bookedbarber.sandbox.store import Object

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
ALLOWED = {
    "confirmed": OPEN,
    "captured": ("requires_capture",),
    "canceled": (
        "requires_payment_method", "requires_capture", "requires_confirmation", "requires_action",
        "processing",
    ),
}  # fmt: skip
_NAMED = {"confirmed": ("requires_confirmation", "requires_action")}
"""Stripe's message leaves out that an intent without a method may be confirmed with one."""


def capture_method(intent: Object) -> str:
    """How the intent captures: as its options for cards say, else as it says itself."""
    return str(_card_options(intent).get("capture_method") or intent["capture_method"])


def future_usage(intent: Object) -> str | None:
    """Whether and how the card is to be used again: options for cards first."""
    usage = _card_options(intent).get("setup_future_usage") or intent["setup_future_usage"]
    return None if usage == "none" else usage


def _card_options(intent: Object) -> Object:
    options: Object = (intent["payment_method_options"] or {}).get("card") or {}
    return options


def is_open(intent: Object) -> bool:
    """Whether the intent still waits for the customer."""
    return intent["status"] in OPEN


def allow(intent: Object, done: str, refusal: str) -> None:
    """Raise `payment_intent_unexpected_state` unless the table allows it."""
    if intent["status"] in ALLOWED[done]:
        return
    raise unexpected(
        intent,
        f"{refusal} because it has a status of {intent['status']}. Only a PaymentIntent with one "
        f"of the following statuses may be {done}: {', '.join(_NAMED.get(done, ALLOWED[done]))}.",
    )


def unexpected(intent: Object, message: str) -> StripeError:
    """The refusal, with the intent as it stands."""
    kind = intent["object"]
    return StripeError(message, code=f"{kind}_unexpected_state", extra={kind: intent})


def check_secret(ctx: Context, intent: Object, asked: dict[str, Any]) -> None:
    """A publishable key must come with the intent's own client secret; a wrong one never
    matches.
    """
    given = asked.get("client_secret")
    publishable = ctx.request is not None and ctx.request.publishable
    if given is None and publishable:
        raise StripeError(
            "Missing required param: client_secret.",
            code="parameter_missing",
            param="client_secret",
        )
    if given is not None and given != intent["client_secret"]:
        if publishable:
            raise missing(intent["object"], intent["id"], param="intent", status=404)
        raise StripeError(
            "The client_secret provided does not match any associated "
            f"{'PaymentIntent' if intent['object'] == 'payment_intent' else 'SetupIntent'} on this "
            "account. Ensure the publishable key used belongs to the same account that created it.",
            param="client_secret",
        )
