"""Somebody who works here, at a browser."""

from playwright.async_api import Page, expect

from tests.browser.client import Client
from tests.world import Staff, World


async def sign_in(client: Client, world: World, staff: Staff) -> Page:
    """Sign in as people do, at the door."""
    page = client.page
    await page.goto(f"{world.site_url}/desk/sign-in")
    await page.get_by_label("E-mail address").fill(staff.email)
    await page.get_by_label("Password").fill(staff.password)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("heading", name="Sign in", exact=True)).to_have_count(0)
    return page
