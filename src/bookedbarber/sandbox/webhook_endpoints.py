"""Webhook endpoints: where events go, which ones, and the secret they are signed with."""

from typing import Any

from bookedbarber.sandbox.context import API_VERSION, Context, copy, merge_metadata
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.event_types import EVENT_TYPES
from bookedbarber.sandbox.lists import EXPAND, listing, newest
from bookedbarber.sandbox.shapes import array, boolean, metadata, one_of, params, required, text
from bookedbarber.sandbox.store import Object

_GIVEN = params(
    description=text(clearable=True),
    enabled_events=array(text()),
    metadata=metadata(),
    url=text(),
).plus(EXPAND)
CREATE = _GIVEN.plus(
    params(
        api_version=one_of(API_VERSION),
        connect=boolean(),
        enabled_events=required(array(text())),
        url=required(text()),
    )
)
UPDATE = _GIVEN.plus(params(disabled=boolean()))
RETRIEVE = EXPAND
DELETE = params()
LIST = listing()

MOST = 16
"""Stripe's limit of endpoints per account and mode."""


def create(ctx: Context, asked: dict[str, Any]) -> Object:
    """Register an endpoint; the answer is the only place that shows its secret."""
    if len(ctx.store.every(ctx.account, "webhook_endpoint")) >= MOST:
        raise StripeError(f"You have reached the maximum of {MOST} test webhook endpoints.")
    if asked.get("connect"):
        raise StripeError("The sandbox has no connected accounts to listen to.", param="connect")
    version = asked.get("api_version")
    _check(asked)
    endpoint: Object = {
        "id": ctx.new_id("webhook_endpoint"),
        "object": "webhook_endpoint",
        "api_version": version,
        "application": None,
        "created": ctx.now,
        "description": asked.get("description"),
        "enabled_events": asked["enabled_events"],
        "livemode": False,
        "metadata": merge_metadata({}, asked.get("metadata")),
        "status": "enabled",
        "url": asked["url"],
    }
    ctx.save(endpoint)
    secret = "whsec_" + ctx.secret(endpoint["id"], length=32)
    ctx.store.hide(endpoint["id"], secrets=[[secret, None]])
    return endpoint | {"secret": secret}


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """One endpoint, without its secret."""
    return ctx.find("webhook_endpoint", asked["id"], what="webhook endpoint")


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change where events go, which ones, or whether at all."""
    _check(asked)
    endpoint = copy(ctx.find("webhook_endpoint", asked["id"], what="webhook endpoint"))
    for name in ("description", "enabled_events", "url"):
        if name in asked:
            endpoint[name] = asked[name]
    if "disabled" in asked:
        endpoint["status"] = "disabled" if asked["disabled"] else "enabled"
    if "metadata" in asked:
        endpoint["metadata"] = merge_metadata(endpoint["metadata"], asked["metadata"])
    return ctx.save(endpoint)


def delete(ctx: Context, asked: dict[str, Any]) -> Object:
    """Remove an endpoint; what was still to be delivered is dropped."""
    endpoint = ctx.find("webhook_endpoint", asked["id"], what="webhook endpoint")
    tombstone: Object = {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}
    ctx.store.retire(ctx.account, tombstone)
    sql = "UPDATE deliveries SET state = 'dropped' WHERE endpoint = ? AND state = 'pending'"
    ctx.store.execute(sql, endpoint["id"])
    return tombstone


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Endpoints, newest first."""
    return newest(ctx, "webhook_endpoint", asked, url="/v1/webhook_endpoints")


def roll_secret(ctx: Context, endpoint_id: str, *, keep_for: float) -> str:
    """Give a new secret; the old ones sign as well until they end, at most a day later."""
    ctx.find("webhook_endpoint", endpoint_id)
    kept = min(keep_for, 86400)
    old = [
        [secret, ends if ends is not None else ctx.moment + kept]
        for secret, ends in ctx.store.hidden(endpoint_id)["secrets"]
    ]
    number = ctx.store.count(f"secrets:{endpoint_id}")
    fresh = "whsec_" + ctx.secret(f"{endpoint_id}:{number}", length=32)
    ctx.store.hide(endpoint_id, secrets=[[fresh, None], *old])
    return fresh


def secrets(ctx: Context, endpoint_id: str) -> list[str]:
    """The secrets that sign now, the newest first."""
    kept = ctx.store.hidden(endpoint_id).get("secrets", [])
    return [secret for secret, ends in kept if ends is None or ends > ctx.moment]


def _check(asked: dict[str, Any]) -> None:
    url = asked.get("url")
    if url is not None and not url.startswith(("http://", "https://")):
        raise StripeError(
            "Invalid URL: An explicit scheme (such as https) must be provided.",
            code="url_invalid",
            param="url",
        )
    wanted = asked.get("enabled_events")
    if wanted is None:
        return
    if "*" in wanted and len(wanted) > 1:
        raise StripeError(
            "When * is included in enabled_events, it must be the only entry.",
            param="enabled_events",
        )
    for position, name in enumerate(wanted):
        if name != "*" and name not in EVENT_TYPES:
            raise StripeError(
                f"Invalid enabled_events[{position}]: {name} is not an event type of this version.",
                param=f"enabled_events[{position}]",
            )
