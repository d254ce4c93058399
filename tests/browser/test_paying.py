"""Booking and paying, from the first page to the receipt, and leaving at the worst moments."""

import re
from pathlib import Path

import icalendar
import pytest
from playwright.async_api import Response, Route, expect

from tests.browser.client import ASKS_THE_BANK, Client
from tests.browser.conftest import Clients
from tests.world import World


def confirmed(response: Response) -> bool:
    """Stripe has answered the press of the pay button."""
    return response.url.endswith("/confirm") and response.request.method == "POST"


async def states(world: World) -> list[tuple[str, str]]:
    """Each payment, with the visit it pays for."""
    rows = await world.query(
        "select appointments.state as visit, payments.state as payment"
        " from payments join appointments using (shop_id, appointment_id)"
    )
    return [(row["visit"], row["payment"]) for row in rows]


@pytest.mark.proves("R0.1")
async def test_a_visit_is_paid_in_full(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop, barber="Marco", time="10:00")
    await expect(client.line("Due now")).to_have_text("US$32.00")
    await client.reads("Mon 5 Mar, 10:00", "Skin fade with Marco", "US$5.33", "Held for you")
    await client.pay()
    await client.at("receipt")
    await client.reads(
        "You are booked, Amara", "Mon, 5 Mar 2035, 08:00", "Visa ending in •••• 4242"
    )
    await expect(client.line("Total")).to_have_text("US$32.00")
    await expect(client.line("Paid")).to_have_text("US$32.00")
    await expect(client.line("Due at the shop")).to_have_text("US$0.00")
    assert await states(world) == [("confirmed", "captured")]


