"""The Events API: what happened in the last thirty days, newest first."""

from typing import Any

from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.errors import StripeError, missing
from bookedbarber.sandbox.expansion import visible
from bookedbarber.sandbox.lists import CREATED, EXPAND, listing, newest
from bookedbarber.sandbox.shapes import array, boolean, text
from bookedbarber.sandbox.store import Object

RETRIEVE = EXPAND
LIST = listing(
    created=CREATED,
    delivery_success=boolean(),
    type=text(),
    types=array(text(), most=20),
)


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """One event, as long as it is kept."""
    event = ctx.find("event", asked["id"])
    if event["created"] < _oldest(ctx):
        raise missing("event", asked["id"], status=404)
    return visible(ctx, event)


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Events, newest first; `type` may end in `.*`."""
    if "type" in asked and "types" in asked:
        raise StripeError("You may pass either type or types, but not both.", param="types")
    span = asked.get("created")
    if not isinstance(span, int):
        span = dict(span or {})
        span["gte"] = max(span.get("gte", 0), _oldest(ctx))
    patterns = asked.get("types") or ([asked["type"]] if "type" in asked else [])
    return newest(
        ctx,
        "event",
        {**asked, "created": span},
        url="/v1/events",
        types=tuple(patterns),
        delivered=asked.get("delivery_success"),
    )


def _oldest(ctx: Context) -> int:
    return ctx.now - ctx.settings.events_kept_days * 86400
