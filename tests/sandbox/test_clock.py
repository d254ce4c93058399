"""The clock: real with an offset, or frozen; it moves forward and takes everything due along."""

import asyncio
import time

import aiohttp
import pytest
import stripe

from bookedbarber.sandbox.clock import Clock
from bookedbarber.sandbox.delivery import Courier
from bookedbarber.sandbox.engine import Engine
from bookedbarber.sandbox.timekeeper import Timekeeper
from tests.sandbox.payments import charge_of, pay
from tests.sandbox.running import ControlRefusedError, Sandbox, Stages

pytestmark = pytest.mark.proves("X2")


def test_a_frozen_clock_stands_still(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    now = sandbox.control("clock")["now"]
    paid = pay(client)
    time.sleep(0.05)
    assert sandbox.control("clock") == {
        "now": now,
        "mode": "frozen",
        "next": pytest.approx(now + 3),
    }
    assert paid.created == int(now)


def test_a_driven_clock_stops_at_everything_due(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    pay(client)
    start = sandbox.control("clock")["now"]
    sandbox.advance(1000)
    (moved,) = sandbox.rows("balance_transaction")
    assert moved["created"] == int(start + 3)


def test_a_clock_does_not_go_back(sandbox: Sandbox) -> None:
    with pytest.raises(ControlRefusedError):
        sandbox.control("clock", {"advance": -60})
    with pytest.raises(ControlRefusedError):
        sandbox.control("clock", {"now": 0})
    with pytest.raises(ControlRefusedError):
        sandbox.control("clock", {"mode": "sideways"})


def test_a_real_clock_runs_on_from_where_it_was_set(stages: Stages) -> None:
    with stages.running() as sandbox:
        tomorrow = time.time() + 86400
        sandbox.control("clock", {"now": tomorrow})
        client = sandbox.client()
        sandbox.control("settings", {"balance_transaction_delay": 0.05})
        paid = pay(client)
        assert paid.created >= int(tomorrow)
        end = time.monotonic() + 5
        while charge_of(client, paid).balance_transaction is None:
            assert time.monotonic() < end
            time.sleep(0.02)


def test_the_same_seed_and_story_give_the_same_ids(stages: Stages) -> None:
    stories = []
    for seed in (3, 3, 4):
        with stages.running(seed=seed) as sandbox:
            sandbox.control("clock", {"mode": "frozen"})
            paid = pay(sandbox.client())
            stories.append((paid.id, paid.client_secret, paid.latest_charge))
    assert stories[0] == stories[1]
    assert stories[0] != stories[2]


def test_settings_refuse_what_they_do_not_know(sandbox: Sandbox) -> None:
    for wrong in ({"weather": 1}, {"duplicates": -1}, {"fees": {"usd": "free"}}, {"strict": 1}):
        with pytest.raises(ControlRefusedError):
            sandbox.control("settings", wrong)
    assert sandbox.control("settings", {"fees": {"usd": [100, 0]}})["fees"]["usd"] == [100, 0]


def test_a_clock_resumes_no_earlier_than_the_last_moment_it_kept() -> None:
    """The machine's own clock may have been set back in between."""
    kept = Clock(offset=7200).kept()
    assert Clock.resumed({**kept, "offset": 0}).now() >= kept["moment"]
    frozen = Clock(frozen_at=5000.0).kept()
    assert Clock.resumed(frozen).now() == 5000
    assert Clock.resumed(None).mode == "real"


async def test_a_task_that_fails_is_set_aside_alone_and_health_tells() -> None:
    """Nothing a client does makes a task fail, so the engine is asked to do what it cannot."""
    engine = Engine(None, seed=1, origin="http://sandbox")
    with engine.store.transaction():
        for task, ref in (("hold.expire", "pi_none"), ("balance.available", "0")):
            engine.context().later(0, task, ref)
        engine.context().later(3600, "hold.expire", "pi_later")
    async with aiohttp.ClientSession() as http:
        await Timekeeper(engine, Courier(engine, http)).drive_to(engine.clock.now() + 60)
    left = [row["ref"] for row in engine.store.query("SELECT ref FROM due")]
    failed = engine.store.query("SELECT value FROM counters WHERE name = 'failed_tasks'")
    told = engine.store.every(engine.account, "event")
    assert (left, failed[0]["value"]) == (["pi_later"], 1)
    assert [event["type"] for event in told] == ["balance.available"]


async def test_a_broken_courier_costs_no_task() -> None:
    engine = Engine(None, seed=1, origin="http://sandbox")
    with engine.store.transaction():
        engine.context().later(3600, "hold.expire", "pi_later")
    engine.store.execute("DROP TABLE deliveries")
    async with aiohttp.ClientSession() as http:
        keeper = asyncio.create_task(Timekeeper(engine, Courier(engine, http)).run())
        await asyncio.sleep(0.1)
        assert not keeper.done()
        keeper.cancel()
    assert [row["ref"] for row in engine.store.query("SELECT ref FROM due")] == ["pi_later"]
