"""The day at the desk, on a phone in the hand."""

import pytest
from playwright.async_api import Page, expect

from bookedbarber.access.roles import Role
from tests.browser.conftest import Clients
from tests.browser.daybook import PEOPLE, all_booked, booked, card, to, told
from tests.browser.looks import too_wide
from tests.browser.staff import sign_in
from tests.world import World

HELD = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


async def fits(page: Page) -> None:
    """Nothing has to be pushed sideways."""
    assert not any(await too_wide(page)), page.url


async def tap(page: Page, *buttons: str) -> None:
    """Press what is called so, one after the other, each on a page that fits."""
    for name in buttons:
        called = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name))
        await expect(called).to_be_visible()
        await fits(page)
        await called.tap()


async def check_in_and_complete(page: Page) -> None:
    await card(page, PEOPLE[0]).tap()
    await fits(page)
    await tap(page, "Check in")
    await expect(told(page)).to_contain_text("Checked in.")
    await card(page, PEOPLE[0]).tap()
    await tap(page, "Complete")
    await expect(told(page)).to_contain_text("Completed.")


async def refund_in_part(page: Page) -> None:
    await card(page, PEOPLE[0]).tap()
    await tap(page, "Refund…")
    await page.get_by_label("Amount").fill("5.50")
    await tap(page, "Go on", "Refund US$5.50")
    await expect(told(page)).to_contain_text("Refunded.")


async def seat_a_walk_in(page: Page) -> None:
    await tap(page, "The day")
    await page.get_by_role("link", name="Walk-in", exact=True).tap()
    await page.get_by_label("Name").fill("Walter Inn")
    await tap(page, "Seat them")
    await expect(told(page)).to_contain_text("The walk-in has a place.")


@pytest.mark.proves("R0.2", "R5.4")
async def test_a_morning_is_worked_and_looked_over_on_a_phone(
    world: World, clients: Clients
) -> None:
    shop = await world.open_shop()
    await all_booked(world, shop, ("09:00", PEOPLE[0], "Marco"), ("11:00", PEOPLE[1], "Elif"))
    await to(world, "09:00")
    page = await sign_in(await clients(**HELD), world, shop, Role.OWNER, "day")
    await fits(page)
    await check_in_and_complete(page)
    await refund_in_part(page)
    await seat_a_walk_in(page)
    await card(page, PEOPLE[1]).tap()
    await tap(page, "Cancel…", "Cancel for the shop")
    await expect(told(page)).to_contain_text("Cancelled.")
    await world.settle()
    assert sorted(r["amount"] for r in await world.rows("refund")) == [550, 3200]
    await page.get_by_role("link", name="Overview").tap()
    await expect(page.get_by_role("group", name="Gross volume today")).to_contain_text("US$64.00")
    await fits(page)
    await tap(page, "4 weeks")
    await expect(page.get_by_role("group", name="Gross volume, 4 weeks")).to_contain_text("US$64")


@pytest.mark.proves("R0.2")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
async def test_a_no_show_on_a_phone_says_the_sum_first(
    world: World, clients: Clients, *, scripts: bool
) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "09:00", PEOPLE[0], tip={"amount": 500, "currency": "usd"})
    await to(world, "09:20")
    client = await clients(**HELD, java_script_enabled=scripts)
    page = await sign_in(client, world, shop, Role.MANAGER, "day")
    await expect(card(page, PEOPLE[0])).to_contain_text("Not here yet")
    await card(page, PEOPLE[0]).tap()
    await page.get_by_role("link", name="No-show…").tap()
    await client.reads("No fee is charged", "This cannot be undone", "US$8.00", "US$29.00")
    await page.get_by_role("button", name="No-show, refund US$29.00").tap()
    await expect(told(page)).to_contain_text("Noted as a no-show.")
    await client.reads("No-show")
    await client.visit(f"/desk/{shop.slug}/day")
    await expect(page.locator(".gone")).to_contain_text(PEOPLE[0])
    await expect(page.locator(".gone")).to_contain_text("US$8.00 kept")
    await world.settle()
    assert [r["amount"] for r in await world.rows("refund")] == [2900]


@pytest.mark.proves("R0.2")
async def test_what_staff_press_is_large_enough_for_a_finger(
    world: World, clients: Clients
) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "09:00", PEOPLE[0])
    await to(world, "09:00")
    for width in (390, 820):
        client = await clients(viewport={"width": width, "height": 1000}, has_touch=True)
        page = await sign_in(client, world, shop, Role.MANAGER, "day")
        await page.goto(str(await card(page, PEOPLE[0]).evaluate("(link) => link.href")))
        for verb in await page.locator(".verbs :is(button, a), .visit-paid a").all():
            box = await verb.bounding_box()
            assert box is not None
            assert box["height"] >= 44
            assert box["width"] >= 44
