"""The hosted checkout page: shown, paid, refused, authenticated, and come back to too late."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.sandbox.browser.conftest import Server
from tests.sandbox.browser.leaks import leaks
from tests.sandbox.browser.merchant import Merchant
from tests.sandbox.browser.till import Card, Till


async def order(server: Server, merchant: Merchant, **params: str | int) -> dict[str, Any]:
    """A session for a cut and two pomades."""
    return await server.post(
        "checkout/sessions",
        **{
            "mode": "payment",
            "success_url": f"{merchant.origin}/thanks?session={{CHECKOUT_SESSION_ID}}",
            "cancel_url": f"{merchant.origin}/book",
            "line_items__0__price_data__currency": "usd",
            "line_items__0__price_data__unit_amount": 3250,
            "line_items__0__price_data__product_data__name": "Skin fade",
            "line_items__1__price_data__currency": "usd",
            "line_items__1__price_data__unit_amount": 1200,
            "line_items__1__price_data__product_data__name": "Pomade",
            "line_items__1__quantity": 2,
            **params,
        },
    )


async def open_page(till: Till, session: dict[str, Any]) -> None:
    await till.page.goto(session["url"])
    await expect(till.form.get_by_label("Card number")).to_be_visible()


async def pay(till: Till, card: Card) -> None:
    await till.page.get_by_label("Email").fill("amara@example.com")
    await till.fill(card)
    await till.page.locator("#submit").click()


async def test_the_page_shows_what_is_bought_and_what_it_costs(
    till: Till, server: Server, merchant: Merchant
) -> None:
    await open_page(till, await order(server, merchant))
    await expect(till.page.locator("#total")).to_have_text("$56.50")
    await expect(till.page.get_by_role("listitem")).to_have_text(
        ["Skin fade$32.50", "Pomade × 2$24.00"]  # noqa: RUF001  # the page says "times" with its sign
    )
    await expect(till.page.get_by_role("button")).to_have_text("Pay $56.50")
    await expect(till.page.get_by_text("Sandbox: no real money", exact=True)).to_be_visible()
    back = till.page.get_by_role("link", name="Back to")
    await expect(back).to_have_attribute("href", f"{merchant.origin}/book")


async def test_amounts_have_the_decimals_of_their_currency(
    till: Till, server: Server, merchant: Merchant
) -> None:
    for currency, amount, shown in [
        ("jpy", 3250, "¥3,250"),
        ("kwd", 3250, "KWD 3.250"),
        ("isk", 325000, "ISK 3,250.00"),
        ("eur", 99_999_905, "€999,999.05"),
    ]:
        session = await server.post(
            "checkout/sessions",
            mode="payment",
            success_url=f"{merchant.origin}/thanks",
            line_items__0__price_data__currency=currency,
            line_items__0__price_data__unit_amount=amount,
            line_items__0__price_data__product_data__name="Skin fade",
        )
        await open_page(till, session)
        await expect(till.page.locator("#total")).to_have_text(shown)
        await expect(till.page.get_by_role("link")).to_have_count(0)


async def test_a_good_card_pays_and_the_client_is_sent_back(
    till: Till, server: Server, merchant: Merchant
) -> None:
    session = await order(server, merchant)
    await open_page(till, session)
    card = Card(number="378282246310005", cvc="7391")
    await pay(till, card)
    await till.page.wait_for_url(f"{merchant.origin}/thanks?session={session['id']}")
    paid = await server.get(f"checkout/sessions/{session['id']}")
    assert (paid["status"], paid["payment_status"]) == ("complete", "paid")
    assert paid["customer_details"]["email"] == "amara@example.com"
    intent = await server.get(f"payment_intents/{paid['payment_intent']}")
    assert (intent["status"], intent["amount_received"]) == ("succeeded", 5650)
    received = merchant.received.decode("latin-1").replace(session["id"], "")
    assert leaks(received, number=card.number, cvc=card.cvc) == set()


async def test_a_refusal_is_said_and_stays_on_record_and_another_card_pays(
    till: Till, server: Server, merchant: Merchant
) -> None:
    session = await order(server, merchant)
    await open_page(till, session)
    await pay(till, Card(number="4000000000009995"))
    await expect(till.page.get_by_role("alert")).to_have_text("Your card has insufficient funds.")
    known = await server.get(f"checkout/sessions/{session['id']}")
    intent = await server.get(f"payment_intents/{known['payment_intent']}")
    assert intent["last_payment_error"]["decline_code"] == "insufficient_funds"
    await till.retype("Card number", "4242424242424242")
    await till.page.locator("#submit").click()
    await till.page.wait_for_url("**/thanks**")
    again = await server.get(f"checkout/sessions/{session['id']}")
    assert again["payment_intent"] == known["payment_intent"]


async def test_what_is_missing_is_said(till: Till, server: Server, merchant: Merchant) -> None:
    await open_page(till, await order(server, merchant))
    await till.page.locator("#submit").click()
    await till.says("Card number", "Your card number is incomplete.")
    await till.fill(Card())
    await till.page.locator("#submit").click()
    email = till.page.get_by_label("Email")
    await expect(email).to_have_accessible_description("Your email is incomplete.")
    await expect(email).to_be_focused()
    await email.fill("amara@")
    await email.press("Enter")
    await expect(email).to_have_accessible_description("Your email is invalid.")


async def test_an_email_the_merchant_knows_is_not_asked_again(
    till: Till, server: Server, merchant: Merchant
) -> None:
    await open_page(till, await order(server, merchant, customer_email="amara@example.com"))
    await expect(till.page.get_by_label("Email")).to_have_value("amara@example.com")
    await expect(till.page.get_by_label("Email")).not_to_be_editable()


async def test_a_challenge_is_passed_on_the_way(
    till: Till, server: Server, merchant: Merchant
) -> None:
    session = await order(server, merchant)
    await open_page(till, session)
    await pay(till, Card(number="4000002760003184"))
    await till.page.get_by_role("button", name="Fail authentication").click()
    await till.page.wait_for_url("**/browser/checkout/**redirect_status=failed")
    await expect(till.page.get_by_role("alert")).to_contain_text("unable to authenticate")
    await pay(till, Card(number="4000002760003184"))
    await till.page.get_by_role("button", name="Complete authentication").click()
    await till.page.wait_for_url(f"{merchant.origin}/thanks?session={session['id']}")
    paid = await server.get(f"checkout/sessions/{session['id']}")
    assert (paid["status"], paid["payment_status"]) == ("complete", "paid")


async def test_a_paid_session_says_so(till: Till, server: Server, merchant: Merchant) -> None:
    session = await order(server, merchant)
    await open_page(till, session)
    await pay(till, Card())
    await till.page.wait_for_url("**/thanks**")
    await till.page.goto(session["url"])
    await expect(till.page.get_by_role("heading")).to_have_text("You\u2019re all done here")
    onward = till.page.get_by_role("link", name="Continue")
    await expect(onward).to_have_attribute(
        "href", f"{merchant.origin}/thanks?session={session['id']}"
    )
    assert await till.barriers() == []


async def test_an_expired_session_says_so(till: Till, server: Server, merchant: Merchant) -> None:
    session = await order(server, merchant)
    await server.post(f"checkout/sessions/{session['id']}/expire")
    await till.page.goto(session["url"])
    await expect(till.page.get_by_role("heading")).to_have_text("This page has expired")
    back = till.page.get_by_role("link", name="Go back")
    await expect(back).to_have_attribute("href", f"{merchant.origin}/book")


async def test_a_session_that_expires_while_the_client_types_is_not_charged(
    till: Till, server: Server, merchant: Merchant
) -> None:
    session = await order(server, merchant)
    await open_page(till, session)
    await server.post(f"checkout/sessions/{session['id']}/expire")
    await pay(till, Card())
    await expect(till.page.get_by_role("alert")).to_contain_text("cannot be paid")
    assert (await server.get(f"checkout/sessions/{session['id']}"))["payment_intent"] is None


async def test_an_unknown_session_says_so(till: Till, server: Server) -> None:
    await till.page.goto(f"{server.origin}/browser/checkout/cs_test_nothing")
    await expect(till.page.get_by_role("heading")).to_have_text("Something went wrong")
    till.noise = [line for line in till.noise if "404" not in line]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_has_no_barriers_and_fits(
    till: Till, server: Server, merchant: Merchant, scheme: str
) -> None:
    await till.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await open_page(till, await order(server, merchant))
    await pay(till, Card(number="4000000000000002"))
    await expect(till.page.get_by_role("alert")).not_to_be_empty()
    surface = await till.page.locator("#pay").evaluate("(n) => getComputedStyle(n).backgroundColor")
    await till.form.locator("body").evaluate(
        "(body, colour) => { body.style.background = colour }", surface
    )
    for width in (320, 768, 1280):
        await till.page.set_viewport_size({"width": width, "height": 800})
        assert await till.barriers() == []
        assert await till.overflow() == [0] * len(till.page.frames)


async def _plan(server: Server, kind: str) -> None:
    fault = {"method": "POST", "path": "/browser/checkout/*", "kind": kind}
    planned = await server.client.post("/_sandbox/faults", json=fault)
    assert planned.status_code == 200


async def test_a_decline_that_was_asked_for_reaches_the_page(
    till: Till, server: Server, merchant: Merchant
) -> None:
    await open_page(till, await order(server, merchant))
    await _plan(server, "decline")
    await pay(till, Card())
    await expect(till.page.get_by_role("alert")).to_have_text("Your card was declined.")
    await till.page.locator("#submit").click()
    await till.page.wait_for_url("**/thanks**")


async def test_a_payment_whose_answer_was_lost_is_found_paid_on_the_page(
    till: Till, server: Server, merchant: Merchant
) -> None:
    session = await order(server, merchant)
    await open_page(till, session)
    await _plan(server, "reset_mid_body")
    await pay(till, Card())
    await expect(till.page.get_by_role("alert")).to_contain_text("could not reach")
    paid = await server.get(f"checkout/sessions/{session['id']}")
    assert (paid["status"], paid["payment_status"]) == ("complete", "paid")
    till.noise = [line for line in till.noise if "ERR_" not in line]


async def test_an_error_before_the_effect_leaves_the_page_unpaid(
    till: Till, server: Server, merchant: Merchant
) -> None:
    session = await order(server, merchant)
    await open_page(till, session)
    await _plan(server, "error_before_effect")
    await pay(till, Card())
    await expect(till.page.get_by_role("alert")).to_contain_text("unknown error")
    known = await server.get(f"checkout/sessions/{session['id']}")
    assert (known["status"], known["payment_intent"]) == ("open", None)
    till.noise = [line for line in till.noise if "500" not in line]
