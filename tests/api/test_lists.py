"""What a desk can look through: the bookings of a day, the refunds, and a receipt line by line."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from bookedbarber.booking import calendar
from bookedbarber.shops.opening import BarberPlan
from tests.conftest import Databases
from tests.world import Shop, World

LATE = {weekday: [(time(9), time(23, 30))] for weekday in range(7)}
NEW_YORK = ZoneInfo("America/New_York")
BEN = {"name": "Ben Adeyemi", "email": "ben@example.com"}
CHIARA = {"name": "Chiara Ricci", "email": "chiara@example.com"}


async def ask(world: World, shop: Shop, path: str, **params: Any) -> dict[str, Any]:
    answer = await world.http.get(f"/api/v2/{path}", params=params, headers=shop.headers)
    return dict(answer.raise_for_status().json())


async def by_night(world: World) -> Shop:
    """A shop whose evening is the next day in UTC."""
    return await world.open_shop(
        time_zone="America/New_York", week=LATE, barbers=[BarberPlan("Marco", LATE)]
    )


def on(day: int, hour: int) -> str:
    return datetime(2035, 3, day, hour, tzinfo=NEW_YORK).isoformat()


@pytest.mark.proves("R0.2")
async def test_a_desk_finds_a_booking_by_the_day_on_its_own_clock(world: World) -> None:
    shop = await by_night(world)
    evening = await world.paid_booking(shop, starts_at=on(5, 22), client=BEN)
    noon = (await world.book(shop, starts_at=on(5, 12))).json()
    after = (await world.book(shop, starts_at=on(6, 9), client=CHIARA)).json()
    await world.cancel(shop, after)
    today = await ask(world, shop, "bookings")
    assert (today["day"], today["time_zone"], today["next"]) == (
        "2035-03-05", "America/New_York", None,
    )  # fmt: skip
    assert [b["id"] for b in today["data"]] == [noon["id"], evening["id"]]
    assert [b["guest"] for b in today["data"]] == ["Amara Okafor", "Ben Adeyemi"]
    for listed in today["data"]:
        assert listed == await world.booking(shop, listed["id"])
    assert today["data"][1]["payments"][0]["state"] == "captured"
    tomorrow = await ask(world, shop, "bookings", day="2035-03-06")
    assert [(b["id"], b["state"]) for b in tomorrow["data"]] == [(after["id"], "cancelled")]
    for nothing in ("2035-03-04", "0001-01-01", "9999-12-31"):
        assert (await ask(world, shop, "bookings", day=nothing))["data"] == []


async def test_a_full_day_comes_in_pages_and_each_booking_once(world: World) -> None:
    shop = await world.open_shop()
    made = set()
    for client in (BEN, CHIARA):
        for _ in range(3):
            answer = await world.book(shop, "Hot towel shave", client=client)
            made.add(answer.raise_for_status().json()["id"])
    seen: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next": None}
    for pages in range(1, 4):
        following = {"after": page["next"]} if page["next"] else {}
        page = await ask(world, shop, "bookings", limit=2, **following)
        assert len(page["data"]) == 2
        seen += page["data"]
        assert (page["next"] is None) is (pages == 3)
    assert {b["id"] for b in seen} == made
    assert [b["starts_at"] for b in seen] == sorted(b["starts_at"] for b in seen)


async def test_the_guest_of_a_client_who_was_forgotten_is_nobody(
    world: World, databases: Databases
) -> None:
    shop = await world.open_shop()
    gone, known = await world.paid_booking(shop), await world.paid_booking(shop, client=BEN)
    owner = await asyncpg.connect(databases.owner_url)
    try:
        await owner.execute(
            "delete from data_keys where subject_id = (select client_id from appointments"
            " order by booked_at, appointment_id limit 1)"
        )
    finally:
        await owner.close()
    listed = {b["id"]: b["guest"] for b in (await ask(world, shop, "bookings"))["data"]}
    assert listed == {gone["id"]: None, known["id"]: "Ben Adeyemi"}


@pytest.mark.proves("R0.2", "R1.6")
async def test_no_list_shows_what_is_another_shops(world: World) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    booking = await world.paid_booking(shop)
    await world.refund(shop, booking["payments"][0], 100)
    for path in ("bookings", "payments", "refunds"):
        assert (await ask(world, other, path))["data"] == []
        assert len((await ask(world, shop, path))["data"]) == 1
    # Another shop's booking is no place to go on from.
    mine = await world.paid_booking(other)
    assert [b["id"] for b in (await ask(world, other, "bookings"))["data"]] == [mine["id"]]
    assert (await ask(world, other, "bookings", after=booking["id"]))["data"] == []


@pytest.mark.proves("R0.2")
async def test_refunds_are_listed_newest_first_in_pages(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    made = []
    for amount in (100, 200, 300):
        made.append((await world.refund(shop, booking["payments"][0], amount)).json())
        await world.advance(timedelta(seconds=10))
    first = await ask(world, shop, "refunds", limit=2)
    assert [r["id"] for r in first["data"]] == [made[2]["id"], made[1]["id"]]
    rest = await ask(world, shop, "refunds", limit=2, before=first["next"])
    assert ([r["id"] for r in rest["data"]], rest["next"]) == ([made[0]["id"]], None)
    assert rest["data"][0] == await ask(world, shop, f"refunds/{made[0]['id']}")


@pytest.mark.proves("R0.1")
async def test_a_receipt_has_its_lines_and_the_tax_rate_it_was_sold_at(
    world: World, databases: Databases
) -> None:
    shop = await world.open_shop(tax_name="VAT")
    tip = {"amount": 500, "currency": "usd"}
    booking = await world.paid_booking(shop, pay="deposit", tip=tip)
    back = (await world.refund(shop, booking["payments"][0], 300)).json()
    await world.settle()
    owner = await asyncpg.connect(databases.owner_url)
    try:
        await owner.execute("update shops set tax_basis_points = 500")
    finally:
        await owner.close()
    seen = await ask(world, shop, f"bookings/{booking['id']}/receipt")
    assert (seen["tax_name"], seen["tax_basis_points"]) == ("VAT", 2000)
    [paid], [refund] = seen["payments"], seen["refunds"]
    assert (paid["id"], paid["purpose"]) == (booking["payments"][0]["id"], "deposit")
    assert (paid["card_brand"], paid["card_last4"]) == ("visa", "4242")
    assert paid["amount"] == seen["paid"] == {"amount": 1300, "currency": "usd"}
    assert (refund["id"], refund["payment"], refund["state"]) == (
        back["id"], paid["id"], "succeeded",
    )  # fmt: skip
    assert refund["amount"] == seen["refunded"] == {"amount": 300, "currency": "usd"}
    for line in (paid, refund):
        parts = [line[part]["amount"] for part in ("service", "tax", "tip")]
        assert sum(parts) == line["amount"]["amount"]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", date(2035, 3, 5), 24),
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("America/Havana", date(2026, 3, 8), 23),  # begins at 01:00
        ("America/Havana", date(2026, 11, 1), 25),  # has midnight twice
        ("Pacific/Apia", date(2011, 12, 30), 0),  # never was
    ],
)
def test_a_day_is_as_long_as_the_shops_clock_shows_it(zone: str, day: date, hours: int) -> None:
    own = ZoneInfo(zone)
    since, until = calendar.bounds(day, own)
    assert until - since == timedelta(hours=hours)
    assert calendar.bounds(day + timedelta(days=1), own)[0] == until
    if hours:
        assert since.astimezone(own).date() == day
        assert (since - timedelta(seconds=1)).astimezone(own).date() < day
