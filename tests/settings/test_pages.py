"""Who may change a shop at the desk, and who may open one."""

import asyncio
import re

import httpx2 as httpx
import pytest

from bookedbarber.access.roles import Role
from bookedbarber.cli.web import assemble
from bookedbarber.pages.context import House
from bookedbarber.pages.render import Site
from bookedbarber.pages.security import Stripe
from tests import authenticator
from tests.world import PASSWORD, PUBLISHABLE_KEY, Shop, World

ROOMS = ("services", "barbers", "hours", "policy", "terms", "look", "shop")
OWNERS = ("keys", "people")
ACCOUNT = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.ADMIN])
async def test_whoever_runs_the_shop_has_its_settings_and_the_owner_alone_keys_and_people(
    world: World, role: Role
) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    async with world.at_desk(await world.employ(shop, role)) as there:
        for room in (*ROOMS, *OWNERS):
            expected = 403 if room in OWNERS and role is not Role.OWNER else 200
            answer = await there.get(f"/desk/{shop.slug}/settings/{room}")
            assert answer.status_code == expected, room
            if role is not Role.ADMIN:
                elsewhere = await there.get(f"/desk/{other.slug}/settings/{room}")
                assert elsewhere.status_code == 404, room


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.BARBER])
async def test_whoever_works_the_day_changes_no_setting(world: World, role: Role) -> None:
    shop = await world.open_shop()
    before = await settings_of(world, shop)
    async with world.at_desk(await world.employ(shop, role)) as there:
        for room in (*ROOMS, *OWNERS, "services/new", "barbers/new"):
            path = f"/desk/{shop.slug}/settings/{room}"
            assert (await there.get(path)).status_code == 403, room
            posted = await there.post(path, data={"name": "X", "version": "0"})
            assert posted.status_code in (403, 405), room
        assert (await there.post(f"/desk/{shop.slug}/setup/open")).status_code == 403
    assert await settings_of(world, shop) == before


async def settings_of(world: World, shop: Shop) -> list[object]:
    """Everything that the settings change."""
    return [
        await world.query(f"select * from {table} where shop_id = $1", shop.id)  # noqa: S608 # our own names
        for table in ("shops", "services", "barbers", "opening_hours", "shop_terms", "api_keys")
    ]


async def test_another_site_changes_no_setting(world: World) -> None:
    shop = await world.open_shop()
    async with world.at_desk(await world.employ(shop, Role.OWNER)) as there:
        for path in (f"/desk/{shop.slug}/settings/keys", f"/desk/{shop.slug}/setup/open", "/start"):
            answer = await there.post(
                path, data={"name": "X"}, headers={"sec-fetch-site": "cross-site"}
            )
            assert answer.status_code == 403, path


async def test_one_address_opens_no_more_shops_than_people_do(world: World) -> None:
    async with world.browser() as there:
        for number in range(10):
            answer = await there.post("/start", data={**ACCOUNT, "email": f"{number}@example.com"})
            assert answer.status_code == 303
        answer = await there.post("/start", data={**ACCOUNT, "email": "more@example.com"})
        assert answer.status_code == 429
    assert len(await world.query("select 1 from people")) == 10


async def test_an_account_that_cannot_be_is_refused_and_makes_nothing(world: World) -> None:
    async with world.browser() as there:
        await there.post("/start", data=ACCOUNT)
    wrong: list[tuple[dict[str, str], str]] = [
        ({"name": ""}, "Enter a name"),
        ({"name": "x" * 101}, "Enter a name"),
        ({"email": "ada"}, "Enter an e-mail address"),
        ({"email": ""}, "Enter an e-mail address"),
        ({"email": " ADA@example.com"}, "There is an account with this address already."),
        ({"email": "b@example.com", "password": "short 1"}, "Use at least 15 characters"),
        ({"email": "b@example.com", "password": "no digit is in here"}, "Use at least 15"),
        ({"email": "b@example.com", "password": ""}, "Use at least 15 characters"),
    ]
    for fields, said in wrong:
        async with world.browser() as there:
            answer = await there.post("/start", data={**ACCOUNT, **fields})
        assert answer.status_code == 422, fields
        assert said in answer.text, fields
        assert "set-cookie" not in answer.headers
        assert (fields.get("password") or PASSWORD) not in answer.text
    assert len(await world.query("select 1 from people")) == 1


