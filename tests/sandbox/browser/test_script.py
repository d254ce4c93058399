"""Our Stripe.js held to Stripe's: what it accepts, refuses and returns."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.sandbox.browser.conftest import Server, Shop
from tests.sandbox.browser.merchant import Merchant
from tests.sandbox.browser.sandbox_server import PUBLISHABLE
from tests.sandbox.browser.till import Card, Till

MISUSES = [
    ("Stripe('')", "You used an empty string"),
    ("Stripe('sk_test_1')", "should not use your secret key"),
    ("Stripe('pk_live_1')", "test keys only"),
    ("stripe.elements({ mode: 'payment', currency: 'usd' })", "amount should be an integer"),
    ("stripe.elements({ mode: 'gift' })", "mode should be one of"),
    ("stripe.elements({ mode: 'payment', amount: 1 })", "currency is required"),
    ("stripe.elements({ mode: 'setup', clientSecret: 'x' })", "not both"),
    ("stripe.elements().create('card')", "is not part of the sandbox"),
    ("elements.create('payment')", "Can only create one"),
    ("stripe.elements().create('payment').mount('#nowhere')", "applies to no DOM elements"),
    ("stripe.confirmCardPayment('x')", "confirmCardPayment() is not part of the sandbox"),
    ("stripe.initCheckout()", "initCheckout() is not part of the sandbox"),
    ("stripe.confirmPayment({ elements })", "return_url must be an absolute URL"),
    (
        "stripe.confirmPayment({ elements, confirmParams: { return_url: 'javascript:1' } })",
        "return_url must be an absolute URL",
    ),
    ("stripe.confirmPayment({ elements, redirect: 'never' })", "redirect should be one of"),
    (
        "stripe.confirmPayment({ elements: stripe.elements(), redirect: 'if_required' })",
        "should have a mounted Payment Element",
    ),
    ("stripe.confirmSetup({ elements, redirect: 'if_required' })", "cannot confirm pi_"),
    ("stripe.retrievePaymentIntent('pi_1')", "client secret of the form"),
    ("element.on('change')", "needs a function"),
]


@pytest.fixture
async def opened(shop: Shop) -> dict[str, Any]:
    return await shop()


async def test_a_misuse_is_named(till: Till, opened: dict[str, Any]) -> None:
    assert opened["object"] == "payment_intent"
    for call, words in MISUSES:
        script = f"""async () => {{
            try {{ await {call}; return ["nothing", ""] }}
            catch (error) {{ return [error.name, error.message] }}
        }}"""
        name, message = await till.page.evaluate(script)
        assert (name, words in message) == ("IntegrationError", True), (call, name, message)


@pytest.mark.parametrize("address", ["/v3", "/v3/", "/clover/stripe.js"])
async def test_the_script_is_served_where_pages_expect_it(server: Server, address: str) -> None:
    answer = await server.client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "window.Stripe = Stripe" in answer.text


async def test_an_intent_is_read_back_by_its_secret(till: Till, opened: dict[str, Any]) -> None:
    secret = opened["client_secret"]
    found = await till.page.evaluate("(secret) => stripe.retrievePaymentIntent(secret)", secret)
    assert found["paymentIntent"]["id"] == opened["id"]
    wrong = secret.split("_secret_")[0] + "_secret_wrong"
    found = await till.page.evaluate("(secret) => stripe.retrievePaymentIntent(secret)", wrong)
    assert found["error"]["type"] == "invalid_request_error"


async def test_a_wrong_secret_is_a_load_error(till: Till, merchant: Merchant) -> None:
    secret = "pi_doesnotexist_secret_neither"
    page = merchant.page({"key": PUBLISHABLE, "elements": {"clientSecret": secret}})
    await till.page.goto(page)
    await till.until("loaderror", "1")
    assert (await till.events("ready")) == []


DEFERRED = {"clientSecret": None, "mode": "payment", "amount": 3250, "currency": "usd"}


async def test_the_intent_may_be_made_after_the_card_is_typed(till: Till, shop: Shop) -> None:
    intent = await shop(elements=DEFERRED)
    await till.fill(Card())
    script = """async (clientSecret) => {
        const order = { elements, clientSecret, redirect: "if_required" };
        const early = await stripe.confirmPayment(order).catch(({ message }) => message);
        const submitted = await elements.submit();
        const done = await stripe.confirmPayment(order);
        return [early, submitted, done.paymentIntent.status];
    }"""
    early, submitted, status = await till.page.evaluate(script, intent["client_secret"])
    assert "elements.submit() must be called before" in early
    assert submitted == {"selectedPaymentMethod": "card"}
    assert status == "succeeded"


async def test_submitting_an_incomplete_form_says_what_is_missing(till: Till, shop: Shop) -> None:
    await shop(elements=DEFERRED)
    submitted = await till.page.evaluate("elements.submit()")
    assert submitted["error"]["code"] == "incomplete_number"
    await till.says("Card number", "Your card number is incomplete.")


async def test_a_card_may_be_saved_for_later(
    till: Till, server: Server, merchant: Merchant
) -> None:
    intent = await server.post("setup_intents", usage="off_session")
    secret = {"clientSecret": intent["client_secret"]}
    page = {"key": PUBLISHABLE, "elements": secret, "verb": "confirmSetup"}
    await till.open(merchant.page(page))
    await till.pay(Card())
    saved = (await till.result())["setupIntent"]
    assert (saved["id"], saved["status"]) == (intent["id"], "succeeded")


async def test_saving_a_card_may_need_authentication_too(
    till: Till, server: Server, merchant: Merchant
) -> None:
    intent = await server.post("setup_intents")
    secret = {"clientSecret": intent["client_secret"]}
    page = {"key": PUBLISHABLE, "elements": secret, "verb": "confirmSetup"}
    await till.open(merchant.page(page))
    await till.pay(Card(number="4000002760003184"))
    await till.challenge.get_by_role("button", name="Fail authentication").click()
    assert (await till.result(1))["error"]["code"] == "setup_intent_authentication_failure"
    await till.pay()
    await till.challenge.get_by_role("button", name="Complete authentication").click()
    assert (await till.result(2))["setupIntent"]["status"] == "succeeded"


async def test_a_payment_method_may_be_made_alone(till: Till, shop: Shop) -> None:
    await shop()
    await till.fill(Card())
    params = {"billing_details": {"name": "Amara Okafor"}}
    made = await till.page.evaluate(
        "(params) => stripe.createPaymentMethod({ elements, params })", params
    )
    assert made["paymentMethod"]["card"]["last4"] == "4242"
    assert made["paymentMethod"]["billing_details"]["name"] == "Amara Okafor"


async def test_a_reserved_amount_waits_for_capture(
    till: Till, server: Server, merchant: Merchant
) -> None:
    intent = await server.post(
        "payment_intents", amount=3250, currency="jpy", capture_method="manual"
    )
    secret = {"clientSecret": intent["client_secret"]}
    await till.open(merchant.page({"key": PUBLISHABLE, "elements": secret}))
    await till.pay(Card())
    assert (await till.result())["paymentIntent"]["status"] == "requires_capture"


async def test_an_element_may_be_taken_off_and_put_back(till: Till, opened: dict[str, Any]) -> None:
    assert opened["status"] == "requires_payment_method"
    await till.page.evaluate("element.unmount()")
    await expect(till.page.locator("#payment iframe")).to_have_count(0)
    await till.page.evaluate("element.mount(document.getElementById('payment'))")
    await till.until("ready", "2")
    await till.page.evaluate("element.destroy()")
    again = await till.page.evaluate(
        """() => {
            const fresh = elements.create("payment");
            return [elements.getElement("payment") === fresh, element.mount === undefined];
        }"""
    )
    assert again == [True, False]
    message = await till.page.evaluate(
        "(() => { try { element.mount('#payment') } catch (error) { return error.message } })()"
    )
    assert "destroyed" in message


async def test_a_change_on_the_server_is_fetched(
    till: Till, server: Server, opened: dict[str, Any]
) -> None:
    assert await till.page.evaluate("elements.fetchUpdates()") == {}
    await server.post(f"payment_intents/{opened['id']}/cancel")
    found = await till.page.evaluate("elements.fetchUpdates()")
    assert found["error"]["code"] == "payment_intent_unexpected_state"


async def test_a_method_known_to_the_server_is_confirmed_without_a_form(
    till: Till, server: Server, merchant: Merchant
) -> None:
    intent = await server.post(
        "payment_intents", amount=3250, currency="usd", payment_method="pm_card_visa"
    )
    await till.page.goto(merchant.page({"key": PUBLISHABLE}))
    done = await till.page.evaluate(
        "(clientSecret) => stripe.confirmPayment({ clientSecret, redirect: 'if_required' })",
        intent["client_secret"],
    )
    assert done["paymentIntent"]["status"] == "succeeded"


async def test_the_script_may_be_loaded_by_another_script(
    till: Till, opened: dict[str, Any], server: Server
) -> None:
    script = """async ([origin, secret]) => {
        delete window.Stripe;
        const node = document.createElement("script");
        node.src = `${origin}/clover/stripe.js`;
        document.head.append(node);
        await new Promise((resolve) => node.addEventListener("load", resolve));
        const { paymentIntent } = await Stripe("pk_test_browser").retrievePaymentIntent(secret);
        return paymentIntent.id;
    }"""
    given = [server.origin, opened["client_secret"]]
    assert await till.page.evaluate(script, given) == opened["id"]
