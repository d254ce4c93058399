"""The client closes the tab: after that step no request of theirs comes, and nothing is lost."""

from datetime import timedelta

import pytest
import stripe

from tests.world import World


@pytest.mark.proves("R0.1", "R0.6")
async def test_closed_after_booking_the_slot_is_free_again_and_nothing_is_collected(
    world: World,
) -> None:
    shop = await world.open_shop()
    first = (await world.slots(shop))[0]
    booking = (await world.book(shop, starts_at=first["starts_at"])).json()
    await world.advance(timedelta(minutes=11))
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("expired", "cancelled")
    assert [row["status"] for row in await world.rows("payment_intent")] == ["canceled"]
    again = (await world.slots(shop))[0]
    assert set(again["barbers"]) >= set(first["barbers"])


@pytest.mark.proves("R0.1")
async def test_closed_after_paying_the_webhook_alone_confirms(world: World) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop, pay="deposit")).json()
    await world.pay(booking)
    await world.settle()
    assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"


@pytest.mark.proves("R0.1")
async def test_closed_at_the_bank_the_webhook_alone_confirms(world: World) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    asked = await world.pay(booking, "pm_card_threeDSecureRequired")
    await world.control("POST", f"3ds/{asked.id}", {"outcome": "succeed"})
    await world.settle()
    assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"


@pytest.mark.proves("R0.6")
async def test_closed_in_the_middle_of_a_challenge_the_hold_runs_out(world: World) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    asked = await world.pay(booking, "pm_card_threeDSecureRequired")
    await world.advance(timedelta(minutes=11))
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("expired", "cancelled")
    # Passing the challenge later collects nothing: the intent is closed at Stripe.
    answer = await world.sandbox.post(f"/_sandbox/3ds/{asked.id}", json={"outcome": "succeed"})
    assert answer.status_code == 400
    assert not await world.rows("charge")


@pytest.mark.proves("R0.6")
async def test_closed_after_a_decline_the_hold_runs_out(world: World) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    with pytest.raises(stripe.CardError):
        await world.pay(booking, "pm_card_chargeDeclined")
    await world.advance(timedelta(minutes=11))
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("expired", "cancelled")
