"""What a client's own link says of a visit that was not paid: never a receipt, never a refund."""

import re
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from tests.world import Shop, World

UNTRUE = ("This appointment is over", "returned in full", "policy nothing is returned", "Issued")
PAST_THE_HOLD = timedelta(minutes=10, seconds=1)


async def follow(world: World, path: str) -> httpx.Response:
    answer = await world.http.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert not any(sentence in answer.text for sentence in UNTRUE)
    return answer


def barber_of(shop: Shop, booking: dict[str, Any]) -> str:
    return next(str(b["id"]) for b in shop.menu["barbers"] if b["name"] == booking["barber"])


@pytest.mark.proves("R0.1")
@pytest.mark.parametrize("page", ["manage", "receipt"])
async def test_a_held_visit_leads_on_to_paying(world: World, page: str) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    path = booking["manage_url"].removeprefix(world.site_url).replace("/manage/", f"/{page}/")
    answer = await follow(world, path)
    assert "/manage/" in str(answer.url)
    assert "Held for you until 08:10" in answer.text
    assert "Not paid yet" in answer.text
    [pay] = re.findall(r'href="(/pay/[^"]+)"', answer.text)
    assert "Go on to pay US$32.00" in answer.text
    assert "Pay by card" in (await world.http.get(pay)).text


@pytest.mark.proves("R0.1", "R0.6")
async def test_a_held_visit_can_be_let_go_and_nothing_was_charged(world: World) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    manage = booking["manage_url"].removeprefix(world.site_url)
    gone = await world.http.post(f"{manage}/cancel", data={"agreed": "0"}, follow_redirects=True)
    assert "This booking was cancelled" in gone.text
    assert "Not charged" in gone.text
    again = await world.book(shop, starts_at=booking["starts_at"])
    assert again.status_code == 201
    await world.settle()
    for path in (manage, manage.replace("/manage/", "/receipt/")):
        answer = await follow(world, path)
        assert "There is nothing to pay" in answer.text
    assert (await world.booking(shop, booking["id"]))["payments"][0]["state"] == "cancelled"


@pytest.mark.proves("R0.1", "R0.6")
@pytest.mark.parametrize("page", ["manage", "receipt"])
async def test_a_visit_whose_hold_ran_out_was_not_charged_and_can_be_booked_again(
    world: World, page: str
) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.advance(PAST_THE_HOLD)
    await world.settle()
    path = booking["manage_url"].removeprefix(world.site_url).replace("/manage/", f"/{page}/")
    answer = await follow(world, path)
    assert "The hold ran out" in answer.text
    assert "Nothing was charged" in answer.text
    [link] = re.findall(r'<a class="btn[^"]*" href="([^"]+)">Choose another time', answer.text)
    chosen = await world.http.get(link.replace("&amp;", "&"))
    for name, value in (
        ("service", shop.service("Skin fade")["id"]),
        ("barber", barber_of(shop, booking)),
        ("day", "2035-03-05"),
    ):
        assert re.search(rf'name="{name}"[^>]* value="{value}" checked', chosen.text), name


@pytest.mark.proves("R0.6")
async def test_a_time_lost_to_another_and_paid_too_late_still_has_its_receipt(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.tick(PAST_THE_HOLD)
    barber = barber_of(shop, booking)
    other = await world.book(shop, starts_at=booking["starts_at"], barber=barber)
    assert other.status_code == 201
    await world.pay(booking)
    await world.settle()
    receipt = booking["manage_url"].removeprefix(world.site_url).replace("/manage/", "/receipt/")
    answer = await world.http.get(receipt)
    assert answer.status_code == 200
    assert "It was returned in full by itself" in answer.text
    assert "Not booked" in answer.text
