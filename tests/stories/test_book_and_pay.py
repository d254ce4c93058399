"""A client books and pays: amounts, deposits, taxes, currencies, guests and barbers."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bookedbarber.money import Money, currency
from bookedbarber.shops.opening import BarberPlan, ServicePlan
from tests.world import WEEKDAYS, World


def usd(minor: int) -> dict[str, Any]:
    return {"amount": minor, "currency": "usd"}


@pytest.mark.proves("R0.1", "X1")
async def test_a_client_books_pays_in_full_and_the_books_close(world: World) -> None:
    shop = await world.open_shop()
    booked = await world.book(shop)
    assert booked.status_code == 201, booked.text
    assert booked.json()["state"] == "held"
    await world.pay(booked.json())
    await world.settle()
    seen = await world.booking(shop, booked.json()["id"])
    assert seen["state"] == "confirmed"
    assert seen["payments"][0]["state"] == "captured"
    assert seen["payments"][0]["amount"] == usd(3200)
    assert seen["payments"][0]["card_brand"] == "visa"
    assert seen["payments"][0]["card_last4"] == "4242"


@pytest.mark.proves("R0.1", "X1")
async def test_a_deposit_leaves_three_quarters_due_at_the_shop(world: World) -> None:
    shop = await world.open_shop()
    wish = {"service": shop.service("Skin fade")["id"], "pay": "deposit", "tip": usd(500)}
    quoted = (await world.http.post(f"/api/v2/shops/{shop.slug}/quote", json=wish)).json()
    assert quoted["due_now"] == usd(800 + 500)
    assert quoted["due_later"] == usd(2400)
    booking = await world.paid_booking(shop, pay="deposit", tip=usd(500), expected=usd(1300))
    [paid] = booking["payments"]
    assert (paid["purpose"], paid["amount"]) == ("deposit", usd(1300))
    assert paid["tip"] == usd(500)
    assert booking["total"] == usd(3700)
    assert [row["amount"] for row in await world.rows("charge")] == [1300]


@pytest.mark.proves("R0.1")
@pytest.mark.parametrize(
    ("included", "price", "tax"), [(True, 3200, 533), (False, 3840, 640)], ids=["in", "on top"]
)
async def test_tax_is_inside_the_price_or_on_top_of_it(
    world: World, *, included: bool, price: int, tax: int
) -> None:
    shop = await world.open_shop(tax_included=included)
    booking = await world.paid_booking(shop, expected=usd(price))
    assert booking["price"] == usd(price)
    assert booking["tax"] == usd(tax)
    [paid] = booking["payments"]
    assert paid["service"]["amount"] + paid["tax"]["amount"] == paid["amount"]["amount"] == price
    assert paid["tax"] == usd(tax)


@pytest.mark.proves("R0.1", "R1.5")
async def test_a_deposit_is_a_share_a_fixed_amount_or_not_offered(world: World) -> None:
    code = currency("usd")
    price = Money(3299, code)
    shop = await world.open_shop(
        services=[
            ServicePlan("Share", 30, price, deposit=3333),
            ServicePlan("Fixed", 30, price, deposit=Money(1000, code)),
            ServicePlan("None", 30, price),
            ServicePlan("Tiny share", 30, price, deposit=1),
        ]
    )
    deposits = {s["name"]: s["deposit"] for s in shop.menu["services"]}
    # 33.33 % of 32.99 is 10.9956: rounded up. A share below what Stripe collects is raised to it.
    assert deposits == {"Share": usd(1100), "Fixed": usd(1000), "None": None, "Tiny share": usd(50)}
    for name in ("Share", "Fixed", "Tiny share"):
        booking = await world.paid_booking(shop, service=name, pay="deposit")
        assert booking["payments"][0]["amount"] == deposits[name]
    before = await world.tally()
    refused = await world.book(shop, "None", pay="deposit")
    assert (refused.status_code, refused.json()["code"]) == (400, "deposit_not_offered")
    assert await world.tally() == before


@pytest.mark.proves("R0.1", "R1.5", "X1")
@pytest.mark.parametrize(
    ("code", "price", "tip", "part"),
    [("jpy", 4500, 333, 1001), ("gbp", 3333, 77, 1234), ("kwd", 9870, 330, 1230)],
)
async def test_currencies_of_no_two_and_three_decimals_are_kept_to_the_unit(
    world: World, code: str, price: int, tip: int, part: int
) -> None:
    shop = await world.open_shop(currency=code, price=price)
    booking = await world.paid_booking(shop, tip={"amount": tip, "currency": code})
    [paid] = booking["payments"]
    assert paid["amount"] == {"amount": price + tip, "currency": code}
    assert [row["amount"] for row in await world.rows("charge")] == [price + tip]
    given = (await world.refund(shop, paid, part)).json()
    parts = [given[name]["amount"] for name in ("service", "tax", "tip")]
    assert sum(parts) == part
    assert (await world.complete(shop, booking)).status_code == 200
    assert (await world.refund(shop, paid)).json()["amount"]["amount"] == price + tip - part
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert [refund["state"] for refund in seen["refunds"]] == ["succeeded", "succeeded"]


@pytest.mark.proves("R0.1", "X1")
async def test_two_shops_in_two_currencies_share_one_stripe_account(world: World) -> None:
    fade = await world.open_shop("fade", currency="gbp")
    tokyo = await world.open_shop("tokyo", currency="jpy", time_zone="Asia/Tokyo", country="JP")
    for shop in (fade, tokyo):
        await world.paid_booking(shop)
    await world.paid_booking(tokyo, pay="deposit")
    nets: dict[str, int] = {}
    for movement in await world.rows("balance_transaction"):
        nets[movement["currency"]] = nets.get(movement["currency"], 0) + movement["net"]
    posted = await world.query(
        "select currency::text, sum(case side when 'debit' then amount else -amount end)::bigint"
        " as sum from postings where account = 'stripe_balance' group by 1"
    )
    assert {row["currency"]: row["sum"] for row in posted} == nets
    assert set(nets) == {"gbp", "jpy"}


@pytest.mark.proves("R0.1")
async def test_a_guest_with_the_same_address_twice_is_one_client_with_two_visits(
    world: World,
) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    await world.paid_booking(shop, client={"name": "A. Okafor", "email": "AMARA@example.com "})
    other = await world.open_shop("other")
    await world.paid_booking(other)
    rows = await world.query("select shop_id, count(*) as n from clients group by shop_id")
    assert sorted(row["n"] for row in rows) == [1, 1]
    visits = await world.query("select client_id, guest_name from appointments")
    assert len({row["client_id"] for row in visits}) == 2
    # Names as typed, each sealed by itself: nothing of them can be read in the rows.
    assert all(b"Okafor" not in row["guest_name"] for row in visits)


@pytest.mark.proves("R0.1", "R0.6")
async def test_any_barber_means_each_in_turn_and_a_named_one_is_who_was_named(
    world: World,
) -> None:
    shop = await world.open_shop()
    elif_id = next(b["id"] for b in shop.menu["barbers"] if b["name"] == "Elif")
    starts_at = (await world.slots(shop))[0]["starts_at"]
    named = await world.paid_booking(shop, starts_at=starts_at, barber=elif_id)
    assert named["barber"] == "Elif"
    again = await world.book(shop, starts_at=starts_at, barber=elif_id)
    assert (again.status_code, again.json()["code"]) == (409, "slot_not_offered")
    anybody = await world.paid_booking(shop, starts_at=starts_at)
    assert anybody["barber"] == "Marco"
    full = await world.book(shop, starts_at=starts_at)
    assert (full.status_code, full.json()["code"]) == (409, "slot_not_offered")


@pytest.mark.proves("R0.1")
async def test_what_was_shown_is_what_is_paid_or_nothing_is_booked(world: World) -> None:
    shop = await world.open_shop()
    before = await world.tally()
    dearer = await world.book(shop, expected=usd(3100))
    assert (dearer.status_code, dearer.json()["code"]) == (409, "price_changed")
    assert dearer.json()["due"] == usd(3200)
    older = await world.book(shop, terms_version=7)
    assert (older.status_code, older.json()["code"]) == (409, "terms_changed")
    nameless = await world.book(shop, client={"name": "  ", "email": "a@example.com"})
    assert (nameless.status_code, nameless.json()["code"]) == (400, "name_missing")
    assert await world.tally() == before


@pytest.mark.proves("R0.1", "R1.6")
async def test_a_booking_sent_again_under_its_key_is_the_same_booking(world: World) -> None:
    shop = await world.open_shop()
    wish = await world.wish(shop)
    sent = [await world.send(shop, wish, key="once") for _ in range(2)]
    assert sent[0].json()["id"] == sent[1].json()["id"]
    other = await world.send(shop, {**wish, "pay": "deposit"}, key="once")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await world.rows("payment_intent")) == 1
    await world.pay(sent[0].json())
    await world.settle()
    third = await world.send(shop, wish, key="once")
    assert third.status_code == 201
    assert third.json()["state"] == "confirmed"


@pytest.mark.proves("R0.1")
async def test_a_barber_who_is_away_is_not_offered(world: World) -> None:
    now = world.clock.now()
    noon = now.replace(hour=12)
    barbers = [
        BarberPlan("Marco", WEEKDAYS, off=[(now, noon)]),
        BarberPlan("Elif", WEEKDAYS, off=[(now, now + timedelta(days=2))]),
    ]
    shop = await world.open_shop(barbers=barbers)
    first = (await world.slots(shop))[0]
    names = {barber["id"]: barber["name"] for barber in shop.menu["barbers"]}
    assert datetime.fromisoformat(first["starts_at"]) == noon
    assert [names[who] for who in first["barbers"]] == ["Marco"]
    refused = await world.book(shop, starts_at=(noon - timedelta(hours=1)).isoformat())
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_not_offered")
