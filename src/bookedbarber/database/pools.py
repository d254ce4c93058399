"""Two pools, one for each database role that serves requests, and the transactions they open."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg

from bookedbarber import failpoints
from bookedbarber.database import changes
from bookedbarber.database.changes import Changes
from bookedbarber.database.lifo import Lifo
from bookedbarber.database.outages import DatabaseUnavailable, asking

Json = dict[str, Any] | list[Any] | str | int | bool | None
# The stubs are generic where the classes themselves are not.
if TYPE_CHECKING:
    _Base = asyncpg.Connection[asyncpg.Record]
else:
    _Base = asyncpg.Connection
CONNECTING: Final = 10  # seconds
CLOSING: Final = 0.5  # seconds for open statements to end before their connections are cut


class Connection(_Base):
    """A connection whose statements pass one place, named by their leading comment.

    Each raises DatabaseUnavailable when PostgreSQL does not answer.
    """

    def __init__(self, *protocol: Any, **options: Any) -> None:
        super().__init__(*protocol, **options)
        self._touched: set[UUID] = set()

    def touch(self, shop_id: UUID) -> None:
        """Remember that rows of this shop are written; the generated functions say so."""
        self._touched.add(shop_id)

    def untouch(self) -> set[UUID]:
        """The shops that were written since this was last asked."""
        touched, self._touched = self._touched, set()
        return touched

    async def execute(self, query: str, *args: object, timeout: float | None = None) -> str:  # noqa: ASYNC109 # asyncpg's own signature
        """Run a statement; what it did, as PostgreSQL says it."""
        async with failpoints.around("sql", _name(query)), asking(self):
            return await super().execute(query, *args, timeout=timeout)

    async def fetch(self, query: str, *args: object, **options: Any) -> list[asyncpg.Record]:  # type: ignore[override] # one shape of asyncpg's overloads is all we use
        """Run a query; its rows."""
        async with failpoints.around("sql", _name(query)), asking(self):
            return await super().fetch(query, *args, **options)

    async def fetchrow(self, query: str, *args: object, **options: Any) -> asyncpg.Record | None:  # type: ignore[override] # as above
        """Run a query; its first row."""
        async with failpoints.around("sql", _name(query)), asking(self):
            row: asyncpg.Record | None = await super().fetchrow(query, *args, **options)
            return row


def _name(query: str) -> str:
    if query.startswith("/* "):
        return query[3 : query.index(" */")]
    return query.split(maxsplit=1)[0].rstrip(";")


@dataclass(slots=True, eq=False)
class Ear:
    """Hears notifications: `woken` is set by each, and when the connection was lost (`deaf`);
    `words` are what they said."""

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    words: set[str] = field(default_factory=set)
    deaf: bool = False

    async def listen(self) -> set[str]:
        """Wait to be woken; what was said since the last time."""
        await self.woken.wait()
        self.woken.clear()
        words, self.words = self.words, set()
        return words


class Database:
    """The product's way to PostgreSQL: `tenant` for one shop, `platform` across shops.

    Both open a transaction that commits when the block ends and rolls back when it raises.
    `size` is the number of connections to each role; the machine does best with 4 to 12 in total.
    """

    def __init__(self, app: Lifo[Connection], platform: Lifo[Connection]) -> None:
        self._app = app
        self._platform = platform
        self._changes = Changes(self._tell)

    @classmethod
    async def open(cls, app_url: str, platform_url: str, *, size: int = 4) -> "Database":
        """Connect under both roles.

        Raises DatabaseUnavailable when the server does not answer.
        """
        app = await _pool(app_url, size)
        try:
            return cls(app, await _pool(platform_url, size))
        except BaseException:
            await app.close()
            raise

    async def close(self) -> None:
        """Tell what changed, and give every connection back to the server, in two seconds at
        most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                await self._changes.close()
        for pool in (self._app, self._platform):
            try:
                async with asyncio.timeout(CLOSING):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

    @asynccontextmanager
    async def tenant(self, shop_id: UUID) -> AsyncIterator[Connection]:
        """A transaction that sees and writes the rows of one shop only."""
        begin = f"begin; set local app.shop = '{UUID(int=shop_id.int)}'"
        async with self._transaction(self._app, begin) as db:
            yield db

    @asynccontextmanager
    async def platform(self) -> AsyncIterator[Connection]:
        """A transaction that crosses shops: intake, settling, jobs, watchers."""
        async with self._transaction(self._platform, "begin") as db:
            yield db

    @asynccontextmanager
    async def public(self) -> AsyncIterator[Connection]:
        """A transaction of no shop yet: it sees the public directory and nothing else."""
        async with self._transaction(self._app, "begin") as db:
            yield db

    @asynccontextmanager
    async def listener(self, *channels: str) -> AsyncIterator[Ear]:
        """An ear for these channels.

        A courtesy, not a promise: whoever waits must look by itself from time to time as well.
        """
        ear = Ear()

        def wake(*said: object) -> None:
            ear.words.add(str(said[-1]))
            ear.woken.set()

        def lose(*_: object) -> None:
            ear.deaf = True
            ear.woken.set()

        async with self._lent(self._platform) as db:
            db.add_termination_listener(lose)
            for channel in channels:
                async with asking(db):
                    await db.add_listener(channel, wake)
            try:
                yield ear
            finally:
                if not db.is_closed():
                    db.remove_termination_listener(lose)
                    with contextlib.suppress(DatabaseUnavailable):
                        for channel in channels:
                            async with asking(db):
                                await db.remove_listener(channel, wake)

    @asynccontextmanager
    async def platform_statement(self) -> AsyncIterator[Connection]:
        """A connection across shops on which each single statement commits by itself."""
        async with self._lent(self._platform) as db:
            yield db

    @asynccontextmanager
    async def _transaction(self, pool: Lifo[Connection], begin: str) -> AsyncIterator[Connection]:
        async with self._lent(pool) as db:
            await db.execute(begin)
            try:
                yield db
            except BaseException:
                db.untouch()
                if not db.is_closed():
                    # What went wrong first is told, above all that we were cancelled.
                    with contextlib.suppress(DatabaseUnavailable):
                        await db.execute("rollback")
                raise
            await db.execute("commit")

    @asynccontextmanager
    async def _lent(self, pool: Lifo[Connection]) -> AsyncIterator[Connection]:
        """A connection. What PostgreSQL undid as a whole, a deadlock say, may be asked for again;
        only here, since whoever asked may know better what that means."""
        async with pool.lend() as db:
            try:
                yield db
            except asyncpg.TransactionRollbackError as undone:
                raise DatabaseUnavailable("The database undid what was asked.") from undone
            finally:
                self._changes.add(db.untouch())

    async def _tell(self, shops: Sequence[str]) -> None:
        async with self._platform.lend() as db:
            await db.execute(changes.TELL, changes.CHANNEL, shops)


async def _pool(url: str, size: int) -> Lifo[Connection]:
    async def connect() -> Connection:
        async with asking():
            connection: Connection = await asyncpg.connect(
                url,
                connection_class=Connection,
                timeout=CONNECTING,
                command_timeout=30,
                statement_cache_size=1000,
                max_cached_statement_lifetime=0,
            )
            await connection.set_type_codec(
                "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
            )
            return connection

    pool = Lifo(connect, size)
    await pool.open()
    return pool
