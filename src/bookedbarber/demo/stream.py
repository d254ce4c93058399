"""The everyday life of a demo that has caught up: what is planned for now, and every minute or so
somebody who books out of the blue, or thinks better of it."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

import structlog

from bookedbarber.clock import Clock
from bookedbarber.demo import plan
from bookedbarber.demo.doors import DoorClosed, Doors, TurnedAway
from bookedbarber.demo.memory import Memory
from bookedbarber.demo.people import stranger
from bookedbarber.demo.players import Players
from bookedbarber.demo.visits import Act, Deed, Visit, acts
from bookedbarber.history import History, Stage
from bookedbarber.shops.opening import ShopPlan

PAUSE: Final = (20.0, 90.0)  # seconds between two of them
_LOOK: Final = 1.0
_MOST: Final = 40  # bookings beyond the plan that are open at once: from then on some are given up
_SOON: Final = 24  # free times that are chosen from
log = structlog.get_logger("demo")


class Stream:
    """See above. It goes on until it is cancelled, and does nothing while it is paused."""

    def __init__(
        self,
        shops: Sequence[ShopPlan],
        clock: Clock,
        doors: Doors,
        players: Players,
        memory: Memory,
        *,
        pause: tuple[float, float] = PAUSE,
    ) -> None:
        self._shops = shops
        self._clock = clock
        self._doors = doors
        self._players = players
        self._memory = memory
        self._pause = pause
        self._dice = Random()  # noqa: S311 # a play's dice, not a secret
        self._comes = self._next()

    async def run(self, history: History, visits: Sequence[Visit]) -> None:
        """Live on from where the memory ends, with what is left of the plan."""
        agenda = agenda_of(visits)
        while True:
            await asyncio.sleep(_LOOK)
            story = history.story()
            if story is not None and story.stage is Stage.LIVING:
                await self.step(agenda)

    async def step(self, agenda: list[Act]) -> None:
        """Let somebody come by, when it is time, and do what has become due; what is done of the
        `agenda` is taken off it."""
        if time.monotonic() >= self._comes:
            self._comes = self._next()
            await self._somebody()
        await self._catch_up(agenda)

    def _next(self) -> float:
        return time.monotonic() + self._dice.uniform(*self._pause)

    async def _somebody(self) -> None:
        if len(self._memory.spontaneous) >= _MOST:
            await self._give_up(self._dice.choice(self._memory.spontaneous))
            return
        try:
            visit = await self._wish()
        except (DoorClosed, TurnedAway) as no:
            log.info("demo.nobody_came", why=str(no))
            return
        if visit is not None:
            self._memory.spontaneous.append(visit)

    async def _wish(self) -> Visit | None:
        """A visit at one of the next free times of some shop; None when it has none."""
        dice, shop = self._dice, self._dice.choice(self._shops)
        service = dice.choice(shop.services)
        free = await self._doors.free(shop.slug, service.name)
        if not free:
            return None
        slot = dice.choice(free[:_SOON])
        names = {id_: name for name, id_ in (await self._doors.menu(shop.slug)).barbers.items()}
        now, starts_at = self._clock.now(), datetime.fromisoformat(slot["starts_at"])
        return Visit(
            name=f"{shop.slug}/live/{now:%Y-%m-%dT%H:%M:%S.%f}",
            shop=shop.slug,
            barber=names[dice.choice(slot["barbers"])],
            service=service.name,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=service.minutes),
            booked_at=now,
            guest=stranger(dice, f"{now:%d%H%M%S}"),
            deposit=service.deposit is not None and dice.random() < plan.DEPOSITS,
            tip=plan.pick(dice, plan.TIPS),
            paying=plan.pick(dice, plan.PAYING),
            ending=plan.ending_of(dice, starts_at - now),
        )

    async def _catch_up(self, agenda: list[Act]) -> None:
        """Do what has become due since the last time."""
        memory, now = self._memory, self._clock.now()
        since = memory.done_until or now
        due = [act for act in _taken(agenda, now) if act.at > since]
        due += [a for visit in memory.spontaneous for a in acts(visit) if since < a.at <= now]
        if not due:
            return
        await self._players.perform(sorted(due, key=lambda act: act.at))
        memory.done_until = now
        memory.spontaneous = [v for v in memory.spontaneous if list(acts(v))[-1].at > now]
        memory.save()

    async def _give_up(self, visit: Visit) -> None:
        """A client cancels, where the visit has not begun."""
        memory, now = self._memory, self._clock.now()
        if now < visit.starts_at:
            await self._players.perform([Act(now, Deed.CANCEL, visit)])
            memory.bookings.pop(visit.name, None)
            memory.spontaneous.remove(visit)
            memory.save()


def agenda_of(visits: Sequence[Visit]) -> list[Act]:
    """Everything that is planned, the latest first."""
    planned = (act for visit in visits for act in acts(visit))
    return sorted(planned, key=lambda act: act.at, reverse=True)


def _taken(agenda: list[Act], now: datetime) -> Iterator[Act]:
    while agenda and agenda[-1].at <= now:
        yield agenda.pop()
