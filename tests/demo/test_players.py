"""What the people of a demo do: through the doors of a real house, each deed as it was planned."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bookedbarber.api import keys
from bookedbarber.demo import visits as planned
from bookedbarber.demo.doors import Doors
from bookedbarber.demo.memory import Memory
from bookedbarber.demo.people import Guest
from bookedbarber.demo.players import Players
from bookedbarber.demo.shops import plans
from bookedbarber.demo.stream import Stream, agenda_of
from bookedbarber.demo.visits import Act, Deed, Ending, Goodwill, Paying, Visit
from bookedbarber.history import History, Stage, Story
from bookedbarber.shops.opening import open_shop
from tests.patience import until
from tests.world import PUBLISHABLE_KEY, World


@pytest.fixture
async def doors(world: World) -> AsyncIterator[Doors]:
    """The three shops of the demo, and the way in for its people."""
    now, tills = world.clock.now(), {}
    async with world.means.database.platform() as db:
        for plan in plans(world.stripe_account):
            shop_id = await open_shop(db, plan, now=now)
            tills[plan.slug] = await keys.create(db, shop_id=shop_id, name="players", now=now)
    async with aiohttp.ClientSession() as http:
        yield Doors(
            http,
            site=world.site_url,
            stripe=world.sandbox_url,
            publishable_key=PUBLISHABLE_KEY,
            tills=tills,
        )


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory.of(tmp_path)


def visit(world: World, number: int = 0, **changes: object) -> Visit:
    """A visit to Marco two days from now, with a chair of its own for each number."""
    day = world.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    half_hours = 18 + number + (2 if number >= 8 else 0)  # from nine on, and not at lunch
    starts_at = day + timedelta(days=2) + half_hours * timedelta(minutes=30)
    plain = Visit(
        name=f"fade-street/Marco/{number}",
        shop="fade-street",
        barber="Marco",
        service="Buzz cut",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=20),
        booked_at=world.clock.now(),
        guest=Guest("Amara Okafor", f"amara{number}@example.com"),
        tip=10,
    )
    return replace(plain, **changes)  # type: ignore[arg-type] # a test names fields of a visit


async def state(world: World, of: Visit) -> str:
    [row] = await world.query("select state from appointments where starts_at = $1", of.starts_at)
    return str(row["state"])


async def live_until(world: World, instant: datetime) -> None:
    """Let time pass from one thing that falls due at Stripe to the next: all it tells is fresh."""
    while world.clock.now() < instant:
        due = (await world.control("GET", "clock"))["next"] or instant.timestamp()
        stop = min(instant, datetime.fromtimestamp(due, UTC))
        await world.tick(max(stop - world.clock.now(), timedelta()))
        await world.arrive()


async def play(world: World, players: Players, those: list[Visit]) -> None:
    """Live from act to act, as a history does."""
    due = sorted((act for one in those for act in planned.acts(one)), key=lambda act: act.at)
    for act in due:
        await live_until(world, act.at)
        await players.perform([act])
        await world.settle()


async def test_every_way_to_pay_ends_as_planned(world: World, doors: Doors, memory: Memory) -> None:
    players = Players(doors, memory)
    those = {way: visit(world, n, paying=way) for n, way in enumerate(Paying)}
    await players.perform(Act(one.booked_at, Deed.BOOK, one) for one in those.values())
    await world.settle()
    await world.advance(timedelta(minutes=11))
    assert {way: await state(world, one) for way, one in those.items()} == {
        way: "confirmed" if way.pays else "expired" for way in Paying
    }
    declined = await world.query(
        "select count(*) as n from payments where decline_code is not null and state <> 'captured'"
    )
    assert declined[0]["n"] == 1
    assert [memory.counts[way] for way in Paying] == [1] * len(Paying)


async def test_every_ending_and_every_goodwill_comes_about(
    world: World, doors: Doors, memory: Memory
) -> None:
    players = Players(doors, memory)
    ended = {end: visit(world, n, ending=end) for n, end in enumerate(Ending)}
    kept = {
        good: visit(world, n, goodwill=good) for n, good in enumerate(Goodwill, start=len(Ending))
    }
    walked = visit(world, 20, barber="Tunde", walks_in=True)
    await play(world, players, [*ended.values(), *kept.values(), walked])
    assert {end: await state(world, one) for end, one in ended.items()} == {
        Ending.KEPT: "completed",
        Ending.CANCELLED_EARLY: "cancelled",
        Ending.CANCELLED_LATE: "cancelled",
        Ending.CANCELLED_BY_SHOP: "cancelled",
        Ending.NO_SHOW: "no_show",
    }
    refunds = await world.query(
        "select state, count(*) as n from refunds where reason = 'goodwill' group by state"
    )
    assert {row["state"]: row["n"] for row in refunds} == {"succeeded": 2, "failed": 1}
    assert not [name for name in memory.counts if name.startswith("refused")]
    assert memory.bookings == {}, "nothing is left to be done about any of them"
    assert await state(world, walked) == "completed"


async def test_what_was_done_before_it_could_be_remembered_is_not_done_twice(
    world: World, doors: Doors, memory: Memory, tmp_path: Path
) -> None:
    one = visit(world, paying=Paying.OTHER_CARD)
    book = [Act(one.booked_at, Deed.BOOK, one)]
    await Players(doors, memory).perform(book)
    await world.settle()
    forgetful = Memory.of(tmp_path / "elsewhere")
    await Players(doors, forgetful).perform(book)
    await world.settle()
    assert forgetful.bookings == memory.bookings
    assert await state(world, one) == "confirmed"
    assert len(await world.rows("payment_intent")) == 1
    memory.save()
    assert Memory.of(tmp_path) == memory


async def test_the_stream_brings_somebody_and_sees_to_what_was_planned(
    world: World, doors: Doors, memory: Memory
) -> None:
    one = visit(world)
    memory.done_until = one.booked_at - timedelta(seconds=1)
    players = Players(doors, memory)
    stream = Stream(plans(""), world.clock, doors, players, memory, pause=(0, 0))
    agenda = agenda_of([one])
    for _ in range(10):
        await stream.step(agenda)
        await world.advance(timedelta(minutes=1))
    await world.settle()
    assert await state(world, one) == "confirmed"
    made = await world.query("select count(*) as n from appointments")
    assert made[0]["n"] == 1 + memory.counts[Deed.BOOK] - 1
    assert memory.counts[Deed.BOOK] > 8
    await live_until(world, one.ends_at)
    await stream.step(agenda)
    await world.settle()
    assert await state(world, one) == "completed"
    assert not [act for act in agenda if act.at <= world.clock.now()]


async def test_who_booked_out_of_the_blue_is_remembered_and_may_give_up(
    world: World, doors: Doors, memory: Memory, tmp_path: Path
) -> None:
    players = Players(doors, memory)
    stream = Stream(plans(""), world.clock, doors, players, memory, pause=(0, 0))
    memory.done_until = world.clock.now()
    await stream.step([])
    assert len(memory.spontaneous) == 1
    await world.advance(timedelta(minutes=1))
    await stream.step([])
    memory.save()
    assert Memory.of(tmp_path) == memory
    assert isinstance(Memory.of(tmp_path).spontaneous[0].starts_at, datetime)


async def test_nobody_comes_while_the_stream_is_paused(
    world: World, doors: Doors, memory: Memory, tmp_path: Path
) -> None:
    history = History(tmp_path)
    history.write(Story(seed=1, begins=world.clock.now(), days=1, stage=Stage.PAUSED))
    memory.done_until = world.clock.now() - timedelta(seconds=1)
    players = Players(doors, memory)
    stream = Stream(plans(""), world.clock, doors, players, memory, pause=(0, 0))
    living = asyncio.create_task(stream.run(history, [visit(world)]))
    try:
        await asyncio.sleep(2.5)
        assert memory.counts == {}
        assert history.turn(Stage.PAUSED, Stage.LIVING)
        await until(lambda: asyncio.sleep(0, memory.counts[Deed.BOOK] > 0))
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
    assert not history.turn(Stage.PAUSED, Stage.LIVING), "it goes on already"
