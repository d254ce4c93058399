"""Events that come together are written together, and one that cannot be written harms no other."""

import asyncio
import json

import asyncpg
import pytest

from tests.conftest import Databases
from tests.webhooks.letters import inbox, letter, post
from tests.world import World


@pytest.mark.proves("R1.2")
async def test_one_event_that_the_database_refuses_takes_none_of_its_batch_along(
    world: World, databases: Databases
) -> None:
    bodies = [letter(world) for _ in range(10)]
    names = [json.loads(body)["id"] for body in bodies]
    owner = await asyncpg.connect(databases.owner_url)
    try:
        await owner.execute(
            f"alter table webhook_events add constraint planted check (event_id <> '{names[6]}')"
        )
        async with owner.transaction():
            # Nothing can be written for a while: what comes meanwhile waits, and goes together.
            await owner.execute("lock table webhook_events in exclusive mode")
            posting = [asyncio.create_task(post(world, body)) for body in bodies]
            await asyncio.sleep(0.5)
        answers = await asyncio.gather(*posting)
        refused = [name for name, a in zip(names, answers, strict=True) if a.status_code != 200]
        assert refused == [names[6]]
        assert {row["event_id"] for row in await inbox(world)} == set(names) - {names[6]}
        # Stripe sends it again, and by then it can be written.
        await owner.execute("alter table webhook_events drop constraint planted")
        assert (await post(world, bodies[6])).status_code == 200
        assert {row["event_id"] for row in await inbox(world)} == set(names)
    finally:
        await owner.close()
