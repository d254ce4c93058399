"""The card form itself: what is written as the client types, asked for, and told."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.sandbox.browser.conftest import Server, Shop
from tests.sandbox.browser.till import Card, Till

NUMBERS = [
    ("4242424242424242", "4242 4242 4242 4242", "Visa"),
    ("4242-4242-4242-4242", "4242 4242 4242 4242", "Visa"),
    ("42424242424242429999", "4242 4242 4242 4242", "Visa"),
    ("378282246310005", "3782 822463 10005", "Amex"),
    ("36227206271667", "3622 720627 1667", "Diners"),
    ("3056930009020004", "3056 9300 0902 0004", "Diners"),
    ("6011111111111117", "6011 1111 1111 1117", "Discover"),
    ("3566002020360505", "3566 0020 2036 0505", "JCB"),
    ("2223003122003222", "2223 0031 2200 3222", "Mastercard"),
    ("2720990000000000", "2720 9900 0000 0000", "Mastercard"),
    ("2721000000000000", "2721 0000 0000 0000", ""),
    ("6205500000000000004", "6205 5000 0000 0000 004", "UnionPay"),
    ("9", "9", ""),
]
EXPIRIES = [
    ("1", "1"),
    ("4", "04 / "),
    ("13", "01 / 3"),
    ("1/", "01 / "),
    ("1230", "12 / 30"),
    ("12/30", "12 / 30"),
    ("12/2030", "12 / 30"),
    ("3/2030", "03 / 30"),
    ("2030-03", "03 / 30"),
    ("12305", "12 / 30"),
    ("ab", ""),
]
DATES = [
    ("12 / 26", None),
    ("11 / 26", None),
    ("10 / 26", "invalid_expiry_month_past"),
    ("12 / 25", "invalid_expiry_year_past"),
    ("12 / 76", None),
    ("01 / 77", "invalid_expiry_year"),
    ("00 / 30", "invalid_expiry_month"),
    ("12 / ", "incomplete_expiry"),
]


async def in_module(till: Till, server: Server, module: str, body: str, given: Any) -> Any:
    """Runs an expression over one of the frame's own modules, in the browser."""
    await till.page.goto(f"{server.origin}/browser/controller")
    script = f"async (given) => {{ const it = await import('/browser/static/{module}'); {body} }}"
    return await till.page.evaluate(script, given)


async def test_numbers_are_grouped_and_their_brand_is_known(till: Till, server: Server) -> None:
    script = "return given.map((text) => it.cardNumber(text));"
    written = await in_module(till, server, "writing.js", script, [row[0] for row in NUMBERS])
    assert written == [row[1] for row in NUMBERS]
    script = "return given.map((text) => it.brandOf(text.replace(/\\D/g, '')).label);"
    brands = await in_module(till, server, "brands.js", script, [row[0] for row in NUMBERS])
    assert brands == [row[2] for row in NUMBERS]


async def test_dates_are_written_one_way(till: Till, server: Server) -> None:
    script = "return given.map((text) => it.expiry(text));"
    written = await in_module(till, server, "writing.js", script, [row[0] for row in EXPIRIES])
    assert written == [row[1] for row in EXPIRIES]


async def test_a_card_is_good_through_the_last_day_of_its_month(till: Till, server: Server) -> None:
    script = """return given.map(
        (text) => it.checkExpiry(text, new Date(2026, 10, 30, 23, 59))?.code ?? null);"""
    codes = await in_module(till, server, "checks.js", script, [row[0] for row in DATES])
    assert codes == [row[1] for row in DATES]


async def test_names_are_nested_as_stripe_nests_them(till: Till, server: Server) -> None:
    script = "return String(it.encode(given));"
    given = {"a": {"b": {"c": "d e"}, "none": None}, "list": [{"x": 1}], "yes": True}
    encoded = await in_module(till, server, "api.js", script, given)
    assert encoded == "a%5Bb%5D%5Bc%5D=d+e&list%5B0%5D%5Bx%5D=1&yes=true"


async def test_the_caret_stays_where_the_client_edits(till: Till, shop: Shop) -> None:
    await shop()
    number = till.form.get_by_label("Card number")
    await till.type("Card number", "4242424242424242")
    for _ in range(9):
        await number.press("ArrowLeft")
    await number.press("9")
    await expect(number).to_have_value("4242 4242 9424 2424")
    assert await number.evaluate("(node) => node.selectionStart") == len("4242 4242 9")


async def test_backspace_goes_back_over_the_slash(till: Till, shop: Shop) -> None:
    await shop()
    expiry = till.form.get_by_label("Expiration date")
    seen = []
    await till.type("Expiration date", "1230")
    for _ in range(4):
        await expiry.press("Backspace")
        seen.append(await expiry.input_value())
    assert seen == ["12 / 3", "12", "1", ""]