@pytest.mark.proves("R0.1")
async def test_a_deposit_is_paid_now_and_the_rest_at_the_shop(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.fill_booking(shop, pay="Deposit")
    await expect(client.line("Due now")).to_have_text("US$8.00")
    await expect(client.line("Due at the shop")).to_have_text("US$24.00")
    await client.button("Continue to pay US$8.00").click()
    await client.at("pay")
    await client.reads("Deposit to Fade Street Barbers")
    await expect(client.line("Due at the shop")).to_have_text("US$24.00")
    await client.pay()
    await client.at("receipt")
    await expect(client.line("Deposit paid")).to_have_text("US$8.00")
    await expect(client.line("Due at the shop")).to_have_text("US$24.00")


@pytest.mark.proves("R0.1")
@pytest.mark.parametrize(
    ("code", "zone", "share", "own", "typed"),
    [
        ("usd", "Europe/London", "US$4.80 15%", "7,50", "US$7.50"),
        ("jpy", "Europe/London", "JP¥480 15%", "700", "JP¥700"),
        ("bhd", "Asia/Bahrain", "BHD 1.430 15%", "1.250", "BHD 1.250"),
    ],
)
async def test_a_tip_is_a_share_or_the_clients_own_figure(
    client: Client, world: World, *, code: str, zone: str, share: str, own: str, typed: str
) -> None:
    shop = await world.open_shop(currency=code, time_zone=zone)
    await client.fill_booking(shop, time="15:00")
    tips = client.page.get_by_role("radiogroup", name="Add a tip")
    await client.taken_in(tips.get_by_role("radio", name=share).check())
    await expect(client.line("Tip")).to_have_text(share.removesuffix(" 15%"))
    await client.taken_in(tips.get_by_role("radio", name="Other").check())
    field = client.page.get_by_label("Your own tip")
    await field.fill(own)
    await client.taken_in(field.blur())
    await expect(client.line("Tip")).to_have_text(typed)
    await client.button("Continue to pay").click()
    await client.at("pay")
    await expect(client.line("Tip")).to_have_text(typed)
    await client.pay()
    await client.at("receipt")
    await expect(client.line("Tip")).to_have_text(typed)
    await expect(client.line("Due at the shop")).to_have_text(re.compile(r"0"))


async def test_a_tip_that_cannot_be_read_is_asked_again_and_nothing_is_booked(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.fill_booking(shop)
    await client.choose("Other")
    for wrong in ("five", "3.999", "-2"):
        await client.page.get_by_label("Your own tip").fill(wrong)
        await client.button("Continue to pay").click()
        await client.reads("One thing to put right", "Enter the tip as an amount")
        await expect(client.page.get_by_label("Your own tip")).to_have_value(wrong)
    await client.excuse(*["422 /b/fade"] * 3)
    assert await states(world) == []


@pytest.mark.proves("R0.1")
async def test_a_tab_closed_right_after_pressing_pay_loses_nothing(
    clients: Clients, world: World
) -> None:
    shop = await world.open_shop()
    client = await clients()
    await client.go_to_pay(shop)

    async def unanswered(route: Route) -> None:
        """The page never gets to tell the server; only Stripe's own word is left."""

    await client.context.route("**/pay/*/status", unanswered)
    await client.type_card()
    async with client.page.expect_response(confirmed):
        await client.pay_button.click()
    await client.context.close()
    assert await states(world) == [("held", "open")]
    await world.settle()
    assert await states(world) == [("confirmed", "captured")]
    later = await clients()
    await later.visit("/outbox")
    await later.page.get_by_role("navigation").get_by_role("link").first.click()
    await later.reads("To amara@example.com", "appointment.ics")
    await later.page.locator("article a[href*='/receipt/']").click()
    await later.at("receipt")
    await later.reads("You are booked, Amara")
    await expect(later.line("Paid")).to_have_text("US$32.00")


@pytest.mark.proves("R0.1")
async def test_a_page_loaded_again_while_paying_finds_out_how_it_stands(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    told: list[Route] = []

    async def unanswered(route: Route) -> None:
        told.append(route)

    await client.context.route("**/pay/*/status", unanswered)
    await client.pay()
    await expect(client.page.get_by_role("status").get_by_role("heading")).to_have_text(
        "Checking with your bank"
    )
    await expect(client.pay_button).to_be_hidden()
    await client.page.reload()
    await client.at("receipt")
    assert told
    assert await states(world) == [("confirmed", "captured")]


@pytest.mark.proves("R0.1")
async def test_back_forward_and_the_old_address_never_pay_twice(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    old = client.page.url
    await client.page.go_back()
    await expect(client.page.get_by_role("heading", name="Book your visit")).to_be_visible()
    await client.page.go_forward()
    await expect(client.pay_button).to_be_enabled()
    await client.pay()
    await client.at("receipt")
    await client.page.reload()
    await client.reads("You are booked, Amara")
    await client.page.go_back()
    await expect(client.page.get_by_role("heading", name="Book your visit")).to_be_visible()
    await client.page.goto(old)
    await client.at("receipt|pay")
    await client.reads("Paid and booked")
    await expect(client.pay_button).to_have_count(0)
    await client.link("See the receipt").click()
    await client.reads("You are booked, Amara")
    assert await states(world) == [("confirmed", "captured")]
    assert len(await world.rows("payment_intent")) == 1


@pytest.mark.proves("R0.1")
async def test_pressing_the_booking_button_twice_books_once(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.fill_booking(shop)
    await client.button("Continue to pay").dblclick()
    await client.at("pay")
    await expect(client.pay_button).to_be_enabled()
    await client.pay()
    await client.at("receipt")
    assert await states(world) == [("confirmed", "captured")]


async def test_the_calendar_file_says_when_and_where(
    client: Client, world: World, tmp_path: Path
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop, barber="Elif", time="10:00")
    await client.pay()
    await client.at("receipt")
    async with client.page.expect_download() as coming:
        await client.link("Add to calendar").click()
    file = await coming.value
    assert file.suggested_filename == "appointment.ics"
    await file.save_as(tmp_path / "appointment.ics")
    [event] = icalendar.Calendar.from_ical((tmp_path / "appointment.ics").read_bytes()).events
    assert event.start.isoformat() == "2035-03-05T10:00:00+00:00"
    assert (event.end - event.start).total_seconds() == 45 * 60
    assert "12 Fade Street" in str(event["location"])
    assert "Skin fade" in str(event["summary"])


async def test_a_receipt_shows_what_came_back(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.pay()
    await client.at("receipt")
    await world.settle()
    [row] = await world.rows("payment_intent")
    booking = await world.booking(shop, row["metadata"]["appointment"])
    assert (await world.refund(shop, booking["payments"][0], 500)).status_code == 201
    await world.settle()
    await client.page.reload()
    await client.reads("Returned")
    await expect(client.line("Refund")).to_have_text("\u2212US$5.00")


@pytest.mark.proves("R0.1")
async def test_the_bank_asks_and_the_client_agrees(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.pay(ASKS_THE_BANK)
    await client.bank.get_by_role("button", name="Complete authentication").click()
    await client.at("receipt")
    await client.reads("You are booked, Amara")
    assert await states(world) == [("confirmed", "captured")]
