"""The day at the desk by keyboard alone."""

import pytest
from playwright.async_api import Locator, expect

from bookedbarber.access.roles import Role
from tests.browser.client import Client
from tests.browser.daybook import PEOPLE, all_booked, card, to, told
from tests.browser.keys import Keyboard
from tests.browser.staff import sign_in
from tests.world import World

AMARA, BEN, CHIARA, DEV, EWAN, _ = PEOPLE
BOOKED = (
    ("09:00", AMARA, "Marco"),
    ("09:00", BEN, "Elif"),
    ("11:00", CHIARA, "Marco"),
    ("11:00", DEV, "Elif"),
    ("14:00", EWAN, "Marco"),
)


async def at_visit(keys: Keyboard, name: str) -> Locator:
    """Go to the day and open somebody's visit; the panel that it opens in."""
    page = keys.page
    if not page.url.endswith("/day"):
        await keys.press("g", "d")
        await page.wait_for_url("**/day")
    await keys.enter("Skip to content", card(page, name))
    panel = page.get_by_role("dialog", name="Visit")
    await expect(panel).to_contain_text(name)
    return panel


async def check_in_and_complete(keys: Keyboard) -> None:
    page = keys.page
    panel = await at_visit(keys, AMARA)
    await keys.enter(panel.get_by_role("button", name="Check in"))
    await expect(told(page)).to_contain_text("Checked in.")
    await keys.press("Tab")
    await expect(card(page, AMARA)).to_be_focused()  # one goes on where one was
    await keys.press("Enter")
    await keys.enter(panel.get_by_role("button", name="Complete"))
    await expect(told(page)).to_contain_text("Completed.")


async def end(keys: Keyboard, name: str, way: str, button: str, said: str) -> None:
    """End somebody's visit in one of the ways that ask first."""
    panel = await at_visit(keys, name)
    await keys.enter(panel.get_by_role("link", name=way))
    await keys.enter(keys.page.get_by_role("button", name=button))
    await expect(told(keys.page)).to_contain_text(said)


async def move(keys: Keyboard) -> None:
    panel = await at_visit(keys, EWAN)
    await keys.enter(panel.get_by_role("link", name="Move"))
    await keys.enter(keys.page.get_by_role("link", name="17:00 with Elif"))
    await keys.write(keys.page.get_by_label("Why"), "Marco is ill")
    await keys.enter("Move it to Mon 5 Mar, 17:00")
    await expect(told(keys.page)).to_contain_text("It is now Mon 5 Mar, 17:00 with Elif.")


async def seat_a_walk_in(keys: Keyboard) -> None:
    page = keys.page
    await keys.press("g", "d")
    await page.wait_for_url("**/day")
    await keys.enter("Skip to content", page.get_by_role("link", name="Walk-in", exact=True))
    await expect(page.get_by_label("Name")).to_be_focused()
    await keys.type("Walter Inn")
    await keys.enter("Seat them")
    await expect(told(page)).to_contain_text("The walk-in has a place.")
    await keys.press("Tab")
    await expect(card(page, "Walter Inn")).to_be_focused()


@pytest.mark.proves("R0.2", "R5.4")
async def test_all_that_staff_do_in_a_day_is_done_by_keyboard_alone(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    await all_booked(world, shop, *BOOKED)
    await to(world, "09:20")
    keys = Keyboard(await sign_in(client, world, shop, Role.MANAGER, "day"))
    await check_in_and_complete(keys)
    await end(keys, BEN, "No-show", "No-show, refund", "Noted as a no-show.")
    await end(keys, CHIARA, "Cancel", "Cancel for the shop", "Cancelled.")
    await end(keys, DEV, "Cancel", "Cancel for the client", "Cancelled.")
    await move(keys)
    await seat_a_walk_in(keys)
    found = await world.query("select state from appointments")
    assert sorted(one["state"] for one in found) == [
        "arrived", "cancelled", "cancelled", "completed", "confirmed", "no_show"
    ]  # fmt: skip


@pytest.mark.proves("R0.2")
async def test_a_refund_in_part_by_keyboard_alone(world: World, client: Client) -> None:
    shop = await world.open_shop()
    await all_booked(world, shop, ("09:00", PEOPLE[0], "Marco"), ("10:00", PEOPLE[1], "Marco"))
    page = await sign_in(client, world, shop, Role.MANAGER, "day")
    keys, press = Keyboard(page), page.keyboard.press
    await keys.tab_to(card(page, PEOPLE[0]))
    await keys.press("ArrowDown", "ArrowDown")  # over the free quarter of an hour between them
    await expect(card(page, PEOPLE[1])).to_be_focused()
    await press("Enter")
    panel = page.get_by_role("dialog")
    await expect(panel).to_be_visible()
    await keys.enter(panel.get_by_role("link", name="Refund…"))
    await expect(page.get_by_label("Amount")).to_be_focused()
    await expect(page.get_by_label("Amount")).to_have_value("32.00")
    await keys.write("Amount", "99")
    await press("Enter")
    await expect(page.get_by_text("That is more than is left of this payment.")).to_be_visible()
    await client.excuse("422 /desk/fade/visits/…/refund")
    await keys.write("Amount", "5.50")
    await keys.tab_to("Reason")
    await press("ArrowDown")  # goodwill
    await keys.write("Note", "Waited long")
    await keys.enter("Go on")
    await expect(page.get_by_role("heading", name="Refund US$5.50?")).to_be_visible()
    await client.reads("Visa ending in 4242", "This cannot be undone", "Waited long")
    assert not await world.query("select from refunds")
    await press("Enter")  # the one button that does it has the focus
    await expect(told(page)).to_contain_text("Refunded.")
    await client.reads("Goodwill", "Waited long")
    [kept] = await world.query("select amount, reason, note, requested_by from refunds")
    assert (kept["amount"], kept["reason"], kept["note"]) == (550, "goodwill", "Waited long")
    assert kept["requested_by"].startswith("staff:per_")


@pytest.mark.proves("R0.2")
async def test_a_panel_closes_with_escape_and_gives_the_focus_back(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    await all_booked(world, shop, ("09:00", PEOPLE[0], "Marco"), ("09:00", PEOPLE[1], "Elif"))
    page = await sign_in(client, world, shop, Role.MANAGER, "day")
    await Keyboard(page).tab_to(card(page, PEOPLE[0]))
    await page.keyboard.press("ArrowRight")
    await expect(card(page, PEOPLE[1])).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text(PEOPLE[1])
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(card(page, PEOPLE[1])).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(card(page, PEOPLE[0])).to_be_focused()
