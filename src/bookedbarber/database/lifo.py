"""A few connections, the last one used given out first; a fraction of asyncpg's own pool's cost.

That pool wraps every connection and every call. Here a connection is handed over as it is, and
nothing is sent when it comes back.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

import asyncpg

if TYPE_CHECKING:
    _Base = asyncpg.Connection[asyncpg.Record]
else:
    _Base = asyncpg.Connection
C = TypeVar("C", bound=_Base)


class Lifo(Generic[C]):
    """At most `size` connections made by `connect`, lent to one user at a time."""

    def __init__(self, connect: Callable[[], Awaitable[C]], size: int) -> None:
        self._connect = connect
        self._free = asyncio.Semaphore(size)
        self._idle: deque[C] = deque()
        self._lent: set[C] = set()

    async def open(self) -> None:
        """Make a first connection, so that a wrong address shows at the start."""
        async with self.lend():
            pass

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[C]:
        """A connection of one's own, until the block ends."""
        async with self._free:
            connection = await self._take()
            self._lent.add(connection)
            try:
                yield connection
            except (asyncio.CancelledError, TimeoutError):
                connection.terminate()  # a statement may still be under way on it
                raise
            finally:
                self._lent.discard(connection)
                self._give_back(connection)

    async def close(self) -> None:
        """Say goodbye on idle connections and cut the lent ones off."""
        for connection in self._lent:
            connection.terminate()
        idle = list(self._idle)
        self._idle.clear()
        await asyncio.gather(*(connection.close() for connection in idle), return_exceptions=True)

    def terminate(self) -> None:
        """Cut every connection off."""
        while self._idle:
            self._idle.pop().terminate()
        for connection in self._lent:
            connection.terminate()

    async def _take(self) -> C:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await self._connect()

    def _give_back(self, connection: C) -> None:
        if connection.is_closed():
            return
        if connection.is_in_transaction():
            connection.terminate()  # its user was cut off midway
        else:
            self._idle.append(connection)
