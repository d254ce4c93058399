"""The booking page as a browser sends it: prices, tips, tickets, and what cancelling costs."""

import re
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from bookedbarber import ids
from bookedbarber.money import Money, currency
from bookedbarber.shops.opening import BarberPlan, ServicePlan
from bookedbarber.shops.prices import PriceNotCollectable
from tests.world import WEEKDAYS, Shop, World

PAST_THE_HOLD = timedelta(minutes=10, seconds=1)
TODAY, WEDNESDAY = "2035-03-05T10:00:00+00:00", "2035-03-07T10:00:00+00:00"


def form(shop: Shop, **changes: Any) -> dict[str, str]:
    """What the page's form holds once all five steps are done."""
    return {
        "service": shop.service("Skin fade")["id"],
        "barber": "any",
        "day": "2035-03-05",
        "slot": TODAY,
        "plan": "full",
        "tip": "0",
        "name": "Amara Okafor",
        "email": "amara@example.com",
        "agreed": "3200",
        "terms": str(shop.menu["terms_version"]),
        "ticket": "one-open-page",
        "do": "book",
        **changes,
    }


async def send(world: World, shop: Shop, **changes: Any) -> httpx.Response:
    return await world.http.post(f"/b/{shop.slug}", data=form(shop, **changes))


@pytest.mark.proves("R1.5")
@pytest.mark.parametrize(("code", "minor"), [("usd", 30), ("kwd", 9_505)])
async def test_a_price_that_stripe_cannot_collect_is_refused_when_the_shop_opens(
    world: World, code: str, minor: int
) -> None:
    odd = ServicePlan("Neck trim", 15, Money(minor, currency(code)))
    with pytest.raises(PriceNotCollectable) as refusal:
        await world.open_shop(
            currency=code, services=[odd], barbers=[BarberPlan("Marco", WEEKDAYS)]
        )
    assert refusal.value.code == "price_not_collectable"
    assert not await world.query("select from shops")


@pytest.mark.proves("R1.5")
@pytest.mark.parametrize(("code", "minor"), [("usd", 30), ("kwd", 9_505)])
async def test_a_service_that_cannot_be_paid_online_says_so_and_takes_no_page_down(
    world: World, code: str, minor: int
) -> None:
    shop = await world.open_shop(currency=code)
    odd = await world.add_service(shop, "Neck trim", Money(minor, currency(code)))
    for path in (f"/b/{shop.slug}", f"/b/{shop.slug}?service={odd}&barber=any"):
        page = await world.http.get(path)
        assert page.status_code == 200
        assert "not online, call the shop" in page.text
    answer = await send(world, shop, service=odd, agreed=str(minor))
    assert answer.status_code == 422
    assert "This service cannot be paid online. Call the shop to book it." in answer.text


@pytest.mark.proves("R1.5")
@pytest.mark.parametrize(
    ("code", "agreed", "example"),
    [("usd", "3200", "3.20"), ("jpy", "3200", "320"), ("kwd", "9500", "0.950")],
)
async def test_a_tip_that_cannot_be_read_is_explained_in_the_shops_own_money(
    world: World, code: str, agreed: str, example: str
) -> None:
    shop = await world.open_shop(currency=code)
    answer = await send(world, shop, tip="own", tip_typed="five", agreed=agreed)
    assert answer.status_code == 422
    assert f"Enter the tip as an amount, like {example}, or choose one above." in answer.text
    assert (await send(world, shop, tip="own", tip_typed=example)).status_code == 422  # the sum
    good = str(int(agreed) + int(example.replace(".", "")))
    assert (await send(world, shop, tip="own", tip_typed=example, agreed=good)).status_code == 303


@pytest.mark.proves("R0.6", "R1.2")
async def test_a_page_left_open_past_its_hold_books_anew(world: World) -> None:
    shop = await world.open_shop(barbers=[BarberPlan("Marco", WEEKDAYS)])
    first = await send(world, shop)
    assert (await send(world, shop)).headers["location"] == first.headers["location"]
    await world.tick(PAST_THE_HOLD)  # and no job has said so yet
    second = await send(world, shop)
    assert second.status_code == 303
    assert second.headers["location"] != first.headers["location"]
    assert "Pay by card" in (await world.http.get(second.headers["location"])).text
    assert (await send(world, shop)).headers["location"] == second.headers["location"]
    await world.settle()
    await world.advance(PAST_THE_HOLD)
    third = await send(world, shop)
    assert third.headers["location"] not in (
        first.headers["location"],
        second.headers["location"],
    )
    assert "Pay by card" in (await world.http.get(third.headers["location"])).text
    await world.pay({"id": await newest_visit(world)})
    await world.settle()
    # Paid: the same page, restored once more, leads to this booking and makes no other.
    assert (await send(world, shop)).headers["location"] == third.headers["location"]
    assert (await world.tally())["appointments"] == 3


async def newest_visit(world: World) -> str:
    rows = await world.query("select appointment_id from appointments order by appointment_id")
    return ids.show("apt", rows[-1]["appointment_id"])


@pytest.mark.proves("R0.1")
async def test_the_policy_names_the_moment_until_which_cancelling_is_free(world: World) -> None:
    shop = await world.open_shop(terms="Be kind.")
    later = await send(world, shop, do="update", day="2035-03-07", slot=WEDNESDAY)
    assert (
        "You can cancel free of charge until Tue 6 Mar, 10:00. After that, and until the "
        "appointment begins, the shop keeps US$8.00. Whatever you paid beyond that goes back"
    ) in later.text
    soon = await send(world, shop, do="update")
    assert "The time to cancel free of charge has passed." in soon.text
    assert "the shop keeps US$8.00" in soon.text
    assert "Free to cancel until" not in soon.text
    pay = (await send(world, shop)).headers["location"]
    page = await world.http.get(pay)
    assert "The time to cancel free of charge has passed." in page.text
    assert "Free to cancel until" not in page.text
    await world.pay({"id": await newest_visit(world)})
    await world.settle()
    back = await world.http.get(pay)
    receipt = await world.http.get(re.findall(r'href="(/receipt/[^"]+)"', back.text)[0])
    assert "The time to cancel free of charge has passed." in receipt.text
    await world.advance(timedelta(hours=3))
    assert "The appointment has begun" in (await world.http.get(str(receipt.url))).text
