"""What the shop sells, changed by its owner: for bookings to come, never for those that are."""

from typing import Any

import pytest

from tests.settings.owner import Owner, reasons, usd
from tests.world import World


async def test_a_new_price_is_for_bookings_to_come_and_what_was_sold_keeps_its_own(
    world: World,
) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    old = (await world.book(shop)).json()
    changed = await owner.change_service("Skin fade", price=usd(4100))
    assert changed.status_code == 200, changed.text
    assert (await world.booking(shop, old["id"]))["payments"][0]["amount"] == usd(3200)
    [told] = await owner.told("service.changed")
    assert told["facts"] == {"before": {"price": 3200}, "after": {"price": 4100}}
    assert told["actor"] == shop.actor
    seen = await world.http.get(f"/api/v2/shops/{shop.slug}")
    assert next(s for s in seen.json()["services"] if s["name"] == "Skin fade")["price"] == usd(
        4100
    )
    wish = await world.wish(shop, client={"name": "B", "email": "b@example.com"})
    agreed_before = {**wish, "expected": usd(3200)}
    refused = await world.send(shop, agreed_before)
    assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")


async def test_a_service_that_is_not_sold_any_more_keeps_its_bookings_and_says_how_many(
    world: World,
) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    booked = await world.paid_booking(shop)
    gone = await owner.change_service("Skin fade", active=False)
    assert gone.json()["to_come"] == 1
    assert (await world.booking(shop, booked["id"]))["state"] == "confirmed"
    refused = await world.book(
        shop, client={"name": "B", "email": "b@example.com"}, starts_at="2035-03-06T10:00:00Z"
    )
    assert refused.json()["code"] == "service_unknown"
    assert (await owner.change_service("Skin fade", active=True)).status_code == 200
    assert (await world.book(shop, starts_at="2035-03-06T10:00:00Z")).status_code == 201


async def test_a_new_service_is_given_by_everybody_and_can_be_booked_at_once(
    world: World,
) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    added = await owner.send(
        "services",
        {
            "name": "  Beard\ttrim ",
            "description": "With hot oil",
            "duration_minutes": 20,
            "price": usd(1800),
            "deposit": {"kind": "fixed", "amount": usd(500)},
            "position": 3,
        },
        method="POST",
    )
    assert added.status_code == 200, added.text
    assert added.json()["name"] == "Beard trim"
    shop.menu = (await world.http.get(f"/api/v2/shops/{shop.slug}")).json()
    assert all(added.json()["id"] in barber["services"] for barber in shop.menu["barbers"])
    booked = await world.book(shop, "Beard trim", pay="deposit")
    assert booked.json()["payments"][0]["amount"] == usd(500)
    again = await owner.send(
        "services",
        {"name": "beard TRIM", "duration_minutes": 20, "price": usd(1800)},
        method="POST",
    )
    assert reasons(again) == {"name": "taken"}


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"name": "   "}, {"name": "missing"}),
    ({"name": "x" * 121}, {"name": "too_long"}),
    ({"description": "x" * 301}, {"description": "too_long"}),
    ({"duration_minutes": 4}, {"duration_minutes": "out_of_range"}),
    ({"duration_minutes": 1441}, {"duration_minutes": "out_of_range"}),
    ({"buffer_minutes": -1}, {"buffer_minutes": "out_of_range"}),
    ({"price": usd(0)}, {"price": "out_of_range"}),
    ({"price": usd(49)}, {"price": "not_collectable"}),
    ({"position": 1000}, {"position": "out_of_range"}),
    ({"deposit": {"kind": "share", "basis_points": 10_001}}, {"deposit_value": "out_of_range"}),
    ({"deposit": {"kind": "fixed", "amount": usd(3201)}}, {"deposit_value": "out_of_range"}),
    ({"name": "hot towel SHAVE"}, {"name": "taken"}),
    (
        {"name": "", "duration_minutes": 0, "price": usd(1)},
        {"name": "missing", "duration_minutes": "out_of_range", "price": "not_collectable"},
    ),
]


async def test_everything_wrong_with_a_service_is_said_at_once_and_nothing_changes(
    world: World,
) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    before = await world.query("select * from services order by service_id")
    for fields, wrong in WRONG:
        assert reasons(await owner.change_service("Skin fade", **fields)) == wrong, fields
    odds: list[tuple[dict[str, Any], str]] = [
        ({"price": {"amount": 3200, "currency": "eur"}}, "currency_mismatch"),
        ({"price": 32.0}, "amount_invalid"),
        ({"duration_minutes": "45"}, "request_invalid"),
        ({"deposit": {"kind": "half"}}, "request_invalid"),
        ({"name": "a\0b"}, "request_invalid"),
    ]
    for odd, code in odds:
        assert (await owner.change_service("Skin fade", **odd)).json()["code"] == code, odd
    assert await world.query("select * from services order by service_id") == before
    assert await owner.told("service.changed") == []


async def test_nobody_overwrites_what_they_did_not_see(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    shown = await owner.service("Skin fade")
    first = await owner.change_service("Skin fade", duration_minutes=50)
    assert first.status_code == 200
    late = await owner.change_service("Skin fade", duration_minutes=40, version=shown["version"])
    assert (late.status_code, late.json()["code"]) == (409, "settings_changed")
    assert (await owner.service("Skin fade"))["duration_minutes"] == 50
    # The same change sent twice is no conflict, and is told once.
    again = await owner.change_service("Skin fade", duration_minutes=50, version=shown["version"])
    assert again.status_code == 200
    assert len(await owner.told("service.changed")) == 1


async def test_a_tax_that_lifts_a_price_above_what_can_be_collected_is_refused(
    world: World,
) -> None:
    shop = await world.open_shop(price=99_000_000)
    owner = Owner(world, shop)
    refused = await owner.change("shop", tax_included=False, tax_basis_points=2000)
    assert refused.json()["code"] == "price_not_collectable"
    assert (await owner.change("shop", tax_basis_points=500)).status_code == 200


@pytest.mark.parametrize("part", ["services/svc_x", "services/" + "svc_" + "0" * 26])
async def test_a_service_the_shop_never_had_is_not_changed(world: World, part: str) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    there = await owner.service("Skin fade")
    body = {k: v for k, v in there.items() if k not in ("id", "to_come")}
    assert (await owner.send(part, body)).status_code in (400, 404)
