"""A tale that can be told again from its beginning: every request has its Idempotency-Key, so a
client or a process that died anywhere in it just starts over, and no more comes of it than once.

One client books, pays and gets part of it back; one pays a deposit and cancels; one never pays.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg
import stripe

from tests.world import Shop, World

STEP: Final = timedelta(seconds=10)
LATER: Final = "2035-03-07"  # so that cancelling is free
PARTLY: Final = {"amount": 700, "currency": "usd"}
CLIENTS: Final = ("amara", "bruno", "chen")


@dataclass(frozen=True, slots=True)
class Setting:
    """The shop of the tale and the three times that are booked in it."""

    shop: Shop
    times: tuple[str, ...]
    platform_url: str


async def lay(world: World, platform_url: str) -> Setting:
    """Open the shop and choose the times."""
    shop = await world.open_shop()
    answer = await world.http.get(
        f"/api/v2/shops/{shop.slug}/availability",
        params={"service": shop.service("Skin fade")["id"], "day": LATER},
    )
    slots = answer.raise_for_status().json()["slots"]
    times = tuple(slot["starts_at"] for slot in slots[::6][: len(CLIENTS)])
    return Setting(shop, times, platform_url)


async def tell(world: World, setting: Setting) -> None:
    """Tell it from the beginning to its end; safe to tell again."""
    shop = setting.shop
    first, second, third = [
        await _book(world, setting, number, pay=pay)
        for number, pay in enumerate(("full", "deposit", "full"))
    ]
    await _pay(world, first)
    await _pay(world, second)
    await rest(world, setting)
    paid = (await world.booking(shop, first["id"]))["payments"][0]
    await _ask(world, shop, f"payments/{paid['id']}/refunds", {"amount": PARTLY})
    await _ask(world, shop, f"bookings/{second['id']}/cancel", {})
    await rest(world, setting)
    world.clock.advance(timedelta(minutes=11))
    await rest(world, setting)
    assert (await world.booking(shop, third["id"]))["state"] == "expired"


async def prove(world: World, setting: Setting) -> None:
    """Everything in the tale happened, and happened once."""
    await world.prove()
    async with world.means.database.platform() as db:
        visits = await db.fetch("select state from appointments")
        payments = await db.fetch("select state from payments")
        back = await db.fetch("select amount, state from refunds")
        acts = await db.fetch("select act, object from audit_events")
    assert Counter(row[0] for row in visits) == {"confirmed": 1, "cancelled": 1, "expired": 1}
    assert Counter(row[0] for row in payments) == {"captured": 2, "cancelled": 1}
    deposit = setting.shop.service("Skin fade")["deposit"]["amount"]
    expected = [(PARTLY["amount"], "succeeded"), (deposit, "succeeded")]
    assert sorted(tuple(row) for row in back) == sorted(expected), back
    twice = {tuple(row): n for row, n in Counter(acts).items() if n > 1}
    assert not twice, f"done twice: {twice}"
    for kind, number in (("payment_intent", 3), ("charge", 2), ("refund", 2)):
        assert len(await world.rows(kind)) == number, kind


async def rest(world: World, setting: Setting) -> None:
    """Let time pass until nothing is under way; events are delivered one by one, so that the
    same tale meets the same points in the same order."""
    for _ in range(40):
        world.clock.advance(STEP)
        await world.control("POST", "clock", {"now": world.clock.now().timestamp()})
        await world.worker.drain()
        log = await world.control("GET", "deliveries?state=pending")
        for delivery in log["deliveries"]:
            await world.control("POST", "deliveries/send", {"event": delivery["event"]})
            await world.worker.drain()
        if not log["deliveries"] and not await _waiting(world, setting):
            return
    raise AssertionError("the tale does not come to rest")


async def _waiting(world: World, setting: Setting) -> int:
    """How much the product still has to do, asked past its own connections and their points."""
    db = await asyncpg.connect(setting.platform_url)
    try:
        return int(
            await db.fetchval(
                "select (select count(*) from webhook_events where state = 'ready')"
                " + (select count(*) from jobs where state = 'ready' and run_at <= $1)",
                world.clock.now(),
            )
        )
    finally:
        await db.close()


async def _book(world: World, setting: Setting, number: int, *, pay: str) -> dict[str, Any]:
    who = CLIENTS[number]
    answer = await world.book(
        setting.shop,
        key=f"book-{who}",
        starts_at=setting.times[number],
        pay=pay,
        client={"name": who.title(), "email": f"{who}@example.com"},
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def _pay(world: World, booking: dict[str, Any]) -> None:
    try:
        await world.pay(booking)
    except stripe.InvalidRequestError as refusal:
        assert refusal.code == "payment_intent_unexpected_state", refusal  # noqa: PT017 # paid before


async def _ask(world: World, shop: Shop, path: str, body: dict[str, Any]) -> None:
    headers = {**shop.headers, "Idempotency-Key": path.rpartition("/")[2]}
    answer = await world.http.post(f"/api/v2/{path}", json=body, headers=headers)
    assert answer.is_success, answer.text
