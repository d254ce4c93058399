"""Stripe's own page instead of the card field: by choice, by the shop's wish, without scripts."""

import pytest
from playwright.async_api import expect

from tests.browser.client import Client
from tests.browser.conftest import Clients
from tests.world import World


async def pay_there(client: Client) -> None:
    """Pay on Stripe's page."""
    await client.page.wait_for_url(f"{client.world.sandbox_url}/**")
    await client.type_card()
    await client.page.get_by_label("Email").fill("amara@example.com")
    await client.page.get_by_role("button", name="Pay").click()


@pytest.mark.proves("R0.1")
async def test_a_client_may_pay_on_stripes_page_instead(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.button("page instead").click()
    await pay_there(client)
    await client.at("receipt")
    await client.reads("You are booked, Amara")
    await expect(client.line("Paid")).to_have_text("US$32.00")
    assert len([c for c in await world.rows("charge") if c["paid"]]) == 1


@pytest.mark.proves("R0.1")
async def test_a_shop_may_send_its_clients_there_at_once(client: Client, world: World) -> None:
    shop = await world.open_shop(checkout_hosted=True)
    await client.fill_booking(shop, pay="Deposit")
    await client.button("Continue to pay").click()
    await pay_there(client)
    await client.at("receipt")
    await expect(client.line("Deposit paid")).to_have_text("US$8.00")


@pytest.mark.proves("R0.1")
async def test_coming_back_unpaid_says_so_and_leads_there_again(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.button("page instead").click()
    await client.page.wait_for_url(f"{world.sandbox_url}/**")
    there = client.page.url
    await client.page.get_by_role("link", name="Back to").click()
    await client.at("pay")
    await client.reads("You began to pay there, and it is not finished", "10:00 minutes more")
    await client.button("Continue on Stripe").click()
    await client.page.wait_for_url(there)
    await pay_there(client)
    await client.at("receipt")


@pytest.mark.proves("R0.1")
async def test_the_way_back_is_never_believed(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.page.goto(f"{client.page.url}/return?redirect_status=succeeded")
    await expect(client.pay_button).to_be_enabled()
    rows = await world.query("select state from appointments")
    assert [row["state"] for row in rows] == ["held"]


@pytest.mark.proves("R0.1")
async def test_booking_works_without_scripts_up_to_the_card(clients: Clients, world: World) -> None:
    shop = await world.open_shop()
    client = await clients(java_script_enabled=False)
    page = client.page
    await client.visit(f"/b/{shop.slug}")
    await page.get_by_role("radio", name="Skin fade").check()
    await client.button("Show times").click()
    await page.get_by_role("radio", name="Marco").check()
    await page.get_by_label("Full name").fill("Amara Okafor")
    await page.get_by_label("Email").fill("amara@example.com")
    await client.button("Show times").click()
    await page.get_by_role("radio", name="6 March").check()
    await client.button("Show this day").click()
    await page.get_by_role("radio", name="09:30").check()
    await page.get_by_role("radio", name="Deposit").check()
    await page.get_by_role("radio", name="US$4.80").check()
    await client.button("Update the total").click()
    await expect(page.get_by_label("Full name")).to_have_value("Amara Okafor")
    await expect(client.line("Due now")).to_have_text("US$12.80")
    await client.button("Continue to pay US$12.80").click()
    await client.at("pay")
    await client.reads("Tue 6 Mar, 09:30")
    reason = page.get_by_role("heading", name="Card fields need JavaScript")
    await expect(reason).to_be_visible()
    await expect(page.locator("#element")).to_be_hidden()
    await expect(client.pay_button).to_be_hidden()
    await client.button("page instead").click()
    await page.wait_for_url(f"{world.sandbox_url}/**")


async def test_without_scripts_a_fault_is_pointed_at_and_nothing_typed_is_lost(
    clients: Clients, world: World
) -> None:
    shop = await world.open_shop()
    client = await clients(java_script_enabled=False)
    await client.visit(f"/b/{shop.slug}")
    await client.page.get_by_role("radio", name="Hot towel shave").check()
    await client.page.get_by_label("Email").fill("not an address")
    await client.button("Continue to payment").click()
    await client.reads("things to put right", "Choose a time.", "Enter your name.")
    await expect(client.page.get_by_label("Email")).to_have_value("not an address")
    await expect(client.page.get_by_role("radio", name="Hot towel shave")).to_be_checked()
    await client.excuse("422 /b/fade")
