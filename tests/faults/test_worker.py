"""The worker holds on to what it has begun, lets go of what it cannot finish, and tidies up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from bookedbarber import ids
from bookedbarber.checkout.work import WorkKind
from bookedbarber.jobs import queries as jobs
from bookedbarber.jobs import queue
from bookedbarber.jobs.queries import Job
from bookedbarber.jobs.queue import Work
from bookedbarber.webhooks import queries as events
from bookedbarber.worker import Worker, tidy
from bookedbarber.worker.lines import GIVE_UP_AFTER
from bookedbarber.worker.loop import AT_ONCE_EACH
from tests.conftest import Databases
from tests.faults.house import joining, sandbox
from tests.house.processes import slowness
from tests.patience import until
from tests.webhooks.letters import inbox, letter, post
from tests.world import Shop, World

READING = {"method": "GET", "path": "/v1/payment_intents/*"}


async def _events(world: World) -> list[dict[str, Any]]:
    async with world.means.database.platform() as db:
        rows = await db.fetch("select state, attempts, leased_until from webhook_events")
    return [dict(row) for row in rows]


@asynccontextmanager
async def _held_up(
    databases: Databases,
) -> AsyncIterator[tuple[World, Callable[[], Awaitable[None]]]]:
    """A worker in the middle of an event about a paid booking, while Stripe does not answer it; and
    how it goes on to its end."""
    async with (
        sandbox(databases.app_url, databases.platform_url) as joint,
        joining(joint, patience=300, retries=0) as world,
    ):
        shop = await world.open_shop()
        booked = (await world.book(shop)).json()
        await world.pay(booked)
        await world.control("POST", "deliveries/settle")
        assert await _events(world)
        answer = joint.hold_next("/v1/payment_intents/")
        step = asyncio.create_task(world.worker.step())
        await until(lambda: _all_claimed(world))

        async def go_on() -> None:
            answer.set()
            await step

        yield world, go_on
        assert (await world.booking(shop, booked["id"]))["state"] == "confirmed"
        await world.settle()
        await world.prove()


async def _all_claimed(world: World) -> bool:
    return all(event["leased_until"] for event in await _events(world))


async def _any_claimed(world: World) -> bool:
    return any(event["leased_until"] for event in await _events(world))


@pytest.mark.proves("R1.2")
async def test_what_a_living_worker_has_in_hand_is_kept_from_others(databases: Databases) -> None:
    async with _held_up(databases) as (world, go_on):
        for _ in range(3):
            world.clock.advance(timedelta(seconds=50))
            await world.worker.claims.beat()
        await Worker(world.means, world.clock).step()
        assert await _all_claimed(world), "another worker has done it"
        await go_on()
        assert {event["attempts"] for event in await _events(world)} == {1}


@pytest.mark.proves("R1.2")
async def test_a_claim_that_ran_out_is_taken_by_another_and_the_effect_is_one(
    databases: Databases,
) -> None:
    async with _held_up(databases) as (world, go_on):
        world.clock.advance(queue.LEASE)
        assert await Worker(world.means, world.clock).step()
        events = await _events(world)
        assert {event["attempts"] for event in events} == {2}
        assert {event["state"] for event in events} == {"done"}
        await go_on()


async def test_the_last_word_of_a_worker_that_lost_its_claim_is_refused(world: World) -> None:
    shop = await world.open_shop()
    await _ask(world, shop, 1)
    (first,) = await _claim(world)
    world.clock.advance(queue.LEASE)
    (second,) = await _claim(world)
    now = world.clock.now()
    async with world.means.database.platform_statement() as db:
        job, attempt, lease = first.job_id, first.attempts, now + queue.LEASE
        assert not await jobs.retry(
            db, job_id=job, attempt=attempt, run_at=now, failure="late", defects=1
        )
        assert not await jobs.bury(db, job_id=job, attempt=attempt, now=now, failure="late")
        lost = await jobs.heartbeat(db, job_ids=[job], attempts=[attempt], lease_until=lease)
        kept = await jobs.heartbeat(
            db, job_ids=[job], attempts=[second.attempts], lease_until=lease
        )
    assert (lost, kept) == ([], [job])
    assert first.job_id not in {job.job_id for job in await _claim(world, batch=64)}
    world.clock.advance(queue.LEASE)


async def test_two_workers_share_the_work_and_no_piece_is_begun_twice(world: World) -> None:
    shop = await world.open_shop()
    await _ask(world, shop, 300)
    others = [Worker(world.means, world.clock) for _ in range(2)]
    await asyncio.gather(*(worker.drain() for worker in others))
    async with world.means.database.platform() as db:
        rows = await db.fetch("select state, attempts from jobs where name like 'race:%'")
    assert len(rows) == 300
    assert {(row["state"], row["attempts"]) for row in rows} == {("done", 1)}


@pytest.mark.proves("R1.2")
async def test_a_stop_while_stripe_hangs_takes_a_moment_and_gives_everything_back(
    databases: Databases,
) -> None:
    async with (
        sandbox(databases.app_url, databases.platform_url) as joint,
        joining(joint, patience=60, retries=0) as world,
    ):
        shop = await world.open_shop()
        booked = (await world.book(shop)).json()
        await world.pay(booked)
        await world.control(
            "POST", "faults", {**READING, "kind": "slow", "seconds": 60, "times": 50}
        )
        await world.control("POST", "deliveries/settle")
        stop = asyncio.Event()
        working = asyncio.create_task(world.worker.run(stop))
        await until(lambda: _any_claimed(world))
        async with asyncio.timeout(3 * slowness()):  # what an operator's Ctrl-C is promised
            stop.set()
            await working
        assert not any(event["leased_until"] for event in await _events(world))
        await world.control("DELETE", "faults")
        await world.settle()
        assert (await world.booking(shop, booked["id"]))["state"] == "confirmed"
        await world.prove()


async def test_an_outage_is_waited_out_however_many_tries_it_takes(world: World) -> None:
    shop = await world.open_shop()
    await world.control(
        "POST",
        "faults",
        {"method": "*", "path": "/v1/**", "kind": "error_before_effect", "times": 10_000},
    )
    booked = (await world.book(shop)).json()
    assert booked["payments"][0]["state"] == "pending"
    async with world.means.database.platform() as db:
        await db.execute("update jobs set attempts = 40 where kind = 'open_intent'")
    await world.advance(timedelta(minutes=2))
    async with world.means.database.platform() as db:
        row = await db.fetchrow("select state, attempts from jobs where kind = 'open_intent'")
    assert row is not None
    assert (row["state"], row["attempts"]) == ("ready", 41)
    await world.control("DELETE", "faults")
    await world.advance(timedelta(minutes=31))
    assert (await world.booking(shop, booked["id"]))["state"] == "expired"


@pytest.mark.impatient
@pytest.mark.proves("R1.2")
async def test_an_outage_of_hours_leaves_a_defect_all_its_tries(world: World) -> None:
    everything = {"method": "*", "path": "/v1/**", "kind": "error_before_effect", "times": 10_000}
    await world.control("POST", "faults", everything)
    nobody = {"object": {"id": "pi_0nobody", "object": "payment_intent"}}
    await post(world, letter(world, "payment_intent.succeeded", data=nobody))
    for _ in range(8):
        await world.advance(timedelta(minutes=30))
    [waiting] = await inbox(world)
    assert waiting["attempts"] > GIVE_UP_AFTER
    assert waiting["defects"] == 0
    await world.control("DELETE", "faults")
    while not waiting["defects"]:
        await world.advance(timedelta(minutes=1))
        [waiting] = await inbox(world)
    assert (waiting["state"], waiting["defects"]) == ("ready", 1)
    assert waiting["run_at"] - world.clock.now() <= queue.FIRST_PAUSE
    await _handled(world)


@pytest.mark.proves("R1.2")
async def test_a_job_is_buried_by_its_defects_alone(world: World, databases: Databases) -> None:
    shop = await world.open_shop()
    await _ask(world, shop, 1)
    owner = await asyncpg.connect(databases.owner_url)
    await owner.execute(
        "update jobs set kind = 'unheard_of', attempts = 100, defects = $1 where name = 'race:0'",
        GIVE_UP_AFTER - 2,
    )
    states = []
    for _ in range(2):
        await world.worker.drain()
        [job] = await world.query("select * from jobs where name = 'race:0'")
        states.append((job["state"], job["defects"]))
        world.clock.set(job["run_at"])
    assert states == [("ready", GIVE_UP_AFTER - 1), ("dead", GIVE_UP_AFTER)]
    assert "unheard_of" in job["failure"]
    await owner.execute("delete from jobs where name = 'race:0'")
    await owner.close()


async def test_a_chore_that_fails_stops_no_payment(
    world: World, databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    owner = await asyncpg.connect(databases.owner_url)
    await owner.execute("revoke delete on jobs from bookedbarber_platform")
    shop = await world.open_shop()
    stop = asyncio.Event()
    working = asyncio.create_task(world.worker.run(stop))
    booked = (await world.book(shop)).json()
    await world.pay(booked)
    await world.control("POST", "deliveries/settle")
    async with asyncio.timeout(20):
        while (await world.booking(shop, booked["id"]))["state"] != "confirmed":  # noqa: ASYNC110 # rows
            await asyncio.sleep(0.05)
    stop.set()
    await working
    [failure] = [line for line in caplog.messages if "chore_failed" in line]  # not each second
    assert "drop_finished_jobs" in failure
    await owner.close()


async def test_no_backlog_is_too_long_to_be_dropped(world: World, databases: Databases) -> None:
    shop = await world.open_shop()
    owner = await asyncpg.connect(databases.owner_url)
    await owner.execute(
        "insert into jobs select gen_random_uuid(), $1, 'expire_hold', $1, 'old:' || n, 'done', $2,"
        " 1, 0, null, null, $2, $2 from generate_series(1, $3) n",
        shop.id,
        world.clock.now() - timedelta(days=31),
        2 * tidy.BATCH + 500,
    )
    await owner.close()
    await world.advance(timedelta(seconds=1))
    assert not await world.query("select 1 from jobs where name like 'old:%'")


async def test_while_stripe_hangs_for_events_jobs_go_on(databases: Databases) -> None:
    async with (
        sandbox(databases.app_url, databases.platform_url) as joint,
        joining(joint, patience=60, retries=0) as world,
    ):
        shop = await world.open_shop()
        slow = {**READING, "kind": "slow", "seconds": 60, "times": 200}
        await world.control("POST", "faults", slow)
        for number in range(3 * AT_ONCE_EACH):
            about = {"object": {"id": f"pi_{number}0", "object": "payment_intent"}}
            await post(world, letter(world, "payment_intent.succeeded", data=about))
        stop = asyncio.Event()
        working = asyncio.create_task(world.worker.run(stop))
        while await _claimed(world) < AT_ONCE_EACH:  # noqa: ASYNC110 # rows
            await asyncio.sleep(0.01)
        await _ask(world, shop, 20)
        async with asyncio.timeout(20):
            waiting = "select 1 from jobs where state = 'ready' and name like 'race:%'"
            while await world.query(waiting):  # noqa: ASYNC110 # rows
                await asyncio.sleep(0.05)
        # No more is claimed than there are places for: the rest is any other worker's.
        assert await _claimed(world) == AT_ONCE_EACH
        stop.set()
        await working


async def test_what_has_served_its_time_is_dropped_once_an_hour(world: World) -> None:
    shop = await world.open_shop()
    await _ask(world, shop, 3)
    assert (await world.book(shop, key="kept-for-two-days")).status_code == 201
    await world.settle()

    async def left() -> tuple[int, int]:
        async with world.means.database.platform() as db:
            done = await db.fetch("select 1 from jobs where state = 'done' and name like 'race:%'")
            return len(done), len(await db.fetch("select 1 from idempotency_keys"))

    assert await left() == (3, 1)
    await world.advance(timedelta(hours=47))
    assert await left() == (3, 1)
    await world.advance(timedelta(hours=2))
    assert await left() == (3, 0)
    await world.advance(timedelta(days=29))
    assert await left() == (0, 0)


async def _ask(world: World, shop: Shop, pieces: int) -> None:
    """Ask for work that finds nothing to do: to let go of a hold that has not run out."""
    booked = (await world.book(shop)).json()
    about, now = ids.parse("apt", booked["id"]), world.clock.now()
    async with world.means.database.platform() as db:
        for number in range(pieces):
            work = Work(WorkKind.EXPIRE_HOLD, about, now, name=f"race:{number}")
            await queue.enqueue(db, work, shop_id=shop.id, now=now)


async def _claim(world: World, *, batch: int = 1) -> list[Job]:
    async with world.means.database.platform_statement() as db:
        return await queue.claim(db, batch=batch, now=world.clock.now())


async def _claimed(world: World) -> int:
    return sum(event["leased_until"] is not None for event in await _events(world))


async def _handled(world: World) -> None:
    """What nobody can handle is taken off the worker's hands."""
    [event] = await inbox(world)
    async with world.means.database.platform() as db:
        await events.finish(
            db,
            stripe_account=event["stripe_account"],
            event_ids=[event["event_id"]],
            now=world.clock.now(),
        )
