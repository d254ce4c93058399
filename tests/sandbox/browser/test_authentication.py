"""3-D Secure: in a dialog of the merchant's page, and by leaving for the bank and coming back."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.sandbox.browser.conftest import Server, Shop
from tests.sandbox.browser.merchant import Merchant
from tests.sandbox.browser.sandbox_server import PUBLISHABLE
from tests.sandbox.browser.till import Card, Till

ALWAYS_ASKS = Card(number="4000002760003184")


async def test_completing_the_challenge_pays(till: Till, shop: Shop) -> None:
    intent = await shop()
    await till.pay(ALWAYS_ASKS)
    await till.challenge.get_by_role("button", name="Complete authentication").click()
    paid = (await till.result())["paymentIntent"]
    assert (paid["id"], paid["status"]) == (intent["id"], "succeeded")
    await expect(till.page.locator("dialog")).to_have_count(0)


async def press_fail(till: Till) -> None:
    await till.challenge.get_by_role("button", name="Fail authentication").click()


async def press_cancel(till: Till) -> None:
    await till.challenge.get_by_role("button", name="Cancel").click()


async def press_escape_in_the_page_of_the_bank(till: Till) -> None:
    button = till.challenge.get_by_role("button", name="Fail authentication")
    for _ in range(30):
        await button.press("Escape")
        try:
            await expect(till.page.locator("dialog")).to_be_hidden(timeout=1000)
        except AssertionError:
            continue  # the bank's script was still on its way when its button showed
        return
    raise AssertionError("the dialog stays open")


async def press_escape_on_the_dialog(till: Till) -> None:
    await expect(till.challenge.get_by_role("heading")).to_be_visible()
    await till.page.locator("dialog").press("Escape")


@pytest.mark.parametrize(
    "refuse",
    [
        press_fail,
        press_cancel,
        press_escape_in_the_page_of_the_bank,
        press_escape_on_the_dialog,
    ],
)
async def test_whoever_does_not_authenticate_does_not_pay_and_may_try_again(
    till: Till, shop: Shop, server: Server, refuse: Callable[[Till], Awaitable[None]]
) -> None:
    intent = await shop()
    await till.pay(ALWAYS_ASKS)
    await refuse(till)
    error = (await till.result(1))["error"]
    assert error["code"] == "payment_intent_authentication_failure"
    assert "unable to authenticate your payment method" in error["message"]
    assert error["payment_intent"]["id"] == intent["id"]
    known = await server.get(f"payment_intents/{intent['id']}")
    assert known["status"] == "requires_payment_method"
    await expect(till.page.locator("#message")).to_have_text(error["message"])
    await till.pay()
    await till.challenge.get_by_role("button", name="Complete authentication").click()
    assert (await till.result(2))["paymentIntent"]["status"] == "succeeded"


async def test_an_authenticated_card_may_still_be_refused(till: Till, shop: Shop) -> None:
    await shop()
    await till.pay(Card(number="4000008400001629"))
    await till.challenge.get_by_role("button", name="Complete authentication").click()
    error = (await till.result())["error"]
    assert (error["type"], error["code"]) == ("card_error", "card_declined")
    await till.says("Card number", error["message"])


async def test_the_focus_stays_in_the_dialog_and_returns_to_the_button(
    till: Till, shop: Shop
) -> None:
    await shop()
    await till.fill(ALWAYS_ASKS)
    await till.page.locator("#pay").press("Enter")
    await expect(till.challenge.get_by_role("heading")).to_be_focused()
    seen = set()
    for _ in range(8):
        await till.page.keyboard.press("Tab")
        seen.add(await _focused(till.page))
    assert seen <= {"IFRAME", "DIALOG", "BODY"}, "the page behind could be reached"
    assert "IFRAME" in seen
    await till.challenge.get_by_role("button", name="Complete authentication").press("Enter")
    await till.result()
    await expect(till.page.locator("#pay")).to_be_focused()


async def _focused(page: Page) -> str:
    script = """() => {
        const at = document.activeElement;
        return at.tagName === "IFRAME" && !at.closest("dialog") ? "behind" : at.tagName;
    }"""
    name: str = await page.evaluate(script)
    return name


async def test_after_the_challenge_the_client_is_sent_to_the_return_page(
    till: Till, shop: Shop, merchant: Merchant
) -> None:
    back = f"{merchant.origin}/thanks"
    intent = await shop(confirm={"redirect": "always", "confirmParams": {"return_url": back}})
    await till.pay(ALWAYS_ASKS)
    await till.challenge.get_by_role("button", name="Complete authentication").click()
    await till.page.wait_for_url(f"{back}?**")
    assert till.query()["payment_intent"] == [intent["id"]]
    assert till.query()["redirect_status"] == ["succeeded"]


@pytest.mark.parametrize("outcome", ["Complete", "Fail"])
async def test_leaving_for_the_bank_and_coming_back(
    till: Till, server: Server, merchant: Merchant, outcome: str
) -> None:
    redirect_status, status = {
        "Complete": ("succeeded", "succeeded"),
        "Fail": ("failed", "requires_payment_method"),
    }[outcome]
    back = f"{merchant.origin}/thanks?booking=7"
    intent = await server.post(
        "payment_intents",
        amount=3250,
        currency="usd",
        payment_method="pm_card_authenticationRequired",
        confirm="true",
        return_url=back,
    )
    assert intent["next_action"]["type"] == "redirect_to_url"
    await till.page.goto(merchant.page({"key": PUBLISHABLE}))
    secret = intent["client_secret"]
    await till.page.evaluate(
        "(clientSecret) => void stripe.handleNextAction({ clientSecret })", secret
    )
    await till.page.wait_for_url(f"{server.origin}/browser/3ds/{intent['id']}**")
    assert await till.barriers() == []
    await till.page.get_by_role("button", name=f"{outcome} authentication").click()
    await till.page.wait_for_url(f"{back}&**")
    assert till.query() == {
        "booking": ["7"],
        "payment_intent": [intent["id"]],
        "payment_intent_client_secret": [secret],
        "redirect_status": [redirect_status],
    }
    assert (await server.get(f"payment_intents/{intent['id']}"))["status"] == status


async def test_the_merchant_may_ask_for_the_next_action_later(
    till: Till, server: Server, merchant: Merchant
) -> None:
    intent = await server.post(
        "payment_intents",
        amount=3250,
        currency="usd",
        payment_method="pm_card_authenticationRequired",
        allowed_payment_method_types__0="card",
        confirm="true",
    )
    await till.page.goto(merchant.page({"key": PUBLISHABLE}))
    script = """async (clientSecret) => {
        const { paymentIntent } = await stripe.handleNextAction({ clientSecret });
        return paymentIntent.status;
    }"""
    async with till.page.expect_event("frameattached"):
        asked = till.page.evaluate_handle(f"({script})({intent['client_secret']!r})")
        status = asyncio.ensure_future(asked)
    await till.challenge.get_by_role("button", name="Complete authentication").click()
    assert await (await status).json_value() == "succeeded"


async def test_a_challenge_is_answered_once(
    till: Till, shop: Shop, server: Server, subtests: pytest.Subtests
) -> None:
    intent = await shop()
    await till.pay(ALWAYS_ASKS)
    await expect(till.challenge.get_by_role("heading")).to_be_focused()
    address = f"/browser/3ds/{intent['id']}"
    with subtests.test("an answer that is none"):
        nonsense = await server.client.post(address, data={"outcome": "maybe"})
        assert nonsense.status_code == 400
    with subtests.test("another tab was quicker"):
        quicker = await server.client.post(address, data={"outcome": "succeed"})
        assert quicker.json() == {"return_url": None}
        await till.challenge.get_by_role("button", name="Fail authentication").click()
        said = till.challenge.get_by_role("status")
        await expect(said).to_contain_text("already over")
        await till.challenge.get_by_role("button", name="Cancel").click()
        paid = (await till.result())["paymentIntent"]
        assert paid["status"] == "succeeded", "what happened first stands"
        till.noise = [line for line in till.noise if "status of 400" not in line]
