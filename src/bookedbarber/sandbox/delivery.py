"""Webhook delivery: signed, tried again with growing pauses on the sandbox's clock, logged.

Stripe promises neither order nor a single delivery; both can be provoked: deliveries may be
held and sent by hand in any order and number, duplicated, or scattered over a span of time.
"""

import asyncio
import hashlib
import hmac
import sqlite3
from dataclasses import dataclass, field

import aiohttp

from bookedbarber.sandbox import webhook_endpoints
from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.engine import Engine
from bookedbarber.sandbox.expansion import visible
from bookedbarber.sandbox.wire import write_json

_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Letter:
    """One signed delivery, ready to be posted."""

    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(slots=True)
class Courier:
    """Posts what is due and records what came of it."""

    engine: Engine
    http: aiohttp.ClientSession
    travelling: dict[int, "asyncio.Task[None]"] = field(default_factory=dict)
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def due(self) -> list[sqlite3.Row]:
        """Deliveries whose time has come and that are not under way; none while they are held."""
        if self.engine.settings.delivery_mode == "held":
            return []
        sql = "SELECT * FROM deliveries WHERE state = 'pending' AND due <= ? ORDER BY due, number"
        rows = self.engine.store.query(sql, self.engine.clock.now())
        return [row for row in rows if row["number"] not in self.travelling]

    def next_due(self) -> float | None:
        """When the next delivery is due; none while they are held."""
        if self.engine.settings.delivery_mode == "held":
            return None
        sql = "SELECT number, due FROM deliveries WHERE state = 'pending' ORDER BY due"
        for row in self.engine.store.query(sql):
            if row["number"] not in self.travelling:
                return float(row["due"])
        return None

    def send_due(self) -> None:
        """Set off every delivery whose time has come."""
        for row in self.due():
            self.send(row)

    def send(self, row: sqlite3.Row) -> "asyncio.Task[None]":
        """Set off one delivery."""
        task = asyncio.create_task(self._carry(row))
        self.travelling[row["number"]] = task
        task.add_done_callback(lambda _: self._arrived(row["number"]))
        return task

    def _arrived(self, number: int) -> None:
        self.travelling.pop(number, None)
        self.engine.changed()

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self.travelling:
            await asyncio.gather(*self.travelling.values(), return_exceptions=True)
            await asyncio.sleep(0)

    async def deliver_by_hand(self, event: str, endpoint: str) -> tuple[int | None, str | None]:
        """Deliver at once, whatever the queue says; a good answer settles what was pending."""
        status, trouble = await self._post(event, endpoint)
        self.engine.change(
            lambda ctx: _record_by_hand(ctx, event, endpoint, status=status, trouble=trouble)
        )
        return status, trouble

    async def _carry(self, row: sqlite3.Row) -> None:
        async with self.gate:
            status, trouble = await self._post(row["event"], row["endpoint"])
        good = status is not None and 200 <= status < 300
        self.engine.change(
            lambda ctx: _record(ctx, row["number"], status=status, trouble=trouble, good=good)
        )

    async def _post(self, event: str, endpoint: str) -> tuple[int | None, str | None]:
        letter = write_letter(self.engine.context(), event, endpoint)
        if letter is None:
            return None, "the endpoint or the event is gone"
        timeout = aiohttp.ClientTimeout(total=self.engine.settings.delivery_timeout)
        try:
            async with self.http.post(
                letter.url,
                data=letter.body,
                headers=letter.headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                await response.read()
                return response.status, None
        except TimeoutError:
            return None, "timed out"
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            return None, f"{type(problem).__name__}: {problem}"


def write_letter(ctx: Context, event_id: str, endpoint_id: str) -> Letter | None:
    """The event as it is posted now, signed with every secret that is valid now."""
    event, endpoint = ctx.get(event_id), ctx.get(endpoint_id)
    if event is None or endpoint is None or endpoint.get("deleted"):
        return None
    version = webhook_endpoints.default_version(endpoint)
    body = write_json(visible(ctx, event) | {"api_version": version})
    marks = [
        f"v1={sign(secret, ctx.now, body)}"
        for secret in webhook_endpoints.secrets(ctx, endpoint_id)
    ]
    return Letter(
        endpoint["url"],
        body,
        {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": ",".join([f"t={ctx.now}", *marks]),
            "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        },
    )


def sign(secret: str, moment: int, body: bytes) -> str:
    """Stripe's signature scheme v1: HMAC-SHA256 over `t.body`."""
    message = b"%d." % moment + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _record(
    ctx: Context, number: int, *, status: int | None, trouble: str | None, good: bool
) -> None:
    log(ctx, number, status, trouble)
    rows = ctx.store.query("SELECT * FROM deliveries WHERE number = ?", number)
    if not rows or rows[0]["state"] != "pending":
        return
    attempts = rows[0]["attempts"] + 1
    pauses = ctx.settings.retries
    if good:
        state, due = "delivered", None
    elif attempts > len(pauses):
        state, due = "failed", None
    else:
        state, due = "pending", ctx.moment + pauses[attempts - 1]
    ctx.store.execute(
        "UPDATE deliveries SET attempts = ?, state = ?, due = ? WHERE number = ?",
        *(attempts, state, due, number),
    )


def _record_by_hand(
    ctx: Context, event: str, endpoint: str, *, status: int | None, trouble: str | None
) -> None:
    sql = "SELECT number, state FROM deliveries WHERE event = ? AND endpoint = ? ORDER BY number"
    rows = ctx.store.query(sql, event, endpoint)
    pending = [row["number"] for row in rows if row["state"] == "pending"]
    if not rows:
        return
    log(ctx, (pending or [rows[-1]["number"]])[0], status, trouble)
    if pending and status is not None and 200 <= status < 300:
        sql = (
            "UPDATE deliveries SET attempts = attempts + 1, state = 'delivered', due = NULL"
            " WHERE number = ?"
        )
        ctx.store.execute(sql, pending[0])


def log(ctx: Context, number: int, status: int | None, trouble: str | None) -> None:
    """Note one try."""
    sql = "INSERT INTO attempts (delivery, at, status, error) VALUES (?, ?, ?, ?)"
    ctx.store.execute(sql, number, ctx.moment, status, trouble)
