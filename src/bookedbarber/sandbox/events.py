"""Events: every change told once, with the object as it stood and what it was before."""

from typing import Any

from bookedbarber.sandbox import ids
from bookedbarber.sandbox.context import API_VERSION, Context, copy
from bookedbarber.sandbox.store import Object


def emit(ctx: Context, kind: str, obj: Object, *, previous: dict[str, Any] | None = None) -> Object:
    """Record that something happened and queue its deliveries."""
    data: Object = {"object": copy(obj)}
    if previous is not None:
        data["previous_attributes"] = previous
    request = ctx.request
    listening = [e for e in _endpoints(ctx) if listens(e, kind)]
    event: Object = {
        "id": ctx.new_id("event"),
        "object": "event",
        "api_version": API_VERSION,
        "created": ctx.now,
        "data": data,
        "livemode": False,
        "pending_webhooks": len(listening),
        "request": {
            "id": request.id if request else None,
            "idempotency_key": request.idempotency_key if request else None,
        },
        "type": kind,
    }
    ctx.save(event)
    for endpoint in listening:
        _queue(ctx, event["id"], endpoint["id"])
    return event


def changes(before: Object, after: Object) -> dict[str, Any]:
    """What the attributes that differ were before; inside hashes only the keys that differ."""
    previous: dict[str, Any] = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            previous[name] = changes(old, new)
        else:
            previous[name] = old
    return dict(sorted(previous.items()))


def update(ctx: Context, kind: str, before: Object, after: Object) -> Object:
    """Save an object and tell of it, when it changed at all."""
    ctx.save(after)
    previous = changes(before, after)
    if previous:
        emit(ctx, kind, after, previous=previous)
    return after


def listens(endpoint: Object, kind: str) -> bool:
    """Whether an endpoint wants a kind of event."""
    wanted = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in wanted or kind in wanted)


def shown(ctx: Context, event: Object) -> Object:
    """The event with the number of endpoints that have not yet answered it."""
    sql = "SELECT COUNT(DISTINCT endpoint) n FROM deliveries WHERE event = ? AND state = 'pending'"
    return event | {"pending_webhooks": ctx.store.query(sql, event["id"])[0]["n"]}


def _endpoints(ctx: Context) -> list[Object]:
    return ctx.store.every(ctx.account, "webhook_endpoint")


def _queue(ctx: Context, event: str, endpoint: str) -> None:
    for copy_number in range(1 + _extra(ctx, event, endpoint)):
        chance = ids.fraction(f"shuffle:{event}:{endpoint}:{copy_number}", seed=ctx.seed)
        ctx.store.execute(
            "INSERT INTO deliveries (account, event, endpoint, due, state)"
            " VALUES (?, ?, ?, ?, 'pending')",
            *(ctx.account, event, endpoint, ctx.moment + chance * ctx.settings.shuffle),
        )


def _extra(ctx: Context, event: str, endpoint: str) -> int:
    """How many more times than once: the whole part always, the rest as chance has it."""
    always, rest = divmod(ctx.settings.duplicates, 1)
    chance = ids.fraction(f"duplicate:{event}:{endpoint}", seed=ctx.seed)
    return int(always) + (chance < rest)
