"""A card declines, a bank wants to see the client, a payment takes its time."""

from datetime import timedelta
from typing import Any

import pytest
import stripe

from tests.world import Shop, World

DECLINES = {
    "pm_card_chargeDeclined": "generic_decline",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_chargeDeclinedLostCard": "lost_card",
    "pm_card_chargeDeclinedStolenCard": "stolen_card",
    "pm_card_chargeDeclinedExpiredCard": "expired_card",
    "pm_card_chargeDeclinedIncorrectCvc": "incorrect_cvc",
    "pm_card_chargeDeclinedProcessingError": "processing_error",
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded": "card_velocity_exceeded",
    "pm_card_radarBlock": "fraudulent",
}


async def held(world: World, shop: Shop, **changes: Any) -> dict[str, Any]:
    answer = await world.book(shop, **changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.proves("R0.1", "R3.2")
async def test_each_decline_leaves_the_slot_held_and_says_why_until_a_card_succeeds(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await held(world, shop)
    for card, reason in DECLINES.items():
        with pytest.raises(stripe.CardError):
            await world.pay(booking, card)
        await world.advance(timedelta(seconds=5))
        seen = await world.booking(shop, booking["id"])
        assert seen["state"] == "held"
        assert seen["payments"][0]["state"] == "open"
        assert seen["payments"][0]["decline_code"] == reason
    await world.pay(booking)
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert seen["state"] == "confirmed"
    assert seen["payments"][0]["decline_code"] is None
    assert len(seen["payments"]) == 1
    assert len(await world.rows("payment_intent")) == 1


@pytest.mark.proves("R0.1")
async def test_a_challenge_that_is_passed_pays_and_one_that_fails_lets_the_client_try_again(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await held(world, shop)
    asked = await world.pay(booking, "pm_card_threeDSecureRequired")
    assert asked.status == "requires_action"
    await world.advance(timedelta(seconds=5))
    assert (await world.booking(shop, booking["id"]))["payments"][0]["state"] == "open"
    await world.control("POST", f"3ds/{asked.id}", {"outcome": "fail"})
    await world.advance(timedelta(seconds=5))
    [failed] = (await world.booking(shop, booking["id"]))["payments"]
    assert failed["state"] == "open"
    assert failed["decline_code"] == "payment_intent_authentication_failure"
    await world.pay(booking, "pm_card_threeDSecureRequired")
    await world.control("POST", f"3ds/{asked.id}", {"outcome": "succeed"})
    await world.settle()
    assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"


@pytest.mark.proves("R0.1")
async def test_a_challenge_passed_with_an_empty_account_is_a_decline(world: World) -> None:
    shop = await world.open_shop()
    booking = await held(world, shop)
    card = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    asked = await world.pay(booking, card)
    await world.control("POST", f"3ds/{asked.id}", {"outcome": "succeed"})
    await world.advance(timedelta(seconds=5))
    [payment] = (await world.booking(shop, booking["id"]))["payments"]
    assert (payment["state"], payment["decline_code"]) == ("open", "insufficient_funds")


@pytest.mark.proves("R0.1")
async def test_a_payment_that_is_processing_confirms_when_the_bank_answers(world: World) -> None:
    shop = await world.open_shop()
    await world.control("POST", "settings", {"processing_delay": 120})
    booking = await held(world, shop)
    await world.pay(booking)
    await world.advance(timedelta(seconds=30))
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("held", "processing")
    await world.advance(timedelta(seconds=120))
    await world.settle()
    assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"


@pytest.mark.proves("R0.1", "R0.6")
async def test_a_payment_that_processes_past_its_hold_is_called_off(world: World) -> None:
    shop = await world.open_shop()
    await world.control("POST", "settings", {"processing_delay": 3600})
    booking = await held(world, shop)
    await world.pay(booking)
    await world.advance(timedelta(minutes=11))
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("expired", "cancelled")
    await world.advance(timedelta(hours=1))
    assert not [row for row in await world.rows("charge") if row["paid"]]