async def test_where_real_money_moves_no_stranger_opens_a_shop(world: World) -> None:
    """It would collect into the house's own account at Stripe."""
    site = Site(stripe=Stripe.live(), test_mode=False)
    app = assemble(House(world.context, site, PUBLISHABLE_KEY), [])
    carrier = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=carrier, base_url="http://live") as there:
        for path in ("/start", "/start/shop"):
            assert (await there.get(path)).status_code == 404, path
            assert (await there.post(path, data=ACCOUNT)).status_code == 404, path
    assert await world.query("select 1 from people") == []


async def test_the_steps_of_another_persons_shop_are_nobodys_business(world: World) -> None:
    shop = await world.open_shop("blend")
    async with world.browser() as there:
        assert (await there.post("/start", data=ACCOUNT)).status_code == 303
        assert await authenticator.set_up(there, world.clock.now()) == "/desk"
        for step in ("services", "hours", "barbers", "policy", "open"):
            path = f"/desk/{shop.slug}/setup/{step}"
            assert (await there.get(path)).status_code == 404
            assert (await there.post(path)).status_code == 404


SHOP = {
    "country": "GB",
    "name": "North End Cuts",
    "address": "1 North End",
    "tax_name": "VAT",
    "tax_basis_points": "20",
    "tax_included": "yes",
}
SERVICES = {
    "pick-0": "yes", "name-0": "Haircut", "minutes-0": "30", "price-0": "24",
    "pick-1": "yes", "name-1": "Beard trim", "minutes-1": "20", "price-1": "14.50",
}  # fmt: skip


async def test_every_button_of_the_steps_may_be_pressed_twice_at_once(world: World) -> None:
    async with world.browser() as there:
        assert (await there.post("/start", data=ACCOUNT)).status_code == 303
        assert await authenticator.set_up(there, world.clock.now()) == "/desk"

        async def twice(path: str, data: dict[str, str]) -> None:
            both = await asyncio.gather(*(there.post(path, data=data) for _ in range(2)))
            assert [answer.status_code for answer in both] == [303, 303], both[1].text
            assert both[0].headers["location"] == both[1].headers["location"]

        await twice("/start/shop", SHOP)
        base = "/desk/north-end-cuts/setup"
        await twice(f"{base}/services", SERVICES)
        await twice(f"{base}/hours", await shown(there, f"{base}/hours"))
        await twice(f"{base}/barbers", {"name-0": "Ada", "name-1": "Bo"})
        policy = {"deposit": "5000", "free": "12", "late": "5000"}
        await twice(f"{base}/policy", {**await shown(there, f"{base}/policy"), **policy})
        await twice(f"{base}/open", {})
    tables = ("shops", "memberships", "services", "barbers", "shop_terms", "opening_hours")
    counts = {t: len(await world.query(f"select 1 from {t}")) for t in tables}  # noqa: S608 # our own names
    assert counts == {
        "shops": 1, "memberships": 1, "services": 2, "barbers": 2, "shop_terms": 2,
        "opening_hours": 6,
    }  # fmt: skip
    sold = await world.query("select distinct deposit_kind, deposit_value from services")
    assert [tuple(row.values()) for row in sold] == [("share", 5000)]


async def shown(there: httpx.AsyncClient, path: str) -> dict[str, str]:
    """The form of a page as it stands."""
    page = (await there.get(path)).text
    found = re.findall(r'<input type="(?:hidden|time)" name="([^"]+)" value="([^"]*)"', page)
    return dict(found)
