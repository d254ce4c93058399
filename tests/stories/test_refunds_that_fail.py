"""A refund that comes to nothing: what the visit has no use for stays owed to the client."""

from datetime import timedelta
from typing import Any

import pytest

from bookedbarber.reconciliation import books
from tests import notebook
from tests.world import Shop, World

ON_PAGE = {"reason": "goodwill", "note": "A burnt towel."}


async def paid(world: World, shop: Shop, card: str = "pm_card_visa", **changes: Any) -> Any:
    answer = await world.book(shop, **changes)
    assert answer.status_code == 201, answer.text
    await world.pay(answer.json(), card)
    await world.settle()
    return (await world.booking(shop, answer.json()["id"]))["payments"][0]


async def refunds_of(world: World, shop: Shop, payment: dict[str, Any]) -> list[dict[str, Any]]:
    return list((await world.booking(shop, payment["booking"]))["refunds"])


async def stands(world: World) -> dict[str, int]:
    return notebook.trial_balance(await notebook.in_the_books(world))


async def no_funds(world: World, *, at_all: bool = True) -> None:
    """Stripe's balance may not be used, or may again: refunds wait for funds."""
    await world.control("POST", "settings", {"overdraft": -(10**9) if at_all else None})


async def withdrawn(world: World) -> None:
    """Somebody withdraws the refund that waits at Stripe."""
    await world.arrive()
    [waiting] = [row for row in await world.rows("refund") if row["status"] == "pending"]
    await world.control("POST", f"refunds/{waiting['id']}/cancel", {})
    await world.settle()


async def send_again(world: World, shop: Shop, refund: dict[str, Any], key: str = "once") -> Any:
    return await world.http.post(
        f"/api/v2/refunds/{refund['id']}/send-again",
        headers={**shop.headers, "Idempotency-Key": key},
    )


async def closed(world: World) -> tuple[str, ...]:
    return (await books.read(world.means, now=world.clock.now())).faults


@pytest.mark.proves("R0.6", "X1")
@pytest.mark.parametrize("who", ["the client", "the shop"])
async def test_what_a_cancellation_promised_stays_owed_when_stripe_withdraws_it(
    world: World, who: str
) -> None:
    shop = await world.open_shop(free_cancel_hours=0)
    booked = (await world.book(shop)).json()
    await world.pay(booked)
    await world.settle()
    [payment] = (await world.booking(shop, booked["id"]))["payments"]
    await no_funds(world)
    if who == "the shop":
        await world.cancel(shop, booked)
    else:
        link = booked["manage_url"].rpartition("/")[2]
        answer = await world.http.post(f"/api/v2/own/{link}/cancel", json={})
        assert answer.status_code == 200, answer.text
    await withdrawn(world)
    [refund] = await refunds_of(world, shop, payment)
    assert (refund["state"], refund["failure"]) == ("failed", "cancelled")
    assert (await stands(world))["refunds_payable"] == -3200
    await world.advance(timedelta(days=31))
    assert any("is owed to a client" in fault for fault in await closed(world))
    await no_funds(world, at_all=False)
    again = await send_again(world, shop, refund)
    assert (again.status_code, again.json()["state"]) == (200, "succeeded")
    await world.settle()
    assert "refunds_payable" not in await stands(world)
    assert not await closed(world)


@pytest.mark.proves("R0.6", "X1")
async def test_a_payment_for_a_lost_slot_stays_owed_when_its_refund_is_withdrawn(
    world: World,
) -> None:
    shop = await world.open_shop()
    late = (await world.book(shop)).json()
    await world.hold_deliveries()
    await world.pay(late)
    await world.cancel(shop, late)  # the payment is on its way, and we do not know it yet
    await no_funds(world)
    await world.hold_deliveries(held=False)
    await world.advance(timedelta(minutes=1))
    await withdrawn(world)
    payment = late["payments"][0]
    [refund] = await refunds_of(world, shop, payment)
    assert (refund["state"], refund["reason"]) == ("failed", "slot_lost")
    assert (await stands(world))["refunds_payable"] == -3200
    await no_funds(world, at_all=False)
    assert (await send_again(world, shop, refund)).json()["state"] == "succeeded"


@pytest.mark.proves("X1")
async def test_goodwill_that_is_withdrawn_after_the_visit_stays_owed(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop)
    await no_funds(world)
    await world.refund(shop, payment, 1000, **ON_PAGE)
    await world.advance(timedelta(hours=2))
    await world.complete(shop, {"id": payment["booking"]})
    # Out of goodwill the visit cost 22.00: nothing is owed for it that the money could pay.
    assert (await stands(world)).get("receivable_from_client", 0) == 0
    await withdrawn(world)
    [refund] = await refunds_of(world, shop, payment)
    assert refund["state"] == "failed"
    books_now = await stands(world)
    assert books_now["refunds_payable"] == -1000
    assert books_now["service_income"] + books_now["tax_payable"] == -2200
    assert not await closed(world)


@pytest.mark.proves("X1")
async def test_a_refund_is_paid_out_of_the_deposit_and_the_fee_that_was_kept(
    world: World,
) -> None:
    """Part refunded, cancelled late, all refunded after all: nothing is left but Stripe's fee."""
    shop = await world.open_shop()
    payment = await paid(world, shop)
    await world.refund(shop, payment, 1000)
    await world.cancel(shop, {"id": payment["booking"]}, cancelled_by="client")
    kept = await stands(world)
    assert kept["late_cancellation_income"] + kept["tax_payable"] == -800
    answer = await world.refund(shop, payment, None, **ON_PAGE)
    assert answer.json()["amount"]["amount"] == 800
    await world.settle()
    [fee] = await notebook.fees(world)
    assert await stands(world) == {"stripe_balance": -fee, "stripe_fees": fee}


