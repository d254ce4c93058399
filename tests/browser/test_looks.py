"""Every page a client reaches, in two themes and three widths, and that the looking can fail."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.browser.client import ASKS_THE_BANK, NO_MONEY, Client
from tests.browser.looks import barriers, look, too_wide
from tests.patience import until
from tests.world import World

BUDGET = 20_000
TUESDAY = "2035-03-06T09:00:00+00:00"  # free to cancel for one more hour


async def test_the_pages_of_booking_and_paying(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await world.open_shop("crown", name="Crown & Razor")
    page = client.page
    await client.visit("/")
    wrong = await look(page, "index")
    await client.visit(f"/b/{shop.slug}")
    wrong += await look(page, "booking-empty")
    await client.button("Continue to payment").click()
    await client.reads("5 things to put right")
    wrong += await look(page, "booking-faults")
    await client.excuse("422 /b/fade")
    await client.fill_booking(shop, barber="Marco", pay="Deposit")
    await client.choose("Other")
    wrong += await look(page, "booking-chosen")
    await page.get_by_label("Your own tip").fill("5")
    await client.taken_in(page.get_by_label("Your own tip").blur())
    await client.button("Continue to pay").click()
    await client.at("pay")
    await expect(client.pay_button).to_be_enabled()
    wrong += await look(page, "pay")
    await client.pay(NO_MONEY)
    await client.reads("The payment did not go through", "too little money")
    wrong += await look(page, "pay-declined")
    await client.excuse("402 stripe/v1/payment_intents/…/confirm")
    await client.pay(ASKS_THE_BANK)
    agree = client.bank.get_by_role("button", name="Complete authentication")
    await expect(agree).to_be_visible()
    wrong += await look(page, "pay-bank")
    await page.reload()
    await client.reads("Your bank wants to be sure it is you")
    wrong += await look(page, "pay-action")
    await client.button("Continue with your bank").click()
    await agree.click()
    await client.at("receipt")
    wrong += await look(page, "receipt-deposit")
    await world.settle()
    await client.visit("/outbox")
    wrong += await look(page, "outbox")
    await page.get_by_role("navigation").get_by_role("link").first.click()
    wrong += await look(page, "outbox-letter")
    assert wrong == []


async def test_the_pages_of_a_payment_that_goes_otherwise(client: Client, world: World) -> None:
    shop = await world.open_shop()
    page = client.page
    await client.go_to_pay(shop)
    pay = page.url
    await client.button("page instead").click()
    await page.wait_for_url(f"{world.sandbox_url}/**")
    await page.get_by_role("link", name="Back to").click()
    await client.reads("You began to pay there")
    wrong = await look(page, "pay-hosted")
    await world.advance(timedelta(minutes=11))
    await page.goto(pay)
    await client.reads("The hold ran out")
    wrong += await look(page, "pay-expired")
    await client.go_to_pay(shop)
    await client.context.route("**/pay/*/status", lambda _: None)
    await client.pay()
    await client.reads("Checking with your bank")
    wrong += await look(page, "pay-processing")
    await client.context.unroute_all(behavior="ignoreErrors")
    pay = page.url
    await world.settle()
    await page.goto(pay)
    await client.reads("Paid and booked")
    wrong += await look(page, "pay-paid")
    assert wrong == []


@pytest.mark.impatient
async def test_the_pages_of_a_payment_nobody_can_be_sure_of(client: Client, world: World) -> None:
    shop = await world.open_shop()
    page = client.page
    booked = (await world.book(shop, starts_at=TUESDAY)).json()
    await client.visit(str(booked["manage_url"]).removeprefix(world.site_url))
    wrong = await look(page, "manage-held")
    await client.link("Go on to pay").click()
    await expect(client.pay_button).to_be_enabled()
    await world.fault("GET", "/v1/payment_intents/*", "error_before_effect", times=4)
    await page.reload()
    await client.reads("We are checking your payment")
    wrong += await look(page, "pay-checking")
    await world.control("DELETE", "faults")
    await world.tick(timedelta(minutes=1))
    await expect(client.pay_button).to_be_enabled()
    await client.visit(str(booked["manage_url"]).removeprefix(world.site_url))
    await client.button("Let this time go").click()
    await client.reads("This booking was cancelled", "There is nothing to pay")
    wrong += await look(page, "pay-cancelled")
    assert wrong == []


async def test_the_pages_after_paying(client: Client, world: World) -> None:
    shop = await world.open_shop()
    page = client.page
    booked = await world.book(shop, starts_at=TUESDAY, tip={"amount": 300, "currency": "usd"})
    await world.pay(booked.json())
    await world.settle()
    manage = str(booked.json()["manage_url"]).removeprefix(world.site_url)
    await client.visit(manage)
    wrong = await look(page, "manage")
    await client.link("Cancel this appointment").click()
    wrong += await look(page, "cancel")
    await world.advance(timedelta(minutes=65))
    await client.button("Cancel and refund").click()
    await client.reads("The figures changed")
    wrong += await look(page, "cancel-changed")
    await client.excuse("409 /manage/…/cancel")
    await client.visit(manage)
    wrong += await look(page, "manage-late")
    await client.visit(f"{manage}/cancel")
    await client.button("Cancel and refund").click()
    await client.reads("Cancelled")
    await world.settle()
    await page.reload()
    wrong += await look(page, "manage-cancelled")
    await client.link("Receipt").click()
    await client.at("receipt")
    wrong += await look(page, "receipt-refunded")
    await client.visit("/manage/nonsense")
    wrong += await look(page, "error")
    await client.excuse("404 /manage/…")
    assert wrong == []


async def test_the_booking_page_sends_no_more_script_than_its_budget(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.visit(f"/b/{shop.slug}")
    names = await client.page.evaluate(
        "performance.getEntriesByType('resource').filter((e) => e.initiatorType === 'script')"
        ".map((e) => [e.name, e.encodedBodySize])"
    )
    sent = {str(name): int(size) for name, size in names}
    assert len(sent) >= 3
    assert all(url.startswith(world.site_url) for url in sent)
    assert 0 < sum(sent.values()) <= BUDGET, sent


@pytest.mark.parametrize("path", ["/", "/b/fade", "/outbox"])
async def test_the_looking_notices_what_is_wrong(client: Client, world: World, path: str) -> None:
    await world.open_shop()
    await client.visit(path)
    await client.page.evaluate(
        """() => {
            const stray = document.createElement("p");
            stray.textContent = "pale and too wide";
            document.querySelector("main").append(stray);
            stray.style.cssText = "color: #ccc; background: #fff; width: 200vw";
        }"""
    )
    assert any("color-contrast" in line for line in await barriers(client.page))
    assert max(await too_wide(client.page)) > 0
    await client.page.evaluate("document.body.setAttribute('style', 'color: red')")
    await client.page.evaluate("fetch('http://localhost:1/').catch(() => {})")
    await client.page.evaluate("fetch('/nothing-here')")
    await client.page.evaluate("setTimeout(() => { throw new Error('broken') })")
    told = ("policy style-src-attr", "policy connect-src", "404 /nothing-here", "uncaught")

    async def all_heard() -> bool:
        """The console tells a moment after the page did."""
        return all(word in "\n".join(client.noise) for word in told)

    await until(all_heard)
    client.noise.clear()
