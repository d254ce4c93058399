"""From the booking page to the receipt with Tab, Space, Enter and the arrows, and nothing else."""

import pytest
from playwright.async_api import expect

from tests.browser.client import Client
from tests.browser.keys import Keyboard
from tests.world import World


@pytest.mark.proves("R0.1")
async def test_a_visit_is_booked_and_paid_by_keyboard_alone(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.visit(f"/b/{shop.slug}")
    keys = Keyboard(client.page)
    await keys.tab_to("Skip to content")
    await keys.press("Enter")
    await keys.tab_to("Skin fade")
    await client.taken_in(keys.press("Space"))
    await keys.tab_to("Any barber")
    await client.taken_in(keys.press("Space"))
    await client.taken_in(keys.press("ArrowDown"))
    await expect(client.page.get_by_role("radio", name="Marco")).to_be_checked()
    await keys.tab_to("Mon")
    await client.taken_in(keys.press("ArrowRight"))
    assert "Tuesday" in await keys.name()
    await keys.tab_to("09:00")
    await client.taken_in(keys.press("Space"))
    await keys.tab_to("Full name")
    await keys.type("Amara Okafor")
    await keys.tab_to("Email")
    await keys.type("amara@example.com")
    await keys.tab_to("Deposit")
    await client.taken_in(keys.press("ArrowDown"))
    await keys.tab_to("No tip")
    await client.taken_in(keys.press("ArrowRight"))
    await expect(client.line("Tip")).to_have_text("US$3.20")
    await keys.tab_to("Continue to pay US$35.20")
    await keys.press("Enter")
    await client.at("pay")
    await expect(client.pay_button).to_be_enabled()
    for field, text in {
        "Card number": "4000002760003184",
        "Expiration date": "1239",
        "Security code": "314",
        "Postal code": "E8 3DL",
    }.items():
        await keys.tab_to(field)
        await keys.type(text)
    await keys.tab_to("Pay US$35.20")
    await keys.tab_to("Postal code", key="Shift+Tab")
    await keys.tab_to("Pay US$35.20")
    await keys.press("Enter")
    await expect(client.bank.get_by_role("heading")).to_be_focused()
    await keys.tab_to("Complete authentication")
    await keys.press("Enter")
    await client.at("receipt")
    await keys.tab_to("Add to calendar")
    await keys.tab_to("Manage booking")
    await keys.press("Enter")
    await client.at("manage")
    await client.reads("Your booking", "Tue 6 Mar, 09:00")


async def test_the_focus_goes_round_the_payment_page_and_leaves_it(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    keys = Keyboard(client.page)
    await keys.tab_to("Card number")
    await keys.tab_to("Pay on Stripe")
    await keys.tab_to("Skip to content")


async def test_enter_in_the_card_field_pays(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.type_card()
    await client.card_form.get_by_label("Security code").press("Enter")
    await client.at("receipt")
