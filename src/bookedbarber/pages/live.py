"""Word of what changes, carried from PostgreSQL to every live page of this process.

One connection listens, for all pages together, and only while there is a page. A page hears of its
own shop, at most once a second, that something changed and not what: it looks again by itself, so
nobody learns here what they may not see, and a page that reconnects needs no history.

A note may be lost (see `database/changes.py`), so the hub also looks by itself every few seconds.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ClassVar, Final
from uuid import UUID

import structlog

from bookedbarber.audit import queries as audit
from bookedbarber.database import Database
from bookedbarber.database.changes import CHANNEL
from bookedbarber.errors import Refused, Unavailable

EACH: Final = 12  # streams of one person
ALL: Final = 500  # streams of one process
CHANGED: Final = b"event: changed\ndata: {}\n\n"
ALIVE: Final = b": alive\n\n"
OVER: Final = b"event: over\ndata: {}\n\n"
log = structlog.get_logger("live")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How long each thing takes, in seconds; tests take them shorter."""

    look: float = 10.0  # between looks for what nobody told us of
    again: float = 1.0  # until a lost connection is sought again
    between: float = 1.0  # from one frame of a page to its next, at least
    beat: float = 15.0  # until a silent stream says that it lives
    standing: float = 60.0  # until is asked again whether a page may still listen


class TooManyStreams(Refused):
    """This person, or this process, has as many live pages open as it may."""

    code: ClassVar[str] = "too_many_streams"


@dataclass(slots=True, eq=False)
class Page:
    """A live page: which shop's, whose, and whether there is something it has not heard of."""

    shop_id: UUID
    who: str
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """The live pages of one process."""

    def __init__(self, database: Database, rhythm: Rhythm = Rhythm()) -> None:
        self._database = database
        self._rhythm = rhythm
        self._pages: set[Page] = set()
        self._each: Counter[str] = Counter()
        self._newest: dict[UUID, str] = {}
        self._at_work: tuple[asyncio.Task[None], ...] = ()
        self._closed = asyncio.Event()

    def close(self) -> None:
        """End every stream: this process stops."""
        self._closed.set()
        self._wake_all()

    def admit(self, who: str) -> None:
        """Raises TooManyStreams when somebody has as many live pages as they may."""
        if self._each[who] >= EACH or len(self._pages) >= ALL:
            raise TooManyStreams

    @asynccontextmanager
    async def open(self, shop_id: UUID, *, who: str) -> AsyncIterator[Page]:
        """A page that hears of its shop until the block ends. Raises TooManyStreams."""
        self.admit(who)
        page = Page(shop_id, who)
        self._pages.add(page)
        self._each[who] += 1
        if not self._at_work:
            self._at_work = tuple(asyncio.create_task(work()) for work in (self._hear, self._look))
        try:
            yield page
        finally:
            self._pages.discard(page)
            self._each[who] -= 1
            await self._rest()

    async def stream(
        self, page: Page, welcome: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[bytes]:
        """What is sent to a page, from a first `changed` (it may have missed something while it
        came) until it may not listen any more, as `welcome` says each minute, or we stop."""
        time = asyncio.get_running_loop().time
        ask_at = time() + self._rhythm.standing
        page.news.set()
        while not self._closed.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._rhythm.beat):
                    await page.news.wait()
            if time() >= ask_at:
                if not await welcome():
                    yield OVER
                    return
                ask_at = time() + self._rhythm.standing
            if not page.news.is_set():
                yield ALIVE
                continue
            page.news.clear()
            yield CHANGED
            await self._pause()

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._rhythm.between):
                await self._closed.wait()

    async def _rest(self) -> None:
        """Listen no more when there is nobody to listen for."""
        if self._pages or not self._at_work:
            return
        working, self._at_work = self._at_work, ()
        self._newest.clear()
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)

    async def _hear(self) -> None:
        while True:
            try:
                async with self._database.listener(CHANNEL) as ear:
                    self._wake_all()  # whatever was said while nobody listened
                    while not ear.deaf:
                        self._wake(await ear.listen())
            except Unavailable as outage:
                log.warning("live.deaf", why=outage.code)
            await asyncio.sleep(self._rhythm.again)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._rhythm.look)
            try:
                await self._compare()
            except Unavailable as outage:
                log.warning("live.blind", why=outage.code)

    async def _compare(self) -> None:
        """Wake the pages of shops whose trail grew without a word to us."""
        async with self._database.platform_statement() as db:
            found = await audit.newest(db, shop_ids=list({page.shop_id for page in self._pages}))
        newest = {row.shop_id: row.word for row in found}
        self._wake({str(shop) for shop in newest if self._newest.get(shop) != newest[shop]})
        self._newest = newest

    def _wake(self, shops: set[str]) -> None:
        for page in self._pages:
            if str(page.shop_id) in shops:
                page.news.set()

    def _wake_all(self) -> None:
        for page in self._pages:
            page.news.set()
