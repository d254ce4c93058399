"""Faults on request: what can go wrong between a client and Stripe, per route, a number of times.

`error_before_effect`   500, nothing happened, nothing kept: a retry is a first try
`error_after_effect`    it happened, refusals and declines included, and 500 is kept under the
                        idempotency key and replayed; failed validation and replays are not touched
`timeout_before`        the socket is held and dropped; nothing happened
`timeout_after`         whatever was to be answered is kept; the socket is held and dropped
`slow`                  the answer takes `seconds`; meanwhile the key is in use
`reset_mid_body`        the answer's head and half its body, then the connection is reset
`conflict`              409 `idempotency_key_in_use`, nothing happened
`lock_timeout`          429 `lock_timeout`, nothing happened
`rate_limit`            429 with `Stripe-Rate-Limited-Reason`, nothing happened
`decline`               the next attempt on a card declines with `code` and `decline_code`

Routes are those of the API and those the browser's pages call (`/browser/checkout/*`,
`/browser/3ds/*`). A fault counts down only when it is played. Faults live in memory: a restarted
sandbox is a sound one.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from bookedbarber.sandbox.cards import Decline
from bookedbarber.sandbox.errors import StripeError

KINDS = (
    "error_before_effect", "error_after_effect", "timeout_before", "timeout_after", "slow",
    "reset_mid_body", "conflict", "lock_timeout", "rate_limit", "decline",
)  # fmt: skip
REASONS = ("global-rate", "global-concurrency", "endpoint-rate", "endpoint-concurrency",
           "resource-specific")  # fmt: skip
_TRIES_A_CARD = (
    "/v1/payment_intents", "/v1/payment_intents/*/confirm", "/v1/setup_intents",
    "/v1/setup_intents/*/confirm", "/browser/checkout/*", "/browser/3ds/*",
)  # fmt: skip


@dataclass(slots=True)
class Fault:
    """One planned fault; `path` is a pattern where `*` stands for anything but a slash."""

    method: str
    path: str
    kind: str
    times: int = 1
    after: int = 0
    seconds: float = 30.0
    code: str = "card_declined"
    decline_code: str | None = "generic_decline"
    reason: str = "global-rate"

    def matches(self, method: str, path: str) -> bool:
        """Whether the fault is meant for this request."""
        pattern = re.escape(self.path).replace(r"\*\*", ".*").replace(r"\*", "[^/]+")
        return self.method in ("*", method) and re.fullmatch(pattern, path) is not None

    def reaches_a_card(self) -> bool:
        """Whether any route the fault is meant for tries a card."""
        if self.method not in ("*", "POST"):
            return False
        return any(_overlap(self.path, route) for route in _TRIES_A_CARD)


@dataclass(slots=True)
class Faults:
    """The faults that are planned, in the order they were asked for."""

    planned: list[Fault] = field(default_factory=list)

    def plan(self, wanted: dict[str, Any]) -> Fault:
        """Plan a fault; raises `ValueError` or `TypeError` when it makes no sense."""
        fault = Fault(**wanted)
        if fault.kind not in KINDS:
            raise ValueError(f"no such kind of fault: {fault.kind}; there are {', '.join(KINDS)}")
        if fault.reason not in REASONS:
            raise ValueError(f"no such reason: {fault.reason}; there are {', '.join(REASONS)}")
        if fault.kind == "decline" and not fault.reaches_a_card():
            raise ValueError(f"no card is tried at {fault.path}; one is at {_TRIES_A_CARD}")
        if fault.times < 1 or fault.after < 0 or fault.seconds < 0:
            raise ValueError("times must be at least 1, after and seconds at least 0")
        self.planned.append(fault)
        return fault

    def meet(self, method: str, path: str) -> Fault | None:
        """The fault this request meets, not yet counted down."""
        for fault in self.planned:
            if not fault.matches(method, path):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            return fault
        return None

    def play(self, fault: Fault) -> None:
        """Count down a fault that is being played."""
        fault.times -= 1
        if fault.times == 0:
            self.planned = [other for other in self.planned if other is not fault]

    def take_decline(self, fault: Fault | None) -> Decline | None:
        """The decline to play, counted down, when that is the fault and it is not used up."""
        if fault is None or fault.kind != "decline" or fault.times < 1:
            return None
        self.play(fault)
        return Decline(fault.code, "Your card was declined.", fault.decline_code)


def _overlap(planned: str, route: str) -> bool:
    """Whether a planned path and a route, both with stars, have an address in common."""
    if "**" in planned:
        return Fault("*", planned, "decline").matches("*", route)
    pairs = list(zip(planned.split("/"), route.split("/"), strict=False))
    same_depth = planned.count("/") == route.count("/")
    return same_depth and all("*" in (one, other) or one == other for one, other in pairs)


def refusal(fault: Fault, *, key: str | None) -> StripeError | None:
    """The answer of a fault that refuses before anything happens."""
    match fault.kind:
        case "error_before_effect":
            return broken()
        case "conflict":
            return StripeError(
                "There is currently another in-progress request using this Idempotent Key (that "
                "probably means you submitted twice, and the other request is still going "
                f"through): {key}. Please try again later.",
                status=409,
                code="idempotency_key_in_use",
            )
        case "lock_timeout":
            return StripeError(
                "This object cannot be accessed right now because another API request or Stripe "
                "process is currently accessing it. If you see this error intermittently, retry "
                "the request. If you see this error frequently and are making multiple concurrent "
                "requests to a single object, make your requests serially or at a lower rate. For "
                "more details, see https://stripe.com/docs/rate-limits#object-lock-timeouts.",
                status=429,
                code="lock_timeout",
            )
        case "rate_limit":
            return StripeError(
                "Request rate limit exceeded. Learn more about rate limits here "
                "https://stripe.com/docs/rate-limits.",
                status=429,
                code="rate_limit",
                headers={"stripe-rate-limited-reason": fault.reason},
            )
        case _:
            return None


def broken() -> StripeError:
    """Stripe's 500."""
    return StripeError(
        "An unknown error occurred. If you need help, contact support at https://support.stripe.com/.",
        status=500,
        kind="api_error",
    )
