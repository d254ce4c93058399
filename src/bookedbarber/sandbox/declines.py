"""How a refusal of a card reads: the error body of a decline, and of wrong card details."""

from typing import Any, NoReturn

from bookedbarber.sandbox.cards import Decline
from bookedbarber.sandbox.errors import CardError, doc_url
from bookedbarber.sandbox.store import Object

_WRONG = {
    "incorrect_number": "Your card number is incorrect.",
    "invalid_cvc": "Your card's security code is invalid.",
    "invalid_expiry_month": "Your card's expiration month is invalid.",
    "invalid_expiry_year": "Your card's expiration year is invalid.",
    "invalid_number": "The card number is not a valid credit card number.",
    "live_number_in_test": "Your card was declined. Your request was in test mode, but used a non "
    "test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.",
}


def wrong_card(code: str, param: str) -> CardError:
    """The card's details cannot be right."""
    if code == "live_number_in_test":
        extra = {"decline_code": "live_mode_test_card"}
        return CardError(_WRONG[code], code="card_declined", extra=extra)
    return CardError(_WRONG[code], code=code, param=param, extra={})


def facts(decline: Decline) -> dict[str, Any]:
    """What an error says of a decline beside code and message."""
    said = {
        "advice_code": decline.advice,
        "decline_code": decline.decline_code,
        "network_decline_code": decline.network_code,
    }
    return {name: value for name, value in said.items() if value is not None}


def refuse_card(decline: Decline) -> NoReturn:
    """Refuse to save a card."""
    raise CardError(decline.message, code=decline.code, param="", extra=facts(decline))


def payment_error(decline: Decline, *, charge: str | None, method: Object) -> Object:
    """`last_payment_error` of an intent whose attempt failed."""
    error: Object = {"code": decline.code, "doc_url": doc_url(decline.code)}
    if charge is not None:
        error["charge"] = charge
    return {
        **error,
        **facts(decline),
        "message": decline.message,
        "payment_method": method,
        "type": "card_error" if decline.code != _AUTHENTICATION else "invalid_request_error",
    }


_AUTHENTICATION = "payment_intent_authentication_failure"
