"""The reference of the API, as an engineer reads it in a browser without scripts."""

from playwright.async_api import expect

from tests.browser.client import Client
from tests.browser.conftest import Clients
from tests.browser.looks import look
from tests.world import World


async def test_an_engineer_finds_an_operation_from_the_first_page(
    clients: Clients, world: World
) -> None:
    await world.open_shop()
    client = await clients(java_script_enabled=False)
    page = client.page
    await client.visit("/")
    await client.link("API reference").click()
    await page.wait_for_url(f"{world.site_url}/api/v2")
    contents = page.get_by_role("navigation", name="Contents")
    refund = contents.get_by_role("link", name="Refund a payment")
    await expect(refund).to_be_hidden()
    await contents.get_by_text("Payments", exact=False).first.click()
    await refund.click()
    shown = page.get_by_role("article", name="Refund a payment")
    await expect(shown).to_be_in_viewport()
    await expect(shown).to_contain_text("/api/v2/payments/{payment}/refunds")
    await expect(shown).to_contain_text("the shop's key")
    await shown.get_by_text("RefundOut").click()
    await expect(shown.get_by_text("What goes back: service, tax and tip.")).to_be_visible()
    await shown.get_by_role("link", name="refund_exceeds_payment").click()
    await page.wait_for_url(f"{world.site_url}/docs/errors#refund_exceeds_payment")
    await client.reads("That is more than is left of the payment.")


async def test_the_reference_by_keyboard(client: Client, world: World) -> None:
    await world.open_shop()
    await client.visit("/api/v2")
    page = client.page
    await page.keyboard.press("Tab")
    await expect(client.link("Skip to content")).to_be_focused()
    first = page.get_by_role("navigation", name="Contents").locator("summary").nth(1)
    await first.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/api/v2#shop")
    await expect(page.locator("#shop")).to_be_in_viewport()


async def test_the_looks_of_the_reference(client: Client, world: World) -> None:
    await world.open_shop()
    await client.visit("/api/v2")
    wrong = await look(client.page, "reference")
    await client.page.locator(".contents summary").nth(3).click()
    for answer in await client.page.locator("#refund-payment .answer summary").all():
        await answer.click()
    await client.page.evaluate("location.hash = '#refund-payment'")
    wrong += await look(client.page, "reference-open")
    assert wrong == []
