"""One payment, whole: what happened, what it came to, what is booked, what is kept."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import stripe

from tests.conftest import Databases
from tests.lookup.desk import ask, payment_of
from tests.world import Shop, World

TIP = {"amount": 500, "currency": "usd"}


async def part(world: World, shop: Shop, payment: str, name: str) -> Any:
    return await ask(world, shop, f"payments/{payment}/{name}")


def usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "usd"}


@pytest.mark.proves("R0.2")
async def test_a_breakdown_goes_from_what_was_paid_to_what_stripe_left(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, tip=TIP)
    payment = payment_of(booking)
    await world.refund(shop, booking["payments"][0], 700)
    await world.settle()
    shown = await part(world, shop, payment, "breakdown")
    moved = await world.rows("balance_transaction")
    fee, net = sum(m["fee"] for m in moved), sum(m["net"] for m in moved)
    assert fee > 0
    meant = shown.pop("definitions")
    figures = {name for name in shown if isinstance(shown[name], dict) and "amount" in shown[name]}
    assert set(meant) == figures | set(shown["settled"][0])
    assert shown == {
        "payment": payment,
        "service": usd(2667), "tax": usd(533), "tip": usd(500),
        "amount": usd(3700), "paid": usd(3700), "refunds": usd(700),
        "settled": [
            {"collected": usd(3700), "fee": usd(fee), "returned": usd(-700), "net": usd(net)}
        ],
        "waiting": [],
    }  # fmt: skip
    assert 3700 - fee - 700 == net


@pytest.mark.impatient
async def test_what_is_not_known_yet_is_said_to_be_awaited(world: World) -> None:
    shop = await world.open_shop()
    await world.control("POST", "settings", {"balance_transaction_delay": 3600})
    booking = await world.paid_booking(shop)
    payment = payment_of(booking)
    shown = await part(world, shop, payment, "breakdown")
    assert shown["settled"] == []
    assert [(one["waiting_for"], one["amount"]) for one in shown["waiting"]] == [
        ("charge_movement", usd(3200))
    ]
    await world.fault("POST", "/v1/refunds", "error_before_effect", times=2)
    await world.refund(shop, booking["payments"][0], 700)
    waiting = (await part(world, shop, payment, "breakdown"))["waiting"]
    assert [one["waiting_for"] for one in waiting] == ["charge_movement", "refund_sending"]
    await world.advance(timedelta(hours=2))
    done = await part(world, shop, payment, "breakdown")
    assert (len(done["settled"]), done["waiting"]) == (1, [])


async def test_a_payment_that_was_not_made_came_to_nothing(world: World) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    shown = await part(world, shop, payment_of(booking), "breakdown")
    assert (shown["amount"], shown["paid"]) == (usd(3200), usd(0))
    assert (shown["settled"], shown["waiting"]) == ([], [])
    assert (await part(world, shop, payment_of(booking), "entries"))["data"] == []


@pytest.mark.proves("R0.2")
async def test_a_timeline_tells_of_the_payment_its_visit_and_its_refunds(world: World) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.advance(timedelta(seconds=10))
    with pytest.raises(stripe.CardError):
        await world.pay(booking, "pm_card_chargeDeclinedInsufficientFunds")
    await world.advance(timedelta(seconds=10))
    await world.pay(booking)
    await world.settle()
    other = await world.paid_booking(shop)
    await world.refund(shop, booking["payments"][0], 700, note="cut short")
    await world.settle()
    await world.complete(shop, booking)
    steps = (await part(world, shop, payment_of(booking), "timeline"))["data"]
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    acts = [step["what"] for step in steps if step["source"] == "trail"]
    assert acts == [
        "appointment.held", "payment.opened", "payment.declined", "payment.captured",
        "refund.promised", "refund.succeeded", "appointment.completed",
    ]  # fmt: skip
    by_source = {source: [s for s in steps if s["source"] == source] for source in
                 ("balance", "letter", "stripe")}  # fmt: skip
    assert [s["what"] for s in by_source["balance"]] == ["charge", "refund"]
    assert by_source["letter"][0]["what"] == "tell_confirmed"
    told = {s["what"] for s in by_source["stripe"]}
    assert {"payment_intent.payment_failed", "payment_intent.succeeded"} <= told
    assert all(s["facts"]["state"] == "done" for s in by_source["stripe"])
    theirs = (await part(world, shop, payment_of(other), "timeline"))["data"]
    mine = {s["about"] for s in steps}
    assert not mine & {s["about"] for s in theirs}


async def test_the_entries_are_those_of_the_payment_its_refunds_and_its_visit(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking, other = await world.paid_booking(shop, pay="deposit"), await world.paid_booking(shop)
    await world.refund(shop, other["payments"][0], 100)
    refund = (await world.refund(shop, booking["payments"][0], 300)).json()
    await world.settle()
    await world.complete(shop, booking)
    entries = (await part(world, shop, payment_of(booking), "entries"))["data"]
    assert sorted(entry["kind"] for entry in entries) == [
        "balance_transaction", "balance_transaction", "payment_captured", "refund_promised",
        "visit_completed",
    ]  # fmt: skip
    for entry in entries:
        sides = {"debit": 0, "credit": 0}
        for line in entry["postings"]:
            sides[line["side"]] += line["amount"]["amount"]
        assert sides["debit"] == sides["credit"]
    happened = {entry["happened"] for entry in entries}
    assert f"refund:{refund['id']}" in happened
    assert f"completed:{booking['id']}" in happened


async def test_what_stripe_converts_is_shown_in_the_currency_of_its_balance(world: World) -> None:
    shop = await world.open_shop(currency="gbp")
    booking = await world.paid_booking(shop)
    moved = await world.rows("balance_transaction")
    shown = await part(world, shop, payment_of(booking), "breakdown")
    assert shown["paid"]["currency"] == "gbp"
    assert [one["net"] for one in shown["settled"]] == [
        {"amount": moved[0]["net"], "currency": moved[0]["currency"]}
    ]
    entries = (await part(world, shop, payment_of(booking), "entries"))["data"]
    converted = {"currency_exchanged"} if moved[0]["currency"] != "gbp" else set()
    assert {e["kind"] for e in entries} >= {"payment_captured", "balance_transaction", *converted}


@pytest.mark.proves("R0.1")
async def test_the_evidence_is_what_was_agreed_to_and_from_where(
    world: World, databases: Databases
) -> None:
    shop = await world.open_shop()
    world.http.headers["User-Agent"] = "Lynx/2.9 (of a test)"
    booking = await world.paid_booking(shop)
    kept = await part(world, shop, payment_of(booking), "evidence")
    assert kept == {
        "payment": payment_of(booking),
        "booked_at": "2035-03-05T08:00:00Z",
        "terms_version": 1,
        "terms": "Free to cancel until 24 hours before.",
        "terms_adopted_at": "2035-03-05T08:00:00Z",
        "ip": "127.0.0.1",
        "device": "Lynx/2.9 (of a test)",
    }
    owner = await asyncpg.connect(databases.owner_url)
    try:
        await owner.execute("delete from data_keys")
    finally:
        await owner.close()
    kept = await part(world, shop, payment_of(booking), "evidence")
    assert (kept["ip"], kept["device"]) == (None, None)
    assert kept["terms"] == "Free to cancel until 24 hours before."


async def test_another_shops_payment_is_unknown_in_every_part(world: World) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    payment = payment_of(await world.paid_booking(shop))
    for name in ("timeline", "entries", "breakdown", "evidence"):
        answer = await world.http.get(f"/api/v2/payments/{payment}/{name}", headers=other.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "payment_unknown")
