"""Somebody opens a shop with nothing to read but the screen, and a client books there at once."""

import re
import time
from datetime import datetime

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests import authenticator
from tests.browser.client import Client
from tests.browser.conftest import Clients
from tests.browser.keys import Keyboard
from tests.browser.looks import look
from tests.browser.staff import set_up_authenticator
from tests.world import World

PASSWORD = "four words and 1 number"


async def fill_account(page: Page) -> None:
    await page.get_by_label("Your name").fill("Ada Barber")
    await page.get_by_label("E-mail address").fill("ada@example.com")
    await page.get_by_label("Password").fill(PASSWORD)


async def begin(page: Page, now: datetime) -> None:
    """An account with its authenticator, and on to the first step."""
    await fill_account(page)
    await go_on(page, "Set up an authenticator")
    await set_up_authenticator(page, now)
    await expect(page.get_by_role("heading", name="Where is your shop?")).to_be_visible()


async def go_on(page: Page, heading: str) -> None:
    """To the next step, and there."""
    await page.get_by_role("button", name="Go on", exact=True).last.click()
    await expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


async def set_up(client: Client, world: World) -> None:
    """The whole way, with what is proposed."""
    page = client.page
    await client.visit("/start")
    await begin(page, world.clock.now())
    await page.get_by_label("Country").select_option("GB")
    await go_on(page, "What is your shop called?")
    await page.get_by_label("Name of the shop").fill("North End Cuts")
    await page.get_by_label("Address", exact=True).fill("1 North End Road, London")
    await go_on(page, "What do you offer?")
    await go_on(page, "When are you open?")
    await go_on(page, "Who cuts?")
    await expect(page.get_by_label("You are the first")).to_have_value("Ada Barber")
    await go_on(page, "When do clients pay?")
    await go_on(page, "Have a look, then open")


@pytest.mark.proves("R5.4")
async def test_a_shop_is_opened_in_under_five_minutes_and_a_client_books_there(
    world: World, clients: Clients
) -> None:
    began = time.monotonic()
    owner, guest = await clients(), await clients()
    await set_up(owner, world)
    await guest.visit("/b/north-end-cuts")
    await guest.reads("Opening soon", "Haircut", "£24")
    await owner.button("Open for bookings").click()
    await owner.reads("You are open", "/b/north-end-cuts")
    assert time.monotonic() - began < 120, "a machine is slower than five minutes of a person"
    await guest.page.reload()
    await expect(guest.page.locator("#not-open")).to_have_count(0)
    await guest.page.locator("label", has_text="Haircut").first.click()
    await guest.page.locator("label", has_text="Ada Barber").click()
    await guest.page.locator("#slot .slots label").first.click()
    await guest.page.get_by_label("Full name").fill("Ben Hughes")
    await guest.page.get_by_label("Email").fill("ben@example.com")
    await guest.button("Continue to pay £6.00").click()
    await guest.at("pay")
    [booked] = await world.query("select deposit_amount, service_amount + tax_amount as price"
                                 " from appointments")  # fmt: skip
    assert (booked["deposit_amount"], booked["price"]) == (600, 2400)
    [shop] = await world.query("select country, currency, time_zone, tax_basis_points from shops")
    assert tuple(shop.values()) == ("GB", "gbp", "Europe/London", 2000)


async def test_a_shop_is_opened_without_scripts(world: World, clients: Clients) -> None:
    client = await clients(java_script_enabled=False)
    await set_up(client, world)
    await client.button("Open for bookings").click()
    await client.reads("You are open")
    assert (await world.http.get("/b/north-end-cuts")).status_code == 200


async def test_a_shop_is_opened_by_keyboard_alone(world: World, client: Client) -> None:
    keys = Keyboard(client.page)
    await client.visit("/start")
    for field, text in {
        "Your name": "Ada Barber", "E-mail address": "ada@example.com", "Password": PASSWORD
    }.items():  # fmt: skip
        await keys.write(field, text)
    await keys.press("Enter")
    await client.reads("Set up an authenticator")
    await keys.enter("I cannot scan it")
    key = authenticator.key_on(await client.page.content())
    await keys.write("Code from your authenticator", pyotp.TOTP(key).at(world.clock.now()))
    await keys.press("Enter")
    await client.reads("Where is your shop?")
    await keys.tab_to("Country")
    await keys.type("Japan")
    await keys.enter("Go on")
    await client.reads("with prices in JPY")
    await keys.write("Name of the shop", "Ginza North")
    await keys.write(client.page.get_by_label("Address", exact=True), "4-5-6 Ginza")
    await keys.press("Enter")
    await client.reads("What do you offer?")
    await keys.enter("Price in JPY")
    await client.reads("When are you open?")
    await keys.enter("Monday from")
    await client.reads("Who cuts?")
    await keys.enter("You are the first")
    await client.reads("When do clients pay?")
    await keys.enter("Go on")
    await client.reads("Have a look, then open")
    await keys.enter("Open for bookings")
    await client.reads("You are open")
    assert (await world.http.get("/b/ginza-north")).status_code == 200


