"""The day at the desk, as staff work it: by click, by keyboard, on a tablet and on a phone."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bookedbarber.access.roles import Role
from tests.browser.client import Client
from tests.browser.conftest import Clients
from tests.browser.looks import look, too_wide
from tests.world import Shop, World

AT = "2035-03-05T{}:00+00:00".format
PEOPLE = ("Amara Okafor", "Ben Adeyemi", "Chiara Conti", "Dev Patel", "Ewan Reid", "Hana Sato")


def barber(shop: Shop, name: str) -> str:
    return next(str(b["id"]) for b in shop.menu["barbers"] if b["name"] == name)


async def booked(
    world: World, shop: Shop, at: str, name: str, with_: str = "Marco", **given: Any
) -> dict[str, Any]:
    """A paid booking of somebody, on Monday."""
    client = {"name": name, "email": f"{name.split()[0].lower()}@example.com"}
    return await world.paid_booking(
        shop, starts_at=AT(at), client=client, barber=barber(shop, with_), **given
    )


async def to(world: World, at: str) -> None:
    await world.advance(datetime.fromisoformat(AT(at)) - world.clock.now())


async def a_day(world: World) -> Shop:
    """A day with somebody in every state, at half past twelve."""
    shop = await world.open_shop()
    early = await booked(world, shop, "09:00", PEOPLE[0], tip={"amount": 500, "currency": "usd"})
    missed = await booked(world, shop, "10:00", PEOPLE[1], "Elif", pay="deposit")
    await booked(world, shop, "12:00", PEOPLE[2], pay="deposit")
    here = await booked(world, shop, "12:15", PEOPLE[3], "Elif")
    await booked(world, shop, "14:00", PEOPLE[4])
    gone = await booked(world, shop, "15:00", PEOPLE[5], "Elif")
    await booked(world, shop, "16:00", PEOPLE[5], "Elif", service="Hot towel shave")
    await to(world, "12:35")
    await world.complete(shop, early)
    await world.desk(shop, "POST", f"bookings/{missed['id']}/no-show")
    await world.desk(shop, "POST", f"bookings/{here['id']}/check-in")
    await world.cancel(shop, gone)
    await world.walk_in(shop, "Hot towel shave", starts_at=AT("13:00"))
    await world.settle()
    return shop


async def at_day(client: Client, world: World, shop: Shop, role: Role = Role.MANAGER) -> Page:
    """Somebody opens the day and is asked at the door who they are."""
    staff, page = await world.employ(shop, role), client.page
    await client.visit(f"/desk/{shop.slug}/day")
    await page.get_by_label("E-mail address").fill(staff.email)
    await page.get_by_label("Password").fill(staff.password)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/day")
    return page


@pytest.mark.proves("R0.2", "R5.4")
async def test_every_page_of_the_day_can_be_used_by_anybody(world: World, client: Client) -> None:
    shop = await a_day(world)
    page = await at_day(client, world, shop)
    wrong = await look(page, "day")
    chiara = page.locator("[data-visit]").filter(has_text=PEOPLE[2])
    visit = str(await chiara.get_attribute("href"))
    for name, path in (
        ("visit", visit),
        ("cancel-visit", f"{visit}/cancel"),
        ("no-show", f"{visit}/no-show"),
        ("walk-in", f"/desk/{shop.slug}/walk-in"),
        ("day-empty", f"/desk/{shop.slug}/day?date=2035-03-04"),
    ):
        await client.visit(path)
        wrong += await look(page, name)
    await client.visit(visit)
    await page.get_by_role("link", name="Refund… of").click()
    wrong += await look(page, "refund-how-much")
    await page.get_by_label("Amount").fill("3")
    await page.get_by_role("button", name="Go on").click()
    wrong += await look(page, "refund-asking")
    await page.goto(f"{world.site_url}/desk/{shop.slug}/day")
    await chiara.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    wrong += await look(page, "day-panel")
    assert wrong == [], "\n".join(sorted({line.split(": ", 1)[-1][:300] + " @ " + line.split(": ", 1)[0] for line in wrong}))
