"""What can go wrong at Stripe, in our words.

Unavailable
├─ ProcessorUnavailable   nothing happened there: ask again
│  ├─ ProcessorBusy       we ask too fast, or too much of one object at once
│  └─ ProcessorRejectsUs  our key or our rights are wrong: an operator must act
└─ OutcomeUnknown         it may have happened: look it up, or ask again under the same key
   └─ EarlierRequest      an earlier request under this key is not done, or was another
Refused
└─ ProcessorRefused       Stripe says no to this request

Busy, rejected and earlier requests are answers of a Stripe that is well: they open no breaker.
"""

import asyncio
from typing import ClassVar

import aiohttp
import stripe

from bookedbarber.errors import BookedBarberError, Refused, Unavailable


class ProcessorUnavailable(Unavailable):
    """Stripe did not take the request; nothing happened there."""

    code: ClassVar[str] = "processor_unavailable"


class ProcessorBusy(ProcessorUnavailable):
    """Stripe asks us to wait; nothing happened there.

    `slow_down` is for how many seconds to ask less of it; None when only one object was in use.
    """

    code: ClassVar[str] = "processor_busy"
    outage: ClassVar[bool] = False

    def __init__(self, detail: str, *, slow_down: float | None = None) -> None:
        super().__init__(detail)
        self.slow_down = slow_down


class ProcessorRejectsUs(ProcessorUnavailable):
    """Stripe does not accept our key, or our key may not do this."""

    code: ClassVar[str] = "processor_rejects_us"
    outage: ClassVar[bool] = False


class OutcomeUnknown(Unavailable):
    """Stripe may have acted before the answer was lost. Never retried under another key."""

    code: ClassVar[str] = "processor_outcome_unknown"


class EarlierRequest(OutcomeUnknown):
    """An earlier request under this key exists, and what came of it is not known here."""

    code: ClassVar[str] = "processor_earlier_request"
    outage: ClassVar[bool] = False


class ProcessorRefused(Refused):
    """Stripe understood and said no; `reason` is its code."""

    code: ClassVar[str] = "processor_refused"

    def __init__(self, detail: str, *, reason: str) -> None:
        super().__init__(detail, reason=reason)
        self.reason = reason


LOST_ANSWERS = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


def translate(failure: Exception) -> BookedBarberError:
    """Our error for one of the SDK's, or of the network's, failures."""
    match failure:
        case stripe.AuthenticationError() | stripe.PermissionError():
            return ProcessorRejectsUs("Stripe does not accept this system's key.")
        case stripe.RateLimitError():
            return _busy(failure)
        case stripe.IdempotencyError():
            return EarlierRequest("Stripe knows this key from another request.")
        case stripe.StripeError(http_status=409):
            return EarlierRequest("Stripe is still working on an earlier request.")
        case stripe.CardError() | stripe.InvalidRequestError():
            return ProcessorRefused(
                failure.user_message or "Stripe refused the request.",
                reason=failure.code or "invalid_request",
            )
        case _:
            return OutcomeUnknown("Stripe's answer was lost.")


def _busy(failure: stripe.RateLimitError) -> ProcessorBusy:
    """Too fast for the account (`Retry-After`, or a second), or too much of one object at once."""
    if failure.error is not None and failure.error.code == "lock_timeout":
        return ProcessorBusy("Stripe is working on this object for another request.")
    said = (failure.headers or {}).get("retry-after", "")
    wait = float(said) if said.isascii() and said.isdigit() else 1.0
    return ProcessorBusy("Stripe asks us to slow down.", slow_down=wait)
