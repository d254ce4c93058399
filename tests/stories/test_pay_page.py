"""What the payment page says: only what Stripe said in that moment, or for good."""

from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from bookedbarber import ids, links
from bookedbarber.pages.context import PAY
from tests.world import Shop, World

NOT_CHARGED = "Nothing was charged"
CHECKING = "We are checking your payment"
READS = ("GET", "/v1/payment_intents/*")
PAST_THE_HOLD = timedelta(minutes=10, seconds=1)


def path_of(world: World, shop: Shop, booking: dict[str, Any]) -> str:
    payment_id = ids.parse("pay", booking["payments"][0]["id"])
    return f"/pay/{links.sign(world.means.link_key, PAY, shop.id, payment_id)}"


async def paid_unheard(world: World, shop: Shop, **changes: Any) -> tuple[dict[str, Any], str]:
    """A booking that was paid at Stripe, of which no event has told us; and its payment page."""
    booking = (await world.book(shop, **changes)).json()
    await world.hold_deliveries()
    await world.pay(booking)
    return booking, path_of(world, shop, booking)


async def state(world: World, path: str) -> str:
    return str((await world.http.get(f"{path}/status")).raise_for_status().json()["state"])


def leads_to_receipt(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and answer.headers["location"].startswith("/receipt/")


@pytest.mark.proves("R1.5", "R8.1")
@pytest.mark.impatient
@pytest.mark.parametrize("elapsed", [timedelta(seconds=30), PAST_THE_HOLD])
async def test_while_stripe_cannot_be_asked_nobody_says_that_nothing_was_charged(
    world: World, elapsed: timedelta
) -> None:
    shop = await world.open_shop()
    _, path = await paid_unheard(world, shop)
    await world.tick(elapsed)
    await world.fault(*READS, "error_before_effect", times=4)
    for address in (path, f"{path}/return"):
        answer = await world.http.get(address)
        assert CHECKING in answer.text
        assert "Do not pay again" in answer.text
        shown, _, _ = answer.text.partition('<script type="application/json"')
        assert NOT_CHARGED not in shown
    assert await state(world, path) == "checking"
    await world.control("DELETE", "faults")
    await world.tick(timedelta(minutes=1))  # the breaker looks again
    assert await state(world, path) == "paid"
    assert leads_to_receipt(await world.http.get(f"{path}/return"))
    await world.hold_deliveries(held=False)


@pytest.mark.proves("R1.5")
async def test_a_cancelled_visit_is_not_called_unpaid_before_stripe_was_asked(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking, path = await paid_unheard(world, shop)
    await world.cancel(shop, booking)
    await world.fault(*READS, "error_before_effect", times=3)
    answer = await world.http.get(path)
    assert CHECKING in answer.text
    assert "There is nothing to pay" not in answer.text
    await world.control("DELETE", "faults")
    await world.tick(timedelta(minutes=1))
    answer = await world.http.get(path)
    assert "Going back to you" in answer.text
    await world.hold_deliveries(held=False)


@pytest.mark.proves("R1.5")
async def test_polling_until_it_is_refused_makes_no_stale_state_a_fact(world: World) -> None:
    """No fault at Stripe: the page's own questions use its allowance up, then the client pays."""
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    path = path_of(world, shop, booking)
    for _ in range(3):
        assert await state(world, path) == "ready"
    await world.hold_deliveries()
    await world.pay(booking)
    assert await state(world, path) == "checking"
    assert leads_to_receipt(await world.http.get(path))
    await world.hold_deliveries(held=False)


@pytest.mark.proves("R1.5")
async def test_after_the_hold_a_page_asks_stripe_itself_however_often_it_was_polled(
    world: World,
) -> None:
    shop = await world.open_shop()
    _, path = await paid_unheard(world, shop)
    await world.tick(PAST_THE_HOLD)
    for _ in range(3):
        await state(world, path)
    assert leads_to_receipt(await world.http.get(f"{path}/return"))
    await world.hold_deliveries(held=False)


@pytest.mark.proves("R1.5")
async def test_a_hold_that_ran_out_unpaid_is_said_once_stripe_was_asked(world: World) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    path = path_of(world, shop, booking)
    await world.tick(PAST_THE_HOLD)
    still_open = await world.http.get(path)
    assert NOT_CHARGED in still_open.text
    assert "If your bank still lets a payment through" in still_open.text
    await world.settle()
    closed = await world.http.get(path)
    assert NOT_CHARGED in closed.text
    assert "If your bank still lets a payment through" not in closed.text


@pytest.mark.proves("R0.1", "R1.5")
@pytest.mark.impatient
async def test_what_nobody_could_pay_yet_was_not_charged(world: World) -> None:
    """Stripe did not even make the intent: that much is known without asking."""
    shop = await world.open_shop()
    await world.fault("POST", "/v1/payment_intents", "error_before_effect", times=2)
    booking = (await world.book(shop)).json()
    answer = await world.http.get(path_of(world, shop, booking))
    assert "Card payments are not answering" in answer.text
    assert NOT_CHARGED in answer.text


@pytest.mark.proves("R1.5")
async def test_a_deposit_that_the_shop_keeps_is_not_called_uncharged(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, pay="deposit")
    done = await world.cancel(shop, booking, cancelled_by="client")
    assert done.json()["kept"]["amount"] == 800
    answer = await world.http.get(path_of(world, shop, booking))
    assert "This booking was cancelled" in answer.text
    assert "policy nothing is returned" in answer.text
    assert "Not charged" not in answer.text
