"""Events that never come: what they would have told is found by looking again."""

from datetime import timedelta

import pytest

from bookedbarber.checkout import overdue
from bookedbarber.errors import Unavailable
from bookedbarber.reconciliation import books
from tests import notebook
from tests.world import World


async def lose_everything(world: World) -> None:
    """What waits to be delivered never is."""
    for letter in (await world.control("GET", "deliveries?state=pending"))["deliveries"]:
        await world.control("POST", "deliveries/drop", {"number": letter["number"]})


@pytest.mark.proves("R1.3", "X1")
async def test_a_movement_that_no_event_tells_of_is_booked_within_minutes_of_being_late(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.pay(booking)
    await world.arrive()
    await world.hold_deliveries()
    await world.advance(timedelta(minutes=1))
    await lose_everything(world)
    await world.hold_deliveries(held=False)
    waiting = notebook.trial_balance(await notebook.in_the_books(world))
    assert waiting["awaiting_stripe"] == 3200
    await world.advance(timedelta(minutes=75))
    found = await books.read(world.means, now=world.clock.now())
    assert not found.awaiting
    assert found.close, found.faults


@pytest.mark.proves("R1.3", "X1")
async def test_the_end_of_a_refund_that_no_event_tells_of_is_found_after_a_day(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.pay(booking, "pm_card_pendingRefund")
    await world.settle()
    [payment] = (await world.booking(shop, booking["id"]))["payments"]
    await world.hold_deliveries()
    await world.refund(shop, payment)
    await world.advance(timedelta(minutes=1))
    await lose_everything(world)
    await world.hold_deliveries(held=False)
    [refund] = (await world.booking(shop, booking["id"]))["refunds"]
    assert refund["state"] == "pending"
    await world.advance(timedelta(hours=25))
    [refund] = (await world.booking(shop, booking["id"]))["refunds"]
    assert refund["state"] == "succeeded"


@pytest.mark.proves("R1.3")
async def test_more_than_one_page_of_them_is_looked_at_past_one_that_cannot_be_asked_about(
    world: World,
) -> None:
    """The oldest of each kind stays unanswered for good: the ones after it have their turn."""
    shop = await world.open_shop()
    await world.control("POST", "settings", {"balance_transaction_delay": 70 * 60})
    for _ in range(3):
        await world.pay((await world.book(shop)).json())
        await world.arrive()
    first = min(await world.rows("payment_intent"), key=lambda row: row["created"])
    path = f"/v1/payment_intents/{first['id']}"
    await world.fault("GET", path, "error_before_effect", times=500)
    await world.hold_deliveries()
    await world.tick(timedelta(minutes=75))
    await lose_everything(world)
    await world.hold_deliveries(held=False)
    with pytest.raises(Unavailable):
        await overdue.look_again(world.means, now=world.clock.now(), page=1)
    [left] = (await books.read(world.means, now=world.clock.now())).awaiting
    assert left.item == first["latest_charge"]
    await world.control("DELETE", "faults")


@pytest.mark.proves("R1.3")
async def test_every_page_of_refunds_is_looked_at(world: World) -> None:
    shop = await world.open_shop()
    made = [(await world.book(shop)).json() for _ in range(3)]
    for booking in made:
        await world.pay(booking, "pm_card_pendingRefund")
    await world.settle()
    await world.hold_deliveries()
    for booking in made:  # all of them at one moment: the id tells them apart
        [payment] = (await world.booking(shop, booking["id"]))["payments"]
        await world.refund(shop, payment)
    await world.tick(timedelta(hours=25))
    await lose_everything(world)
    await world.hold_deliveries(held=False)
    states = "select distinct state from refunds"
    assert [row["state"] for row in await world.query(states)] == ["pending"]
    await overdue.look_again(world.means, now=world.clock.now(), page=1)
    assert [row["state"] for row in await world.query(states)] == ["succeeded"]


@pytest.mark.proves("R1.3")
async def test_one_that_cannot_be_asked_about_does_not_hide_the_others(world: World) -> None:
    shop = await world.open_shop()
    await world.control("POST", "settings", {"balance_transaction_delay": 70 * 60})
    for _ in range(2):
        booking = (await world.book(shop)).json()
        await world.pay(booking)
        await world.arrive()
    first = min(await world.rows("payment_intent"), key=lambda row: row["created"])
    path = f"/v1/payment_intents/{first['id']}"
    await world.fault("GET", path, "error_before_effect", times=500)
    await world.hold_deliveries()
    await world.advance(timedelta(minutes=85))
    await lose_everything(world)
    await world.hold_deliveries(held=False)
    [left] = (await books.read(world.means, now=world.clock.now())).awaiting
    assert left.item == first["latest_charge"]
    await world.control("DELETE", "faults")
    await world.advance(timedelta(minutes=20))
