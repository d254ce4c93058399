"""Whatever the desk does with a visit, in whatever order and however often: every answer is the one
that the visit's life allows, every cent is where it should be, and the books close."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import httpx2 as httpx
import pytest

from tests.whole import WHOLE
from tests.world import Shop, World

DAYS: Final = 15 if WHOLE else 1
LIVES: Final = 5  # of one day: over a night Stripe's events would arrive stale, and much later
ACTS: Final = ("check-in", "undo-check-in", "complete", "no-show", "cancel", "refund", "again")
# By hand, apart from the product: what each act makes of a visit in each state, once it has begun.
BECOMES: Final = {
    ("confirmed", "check-in"): "arrived",
    ("arrived", "check-in"): "arrived",
    ("arrived", "undo-check-in"): "confirmed",
    ("confirmed", "undo-check-in"): "confirmed",
    ("confirmed", "complete"): "completed",
    ("arrived", "complete"): "completed",
    ("completed", "complete"): "completed",
    ("confirmed", "no-show"): "no_show",
    ("confirmed", "cancel"): "cancelled",
    ("arrived", "cancel"): "cancelled",
}
EARLY: Final = {("confirmed", "complete"), ("confirmed", "no-show")}
KEPT_LATE: Final = 800  # of 32.00 with a deposit of a quarter


def lives(day: int) -> Iterator[tuple[int, list[str]]]:
    """Sequences of acts, seeded: the same each time. Each is tried early or once it has begun."""
    for seed in range(day * LIVES, (day + 1) * LIVES):
        chance = random.Random(seed)
        yield seed, [chance.choice(ACTS) for _ in range(7)]


@pytest.mark.whole
@pytest.mark.proves("R0.2", "X1")
@pytest.mark.parametrize("day", range(DAYS))
async def test_any_sequence_of_acts_at_the_desk_ends_where_a_table_says(
    world: World, day: int
) -> None:
    shop = await world.open_shop()
    for seed, acts in lives(day):
        await _live(world, shop, acts, seed=seed)
        await world.settle()
        await world.prove()


async def _live(world: World, shop: Shop, acts: list[str], *, seed: int) -> None:
    chance = random.Random(seed + 1000)
    walked = seed % 5 == 4
    visit = await _visit(world, shop, chance, walked=walked)
    early = not walked and chance.random() < 0.4
    if not early:
        await world.begin(visit)
    state, last = visit["state"], ("check-in", "none")
    for number, chosen in enumerate(acts):
        act, key = last if chosen == "again" else (chosen, f"life-{seed}-{number}")
        answer = await _do(world, shop, visit, act, key)
        if act == "refund":
            assert answer is None or answer.status_code in (201, 409), answer.text
        else:
            assert answer is not None
            state = _expected(state, act, answer, early=early, again=(act, key) == last)
        last = (act, key)
        seen = await world.booking(shop, visit["id"])
        assert seen["state"] == state, (seed, acts[: number + 1])
        assert (seen["arrived_at"] is not None) >= (state == "arrived")
    _kept(await world.booking(shop, visit["id"]), acts)
    if state in ("confirmed", "arrived"):
        await world.cancel(shop, visit, key=f"end-{seed}")


async def _visit(
    world: World, shop: Shop, chance: random.Random, *, walked: bool
) -> dict[str, Any]:
    if walked:
        at = (await world.slots(shop))[0]["starts_at"]
        await world.advance(datetime.fromisoformat(at) - world.clock.now() + timedelta(hours=2))
        made = (await world.walk_in(shop)).json()
        undone = await world.desk(shop, "POST", f"bookings/{made['id']}/undo-check-in")
        return dict(undone.json())
    pay, tip = chance.choice(["deposit", "full"]), chance.choice([0, 500])
    client = {"name": "Amara", "email": f"amara{chance.random()}@example.com"}
    given: dict[str, Any] = {"tip": {"amount": tip, "currency": "usd"}} if tip else {}
    return await world.paid_booking(shop, pay=pay, client=client, **given)


async def _do(
    world: World, shop: Shop, visit: dict[str, Any], act: str, key: str
) -> httpx.Response | None:
    if act == "refund":
        if not visit["payments"]:
            return None
        amount = random.Random(key).randint(1, 900)
        reason = random.Random(key).choice(["goodwill", "requested_by_customer"])
        return await world.refund(shop, visit["payments"][0], amount, key=key, reason=reason)
    body = {"cancelled_by": "shop"} if act == "cancel" else {}
    return await world.desk(shop, "POST", f"bookings/{visit['id']}/{act}", key, **body)


def _expected(state: str, act: str, answer: httpx.Response, *, early: bool, again: bool) -> str:
    """The state after an act; a refusal changes nothing and says why."""
    if again and act in ("cancel", "no-show") and answer.is_success:
        return state  # the same request once more: the same answer, and nothing done
    if early and (state, act) in EARLY:
        assert answer.json()["code"] == "appointment_not_begun"
        return state
    following = BECOMES.get((state, act))
    if following is None:
        code = (
            "client_arrived" if (state, act) == ("arrived", "no-show") else "appointment_not_open"
        )
        assert (answer.status_code, answer.json()["code"]) == (409, code), (state, act)
        return state
    assert answer.is_success, answer.text
    return following


def _kept(seen: dict[str, Any], acts: list[str]) -> None:
    """Of a visit that was not, what is kept is what the policy says, or less where it was given."""
    paid = sum(p["amount"]["amount"] for p in seen["payments"])
    back = sum(r["amount"]["amount"] for r in seen["refunds"])
    if seen["state"] == "cancelled":
        assert back == paid
    if seen["state"] == "no_show":
        assert paid - back <= KEPT_LATE
        if "refund" not in acts:
            assert paid - back == min(KEPT_LATE, paid)