async def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    client: Client, world: World
) -> None:
    await world.open_shop("north-end-cuts")
    page = client.page
    await client.visit("/start")
    await page.get_by_role("button", name="Go on").click()
    await client.reads("One thing to put right.", "Enter a name")
    await fill_account(page)
    await page.get_by_label("Password").fill("short 1")
    await page.get_by_role("button", name="Go on").click()
    await client.reads("Use at least 15 characters")
    await expect(page.get_by_label("E-mail address")).to_have_value("ada@example.com")
    await begin(page, world.clock.now())
    await page.get_by_label("Country").select_option("US")
    await go_on(page, "What is your shop called?")
    await expect(page.get_by_label("Whose time your clock shows")).to_be_visible()
    await page.get_by_label("Name of the shop").fill("North End Cuts")
    await page.get_by_label("Address on the web").fill("north-end-cuts")
    await page.get_by_role("button", name="Go on").click()
    await client.reads("Another shop has this address.", "Fill this in.")
    await page.get_by_label("Address on the web").fill("")
    await page.get_by_label("Address", exact=True).fill("2 North End")
    await go_on(page, "What do you offer?")
    assert "/desk/north-end-cuts-2/" in page.url
    await page.get_by_label("Price in USD").first.fill("much")
    await page.get_by_label("Minutes").nth(1).fill("0")
    await page.get_by_role("button", name="Go on").click()
    await client.reads("2 things to put right.", "Enter a whole number from 5 to 1440.")
    await expect(page.get_by_label("Price in USD").first).to_have_value("much")
    await page.get_by_label("Price in USD").first.fill("31.50")
    await page.get_by_label("Minutes").nth(1).fill("40")
    await go_on(page, "When are you open?")
    await page.get_by_label("Monday to").fill("")
    await page.get_by_role("button", name="Go on", exact=True).last.click()
    await client.reads("Give both times, or leave both empty.")
    await page.get_by_label("Monday to").fill("20:00")
    await page.get_by_role("button", name="Same every day as Monday").click()
    await expect(page.get_by_label("Sunday to")).to_have_value("20:00")
    await go_on(page, "Who cuts?")
    await page.get_by_label("You are the first").fill("")
    await page.get_by_role("button", name="Go on").click()
    await client.reads("Enter at least one name: yours.")
    await page.get_by_label("You are the first").fill("Ada")
    await page.get_by_label("Another barber").first.fill("ada")
    await page.get_by_role("button", name="Go on").click()
    await client.reads("Another one has this name already.")
    await page.get_by_label("Another barber").first.fill("Bo")
    await go_on(page, "When do clients pay?")
    await client.visit("/desk/north-end-cuts-2/setup/barbers")
    await client.reads("Ada", "Bo")
    await client.excuse(
        *["422 /start"] * 2,
        "422 /start/shop",
        "422 /desk/north-end-cuts-2/setup/services",
        "422 /desk/north-end-cuts-2/setup/hours",
        *["422 /desk/north-end-cuts-2/setup/barbers"] * 2,
    )


async def test_every_step_can_be_used_by_anybody_on_any_screen(
    world: World, clients: Clients
) -> None:
    client = await clients(viewport={"width": 390, "height": 844}, has_touch=True)
    page = client.page
    await client.visit("/start")
    assert await look(page, "start-account") == []
    await begin(page, world.clock.now())
    assert await look(page, "start-country") == []
    await page.get_by_label("Country").select_option("US")
    await go_on(page, "What is your shop called?")
    assert await look(page, "start-shop") == []
    await page.get_by_label("Name of the shop").fill("North End Cuts")
    await page.get_by_label("Address", exact=True).fill("1 North End Road, Brooklyn")
    for heading, name in [
        ("What do you offer?", "start-services"),
        ("When are you open?", "start-hours"),
        ("Who cuts?", "start-barbers"),
        ("When do clients pay?", "start-policy"),
        ("Have a look, then open", "start-open"),
    ]:
        await go_on(page, heading)
        assert await look(page, name) == []
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name=re.compile("See it as your clients will")).click()
    preview = await opened.value
    await expect(preview.locator("#not-open")).to_be_visible()
    assert await look(preview, "start-preview") == []
    await preview.close()
    await client.button("Open for bookings").click()
    await client.reads("You are open")
    assert await look(page, "start-done") == []
    for room, name in {
        "overview": "overview-new", "day": "day-new", "payments": "payments-new",
        "settings/services": "settings-services-new", "settings/people": "settings-people-new",
        "settings/keys": "settings-keys-new", "settings/terms": "settings-terms-new",
    }.items():  # fmt: skip
        await client.visit(f"/desk/north-end-cuts/{room}")
        assert await look(page, name) == []
    assert len(await world.query("select 1 from shops where opened_at is not null")) == 1
