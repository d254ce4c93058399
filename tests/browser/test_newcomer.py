"""The way somebody new tries it: a house that just started, a shop of their own, a client who pays,
the visit completed at the desk, and the money on the overview, with nothing to read but the screen.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.client import FINE, REPORT_VIOLATIONS, Client
from tests.browser.test_onboarding import begin, go_on
from tests.house.processes import House, running_house


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shop opens, with its money and a postal code of its clients."""

    country: str
    address: str
    sign: str
    postal: str


LONDON: Final = Place("GB", "North End Road, London", "\u00a3", "E8 3DL")
NEW_YORK: Final = Place("US", "240 Bergen Street, Brooklyn, NY", "$", "11217")
TOKYO: Final = Place("JP", "4-5-6 Ginza, Tokyo", "\u00a5", "104-0061")


def in_daylight(now: datetime) -> Place:
    """Where the day is young: the visit must be today, at whatever hour the tests run."""
    if 5 <= now.hour < 14:
        return LONDON
    return NEW_YORK if 14 <= now.hour < 22 else TOKYO


async def enter(browser: Browser, up: House) -> Client:
    context = await browser.new_context(
        locale="en-GB", reduced_motion="reduce", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(60_000)
    await context.add_init_script(REPORT_VIOLATIONS)
    return Client(up, context, await context.new_page())


async def open_a_shop(client: Client, place: Place) -> None:
    page = client.page
    await client.visit("/")
    await page.get_by_role("link", name="Open a shop of your own").click()
    await begin(page, datetime.now(UTC))
    await page.get_by_label("Country").select_option(place.country)
    await go_on(page, "What is your shop called?")
    await page.get_by_label("Name of the shop").fill("North End Cuts")
    await page.get_by_label("Address", exact=True).fill(place.address)
    if await page.get_by_label("Whose time your clock shows").count():
        await page.get_by_label("Whose time your clock shows").select_option("America/New_York")
    await go_on(page, "What do you offer?")
    await go_on(page, "When are you open?")
    await open_day_and_night(page)
    await go_on(page, "Who cuts?")
    await go_on(page, "When do clients pay?")
    await go_on(page, "Have a look, then open")
    await client.button("Open for bookings").click()
    await client.reads("You are open")


async def open_day_and_night(page: Page) -> None:
    await page.get_by_label("Monday from").first.fill("00:00")
    await page.get_by_label("Monday to").first.fill("23:59")
    await page.get_by_role("button", name="Same every day as Monday").click()
    await expect(page.get_by_label("Sunday to").first).to_have_value("23:59")


async def book(client: Client, place: Place) -> None:
    page = client.page
    await client.visit("/b/north-end-cuts")
    await client.choose("Haircut")
    await client.choose("Ada Barber")
    await client.choose_first_time()
    await page.get_by_label("Full name").fill("Ben Hughes")
    await page.get_by_label("Email").fill("ben@example.com")
    await page.get_by_role("button", name="Continue to pay").click()
    await client.at("pay")
    await client.pay(replace(FINE, postal=place.postal))
    await client.at("receipt")
    await client.reads("You are booked, Ben")


async def complete(page: Page) -> None:
    await page.get_by_role("link", name="Day", exact=True).click()
    await page.locator("[data-visit]").filter(has_text="Ben Hughes").click()
    await page.get_by_role("button", name="Check in").click()
    await expect(page.locator("main .alert")).to_contain_text("Checked in.")
    await page.locator("[data-visit]").filter(has_text="Ben Hughes").click()
    await page.get_by_role("button", name="Complete").click()
    await expect(page.locator("main .alert")).to_contain_text("Completed.")


@pytest.mark.proves("R0.2", "R5.4")
async def test_from_a_house_just_started_to_money_on_the_overview(
    browser: Browser, data_dir: Path, record_property: Callable[[str, object], None]
) -> None:
    place = in_daylight(datetime.now(UTC))
    began = time.monotonic()
    with running_house(data_dir) as up:
        record_property("seconds_to_the_first_page", time.monotonic() - began)
        owner, guest = await enter(browser, up), await enter(browser, up)
        await open_a_shop(owner, place)
        record_property("seconds_to_an_open_shop", time.monotonic() - began)
        await owner.page.goto(f"{up.site_url}/desk/north-end-cuts/overview")
        await book(guest, place)
        taken = owner.page.get_by_role("group", name="Gross volume today")
        await expect(taken).to_contain_text(place.sign)
        await expect(taken).not_to_contain_text(f"{place.sign}0")
        await complete(owner.page)
        await owner.page.get_by_role("link", name="Overview", exact=True).click()
        await owner.page.get_by_role("link", name="Ben Hughes").first.click()
        await expect(owner.page.locator("main")).to_contain_text("Visit completed")
        record_property("seconds_in_all", time.monotonic() - began)
        assert owner.noise == guest.noise == []
