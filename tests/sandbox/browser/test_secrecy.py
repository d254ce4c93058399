"""The proof that no card digit reaches the merchant, and that the proof would notice."""

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Route

from tests.sandbox.browser.conftest import Shop
from tests.sandbox.browser.leaks import leaks
from tests.sandbox.browser.merchant import Merchant
from tests.sandbox.browser.till import Card, Till

AMEX = Card(number="378282246310005", cvc="7391")
DECLINED = Card(number="4000000000009987", cvc="739")
CHALLENGED = Card(number="4000002760003184", cvc="739")

ALL_THAT_THE_PAGE_SEES = """async () => JSON.stringify({
    document: document.documentElement.outerHTML,
    inputs: [...document.querySelectorAll("input, textarea")].map(({ value }) => value),
    heard, happened, results, name: window.name, cookies: document.cookie,
    address: location.href, local: { ...localStorage }, session: { ...sessionStorage },
    resources: performance.getEntries().map(({ name }) => name),
    globals: Object.keys(window).filter((key) => typeof window[key] === "string")
        .map((key) => window[key]),
})"""


async def everything_the_merchant_has(till: Till, merchant: Merchant) -> str:
    """Every byte the server received, and all that script in the merchant's page can see."""
    seen: str = await till.page.evaluate(ALL_THAT_THE_PAGE_SEES)
    return merchant.received.decode("latin-1") + seen


def digits(card: Card) -> dict[str, str]:
    return {"number": card.number, "cvc": card.cvc}


@pytest.mark.parametrize("card", [AMEX, DECLINED])
async def test_no_card_digit_reaches_the_merchant(
    till: Till, shop: Shop, merchant: Merchant, card: Card
) -> None:
    await shop(confirm={"confirmParams": {"return_url": f"{merchant.origin}/thanks"}})
    await till.pay(card)
    await till.result()
    await till.page.reload()
    has = await everything_the_merchant_has(till, merchant)
    assert b"GET /pay/" in merchant.received
    assert leaks(has, **digits(card)) == set()


async def test_no_card_digit_reaches_the_merchant_while_it_is_typed(
    till: Till, shop: Shop, merchant: Merchant
) -> None:
    await shop()
    await till.fill(AMEX)
    has = await everything_the_merchant_has(till, merchant)
    for _ in range(100):
        if '"complete":true' in has:
            break
        await asyncio.sleep(0.1)  # the last word of the frame is on its way
        has = await everything_the_merchant_has(till, merchant)
    assert '"complete":true' in has, "the page heard of the typing"
    assert leaks(has, **digits(AMEX)) == set()


async def test_no_card_digit_reaches_the_merchant_around_a_challenge(
    till: Till, shop: Shop, merchant: Merchant
) -> None:
    await shop()
    await till.pay(CHALLENGED)
    await till.challenge.get_by_role("button", name="Complete authentication").click()
    await till.result()
    has = await everything_the_merchant_has(till, merchant)
    assert leaks(has, **digits(CHALLENGED)) == set()


async def test_script_of_the_merchant_cannot_read_the_frame(till: Till, shop: Shop) -> None:
    await shop()
    await till.fill(AMEX)
    script = """() => {
        try { return document.querySelector("iframe").contentWindow.document.body.outerHTML }
        catch (error) { return error.name }
    }"""
    assert await till.page.evaluate(script) == "SecurityError"


async def test_the_frame_obeys_nobody_but_the_page_that_opened_it(till: Till, shop: Shop) -> None:
    """A stranger frames the card form under the merchant's name: it stays deaf and dumb."""
    await shop()
    source = await till.page.locator("iframe").first.get_attribute("src")
    assert source is not None
    elsewhere = source.replace("127.0.0.1", "localhost", 1)
    stranger = await till.page.context.new_page()
    await stranger.goto(elsewhere.split("/browser")[0] + "/browser/controller")
    heard = await stranger.evaluate(
        """async (source) => {
            const heard = [];
            window.addEventListener("message", ({ data }) => heard.push(data));
            const frame = document.createElement("iframe");
            frame.src = source;
            document.body.append(frame);
            await new Promise((resolve) => frame.addEventListener("load", resolve));
            frame.contentWindow.postMessage({ type: "submit", call: "1" }, "*");
            await new Promise((resolve) => setTimeout(resolve, 300));
            return heard;
        }""",
        elsewhere,
    )
    assert heard == []


async def test_the_page_ignores_messages_of_strangers(till: Till, shop: Shop) -> None:
    await shop()
    await till.page.evaluate("window.postMessage({ type: 'height', height: 9999 })")
    await till.page.evaluate("window.postMessage({ type: 'change', complete: true })")
    assert await till.events("change") == []
    box = await till.page.locator("#payment iframe").bounding_box()
    assert box is not None
    assert box["height"] < 500


LEAKY = [
    ("in a header", "GET / HTTP/1.1\r\nX-Card: {number}"),
    ("in an address", "GET /?card={number}"),
    ("in an encoded body", "card=3782%2082246%2010005"),
    ("in four-digit groups", "the card 3782 822463 10005 was typed"),
    ("only its first digits", '{{"bin": "378282"}}'),
    ("only digits of its middle", '{{"part": "2463"}}'),
    ("the security code", '{{"cvc": "{cvc}"}}'),
    ("inside an id", '{{"id": "pm_1{number}"}}'),
    ("inside a time", '{{"at": 37828224}}'),
]


@pytest.mark.parametrize(("where", "text"), LEAKY, ids=[where for where, _ in LEAKY])
def test_the_proof_notices_a_leak(where: str, text: str) -> None:
    assert leaks(text.format(**digits(AMEX)), **digits(AMEX)), where


def test_the_last_four_are_no_leak() -> None:
    shown: dict[str, Any] = {"brand": "amex", "last4": "0005", "created": 1795419999}
    assert leaks(json.dumps(shown), **digits(AMEX)) == set()


async def test_the_proof_notices_a_frame_that_tells_its_parent_too_much(
    till: Till, shop: Shop, merchant: Merchant
) -> None:
    """The frame's own script, spoilt in one place on its way to the browser."""

    async def spoil(route: Route) -> None:
        answer = await route.fetch()
        script = await answer.text()
        spoilt = script.replace('{ type: "card" }', '{ type: "card", seen: valueOf("number") }')
        assert spoilt != script
        await route.fulfill(response=answer, body=spoilt)

    await till.page.context.route("**/browser/static/fields.js", spoil)
    await shop()
    await till.fill(AMEX)
    has = await everything_the_merchant_has(till, merchant)
    assert "37828224" in leaks(has, **digits(AMEX))


async def test_the_proof_notices_a_merchant_who_asks_for_the_card_himself(
    till: Till, shop: Shop, merchant: Merchant
) -> None:
    await shop()
    await till.page.evaluate(
        """() => {
            const field = document.createElement("input");
            field.id = "stolen";
            document.querySelector("main").append(field);
        }"""
    )
    await till.page.locator("#stolen").fill(AMEX.number)
    seen = await till.page.evaluate(ALL_THAT_THE_PAGE_SEES)
    assert leaks(seen, **digits(AMEX))
    await till.page.evaluate("fetch('/log', { method: 'POST', body: stolen.value })")
    assert leaks(merchant.received.decode("latin-1"), **digits(AMEX))
