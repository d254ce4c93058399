"""A client pays at a merchant's page: what they see and what the merchant is told."""

from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from tests.sandbox.browser.conftest import Server, Shop
from tests.sandbox.browser.merchant import Merchant
from tests.sandbox.browser.till import Card, Till


@dataclass(frozen=True, slots=True)
class Refusal:
    """A bank says no: by which card, in which words, shown under which field."""

    number: str
    codes: tuple[str, str | None]
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Slip:
    """A card typed wrong: what is wrong with it, in Stripe's code and words."""

    card: Card
    code: str
    label: str
    message: str


NUMBER, DATE, CVC = "Card number", "Expiration date", "Security code"
THE_CARDS = "Your card\u2019s"  # Stripe writes it with a typographer's apostrophe

REFUSALS = [
    Refusal("4000000000000002", ("card_declined", "generic_decline"), NUMBER, "declined"),
    Refusal("4000000000009995", ("card_declined", "insufficient_funds"), NUMBER, "insufficient"),
    Refusal("4000000000009987", ("card_declined", "lost_card"), NUMBER, "declined"),
    Refusal("4000000000009979", ("card_declined", "stolen_card"), NUMBER, "declined"),
    Refusal("4000000000006975", ("card_declined", "card_velocity_exceeded"), NUMBER, "limit"),
    Refusal("4000000000000069", ("expired_card", None), DATE, "expired"),
    Refusal("4000000000000127", ("incorrect_cvc", None), CVC, "security code is incorrect"),
    Refusal("4000000000000119", ("processing_error", None), NUMBER, "error occurred"),
]
SLIPS = [
    Slip(Card(number="4242"), "incomplete_number", NUMBER, "Your card number is incomplete."),
    Slip(
        Card(number="4242424242424241"),
        "invalid_number",
        NUMBER,
        "Your card number is invalid.",
    ),
    Slip(
        Card(expiry="12"),
        "incomplete_expiry",
        DATE,
        f"{THE_CARDS} expiration date is incomplete.",
    ),
    Slip(
        Card(expiry="1220"),
        "invalid_expiry_year_past",
        DATE,
        f"{THE_CARDS} expiration year is in the past.",
    ),
    Slip(
        Card(expiry="1299"),
        "invalid_expiry_year",
        DATE,
        f"{THE_CARDS} expiration year is invalid.",
    ),
    Slip(Card(cvc="12"), "incomplete_cvc", CVC, f"{THE_CARDS} security code is incomplete."),
    Slip(
        Card(number="378282246310005", cvc="123"),
        "incomplete_cvc",
        CVC,
        f"{THE_CARDS} security code is incomplete.",
    ),
    Slip(Card(postal="941"), "invalid_zip", "ZIP code", "Your ZIP is invalid."),
]


async def test_a_good_card_pays(till: Till, shop: Shop, server: Server) -> None:
    intent = await shop()
    await till.pay(Card())
    paid = (await till.result())["paymentIntent"]
    assert (paid["id"], paid["status"], paid["amount"]) == (intent["id"], "succeeded", 3250)
    assert (await server.get(f"payment_intents/{intent['id']}"))["status"] == "succeeded"


async def test_a_refusal_is_shown_where_it_belongs(
    till: Till, shop: Shop, subtests: pytest.Subtests
) -> None:
    intent = await shop()
    await till.fill(Card())
    for number, refusal in enumerate(REFUSALS, start=1):
        with subtests.test(refusal.number):
            await till.retype("Card number", refusal.number)
            await till.pay()
            error = (await till.result(number))["error"]
            assert error["type"] == "card_error"
            assert (error["code"], error.get("decline_code")) == refusal.codes
            assert refusal.words in error["message"]
            assert error["payment_intent"]["id"] == intent["id"]
            assert error["payment_intent"]["status"] == "requires_payment_method"
            await expect(till.page.locator("#message")).to_have_text(error["message"])
            await till.says(refusal.label, error["message"])
            await expect(till.form.locator(".error:not(:empty)")).to_have_count(1)


async def test_after_a_refusal_another_card_pays(till: Till, shop: Shop) -> None:
    intent = await shop()
    await till.pay(Card(number="4000000000000002"))
    assert "error" in await till.result(1)
    await till.form.get_by_label("Card number").clear()
    await expect(till.form.locator(".error:not(:empty)")).to_have_count(0)
    await till.retype("Card number", "5555555555554444")
    await till.pay()
    paid = (await till.result(2))["paymentIntent"]
    assert (paid["id"], paid["status"]) == (intent["id"], "succeeded")


async def test_a_card_typed_wrong_is_not_sent(
    till: Till, shop: Shop, subtests: pytest.Subtests
) -> None:
    await shop()
    for number, slip in enumerate(SLIPS, start=1):
        with subtests.test(f"{slip.code} {slip.card}"):
            await till.page.evaluate("element.clear()")
            await till.pay(slip.card)
            error = (await till.result(number))["error"]
            assert error == {
                "type": "validation_error",
                "code": slip.code,
                "message": slip.message,
            }
            await till.says(slip.label, slip.message)
            await expect(till.form.get_by_label(slip.label)).to_be_focused()
    assert not [url for url in till.asked if "/v1/payment_methods" in url or "/confirm" in url]


async def test_an_empty_form_says_all_that_is_missing(till: Till, shop: Shop) -> None:
    await shop()
    await till.pay()
    assert (await till.result())["error"]["code"] == "incomplete_number"
    await expect(till.form.locator(".error:not(:empty)")).to_have_count(4)


async def test_by_default_the_client_is_sent_to_the_return_page(
    till: Till, shop: Shop, merchant: Merchant
) -> None:
    back = f"{merchant.origin}/thanks?booking=7"
    intent = await shop(confirm={"redirect": "always", "confirmParams": {"return_url": back}})
    await till.pay(Card())
    await till.page.wait_for_url(f"{back}&**")
    assert till.query() == {
        "booking": ["7"],
        "payment_intent": [intent["id"]],
        "payment_intent_client_secret": [intent["client_secret"]],
        "redirect_status": ["succeeded"],
    }


async def test_a_second_press_while_the_first_runs_is_refused(till: Till, shop: Shop) -> None:
    await shop()
    await till.fill(Card())
    both = await till.page.evaluate(
        """async () => {
            const pay = () => stripe.confirmPayment({ elements, redirect: "if_required" });
            const [first, second] = await Promise.allSettled([pay(), pay()]);
            return [first.value.paymentIntent.status, second.reason.message];
        }"""
    )
    assert both[0] == "succeeded"
    assert "already in progress" in both[1]


async def test_a_paid_intent_cannot_be_paid_again(till: Till, shop: Shop) -> None:
    await shop()
    await till.pay(Card())
    await till.result()
    await till.page.reload()
    await till.until("loaderror", "1")
    [event] = await till.events("loaderror")
    assert event["error"]["code"] == "payment_intent_unexpected_state"


async def test_when_the_network_fails_the_client_may_try_again(till: Till, shop: Shop) -> None:
    await shop()
    await till.page.context.route("**/v1/payment_methods", lambda route: route.abort())
    await till.pay(Card())
    assert (await till.result(1))["error"]["type"] == "api_connection_error"
    await till.page.context.unroute("**/v1/payment_methods")
    await till.pay()
    assert (await till.result(2))["paymentIntent"]["status"] == "succeeded"
    till.noise = [line for line in till.noise if "net::ERR_FAILED" not in line]
