"""The beat of a worker at work, by which it keeps what it holds."""

import asyncio
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.conftest import Databases
from tests.faults.house import joining, sandbox
from tests.patience import until
from tests.world import World

READING: Final = {"method": "GET", "path": "/v1/payment_intents/*"}


@pytest.mark.proves("R1.2")
async def test_a_worker_at_a_long_piece_of_work_keeps_others_from_it(databases: Databases) -> None:
    async with (
        sandbox(databases.app_url, databases.platform_url) as joint,
        joining(joint, patience=120, retries=0) as world,
    ):
        shop = await world.open_shop()
        await world.pay((await world.book(shop)).json())
        slow = {**READING, "kind": "slow", "seconds": 120, "times": 50}
        await world.control("POST", "faults", slow)
        await world.control("POST", "deliveries/settle")
        stop = asyncio.Event()
        working = asyncio.create_task(world.worker.run(stop))
        try:
            first = await _claimed_beyond(world, None)
            world.clock.advance(timedelta(seconds=45))
            # The beat is of real time: a third of a claim.
            assert await _claimed_beyond(world, first) >= first + timedelta(seconds=45)
        finally:
            stop.set()
            await working
        await world.control("DELETE", "faults")
        await world.settle()
        await world.prove()


async def _claimed_beyond(world: World, edge: Any) -> Any:
    """Until when the work in hand is claimed, once that is later than the edge."""
    found: Any = None

    async def claimed() -> bool:
        nonlocal found
        rows = await world.query(
            "select min(leased_until) as until from webhook_events where state = 'ready'"
        )
        found = rows[0]["until"]
        return found is not None and (edge is None or found > edge)

    await until(claimed)
    return found
