"""Who gets into the desk, for how long, and what a role sees."""

from datetime import timedelta
from urllib.parse import quote

import httpx2 as httpx
import pytest

from bookedbarber.access import passwords, people
from bookedbarber.access.passwords import PasswordWeak, check
from bookedbarber.access.people import EmailInUse
from bookedbarber.access.roles import MAY, May, Role
from tests.world import PASSWORD, World


async def tries(world: World, email: str, password: str) -> httpx.Response:
    async with world.browser() as there:
        return await there.post("/desk/sign-in", data={"email": email, "password": password})


async def test_the_right_password_opens_the_desk_and_no_other_does(world: World) -> None:
    shop = await world.open_shop()
    staff = await world.employ(shop, Role.OWNER)
    for email, password in [
        (staff.email, "correct horse 8 battery"),
        (staff.email, ""),
        (staff.email, PASSWORD + "x" * 200),
        ("nobody@example.com", PASSWORD),
        ("no address", PASSWORD),
        ("", ""),
    ]:
        answer = await tries(world, email, password)
        assert answer.status_code == 401, (email, password)
        assert "set-cookie" not in answer.headers
    answer = await tries(world, staff.email.upper(), PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/code?next=%2Fdesk")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_the_secret_of_a_session_is_nowhere_in_the_database(world: World) -> None:
    staff = await world.employ(await world.open_shop(), Role.OWNER)
    async with world.at_desk(staff) as there:
        secret = there.cookies["desk"]
    rows = await world.query("select encode(digest, 'base64') as digest from sessions")
    assert len(rows) == 2
    assert secret.replace("-", "+").replace("_", "/") not in [row["digest"] for row in rows]
    [kept] = await world.query("select password, name, email from people")
    assert kept["password"].startswith("$argon2id$")
    assert staff.person.name.encode() not in kept["name"]
    assert staff.email.encode() not in kept["email"]


async def test_ten_tries_at_an_account_and_then_it_waits_even_for_the_right_one(
    world: World,
) -> None:
    staff = await world.employ(await world.open_shop(), Role.OWNER)
    for _ in range(10):
        assert (await tries(world, staff.email, "wrong wrong wrong 1")).status_code == 401
    assert (await tries(world, staff.email, PASSWORD)).status_code == 429
    other = await world.employ(staff.shop, Role.MANAGER)
    assert (await tries(world, other.email, PASSWORD)).status_code == 303
    world.clock.advance(timedelta(minutes=31))
    assert (await tries(world, staff.email, PASSWORD)).status_code == 303


@pytest.mark.proves("R7.3")
async def test_a_session_ends_by_idleness_by_age_on_request_and_with_the_job(
    world: World,
) -> None:
    shop = await world.open_shop()
    staff = await world.employ(shop, Role.RECEPTIONIST)

    async def inside(there: httpx.AsyncClient, **how: str) -> bool:
        answer = await there.get("/desk", headers=how)
        return "sign-in" not in answer.headers.get("location", "")

    async with world.at_desk(staff) as there:
        world.clock.advance(timedelta(minutes=14))
        assert await inside(there)
        world.clock.advance(timedelta(minutes=14))
        assert await inside(there)
        world.clock.advance(timedelta(minutes=16))
        assert not await inside(there)
    async with world.at_desk(staff) as there:
        for _ in range(4):  # a page that looks again by itself keeps nobody signed in
            world.clock.advance(timedelta(minutes=4))
            still = await inside(there, **{"x-live": "1"})
        assert not still
    async with world.at_desk(staff) as there:
        for _ in range(60):
            world.clock.advance(timedelta(minutes=12, seconds=1))
            still = await inside(there)
        assert not still
    async with world.at_desk(staff) as there:
        secret = there.cookies["desk"]
        assert (await there.post("/desk/sign-out")).status_code == 303
        there.cookies.set("desk", secret)
        assert not await inside(there)
    async with world.at_desk(staff) as there:
        async with world.means.database.platform() as db:
            now = world.clock.now()
            await people.dismiss(
                db, shop_id=shop.id, person_id=staff.person.person_id, actor="test", now=now
            )
        assert (await there.get(f"/desk/{shop.slug}/day")).status_code == 404


async def test_signing_in_leads_back_to_where_one_was_going_and_to_no_other_site(
    world: World,
) -> None:
    staff = await world.employ(await world.open_shop(), Role.OWNER)
    async with world.browser() as there:
        for wanted, led in [
            ("/desk/fade/payments?state=captured", "/desk/fade/payments?state=captured"),
            ("https://evil.example/desk/", "/desk"),
            ("//evil.example", "/desk"),
            ("/desk//evil.example", "/desk"),
            ("/desk/\\evil.example", "/desk"),
            ("/b/fade", "/desk"),
            ("/desk/sign-in", "/desk"),
        ]:
            data = {"email": staff.email, "password": PASSWORD, "next": wanted}
            answer = await there.post("/desk/sign-in", data=data)
            assert answer.headers["location"] == f"/desk/code?next={quote(led, safe='')}", wanted
            second = {"code": await world.code(staff.person)}
            answer = await there.post(f"/desk/code?next={quote(wanted, safe='')}", data=second)
            assert answer.headers["location"] == led, wanted


async def test_another_site_signs_nobody_in_or_out(world: World) -> None:
    staff = await world.employ(await world.open_shop(), Role.OWNER)
    async with world.at_desk(staff) as there:
        from_elsewhere = {"sec-fetch-site": "cross-site"}
        for path in ("/desk/sign-out", "/desk/sign-in", "/desk/theme"):
            assert (await there.post(path, headers=from_elsewhere)).status_code == 403
        assert "sign-in" not in (await there.get("/desk")).headers.get("location", "")


async def test_somebody_of_another_shop_finds_no_shop_here(world: World) -> None:
    mine, other = await world.open_shop(), await world.open_shop("blend")
    staff = await world.employ(mine, Role.OWNER)
    async with world.at_desk(staff) as there:
        for room in ("overview", "day", "payments", "settings"):
            assert (await there.get(f"/desk/{other.slug}/{room}")).status_code == 404
            assert (await there.get(f"/desk/nowhere/{room}")).status_code == 404


async def test_the_house_enters_every_shop_and_each_day_of_it_is_on_the_shops_trail(
    world: World,
) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    staff = await world.employ(shop, Role.ADMIN)
    async with world.at_desk(staff) as there:
        for _ in range(2):
            for one in (shop, other):
                assert (await there.get(f"/desk/{one.slug}/overview")).status_code == 200
    rows = await world.query(
        "select shop_id, actor from audit_events where act = 'platform.entered'"
    )
    assert sorted(row["shop_id"] for row in rows) == sorted([shop.id, other.id])
    assert {row["actor"] for row in rows} == {staff.person.actor}


async def test_one_address_has_one_account(world: World) -> None:
    staff = await world.employ(await world.open_shop(), Role.OWNER)
    digest = await passwords.digest(PASSWORD)
    with pytest.raises(EmailInUse):
        async with world.means.database.platform() as db:
            await people.add(
                db,
                world.means.vault,
                name="Another",
                email=f" {staff.email.title()} ",
                password=digest,
                now=world.clock.now(),
            )


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short 1", "short"),
        ("x1" * 65, "long"),
        ("123456789012345", "no_letter"),
        ("no digit is in here", "no_digit"),
    ],
)
def test_a_weak_password_is_nobodys(password: str, reason: str) -> None:
    with pytest.raises(PasswordWeak) as refused:
        check(password)
    assert refused.value.facts["reason"] == reason


def test_who_decides_about_people_and_keys_is_the_owner_alone() -> None:
    for act in (May.KEYS, May.PEOPLE):
        assert {role for role in Role if act in MAY[role]} == {Role.OWNER}
    assert May.REFUND not in MAY[Role.BARBER] | MAY[Role.RECEPTIONIST]
