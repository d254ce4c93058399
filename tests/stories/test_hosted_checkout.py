"""Paying on Stripe's own page; a payment is collected in one place, and a second sent back."""

from datetime import timedelta
from typing import Any

import pytest
import stripe

from bookedbarber import ids
from bookedbarber.checkout import collect
from bookedbarber.processor.errors import OutcomeUnknown
from bookedbarber.processor.snapshots import HostedCheckout
from tests.conftest import Databases
from tests.world import Shop, World, living


async def open_page(world: World, shop: Shop, booking: dict[str, Any]) -> HostedCheckout:
    return await collect.open_checkout(
        world.means,
        shop_id=shop.id,
        payment_id=ids.parse("pay", booking["payments"][0]["id"]),
        return_url=f"{world.site_url}/back",
        now=world.clock.now(),
    )


async def pay_page(world: World, page: HostedCheckout) -> None:
    method = await world.stripe.v1.payment_methods.create_async(
        {"type": "card", "card": {"token": "tok_visa"}}
    )
    await world.control("POST", f"checkout/{page.id}", {"payment_method": method.id})


@pytest.mark.proves("R0.1")
async def test_a_shop_with_hosted_checkout_is_paid_on_stripes_page(world: World) -> None:
    shop = await world.open_shop(checkout_hosted=True)
    booking = (await world.book(shop)).json()
    assert booking["payments"][0]["state"] == "pending"
    assert not await world.rows("payment_intent")
    page = await open_page(world, shop, booking)
    assert (await open_page(world, shop, booking)).id == page.id
    await pay_page(world, page)
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("confirmed", "captured")
    assert len(await world.rows("checkout.session")) == 1


@pytest.mark.proves("R0.6")
async def test_a_page_that_nobody_pays_is_closed_with_its_hold(world: World) -> None:
    shop = await world.open_shop(checkout_hosted=True)
    opened, unopened = [(await world.book(shop)).json() for _ in range(2)]
    page = await open_page(world, shop, opened)
    await world.advance(timedelta(minutes=11))
    await world.settle()
    for booking in (opened, unopened):
        seen = await world.booking(shop, booking["id"])
        assert (seen["state"], seen["payments"][0]["state"]) == ("expired", "cancelled")
    [session] = await world.rows("checkout.session")
    assert (session["id"], session["status"]) == (page.id, "expired")


@pytest.mark.proves("R0.6")
async def test_a_page_left_after_a_decline_is_closed_with_its_hold(world: World) -> None:
    shop = await world.open_shop(checkout_hosted=True)
    booking = (await world.book(shop)).json()
    page = await open_page(world, shop, booking)
    method = await world.stripe.v1.payment_methods.create_async(
        {"type": "card", "card": {"token": "tok_chargeCustomerFail"}}
    )
    answer = await world.sandbox.post(
        f"/_sandbox/checkout/{page.id}", json={"payment_method": method.id}
    )
    assert answer.status_code == 402
    await world.advance(timedelta(seconds=10))
    [payment] = (await world.booking(shop, booking["id"]))["payments"]
    assert (payment["state"], payment["decline_code"]) == ("open", "generic_decline")
    await world.advance(timedelta(minutes=11))
    await world.settle()
    [session] = await world.rows("checkout.session")
    assert session["status"] == "expired"
    assert (await world.booking(shop, booking["id"]))["payments"][0]["state"] == "cancelled"


@pytest.mark.proves("R0.1")
async def test_a_client_may_leave_the_card_field_for_stripes_page(world: World) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    given_up = await world.intent_of(booking)
    page = await open_page(world, shop, booking)
    with pytest.raises(stripe.InvalidRequestError):
        await world.stripe.v1.payment_intents.confirm_async(
            given_up, {"payment_method": "pm_card_visa"}
        )
    await world.settle()
    assert (await world.booking(shop, booking["id"]))["payments"][0]["state"] == "open"
    await pay_page(world, page)
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert seen["state"] == "confirmed"
    assert [p["state"] for p in seen["payments"]] == ["captured"]


