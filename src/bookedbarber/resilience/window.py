"""Counts of the last 60 seconds, kept by the second."""

from collections import deque
from typing import Final

SECONDS: Final = 60


class Window:
    """How many calls ended in the last 60 seconds, how many failed, how many were slow.

    A call leaves with the second it ended in: it counts for at least 59 and at most 60 seconds.
    """

    __slots__ = ("_buckets", "_second", "calls", "failures", "slow")

    def __init__(self) -> None:
        self.calls = 0
        self.failures = 0
        self.slow = 0
        self._second = -1
        # Each holds its second, calls, failures and slow calls; the newest is last.
        self._buckets: deque[list[int]] = deque()

    def add(self, now: float, *, failed: bool, slow: bool) -> None:
        """Count a call that ended now."""
        second = int(now)
        if second != self._second:
            self._turn_to(second)
        bucket = self._buckets[-1]
        bucket[1] += 1
        self.calls += 1
        if failed:
            bucket[2] += 1
            self.failures += 1
        if slow:
            bucket[3] += 1
            self.slow += 1

    def forget_before(self, now: float) -> None:
        """Drop the calls that ended 60 seconds ago or earlier."""
        oldest_kept = int(now) - SECONDS + 1
        while self._buckets and self._buckets[0][0] < oldest_kept:
            _, calls, failures, slow = self._buckets.popleft()
            self.calls -= calls
            self.failures -= failures
            self.slow -= slow

    def _turn_to(self, second: int) -> None:
        # A clock set back joins the newest second: counts may live longer, never vanish early.
        second = max(second, self._second)
        self.forget_before(second)
        if not self._buckets or self._buckets[-1][0] != second:
            self._buckets.append([second, 0, 0, 0])
        self._second = second
