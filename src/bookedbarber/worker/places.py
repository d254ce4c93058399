"""The places to work at, shared so that no kind of work can take them all."""

import asyncio
from collections import Counter


class Places:
    """`in_all` pieces of work at once, and at most `each` of one line: the rest is the others'."""

    def __init__(self, *, in_all: int, each: int) -> None:
        self._free = in_all
        self._each = each
        self._taken = Counter[str]()
        self._changed = asyncio.Event()

    async def take(self, line: str, most: int) -> int:
        """Wait until one is free for this line, and take up to `most` of those that are."""
        while not (free := min(most, self._free, self._each - self._taken[line])):
            self._changed.clear()
            await self._changed.wait()
        self._free -= free
        self._taken[line] += free
        return free

    def give_back(self, line: str, places: int = 1) -> None:
        """Let others work there."""
        self._free += places
        self._taken[line] -= places
        self._changed.set()
