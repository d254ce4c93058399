"""What a process keeps to by itself: Stripe's pace, and the beat of a worker at work."""

import asyncio
import time
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.conftest import Databases
from tests.faults.house import joining, sandbox
from tests.patience import until
from tests.world import World

REQUESTS: Final = 130
AT_ONCE: Final = 40  # that may go out before the pace is kept, at most
A_SECOND: Final = 100  # that Stripe takes: docs.stripe.com/rate-limits
READING: Final = {"method": "GET", "path": "/v1/payment_intents/*"}


async def test_a_flood_of_questions_reaches_stripe_at_a_pace_that_it_takes(world: World) -> None:
    began = time.monotonic()
    await asyncio.gather(*(world.means.processor.balance() for _ in range(REQUESTS)))
    assert time.monotonic() - began >= (REQUESTS - AT_ONCE) / A_SECOND


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
