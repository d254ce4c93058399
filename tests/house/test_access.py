"""Who may ask, by the operator's own commands: keys made, listed and revoked, work done again."""

import asyncio
import base64
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bookedbarber import ids
from tests.conftest import Databases
from tests.house.processes import house
from tests.world import PUBLISHABLE_KEY, SECRET_KEY, Shop, World

Command = Callable[..., Awaitable["subprocess.CompletedProcess[str]"]]


@pytest.fixture
def command(world: World, databases: Databases, tmp_path: Path) -> Command:
    """Runs a command of the house as an operator does, on the database of this world."""
    environment = {
        "BOOKEDBARBER_DATA_DIR": str(tmp_path),
        "DATABASE_URL": databases.owner_url,
        "BOOKEDBARBER_DATABASE_APP_URL": databases.app_url,
        "BOOKEDBARBER_DATABASE_PLATFORM_URL": databases.platform_url,
        "BOOKEDBARBER_STRIPE_API_BASE": world.sandbox_url,
        "BOOKEDBARBER_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "STRIPE_API_KEY": SECRET_KEY,
        "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "STRIPE_WEBHOOK_SECRETS": world.webhook_secret,
    }

    async def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return await asyncio.to_thread(house, *arguments, **environment)

    return run


async def ask(world: World, key: str) -> tuple[int, str]:
    """How the desk's door answers a key."""
    answer = await world.http.get("/api/v2/payments", headers={"Authorization": f"Bearer {key}"})
    return answer.status_code, answer.json().get("code", "")


async def acts(world: World, shop: Shop) -> list[tuple[str, str]]:
    """What the trail of a shop says of access, in the order it was written."""
    rows = await world.query(
        "select act, object from audit_events where shop_id = $1 and actor = 'operator'"
        " order by ctid",
        shop.id,
    )
    return [(row["act"], row["object"]) for row in rows]


@pytest.mark.proves("R1.6", "R2.6")
async def test_a_key_is_made_listed_and_revoked_and_the_trail_says_so(
    world: World, command: Command
) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    made = (await command("key", "fade", "kiosk")).stdout.strip()
    assert await ask(world, made) == (200, "")
    listed = await command("keys", "fade")
    [line] = [line for line in listed.stdout.splitlines() if "kiosk" in line]
    key_id = next(word for word in line.split() if word.startswith("key_"))
    assert made not in listed.stdout
    assert "bbk_" not in listed.stdout
    revoked = await command("revoke", "fade", "kiosk")
    assert (revoked.returncode, revoked.stdout) == (0, f"{key_id} is revoked.\n")
    assert await ask(world, made) == (401, "key_invalid")
    assert await ask(world, shop.key) == (200, ""), "the shop's other key is still in force"
    again = await command("revoke", "fade", "kiosk")
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "fade has no key kiosk in force" in again.stderr
    assert (await acts(world, shop))[-2:] == [
        ("api_key.created", key_id),
        ("api_key.revoked", key_id),
    ]
    assert [act for act, _ in await acts(world, other)] == ["shop.opened", "api_key.created"]


async def test_a_name_that_two_keys_have_revokes_neither_and_an_id_the_one_it_names(
    world: World, command: Command
) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    twin = (await command("key", "fade", "till")).stdout.strip()
    unclear = await command("revoke", "fade", "till")
    assert (unclear.returncode, "Several keys are called till" in unclear.stderr) == (2, True)
    rows = await world.query(
        "select key_id from api_keys where shop_id = $1 order by key_id", shop.id
    )
    shown = sorted(ids.show("key", row["key_id"]) for row in rows)
    assert all(key in unclear.stderr for key in shown)
    elsewhere = await command("revoke", "blend", shown[0])
    assert elsewhere.returncode == 2, "another shop's key"
    assert await ask(world, twin) == await ask(world, shop.key) == (200, "")
    assert (await command("revoke", "fade", shown[0])).returncode == 0
    answers = {await ask(world, twin), await ask(world, shop.key)}
    assert answers == {(200, ""), (401, "key_invalid")}
    assert await ask(world, other.key) == (200, "")


@pytest.mark.proves("R1.2", "R2.6")
async def test_what_an_operator_has_done_again_is_noted(world: World, command: Command) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    async with world.means.database.platform() as db:
        job: Any = await db.fetchval("select job_id from jobs where kind = 'tell_confirmed'")
        await db.execute("update jobs set state = 'dead' where job_id = $1", job)
        event: Any = await db.fetchval("select event_id from webhook_events limit 1")
    name = ids.show("job", job)
    assert (await command("replay", name)).stdout == f"{name} will be handled again.\n"
    assert (await command("replay", name)).returncode == 2, "it is not dead any more"
    assert (await acts(world, shop))[-1] == ("work.replayed", name)
    assert [act for act, _ in await acts(world, shop)].count("work.replayed") == 1
    # An event is no shop's, so its own row says it.
    assert (await command("replay", event)).returncode == 0
    replayed = await world.query(
        "select event_id from webhook_events where replayed_at is not null"
    )
    assert [row["event_id"] for row in replayed] == [event]


@pytest.mark.proves("R2.6")
async def test_opening_a_shop_and_its_first_key_are_in_its_trail(world: World) -> None:
    shop = await world.open_shop()
    [opened, made] = await acts(world, shop)
    assert opened == ("shop.opened", ids.show("shp", shop.id))
    assert made[0] == "api_key.created"
