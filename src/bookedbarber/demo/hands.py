"""The hands that move the clock of the whole house, and see that it has come to rest."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol, TypeVar

import structlog

from bookedbarber.clock import Clock, SharedClock
from bookedbarber.demo.doors import DoorClosed, Doors

AFTERGLOW: Final = timedelta(seconds=10)  # in which Stripe says what came of a charge or a refund
_LOOK: Final = 0.01
_CALL: Final = 0.5  # seconds until the worker is called again
_DELIVERIES: Final = 6
_LONG: Final = 30.0
_AGAIN: Final = 0.5
_Answer = TypeVar("_Answer")
log = structlog.get_logger("demo")


class Work(Protocol):
    """What the house has to do at this moment of its clock."""

    async def left(self, now: datetime) -> int:
        """How much is due and not yet done."""
        ...

    async def call(self) -> None:
        """Have the worker look now: it does not see a clock being moved."""
        ...


class Hands:
    """Moves the house's clock and its Stripe's together, from one thing that falls due to the
    next, so that what Stripe signs on the way is fresh when it arrives."""

    def __init__(self, clock: SharedClock, machine: Clock, doors: Doors, work: Work) -> None:
        self._clock = clock
        self._machine = machine
        self._doors = doors
        self._work = work

    def present(self) -> datetime:
        """What time it is outside: where a racing history is to arrive."""
        return self._machine.now()

    async def hurry(self) -> None:
        """Have Stripe tell of several things at once, until `let_go`."""
        await _patiently(lambda: self._doors.deliver_at_once(_DELIVERIES))

    async def move(self, instant: datetime) -> None:
        """Stand still at an instant, and let what is due by then be done."""
        answer = await self._stripe()
        last = max(instant.timestamp(), answer["now"])
        while answer["now"] < last:
            stop = min(last, max(answer["next"] or last, answer["now"]))
            self._clock.freeze(max(self._clock.now(), datetime.fromtimestamp(stop, UTC)))
            answer = await self._stripe({"now": self._clock.now().timestamp()})
            await self._rest()

    async def _rest(self) -> None:
        """Wait until nothing is under way at this moment: no delivery, no event, no job.

        What the worker does may have Stripe tell of it at once, which is to be heard as well.
        """
        while await self._drain():
            await self._stripe({"now": self._clock.now().timestamp()})  # awaits what it delivers

    async def let_go(self) -> None:
        """Run on at the machine's own time, in the house and at its Stripe."""
        await self.move(self.present())
        self._clock.reset()
        await _patiently(lambda: self._doors.deliver_at_once(1))
        await self._stripe({"now": self.present().timestamp(), "mode": "real"})

    async def _drain(self) -> bool:
        """Wait for the worker; whether it had anything to do."""
        began, called = time.monotonic(), 0.0
        busy = False
        while left := await self._work.left(self._clock.now()):
            busy, now = True, time.monotonic()
            if now - called > _CALL:
                await self._work.call()
                called = now
            if now - began > _LONG:
                log.warning("demo.waits_for_the_worker", left=left)
                began = now
            await asyncio.sleep(_LOOK)
        return busy

    async def _stripe(self, wish: dict[str, object] | None = None) -> dict[str, float]:
        return await _patiently(lambda: self._doors.stripes_clock(wish))


async def _patiently(ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
    """The answer to a question, asked again while nobody answers."""
    while True:
        try:
            return await ask()
        except DoorClosed as closed:
            log.warning("demo.door_closed", why=str(closed))
            await asyncio.sleep(_AGAIN)
