"""The door of the desk, and what its pages are made of, as people see them."""

import re
from datetime import timedelta

import pyotp
import pytest
from playwright.async_api import Page, expect

from bookedbarber.access.roles import Role
from bookedbarber.api.context import SIGN_INS
from tests import authenticator
from tests.browser.client import Client
from tests.browser.keys import Keyboard
from tests.browser.looks import look
from tests.browser.staff import give, sign_in
from tests.world import PASSWORD, World


@pytest.mark.proves("R5.4")
async def test_the_door_and_the_sampler_can_be_used_by_anybody(
    world: World, client: Client
) -> None:
    page = client.page
    await page.goto(f"{world.site_url}/desk/sign-in")
    assert await look(page, "sign-in") == []
    await page.goto(f"{world.site_url}/design")
    assert await look(page, "design") == []
    await page.goto(f"{world.site_url}/docs/errors")
    assert await look(page, "problems") == []


async def test_somebody_signs_in_by_keyboard_and_is_told_when_it_was_wrong(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    staff = await world.employ(shop, Role.OWNER)
    page = client.page
    await page.goto(f"{world.site_url}/desk/sign-in")
    await page.keyboard.type(staff.email)
    await page.keyboard.press("Tab")
    await page.keyboard.type("not the password 1")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    await expect(page.get_by_label("E-mail address")).to_have_value(staff.email)
    await world.context.limiter.take(SIGN_INS, "127.0.0.1", cost=SIGN_INS.burst - 1)
    await Keyboard(page).write("Password", staff.password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Too many tries. Wait")
    assert await look(page, "sign-in-wait") == []
    await client.excuse("401 /desk/sign-in", "429 /desk/sign-in")


@pytest.mark.proves("R7.3")
async def test_the_second_step_is_set_up_and_then_shown_by_keyboard(
    world: World, client: Client
) -> None:
    shop, page = await world.open_shop(), client.page
    staff, keys = await world.employ(shop, Role.MANAGER), Keyboard(page)
    await client.visit(f"/desk/{shop.slug}/day")
    await give(client, staff.email, staff.password)
    await client.reads("Set up an authenticator")
    wrong = await look(page, "authenticator")
    await keys.enter("I cannot scan it")
    totp = pyotp.TOTP(authenticator.key_on(await page.content()))
    await keys.write("Code from your authenticator", totp.at(world.clock.now()))
    await keys.press("Enter")
    await page.wait_for_url(f"**/desk/{shop.slug}/day")
    await page.goto(f"{world.site_url}/desk/{shop.slug}/day")
    await keys.enter("Robin Staff, Manager")
    await keys.enter("Sign out")
    await page.wait_for_url("**/desk/sign-in")
    await client.visit(f"/desk/{shop.slug}/day")
    await give(client, staff.email, staff.password)
    await client.reads("Second step")
    wrong += await look(page, "second-step")
    await keys.type(totp.at(world.clock.now()))
    await keys.press("Enter")
    await client.reads("was used before")
    wrong += await look(page, "second-step-wrong")
    world.clock.advance(timedelta(seconds=30))
    await keys.write("Code from your authenticator", totp.at(world.clock.now()))
    await keys.press("Enter")
    await page.wait_for_url(f"**/desk/{shop.slug}/day")
    await client.excuse("401 /desk/code")
    assert wrong == []


async def test_somebody_changes_their_password_by_keyboard(world: World, client: Client) -> None:
    page = await at_day(client, world)
    await page.goto(f"{world.site_url}/desk/password")
    wrong = await look(page, "password")
    keys = Keyboard(page)
    await keys.write("Present password", "not the present one 1")
    await keys.write("New password", "another horse 7 battery")
    await keys.enter("Change password")
    await client.reads("That is not your present password.")
    wrong += await look(page, "password-wrong")
    await keys.write("Present password", PASSWORD)
    await keys.write("New password", "another horse 7 battery")
    await keys.enter("Change password")
    await client.reads("Your password is changed.")
    await client.excuse("422 /desk/password")
    assert wrong == []


async def test_the_house_chooses_among_all_shops(world: World, client: Client) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    page = await sign_in(client, world, shop, Role.ADMIN, "day")
    await client.visit("/desk")
    await expect(page.get_by_role("link", name="Fade Street Barbers")).to_be_visible()
    await expect(page.get_by_role("link", name="Blend Street Barbers")).to_be_visible()
    assert await look(page, "shops") == []
    assert other.slug == "blend"


async def test_a_theme_is_chosen_by_a_press_and_kept(world: World, client: Client) -> None:
    page = await at_day(client, world)
    assert await scheme(page) == "light"
    await page.get_by_role("button", name="Dark theme").click()
    await expect(page.get_by_role("button", name="Light theme")).to_be_visible()
    assert await scheme(page) == "dark"
    await page.goto(f"{world.site_url}/desk")
    assert await scheme(page) == "dark"


async def scheme(page: Page) -> str:
    """Whether the page is drawn light or dark, by the ground that one sees."""
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    lightness = re.match(r"oklch\(([\d.]+)", str(ground))
    assert lightness, ground
    return "light" if float(lightness[1]) > 0.5 else "dark"


@pytest.mark.proves("R5.4")
async def test_keys_search_go_about_and_list_themselves(world: World, client: Client) -> None:
    page = await at_day(client, world)
    for key in ("/", "Control+k"):
        await page.locator("body").press(key)
        await expect(page.locator("#q")).to_be_focused()
        await page.keyboard.press("Tab")
    await page.locator("body").press("Shift+?")
    listed = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(listed).to_contain_text("Payments")
    assert await look(page, "shortcuts") == []
    await page.keyboard.press("Escape")
    await expect(listed).to_be_hidden()
    await page.keyboard.press("g")
    await page.keyboard.press("p")
    await expect(page.get_by_role("heading", name="Payments", exact=True)).to_be_visible()


async def at_day(client: Client, world: World) -> Page:
    """A manager at the day of a shop."""
    await client.page.emulate_media(color_scheme="light")
    return await sign_in(client, world, await world.open_shop(), Role.MANAGER, "day")
