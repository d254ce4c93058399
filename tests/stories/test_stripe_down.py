"""Stripe fails while a client books: the booking is kept as pending, and becomes payable."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bookedbarber.shops.opening import BarberPlan
from tests.world import WEEKDAYS, World

CREATE = ("POST", "/v1/payment_intents")
FAILURES: dict[str, dict[str, Any]] = {
    "error_before_effect": {},
    "error_after_effect": {},
    "timeout_before": {"seconds": 4},
    "timeout_after": {"seconds": 4},
    "reset_mid_body": {},
    "rate_limit": {},
    "lock_timeout": {},
    "conflict": {},
}

HASTY = pytest.mark.impatient(patience=3)  # gives up before Stripe does


@pytest.mark.impatient
@pytest.mark.proves("R0.1")
@pytest.mark.parametrize(
    "kind",
    [pytest.param(k, marks=HASTY if "seconds" in more else ()) for k, more in FAILURES.items()],
)
async def test_a_booking_is_kept_as_pending_and_becomes_payable_without_a_second_intent(
    world: World, kind: str
) -> None:
    shop = await world.open_shop()
    await world.hold_deliveries()
    await world.fault(*CREATE, kind, **FAILURES[kind])
    answer = await world.book(shop)
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "held"
    assert answer.json()["payments"][0]["state"] == "pending"
    await world.hold_deliveries(held=False)
    await world.advance(timedelta(seconds=25))
    seen = await world.booking(shop, answer.json()["id"])
    assert seen["payments"][0]["state"] == "open"
    assert len(await world.rows("payment_intent")) == 1
    await world.pay(answer.json())
    await world.settle()
    assert (await world.booking(shop, answer.json()["id"]))["state"] == "confirmed"


@pytest.mark.impatient
@pytest.mark.proves("R0.1")
async def test_a_failure_that_stripe_remembers_is_looked_up_even_when_no_event_comes(
    world: World,
) -> None:
    """Stripe keeps its 500 under the key and repeats it, though the intent was made."""
    shop = await world.open_shop()
    await world.hold_deliveries()
    await world.fault(*CREATE, "error_after_effect")
    booking = (await world.book(shop)).json()
    await world.advance(timedelta(seconds=25))
    seen = await world.booking(shop, booking["id"])
    assert seen["payments"][0]["state"] == "open"
    assert len(await world.rows("payment_intent")) == 1
    await world.hold_deliveries(held=False)
    await world.pay(booking)
    await world.settle()
    assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"


@pytest.mark.impatient
@pytest.mark.proves("R0.6")
async def test_a_booking_whose_stripe_stays_down_expires_and_is_never_collected(
    world: World,
) -> None:
    shop = await world.open_shop()
    await world.fault("*", "/v1/payment_intents**", "error_before_effect", times=12)
    booking = (await world.book(shop)).json()
    await world.advance(timedelta(minutes=11))
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("expired", "pending")
    await world.control("DELETE", "faults")
    await world.advance(timedelta(hours=1))
    await world.settle()
    assert (await world.booking(shop, booking["id"]))["payments"][0]["state"] == "cancelled"
    assert {row["status"] for row in await world.rows("payment_intent")} == {"canceled"}


@pytest.mark.impatient
async def test_an_open_breaker_keeps_bookings_pending_and_asks_stripe_nothing(
    world: World,
) -> None:
    shop = await world.open_shop(barbers=[BarberPlan(f"Barber {n}", WEEKDAYS) for n in range(22)])
    await world.fault(*CREATE, "error_before_effect", times=20)
    starts_at = (await world.slots(shop))[0]["starts_at"]
    clients = [{"name": "C", "email": f"client{n}@example.com"} for n in range(20)]
    await asyncio.gather(*(world.book(shop, starts_at=starts_at, client=c) for c in clients))
    # The fault is used up: Stripe would answer, but it is not asked.
    answer = await world.book(shop, starts_at=starts_at)
    assert answer.status_code == 201
    assert answer.json()["payments"][0]["state"] == "pending"
    assert not await world.rows("payment_intent")
    await world.advance(timedelta(seconds=90))
    await world.settle()
    [payment] = (await world.booking(shop, answer.json()["id"]))["payments"]
    assert payment["state"] == "open"
    assert len(await world.rows("payment_intent")) == 21
