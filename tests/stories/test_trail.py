"""What the audit trail says of payments: every move once, in order, and nothing of a person."""

from datetime import timedelta
from typing import Any

import pytest
import stripe

from bookedbarber import ids
from bookedbarber.checkout import collect
from tests.world import Shop, World

AFTERWARDS = timedelta(seconds=10)


async def trail(world: World, booking: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Who did what to a booking's payment, and the code of a decline, as it was written down:
    time stands still, so that no time tells what came first."""
    rows = await world.query(
        "select actor, act, facts from audit_events where object = $1 order by ctid",
        booking["payments"][0]["id"],
    )
    return [(row["actor"], row["act"], row["facts"].get("decline_code")) for row in rows]


async def look_again(world: World, shop: Shop, booking: dict[str, Any]) -> None:
    """Ask Stripe how a payment stands, as a page that waits does."""
    payment_id = ids.parse("pay", booking["payments"][0]["id"])
    for _ in range(2):
        await collect.refresh(
            world.means, shop_id=shop.id, payment_id=payment_id, now=world.clock.now()
        )


async def held(world: World, shop: Shop) -> dict[str, Any]:
    return dict((await world.book(shop)).raise_for_status().json())


OPENED = ("system", "payment.opened", None)
CAPTURED = ("stripe", "payment.captured", None)


@pytest.mark.proves("R2.6")
async def test_a_declined_and_then_paid_payment_leaves_each_step_once(world: World) -> None:
    shop = await world.open_shop()
    booking = await held(world, shop)
    assert await trail(world, booking) == [OPENED]
    with pytest.raises(stripe.CardError):
        await world.pay(booking, "pm_card_chargeDeclinedInsufficientFunds")
    await world.advance(AFTERWARDS)
    await look_again(world, shop, booking)
    declined = ("stripe", "payment.declined", "insufficient_funds")
    assert await trail(world, booking) == [OPENED, declined]
    await world.pay(booking)
    await world.settle()
    await look_again(world, shop, booking)
    assert await trail(world, booking) == [OPENED, declined, CAPTURED]


@pytest.mark.proves("R2.6")
async def test_a_payment_that_processes_and_is_called_off_says_so(world: World) -> None:
    shop = await world.open_shop()
    await world.control("POST", "settings", {"processing_delay": 3600})
    booking = await held(world, shop)
    await world.pay(booking)
    await world.advance(AFTERWARDS)
    await look_again(world, shop, booking)
    processing = ("stripe", "payment.processing", None)
    assert await trail(world, booking) == [OPENED, processing]
    await world.advance(timedelta(minutes=11))
    await world.settle()
    assert await trail(world, booking) == [
        OPENED, processing, ("stripe", "payment.cancelled", None),
    ]  # fmt: skip


@pytest.mark.proves("R2.6")
async def test_a_payment_that_moves_to_stripes_page_and_is_not_made_says_so(world: World) -> None:
    shop = await world.open_shop()
    booking = await held(world, shop)
    for _ in range(2):
        page = await collect.open_checkout(
            world.means,
            shop_id=shop.id,
            payment_id=ids.parse("pay", booking["payments"][0]["id"]),
            return_url=f"{world.site_url}/back",
            now=world.clock.now(),
        )
    moved = ("client", "payment.moved_to_checkout", None)
    assert await trail(world, booking) == [OPENED, moved, OPENED]
    await world.advance(timedelta(minutes=11))
    await world.settle()
    assert (await world.rows("checkout.session"))[0]["id"] == page.id
    assert await trail(world, booking) == [
        OPENED, moved, OPENED, ("system", "payment.cancelled", None),
    ]  # fmt: skip


@pytest.mark.proves("R2.6")
async def test_the_trail_holds_nothing_of_the_person(world: World) -> None:
    shop = await world.open_shop()
    booking = await held(world, shop)
    with pytest.raises(stripe.CardError):
        await world.pay(booking, "pm_card_chargeDeclined")
    await world.settle()
    said = str([dict(row) for row in await world.query("select * from audit_events")])
    for word in ("Amara", "amara", "Okafor", "4242", "0002"):
        assert word not in said.replace(booking["payments"][0]["id"], "")
