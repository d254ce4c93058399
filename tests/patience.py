"""Waiting for what has no event of its own: rows, files, other processes. As long as a slow machine
needs, and never for ever."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

LONG = 120.0  # seconds; what it waits for takes a moment on a machine that is not busy


async def until(condition: Callable[[], Awaitable[object]], *, within: float = LONG) -> None:
    """Return once the condition holds; TimeoutError when it never does."""
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110 # this is the one place for it
            await asyncio.sleep(0.01)


async def until_blocked(url: str, *, statements: int = 1) -> None:
    """Return once so many statements wait for a lock in the server of this address."""
    db = await asyncpg.connect(url)

    async def blocked() -> bool:
        waiting = await db.fetchval("select count(*) from pg_locks where not granted")
        return bool(waiting >= statements)

    try:
        await until(blocked)
    finally:
        await db.close()
