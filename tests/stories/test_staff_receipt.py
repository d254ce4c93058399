"""Staff open a client's receipt, and get nothing that is the client's to do with it."""

import re
from typing import Any

import pytest

from bookedbarber import ids, links
from bookedbarber.access.roles import Role
from bookedbarber.pages.context import MANAGE
from tests.lookup.desk import payment_of
from tests.world import Shop, World


def own_link(world: World, shop: Shop, booking: dict[str, Any]) -> str:
    """The client's own link to their booking."""
    return links.sign(world.means.link_key, MANAGE, shop.id, ids.parse("apt", booking["id"]))


async def given_to_staff(world: World, shop: Shop, booking: dict[str, Any]) -> str:
    """The secret part of the receipt's address on the page of a payment."""
    async with world.at_desk(await world.employ(shop, Role.BARBER)) as there:
        page = (await there.get(f"/desk/{shop.slug}/payments/{payment_of(booking)}")).text
    assert own_link(world, shop, booking) not in page
    [link] = re.findall(r'href="/receipt/([^"]+)"', page)
    return str(link)


async def booked(world: World) -> tuple[Shop, dict[str, Any]]:
    shop = await world.open_shop()
    marco = next(one["id"] for one in shop.menu["barbers"] if one["name"] == "Marco")
    return shop, await world.paid_booking(shop, barber=marco)


@pytest.mark.proves("R7.3")
async def test_the_receipt_that_staff_open_leads_nowhere(world: World) -> None:
    shop, booking = await booked(world)
    link = await given_to_staff(world, shop, booking)
    answer = await world.http.get(f"/receipt/{link}")
    assert answer.status_code == 200
    assert "Skin fade" in answer.text
    for part in ("/manage/", "/calendar/", "/pay/", "/b/fade?"):
        assert part not in answer.text, part
    own = own_link(world, shop, booking)
    theirs = (await world.http.get(f"/receipt/{own}")).text
    assert f"/manage/{own}" in theirs, "the client's own receipt still leads on"


@pytest.mark.proves("R7.3")
async def test_a_link_to_a_receipt_opens_and_changes_nothing_else(world: World) -> None:
    shop, booking = await booked(world)
    link = await given_to_staff(world, shop, booking)
    before = await world.tally()
    for method, path in [
        ("GET", f"/manage/{link}"),
        ("GET", f"/manage/{link}/cancel"),
        ("POST", f"/manage/{link}/cancel"),
        ("GET", f"/manage/{link}/move"),
        ("GET", f"/manage/{link}/move/check"),
        ("POST", f"/manage/{link}/move"),
        ("GET", f"/calendar/{link}.ics"),
        ("GET", f"/pay/{link}"),
        ("GET", f"/pay/{link}/status"),
        ("GET", f"/pay/{link}/return"),
        ("GET", f"/api/v2/own/{link}"),
        ("GET", f"/api/v2/own/{link}/receipt"),
        ("GET", f"/api/v2/own/{link}/cancellation"),
    ]:
        same_site = {"Sec-Fetch-Site": "same-origin"}
        answer = await world.http.request(method, path, headers=same_site)
        assert answer.status_code == 404, (method, path, answer.status_code)
    answer = await world.http.post(f"/api/v2/own/{link}/cancel", json={})
    assert answer.status_code == 404
    assert await world.tally() == before
    assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"
