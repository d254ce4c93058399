"""The overview as whoever runs a shop sees it, and sees it change."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from bookedbarber.access.roles import Role
from tests.browser.client import Client
from tests.browser.keys import Keyboard
from tests.browser.looks import look
from tests.browser.staff import sign_in
from tests.insights.test_overview import declined, go_to
from tests.world import Shop, World


async def at_overview(client: Client, world: World, shop: Shop, query: str = "") -> Page:
    """Somebody who owns the shop, before its overview."""
    page = await sign_in(client, world, shop, Role.OWNER, f"overview{query}")
    await expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    return page


def tile(page: Page, name: str) -> Locator:
    """One of the four figures."""
    return page.get_by_role("group", name=re.compile(name)).locator(".tile-value")


async def is_live(page: Page) -> None:
    await expect(page.locator("[data-live-word]")).to_have_text("Live")


async def lived_in(world: World) -> Shop:
    """A shop with a week behind it: payments, tips, a decline, a refund that came back."""
    shop = await world.open_shop()
    start = world.clock.now()
    for hour in (0, 2):
        await go_to(world, start + timedelta(hours=hour))
        await world.paid_booking(shop, tip={"amount": 300, "currency": "usd"})
        await world.paid_booking(shop)
    await go_to(world, start + timedelta(days=7, hours=1))
    await world.paid_booking(shop)
    await declined(world, shop)
    await declined(world, shop, "pm_card_chargeDeclinedExpiredCard")
    answer = await world.book(shop)
    await world.pay(answer.json(), "pm_card_refundFail")
    await world.settle()
    [payment] = (await world.booking(shop, answer.json()["id"]))["payments"]
    await world.refund(shop, payment, 1000, reason="goodwill", note="A burnt towel.")
    await world.settle()
    return shop


@pytest.mark.proves("R5.4")
async def test_a_payment_is_on_the_overview_without_anybody_pressing_anything(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    page = await at_overview(client, world, shop)
    await expect(page.get_by_text("No payments yet").first).to_be_visible()
    await is_live(page)
    await world.paid_booking(shop)
    await expect(tile(page, "Gross volume")).to_have_text("US$32.00", timeout=10_000)
    await expect(tile(page, "Payments, last hour")).to_have_text("1")
    await expect(page.get_by_role("link", name="Amara Okafor")).to_be_visible()
    await expect(page.get_by_text("Watch the payment arrive here.")).to_have_count(0)


@pytest.mark.proves("R5.4")
async def test_what_changes_leaves_focus_and_what_is_open_alone(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    page = await at_overview(client, world, shop)
    await is_live(page)
    await page.get_by_text("The figures as a table").first.click()
    link = page.get_by_role("link", name="All payments")
    await link.focus()
    await page.evaluate("window.mark = document.activeElement")
    await world.paid_booking(shop)
    await expect(tile(page, "Gross volume")).to_have_text("US$64.00", timeout=10_000)
    assert await page.evaluate("window.mark === document.activeElement")
    await expect(page.get_by_role("region", name="Gross volume as a table")).to_be_visible()


@pytest.mark.proves("R5.4")
async def test_whoever_pauses_sees_nothing_move_until_they_go_on(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    page = await at_overview(client, world, shop)
    await is_live(page)
    await page.keyboard.press("p")
    await expect(page.locator("[data-live-word]")).to_have_text("Paused")
    await world.paid_booking(shop)
    await page.wait_for_timeout(2_500)
    await expect(tile(page, "Gross volume")).to_have_text("US$0.00")
    await page.reload()
    await expect(page.locator("[data-live-word]")).to_have_text("Paused")
    await page.get_by_role("button", name="Go on").click()
    await is_live(page)
    await world.paid_booking(shop)
    await expect(tile(page, "Gross volume")).to_have_text("US$64.00", timeout=10_000)


@pytest.mark.proves("R5.4")
async def test_the_page_says_when_it_is_not_live_and_when_its_session_is_over(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    page = await at_overview(client, world, shop)
    await is_live(page)
    await world.query("update sessions set ended_at = $1 returning 1", world.clock.now())
    await world.paid_booking(shop)
    await expect(page.locator("[data-live-word]")).to_contain_text("Signed out", timeout=10_000)
    await client.excuse("401 /desk/fade/overview")


@pytest.mark.proves("R5.4")
async def test_all_of_it_is_read_and_worked_by_keyboard_alone(world: World, client: Client) -> None:
    page = await at_overview(client, world, await lived_in(world))
    keys = Keyboard(page)
    await keys.enter("Skip to content", "Pause updates")
    await expect(page.locator("[data-live-word]")).to_have_text("Paused")
    await keys.press("Enter")
    await is_live(page)
    meaning = page.locator("#hint-tile-volume")
    await expect(meaning).to_be_hidden()
    await keys.tab_to("What is this? Gross volume today")
    await expect(meaning).to_be_visible()
    assert await page.locator(".chart canvas").count() == 2
    for name, figure in {"Gross volume": "US$64.00", "Failure rate": "50%"}.items():
        await keys.tab_to("The figures as a table")
        await keys.press("Enter", "Tab")
        table = page.get_by_role("region", name=f"{name} as a table")
        await expect(table).to_be_focused()
        await expect(table.get_by_role("cell", name=figure).first).to_be_visible()
    await expect(page.get_by_role("table")).to_have_count(3)
    await keys.enter("Skip to content", "4 weeks")
    await expect(page).to_have_url(re.compile(r"range=4w$"))
    await keys.enter("Skip to content", page.get_by_role("link", name=re.compile("^Send again")))
    await expect(page).to_have_url(re.compile("/desk/fade/payments/pay_.*#refunds$"))
    await keys.enter("Send US$10.00 again…")
    await keys.enter(page.get_by_role("button", name="Send US$10.00 again", exact=True))
    await expect(page.locator("main .alert").first).to_contain_text("asked to send the refund")


@pytest.mark.proves("R5.4")
async def test_what_needs_attention_leads_to_where_it_is_done(world: World, client: Client) -> None:
    page = await at_overview(client, world, await lived_in(world))
    row = page.get_by_role("listitem").filter(has_text="A refund of US$10.00 came back")
    await row.get_by_role("link", name=re.compile("^Send again.*10.00")).click()
    await expect(page).to_have_url(re.compile("/desk/fade/payments/pay_.*#refunds$"))
    refunds = page.get_by_role("region", name="Refunds")
    await refunds.get_by_text("Send US$10.00 again…").click()
    await expect(refunds).to_contain_text("goes to Visa ·· 5126, the card that paid.")
    assert await look(page, "payment-send-again") == []
    await refunds.get_by_role("button", name="Send US$10.00 again", exact=True).click()
    await expect(page.locator("main .alert").first).to_contain_text("asked to send the refund")
    tries = await world.query("select tries from refunds")
    assert [row["tries"] for row in tries] == [2]


@pytest.mark.proves("R5.4")
async def test_the_range_is_in_the_address_and_kept_when_the_page_looks_again(
    world: World, client: Client
) -> None:
    shop = await lived_in(world)
    page = await at_overview(client, world, shop)
    await page.get_by_role("link", name="4 weeks").click()
    await expect(page).to_have_url(re.compile(r"range=4w$"))
    await expect(tile(page, "Gross volume, 4 weeks")).to_have_text("US$198.00")
    await is_live(page)
    await world.paid_booking(shop)
    await expect(tile(page, "Gross volume, 4 weeks")).to_have_text("US$230.00", timeout=10_000)


@pytest.mark.proves("R5.4")
async def test_it_can_be_read_by_anybody_at_any_width(world: World, client: Client) -> None:
    shop = await lived_in(world)
    page = await at_overview(client, world, shop)
    await is_live(page)
    assert await look(page, "overview") == []
    await page.goto(f"{world.site_url}/desk/fade/overview?range=4w")
    await is_live(page)
    assert await look(page, "overview-4w") == []
    await page.goto(f"{world.site_url}/desk/fade/attention")
    await is_live(page)
    assert await look(page, "attention") == []


@pytest.mark.proves("R5.4")
async def test_its_scripts_stay_small(world: World, client: Client) -> None:
    """45 kB as they travel, our own and those of others."""
    sizes: list[int] = []

    async def weigh(response: object) -> None:
        request = response.request  # type: ignore[attr-defined] # Playwright's
        if request.resource_type == "script":
            sizes.append((await request.sizes())["responseBodySize"])

    client.page.on("response", weigh)
    page = await at_overview(client, world, await world.open_shop())
    await is_live(page)
    await page.wait_for_timeout(300)
    assert len(sizes) >= 4
    assert sum(sizes) <= 45_000


@pytest.mark.proves("R1.6")
async def test_a_barber_and_reception_have_no_overview(world: World, client: Client) -> None:
    shop = await world.open_shop()
    page = await sign_in(client, world, shop, Role.BARBER)
    answer = await page.goto(f"{world.site_url}/desk/{shop.slug}/overview")
    assert answer is not None
    assert answer.status == 403
    await client.reads("Your role does not allow this", "Back to the desk")
    assert await look(page, "not-allowed") == []
    await client.excuse("403 /desk/fade/overview")


@pytest.mark.proves("R5.4", "R0.2")
async def test_the_day_follows_what_is_booked_too(world: World, client: Client) -> None:
    shop = await world.open_shop()
    page = await sign_in(client, world, shop, Role.RECEPTIONIST, "day")
    await is_live(page)
    await expect(page.get_by_text("Amara Okafor")).to_have_count(0)
    booked = await world.paid_booking(shop)
    assert booked["starts_at"][:10] == world.clock.now().date().isoformat()
    await expect(page.get_by_text("Amara Okafor").first).to_be_visible(timeout=10_000)
