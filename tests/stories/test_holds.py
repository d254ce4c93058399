"""A slot is one client's at a time: holds that run out, races, and money that comes too late."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2 as httpx
import pytest

from bookedbarber.shops.opening import BarberPlan
from tests.conftest import Databases
from tests.patience import until_blocked
from tests.world import WEEKDAYS, Shop, World

PAST_THE_HOLD = timedelta(minutes=11)


async def one_chair(world: World) -> Shop:
    return await world.open_shop(barbers=[BarberPlan("Marco", WEEKDAYS)])


async def held_until_too_late(world: World, shop: Shop, **changes: Any) -> dict[str, Any]:
    """A hold that ran out while Stripe could not be told: its intent can still be paid."""
    await world.fault("POST", "/v1/payment_intents/*/cancel", "error_before_effect", times=4)
    answer = await world.book(shop, **changes)
    assert answer.status_code == 201, answer.text
    await world.advance(PAST_THE_HOLD)
    booking = await world.booking(shop, answer.json()["id"])
    assert (booking["state"], booking["payments"][0]["state"]) == ("expired", "open")
    return booking


@pytest.mark.proves("R0.6")
async def test_a_hold_that_ran_out_is_taken_by_the_next_client_at_once(world: World) -> None:
    """Not by the job that tidies up: the slot is free the moment the hold is over."""
    shop = await one_chair(world)
    starts_at = (await world.slots(shop))[0]["starts_at"]
    first = (await world.book(shop, starts_at=starts_at)).json()
    before = await world.book(shop, starts_at=starts_at)
    assert before.json()["code"] == "slot_not_offered"
    world.clock.advance(timedelta(minutes=10))
    second = await world.book(shop, starts_at=starts_at)
    assert second.status_code == 201, second.text
    assert (await world.booking(shop, first["id"]))["state"] == "expired"
    await world.advance(timedelta(seconds=1))
    await world.pay(second.json())
    await world.settle()
    assert (await world.booking(shop, first["id"]))["payments"][0]["state"] == "cancelled"
    assert (await world.booking(shop, second.json()["id"]))["state"] == "confirmed"


@pytest.mark.impatient
@pytest.mark.proves("R0.6")
async def test_a_payment_after_the_hold_takes_the_slot_back_while_it_is_free(world: World) -> None:
    shop = await one_chair(world)
    booking = await held_until_too_late(world, shop)
    await world.pay(booking)
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("confirmed", "captured")
    assert not seen["refunds"]


@pytest.mark.impatient
@pytest.mark.proves("R0.6", "X1")
async def test_a_payment_for_a_lost_slot_goes_back_in_full(world: World) -> None:
    shop = await one_chair(world)
    late = await held_until_too_late(
        world, shop, pay="deposit", tip={"amount": 300, "currency": "usd"}
    )
    winner = await world.paid_booking(shop, starts_at=late["starts_at"])
    await world.pay(late)
    await world.settle()
    seen = await world.booking(shop, late["id"])
    assert seen["state"] == "expired"
    [back] = seen["refunds"]
    assert (back["state"], back["reason"]) == ("succeeded", "slot_lost")
    assert back["amount"] == {"amount": 1100, "currency": "usd"}
    assert (await world.booking(shop, winner["id"]))["state"] == "confirmed"


@pytest.mark.impatient
@pytest.mark.proves("R0.6")
async def test_a_payment_does_not_take_back_a_slot_that_somebody_holds(world: World) -> None:
    shop = await one_chair(world)
    late = await held_until_too_late(world, shop)
    holder = (await world.book(shop, starts_at=late["starts_at"])).json()
    await world.pay(late)
    await world.settle()
    assert (await world.booking(shop, late["id"]))["refunds"][0]["reason"] == "slot_lost"
    assert (await world.booking(shop, holder["id"]))["state"] == "held"


@pytest.mark.impatient
@pytest.mark.proves("R0.6")
async def test_a_payment_takes_back_a_slot_whose_next_hold_ran_out_as_well(world: World) -> None:
    shop = await one_chair(world)
    late = await held_until_too_late(world, shop)
    other = (await world.book(shop, starts_at=late["starts_at"])).json()
    await world.hold_deliveries()
    await world.pay(late)
    # The second hold is over, though no job has said so yet.
    world.clock.advance(timedelta(minutes=10, seconds=1))
    await world.hold_deliveries(held=False)
    await world.advance(timedelta(seconds=5))
    await world.settle()
    assert (await world.booking(shop, late["id"]))["state"] == "confirmed"
    assert (await world.booking(shop, other["id"]))["state"] == "expired"


@pytest.mark.impatient
@pytest.mark.proves("R0.6")
async def test_a_payment_after_the_visit_would_have_begun_goes_back(world: World) -> None:
    shop = await one_chair(world)
    await world.fault("POST", "/v1/payment_intents/*/cancel", "error_before_effect", times=40)
    booking = (await world.book(shop)).json()
    await world.advance(timedelta(hours=2))
    await world.pay(booking)
    await world.control("DELETE", "faults")
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["refunds"][0]["reason"]) == ("expired", "slot_lost")


@pytest.mark.proves("R0.6")
async def test_cancelling_while_held_frees_the_slot_and_stops_the_payment(world: World) -> None:
    shop = await one_chair(world)
    booking = (await world.book(shop)).json()
    done = (await world.cancel(shop, booking)).json()
    assert (done["refund"]["amount"], done["kept"]["amount"]) == (0, 0)
    again = await world.book(shop, starts_at=booking["starts_at"])
    assert again.status_code == 201
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("cancelled", "cancelled")


@pytest.mark.impatient
@pytest.mark.proves("R0.6")
async def test_a_payment_for_a_cancelled_visit_goes_back_and_leaves_it_cancelled(
    world: World,
) -> None:
    shop = await one_chair(world)
    await world.fault("POST", "/v1/payment_intents/*/cancel", "error_before_effect", times=3)
    booking = (await world.book(shop)).json()
    await world.cancel(shop, booking)
    await world.pay(booking)
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert seen["state"] == "cancelled"
    assert [r["state"] for r in seen["refunds"]] == ["succeeded"]
    assert seen["payments"][0]["refunded"] == seen["payments"][0]["amount"]


@pytest.mark.proves("R0.6")
async def test_of_clients_racing_for_one_slot_one_gets_it_and_the_rest_are_told(
    world: World,
) -> None:
    shop = await one_chair(world)
    starts_at = (await world.slots(shop))[0]["starts_at"]
    wishes = [
        await world.wish(
            shop, starts_at=starts_at, client={"name": "Racer", "email": f"racer{n}@example.com"}
        )
        for n in range(6)
    ]
    answers = await asyncio.gather(*(world.send(shop, wish) for wish in wishes))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 5
    codes = {a.json().get("code") for a in answers if a.status_code == 409}
    assert codes <= {"slot_taken", "slot_not_offered"}
    # Whoever lost left nothing: no client, no payment, no intent.
    tally = await world.tally()
    assert (tally["appointments"], tally["payments"], tally["clients"]) == (1, 1, 1)
    assert len(await world.rows("payment_intent")) == 1


@pytest.mark.proves("R0.6")
async def test_the_constraint_decides_when_both_saw_the_slot_free(
    world: World, databases: Databases
) -> None:
    """Two clients of whom each was offered the slot; the second is told `slot_taken`."""
    shop = await one_chair(world)
    starts_at = (await world.slots(shop))[0]["starts_at"]
    wishes = [
        await world.wish(
            shop, starts_at=starts_at, client={"name": "Racer", "email": f"racer{n}@example.com"}
        )
        for n in range(2)
    ]
    owner = await asyncpg.connect(databases.owner_url)
    try:
        async with owner.transaction():
            # Both may look, and neither may hold, until both have looked.
            await owner.execute("lock table appointments in share mode")
            sending = [asyncio.create_task(world.send(shop, wish)) for wish in wishes]
            await until_blocked(databases.platform_url, statements=2)
        answers = await asyncio.gather(*sending)
    finally:
        await owner.close()
    assert sorted(a.status_code for a in answers) == [201, 409]
    assert [a.json()["code"] for a in answers if a.status_code == 409] == ["slot_taken"]


BEN = {"name": "Ben", "email": "ben@example.com"}


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.proves("R0.6")
async def test_a_client_holds_three_times_of_a_shop_and_a_fourth_once_one_is_paid_or_lapsed(
    world: World,
) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    await world.hold_deliveries()  # what Stripe tells of the three is no row of the fourth
    first, *_ = [(await world.book(shop)).raise_for_status().json() for _ in range(3)]
    before = await world.tally()
    fourth = await world.book(shop, client={"name": "Amara", "email": " AMARA@example.com"})
    assert refused(fourth) == (409, "too_many_holds")
    assert fourth.json()["next_step"] == "Pay for them, or wait until they lapse."
    assert await world.tally() == before
    await world.hold_deliveries(held=False)
    # It is this client's limit in this shop, not the shop's and not everywhere's.
    assert (await world.book(shop, client=BEN)).status_code == 201
    assert (await world.book(other)).status_code == 201
    await world.pay(first)
    await world.advance(timedelta(seconds=10))
    assert (await world.book(shop)).status_code == 201
    assert refused(await world.book(shop)) == (409, "too_many_holds")
    # The moment a hold is over it no longer counts, whether a job has said so or not.
    world.clock.advance(timedelta(minutes=10))
    assert (await world.book(shop)).status_code == 201


@pytest.mark.proves("R0.6")
@pytest.mark.parametrize("known", [True, False], ids=["a client they know", "a new client"])
async def test_who_asks_for_many_times_at_once_gets_three_as_well(
    world: World, *, known: bool
) -> None:
    shop = await world.open_shop(barbers=[BarberPlan(f"Barber {n}", WEEKDAYS) for n in range(8)])
    if known:
        await world.paid_booking(shop)
    slot = (await world.slots(shop))[-1]
    wishes = [
        await world.wish(shop, starts_at=slot["starts_at"], barber=barber)
        for barber in slot["barbers"]
    ]
    answers = await asyncio.gather(*(world.send(shop, wish) for wish in wishes))
    assert sorted(a.status_code for a in answers) == [201] * 3 + [409] * 5
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"too_many_holds"}
