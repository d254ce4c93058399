"""Lists go on where they ended, both ways, whatever comes in meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from tests.lookup.desk import BEN, ask, listed, payment_of
from tests.world import World


@pytest.mark.proves("R0.2")
async def test_a_list_is_walked_there_and_back_and_shows_each_payment_once(world: World) -> None:
    shop = await world.open_shop()
    made = [payment_of((await world.book(shop)).json()) for _ in range(3)]
    made += [payment_of((await world.book(shop, client=BEN)).json()) for _ in range(3)]
    newest_first = sorted(made, reverse=True)
    first = await ask(world, shop, limit=2)
    assert ids_of(first) == newest_first[:2]
    assert first["previous"] is None
    second = await ask(world, shop, limit=2, before=first["next"])
    last = await ask(world, shop, limit=2, before=second["next"])
    assert ids_of(second) + ids_of(last) == newest_first[2:]
    assert last["next"] is None
    back = await ask(world, shop, limit=2, after=last["previous"])
    assert ids_of(back) == ids_of(second)
    start = await ask(world, shop, limit=2, after=back["previous"])
    assert (ids_of(start), start["previous"]) == (newest_first[:2], None)
    assert start["next"] == first["next"]
    await world.advance(timedelta(seconds=1))
    client = {"name": "Chiara Ricci", "email": "chiara@example.com"}
    late = payment_of((await world.book(shop, client=client)).json())
    assert ids_of(await ask(world, shop, limit=2, before=first["next"])) == ids_of(second)
    newer = await ask(world, shop, limit=2, after=start["data"][0]["id"])
    assert (ids_of(newer), newer["previous"]) == ([late], None)


async def test_a_filter_holds_on_every_page(world: World) -> None:
    shop = await world.open_shop()
    made = [await world.paid_booking(shop) for _ in range(3)]
    await world.book(shop, client=BEN)
    made.sort(key=payment_of)
    first = await ask(world, shop, state="captured", limit=2)
    rest = await ask(world, shop, state="captured", limit=2, before=first["next"])
    assert ids_of(first) + ids_of(rest) == [payment_of(one) for one in made[::-1]]
    assert rest["next"] is None


async def test_before_and_after_do_not_go_together(world: World) -> None:
    shop = await world.open_shop()
    one = payment_of((await world.book(shop)).json())
    answer = await world.http.get(
        "/api/v2/payments", params={"before": one, "after": one}, headers=shop.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "filter_invalid")


async def test_a_listed_payment_says_whose_visit_it_is_for_and_how_it_stands(world: World) -> None:
    shop = await world.open_shop()
    tip = {"amount": 500, "currency": "usd"}
    booking = await world.paid_booking(shop, tip=tip, client=BEN)
    [one] = (await ask(world, shop))["data"]
    assert {name: one[name] for name in booking["payments"][0]} == booking["payments"][0]
    assert (one["status"], one["tip"]) == ("captured", tip)
    assert one["visit"] == {
        "service": "Skin fade",
        "service_id": shop.service("Skin fade")["id"],
        "barber": booking["barber"],
        "barber_id": next(b["id"] for b in shop.menu["barbers"] if b["name"] == booking["barber"]),
        "starts_at": booking["starts_at"],
        "client": "Ben Adeyemi",
    }


async def test_the_payments_of_a_visit_follow_it_to_another_barber(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    barbers = {barber["name"]: barber["id"] for barber in shop.menu["barbers"]}
    before = barbers.pop(booking["barber"])
    [other] = barbers.values()
    assert await listed(world, shop, barber=before) == [payment_of(booking)]
    moved = await world.move(shop, booking, "2035-03-06T15:00:00+00:00", barber=other)
    assert moved.status_code == 200, moved.text
    assert await listed(world, shop, barber=other) == [payment_of(booking)]
    assert await listed(world, shop, barber=before) == []


def ids_of(page: dict[str, Any]) -> list[str]:
    return [one["id"] for one in page["data"]]
