"""Lists longer than a page are read to their end, each item once, whoever lists."""

from datetime import timedelta
from typing import Any

import pytest

from bookedbarber.clock import seconds_of
from bookedbarber.processor.client import Processor
from bookedbarber.resilience.breaker import Breakers
from tests.world import SECRET_KEY, Shop, World


@pytest.fixture
async def patient(world: World) -> Any:
    """A processor that is told two things at a time."""
    processor = Processor(
        api_key=SECRET_KEY,
        api_base=world.sandbox_url,
        breakers=Breakers(seconds_of(world.clock)),
        page=2,
    )
    yield processor
    await processor.close()


async def bookings(world: World, shop: Shop, number: int) -> list[dict[str, Any]]:
    """So many paid bookings, a second apart."""
    found = []
    for _ in range(number):
        found.append(await world.paid_booking(shop))
        await world.advance(timedelta(seconds=1))
    return found


@pytest.mark.proves("X1")
async def test_movements_are_listed_over_three_pages(world: World, patient: Processor) -> None:
    await bookings(world, await world.open_shop(), 5)
    listed = [moved.id async for moved in patient.balance_transactions()]
    assert listed == [row["id"] for row in reversed(await world.rows("balance_transaction"))]
    assert len(listed) == 5


@pytest.mark.proves("X1")
async def test_an_intent_and_a_refund_are_found_on_the_last_page(
    world: World, patient: Processor
) -> None:
    shop = await world.open_shop()
    since = world.clock.now()
    oldest, *_ = await bookings(world, shop, 5)
    payment = oldest["payments"][0]["id"]
    found = await patient.find_intent(payment=payment, since=since, until=world.clock.now())
    assert found is not None
    assert found.metadata["payment"] == payment
    refunds = [(await world.refund(shop, oldest["payments"][0], 100)).json() for _ in range(5)]
    await world.settle()
    [charge] = [c for c in await world.rows("charge") if c["metadata"]["payment"] == payment]
    sent = await patient.find_refund(charge_id=charge["id"], named={"refund": refunds[0]["id"]})
    assert sent is not None
    assert await patient.find_refund(charge_id=charge["id"], named={"refund": "none"}) is None


async def test_a_shop_walks_its_payments_newest_first(world: World) -> None:
    shop, other = await world.open_shop(), await world.open_shop("other")
    mine = [booking["payments"][0]["id"] for booking in await bookings(world, shop, 5)]
    await world.paid_booking(other)
    walked: list[list[str]] = []
    before: dict[str, str] = {}
    while True:
        answer = await world.http.get(
            "/api/v2/payments", params={"limit": "2", **before}, headers=shop.headers
        )
        page = answer.raise_for_status().json()
        walked.append([payment["id"] for payment in page["data"]])
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    mine.reverse()
    assert walked == [mine[:2], mine[2:4], mine[4:]]
