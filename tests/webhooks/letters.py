"""Letters as Stripe sends them, written here by Stripe's own description of the scheme."""

import hashlib
import hmac
import itertools
import json
from typing import Any

import httpx2 as httpx

from bookedbarber.webhooks.inbox import body_of
from tests.world import World

_numbers = itertools.count()


def letter(world: World, kind: str = "customer.created", **changes: Any) -> bytes:
    """An event of Stripe's, as the body of a request."""
    event = {
        "id": f"evt_{next(_numbers)}",
        "object": "event",
        "type": kind,
        "created": int(world.clock.now().timestamp()),
        "data": {"object": {"id": "cus_1", "object": "customer"}},
        **changes,
    }
    return json.dumps(event).encode()


def signature(body: bytes, *secrets: str, at: float) -> str:
    """`t=…,v1=…` over a body, with one signature for each secret."""
    marks = [
        "v1=" + hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
        for secret in secrets
    ]
    return ",".join([f"t={int(at)}", *marks])


async def post(world: World, body: bytes, header: str | None = None) -> httpx.Response:
    """Deliver a body, signed properly unless a header is given."""
    if header is None:
        header = signature(body, world.webhook_secret, at=world.clock.now().timestamp())
    return await world.http.post(
        "/webhooks/stripe",
        content=body,
        headers={"Stripe-Signature": header, "Content-Type": "application/json"},
    )


async def inbox(world: World) -> list[dict[str, Any]]:
    """What the inbox keeps, oldest first."""
    return await world.query("select * from webhook_events order by received_at, event_id")


async def said(world: World, kept: dict[str, Any]) -> bytes | None:
    """What an event of the inbox said, opened."""
    async with world.means.database.platform_statement() as db:
        return await body_of(
            db,
            world.means.vault,
            stripe_account=kept["stripe_account"],
            event_id=kept["event_id"],
        )
