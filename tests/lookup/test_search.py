"""One box finds everything by what somebody has in hand, and nothing of another shop."""

from typing import Any

import pytest

from tests.lookup.desk import BEN, ask, lived, payment_of
from tests.world import World

KINDS = ("payments", "bookings", "refunds", "barbers", "services")


def hits(found: dict[str, Any]) -> dict[str, list[str]]:
    return {kind: [one["id"] for one in found[kind]] for kind in KINDS if found[kind]}


@pytest.mark.proves("R0.2")
async def test_a_search_finds_each_kind_of_thing(world: World) -> None:
    shop = await world.open_shop()
    day = await lived(world, shop)
    [refund] = (await world.booking(shop, day.partly["id"]))["refunds"]
    pay, booking = payment_of(day.partly), day.partly["id"]
    barbers = {barber["name"]: barber["id"] for barber in shop.menu["barbers"]}
    cut = shop.service("Skin fade")["id"]
    expected: dict[str, dict[str, list[str]]] = {
        pay: {"payments": [pay]},
        booking: {"payments": [pay], "bookings": [booking]},
        refund["id"]: {"payments": [pay], "refunds": [refund["id"]]},
        "32.00": {"payments": day.ids("paid", "partly", "declined", "open", "cancelled")},
        "marc": {"barbers": [barbers["Marco"]]},
        "FADE": {"services": [cut]},
        "nothing at all": {},
        " ": {},
    }
    for term, found in expected.items():
        assert hits(await ask(world, shop, "search", q=term)) == found, term


async def test_an_address_finds_the_client_and_theirs(world: World) -> None:
    shop = await world.open_shop()
    day = await lived(world, shop)
    found = await ask(world, shop, "search", q="BEN@example.com")
    assert found["understood_as"] == "email"
    assert (found["client"]["name"], found["client"]["email"]) == ("Ben Adeyemi", BEN["email"])
    assert hits(found)["payments"] == day.ids("partly", "refunded", "open")
    assert set(hits(found)["bookings"]) == {
        one["id"] for one in (day.partly, day.refunded, day.open)
    }
    nobody = await ask(world, shop, "search", q="nobody@example.com")
    assert (nobody["client"], hits(nobody)) == (None, {})


async def test_a_search_stays_within_the_shop(world: World) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    booking = await world.paid_booking(shop)
    refund = (await world.refund(shop, booking["payments"][0], 100)).json()
    for term in (payment_of(booking), booking["id"], refund["id"], "amara@example.com", "32.00"):
        found = await ask(world, other, "search", q=term)
        assert (found["client"], hits(found)) == (None, {}), term


async def test_a_refund_is_found_by_stripes_name_for_it(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    refund = (await world.refund(shop, booking["payments"][0], 100)).json()
    [row] = await world.rows("refund")
    found = await ask(world, shop, "search", q=row["id"])
    assert hits(found) == {"payments": [payment_of(booking)], "refunds": [refund["id"]]}


async def test_more_than_fits_is_said_to_be_more(world: World) -> None:
    shop = await world.open_shop()
    for number in range(7):
        await world.book(shop, client={"name": "N", "email": f"n{number}@example.com"})
    found = await ask(world, shop, "search", q="32.00")
    assert (len(found["payments"]), found["more_payments"]) == (6, True)
