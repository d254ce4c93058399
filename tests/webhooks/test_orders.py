"""Every order, every repeat: whatever way the events of a life come in, it ends the same."""

import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe

from bookedbarber.shops.opening import BarberPlan
from tests.world import WEEKDAYS, Shop, World

Life = Callable[[World, Shop, dict[str, Any]], Awaitable[None]]
MOST_ORDERS, CHAIRS = 10, 26


async def crowded(world: World, slug: str = "fade") -> Shop:
    return await world.open_shop(
        slug, barbers=[BarberPlan(f"Barber {n}", WEEKDAYS) for n in range(CHAIRS)]
    )


async def paid(world: World, _shop: Shop, booking: dict[str, Any]) -> None:
    await world.pay(booking)


async def declined_then_paid(world: World, shop: Shop, booking: dict[str, Any]) -> None:
    with pytest.raises(stripe.CardError):
        await world.pay(booking, "pm_card_chargeDeclinedInsufficientFunds")
    await paid(world, shop, booking)


async def challenged(world: World, _shop: Shop, booking: dict[str, Any]) -> None:
    asked = await world.pay(booking, "pm_card_threeDSecureRequired")
    await world.control("POST", f"3ds/{asked.id}", {"outcome": "succeed"})


async def given_up(world: World, _shop: Shop, booking: dict[str, Any]) -> None:
    await world.stripe.v1.payment_intents.cancel_async(await world.intent_of(booking))


LIVES: dict[str, Life] = {
    "paid": paid,
    "declined_then_paid": declined_then_paid,
    "challenged": challenged,
    "given_up": given_up,
}


async def all_events(world: World) -> list[str]:
    """Every event there is to deliver, in the order they happened."""
    log = (await world.control("GET", "deliveries"))["deliveries"]
    return list(dict.fromkeys(row["event"] for row in log))


def orders(count: int, *, seed: int = 7) -> list[tuple[int, ...]]:
    """Every order of up to four events; of more the given one, its reverse and a sample."""
    if count <= 4:
        return list(itertools.permutations(range(count)))
    chance, given = random.Random(seed), range(count)
    sample = [tuple(chance.sample(given, count)) for _ in range(MOST_ORDERS - 2)]
    return [tuple(given), tuple(reversed(given)), *sample]


async def outcome(world: World, shop: Shop, booking: dict[str, Any]) -> dict[str, Any]:
    """A booking without what tells it from others: its ids and where it took place."""
    seen = await world.booking(shop, booking["id"])
    kept = ("state", "amount", "refunded", "decline_code", "card_last4", "reason")
    return {
        "state": seen["state"],
        "payments": [{k: p[k] for k in kept if k in p} for p in seen["payments"]],
        "refunds": sorted(
            ({k: r[k] for k in kept if k in r} for r in seen["refunds"]),
            key=lambda refund: refund["amount"]["amount"],
        ),
        "acts": Counter(
            row["act"]
            for row in await world.query(
                "select act from audit_events where object = any($1::text[])",
                [seen["id"], *(p["id"] for p in seen["payments"])],
            )
        ),
    }


async def live(world: World, shop: Shop, life: str) -> tuple[dict[str, Any], list[str]]:
    """A booking whose events are all still at Stripe, and those events."""
    before = set(await all_events(world))
    starts_at = (await world.slots(shop))[0]["starts_at"]
    booking = (await world.book(shop, starts_at=starts_at)).json()
    await LIVES[life](world, shop, booking)
    await world.tick(timedelta(seconds=3))  # the movement of the charge arrives
    return booking, [event for event in await all_events(world) if event not in before]


async def deliver(world: World, event: str, *, times: int = 1) -> None:
    await world.control("POST", "deliveries/send", {"event": event, "times": times})
    await world.worker.drain()


@pytest.mark.proves("R1.2", "X3")
@pytest.mark.parametrize("life", LIVES)
async def test_every_order_with_repeats_ends_in_the_same_state(world: World, life: str) -> None:
    """One booking for each order; in each, every second event comes twice."""
    shop = await crowded(world)
    await world.hold_deliveries()
    booking, events = await live(world, shop, life)
    for event in events:
        await deliver(world, event)
    expected = await outcome(world, shop, booking)
    for order in orders(len(events))[1:]:
        booking, events = await live(world, shop, life)
        for position, index in enumerate(order):
            await deliver(world, events[index], times=1 + position % 2)
        assert await outcome(world, shop, booking) == expected, order


@pytest.mark.proves("R1.2", "X3")
@pytest.mark.parametrize("life", ["paid", "declined_then_paid", "challenged"])
async def test_any_one_event_is_enough_when_all_others_are_lost(world: World, life: str) -> None:
    shop = await crowded(world)
    await world.hold_deliveries()
    count = len((await live(world, shop, life))[1])
    for kept in range(count):
        booking, events = await live(world, shop, life)
        for number, event in enumerate(events):
            if number == kept:
                await deliver(world, event)
            else:
                await world.control("POST", "deliveries/drop", {"event": event})
        seen = await world.booking(shop, booking["id"])
        assert (seen["state"], seen["payments"][0]["state"]) == ("confirmed", "captured")
    await world.hold_deliveries(held=False)


