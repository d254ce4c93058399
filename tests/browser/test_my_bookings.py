"""All of a client's bookings: asked for, mailed, opened; by click, by keyboard, on a phone."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.browser.client import Client
from tests.browser.conftest import Clients
from tests.browser.keys import Keyboard
from tests.browser.looks import look
from tests.stories.test_my_bookings import LINK, letters
from tests.world import Shop, World

THURSDAY = "2035-03-08T10:00:00+00:00"


async def two_bookings(world: World) -> Shop:
    """A shop in which one client has a visit to come and a cancelled one."""
    shop = await world.open_shop(currency="gbp")
    await world.paid_booking(shop, starts_at=THURSDAY, pay="deposit")
    gone = await world.paid_booking(shop)
    await world.cancel(shop, gone)
    await world.settle()
    return shop


async def mailed(world: World) -> str:
    """The path of the link in the last letter of this kind."""
    await world.settle()
    found = LINK.search((await letters(world))[0].body.text)
    assert found
    return found[0]


@pytest.mark.proves("R0.2")
async def test_a_client_asks_finds_moves_and_cancels_by_keyboard_alone(
    client: Client, world: World
) -> None:
    shop = await two_bookings(world)
    page = client.page
    await client.visit(f"/b/{shop.slug}/my")
    wrong = await look(page, "my-ask")
    keys = Keyboard(page)
    await keys.write("Email", "amara@example.com")
    await keys.press("Enter")
    await client.reads("If this address has bookings here, a link to them is on its way.")
    wrong += await look(page, "my-asked")
    await client.visit(await mailed(world))
    await client.reads(
        "To come", "Thu 8 Mar, 10:00", "Confirmed", "Past and cancelled", "Cancelled"
    )
    await expect(page.locator("#coming + ul .line.due dd")).to_have_text("£24.00")
    wrong += await look(page, "my-bookings")
    assert wrong == []
    past = page.locator("section[aria-labelledby=past]")
    await keys.enter(past.get_by_role("link", name="Receipt"))
    await client.reads("This appointment is cancelled")
    await page.go_back()
    await keys.enter("See, move or cancel")
    await move_and_cancel(client, keys)


async def move_and_cancel(client: Client, keys: Keyboard) -> None:
    """From the page of a visit: first to another time, then not at all."""
    await client.reads("Your booking")
    await keys.enter("Move it")
    await client.reads("Move your visit")
    await keys.enter(client.link("Friday, 9 March 2035"))
    await client.page.wait_for_url("**day=2035-03-09")
    await keys.enter(client.link("09:00"))
    await client.reads("Move it to this time?")
    await keys.enter("Move it to Fri 9 Mar, 09:00")
    await client.reads("Moved by you", "Fri 9 Mar, 09:00")
    await keys.enter("Cancel this appointment")
    await client.reads("Cancel this appointment?")
    await keys.enter("Cancel and refund £8.00")
    await client.reads("Cancelled")


async def test_an_address_that_is_none_is_asked_for_again(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.visit(f"/b/{shop.slug}/my")
    await client.page.get_by_label("Email").fill("amara at example")
    await client.button("Send me the link").click()
    await client.reads("Enter an email address like name@example.com.")
    await expect(client.page.get_by_label("Email")).to_have_value("amara at example")
    await expect(client.page.get_by_label("Email")).to_be_focused()
    assert await look(client.page, "my-wrong") == []
    await client.excuse(f"422 /b/{shop.slug}/my")


async def test_a_stranger_is_told_the_same(clients: Clients, world: World) -> None:
    shop = await two_bookings(world)
    phone = await clients(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    said = []
    for email in ("amara@example.com", "nobody@example.com"):
        await phone.visit(f"/b/{shop.slug}/my")
        await phone.page.get_by_label("Email").fill(email)
        await phone.button("Send me the link").click()
        await phone.reads("Look into your mail")
        said.append(await phone.page.locator("main").inner_html())
    assert said[0] == said[1]
    assert email not in phone.page.url


async def test_a_link_that_has_ended_leads_to_a_new_one(client: Client, world: World) -> None:
    shop = await two_bookings(world)
    await client.visit(f"/b/{shop.slug}/my")
    await client.page.get_by_label("Email").fill("amara@example.com")
    await client.button("Send me the link").click()
    await client.reads("Look into your mail")
    path = await mailed(world)
    world.clock.advance(timedelta(hours=26))
    await client.visit(path)
    await client.page.wait_for_url(re.compile(rf"/b/{shop.slug}/my"))
    await client.reads("That link has ended")
    assert await look(client.page, "my-ended") == []


async def test_who_has_nothing_to_come_is_led_to_booking(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await world.cancel(shop, await world.paid_booking(shop))
    await world.settle()
    await client.visit(f"/b/{shop.slug}/my")
    await client.page.get_by_label("Email").fill("amara@example.com")
    await client.button("Send me the link").click()
    await client.reads("Look into your mail")
    await client.visit(await mailed(world))
    await client.reads("Nothing booked", "Your next visit will stand here.")
    assert await look(client.page, "my-empty") == []
