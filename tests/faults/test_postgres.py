"""PostgreSQL is killed under load: nothing that was acknowledged is lost, nothing happens twice."""

import asyncio
import itertools
import os
import random
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
import pytest

from bookedbarber import ids
from bookedbarber.database import embedded
from bookedbarber.database.embedded import Server
from bookedbarber.migrations import upgrade
from bookedbarber.shops.opening import BarberPlan
from tests.faults.house import joining, rest, sandbox
from tests.whole import WHOLE
from tests.world import WEEKDAYS, Shop, World

SEED: Final = 9
KILLS, CLIENTS = (20, 600) if WHOLE else (2, 60)
BARBERS: Final = 12
BROWSERS: Final = 6
PATIENCE: Final = 1800 if WHOLE else 300  # seconds for the whole load on a busy machine


@pytest.fixture
def durable() -> Iterator[Server]:
    """A PostgreSQL of the test's own that writes through to the disk, as a real house's does."""
    with tempfile.TemporaryDirectory(prefix="killed-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # as root, PostgreSQL's own user must pass through
        server = embedded.start(Path(folder))
        try:
            upgrade(server.owner_url, app_url=server.app_url, platform_url=server.platform_url)
            yield server
        finally:
            embedded.stop(server)


@pytest.mark.whole
@pytest.mark.proves("X1", "X3")
async def test_a_killed_database_loses_nothing_that_was_acknowledged(durable: Server) -> None:
    chance = random.Random(SEED)  # seeded: the same load each time
    async with (
        sandbox(durable.app_url, durable.platform_url) as joint,
        joining(joint, patience=30) as world,
    ):
        barbers = [BarberPlan(f"B{n}", WEEKDAYS) for n in range(BARBERS)]
        shop = await world.open_shop(barbers=barbers)
        times = [slot["starts_at"] for slot in await world.slots(shop)][::3]
        wishes = [(number, chance.choice(times)) for number in range(CLIENTS)]
        # As many are told that they have a chair as there are chairs, or clients.
        each = min(CLIENTS, len(times) * BARBERS) * 2 // 3 // KILLS
        acknowledged: dict[int, str] = {}
        stop = asyncio.Event()
        working = asyncio.create_task(world.worker.run(stop))
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            killing = group.create_task(_kill(durable, chance, acknowledged, each=each))
            for _ in range(BROWSERS):
                group.create_task(_browser(world, shop, wishes, acknowledged))
        stop.set()
        await working
        await rest(world)
        await world.prove()
        await _nothing_is_lost(world, acknowledged)
    _the_kills_were_spread(killing.result(), until=len(acknowledged))


async def _kill(
    server: Server, chance: random.Random, acknowledged: dict[int, str], *, each: int
) -> list[int]:
    """`kill -9` a session of PostgreSQL each time that so much more was acknowledged; then the
    whole server throws its memory away and recovers from its log. Gives back how much it was."""
    killed: list[int] = []
    while len(killed) < KILLS:
        await asyncio.sleep(0.005)
        due = max(each * (len(killed) + 1), killed[-1] + 1 if killed else 0)
        if len(acknowledged) < due or not (sessions := _sessions(server.pid)):
            continue
        with suppress(ProcessLookupError):
            os.kill(chance.choice(sessions), signal.SIGKILL)
            killed.append(len(acknowledged))
    return killed


def _the_kills_were_spread(killed: list[int], *, until: int) -> None:
    """Work was acknowledged before the first, between any two, and after the last."""
    assert len(killed) == KILLS
    edges = [0, *killed, until]
    assert all(before < after for before, after in itertools.pairwise(edges)), edges


def _sessions(postmaster: int) -> list[int]:
    """The processes that serve our connections; some end while we look."""
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    found = []
    for pid in children:
        with suppress(FileNotFoundError, ProcessLookupError):
            if b": bookedbarber_" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(int(pid))
    return found


async def _browser(
    world: World, shop: Shop, wishes: list[tuple[int, str]], acknowledged: dict[int, str]
) -> None:
    async with world.browser() as http:
        while wishes:
            number, starts_at = wishes.pop()
            wish = await world.wish(
                shop,
                starts_at=starts_at,
                client={"name": f"Client {number}", "email": f"client{number}@example.com"},
            )
            booking = await _insist(http, shop, wish, key=f"client-{number}")
            if booking is not None:
                acknowledged[number] = booking["id"]
                await _pay(world, booking)


async def _insist(
    http: httpx.AsyncClient, shop: Shop, wish: dict[str, Any], *, key: str
) -> dict[str, Any] | None:
    """Ask until there is an answer, always under the same key; None when the time is taken."""
    while True:
        with suppress(httpx.TransportError):
            answer = await http.post(
                f"/api/v2/shops/{shop.slug}/bookings", json=wish, headers={"Idempotency-Key": key}
            )
            if answer.status_code == 201:
                return dict(answer.json())
            if answer.status_code == 409 and answer.json()["code"].startswith("slot_"):
                return None
            assert answer.status_code in {409, 503}, answer.text
        await asyncio.sleep(0.05)


async def _pay(world: World, booking: dict[str, Any]) -> None:
    """Pay every other one, where Stripe knows of it already."""
    if int(booking["id"][-1], 36) % 2:
        with suppress(LookupError):
            await world.pay(booking)


async def _nothing_is_lost(world: World, acknowledged: dict[int, str]) -> None:
    async with world.means.database.platform() as db:
        rows = await db.fetch("select client_id, appointment_id from appointments")
        captured = await db.fetch("select 1 from payments where state = 'captured'")
    kept = {ids.show("apt", row["appointment_id"]) for row in rows}
    assert kept == set(acknowledged.values()), "acknowledged and lost, or kept and never told"
    assert set(Counter(row["client_id"] for row in rows).values()) == {1}
    assert captured
