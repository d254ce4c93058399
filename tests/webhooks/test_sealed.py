"""What events say is kept sealed, can be read by an operator for a month, and is then forgotten."""

import asyncio
import base64
from datetime import timedelta

import asyncpg
import pytest

from bookedbarber.vault import SealBroken
from bookedbarber.webhooks import queries as events
from tests.conftest import Databases
from tests.house.processes import HOUSE, QUIET
from tests.webhooks.letters import inbox, letter, post, said
from tests.world import PUBLISHABLE_KEY, SECRET_KEY, World


async def test_an_operator_reads_an_event_as_stripe_sent_it(
    world: World, databases: Databases
) -> None:
    client = {"object": {"object": "customer", "id": "cus_1", "name": "Zoë “Quill”"}}
    body = letter(world, data=client).replace(b", ", b" ,\n\t ")
    await post(world, body)
    [kept] = await inbox(world)
    assert await _command(world, databases, kept["event_id"]) == (0, body)
    assert await _command(world, databases, "evt_never") == (2, b"")


async def _command(world: World, databases: Databases, event: str) -> tuple[int | None, bytes]:
    environment = {
        "BOOKEDBARBER_DATABASE_APP_URL": databases.app_url,
        "BOOKEDBARBER_DATABASE_PLATFORM_URL": databases.platform_url,
        "DATABASE_URL": databases.owner_url,
        "BOOKEDBARBER_STRIPE_API_BASE": world.sandbox_url,
        "BOOKEDBARBER_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "STRIPE_API_KEY": SECRET_KEY,
        "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
    }
    done = await asyncio.create_subprocess_exec(
        *HOUSE, "inbox", event, env={**QUIET, **environment}, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await done.communicate()
    return done.returncode, out


async def test_what_an_event_said_opens_in_its_own_row_alone(
    world: World, databases: Databases
) -> None:
    for _ in range(2):
        await post(world, letter(world))
    first, second = await inbox(world)
    owner = await asyncpg.connect(databases.owner_url)
    await owner.execute(
        "update webhook_events set body = $1 where event_id = $2",
        second["body"],
        first["event_id"],
    )
    await owner.close()
    assert await said(world, second) is not None
    with pytest.raises(SealBroken):
        await said(world, first)


@pytest.mark.proves("R1.2")
async def test_after_a_month_only_what_an_event_said_is_forgotten_and_it_can_be_handled_again(
    world: World,
) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    before = {row["event_id"]: row["body"] for row in await inbox(world)}
    assert all(before.values())
    await world.advance(timedelta(days=29))
    assert {row["event_id"]: row["body"] for row in await inbox(world)} == before
    await world.advance(timedelta(days=2))
    kept = await inbox(world)
    assert {row["event_id"] for row in kept} == set(before)
    assert not any(row["body"] for row in kept)
    assert await said(world, kept[0]) is None
    books = await world.tally()
    async with world.means.database.platform() as db:
        await events.revive(
            db,
            stripe_account=kept[0]["stripe_account"],
            event_ids=list(before),
            now=world.clock.now(),
        )
    await world.worker.drain()
    assert {row["state"] for row in await inbox(world)} == {"done"}
    assert await world.tally() == books
