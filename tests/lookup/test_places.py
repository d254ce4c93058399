"""The search finds pages too: all that somebody may enter, and no other."""

import html
import re

import pytest

from bookedbarber.access.roles import Role
from tests.world import Shop, World

FOUND = re.compile(r'<a href="([^"]+)"><svg[^>]*>.*?</svg><span class="grow"><b>([^<]+)</b>')
SETTINGS = {"services", "barbers", "hours", "policy", "terms", "look", "shop"}
PEOPLE = {"people", "keys"}


async def places(world: World, shop: Shop, role: Role) -> dict[str, str]:
    """Every page that a role finds, by its address, having gone to each."""
    async with world.at_desk(await world.employ(shop, role)) as there:
        found: dict[str, str] = {}
        for term in "aeiou":
            answer = await there.get(f"/desk/{shop.slug}/search", params={"q": term})
            assert answer.status_code == 200
            found |= {html.unescape(href): name for href, name in FOUND.findall(answer.text)}
        for href in found:
            answer = await there.get(href, follow_redirects=True)
            assert answer.status_code == 200, href
    return {href.removeprefix(f"/desk/{shop.slug}/"): name for href, name in found.items()}


@pytest.mark.proves("R1.6", "R0.2")
@pytest.mark.parametrize(
    ("role", "rooms"),
    [
        (Role.OWNER, SETTINGS | PEOPLE),
        (Role.MANAGER, SETTINGS),
        (Role.ADMIN, SETTINGS),
        (Role.RECEPTIONIST, set()),
        (Role.BARBER, set()),
    ],
)
async def test_a_page_is_found_by_whoever_may_enter_it(
    world: World, role: Role, rooms: set[str]
) -> None:
    shop = await world.open_shop()
    found = await places(world, shop, role)
    assert {
        path.removeprefix("settings/") for path in found if path.startswith("settings/")
    } == rooms
    assert {"day", "walk-in", "payments", "/desk", "/desk/password", "/design"} <= set(found)
    assert ({"overview", "attention"} <= set(found)) is bool(rooms)


@pytest.mark.proves("R0.2")
@pytest.mark.parametrize(
    ("term", "label"),
    [
        ("failed today", "Payments that failed today"),
        ("DECLINED", "Payments that failed today"),
        ("refunds", "Payments refunded in part"),
        ("logo", "Look"),
        ("holiday", "Opening hours"),
        ("my password", "Change password"),
        ("walk", "Walk-in"),
    ],
)
async def test_a_page_is_found_by_what_people_call_it(world: World, term: str, label: str) -> None:
    shop = await world.open_shop()
    async with world.at_desk(await world.employ(shop, Role.OWNER)) as there:
        answer = await there.get(f"/desk/{shop.slug}/search", params={"q": term})
    assert label in {name for _, name in FOUND.findall(answer.text)}


async def test_a_list_found_by_name_holds_what_the_name_says(world: World) -> None:
    shop = await world.open_shop()
    paid = await world.paid_booking(shop)
    async with world.at_desk(await world.employ(shop, Role.OWNER)) as there:
        found = {
            name: html.unescape(href)
            for href, name in FOUND.findall(
                (await there.get(f"/desk/{shop.slug}/search", params={"q": "payments"})).text
            )
        }
        payment = paid["payments"][0]["id"]
        assert payment in (await there.get(found["Payments of today"])).text
        assert payment not in (await there.get(found["Payments that failed today"])).text
        await world.refund(shop, paid["payments"][0], 100)
        assert payment in (await there.get(found["Payments refunded in part"])).text
        assert payment not in (await there.get(found["Payments refunded in full"])).text
