"""What a browser may see: a part of each object, wherever it stands in an answer."""

from typing import Any

from bookedbarber.sandbox.wire import words

SHOWN_TO_BROWSER = {
    "payment_intent": words(
        """
        id object amount amount_details automatic_payment_methods canceled_at cancellation_reason
        capture_method client_secret confirmation_method created currency description
        excluded_payment_method_types last_payment_error livemode next_action payment_method
        payment_method_configuration_details payment_method_types processing receipt_email
        setup_future_usage shipping status
        """
    ),
    "payment_method": words("id object allow_redisplay billing_details card created livemode type"),
    "setup_intent": words(
        """
        id object automatic_payment_methods cancellation_reason client_secret created description
        excluded_payment_method_types last_setup_error livemode next_action payment_method
        payment_method_configuration_details payment_method_types status usage
        """
    ),
}
"""The fields that Stripe shows to a publishable key; all others are the merchant's business."""


def narrowed(body: Any) -> Any:
    """The same JSON with every object in it cut down to what a browser may see."""
    if isinstance(body, list):
        return [narrowed(part) for part in body]
    if not isinstance(body, dict):
        return body
    shown = SHOWN_TO_BROWSER.get(str(body.get("object")), tuple(body))
    return {name: narrowed(body[name]) for name in shown if name in body}
