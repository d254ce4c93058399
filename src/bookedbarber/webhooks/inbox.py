"""The inbox: events are stored as received before anything is understood of them.

Their bodies carry names and addresses of clients, so they are sealed, byte for byte, under a key
of the house; in the clear stands only what an event is and what it is about. A month after an
event was handled its body is forgotten, as it is at Stripe.

`Intake` is a greedy group commit: whatever arrived while the last batch was being written goes
into the next one, without a timer; each sender is answered after its own event is durable.
"""

import asyncio
import contextlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from bookedbarber.database import Connection, Database, DatabaseUnavailable
from bookedbarber.errors import Refused
from bookedbarber.processor.snapshots import moment
from bookedbarber.vault import Safe, Vault
from bookedbarber.webhooks import queries
from bookedbarber.webhooks.queries import StoredEvent

WAKE: Final = "inbox"
LARGEST_BATCH: Final = 64
LEASE: Final = timedelta(seconds=60)
_WORD: Final = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


class EventUnreadable(Refused):
    """A signed body that is not an event: nothing that could ever be handled."""

    code: ClassVar[str] = "webhook_event_unreadable"


@dataclass(frozen=True, slots=True)
class Received:
    """An event as it came, with the little that the inbox must know of it."""

    stripe_account: str
    event_id: str
    type: str
    created: datetime
    object_kind: str | None
    object_id: str | None
    intent_id: str | None
    body: bytes
    received_at: datetime


def read(body: bytes, *, own_account: str, now: datetime) -> Received:
    """The envelope of an event; EventUnreadable when it has none."""
    try:
        event: Any = json.loads(body)
        about = _object(event)
        return Received(
            stripe_account=_word(event.get("account") or own_account),
            event_id=_word(event["id"]),
            type=_word(event["type"]),
            created=moment(int(event["created"])),
            object_kind=_name(about.get("object")),
            object_id=_name(about.get("id")),
            intent_id=_name(about.get("payment_intent")),
            body=body,
            received_at=now,
        )
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as wrong:
        raise EventUnreadable("The body is not an event.") from wrong


def _object(event: dict[str, Any]) -> dict[str, Any]:
    """The object an event carries; nothing when it carries none, so that it stops nobody else."""
    found: Any = event.get("data")
    found = found.get("object") if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _word(value: object) -> str:
    name = _name(value)
    if name is None:
        raise TypeError(value)
    return name


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


async def body_of(
    db: Connection, vault: Vault, *, stripe_account: str, event_id: str
) -> bytes | None:
    """What Stripe sent, byte for byte; None when there is no such event, or it was forgotten."""
    kept = await queries.find_body(db, stripe_account=stripe_account, event_id=event_id)
    if kept is None or kept.body is None:
        return None
    return _safe(vault, kept.received_at).open(_place(stripe_account, event_id), kept.body)


def _safe(vault: Vault, received_at: datetime) -> Safe:
    # A key of each month, so that none comes near the number of texts that it may seal.
    return vault.safe(f"webhooks/{received_at:%Y-%m}")


def _place(stripe_account: str, event_id: str) -> str:
    return f"v1 webhook_events body {stripe_account} {event_id}"  # neither holds a space


class Intake:
    """Stores events in batches; one for each web process."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._waiting: list[tuple[Received, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._waker: asyncio.Task[None] | None = None
        self._untold = False

    async def store(self, event: Received) -> None:
        """Return once the event is durable, or was before.

        Raises DatabaseUnavailable, and then Stripe sends it again.
        """
        durable = asyncio.get_running_loop().create_future()
        self._waiting.append((event, durable))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await durable

    async def _write(self) -> None:
        while self._waiting:
            batch = self._waiting[:LARGEST_BATCH]
            del self._waiting[:LARGEST_BATCH]
            await self._commit(batch)

    async def _commit(self, batch: list[tuple[Received, asyncio.Future[None]]]) -> None:
        try:
            await self._insert([event for event, _ in batch])
        except Exception as failure:  # noqa: BLE001 # each sender gets it; one bad row must not take the others down
            if len(batch) > 1:
                for one in batch:
                    await self._commit([one])
                return
            _answer(batch, failure)
        else:
            _answer(batch, None)

    async def _insert(self, events: list[Received]) -> None:
        async with self._database.platform_statement() as db:
            new = await queries.store(
                db,
                accounts=[e.stripe_account for e in events],
                event_ids=[e.event_id for e in events],
                types=[e.type for e in events],
                createds=[e.created for e in events],
                object_kinds=[e.object_kind for e in events],
                object_ids=[e.object_id for e in events],
                intent_ids=[e.intent_id for e in events],
                bodies=[self._sealed(e) for e in events],
                receiveds=[e.received_at for e in events],
            )
        if new:
            self._untold = True
            if self._waker is None or self._waker.done():
                self._waker = asyncio.create_task(self._wake())

    def _sealed(self, event: Received) -> bytes:
        place = _place(event.stripe_account, event.event_id)
        return _safe(self._vault, event.received_at).seal(place, event.body)

    async def _wake(self) -> None:
        """Tell the workers, beside the writing; batches stored meanwhile are told of together. A
        courtesy: the events are durable, and the worker looks by itself."""
        while self._untold:
            self._untold = False
            with contextlib.suppress(DatabaseUnavailable):
                async with self._database.platform_statement() as db:
                    await db.execute(f"notify {WAKE}")


def _answer(batch: list[tuple[Received, asyncio.Future[None]]], failure: Exception | None) -> None:
    for _, durable in batch:
        if durable.done():
            continue
        if failure is None:
            durable.set_result(None)
        else:
            durable.set_exception(failure)


async def claim(db: Connection, *, batch: int, now: datetime) -> list[StoredEvent]:
    """Take up to `batch` due events; they are ours for `LEASE`, then anybody's."""
    return await queries.claim(db, lease_until=now + LEASE, now=now, batch=batch)