@pytest.mark.impatient
@pytest.mark.proves("R1.2", "X3")
async def test_refunds_of_which_only_events_tell_end_the_same_in_every_order(
    world: World,
) -> None:
    """Stripe's answer to each refund is lost, so that its events are all we hear."""
    shop = await crowded(world)
    expected = None
    chance = random.Random(11)
    for number in range(8):
        answer = await world.book(shop, starts_at=(await world.slots(shop))[0]["starts_at"])
        await world.pay(answer.json(), "pm_card_refundFail" if number % 2 else "pm_card_visa")
        await world.settle()
        booking = await world.booking(shop, answer.json()["id"])
        before = set(await all_events(world))
        await world.hold_deliveries()
        await world.fault("POST", "/v1/refunds", "reset_mid_body", times=2)
        for part in (700, 900):
            asked = await world.refund(shop, booking["payments"][0], part)
            assert asked.json()["state"] == "requested"
        await world.tick(timedelta(seconds=6))  # what the bank says comes later
        events = [event for event in await all_events(world) if event not in before]
        chance.shuffle(events)
        for event in events:
            await deliver(world, event, times=chance.choice([1, 2]))
        seen = await outcome(world, shop, booking)
        seen["payments"][0].pop("card_last4")  # two cards: one whose refunds fail
        states = [refund.pop("state") for refund in seen["refunds"]]
        assert states == (["failed", "failed"] if number % 2 else ["succeeded", "succeeded"])
        expected = expected or seen
        assert seen == expected
        await world.hold_deliveries(held=False)
        await world.settle()


@pytest.mark.proves("R1.2", "X3")
@pytest.mark.parametrize("seed", range(3))
async def test_a_day_whose_events_come_shuffled_and_repeated_ends_in_the_same_rows(
    world: World, seed: int
) -> None:
    """Two shops live the same day; one hears of it in order, the other never does."""
    fade, blend = await world.open_shop("fade"), await world.open_shop("blend")
    await a_day(world, fade)
    settings = {"shuffle": 200, "duplicates": 2}
    await world.control("POST", "settings", settings)
    chance = random.Random(seed)
    await a_day(world, blend, between=lambda: chance.random() < 0.5)
    await world.settle()
    assert await rows_of(world, blend) == await rows_of(world, fade)


async def a_day(world: World, shop: Shop, between: Callable[[], bool] = lambda: True) -> None:
    """Seven clients; after each step Stripe's events come, or only later, as `between` says."""

    async def step() -> None:
        if between():
            await world.advance(timedelta(seconds=10))

    bookings = []
    for number, pay in enumerate(["full", "deposit", "full", "deposit", "full", "full", "full"]):
        client = {"name": f"Client {number}", "email": f"client{number}@example.com"}
        tip = {"amount": 100 * number, "currency": "usd"}
        answer = await world.book(shop, pay=pay, client=client, tip=tip)
        assert answer.status_code == 201, answer.text
        bookings.append(answer.json())
        await step()
    abandoned, *others = bookings
    with pytest.raises(stripe.CardError):
        await world.pay(others[0], "pm_card_chargeDeclined")
    await step()
    for booking in others:
        await world.pay(booking)
        await step()
    await world.advance(timedelta(minutes=12))
    await world.settle()
    first, second, third, fourth, *_ = others
    payments = [(await world.booking(shop, b["id"]))["payments"][0] for b in others]
    await world.cancel(shop, first, cancelled_by="client")
    await step()
    for booking in (second, third, fourth):
        await world.begin(booking)
    await world.refund(shop, payments[1], 333)
    await step()
    await world.complete(shop, second)
    await world.refund(shop, payments[1])
    await world.complete(shop, third)
    await step()
    await world.refund(shop, payments[3], 1)
    await world.complete(shop, fourth)
    await world.settle()
    assert (await world.booking(shop, abandoned["id"]))["state"] == "expired"


async def rows_of(world: World, shop: Shop) -> dict[str, Any]:
    """Every row of a shop that says what happened, without what names or dates it.

    A decline that we hear of after the next card succeeded is no news any more, and leaves no row.
    """
    found: dict[str, Any] = {}
    for table, columns in {
        "appointments": "state, service_amount, tax_amount, tip_amount, deposit_amount",
        "payments": "state, purpose, amount, refunding, decline_code, card_last4, via",
        "refunds": "state, reason, service_amount, tax_amount, tip_amount, failure",
        "postings": "account, side, amount, currency",
        "entries": "kind, reverses is null",
        "balance_transactions": "type, amount, fee, net, currency",
        "audit_events": "split_part(actor, ':', 1), act",
        "jobs": "kind, state",
        "messages": "kind",
    }.items():
        rows = await world.query(
            f"select ({columns})::text as row from {table} where shop_id = $1",  # noqa: S608 # ours
            shop.id,
        )
        found[table] = Counter(row["row"] for row in rows)
    found["audit_events"].pop("(stripe,payment.declined)", None)
    return found
