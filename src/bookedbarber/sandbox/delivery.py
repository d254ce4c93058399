"""Webhook delivery: signed, tried again with growing pauses on the sandbox's clock, logged.

An endpoint hears one event after the other, in the order they became due, unless asked otherwise.
Stripe promises neither order nor a single delivery; both can be provoked: deliveries may be held
and sent by hand in any order and number, duplicated or scattered over a span of time as the seed
has it, or sent several at once.
"""

import asyncio
import hashlib
import hmac
import logging
import sqlite3
from dataclasses import dataclass, field

import aiohttp

from bookedbarber.sandbox import webhook_endpoints
from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.engine import Engine
from bookedbarber.sandbox.expansion import visible
from bookedbarber.sandbox.wire import write_json

_LOG = logging.getLogger(__name__)


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
    gates: dict[tuple[str, int], asyncio.Semaphore] = field(default_factory=dict)
    """What lets so many deliveries at once through to an endpoint, first come first served."""

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
        try:
            async with self._gate(row["endpoint"]):
                await self._try(row["number"], row["event"], row["endpoint"])
        except Exception:  # noqa: BLE001  # one broken delivery must not hold up the others
            _LOG.exception("the delivery %s failed and is set aside", row["number"])
            self.engine.count_failure("deliveries")
            self.engine.change(lambda ctx: _end(ctx, row["number"], "failed"))

    def _gate(self, endpoint: str) -> asyncio.Semaphore:
        at_once = self.engine.settings.deliveries_at_once
        return self.gates.setdefault((endpoint, at_once), asyncio.Semaphore(at_once))

    async def _try(self, number: int, event: str, endpoint: str) -> None:
        if not self._still_wanted(number, endpoint):
            return
        status, trouble = await self._post(event, endpoint)
        good = status is not None and 200 <= status < 300
        self.engine.change(
            lambda ctx: _record(ctx, number, status=status, trouble=trouble, good=good)
        )

    def _still_wanted(self, number: int, endpoint: str) -> bool:
        """Dropped or held meanwhile, it waits; a disabled endpoint is not tried, nor ever again.

        Stripe prevents future tries when the endpoint is disabled at the moment of one
        (docs.stripe.com/webhooks#disable).
        """
        found = self.engine.store.get(self.engine.account, endpoint)
        if found is None or found.get("status") != "enabled":
            self.engine.change(lambda ctx: _end(ctx, number, "dropped"))
            return False
        sql = "SELECT 1 FROM deliveries WHERE number = ? AND state = 'pending'"
        held = self.engine.settings.delivery_mode == "held"
        return not held and bool(self.engine.store.query(sql, number))

    async def _post(self, event: str, endpoint: str) -> tuple[int | None, str | None]:
        letter = write_letter(self.engine.context(), event, endpoint)
        if letter is None:
            return None, "the endpoint is gone or disabled, or the event is gone"
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
    if event is None or endpoint is None or endpoint.get("status") != "enabled":
        return None
    body = write_json(visible(ctx, event))
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


def _end(ctx: Context, number: int, state: str) -> None:
    """Try no more."""
    sql = "UPDATE deliveries SET state = ?, due = NULL WHERE number = ? AND state = 'pending'"
    ctx.store.execute(sql, state, number)


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
