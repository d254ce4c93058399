"""What a list of payments is filtered by, and that nothing of a filter is left out in silence."""

from datetime import timedelta
from typing import Any

import pytest

from bookedbarber.lookup import filters, terms
from bookedbarber.lookup.terms import TermUnreadable
from bookedbarber.money import currency
from tests.lookup.desk import BEN, ask, listed, lived, payment_of
from tests.world import World

USD, JPY = currency("usd"), currency("jpy")


@pytest.mark.proves("R0.2")
async def test_each_filter_finds_its_payments_and_all_together_those_that_match_all(
    world: World,
) -> None:
    shop = await world.open_shop()
    day = await lived(world, shop)
    assert await listed(world, shop) == day.ids()
    states = {
        "captured": "paid", "partly_refunded": "partly", "refunded": "refunded",
        "declined": "declined", "open": "open", "cancelled": "cancelled", "processing": None,
    }  # fmt: skip
    for state, kind in states.items():
        assert await listed(world, shop, state=state) == (day.ids(kind) if kind else []), state
    assert await listed(world, shop, purpose="deposit") == day.ids("refunded")
    barbers = {barber["name"]: barber["id"] for barber in shop.menu["barbers"]}
    shown = (await ask(world, shop))["data"]
    for name, barber in barbers.items():
        own = [one["id"] for one in shown if one["visit"]["barber"] == name]
        assert own
        assert await listed(world, shop, barber=barber) == own
    assert await listed(world, shop, service=shop.service("Skin fade")["id"]) == day.ids()
    assert await listed(world, shop, service=shop.service("Hot towel shave")["id"]) == []
    assert await listed(world, shop, max="8.00") == day.ids("refunded")
    assert await listed(world, shop, min="8.01") == [
        one for one in day.ids() if one != payment_of(day.refunded)
    ]
    narrow = {"state": "partly_refunded", "barber": barbers["Elif"], "min": "32", "max": "32.00"}
    assert await listed(world, shop, **narrow, q=BEN["email"]) == day.ids("partly")
    assert await listed(world, shop, **narrow, q="amara@example.com") == []


async def test_a_payment_that_the_bank_thinks_over_awaits_it(world: World) -> None:
    shop = await world.open_shop()
    await world.control("POST", "settings", {"processing_delay": 600})
    booking = (await world.book(shop)).json()
    await world.pay(booking)
    await world.advance(timedelta(seconds=10))
    assert await listed(world, shop, state="processing") == [payment_of(booking)]


async def test_days_are_those_of_the_shops_own_clock(world: World) -> None:
    shop = await world.open_shop(time_zone="America/New_York")
    before = (await world.book(shop)).json()  # Monday 03:00 there
    await world.advance(timedelta(hours=20, minutes=59, seconds=59))
    last = (await world.book(shop)).json()  # Monday 23:59:59
    await world.advance(timedelta(seconds=1))
    after = (await world.book(shop)).json()  # Tuesday 00:00
    monday, tuesday = "2035-03-05", "2035-03-06"
    assert await listed(world, shop, from_=monday, to=monday) == [
        payment_of(last), payment_of(before),
    ]  # fmt: skip
    assert await listed(world, shop, from_=tuesday) == [payment_of(after)]
    assert await listed(world, shop, to=monday) == [payment_of(last), payment_of(before)]
    assert await listed(world, shop, to="2035-03-04") == []


@pytest.mark.proves("R0.2")
async def test_a_term_finds_a_payment_by_whatever_somebody_has_in_hand(world: World) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    day = await lived(world, shop)
    theirs = await world.paid_booking(other)
    pay, booking = payment_of(day.partly), await world.booking(shop, day.partly["id"])
    [row] = await world.query(
        "select p.intent_id, p.charge_id, p.card_last4, r.stripe_refund_id from payments p"
        " join refunds r using (shop_id, payment_id) where p.status = 'partly_refunded'"
    )
    [refund] = booking["refunds"]
    for term in (
        pay, pay.upper(), f" {pay} ", pay[:-3], booking["id"], refund["id"], row["intent_id"],
        row["charge_id"], row["stripe_refund_id"],
    ):  # fmt: skip
        assert await listed(world, shop, q=term) == [pay], term
        assert await listed(world, other, q=term) == [], term
    assert await listed(world, shop, q="pay_") == day.ids()
    captured = day.ids("paid", "partly", "refunded")
    assert await listed(world, shop, q=row["card_last4"]) == captured
    assert await listed(world, shop, q="8.00") == day.ids("refunded")
    assert await listed(world, shop, q="8") == day.ids("refunded")
    assert await listed(world, shop, q="Ben@Example.com") == day.ids("partly", "refunded", "open")
    assert await listed(world, other, q="amara@example.com") == [payment_of(theirs)]
    assert await listed(world, shop, q="nobody@example.com") == []


