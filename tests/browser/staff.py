"""Somebody who works here, at a browser."""

from datetime import datetime

import pyotp
from playwright.async_api import Page, expect

from bookedbarber.access.roles import Role
from tests.browser.client import Client
from tests.world import Shop, World


async def sign_in(
    client: Client, world: World, shop: Shop, role: Role = Role.OWNER, room: str = ""
) -> Page:
    """Somebody of this role, on the way to a room of the shop, is asked at the door who they are,
    and gets there."""
    staff, page = await world.employ(shop, role), client.page
    await client.visit(f"/desk/{shop.slug}/{room}".rstrip("/"))
    code = await world.code(
        staff.person
    )  # before they come: without a factor they would set one up
    await give(client, staff.email, staff.password)
    await show_code(client, code)
    await page.wait_for_url(f"**/desk/{shop.slug}/{room or '*'}")
    return page


async def set_up_authenticator(page: Page, now: datetime) -> None:
    """Set up the first authenticator, by the key that can be typed."""
    await page.get_by_text("I cannot scan it").click()
    secret = await page.locator("code.key").inner_text()
    code = pyotp.TOTP("".join(secret.split())).at(now)
    await page.get_by_label("Code from your authenticator").fill(code)
    await page.get_by_role("button", name="Set it up").click()


async def show_code(client: Client, code: str) -> None:
    """Type a code of their authenticator, as people with a keyboard do."""
    field = client.page.get_by_label("Code from your authenticator")
    await expect(field).to_be_focused()
    await client.page.keyboard.type(code)
    await client.page.keyboard.press("Enter")


async def give(client: Client, email: str, password: str) -> None:
    """Type address and password at the door, as people with a keyboard do."""
    keys = client.page.keyboard
    await expect(client.page.get_by_label("E-mail address")).to_be_focused()
    await keys.type(email)
    await keys.press("Tab")
    await keys.type(password)
    await keys.press("Enter")