@pytest.mark.proves("R0.1")
async def test_a_payment_made_while_leaving_the_field_closes_the_page_before_it_opens(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.hold_deliveries()
    await world.pay(booking)
    with pytest.raises(collect.PaymentClosed):
        await open_page(world, shop, booking)
    await world.hold_deliveries(held=False)
    await world.settle()
    assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"
    assert not await world.rows("checkout.session")


@pytest.mark.proves("R0.6", "X1")
@pytest.mark.impatient
async def test_no_page_opens_while_the_intent_in_the_field_could_still_be_paid(
    world: World,
) -> None:
    """Stripe cannot be asked to cancel the intent, and the client pays in the other tab."""
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.fault("POST", "/v1/payment_intents/*/cancel", "error_before_effect", times=2)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            await open_page(world, shop, booking)
    await world.hold_deliveries()
    await world.pay(booking)
    with pytest.raises(collect.PaymentClosed):
        await open_page(world, shop, booking)
    await world.hold_deliveries(held=False)
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("confirmed", "captured")
    assert not await world.rows("checkout.session")
    assert len(await world.rows("charge")) == 1


@pytest.mark.proves("R0.1")
@pytest.mark.impatient
async def test_the_page_opens_as_soon_as_the_intent_in_the_field_is_cancelled(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.fault("POST", "/v1/payment_intents/*/cancel", "error_before_effect")
    with pytest.raises(OutcomeUnknown):
        await open_page(world, shop, booking)
    page = await open_page(world, shop, booking)
    assert [row["status"] for row in await world.rows("payment_intent")] == ["canceled"]
    await pay_page(world, page)
    await world.settle()
    assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"
    assert not (await world.booking(shop, booking["id"]))["refunds"]


@pytest.mark.proves("R0.6")
@pytest.mark.impatient
async def test_an_intent_that_was_given_up_is_cancelled_with_its_hold_however_long_it_takes(
    world: World,
) -> None:
    """The client leaves the field, Stripe fails, and nobody ever comes back to this payment."""
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.fault("POST", "/v1/payment_intents/*/cancel", "error_before_effect", times=4)
    with pytest.raises(OutcomeUnknown):
        await open_page(world, shop, booking)
    await world.advance(timedelta(minutes=40))
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("expired", "cancelled")
    with pytest.raises(stripe.InvalidRequestError):
        await world.pay(booking)
    assert not await world.rows("charge")


@pytest.mark.proves("R0.6")
@pytest.mark.impatient
async def test_an_intent_that_was_given_up_and_paid_all_the_same_keeps_its_booking(
    world: World,
) -> None:
    """Its news is lost as well: what stops the payment finds the money and settles it."""
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.fault("POST", "/v1/payment_intents/*/cancel", "error_before_effect")
    with pytest.raises(OutcomeUnknown):
        await open_page(world, shop, booking)
    await world.hold_deliveries()
    await world.pay(booking)
    await world.advance(timedelta(minutes=11))
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("confirmed", "captured")
    await world.hold_deliveries(held=False)


@pytest.mark.proves("R0.6", "R1.2", "X1")
async def test_a_second_collection_of_one_payment_comes_back_in_full(world: World) -> None:
    """Somebody at Stripe made another intent for it: ours are one at a time."""
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    first = await world.stripe.v1.payment_intents.retrieve_async(await world.intent_of(booking))
    await world.pay(booking)
    await world.settle()
    await world.stripe.v1.payment_intents.create_async(
        {
            "amount": first.amount,
            "currency": first.currency,
            "metadata": first.metadata.to_dict(),
            "payment_method": "pm_card_visa",
            "confirm": True,
            "return_url": "https://example.com",
        }
    )
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert seen["state"] == "confirmed"
    assert sorted(p["refunded"]["amount"] for p in seen["payments"]) == [0, 3200]
    [back] = seen["refunds"]
    assert (back["state"], back["reason"]) == ("succeeded", "duplicate")
    assert sorted(row["amount_refunded"] for row in await world.rows("charge")) == [0, 3200]


@pytest.mark.proves("R1.2")
@pytest.mark.impatient
async def test_news_of_a_given_up_intent_is_no_news_of_the_payment(world: World) -> None:
    """The process dies between leaving the field and cancelling its intent, which then declines."""
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.fault("POST", "/v1/payment_intents/*/cancel", "error_before_effect")
    with pytest.raises(OutcomeUnknown):
        await open_page(world, shop, booking)
    with pytest.raises(stripe.CardError):
        await world.pay(booking, "pm_card_chargeDeclined")
    await world.settle()
    await world.stripe.v1.payment_intents.cancel_async(await world.intent_of(booking))
    await world.settle()
    page = await open_page(world, shop, booking)
    await pay_page(world, page)
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["payments"][0]["state"]) == ("confirmed", "captured")


@pytest.mark.proves("R0.1")
@pytest.mark.parametrize("hold", [1, 60, 120])
async def test_a_page_may_be_asked_for_until_the_hold_is_over(
    databases: Databases, hold: int
) -> None:
    """Stripe closes a page half an hour after it was made at the soonest, however long we hold."""
    minutes = timedelta(minutes=1)
    async with living(databases.app_url, databases.platform_url, hold=hold * minutes) as world:
        shop = await world.open_shop()
        booking = (await world.book(shop)).json()
        await world.advance(hold * minutes - timedelta(seconds=20))
        page = await open_page(world, shop, booking)
        await world.tick(timedelta(seconds=15))
        assert (await open_page(world, shop, booking)).id == page.id
        await pay_page(world, page)
        await world.settle()
        assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"
        await world.prove()


@pytest.mark.proves("R0.1", "R1.2")
@pytest.mark.impatient
async def test_a_page_asked_for_again_is_the_same_page(world: World) -> None:
    """Stripe made it and its answer was lost: the same key comes with the same parameters."""
    shop = await world.open_shop(checkout_hosted=True)
    booking = (await world.book(shop)).json()
    await world.fault("POST", "/v1/checkout/sessions", "reset_mid_body")
    with pytest.raises(OutcomeUnknown):
        await open_page(world, shop, booking)
    await world.advance(timedelta(minutes=3))
    page = await open_page(world, shop, booking)
    assert [row["id"] for row in await world.rows("checkout.session")] == [page.id]


@pytest.mark.proves("R0.6")
async def test_no_page_opens_once_the_hold_is_over(world: World) -> None:
    shop = await world.open_shop(checkout_hosted=True)
    booking = (await world.book(shop)).json()
    await world.tick(timedelta(minutes=10))
    with pytest.raises(collect.PaymentClosed):
        await open_page(world, shop, booking)
    assert not await world.rows("checkout.session")


@pytest.mark.proves("R0.1")
async def test_only_cards_are_taken_for_a_time_that_is_held_for_minutes(world: World) -> None:
    """No bank debit, whose money would come days after the hold."""
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await open_page(world, shop, booking)
    [intent] = await world.rows("payment_intent")
    assert intent["allowed_payment_method_types"] == ["card"]
    assert intent["automatic_payment_methods"] is None
    [session] = await world.rows("checkout.session")
    assert session["allowed_payment_method_types"] == ["card"]
