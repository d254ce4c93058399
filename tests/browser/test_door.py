"""The door of the desk, and what its pages are made of, as people see them."""

import pytest
from playwright.async_api import expect

from bookedbarber.access.roles import Role
from tests.browser.client import Client
from tests.browser.looks import look
from tests.browser.staff import sign_in
from tests.world import World


@pytest.mark.proves("R5.4")
async def test_the_door_and_the_sampler_can_be_used_by_anybody(
    world: World, client: Client
) -> None:
    page = client.page
    await page.goto(f"{world.site_url}/desk/sign-in")
    assert await look(page, "sign-in") == []
    await page.goto(f"{world.site_url}/design")
    assert await look(page, "design") == []


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
    client.excuse("401 /desk/sign-in")


async def test_the_house_chooses_among_all_shops(world: World, client: Client) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    staff = await world.employ(shop, Role.PLATFORM)
    page = await sign_in(client, world, staff)
    await expect(page.get_by_role("link", name="Fade Street Barbers")).to_be_visible()
    await expect(page.get_by_role("link", name="Blend Street Barbers")).to_be_visible()
    assert await look(page, "shops") == []
    assert other.slug == "blend"


async def test_a_theme_is_chosen_once_and_kept(world: World, client: Client) -> None:
    page = client.page
    await page.emulate_media(color_scheme="light")
    await client.context.add_cookies([{"name": "theme", "value": "dark", "url": world.site_url}])
    await page.goto(f"{world.site_url}/desk/sign-in")
    shown = await page.evaluate("getComputedStyle(document.body).colorScheme")
    assert shown == "dark"
