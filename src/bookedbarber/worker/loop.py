"""The worker: two lines of work beside each other, and the chores beside both.

It wakes on NOTIFY, and looks by itself as well. Neither line waits for the other: while Stripe is
slow to answer for events, jobs go on, and the other way round.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import timedelta
from typing import Any, Final

import structlog

from bookedbarber.checkout.means import Means
from bookedbarber.clock import Clock
from bookedbarber.errors import Unavailable
from bookedbarber.worker.chores import Chores
from bookedbarber.worker.claims import BEAT, Claims
from bookedbarber.worker.lines import Events, Jobs, Line, Piece
from bookedbarber.worker.places import Places

BATCH: Final = 64  # of one round
AT_ONCE: Final = 8
AT_ONCE_EACH: Final = 6  # so that each line finds places that the other cannot take
LOOK_AGAIN: Final = timedelta(seconds=1)
GRACE: Final = timedelta(seconds=1)  # for what is begun, once told to stop
log = structlog.get_logger("worker")


class Worker:
    """Does what is due. `step` runs one round, so that a test or a simulation can drive it."""

    def __init__(self, means: Means, clock: Clock) -> None:
        self._means = means
        self._clock = clock
        self._places = Places(in_all=AT_ONCE, each=AT_ONCE_EACH)
        self._chores = Chores(means)
        self.claims = Claims(means.database, clock)
        self._lines: tuple[Line, ...] = (
            Events(means, clock, self.claims),
            Jobs(means, clock, self.claims),
        )
        self._woken = {line.name: asyncio.Event() for line in self._lines}

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop, or cancelled.

        What is begun gets `GRACE` to finish; what is not finished then is given back, and the next
        worker takes it up at once.
        """
        asked = asyncio.create_task(stop.wait())
        working = [asyncio.create_task(self._keep_at(line, stop)) for line in self._lines]
        beside = [asyncio.create_task(one()) for one in (self._do_chores, self._hear, self._beat)]
        try:
            await asyncio.wait({asked, *working, *beside}, return_when=asyncio.FIRST_COMPLETED)
            await _end(*beside)
            if stop.is_set():
                await asyncio.wait(working, timeout=GRACE.total_seconds())
        finally:
            await _end(asked, *working, *beside)
            await self.claims.give_back()
        for task in (*working, *beside):
            if not task.cancelled():
                task.result()

    async def step(self) -> bool:
        """One round over what is due now; False when there was nothing."""
        await self._chores.do_due(self._clock.now())
        done = [await self._round(line) for line in self._lines]
        return any(done)

    async def drain(self, *, rounds: int = 1000) -> None:
        """Step until nothing is due."""
        for _ in range(rounds):
            if not await self.step():
                return
        raise RuntimeError(f"still busy after {rounds} rounds")

    async def _round(self, line: Line) -> bool:
        pieces = await line.claim(BATCH)
        await _all(self._in_turn(line, piece) for piece in pieces)
        return bool(pieces)

    async def _in_turn(self, line: Line, piece: Piece) -> None:
        await self._places.take(line.name, 1)
        try:
            await piece()
        finally:
            self._places.give_back(line.name)

    async def _keep_at(self, line: Line, stop: asyncio.Event) -> None:
        """Take on as much as there are places for, until told to stop; then see it through."""
        woken = self._woken[line.name]
        async with asyncio.TaskGroup() as begun:
            while not stop.is_set():
                places = await self._places.take(line.name, AT_ONCE)
                pieces: list[Piece] = []
                try:
                    pieces = [] if stop.is_set() else await self._claim(line, places)
                finally:
                    self._places.give_back(line.name, places - len(pieces))
                for piece in pieces:
                    doing = begun.create_task(self._see_through(line, piece))
                    doing.add_done_callback(lambda _: self._places.give_back(line.name))
                if not pieces:
                    await _first_of(stop.wait(), woken.wait(), within=LOOK_AGAIN)
                    woken.clear()

    async def _claim(self, line: Line, most: int) -> list[Piece]:
        """Take work in hand; none, with a line in the log, while that cannot be."""
        try:
            return await line.claim(most)
        except Unavailable as outage:
            log.warning(
                "worker.waiting", line=line.name, why=outage.code, cause=repr(outage.__cause__)
            )
        except Exception:  # shown here; the other line goes on
            log.exception("worker.cannot_claim", line=line.name)
        return []

    async def _see_through(self, line: Line, piece: Piece) -> None:
        """Do a piece of work. When its outcome cannot be kept, its claim runs out and it is done
        again; that stops nobody else."""
        try:
            await piece()
        except Unavailable as outage:
            log.warning("worker.outcome_not_kept", line=line.name, why=outage.code)
        except Exception:  # shown here, and done again
            log.exception("worker.outcome_not_kept", line=line.name)

    async def _do_chores(self) -> None:
        while True:
            await self._chores.do_due(self._clock.now())
            await asyncio.sleep(LOOK_AGAIN.total_seconds())

    async def _hear(self) -> None:
        """Wake both lines whenever there is word of new work."""
        channels = [line.wake for line in self._lines]
        while True:
            try:
                async with self._means.database.listener(*channels) as ear:
                    while not ear.deaf:
                        await ear.woken.wait()
                        ear.woken.clear()
                        for woken in self._woken.values():
                            woken.set()
            except Unavailable as outage:
                log.warning("worker.deaf", why=outage.code, cause=repr(outage.__cause__))
            await asyncio.sleep(LOOK_AGAIN.total_seconds())

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT.total_seconds())
            try:
                await self.claims.beat()
            except Unavailable as outage:
                log.warning("worker.claims_not_prolonged", why=outage.code)


async def _all(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do all of it to its end, then raise what first went wrong with keeping its outcome."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def _first_of(*waits: Coroutine[Any, Any, Any], within: timedelta) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.wait(
            tasks, timeout=within.total_seconds(), return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        await _end(*tasks)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