async def test_four_digits_are_a_card_or_an_amount(world: World) -> None:
    shop = await world.open_shop(currency="jpy", price=4242)
    booking = await world.paid_booking(shop)
    left = (await world.book(shop)).json()
    both = [payment_of(left), payment_of(booking)]
    assert await listed(world, shop, q="4242") == both
    assert await listed(world, shop, q="4242", state="captured") == [payment_of(booking)]


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"state": "paid"}, "state"),
        ({"purpose": "gift"}, "purpose"),
        ({"barber": "Marco"}, "barber"),
        ({"service": "bar_01jf0000000000000000000000"}, "service"),
        ({"from": "yesterday"}, "from"),
        ({"from": "0001-01-01"}, "from"),
        ({"to": "2035-02-30"}, "to"),
        ({"from": "2035-03-05", "to": "2035-03-04"}, "to"),
        ({"min": "12,50"}, "min"),
        ({"min": "12.505"}, "min"),
        ({"max": "-1"}, "max"),
        ({"min": "5", "max": "4.99"}, "max"),
        ({"q": "Amara"}, "q"),
        ({"q": "pay_u"}, "q"),
        ({"q": "apt_01jf"}, "q"),
        ({"q": "two@at@signs"}, "q"),
        ({"q": "9" * 30}, "q"),
        ({"stat": "captured"}, "stat"),
        ({"offset": "25"}, "offset"),
    ],
)
async def test_what_cannot_be_taken_is_refused_and_named(
    world: World, params: dict[str, str], named: str
) -> None:
    shop = await world.open_shop()
    for path in ("payments", "payments/export"):
        answer = await world.http.get(f"/api/v2/{path}", params=params, headers=shop.headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "filter_invalid")
        assert [one["filter"] for one in answer.json()["errors"]] == [named]


async def test_every_wrong_filter_is_named_at_once_and_a_filter_twice_is_wrong(
    world: World,
) -> None:
    shop = await world.open_shop()
    answer = await world.http.get(
        "/api/v2/payments?state=open&state=captured&min=x&from=", headers=shop.headers
    )
    assert [one["filter"] for one in answer.json()["errors"]] == ["state", "min"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"state": "declined", "from": "2035-03-01", "to": "2035-03-05"},
        {"purpose": "deposit", "min": "0.00", "max": "45.00", "q": "4242"},
        {
            "barber": "bar_01jf0000000000000000000000",
            "service": "svc_01jf0000000000000000000000",
            "q": "amara@example.com",
        },
    ],
)
def test_a_filter_is_written_as_it_is_read(query: dict[str, str]) -> None:
    read = filters.read(query.items(), USD).sound()
    assert read.to_query() == query
    assert filters.read(read.to_query().items(), USD).sound() == read
    assert bool(read) is bool(query)


def test_the_trail_is_told_a_filter_without_a_person_or_a_card() -> None:
    for term, told in (("amara@example.com", "(email)"), ("4242", "(digits)")):
        read = filters.read({"state": "open", "q": term}.items(), USD).sound()
        assert read.facts(USD) == {"state": "open", "q": told}


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("45.00", {"exact": 4500}),
        ("45", {"exact": 4500}),
        ("4242", {"exact": 424200, "last4": "4242"}),
        ("0042", {"last4": "0042"}),
        ("re_3abcDEF", {"stripe": "re_3abcDEF"}),
        ("AMARA@example.com", {"email": "amara@example.com"}),
    ],
)
def test_a_term_is_taken_for_what_it_looks_like(term: str, found: dict[str, Any]) -> None:
    read = terms.read(term, USD)
    given = {name: getattr(read, name) for name in ("exact", "last4", "stripe", "email")}
    assert {name: value for name, value in given.items() if value is not None} == found


@pytest.mark.parametrize("term", ["45.00", "-4242", "", "x" * 300, "pay_!", "pi_", "٤٢٤٢"])
def test_what_looks_like_nothing_is_not_guessed_at(term: str) -> None:
    with pytest.raises(TermUnreadable):
        terms.read(term, JPY)
