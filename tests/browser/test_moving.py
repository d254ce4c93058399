"""The client's own link: moving to another time, by click and on a phone."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from bookedbarber import ids
from bookedbarber.shops.opening import BarberPlan
from tests.browser.client import Client
from tests.browser.conftest import Clients
from tests.browser.looks import look
from tests.world import WEEKDAYS, Shop, World

THURSDAY = "2035-03-08T10:00:00+00:00"
TODAY = "2035-03-05T15:00:00+00:00"
ALONE = [BarberPlan("Marco", WEEKDAYS)]


async def booked(world: World, shop: Shop, starts_at: str, **changes: Any) -> str:
    """The path of the manage page of a visit that is paid for."""
    answer = await world.book(shop, starts_at=starts_at, **changes)
    await world.pay(answer.json())
    await world.settle()
    return str(answer.json()["manage_url"]).removeprefix(world.site_url)


async def starts(world: World) -> list[str]:
    """When the visits begin, in the order in which they were booked."""
    rows = await world.query("select starts_at from appointments order by appointment_id")
    return [row["starts_at"].isoformat() for row in rows]


@pytest.mark.proves("R0.2")
async def test_a_client_moves_and_sees_the_sums_before(client: Client, world: World) -> None:
    shop = await world.open_shop(currency="gbp")
    await client.visit(await booked(world, shop, THURSDAY, pay="deposit"))
    await client.reads("£8.00 paid goes with it; £24.00 stays due at the shop.")
    wrong = await look(client.page, "manage-movable")
    await client.link("Move it").click()
    await client.reads("Moving costs nothing until Wed 7 Mar, 10:00")
    wrong += await look(client.page, "move")
    await client.link("Elif").click()
    await client.link("Friday, 9 March 2035").click()
    await client.link("11:30").click()
    await client.reads("Move it to this time?", "Thu 8 Mar, 10:00", "Fri 9 Mar, 11:30", "Elif")
    await expect(client.line("Moving")).to_have_text("Free")
    await expect(client.line("Paid, and goes with it")).to_have_text("£8.00")
    await expect(client.line("Due at the shop")).to_have_text("£24.00")
    wrong += await look(client.page, "move-ask")
    assert await starts(world) == [THURSDAY]
    await client.button("Move it to Fri 9 Mar, 11:30").click()
    await client.at("manage")
    await client.reads("Fri 9 Mar, 11:30", "Moved by you on", "It was Thu 8 Mar, 10:00 with")
    await client.reads("Moving costs nothing until Thu 8 Mar, 11:30")
    wrong += await look(client.page, "manage-moved")
    assert await starts(world) == ["2035-03-09T11:30:00+00:00"]
    assert wrong == []


async def test_moving_works_on_a_phone_without_scripts(clients: Clients, world: World) -> None:
    shop = await world.open_shop()
    phone = await clients(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    await phone.visit(await booked(world, shop, THURSDAY))
    await phone.link("Move it").click()
    await phone.link("Later days").click()
    await phone.link("Monday, 12 March 2035").click()
    await phone.link("09:15").click()
    await phone.button("Move it to").click()
    await phone.reads("Mon 12 Mar, 09:15")
    assert await starts(world) == ["2035-03-12T09:15:00+00:00"]


async def test_who_can_no_longer_move_is_told_whom_to_call(client: Client, world: World) -> None:
    shop = await world.open_shop()
    path = await booked(world, shop, TODAY)
    await client.visit(path)
    await client.reads("For another time, call the shop")
    await expect(client.link("Move it")).to_have_count(0)
    await client.visit(f"{path}/move")
    await client.reads("Your booking", "The free period ended")


async def test_a_move_that_makes_cancelling_dear_says_so_first(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    path = await booked(world, shop, THURSDAY)
    await client.visit(f"{path}/move/check?barber=any&slot=2035-03-05T15:00:00%2B00:00")
    await client.reads("can no longer be cancelled free of charge, nor moved again")
    await client.reads("cancelling would cost US$8.00")


async def test_a_time_that_went_to_somebody_else_is_said_and_another_chosen(
    client: Client, world: World
) -> None:
    shop = await world.open_shop(barbers=ALONE)
    await client.visit(await booked(world, shop, THURSDAY))
    await client.link("Move it").click()
    await client.link("Friday, 9 March 2035").click()
    await client.link("11:30").click()
    ben = {"name": "Ben", "email": "ben@example.com"}
    await world.paid_booking(shop, starts_at="2035-03-09T11:30:00+00:00", client=ben)
    await client.button("Move it to").click()
    await client.reads("That time is not free any more", "Nothing was changed.")
    await expect(client.page.get_by_role("alert")).to_be_focused()
    assert await look(client.page, "move-taken") == []
    await client.excuse("409 /manage/…/move")
    await client.link("12:15").click()
    await client.button("Move it to").click()
    await client.reads("Fri 9 Mar, 12:15")


async def test_a_page_left_open_moves_nothing_that_the_shop_moved_meanwhile(
    client: Client, world: World
) -> None:
    shop = await world.open_shop(barbers=ALONE)
    path = await booked(world, shop, THURSDAY)
    await client.visit(f"{path}/move/check?barber=any&slot=2035-03-09T11:30:00%2B00:00")
    [row] = await world.query("select appointment_id from appointments")
    booking = {"id": ids.show("apt", row["appointment_id"])}
    (await world.move(shop, booking, "2035-03-10T11:30:00Z")).raise_for_status()
    await client.button("Move it to").click()
    await client.reads("Your visit was moved meanwhile", "Sat 10 Mar, 11:30")
    await client.excuse("409 /manage/…/move")
    await client.visit(path)
    await client.reads("Moved by the shop on")


async def test_pressing_twice_moves_once(client: Client, world: World) -> None:
    shop = await world.open_shop()
    path = await booked(world, shop, THURSDAY)
    await client.visit(f"{path}/move/check?barber=any&slot=2035-03-09T11:30:00%2B00:00")
    other = await client.context.new_page()
    await other.goto(client.page.url)
    await client.button("Move it to").click()
    await client.reads("Moved by you")
    await other.get_by_role("button", name="Move it to").click()
    await expect(other.locator("main")).to_contain_text("Moved by you")
    [row] = await world.query("select count(*) as moves from appointment_moves")
    assert row["moves"] == 1


async def test_each_state_of_a_visit_reads_well(client: Client, world: World) -> None:
    shop = await world.open_shop()
    path = await booked(world, shop, TODAY)
    [row] = await world.query("select appointment_id from appointments")
    booking = {"id": ids.show("apt", row["appointment_id"]), "starts_at": TODAY}
    headers = shop.headers
    act = f"/api/v2/bookings/{booking['id']}"
    (await world.http.post(f"{act}/check-in", headers=headers)).raise_for_status()
    await client.visit(path)
    await client.reads("Checked in")
    wrong = await look(client.page, "manage-arrived")
    (await world.http.post(f"{act}/undo-check-in", headers=headers)).raise_for_status()
    await world.advance(timedelta(hours=8))
    done = await world.http.post(
        f"{act}/no-show", json={}, headers={**headers, "Idempotency-Key": "n"}
    )
    done.raise_for_status()
    await world.settle()
    await client.visit(path)
    await client.reads("Missed", "This appointment was missed", "the shop keeps US$8.00")
    await client.reads(
        "Refund of US$24.00", "Asked for", "Sent to your bank", "Arrived at your bank"
    )
    wrong += await look(client.page, "manage-missed")
    assert wrong == []
