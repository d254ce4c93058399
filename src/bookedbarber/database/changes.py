"""Word of what changed, sent soon after its commit and never in its transaction.

PostgreSQL lets only one transaction that notifies commit at a time, so a NOTIFY in the transaction
of every payment would make all payments wait for each other (docs/decisions/0009). Here a process
remembers which shops were written and tells them apart from it, several at once.

A courtesy, not a promise: a process that is killed in between tells nobody. Whoever listens looks
by itself as well.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

import structlog

from bookedbarber.errors import Unavailable

CHANNEL: Final = "changes"
AT_MOST_EACH: Final = 0.2  # seconds: what changes meanwhile is told together
TELL: Final = (
    "/* database.tell_changes */\nselect pg_notify($1, shop) from unnest($2::text[]) as shop"
)
log = structlog.get_logger("database")


class Changes:
    """The shops that this process changed and has told nobody of yet; `tell` does the telling."""

    def __init__(self, tell: Callable[[Sequence[str]], Awaitable[None]]) -> None:
        self._tell = tell
        self._shops: set[UUID] = set()
        self._telling: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def add(self, shops: Iterable[UUID]) -> None:
        """These shops changed: told at once when it is quiet, else with the next."""
        self._shops.update(shops)
        if self._shops and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell_all())

    async def close(self) -> None:
        """Tell what is left, without waiting for more."""
        self._closing.set()
        if self._telling is not None:
            await self._telling

    async def _tell_all(self) -> None:
        while self._shops:
            shops, self._shops = sorted(map(str, self._shops)), set()
            try:
                await self._tell(shops)
            except Unavailable as outage:
                log.info("changes.not_told", why=outage.code, shops=len(shops))
            try:
                async with asyncio.timeout(AT_MOST_EACH):
                    await self._closing.wait()
            except TimeoutError:
                continue
