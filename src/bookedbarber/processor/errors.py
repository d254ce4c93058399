"""What can go wrong at Stripe, in our words.

Unavailable
├─ ProcessorUnavailable   nothing happened there: ask again
│  └─ ProcessorRejectsUs  our key or our rights are wrong: an operator must act
└─ OutcomeUnknown         it may have happened: look it up, or ask again under the same key
Refused
└─ ProcessorRefused       Stripe says no to this request
"""

import asyncio
from typing import ClassVar

import aiohttp
import stripe

from bookedbarber.errors import BookedBarberError, Refused, Unavailable


class ProcessorUnavailable(Unavailable):
    """Stripe did not take the request; nothing happened there."""

    code: ClassVar[str] = "processor_unavailable"


class ProcessorRejectsUs(ProcessorUnavailable):
    """Stripe does not accept our key, or our key may not do this."""

    code: ClassVar[str] = "processor_rejects_us"


class OutcomeUnknown(Unavailable):
    """Stripe may have acted before the answer was lost. Never retried under another key."""

    code: ClassVar[str] = "processor_outcome_unknown"


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
            return ProcessorUnavailable("Stripe asks us to slow down.")
        case stripe.IdempotencyError():
            # An earlier request under this key exists, and what came of it is not known here.
            return OutcomeUnknown("Stripe knows this key from another request.")
        case stripe.CardError() | stripe.InvalidRequestError():
            if failure.http_status == 409:  # somebody else holds the key or the object
                return OutcomeUnknown("Stripe is still working on an earlier request.")
            return ProcessorRefused(
                failure.user_message or "Stripe refused the request.",
                reason=failure.code or "invalid_request",
            )
        case _:
            return OutcomeUnknown("Stripe's answer was lost.")
