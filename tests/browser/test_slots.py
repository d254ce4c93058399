"""One chair, one time: who comes second, and who comes too late."""

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.browser.client import ASKS_THE_BANK, Client
from tests.browser.conftest import Clients
from tests.world import World

PAST_THE_HOLD = timedelta(minutes=10, seconds=1)


async def let_pass(world: World, by: timedelta) -> None:
    """Time passes for the product and for Stripe, and nobody has acted on it yet."""
    world.clock.advance(by)
    await world.control("POST", "clock", {"now": world.clock.now().timestamp()})


@pytest.mark.proves("R0.6")
async def test_of_two_clients_one_pays_and_the_other_is_told_and_keeps_what_was_typed(
    clients: Clients, world: World
) -> None:
    shop = await world.open_shop()
    first, second = await clients(), await clients()
    for client in (first, second):
        await client.fill_booking(shop, barber="Marco", time="10:00")
        await client.page.get_by_label("Full name").fill("Noor Haddad")
        await client.page.get_by_label("Phone").fill("020 7946 0000")
    await asyncio.gather(*(c.button("Continue to pay").click() for c in (first, second)))
    told = "That time was taken a moment ago. Choose another one."
    arrived = first.page.get_by_text(told).or_(first.pay_button)
    await expect(arrived.first).to_be_visible()
    if "/pay/" not in first.page.url:
        first, second = second, first
    await first.at("pay")
    await second.reads(told)
    await expect(second.page.get_by_role("alert")).to_be_focused()
    await second.excuse("422 /b/fade")
    await first.pay()
    await first.at("receipt")
    await expect(second.page.get_by_label("Full name")).to_have_value("Noor Haddad")
    await expect(second.page.get_by_label("Phone")).to_have_value("020 7946 0000")
    await expect(second.page.get_by_role("radio", name="Full price")).to_be_checked()
    await expect(second.page.get_by_role("radio", name="10:00")).to_be_disabled()
    await second.choose("11:00")
    await second.button("Continue to pay").click()
    await second.at("pay")
    await second.pay()
    await second.at("receipt")
    await second.reads("You are booked, Noor", "11:00")
    visits = await world.query("select state from appointments")
    assert [visit["state"] for visit in visits] == ["confirmed"] * 2


@pytest.mark.proves("R0.6")
async def test_a_client_who_holds_three_times_is_told_to_pay_for_them_first(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    for _ in range(3):
        (await world.book(shop)).raise_for_status()
    await client.fill_booking(shop, time="11:00")
    await client.button("Continue to pay").click()
    await client.reads("You already hold other times. Pay for them or let them lapse first.")
    await client.excuse("422 /b/fade")


@pytest.mark.proves("R0.6")
async def test_a_hold_that_runs_out_is_said_and_the_time_is_free_again(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.page.clock.install()
    await client.go_to_pay(shop, barber="Marco", time="10:00")
    await expect(client.page.locator("#warning")).to_be_empty()
    await let_pass(world, timedelta(minutes=9, seconds=5))
    await client.come_back()
    await expect(client.page.get_by_role("timer")).to_have_text(re.compile(r"^0:([0-4]\d|5[0-5])$"))
    await expect(client.page.locator("#warning")).to_have_text("One minute left of your hold.")
    await world.advance(timedelta(minutes=1))
    await client.page.clock.fast_forward("01:00")
    await client.reads("The hold ran out", "Nothing was charged")
    await expect(client.pay_button).to_have_count(0)
    await client.link("Choose another time").click()
    await client.fill_booking(shop, barber="Marco", time="10:00")
    await expect(client.page.get_by_role("radio", name="10:00")).to_be_checked()


@pytest.mark.proves("R0.6")
async def test_a_client_who_comes_back_too_late_sees_so_at_once(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await world.advance(PAST_THE_HOLD)
    await client.come_back()
    await client.reads("The hold ran out")


@pytest.mark.proves("R0.6")
async def test_a_payment_that_arrives_for_a_lost_time_goes_back_and_the_page_says_so(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop, barber="Marco", time="10:00")
    await let_pass(world, PAST_THE_HOLD)
    marco = next(b["id"] for b in shop.menu["barbers"] if b["name"] == "Marco")
    other = await world.book(shop, barber=marco, starts_at="2035-03-05T10:00:00+00:00")
    assert other.status_code == 201
    await client.pay()
    await client.reads("The time was gone before your payment arrived", "US$32.00 goes back")
    await client.reads("On its way")
    await world.settle()
    await client.page.reload()
    await client.reads("Going back to you", "Returned")
    await expect(client.line("Refund")).to_have_text("\u2212US$32.00")
    rows = await world.query("select amount, refunding from payments where state = 'captured'")
    assert [(row["amount"], row["refunding"]) for row in rows] == [(3200, 3200)]


@pytest.mark.proves("R0.6")
async def test_a_late_payment_for_a_time_still_free_is_kept(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await let_pass(world, PAST_THE_HOLD)
    await client.pay()
    await client.at("receipt")
    await client.reads("You are booked, Amara")


@pytest.mark.proves("R0.1", "R0.6")
@pytest.mark.parametrize("answer", ["Complete authentication", "Fail authentication"])
async def test_a_hold_that_ends_while_the_bank_asks_takes_nothing_out_of_the_clients_hands(
    client: Client, world: World, answer: str
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.pay(ASKS_THE_BANK)
    button = client.bank.get_by_role("button", name=answer)
    await expect(button).to_be_visible()
    await let_pass(world, PAST_THE_HOLD)
    await client.come_back()
    await client.page.wait_for_timeout(1500)  # for what must not happen
    await expect(button).to_be_visible()
    await button.click()
    if answer.startswith("Complete"):
        await client.at("receipt")
        await client.reads("You are booked, Amara")
    else:
        await client.reads("The hold ran out", "Nothing was charged")


@pytest.mark.proves("R1.5", "R8.1")
@pytest.mark.impatient
async def test_a_page_that_cannot_learn_how_a_payment_stands_says_so_until_it_does(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await world.hold_deliveries()
    [row] = await world.rows("payment_intent")
    await world.pay({"id": row["metadata"]["appointment"]})
    await world.fault("GET", "/v1/payment_intents/*", "error_before_effect", times=3)
    await client.page.reload()
    waiting = client.page.get_by_role("status").get_by_role("heading")
    await expect(waiting).to_have_text("We are checking your payment")
    await client.reads("Do not pay again")
    await expect(client.pay_button).to_be_hidden()
    await world.control("DELETE", "faults")
    await world.tick(timedelta(minutes=1))
    await client.at("receipt")
    await client.reads("You are booked, Amara")
    await world.hold_deliveries(held=False)


async def test_what_a_client_types_while_the_page_answers_is_kept(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.visit(f"/b/{shop.slug}")
    await client.choose("Skin fade")

    async with client.page.expect_request("**/b/fade"):
        await client.page.get_by_role("radio", name="Any barber").check()
    await client.page.get_by_label("Full name").fill("Amara Okafor")
    await client.page.get_by_label("Email").press_sequentially("amara@example.com", delay=20)
    await expect(client.page.get_by_role("radio", name="10:00")).to_be_visible()
    await expect(client.page.get_by_label("Full name")).to_have_value("Amara Okafor")
    await expect(client.page.get_by_label("Email")).to_have_value("amara@example.com")
