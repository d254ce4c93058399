"""`bookedbarber demo-life`: the process in which the people of the demo live.

It starts after the first page, races through the last days where the house is at its first start,
and then keeps the gentle stream going. Killed at any time, it goes on where it was.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp

from bookedbarber import clock, kept
from bookedbarber.api import keys
from bookedbarber.checkout import menu
from bookedbarber.checkout.means import Means, means_of
from bookedbarber.cli.household import CannotRun
from bookedbarber.clock import SharedClock, SystemClock
from bookedbarber.config import Settings, web_address
from bookedbarber.database import Database
from bookedbarber.demo import plan, planted, race
from bookedbarber.demo.doors import Doors
from bookedbarber.demo.hands import Hands
from bookedbarber.demo.memory import Memory
from bookedbarber.demo.planted import Planted
from bookedbarber.demo.players import Players
from bookedbarber.demo.shops import plans
from bookedbarber.demo.stream import Stream
from bookedbarber.demo.visits import Visit
from bookedbarber.history import History, Story
from bookedbarber.jobs import queries as jobs
from bookedbarber.jobs import queue
from bookedbarber.pages.demo import PLANTED
from bookedbarber.webhooks import queries as events

_TILLS: Final = "players.json"
_KEY: Final = "demo players"
_WORDS: Final = {
    planted.Kind.SPIKE: "an evening of declined cards",
    planted.Kind.SLOW: "a day on which next to nobody comes",
    planted.Kind.FAILING: "refunds that the bank sends back",
}
_CONNECTIONS: Final = 2
_MEND: Final = "remove it, and the next start makes new ones"


def drawn(story: Story) -> tuple[tuple[Visit, ...], tuple[Planted, ...]]:
    """Everything that is planned in a history, and what is planted in it."""
    seed, begins, days = story.seed, story.begins, story.days
    visits = plan.draw(plans(""), seed=seed, begins=begins, days=days)
    return planted.plant(visits, seed=seed, begins=begins, days=days)


def listed(oddities: Sequence[Planted]) -> list[str]:
    """What is planted, a line for each kind."""
    days: dict[planted.Kind, list[str]] = {}
    for one in oddities:
        days.setdefault(one.kind, []).append(f"{one.shop} on {one.day}")
    return [f"planted: {_WORDS[kind]}, {', '.join(where)}" for kind, where in days.items()]


async def run(settings: Settings) -> None:
    """Live until told to stop. Raises `CannotRun` in a house that plays no history."""
    history = History(settings.data_dir)
    story = history.story()
    if story is None:
        raise CannotRun("This house plays no history: start over with `up --fresh` for one.")
    visits, oddities = drawn(story)
    memory = Memory.of(settings.data_dir)
    tell = partial(_tell, settings.data_dir, oddities, memory)
    tell()
    time = SharedClock(settings.data_dir / clock.FILE)
    async with (
        means_of(settings, connections=_CONNECTIONS) as means,
        _doors(settings, means, time) as doors,
    ):
        players = Players(doors, memory)
        hands = Hands(time, SystemClock(), doors, _Work(means.database))
        await race.run(history, visits, hands, players, memory, tell=tell)
        await Stream(plans(""), time, doors, players, memory).run(history, visits)


def _tell(folder: Path, oddities: Sequence[Planted], memory: Memory) -> None:
    """Write down what is planted and which bookings it became, for the pages to show."""
    names = {shop.slug: shop.name for shop in plans("")}
    words = [
        {
            "kind": one.kind,
            "shop": names[one.shop],
            "day": one.day.isoformat(),
            "bookings": [memory.planted[name] for name in one.visits if name in memory.planted],
        }
        for one in oddities
    ]
    kept.write(folder / PLANTED, json.dumps(words))


@asynccontextmanager
async def _doors(settings: Settings, means: Means, time: SharedClock) -> AsyncIterator[Doors]:
    tills = await _tills(settings, means, now=time.now())
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield Doors(
            http,
            site=web_address(settings.near_host, settings.port),
            stripe=settings.stripe_api_base or "",
            publishable_key=settings.stripe_publishable_key or "",
            tills=tills,
        )


async def _tills(settings: Settings, means: Means, *, now: datetime) -> dict[str, str]:
    """The keys of the shops' own systems, made once and kept where only we may read them."""
    path = settings.data_dir / "secrets" / _TILLS
    slugs = [shop.slug for shop in plans("")]
    known = kept.read_fields(path, slugs, mend=_MEND)
    if known is None:
        known = {slug: await _new_key(means, slug, now=now) for slug in slugs}
        kept.write(path, json.dumps(known))
    return known


async def _new_key(means: Means, slug: str, *, now: datetime) -> str:
    found = await menu.load(means, slug=slug)
    async with means.database.platform() as db:
        return await keys.create(db, shop_id=found.shop.shop_id, name=_KEY, now=now)


class _Work:
    """What the house has to do, as its own tables say."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def left(self, now: datetime) -> int:
        """How much is due and not yet done."""
        async with self._database.platform_statement() as db:
            return await events.due(db, now=now) or await jobs.due(db, now=now)

    async def call(self) -> None:
        """Have the worker look now."""
        async with self._database.platform_statement() as db:
            await db.execute(f"notify {queue.WAKE}")
