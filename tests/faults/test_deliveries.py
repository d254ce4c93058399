"""Events come many times and in any order while the worker is killed: each effect happens once."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from bookedbarber.clock import SharedClock
from tests.conftest import Databases
from tests.faults.house import joining
from tests.faults.processes import Processes, house_of_processes
from tests.patience import until
from tests.whole import WHOLE
from tests.world import World

SEED: Final = 500
EVENTS, DELIVERIES, KILLS = (50, 500, 2) if WHOLE else (25, 150, 2)
AT_ONCE: Final = 8
SILENCE: Final = {"method": "GET", "path": "/v1/**", "kind": "slow", "seconds": 60, "times": 1000}
LEASE: Final = 61  # seconds after which what a killed worker had in hand is anybody's
PATIENCE: Final = 120  # seconds for everything to come to rest on a busy machine


@pytest.mark.whole
@pytest.mark.proves("R1.2", "X1", "X3")
async def test_repeated_shuffled_deliveries_and_killed_workers_leave_each_effect_once(
    databases: Databases, tmp_path: Path
) -> None:
    chance = random.Random(SEED)  # seeded: the same deliveries each time
    async with (
        house_of_processes(databases, tmp_path) as (parts, joint),
        joining(joint, serve=False) as world,
    ):
        world.clock.set(datetime.now(UTC))
        await world.control("POST", "deliveries", {"mode": "held"})
        events, paid = await _happenings(world)
        letters = events + chance.choices(events, k=DELIVERIES - len(events))
        chance.shuffle(letters)
        assert (len(set(letters)), len(letters)) == (EVENTS, DELIVERIES)
        parts.start("worker", "bookedbarber.cli", "worker")
        await _deliver_and_kill(world, parts, letters)
        await _rest(world, parts)
        world.clock.set(datetime.now(UTC))
        await _each_effect_once(world, events, paid)
        await world.prove()


async def _happenings(world: World) -> tuple[list[str], list[str]]:
    """Bookings that were paid, until there are events enough; none was delivered yet. Those beyond
    come at the end, once each."""
    shop = await world.open_shop()
    paid: list[str] = []
    while len(events := await _waiting(world)) < EVENTS:
        answer = await world.book(
            shop, client={"name": "Amara", "email": f"amara{len(paid)}@example.com"}
        )
        assert answer.status_code == 201, answer.text
        await world.pay(answer.json())
        paid.append(answer.json()["id"])
    return events[:EVENTS], paid


async def _waiting(world: World) -> list[str]:
    log = await world.control("GET", "deliveries?state=pending")
    return [delivery["event"] for delivery in log["deliveries"]]


async def _deliver_and_kill(world: World, parts: Processes, letters: list[str]) -> None:
    """Deliver all, several at once, and kill the worker with work in its hands, each time that so
    many more events had come for the first time."""
    kill_at = [EVENTS * (n + 1) // (KILLS + 1) for n in range(KILLS)]
    came: set[str] = set()
    for begin in range(0, len(letters), AT_ONCE):
        some = letters[begin : begin + AT_ONCE]
        news = set(some) - came
        came |= news
        killing = bool(kill_at and news and len(came) >= kill_at[0])
        if killing:
            await world.control("POST", "faults", SILENCE)
        await asyncio.gather(
            *(world.control("POST", "deliveries/send", {"event": event}) for event in some)
        )
        if killing:
            kill_at.pop(0)
            await _kill_at_work(world, parts)
    assert not kill_at


async def _kill_at_work(world: World, parts: Processes) -> None:
    """Kill the worker while it waits for Stripe, and start another."""
    await until(lambda: _leased(world), within=PATIENCE)
    parts.kill("worker")
    assert await _leased(world), "it had nothing in its hands"
    await world.control("DELETE", "faults")
    parts.start("worker", "bookedbarber.cli", "worker")


async def _leased(world: World) -> bool:
    return bool((await _inbox(world))[1])


async def _inbox(world: World) -> tuple[int, int]:
    async with world.means.database.platform_statement() as db:
        row = await db.fetchrow(
            "select count(*), count(leased_until) from webhook_events where state = 'ready'"
        )
    assert row is not None
    return int(row[0]), int(row[1])


async def _rest(world: World, parts: Processes) -> None:
    """Move time on past the claims of the dead, and wait until nothing is left to do."""
    SharedClock(parts.folder / "clock.json").advance(timedelta(seconds=LEASE))
    await world.control("POST", "clock", {"advance": LEASE})
    await world.control("POST", "deliveries", {"mode": "auto"})
    await until(lambda: _all_done(world), within=PATIENCE)


async def _all_done(world: World) -> bool:
    return not ((await _inbox(world))[0] or await _waiting(world) or await _unbooked(world))


async def _unbooked(world: World) -> bool:
    """Whether Stripe has moved money that our books do not have yet."""
    moved = await world.rows("balance_transaction")
    async with world.means.database.platform_statement() as db:
        return len(moved) != len(await db.fetch("select 1 from balance_transactions"))


async def _each_effect_once(world: World, events: list[str], paid: list[str]) -> None:
    async with world.means.database.platform() as db:
        kept = {row[0] for row in await db.fetch("select event_id from webhook_events")}
        acts: list[Any] = await db.fetch("select act, object from audit_events")
        told = await db.fetch("select name from jobs where kind = 'tell_confirmed'")
        states = Counter(row[0] for row in await db.fetch("select state from appointments"))
    assert set(events) <= kept
    captured = Counter(row["object"] for row in acts if row["act"] == "payment.captured")
    assert len(captured) == len(paid)
    assert set(captured.values()) == {1}
    assert len(told) == len(paid)
    assert states == {"confirmed": len(paid)}
    assert len(await world.rows("charge")) == len(paid)
