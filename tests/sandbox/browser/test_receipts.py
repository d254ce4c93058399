"""The receipt that a charge's `receipt_url` leads to."""

from playwright.async_api import expect

from tests.sandbox.browser.conftest import Server
from tests.sandbox.browser.till import Till


async def _receipt(server: Server, **params: str | int) -> tuple[str, str]:
    paid = await server.post(
        "payment_intents",
        amount=3250,
        currency="usd",
        confirm="true",
        payment_method="pm_card_visa",
        allowed_payment_method_types__0="card",
        **params,
    )
    charge = await server.get(f"charges/{paid['latest_charge']}")
    return charge["id"], charge["receipt_url"]


async def test_a_receipt_says_what_was_paid_and_what_came_back(till: Till, server: Server) -> None:
    charge, url = await _receipt(server, description="Skin fade <b>&</b> shave")
    await server.post("refunds", charge=charge, amount=1000)
    await till.page.goto(url)
    await expect(till.page.get_by_role("heading")).to_have_text("Receipt")
    await expect(till.page.locator("#total")).to_have_text("$32.50")
    lines = till.page.get_by_role("listitem")
    await expect(lines.nth(1)).to_have_text("CardVisa ending in 4242")
    await expect(lines.nth(2)).to_have_text("ForSkin fade <b>&</b> shave")
    await expect(lines.nth(3)).to_have_text("Refunded$10.00")
    assert await till.barriers() == []
    assert await till.overflow() == [0]


async def test_there_is_no_receipt_of_what_was_not_paid(till: Till, server: Server) -> None:
    await till.page.goto(f"{server.origin}/browser/receipts/ch_none")
    await expect(till.page.get_by_role("heading")).to_have_text("There is no such receipt")
    till.noise = [line for line in till.noise if "404" not in line]
