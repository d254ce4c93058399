"""Another password for oneself, and what else ends with the old one."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2 as httpx
import pytest

from bookedbarber.access import passwords
from bookedbarber.access.passwords import PasswordsBusy
from bookedbarber.access.roles import Role
from tests.conftest import Databases
from tests.patience import until_blocked
from tests.world import PASSWORD, World

NEW = "another horse 9 staple"


async def change(there: httpx.AsyncClient, present: str, password: str, **how: Any) -> Any:
    return await there.post(
        "/desk/password", data={"present": present, "password": password}, **how
    )


async def tries(world: World, email: str, password: str) -> int:
    async with world.browser() as there:
        data = {"email": email, "password": password}
        return (await there.post("/desk/sign-in", data=data)).status_code


async def inside(there: httpx.AsyncClient) -> bool:
    return "sign-in" not in (await there.get("/desk")).headers.get("location", "")


async def told(world: World) -> list[tuple[Any, str]]:
    rows = await world.query(
        "select shop_id, actor from audit_events where act = 'person.password_changed'"
    )
    return [(row["shop_id"], row["actor"]) for row in rows]


async def test_a_new_password_ends_the_old_one_and_every_other_session(world: World) -> None:
    shop = await world.open_shop()
    staff, other = await world.employ(shop, Role.BARBER), await world.employ(shop, Role.OWNER)
    async with (
        world.at_desk(staff) as here,
        world.at_desk(staff) as elsewhere,
        world.at_desk(other) as colleague,
    ):
        assert "Change password" in (await here.get("/desk", follow_redirects=True)).text
        assert (await here.get("/desk/password")).status_code == 200
        answer = await change(here, PASSWORD, NEW)
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/password?changed=1")
        assert "is changed" in (await here.get(answer.headers["location"])).text
        assert await inside(here)
        assert await inside(colleague)
        assert not await inside(elsewhere)
    assert await tries(world, staff.email, PASSWORD) == 401
    assert await tries(world, staff.email, NEW) == 303
    assert await tries(world, other.email, PASSWORD) == 303
    assert await told(world) == [(shop.id, staff.person.actor)]


@pytest.mark.parametrize(
    ("present", "password", "said"),
    [
        ("wrong wrong wrong 1", NEW, "That is not your present password."),
        ("", NEW, "That is not your present password."),
        (PASSWORD, "short 1", "Use at least 15 characters"),
        (PASSWORD, "no digit is in here", "Use at least 15 characters"),
        (PASSWORD, "x1" * 65, "Use at least 15 characters"),
        (PASSWORD, "", "Use at least 15 characters"),
    ],
)
async def test_a_wrong_or_a_weak_one_is_said_beside_its_field_and_changes_nothing(
    world: World, present: str, password: str, said: str
) -> None:
    staff = await world.employ(await world.open_shop(), Role.OWNER)
    async with world.at_desk(staff) as here, world.at_desk(staff) as elsewhere:
        answer = await change(here, present, password)
        assert (answer.status_code, said in answer.text) == (422, True)
        assert await inside(here)
        assert await inside(elsewhere)
    assert await tries(world, staff.email, PASSWORD) == 303
    assert await told(world) == []


async def test_each_try_counts_as_a_try_at_the_account(world: World) -> None:
    staff = await world.employ(await world.open_shop(), Role.OWNER)
    async with world.at_desk(staff) as here:  # which was the first
        for _ in range(9):
            assert (await change(here, "wrong wrong wrong 1", NEW)).status_code == 422
        assert (await change(here, PASSWORD, NEW)).status_code == 429
        assert await tries(world, staff.email, PASSWORD) == 429
        world.clock.advance(timedelta(minutes=3))
        assert (await change(here, PASSWORD, NEW)).status_code == 303


async def test_another_site_changes_no_password_and_a_stranger_is_turned_away(
    world: World,
) -> None:
    staff = await world.employ(await world.open_shop(), Role.OWNER)
    async with world.at_desk(staff) as here:
        answer = await change(here, PASSWORD, NEW, headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403
    async with world.browser() as there:
        assert (await change(there, PASSWORD, NEW)).status_code == 401
        assert "sign-in" in (await there.get("/desk/password")).headers["location"]
    assert await tries(world, staff.email, PASSWORD) == 303


async def test_a_password_that_changes_while_somebody_signs_in_by_it_lets_nobody_in(
    world: World, databases: Databases
) -> None:
    staff = await world.employ(await world.open_shop(), Role.OWNER)
    digest = await passwords.digest(NEW)
    other = await asyncpg.connect(databases.platform_url)
    try:
        async with other.transaction():
            await other.execute("update people set password = $1", digest)
            # The old one still fits while this is not committed; the session waits for it.
            signing_in = asyncio.create_task(tries(world, staff.email, PASSWORD))
            await until_blocked(databases.platform_url)
        assert await signing_in == 401
    finally:
        await other.close()
    assert await world.query("select 1 from sessions") == []


async def test_who_comes_when_many_wait_for_a_turn_is_sent_away() -> None:
    many = passwords.AT_ONCE + passwords.WAITING + 3
    answers = await asyncio.gather(
        *(passwords.fits(PASSWORD, None) for _ in range(many)), return_exceptions=True
    )
    assert sum(isinstance(one, PasswordsBusy) for one in answers) == 3
    assert answers.count(False) == many - 3
    assert not await passwords.fits(PASSWORD, None)
