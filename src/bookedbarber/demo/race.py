"""Live through the last days: from moment to moment, until the demo's clock has caught up."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bookedbarber.demo import moments
from bookedbarber.demo.hands import AFTERGLOW, Hands
from bookedbarber.demo.memory import Memory
from bookedbarber.demo.players import Players
from bookedbarber.demo.visits import Act, Deed, Visit
from bookedbarber.history import History, Stage

_TOLD: Final = 2.0  # seconds after which the pace is told again
log = structlog.get_logger("demo")


async def run(
    history: History,
    visits: tuple[Visit, ...],
    hands: Hands,
    players: Players,
    memory: Memory,
    *,
    tell: Callable[[], None],
) -> None:
    """Play everything up to the machine's present; going on from where it was broken off.

    `tell` is called now and then: it says elsewhere what has come about.
    """
    story = history.story()
    if story is None or story.stage is not Stage.RACING:
        return
    await hands.hurry()
    pace = _Pace(history, memory.done_until or story.begins)
    for moment, due in moments.schedule(visits, seed=story.seed, after=memory.done_until):
        if moment >= hands.present() - AFTERGLOW:
            break
        await hands.move(moment)
        if await players.perform(_seated(due, moment)):
            await hands.move(moment + AFTERGLOW)
        memory.done_until = moment
        memory.save()
        if pace.tell(moment):
            tell()
    await _arrive(visits, hands, players, memory, seed=story.seed)
    tell()
    history.turn(Stage.RACING, Stage.LIVING)
    log.info("demo.caught_up", counts=dict(memory.counts))


async def _arrive(
    visits: tuple[Visit, ...], hands: Hands, players: Players, memory: Memory, *, seed: int
) -> None:
    """Do what is due by the present and had its moment later, and run on in real time."""
    present = hands.present()
    await hands.move(present)
    later = moments.schedule(visits, seed=seed, after=memory.done_until)
    overdue = [act for _, due in later for act in due if act.at <= present]
    await players.perform(_seated(overdue, present))
    await hands.let_go()
    memory.done_until = present
    memory.save()


def _seated(due: list[Act], moment: datetime) -> list[Act]:
    """Who walks in is served from the moment on, since nobody is seated in the past."""
    return [replace(act, at=moment) if act.deed is Deed.WALK_IN else act for act in due]


class _Pace:
    """How fast the history goes, told to whoever reads it."""

    def __init__(self, history: History, since: datetime) -> None:
        self._history = history
        self._since, self._began = since, time.monotonic()
        self._told = self._began

    def tell(self, moment: datetime) -> bool:
        """Write it down when some time has passed; whether it was."""
        now = time.monotonic()
        story = self._history.story()
        if now - self._told < _TOLD or story is None:
            return False
        self._told = now
        pace = (moment - self._since) / timedelta(seconds=now - self._began)
        self._history.write(replace(story, pace=round(pace, 1)))
        return True
