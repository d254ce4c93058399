"""Small factories: a payment with everything defaulted except the point."""

from typing import Any

import stripe


def intent(client: stripe.StripeClient, **given: Any) -> stripe.PaymentIntent:
    """An intent of 50.00 usd for cards, not confirmed."""
    params: Any = {
        "amount": 5000,
        "currency": "usd",
        "allowed_payment_method_types": ["card"],
        **given,
    }
    return client.v1.payment_intents.create(params)


def pay(client: stripe.StripeClient, card: str = "visa", **given: Any) -> stripe.PaymentIntent:
    """An intent confirmed at once with a test card."""
    return intent(client, payment_method=f"pm_card_{card}", confirm=True, **given)


def charge_of(
    client: stripe.StripeClient, paid: stripe.PaymentIntent, *expand: str
) -> stripe.Charge:
    """The intent's latest charge as it stands now."""
    assert paid.latest_charge
    params: Any = {"expand": list(expand)}
    return client.v1.charges.retrieve(str(paid.latest_charge), params)
