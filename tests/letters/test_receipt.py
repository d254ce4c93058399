"""One receipt for a visit: its sums agree with the books, through every turn a booking takes."""

from datetime import timedelta

import pytest

from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout.cancel import AppointmentUnknown
from bookedbarber.checkout.receipt import Guest
from bookedbarber.money import Money, currency
from bookedbarber.payments.states import RefundState
from tests.conftest import Databases
from tests.letters.visits import ALONE, ask, forget_everybody, in_two_days, lost_slot, read
from tests.world import World

USD = currency("usd")
TIP = {"amount": 500, "currency": "usd"}


async def test_a_deposit_leaves_the_rest_due_at_the_shop(world: World) -> None:
    shop = await world.open_shop()
    seen = await read(world, shop, await world.paid_booking(shop, pay="deposit", tip=TIP))
    assert seen.state is AppointmentState.CONFIRMED
    assert seen.guest == Guest("Amara Okafor", "amara@example.com", None)
    assert (seen.sold.service, seen.sold.tax) == (Money(2667, USD), Money(533, USD))
    figures = seen.figures
    assert figures.total == Money(3700, USD)
    assert figures.paid == figures.kept == Money(1300, USD)
    assert figures.due_at_shop == Money(2400, USD)
    assert figures.due_now == figures.refunded == Money(0, USD)
    (line,) = seen.collected
    assert (line.card_brand, line.card_last4) == ("visa", "4242")
    assert seen.issued_at == line.captured_at
    assert seen.late_fee == Money(800, USD)
    assert seen.free_until == seen.starts_at - timedelta(hours=24)


async def test_a_held_visit_owes_its_payment_now_and_has_no_number_yet(world: World) -> None:
    shop = await world.open_shop()
    booked = await world.book(shop, pay="deposit", tip=TIP)
    seen = await read(world, shop, booked.json())
    assert seen.state is AppointmentState.HELD
    assert seen.figures.due_now == Money(1300, USD)
    assert seen.figures.due_at_shop == Money(2400, USD)
    assert seen.figures.paid == Money(0, USD)
    assert seen.number is None
    assert seen.issued_at is None
    # What the client is told before paying: the fee of the deposit they are about to pay.
    assert seen.late_fee == Money(800, USD)


async def test_a_decline_is_on_the_receipt_and_collects_nothing(world: World) -> None:
    shop = await world.open_shop()
    booked = (await world.book(shop)).json()
    with pytest.raises(Exception, match="declined"):
        await world.pay(booked, card="pm_card_chargeDeclined")
    await world.settle()
    seen = await read(world, shop, booked)
    assert [line.decline_code for line in seen.payments] == ["generic_decline"]
    assert seen.collected == ()
    assert seen.figures.paid == Money(0, USD)


async def test_after_the_visit_what_is_due_is_what_the_books_say(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, pay="deposit", tip=TIP)
    before = await read(world, shop, booking)
    (await world.complete(shop, booking)).raise_for_status()
    done = await read(world, shop, booking)
    assert done.state is AppointmentState.COMPLETED
    assert done.figures.due_at_shop == before.figures.due_at_shop == Money(2400, USD)
    # A gift after the work is done takes from income: the client does not owe it again.
    payment = booking["payments"][0]["id"]
    body = {"amount": {"amount": 300, "currency": "usd"}, "reason": "goodwill"}
    await ask(world, shop, f"payments/{payment}/refunds", body)
    await world.settle()
    after = await read(world, shop, booking)
    assert after.figures.due_at_shop == Money(2400, USD)
    assert after.figures.refunded == after.figures.returned == Money(300, USD)
    assert after.figures.kept == Money(1000, USD)


async def test_a_free_cancellation_keeps_nothing(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, **in_two_days(world))
    await ask(world, shop, f"bookings/{booking['id']}/cancel", {"cancelled_by": "client"})
    promised = await read(world, shop, booking)
    assert promised.figures.kept == promised.figures.due_at_shop == Money(0, USD)
    assert promised.figures.refunded == Money(3200, USD)
    await world.settle()
    sent = await read(world, shop, booking)
    assert sent.figures.returned == Money(3200, USD)
    assert [line.state for line in sent.refunds] == [RefundState.SUCCEEDED]
    assert sent.number == promised.number


async def test_a_late_cancellation_keeps_what_was_announced(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, tip=TIP)
    announced = (await read(world, shop, booking)).late_fee
    await ask(world, shop, f"bookings/{booking['id']}/cancel", {"cancelled_by": "client"})
    seen = await read(world, shop, booking)
    assert seen.figures.kept == announced == Money(800, USD)
    assert seen.figures.refunded == Money(2900, USD)
    assert seen.figures.due_at_shop == Money(0, USD)


async def test_two_receipts_never_share_a_number_and_each_keeps_its_own(world: World) -> None:
    shop = await world.open_shop()
    first = await world.paid_booking(shop)
    second = await world.paid_booking(shop)
    numbers = [(await read(world, shop, booking)).number for booking in (first, second, first)]
    assert numbers[0] == numbers[2] != numbers[1]
    shown = first["payments"][0]["id"].upper()
    assert numbers[0] is not None
    assert shown.endswith(numbers[0].replace("-", ""))


async def test_a_forgotten_client_leaves_a_receipt_without_a_name(
    world: World, databases: Databases
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    await forget_everybody(databases)
    seen = await read(world, shop, booking)
    assert seen.guest is None
    assert seen.figures.paid == Money(3200, USD)


async def test_a_shop_cannot_read_the_receipts_of_another(world: World) -> None:
    shop, other = await world.open_shop(), await world.open_shop("razor")
    booking = await world.paid_booking(shop)
    with pytest.raises(AppointmentUnknown):
        await read(world, other, booking)


async def test_a_lost_slot_owes_nothing_and_keeps_nothing(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    seen = await read(world, shop, await lost_slot(world, shop))
    assert seen.state is AppointmentState.EXPIRED
    assert seen.figures.paid == seen.figures.refunded == Money(3200, USD)
    assert seen.figures.due_now == seen.figures.due_at_shop == Money(0, USD)


async def test_a_refund_that_the_bank_sent_back_is_still_owed(world: World) -> None:
    shop = await world.open_shop()
    booked = (await world.book(shop, **in_two_days(world))).json()
    await world.pay(booked, card="pm_card_refundFail")
    await world.settle()
    await ask(world, shop, f"bookings/{booked['id']}/cancel")
    await world.settle()
    await world.advance(timedelta(seconds=10))  # the bank's refusal comes a moment later
    await world.settle()
    seen = await read(world, shop, booked)
    assert [line.state for line in seen.refunds] == [RefundState.FAILED]
    assert seen.figures.refunded == Money(3200, USD)
    assert seen.figures.returned == seen.figures.kept == Money(0, USD)
