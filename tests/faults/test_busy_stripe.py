"""A Stripe that is well and asks us to wait: it is asked less, and is not taken for broken."""

import asyncio
from typing import Any, Final

import pytest
import stripe

from bookedbarber.checkout.means import means_of
from bookedbarber.config import Settings, load
from bookedbarber.processor.errors import (
    EarlierRequest,
    ProcessorBusy,
    ProcessorUnavailable,
    translate,
)
from bookedbarber.processor.pace import Pace, Rules
from bookedbarber.resilience.breaker import State
from bookedbarber.resilience.limiter import LocalLimiter, Rule
from tests.conftest import Databases
from tests.world import World

ENOUGH: Final = 20  # failures that would open a breaker
LIVE: Final = {
    "environment": "production",
    "stripe_api_key": "sk_live_x",
    "stripe_publishable_key": "pk_live_x",
    "stripe_webhook_secrets": "whsec_x",
    "stripe_api_base": None,
}
READING: Final = {"method": "GET", "path": "/v1/payment_intents/*"}


async def _ask(world: World, intent: str, times: int) -> list[Any]:
    asking = (world.means.processor.get_intent(intent) for _ in range(times))
    return await asyncio.gather(*asking, return_exceptions=True)


@pytest.mark.impatient
@pytest.mark.proves("R8.1")
@pytest.mark.parametrize(
    ("kind", "answer"),
    [("rate_limit", ProcessorBusy), ("lock_timeout", ProcessorBusy), ("conflict", EarlierRequest)],
)
async def test_being_asked_to_wait_opens_no_breaker(
    world: World, kind: str, answer: type[Exception]
) -> None:
    shop = await world.open_shop()
    intent = await world.intent_of((await world.book(shop)).json())
    await world.control("POST", "faults", {**READING, "kind": kind, "times": ENOUGH})
    for error in await _ask(world, intent, ENOUGH):
        assert type(error) is answer
    began = asyncio.get_running_loop().time()
    assert (await world.means.processor.get_intent(intent)).id == intent
    waited = asyncio.get_running_loop().time() - began
    # Only who was too fast is slowed down, not who met another request at the same object.
    assert (waited >= 0.9) is (kind == "rate_limit")


@pytest.mark.impatient
@pytest.mark.proves("R8.1")
async def test_a_stripe_that_does_not_answer_opens_it(world: World) -> None:
    shop = await world.open_shop()
    intent = await world.intent_of((await world.book(shop)).json())
    broken = {**READING, "kind": "error_before_effect", "times": ENOUGH}
    await world.control("POST", "faults", broken)
    await _ask(world, intent, ENOUGH)
    assert world.means.breakers.of("stripe", "payment_intents.read").report().state is State.OPEN
    world.means.breakers.of("stripe", "payment_intents.read").reset()


@pytest.mark.proves("R8.1")
async def test_the_waits_for_ones_turn_share_one_deadline() -> None:
    """Stripe's own pause takes most of it; what is left is too short for the next turn."""
    loop = asyncio.get_running_loop()
    slow = Rule("slow", limit=1, period=0.8, burst=1)
    limiter = LocalLimiter(loop.time)
    pace = Pace(limiter, Rules(in_all=Rule("all", 100, 1, 100), each=slow), patience=0.5)
    await pace.turn("refunds.create")
    began = loop.time()
    pace.slow_down("refunds.create", 0.4)
    with pytest.raises(ProcessorUnavailable):
        await pace.turn("refunds.create")  # 0.4 s of pause, and 0.4 s more until it is its turn
    assert loop.time() - began < 0.5
    await asyncio.sleep(0.8 - (loop.time() - began))
    await pace.turn("refunds.create")


def _too_fast(**headers: str) -> stripe.RateLimitError:
    make: Any = stripe.RateLimitError  # the SDK leaves its constructor untyped
    error: stripe.RateLimitError = make("slow down", http_status=429, headers=headers)
    return error


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({}, 1.0), ({"retry-after": "7"}, 7.0), ({"retry-after": "Tue, 24 Nov"}, 1.0)],
)
def test_stripe_says_for_how_long_it_wants_to_be_left_alone(
    headers: dict[str, str], seconds: float
) -> None:
    busy = translate(_too_fast(**headers))
    assert isinstance(busy, ProcessorBusy)
    assert busy.slow_down == seconds


@pytest.mark.parametrize(
    ("settings", "in_all", "each"),
    [
        ({**LIVE, "web_workers": 2}, (80, 26), (20, 6)),
        ({**LIVE, "web_workers": 1}, (80, 40), (20, 10)),
        ({"web_workers": 4, "stripe_api_base": None}, (20, 4), (20, 4)),
        ({"web_workers": 1}, (1000, 500), (1000, 500)),
    ],
    ids=["live", "a small house", "test mode", "sandbox"],
)
async def test_all_processes_together_stay_below_what_stripe_takes(
    databases: Databases,
    settings: dict[str, Any],
    in_all: tuple[int, int],
    each: tuple[int, int],
) -> None:
    async with means_of(_settings(databases, **settings), connections=1) as means:
        rules = means.processor._pace._rules
        assert (rules.in_all.limit, rules.in_all.alone.limit) == in_all
        assert (rules.each.limit, rules.each.alone.limit) == each


def _settings(databases: Databases, **changes: Any) -> Settings:
    given = {
        "database_app_url": databases.app_url,
        "database_platform_url": databases.platform_url,
        "stripe_api_base": "http://127.0.0.1:9",
        "stripe_api_key": "sk_test_x",
        "master_key": "A" * 43 + "=",
        **changes,
    }
    return load({}, **given)
