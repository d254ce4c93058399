"""A refund is asked for under a key and sent under a key: whatever is lost, once only."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.world import Shop, World

REFUNDS = ("POST", "/v1/refunds")


async def paid(world: World, shop: Shop, **changes: Any) -> dict[str, Any]:
    return dict((await world.paid_booking(shop, **changes))["payments"][0])


async def the_one_refund(world: World, shop: Shop, payment: dict[str, Any]) -> dict[str, Any]:
    assert len(await world.rows("refund")) == 1
    [only] = (await world.booking(shop, payment["booking"]))["refunds"]
    return dict(only)


@pytest.mark.impatient
@pytest.mark.proves("X3")
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("error_before_effect", {}),
        ("error_after_effect", {}),
        pytest.param("timeout_after", {"seconds": 4}, marks=pytest.mark.impatient(patience=3)),
        ("reset_mid_body", {}),
        ("rate_limit", {}),
        ("conflict", {}),
    ],
)
async def test_an_answer_that_is_lost_leaves_the_refund_promised_and_sends_it_once(
    world: World, kind: str, more: dict[str, Any]
) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop)
    await world.hold_deliveries()  # no event tells us either
    await world.fault(*REFUNDS, kind, **more)
    asked = await world.refund(shop, payment, 1234)
    assert (asked.status_code, asked.json()["state"]) == (201, "requested")
    await world.advance(timedelta(seconds=20))
    only = await the_one_refund(world, shop, payment)
    assert (only["id"], only["state"]) == (asked.json()["id"], "succeeded")
    await world.hold_deliveries(held=False)
    await world.settle()
    assert (await the_one_refund(world, shop, payment))["state"] == "succeeded"


@pytest.mark.impatient(patience=3)
@pytest.mark.proves("X3")
async def test_a_refund_whose_key_stripe_forgot_is_found_by_its_metadata(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop)
    await world.hold_deliveries()
    await world.fault(*REFUNDS, "timeout_after", seconds=4)
    await world.refund(shop, payment, 1234)
    # For a day and more nothing of Stripe's answers, until its keys are gone.
    await world.fault("*", "/v1/refunds**", "error_before_effect", times=500)
    await world.advance(timedelta(hours=26))
    await world.control("DELETE", "faults")
    assert (await the_one_refund(world, shop, payment))["state"] == "requested"
    await world.advance(timedelta(hours=1))
    assert (await the_one_refund(world, shop, payment))["state"] == "succeeded"
    await world.hold_deliveries(held=False)
    await world.settle()
    [charge] = await world.rows("charge")
    assert charge["amount_refunded"] == 1234


async def test_the_same_key_with_the_same_body_is_the_same_refund(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop)
    answers = [await world.refund(shop, payment, 500, key="k-1") for _ in range(3)]
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    before = await world.tally()
    other = await world.refund(shop, payment, 501, key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await world.tally() == before
    await the_one_refund(world, shop, payment)


async def test_the_same_key_at_once_is_the_same_refund_for_everybody(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop)
    answers = await asyncio.gather(*(world.refund(shop, payment, key="both") for _ in range(5)))
    assert [a.status_code for a in answers] == [201] * 5, [a.text for a in answers]
    assert len({a.json()["id"] for a in answers}) == 1
    await the_one_refund(world, shop, payment)


async def test_a_key_is_the_callers_own(world: World) -> None:
    shops = [await world.open_shop("fade"), await world.open_shop("blend")]
    for shop in shops:
        payment = await paid(world, shop)
        answer = await world.refund(shop, payment, 500, key="mine")
        assert answer.status_code == 201
        assert answer.json()["payment"] == payment["id"]
    assert len(await world.rows("refund")) == 2


async def test_money_leaves_under_a_key_only(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop)
    before = await world.tally()
    url = f"/api/v2/payments/{payment['id']}/refunds"
    keyless = await world.http.post(url, json={}, headers=shop.headers)
    assert (keyless.status_code, keyless.json()["code"]) == (400, "idempotency_key_missing")
    for bad in ("has space", "x" * 256):
        answer = await world.refund(shop, payment, key=bad)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
    assert await world.tally() == before
