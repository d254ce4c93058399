"""A CSV file has what the list shows, in cells that are what they say, and leaves its mark."""

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookedbarber import ids
from bookedbarber.lookup import export
from bookedbarber.lookup.filters import PaymentFilter
from bookedbarber.lookup.listing import Look, everything
from tests.lookup.desk import BEN, ask, lived, payment_of, sheet
from tests.world import World

HEADINGS = [
    "Created (Europe/London)", "Client", "Service", "Barber", "Kind", "Card", "Last four",
    "Amount", "Tip", "Refunded", "Currency", "Status", "Payment",
]  # fmt: skip


@pytest.mark.proves("R0.2")
async def test_a_file_has_what_the_list_shows_for_the_same_filter(world: World) -> None:
    shop = await world.open_shop()
    day = await lived(world, shop)
    for params in ({}, {"state": "captured"}, {"q": BEN["email"]}, {"to": "2035-03-04"}):
        shown = (await ask(world, shop, **params))["data"]
        rows = await sheet(world, shop, **params)
        assert [row["Payment"] for row in rows] == [one["id"] for one in shown]
        assert [row["Client"] for row in rows] == [one["visit"]["client"] for one in shown]
    by_id = {row["Payment"]: row for row in await sheet(world, shop)}
    assert list(by_id[payment_of(day.partly)].values()) == [
        "2035-03-05T08:00:10+00:00", "Ben Adeyemi", "Skin fade", "Elif", "In full", "Visa", "4242",
        "32.00", "0.00", "7.00", "USD", "Partly refunded", payment_of(day.partly),
    ]  # fmt: skip


async def test_a_file_is_headed_and_named_by_its_days_and_its_zone(world: World) -> None:
    shop = await world.open_shop()
    answer = await world.http.get(
        "/api/v2/payments/export",
        params={"from": "2035-03-01", "to": "2035-03-05"},
        headers=shop.headers,
    )
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    named = "payments_fade_2035-03-01_to_2035-03-05_Europe-London.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{named}"'
    assert answer.text == ",".join(HEADINGS) + "\r\n"


async def test_the_columns_are_those_that_were_chosen_in_the_order_of_the_list(
    world: World,
) -> None:
    shop = await world.open_shop(time_zone="Asia/Tokyo", currency="jpy", price=4500)
    booking = await world.paid_booking(shop)
    [row] = await sheet(world, shop, columns="visit,amount,currency", state="captured")
    starts = datetime.fromisoformat(booking["starts_at"])
    assert row == {
        "Amount": "4500",
        "Currency": "JPY",
        "Visit (Asia/Tokyo)": (starts + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%S+09:00"),
    }
    answer = await world.http.get("/api/v2/payments/export?columns=iban", headers=shop.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "column_unknown")
    everything = await sheet(world, shop, columns=list(export.BY_KEY))
    assert len(everything[0]) == len(export.COLUMNS)


async def test_a_cell_is_quoted_and_never_a_formula(world: World) -> None:
    shop = await world.open_shop()
    for name in ('=HYPERLINK("http://x")', "+1, and more", "-2", "@sum"):
        made = await world.book(shop, client={"name": name, "email": f"a{ord(name[0])}@b.example"})
        assert made.status_code == 201
    told = {row["Client"] for row in await sheet(world, shop)}
    assert told == {'\'=HYPERLINK("http://x")', "'+1, and more", "'-2", "'@sum"}


@pytest.mark.parametrize("first", list("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))
def test_whatever_may_begin_a_formula_is_quoted(first: str) -> None:
    assert export.text(f"{first}1+1") == f"'{first}1+1"
    assert export.text(f"1{first}1") == f"1{first}1"


async def test_a_long_list_comes_whole_in_batches(world: World) -> None:
    shop = await world.open_shop()
    made = {payment_of((await world.book(shop)).json()) for _ in range(3)}
    made |= {payment_of((await world.book(shop, client=BEN)).json()) for _ in range(2)}
    for size in (1, 2, 5, 6):
        look = Look(shop.id, ZoneInfo("Europe/London"), "usd", PaymentFilter())
        batches = everything(world.means, look, now=world.clock.now(), batch=size)
        rows = [ids.show("pay", one.row.payment_id) async for batch in batches for one in batch]
        assert rows == sorted(made, reverse=True)
    assert [row["Payment"] for row in await sheet(world, shop)] == sorted(made, reverse=True)


@pytest.mark.proves("R2.6")
async def test_an_export_is_in_the_trail_with_who_what_and_how_much(world: World) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    await sheet(world, shop, state="captured", q="amara@example.com", columns="client")
    told = await world.query(
        "select actor, act, facts from audit_events where act like 'payments.%' order by event_id"
    )
    facts = {
        "filter": {"state": "captured", "q": "(email)"},
        "columns": ["client"],
        "zone": "Europe/London",
    }
    assert {row["act"]: (row["actor"], row["facts"]) for row in told} == {
        "payments.export_begun": (shop.actor, facts),
        "payments.exported": (shop.actor, {**facts, "rows": 1}),
    }


def test_a_file_written_is_a_file_read() -> None:
    cells = [["a,b", 'c "d"', "two\r\nlines", ""], ["ü", "10.00", "x", "y"]]
    written = export._lines(cells)
    assert list(csv.reader(io.StringIO(written, newline=""))) == cells
    assert written.endswith("\r\n")


def test_a_time_on_the_shops_clock_says_its_offset() -> None:
    at = datetime(2035, 7, 1, 9, 30, 15, 999, tzinfo=UTC)
    assert export._time(at, ZoneInfo("Asia/Kolkata")) == "2035-07-01T15:00:15+05:30"
    assert export._time(None, ZoneInfo("UTC")) == ""
