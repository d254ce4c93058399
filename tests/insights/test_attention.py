"""What needs attention is named once, with its sum, and goes when it is done."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bookedbarber.insights import attention as waiting
from bookedbarber.insights.awaiting import Awaiting
from bookedbarber.money import Money, currency
from tests.insights.test_overview import go_to, overview, usd
from tests.world import SOON, Shop, World


async def attention(world: World, shop: Shop) -> list[dict[str, Any]]:
    return list((await overview(world, shop))["needs_attention"])


@pytest.mark.proves("R5.4", "R0.6")
async def test_a_refund_that_came_back_stands_first_until_it_is_sent_again(world: World) -> None:
    shop = await world.open_shop()
    answer = await world.book(shop)
    await world.pay(answer.json(), "pm_card_refundFail")
    await world.settle()
    [payment] = (await world.booking(shop, answer.json()["id"]))["payments"]
    await world.refund(shop, payment, 1000, reason="goodwill", note="A burnt towel.")
    await world.settle()
    [item] = await attention(world, shop)
    assert (item["kind"], item["amount"]) == ("refund_came_back", usd(1000))
    assert (item["payment"], item["failure"] is None) == (payment["id"], False)
    again = await world.http.post(
        f"/api/v2/refunds/{item['refund']}/send-again",
        headers={**shop.headers, "Idempotency-Key": "again"},
    )
    assert again.status_code == 200
    assert "refund_came_back" not in {i["kind"] for i in await attention(world, shop)}
    await world.settle()


@pytest.mark.proves("R5.4", "R0.2")
async def test_visits_that_ended_and_are_not_completed_are_named_by_their_day(
    world: World,
) -> None:
    shop = await world.open_shop()
    one, two = await world.paid_booking(shop), await world.paid_booking(shop)
    await world.begin(one)
    assert await attention(world, shop) == [], "it has only begun"
    await go_to(world, world.clock.now() + timedelta(hours=2))
    [item] = await attention(world, shop)
    assert (item["kind"], item["count"]) == ("visit_not_completed", 2)
    assert item["day"] == one["starts_at"][:10]
    await world.complete(shop, one)
    [item] = await attention(world, shop)
    assert (item["count"], item["booking"]) == (1, two["id"])
    await world.complete(shop, two)
    assert await attention(world, shop) == []


@pytest.mark.proves("R5.4")
async def test_a_day_with_more_visits_than_a_list_holds_is_counted_to_the_last(
    world: World,
) -> None:
    shop = await world.open_shop()
    one, _ = await world.paid_booking(shop), await world.paid_booking(shop)
    await go_to(world, datetime.fromisoformat(one["starts_at"]) + timedelta(hours=3))
    async with world.means.database.tenant(shop.id) as db:
        waits = await waiting.load(
            db,
            shop_id=shop.id,
            code="usd",
            zone=ZoneInfo("Europe/London"),
            awaiting=Awaiting(Money.zero(currency("usd")), 0, ()),
            now=world.clock.now(),
            most=1,
        )
    assert ([item.count for item in waits.items], waits.more) == ([2], False)


@pytest.mark.proves("R5.4")
async def test_a_payment_that_waits_too_long_for_its_movement_is_named(world: World) -> None:
    shop = await world.open_shop()
    await world.control("POST", "settings", {"balance_transaction_delay": 70 * 60})
    booked = (await world.book(shop)).json()
    await world.pay(booked)
    await world.advance(SOON)
    assert await attention(world, shop) == []
    await world.advance(timedelta(minutes=61))
    [item] = await attention(world, shop)
    assert (item["kind"], item["amount"]) == ("movement_missing", usd(3200))
    await world.advance(timedelta(minutes=20))
    assert await attention(world, shop) == []


@pytest.mark.proves("R5.4", "R0.3")
async def test_a_refund_for_a_lost_slot_that_does_not_leave_is_named(world: World) -> None:
    shop = await world.open_shop()
    late = (await world.book(shop)).json()
    await world.hold_deliveries()
    await world.pay(late)
    await world.cancel(shop, late)  # the payment is on its way, and we do not know it yet
    await world.control("POST", "settings", {"overdraft": -(10**9)})
    await world.hold_deliveries(held=False)
    await world.advance(timedelta(minutes=12))
    [item] = await attention(world, shop)
    assert (item["kind"], item["amount"]) == ("refund_waits", usd(3200))
    await world.control("POST", "settings", {"overdraft": None})