async def test_a_pasted_number_is_taken_whole(till: Till, shop: Shop) -> None:
    await shop()
    number = till.form.get_by_label("Card number")
    await number.evaluate(
        """(node) => {
            node.focus();
            document.execCommand("insertText", false, " 5555-5555 5555.4444 ");
        }"""
    )
    await expect(number).to_have_value("5555 5555 5555 4444")


async def test_the_browser_may_fill_the_form_in(till: Till, shop: Shop) -> None:
    await shop()
    purposes = await till.form.locator("input:visible, select:visible").evaluate_all(
        "nodes => nodes.map((node) => node.autocomplete)"
    )
    assert purposes == [
        "cc-number",
        "cc-exp",
        "cc-csc",
        "billing country",
        "billing postal-code",
    ]


@pytest.mark.parametrize(
    ("country", "wrong", "right"),
    [("US", "123", "12345"), ("CA", "M5T", "m5t 1t4"), ("GB", "WS11", "ws11 1db")],
)
async def test_the_postal_code_is_that_of_the_country(
    till: Till, shop: Shop, country: str, wrong: str, right: str
) -> None:
    await shop()
    await till.form.get_by_label("Country").select_option(country)
    label = "ZIP code" if country == "US" else "Postal code"
    code = till.form.get_by_label(label)
    await till.type(label, wrong)
    await code.blur()
    await expect(code).to_have_attribute("aria-invalid", "true")
    await code.fill(right)
    await code.blur()
    await expect(code).to_have_attribute("aria-invalid", "false")


async def test_other_countries_are_not_asked_for_a_postal_code(till: Till, shop: Shop) -> None:
    await shop(element={"defaultValues": {"billingDetails": {"address": {"country": "DE"}}}})
    await expect(till.form.get_by_label("Country")).to_have_value("DE")
    await expect(till.form.locator("input:visible")).to_have_count(3)


async def test_the_address_reaches_the_payment_method(
    till: Till, shop: Shop, server: Server
) -> None:
    details = {"name": "Amara Okafor", "email": "amara@example.com"}
    await shop(confirm={"confirmParams": {"payment_method_data": {"billing_details": details}}})
    await till.pay(Card())
    paid = (await till.result())["paymentIntent"]
    method = await server.get(f"payment_methods/{paid['payment_method']}")
    billing = method["billing_details"]
    assert (billing["name"], billing["email"]) == ("Amara Okafor", "amara@example.com")
    address = billing["address"]
    assert (address["country"], address["postal_code"]) == ("US", "94107")
    assert (method["card"]["exp_month"], method["card"]["exp_year"]) == (12, 2034)


async def test_a_merchant_who_asks_for_no_address_must_bring_it(till: Till, shop: Shop) -> None:
    await shop(element={"fields": {"billingDetails": {"address": "never"}}})
    await expect(till.form.locator("input:visible, select:visible")).to_have_count(3)
    await till.type("Card number", "4242424242424242")
    await till.pay()
    error = (await till.result())["error"]
    assert error["thrown"] == "IntegrationError"
    assert "did not pass" in error["message"]


async def test_the_page_is_told_when_the_form_is_complete(till: Till, shop: Shop) -> None:
    await shop()
    await till.fill(Card())
    await till.until("change", "2")
    started, finished = await till.events("change")
    assert (started["empty"], started["complete"]) == (False, False)
    assert (finished["empty"], finished["complete"]) == (False, True)
    assert finished["value"] == {"type": "card"}
    assert finished["elementType"] == "payment"


async def test_the_page_is_told_of_focus_blur_and_escape(till: Till, shop: Shop) -> None:
    await shop()
    await till.form.get_by_label("Card number").press("Escape")
    await till.form.get_by_label("Security code").focus()
    await till.page.locator("#pay").focus()
    for name in ("focus", "escape", "blur"):
        await till.until(name, "1")


async def test_the_keyboard_alone_pays(till: Till, shop: Shop) -> None:
    await shop()
    keyboard = till.page.keyboard
    await keyboard.press("Tab")
    await expect(till.form.get_by_label("Card number")).to_be_focused()
    for text in ("4242424242424242", "1234", "123"):
        await keyboard.type(text)
        await keyboard.press("Tab")
    await keyboard.press("Tab")
    await keyboard.type("94107")
    await keyboard.press("Tab")
    await expect(till.page.locator("#pay")).to_be_focused()
    await keyboard.press("Enter")
    assert (await till.result())["paymentIntent"]["status"] == "succeeded"


async def test_enter_in_a_field_submits_the_form_of_the_merchant(till: Till, shop: Shop) -> None:
    await shop()
    await till.fill(Card())
    await till.form.get_by_label("ZIP code").press("Enter")
    assert (await till.result())["paymentIntent"]["status"] == "succeeded"


async def test_saving_a_card_says_so(till: Till, shop: Shop) -> None:
    await shop(
        elements={"clientSecret": None, "mode": "setup", "currency": "usd"},
        element={"business": {"name": "Fade Street Barbers"}},
    )
    await expect(till.form.locator("#terms")).to_contain_text("allow Fade Street Barbers to charge")
