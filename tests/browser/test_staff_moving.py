"""The desk moves a visit: on offer or not, by click, by keyboard and on a phone."""

from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bookedbarber.access.roles import Role
from tests.browser.client import Client
from tests.browser.conftest import Clients
from tests.browser.keys import Keyboard
from tests.browser.looks import look
from tests.browser.staff import sign_in
from tests.world import Shop, World

THURSDAY = "2035-03-08T10:00:00+00:00"


async def begun(world: World, client: Client, role: Role = Role.RECEPTIONIST) -> tuple[Shop, Any]:
    """Somebody signed in, and the visit that they are to move."""
    shop = await world.open_shop(currency="gbp")
    marco = next(b["id"] for b in shop.menu["barbers"] if b["name"] == "Marco")
    booking = await world.paid_booking(shop, starts_at=THURSDAY, pay="deposit", barber=marco)
    await sign_in(client, world, shop, role)
    return shop, booking


def path(shop: Shop, booking: dict[str, Any]) -> str:
    return f"/desk/{shop.slug}/visits/{booking['id']}/move"


async def at(world: World, shop: Shop, booking: dict[str, Any]) -> tuple[datetime, str]:
    """Where the visit is, and with whom."""
    seen = await world.booking(shop, booking["id"])
    return datetime.fromisoformat(seen["starts_at"]), seen["barber"]


async def type_time(page: Page, day: str, time: str, barber: str) -> None:
    await page.get_by_label("Day", exact=True).last.fill(day)
    await page.get_by_label("Time", exact=True).fill(time)
    await page.get_by_label("Barber", exact=True).select_option(label=barber)


@pytest.mark.proves("R0.2")
async def test_the_desk_moves_a_visit_to_another_barber(client: Client, world: World) -> None:
    shop, booking = await begun(world, client)
    page = client.page
    await client.visit(path(shop, booking))
    await client.reads("Move a visit", "Amara Okafor, Skin fade", "Thu 8 Mar, 10:00")
    wrong = await look(page, "desk-move")
    await client.link("11:30 with Elif").click()
    await client.reads("Thu 8 Mar, 11:30", "Elif", "The client is told by email")
    await expect(client.line("Paid, and goes with it")).to_have_text("£8.00")
    await page.get_by_label("Why").fill("Marco is ill")
    wrong += await look(page, "desk-move-ask")
    await client.button("Move it to Thu 8 Mar, 11:30").click()
    await client.reads("It is now Thu 8 Mar, 11:30 with Elif.", "Moved before", "Marco is ill")
    wrong += await look(page, "desk-moved")
    assert wrong == []
    assert await at(world, shop, booking) == (
        datetime.fromisoformat("2035-03-08T11:30:00+00:00"), "Elif"
    )  # fmt: skip
    [kept] = await world.query("select actor, reason from appointment_moves")
    assert kept["actor"].startswith("staff:per_")


async def test_outside_opening_hours_it_is_warned_first_and_done(
    client: Client, world: World
) -> None:
    shop, booking = await begun(world, client, Role.MANAGER)
    page = client.page
    await client.visit(path(shop, booking))
    await type_time(page, "2035-03-11", "19:30", "Marco")
    keys = Keyboard(page)
    await keys.enter("Look at it")
    await client.reads("The shop is closed then", "Marco does not work then", "Sun 11 Mar, 19:30")
    assert await look(page, "desk-move-closed") == []
    await keys.enter("Move it to")
    await client.reads("It is now Sun 11 Mar, 19:30 with Marco.")


async def test_what_cannot_be_is_said_beside_what_was_chosen(client: Client, world: World) -> None:
    shop, booking = await begun(world, client)
    ben = {"name": "Ben", "email": "ben@example.com"}
    marco = next(b["id"] for b in shop.menu["barbers"] if b["name"] == "Marco")
    await world.paid_booking(shop, starts_at="2035-03-09T10:00:00+00:00", client=ben, barber=marco)
    page = client.page
    await client.visit(path(shop, booking))
    await type_time(page, "2035-03-09", "10:10", "Marco")
    await client.button("Look at it").click()
    await expect(page.get_by_role("alert")).to_contain_text("Nobody is free then.")
    await expect(page.get_by_label("Time", exact=True)).to_have_value("10:10")
    await type_time(page, "2035-03-01", "10:00", "Marco")
    await client.button("Look at it").click()
    await expect(page.get_by_role("alert")).to_contain_text("it lies in the past")
    assert await look(page, "desk-move-wrong") == []
    await client.excuse(*["409 /desk/fade/visits/…/move/check"] * 2)


async def test_two_at_the_desk_do_not_move_it_past_each_other(
    clients: Clients, world: World
) -> None:
    one = await clients()
    shop, booking = await begun(world, one)
    phone = await clients(viewport={"width": 390, "height": 800})
    await sign_in(phone, world, shop, Role.OWNER)
    for somebody, name in ((one, "11:30 with Elif"), (phone, "14:00 with Marco")):
        await somebody.visit(path(shop, booking))
        await somebody.link(name).click()
    await one.button("Move it to").click()
    await one.reads("It is now Thu 8 Mar, 11:30 with Elif.")
    await phone.button("Move it to").click()
    await phone.reads("Somebody moved it meanwhile.", "Thu 8 Mar, 11:30")
    await phone.excuse("409 /desk/fade/visits/…/move")
    assert (await at(world, shop, booking))[1] == "Elif"


async def test_a_barber_moves_nobody_and_a_cancelled_visit_is_not_moved(
    clients: Clients, world: World
) -> None:
    client = await clients()
    shop, booking = await begun(world, client, Role.BARBER)
    await client.visit(path(shop, booking))
    await client.reads("Your role does not allow this")
    await client.excuse("403 /desk/fade/visits/…/move")
    await world.cancel(shop, booking)
    desk = await clients()
    await sign_in(desk, world, shop, Role.OWNER)
    await desk.visit(path(shop, booking))
    await desk.reads("This visit can no longer be moved", "Cancelled")
    assert await look(desk.page, "desk-move-over") == []
