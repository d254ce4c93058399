"""A password alone opens nothing, and a code opens the door once, to its own person, in time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx2 as httpx
import pyotp
import pytest

from bookedbarber.access import totp
from bookedbarber.access.roles import Role
from tests.world import Staff, World

STEP = timedelta(seconds=30)


@asynccontextmanager
async def half(world: World, staff: Staff) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which somebody gave their password and nothing more."""
    async with world.browser() as there:
        data = {"email": staff.email, "password": staff.password}
        assert (await there.post("/desk/sign-in", data=data)).status_code == 303
        yield there


async def authenticator(world: World, staff: Staff) -> pyotp.TOTP:
    secret = pyotp.random_base32()
    async with world.means.database.platform() as db:
        await totp.hand_over(
            db, world.means.vault, person=staff.person, secret=secret, now=world.clock.now()
        )
    return pyotp.TOTP(secret)


async def shows(there: httpx.AsyncClient, code: str) -> int:
    return (await there.post("/desk/code", data={"code": code})).status_code


@pytest.mark.proves("R7.3")
async def test_a_password_alone_opens_no_room_and_does_nothing(world: World) -> None:
    shop = await world.open_shop()
    staff = await world.employ(shop, Role.OWNER)
    async with half(world, staff) as there:
        before = await world.tally()
        for path in ("/desk", f"/desk/{shop.slug}/day", f"/desk/{shop.slug}/payments.csv"):
            assert "/desk/sign-in" in (await there.get(path)).headers["location"]
        for path in (f"/desk/{shop.slug}/settings/keys", "/desk/password"):
            answer = await there.post(path, data={"name": "till", "present": staff.password})
            assert answer.status_code == 401, path
        assert await world.tally() == before


@pytest.mark.proves("R7.3")
async def test_a_code_is_good_once_for_its_person_and_for_a_minute_at_most(world: World) -> None:
    shop = await world.open_shop()
    mine, other = [await world.employ(shop, role) for role in (Role.OWNER, Role.MANAGER)]
    phone, strange = await authenticator(world, mine), await authenticator(world, other)
    now = world.clock.now()
    async with half(world, mine) as there, half(world, mine) as again:
        for wrong in (strange.at(now), phone.at(now + STEP), phone.at(now - 2 * STEP), "", "x" * 9):
            assert await shows(there, wrong) == 401, wrong
        assert await shows(there, phone.at(now - STEP)) == 303
        assert await shows(again, phone.at(now - STEP)) == 401
        assert await shows(again, phone.at(now)) == 303


@pytest.mark.proves("R7.3")
async def test_the_secret_changes_with_the_code_and_half_a_session_ends_in_ten_minutes(
    world: World,
) -> None:
    shop = await world.open_shop()
    staff = await world.employ(shop, Role.OWNER)
    phone = await authenticator(world, staff)
    async with half(world, staff) as there:
        first = there.cookies["desk"]
        assert await shows(there, phone.at(world.clock.now())) == 303
        assert (await there.get(f"/desk/{shop.slug}/day")).status_code == 200
    async with world.browser() as thief:
        thief.cookies.set("desk", first)
        assert "sign-in" in (await thief.get(f"/desk/{shop.slug}/day")).headers["location"]
    async with half(world, staff) as there:
        world.clock.advance(timedelta(minutes=10))
        answer = await there.post("/desk/code", data={"code": phone.at(world.clock.now())})
        assert answer.headers["location"] == "/desk/sign-in"
        assert "sign-in" in (await there.get(f"/desk/{shop.slug}/day")).headers["location"]


@pytest.mark.proves("R7.3")
async def test_whoever_has_a_factor_sets_up_no_other_with_the_password_alone(world: World) -> None:
    staff = await world.employ(await world.open_shop(), Role.OWNER)
    await authenticator(world, staff)
    async with half(world, staff) as there:
        led = await there.get("/desk/authenticator")
        assert led.headers["location"].startswith("/desk/code")
        answer = await there.post("/desk/authenticator", data={"seed": "x", "code": "000000"})
        assert answer.status_code == 303
        assert [r["n"] for r in await world.query("select count(*) as n from totp_seeds")] == [1]
