"""How the API describes itself: what holds everywhere, in which order to read, and what answers
that are problems look like. The routes and shapes say the rest."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute

from bookedbarber.api import bodies
from bookedbarber.api.context import ASKS, BOOKINGS, KEYED, READS, WRITES
from bookedbarber.api.gate import IDEMPOTENCY_KEY
from bookedbarber.api.refusals import examples
from bookedbarber.api.shapes import ProblemOut
from bookedbarber.shops.settings import logo

INTRODUCTION: Final = f"""\
Everything that staff do at the desk and clients do on the pages, for a shop's own systems: a till,
a website, a telephone.

## Who may call
The storefront answers anybody. What is a client's own is opened by the link that only they were
sent. Everything else asks for a key of the shop, sent as `Authorization: Bearer bbk_…`.

The owner makes keys at the desk under Settings, API keys, where each is shown once and can be put
out of force; the operator makes them with `bookedbarber key`. A key opens one shop, and does what
its staff may do with bookings, money and settings.

People and keys are not part of the API: a key that was stolen must not be able to make itself
another, or a person. Keep a key out of browsers and apps.

## Money
An amount is an object of `amount`, whole minor units as a JSON integer, and `currency`, a
lower-case ISO 4217 code: 3250 is 32.50 in `usd` and 3250 in `jpy`. Decimals, floats and the
currency of another shop are refused; nothing is rounded. Rates are basis points: 2000 is 20 %.

## Time
Instants are written by RFC 3339. Answers give them in UTC, but for the CSV file, which is read by
people; what is sent must say its zone, or `Z`. Days, weekdays and opening hours are those of the
shop's own clock, whose zone is named beside them.

## Repeating a request
Send an `Idempotency-Key` of your own with whatever must happen once, and the same one when no
answer came: the effect is there once, and so is the answer. The same key with another request is
refused. Where money leaves, a visit is cancelled, missed or moved at the desk, or somebody is
seated, a key must be sent.

## Agreeing to a sum
What cancelling, a no-show or a booking comes to can be read first. Send it along as
`expected_refund` or `expected`: when it has changed meanwhile nothing is done, and the answer says
what it is now.

## When something is refused
Any answer but 2xx is `application/problem+json` by RFC 9457. Go by its `code`, which stays the
same; `next_step` says what to do, and `retryable` whether the same request may succeed later.
Fields that are not described are refused rather than left out in silence. After `rate_limited`
wait for `Retry-After` seconds. Quote `request_id` when you ask us about an answer.

## Lists
A page holds up to `limit` objects and names where the following one begins. Each list says which
parameter takes that.

## How much at once
In a minute an address may read {READS.limit} times, send {KEYED.limit} requests with a key, and
book, or use the link to one booking, {BOOKINGS.limit} times; a key is good for {WRITES.limit}
requests. For a link to one's bookings an address may ask {ASKS.limit} times in an hour. A body has
at most {bodies.LARGEST // 1024} kB, a logo {logo.LARGEST // 1024} kB.
"""
TAGS: Final = [
    {
        "name": "storefront",
        "description": "What anybody sees before booking, and a booking. No key is asked for.",
    },
    {
        "name": "own booking",
        "description": "What a client does with the link that was sent to them.",
    },
    {
        "name": "visits",
        "description": "The day at the desk: who comes, who is here, who is done, who did not "
        "come, who moves, who walks in.",
    },
    {
        "name": "payments",
        "description": "What was collected, what becomes of it, and giving it back.",
    },
    {
        "name": "overview and search",
        "description": "Whether the money is all right, what must be done, and finding anything.",
    },
    {
        "name": "settings",
        "description": "What the shop sells, who works in it and when, its rules and its look. "
        "Each part is read with a `version`, which a change sends back.",
    },
]


class Described(FastAPI):
    """An API whose description is whole: problem answers in their own media type, with an example
    for each code."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is not None:
            return self.openapi_schema
        document = super().openapi()
        components = document["components"]
        components["schemas"]["ProblemOut"] = ProblemOut.model_json_schema()
        components["examples"] = dict(examples())
        for methods in document["paths"].values():
            for operation in methods.values():
                _require_name(operation)
        return document


def _require_name(operation: dict[str, Any]) -> None:
    """The idempotency key is required where its absence is refused, under a code of its own."""
    refused = {
        code
        for answer in operation["responses"].values()
        for content in answer.get("content", {}).values()
        for code in content.get("examples", ())
    }
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == IDEMPOTENCY_KEY:
            parameter["required"] = "idempotency_key_missing" in refused


def operation_id(route: APIRoute) -> str:
    """What clients that are generated call an operation: its function's name, which is unique."""
    return route.name
