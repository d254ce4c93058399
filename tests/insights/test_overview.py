"""Each figure against a history that is known to the minor unit."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import stripe

from bookedbarber.insights import periods
from bookedbarber.insights.periods import Range, Window
from bookedbarber.ledger.chart import Account
from tests.whole import WHOLE
from tests.world import SOON, Shop, World

WEEK = timedelta(days=7)
INSUFFICIENT = "pm_card_chargeDeclinedInsufficientFunds"


async def overview(world: World, shop: Shop, range_: str = "today") -> dict[str, Any]:
    answer = await world.http.get(
        "/api/v2/overview", params={"range": range_}, headers=shop.headers
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def declined(world: World, shop: Shop, card: str = INSUFFICIENT, **wish: Any) -> None:
    """A client whose card is declined, and who leaves it at that."""
    booked = (await world.book(shop, **wish)).json()
    with pytest.raises(stripe.CardError):
        await world.pay(booked, card)
    await world.advance(SOON)


async def go_to(world: World, moment: datetime) -> None:
    """Let time pass; what Stripe says on the way arrives at its end, fresh."""
    await world.hold_deliveries()
    await world.advance(moment - world.clock.now())
    await world.hold_deliveries(held=False)
    await world.settle()


def usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "usd"}


@pytest.mark.proves("R5.4")
async def test_a_shop_without_history_has_figures_that_say_so(world: World) -> None:
    shop = await world.open_shop()
    seen = await overview(world, shop)
    assert seen["gross_volume"]["amount"] == usd(0)
    assert seen["gross_volume"]["change"] is None
    assert seen["payments_per_hour"]["usual"] is None
    assert seen["failure_rate"]["last_hour"]["rate"] is None
    assert seen["failure_rate"]["last_hour"]["usual"] is None
    assert seen["why_payments_fail"]["reasons"] == []
    assert seen["awaiting_stripe"]["oldest"] is None
    assert seen["next_available"]["next"] is None
    assert seen["needs_attention"] == []


@pytest.mark.proves("R5.4")
async def test_today_is_compared_with_the_same_weekday_up_to_the_same_time(world: World) -> None:
    """Monday 08:00: two payments; an hour later one more. The Monday after, 08:30: one."""
    shop = await world.open_shop()
    monday = world.clock.now()
    await world.paid_booking(shop)
    await world.paid_booking(shop)
    await go_to(world, monday + timedelta(hours=1))
    await world.paid_booking(shop)
    await go_to(world, monday + WEEK + timedelta(minutes=30))
    await world.paid_booking(shop, tip=usd(500))
    seen = (await overview(world, shop))["gross_volume"]
    assert (seen["amount"], seen["payments"]) == (usd(3700), 1)
    assert seen["before"] == usd(6400)  # the one at nine is still to come
    assert seen["change"] == -4219  # basis points: 3700 of 6400
    with_money = {
        b["since"]: b["before"]["amount"] for b in seen["buckets"] if b["before"]["amount"]
    }
    assert with_money == {"2035-03-12T08:00:00Z": 6400, "2035-03-12T09:00:00Z": 3200}
    assert len(seen["buckets"]) == 96
    to_come = [b for b in seen["buckets"] if b["amount"] is None]
    assert to_come[0]["since"] > world.clock.now().isoformat()[:16]


@pytest.mark.proves("R5.4")
@pytest.mark.parametrize(("range_", "buckets"), [("7d", 7), ("4w", 28), ("12m", 52)])
async def test_a_longer_range_adds_up_its_days_and_compares_with_as_many_before(
    world: World, range_: str, buckets: int
) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    await go_to(world, world.clock.now() + timedelta(days=2))
    await world.paid_booking(shop)
    seen = (await overview(world, shop, range_))["gross_volume"]
    assert seen["amount"] == usd(6400)
    assert len(seen["buckets"]) == buckets
    assert sum(b["amount"]["amount"] for b in seen["buckets"]) == 6400
    spans = [b["until"] for b in seen["buckets"][:-1]], [b["since"] for b in seen["buckets"][1:]]
    assert spans[0] == spans[1], "a gap between two buckets"
    passed = {"7d": WEEK, "4w": 4 * WEEK, "12m": 52 * WEEK}[range_]
    await go_to(world, world.clock.now() + passed)
    later = (await overview(world, shop, range_))["gross_volume"]
    assert (later["amount"], later["before"], later["change"]) == (usd(0), usd(6400), -10_000)


@pytest.mark.proves("R5.4", "X1")
async def test_what_is_summed_ties_to_the_books_and_to_stripe(world: World) -> None:
    shop = await world.open_shop()
    other = await world.open_shop("blend")
    for _ in range(3):
        await world.paid_booking(shop, tip=usd(123))
    await world.refund(shop, (await world.paid_booking(shop))["payments"][0], 1000)
    await world.paid_booking(other)
    await world.settle()
    seen = (await overview(world, shop, "4w"))["gross_volume"]
    [booked] = await world.query(
        "select sum(p.amount)::bigint as amount from postings p join entries e using"
        " (shop_id, entry_id) where e.shop_id = $1 and e.kind = 'payment_captured'"
        " and p.side = 'debit'",
        shop.id,
    )
    mine = {
        row["id"] for row in await world.rows("payment_intent")
        if row["metadata"]["shop"].startswith("shp_")
    }  # fmt: skip
    taken = sum(r["amount_captured"] for r in await world.rows("charge") if r["paid"])
    assert seen["amount"]["amount"] == booked["amount"] == 3 * 3323 + 3200
    assert taken - 3200 == booked["amount"]
    assert mine


@pytest.mark.proves("R5.4", "X1")
async def test_awaiting_stripe_is_what_the_books_have_open(world: World) -> None:
    shop = await world.open_shop()
    await world.control("POST", "settings", {"balance_transaction_delay": 1800})
    booked = (await world.book(shop)).json()
    await world.pay(booked)
    await world.advance(SOON)
    seen = (await overview(world, shop))["awaiting_stripe"]
    [open_] = await world.query(
        "select coalesce(sum(case side when 'debit' then amount else -amount end), 0)::bigint"
        " as amount from postings where account = $1",
        Account.AWAITING_STRIPE,
    )
    assert seen["amount"]["amount"] == open_["amount"]
    assert (seen["payments"], seen["amount"]) == (1, usd(3200))
    await world.advance(timedelta(minutes=40))
    assert (await overview(world, shop))["awaiting_stripe"]["payments"] == 0


@pytest.mark.proves("R5.4")
async def test_what_becomes_available_is_the_net_of_what_stripe_booked(world: World) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    await world.paid_booking(shop)
    seen = (await overview(world, shop))["next_available"]["next"]
    moved = await world.rows("balance_transaction")
    assert seen["net"]["amount"] == sum(row["net"] for row in moved)
    assert seen["fees"]["amount"] == sum(row["fee"] for row in moved)
    assert seen["movements"] == 2
    assert seen["day"] == str(datetime.fromtimestamp(moved[0]["available_on"], UTC).date())


@pytest.mark.proves("R5.4")
async def test_the_failure_rate_counts_declined_attempts_and_says_why(world: World) -> None:
    shop = await world.open_shop()
    for _ in range(3):
        await world.paid_booking(shop)
    await declined(world, shop)
    seen = await overview(world, shop)
    rate = seen["failure_rate"]["last_hour"]
    assert (rate["failed"], rate["attempts"], rate["rate"]) == (1, 4, 2500)
    assert rate["usual"] is None, "four attempts tell nothing"
    assert seen["why_payments_fail"]["reasons"] == [
        {"decline_code": "insufficient_funds", "attempts": 1}
    ]
    await go_to(world, world.clock.now() + timedelta(hours=2))
    later = (await overview(world, shop))["failure_rate"]
    assert later["last_hour"]["rate"] is None
    assert later["last_day"]["rate"] == 2500
    assert sum(hour["attempts"] for hour in later["by_hour"]) == 4


@pytest.mark.proves("R5.4")
async def test_the_usual_pace_is_told_from_the_same_hour_of_weeks_the_shop_was_there(
    world: World,
) -> None:
    """1, 2, 1, 3 payments on four Mondays at 08:10; on the fifth it is usual to have 1 to 3."""
    shop = await world.open_shop(time_zone="Etc/UTC")
    start = world.clock.now() + timedelta(minutes=10)
    for week, payments in enumerate((1, 2, 1, 3)):
        await go_to(world, start + week * WEEK)
        seen = (await overview(world, shop))["payments_per_hour"]
        assert seen["usual"] is None, f"{week} weeks are too few"
        for _ in range(payments):
            await world.paid_booking(shop)
    await go_to(world, start + 4 * WEEK + timedelta(minutes=30))
    seen = (await overview(world, shop))["payments_per_hour"]
    assert (seen["payments"], seen["usual"]) == (0, {"low": 1, "high": 3})


@pytest.mark.proves("R5.4", "R7.3")
async def test_a_shop_sees_its_own_alone(world: World) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    await world.paid_booking(other)
    await declined(world, other)
    seen = await overview(world, shop)
    assert seen["gross_volume"]["payments"] == 0
    assert seen["failure_rate"]["last_hour"]["attempts"] == 0
    assert seen["next_available"]["next"] is None
    assert (await world.http.get("/api/v2/overview")).status_code == 401


@pytest.mark.proves("R5.4")
async def test_a_range_that_is_none_is_refused(world: World) -> None:
    shop = await world.open_shop()
    answer = await world.http.get("/api/v2/overview?range=9w", headers=shop.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


@pytest.mark.whole
@pytest.mark.proves("R5.4", "X1")
@pytest.mark.parametrize("seed", range(8 if WHOLE else 1))
async def test_a_range_is_what_stripe_captured_in_it_whenever_that_was(
    world: World, seed: int
) -> None:
    """Over six weeks at odd times, in a zone whose clocks change on the way."""
    dice = random.Random(seed)
    zone = ZoneInfo("Europe/London")
    shop = await world.open_shop(time_zone=zone.key)
    for _ in range(7):
        await go_to(world, world.clock.now() + timedelta(minutes=dice.randrange(60, 9 * 24 * 60)))
        await world.paid_booking(shop, tip=usd(dice.randrange(1, 900)))
        if dice.random() < 0.4:
            await declined(world, shop)
    charges = [row for row in await world.rows("charge") if row["paid"]]
    for range_ in Range:
        period = periods.of(range_, now=world.clock.now(), zone=zone)
        seen = (await overview(world, shop, range_))["gross_volume"]
        assert seen["amount"]["amount"] == taken(charges, period.so_far)
        assert seen["before"]["amount"] == taken(charges, period.so_far_before)
        for bucket, window in zip(seen["buckets"], period.buckets, strict=True):
            assert (bucket["amount"] or usd(0))["amount"] == taken(charges, window)


def taken(charges: list[dict[str, Any]], window: Window) -> int:
    """What Stripe captured in a stretch of time, by its own rows."""
    since, until = window.since.timestamp(), window.until.timestamp()
    return sum(row["amount_captured"] for row in charges if since <= row["created"] < until)
