"""Moves the clock and does, in order of time, what its moving makes due."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bookedbarber.sandbox.delivery import Courier
from bookedbarber.sandbox.engine import Engine

_LOG = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")
_LONGEST_SLEEP = 3600.0
_STEADY = 0.001
"""A moment is left between turns, so that a busy clock never starves requests."""


@dataclass(slots=True)
class Timekeeper:
    """Runs due tasks and deliveries in the background, and on demand when the clock is driven."""

    engine: Engine
    courier: Courier
    awake: asyncio.Event = field(default_factory=asyncio.Event)
    driving: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.engine.changed = self.awake.set

    async def run(self) -> None:
        """Keep up with the clock until cancelled."""
        while True:
            self.awake.clear()
            if not self.driving.locked():
                self._keep_up()
            await self._sleep()

    def _keep_up(self) -> None:
        self.engine.run_due(self.engine.clock.now())
        self._of_courier(self.courier.send_due)

    def _of_courier(self, act: Callable[[], _Answer]) -> _Answer | None:
        """What the courier answers; none when it is broken, which must not stop the clock."""
        try:
            return act()
        except Exception:  # noqa: BLE001  # the log and health tell of it
            _LOG.exception("the courier failed")
            self.engine.count_failure("deliveries")
            return None

    async def drive_to(self, moment: float) -> None:
        """Move the clock forward, stopping at everything due on the way; deliveries are awaited.

        Those already under way too: what follows from them is due on the way as well.
        """
        async with self.driving:
            await self._catch_up()
            while (stop := self.next_stop()) is not None and stop <= moment:
                await self._stop_at(stop)
            await self._stop_at(moment)

    async def _stop_at(self, moment: float) -> None:
        self.engine.move_clock(max(moment, self.engine.clock.now()))
        await self._catch_up()

    async def _catch_up(self) -> None:
        self.engine.run_due(self.engine.clock.now())
        self._of_courier(self.courier.send_due)
        await self.courier.settled()

    async def _sleep(self) -> None:
        await asyncio.sleep(_STEADY)
        stop = self.next_stop()
        pause = _LONGEST_SLEEP
        if stop is not None and self.engine.clock.mode == "real":
            pause = min(pause, max(0.0, stop - self.engine.clock.now()))
        # not `wait_for`: before Python 3.12 it can swallow the cancellation that ends us
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self.awake.wait()

    def next_stop(self) -> float | None:
        """When the next task or delivery falls due; none while nothing waits."""
        task = self.engine.next_task()
        moments = [None if task is None else task["at"], self._of_courier(self.courier.next_due)]
        known = [moment for moment in moments if moment is not None]
        return min(known) if known else None
