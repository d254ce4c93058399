"""When the bank says no: a plain reason, the same held time, and another try."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.client import ASKS_THE_BANK, FINE, NO_MONEY, STOLEN, Card, Client
from tests.world import World

CONFIRM = "402 stripe/v1/payment_intents/…/confirm"
ENUM = re.compile(r"\b[a-z]+_[a-z_]+\b")
NOT_YOU = "Your bank could not confirm it was you, so nothing was charged."


async def declined(client: Client, reason: str) -> None:
    """The page says so, with this reason, and offers the same card fields again."""
    alert = client.page.locator("#decline")
    await expect(alert).to_contain_text("The payment did not go through")
    await expect(alert).to_contain_text(reason)
    await expect(alert).to_be_focused()
    await expect(client.pay_button).to_be_enabled()
    words = await client.page.locator("body").inner_text()
    words += await client.card_form.locator("body").inner_text()
    assert ENUM.findall(words) == []


@pytest.mark.proves("R0.1")
@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (NO_MONEY, "The card has too little money or limit left. Try another card."),
        (STOLEN, "Your bank declined the card without saying why."),
        (Card("4000 0000 0000 0069"), "The card has expired. Use another card."),
        (Card("4000 0000 0000 0127"), "The security code is not right."),
    ],
)
async def test_a_decline_says_why_and_another_card_pays(
    client: Client, world: World, card: Card, reason: str
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.pay(card)
    await declined(client, reason)
    assert "stolen" not in (await client.page.content()).lower()
    await client.excuse(CONFIRM)
    await client.page.reload()
    await expect(client.page.locator("#decline")).to_contain_text(reason)
    await expect(client.pay_button).to_be_enabled()
    await client.pay(FINE)
    await client.at("receipt")
    await client.reads("You are booked, Amara")
    assert len([c for c in await world.rows("charge") if c["paid"]]) == 1


@pytest.mark.proves("R0.1")
async def test_failing_at_the_bank_leaves_another_card(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.pay(ASKS_THE_BANK)
    await client.bank.get_by_role("button", name="Fail authentication").click()
    await declined(client, NOT_YOU)
    await client.pay(FINE)
    await client.at("receipt")


@pytest.mark.proves("R0.1")
@pytest.mark.parametrize("way", ["button", "Escape"])
async def test_closing_the_banks_window_leaves_another_try(
    client: Client, world: World, way: str
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.pay(ASKS_THE_BANK)
    agree = client.bank.get_by_role("button", name="Complete authentication")
    await expect(client.bank.get_by_role("heading")).to_be_focused()
    if way == "button":
        await client.bank.get_by_role("button", name="Cancel").click()
    else:
        await client.page.keyboard.press("Escape")
    await declined(client, NOT_YOU)
    await client.pay(ASKS_THE_BANK)
    await agree.click()
    await client.at("receipt")


@pytest.mark.proves("R0.1")
async def test_a_page_loaded_again_leads_back_to_the_bank(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.pay(ASKS_THE_BANK)
    await expect(client.page.locator("dialog")).to_be_visible()
    await client.page.reload()
    await client.reads("Your bank wants to be sure it is you")
    await client.button("Continue with your bank").click()
    await client.bank.get_by_role("button", name="Complete authentication").click()
    await client.at("receipt")


async def test_an_incomplete_card_is_asked_for_in_the_field_itself(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.pay(Card(number="4242 4242 4242 424", cvc=""))
    await expect(client.card_form.get_by_label("Card number")).to_have_attribute(
        "aria-invalid", "true"
    )
    await expect(client.page.locator("#decline")).to_be_hidden()
    assert await world.rows("charge") == []
    await client.pay()
    await client.at("receipt")