@pytest.mark.proves("X1")
async def test_a_refund_that_bounced_is_sent_again_as_a_refund_of_its_own(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop, "pm_card_refundFail")
    await world.refund(shop, payment, 1000)
    await world.settle()
    [bounced] = await refunds_of(world, shop, payment)
    assert bounced["state"] == "failed"
    first = await send_again(world, shop, bounced)
    repeated = await send_again(world, shop, bounced)
    assert first.status_code == repeated.status_code == 200
    assert len(await world.rows("refund")) == 2
    await world.settle()  # this card sends every refund back
    [twice] = await refunds_of(world, shop, payment)
    assert twice["state"] == "failed"
    assert (await stands(world))["refunds_payable"] == -1000
    third = await send_again(world, shop, bounced, key="another")
    assert third.status_code == 200
    await world.settle()
    assert len(await world.rows("refund")) == 3
    assert (await stands(world))["refunds_payable"] == -1000


async def test_only_a_refund_that_came_back_is_sent_again(world: World) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    payment = await paid(world, shop)
    sent = (await world.refund(shop, payment, 1000)).json()
    await world.settle()
    before = await world.tally()
    refused = await send_again(world, shop, sent)
    assert (refused.status_code, refused.json()["code"]) == (409, "refund_not_failed")
    assert refused.json()["state"] == "succeeded"
    stranger = await send_again(world, other, sent)
    assert (stranger.status_code, stranger.json()["code"]) == (404, "refund_unknown")
    keyless = await world.http.post(
        f"/api/v2/refunds/{sent['id']}/send-again", headers=shop.headers
    )
    assert keyless.json()["code"] == "idempotency_key_missing"
    assert await world.tally() == before


@pytest.mark.proves("X1")
async def test_goodwill_before_the_visit_is_not_asked_back_at_the_shop(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop)
    await world.refund(shop, payment, 500, **ON_PAGE)
    receipt = await world.http.get(
        f"/api/v2/bookings/{payment['booking']}/receipt", headers=shop.headers
    )
    assert receipt.json()["due_at_shop"]["amount"] == 0
    await world.advance(timedelta(hours=2))
    await world.complete(shop, {"id": payment["booking"]})
    books_now = await stands(world)
    assert "receivable_from_client" not in books_now
    assert books_now["service_income"] + books_now["tax_payable"] == -2700


@pytest.mark.proves("X1", "R1.2")
@pytest.mark.parametrize("order", ["charge first", "refund first"])
async def test_a_refund_made_by_hand_at_stripe_is_taken_into_its_payment(
    world: World, order: str
) -> None:
    shop = await world.open_shop()
    if order == "charge first":
        payment = await paid(world, shop)
    else:
        booking = (await world.book(shop)).json()
        await world.hold_deliveries()
        await world.pay(booking)
        payment = booking["payments"][0]
        await world.advance(timedelta(minutes=1))
    [charge] = await world.rows("charge")
    await world.stripe.v1.refunds.create_async({"charge": charge["id"], "amount": 1000})
    if order == "refund first":
        # Only the refund's own events arrive: the payment is settled on the way.
        for letter in (await world.control("GET", "deliveries?state=pending"))["deliveries"]:
            if not letter["type"].startswith("refund."):
                await world.control("POST", "deliveries/drop", {"number": letter["number"]})
        await world.hold_deliveries(held=False)
    await world.settle()
    [refund] = await refunds_of(world, shop, payment)
    assert (refund["state"], refund["amount"]["amount"]) == ("succeeded", 1000)
    assert refund["note"] == "Made at Stripe."
    assert "suspense" not in await stands(world)
    # What is left can go back, to the cent, and no more.
    over = await world.refund(shop, payment, 2201)
    assert over.json()["left"]["amount"] == 2200
    await world.cancel(shop, {"id": payment["booking"]})
    await world.settle()
    assert not await closed(world)


@pytest.mark.proves("X1")
async def test_a_refund_by_hand_that_fails_is_still_owed_to_the_client(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop, "pm_card_refundFail")
    [charge] = await world.rows("charge")
    await world.stripe.v1.refunds.create_async({"charge": charge["id"]})
    await world.settle()
    [refund] = await refunds_of(world, shop, payment)
    assert refund["state"] == "failed"
    assert (await stands(world))["refunds_payable"] == -3200


@pytest.mark.proves("R1.2", "X1")
async def test_what_is_heard_late_of_an_earlier_try_by_hand_is_no_second_refund(
    world: World,
) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop, "pm_card_refundFail")
    [charge] = await world.rows("charge")
    await world.stripe.v1.refunds.create_async({"charge": charge["id"], "amount": 1000})
    await world.settle()
    [bounced] = await refunds_of(world, shop, payment)
    await send_again(world, shop, bounced)
    by_hand = next(row for row in await world.rows("refund") if not row["metadata"])
    letters = (await world.control("GET", "deliveries?state=delivered"))["deliveries"]
    told = [letter["event"] for letter in letters if letter["type"] == "refund.created"]
    await world.query(
        "update webhook_events set state = 'ready', run_at = $1 where event_id = any($2::text[])",
        world.clock.now(),
        told,
    )
    await world.settle()
    [only] = await refunds_of(world, shop, payment)
    assert only["id"] == bounced["id"]
    assert by_hand["status"] == "failed"
    assert (await stands(world))["refunds_payable"] == -1000
