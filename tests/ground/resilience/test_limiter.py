"""Limits: the same decisions from this process and from Redis, at any pace and after any wait."""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from bookedbarber.resilience.breaker import Breakers
from bookedbarber.resilience.limiter import (
    Limiter,
    LimiterUnavailable,
    LocalLimiter,
    RateLimited,
    RedisLimiter,
    Rule,
    limiter_for,
)
from bookedbarber.resilience.turns import turn
from tests.ground.resilience.conftest import SERVERS
from tests.whole import at_most

TEN_A_MINUTE = Rule("login", limit=10, period=60.0, burst=3)
EPOCH = 1_775_000_000.123456


class Hand:
    """A clock moved by hand, in seconds since 1970."""

    def __init__(self) -> None:
        self.at = EPOCH

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        await client.flushall()
        yield client


@pytest.fixture(params=["local", *SERVERS])
async def limiter(
    request: pytest.FixtureRequest, hand: Hand, start_redis: Callable[[str], str]
) -> AsyncIterator[Limiter]:
    if request.param == "local":
        yield LocalLimiter(hand)
        return
    async with Redis.from_url(start_redis(SERVERS[request.param])) as client:
        await client.flushall()
        yield RedisLimiter(client, hand)


async def wait_for(limiter: Limiter, rule: Rule, key: str = "k", cost: int = 1) -> float:
    """Take once; 0 if let through, else the seconds to wait."""
    try:
        await limiter.take(rule, key, cost)
    except RateLimited as refused:
        return refused.retry_after
    return 0.0


async def test_a_burst_passes_and_the_next_is_told_when_to_come_back(
    limiter: Limiter, hand: Hand
) -> None:
    assert [await wait_for(limiter, TEN_A_MINUTE) for _ in range(5)] == [0, 0, 0, 6.0, 6.0]
    hand.at += 5.999
    assert await wait_for(limiter, TEN_A_MINUTE) == pytest.approx(0.001, abs=2e-6)
    hand.at += 0.001
    assert await wait_for(limiter, TEN_A_MINUTE) == 0
    assert await wait_for(limiter, TEN_A_MINUTE) > 0


async def test_a_refusal_carries_its_code_and_its_wait(limiter: Limiter) -> None:
    await limiter.take(TEN_A_MINUTE, "k", 3)
    with pytest.raises(RateLimited) as refused:
        await limiter.take(TEN_A_MINUTE, "k")
    assert (refused.value.code, refused.value.facts["retry_after"]) == ("rate_limited", 6.0)


async def test_the_whole_burst_returns_after_rest_and_no_more(limiter: Limiter, hand: Hand) -> None:
    for _ in range(3):
        await limiter.take(TEN_A_MINUTE, "k")
    hand.at += 3600
    assert [await wait_for(limiter, TEN_A_MINUTE) for _ in range(4)] == [0, 0, 0, 6.0]


async def test_a_burst_that_is_no_round_fraction_passes_whole(limiter: Limiter) -> None:
    for limit in (3, 7, 9, 11, 13):
        rule = Rule(f"third-{limit}", limit=limit, period=1.0, burst=limit)
        assert [await wait_for(limiter, rule) for _ in range(limit)] == [0.0] * limit
        assert await wait_for(limiter, rule) > 0


async def test_keys_and_rules_do_not_share_an_allowance(limiter: Limiter) -> None:
    other = Rule("search", limit=10, period=60.0, burst=1)
    for _ in range(3):
        await limiter.take(TEN_A_MINUTE, "a")
    assert await wait_for(limiter, TEN_A_MINUTE, "a") > 0
    assert await wait_for(limiter, TEN_A_MINUTE, "b") == 0
    assert await wait_for(limiter, other, "a") == 0


async def test_a_dear_request_spends_its_cost_or_nothing(limiter: Limiter) -> None:
    assert await wait_for(limiter, TEN_A_MINUTE, cost=2) == 0
    assert await wait_for(limiter, TEN_A_MINUTE, cost=2) == 6.0
    assert await wait_for(limiter, TEN_A_MINUTE, cost=1) == 0
    for impossible in (0, -1, 4):
        with pytest.raises(ValueError, match="never be met"):
            await limiter.take(TEN_A_MINUTE, "k", impossible)


async def test_a_clock_set_back_locks_nobody_out(limiter: Limiter, hand: Hand) -> None:
    for _ in range(3):
        await limiter.take(TEN_A_MINUTE, "k")
    hand.at -= 30 * 24 * 3600
    assert await wait_for(limiter, TEN_A_MINUTE) == 6.0
    hand.at += 6.0
    assert await wait_for(limiter, TEN_A_MINUTE) == 0


async def test_many_at_once_get_no_more_than_the_burst(limiter: Limiter) -> None:
    waits = await asyncio.gather(*(wait_for(limiter, TEN_A_MINUTE) for _ in range(50)))
    assert waits.count(0.0) == 3


@pytest.mark.parametrize(
    ("limit", "period", "burst"),
    [(0, 1.0, 1), (1, 0.0, 1), (1, math.inf, 1), (1, -1.0, 1), (1, 1.0, 0)],
)
def test_a_rule_that_allows_nothing_is_a_defect(limit: int, period: float, burst: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Rule("x", limit=limit, period=period, burst=burst)


steps = st.lists(
    st.tuples(st.integers(0, 3_000_000), st.sampled_from("ab"), st.integers(1, 3)), max_size=60
)
rules = st.builds(Rule, st.just("r"), st.integers(1, 20), st.floats(0.5, 5.0), st.integers(3, 8))


class LeakyBucket:
    """The same promise kept another way: a bucket that leaks, in whole microseconds."""

    def __init__(self, rule: Rule) -> None:
        self.interval = math.ceil(rule.period * 1_000_000 / rule.limit)
        self.room = rule.burst * self.interval
        self.level, self.at = 0, 0

    def wait(self, at: int, cost: int) -> int:
        self.level, self.at = max(0, self.level - (at - self.at)), at
        over = self.level + cost * self.interval - self.room
        if over <= 0:
            self.level += cost * self.interval
        return max(0, over)


@given(rules, steps)
async def test_the_local_limiter_decides_as_a_leaky_bucket_would(
    rule: Rule, story: list[tuple[int, str, int]]
) -> None:
    hand = Hand()
    limiter, buckets = LocalLimiter(hand), {key: LeakyBucket(rule) for key in "ab"}
    micros = round(EPOCH * 1_000_000)
    for pause, key, cost in story:
        micros += pause
        hand.at = micros / 1_000_000
        waited = await wait_for(limiter, rule, key, cost)
        assert round(waited * 1_000_000) == buckets[key].wait(micros, cost)


@given(rules, st.lists(st.integers(0, 1_500_000), min_size=1, max_size=120))
async def test_no_stretch_of_time_lets_more_through_than_burst_and_pace(
    rule: Rule, pauses: list[int]
) -> None:
    hand, passed = Hand(), deque[int]()
    limiter = LocalLimiter(hand)
    micros = round(EPOCH * 1_000_000)
    for pause in pauses:
        micros += pause
        hand.at = micros / 1_000_000
        if await wait_for(limiter, rule) == 0:
            passed.append(micros)
    for first, begin in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= rule.burst + (passed[last] - begin) / rule.interval


@settings(max_examples=at_most(40))
@given(rules, steps)
async def test_redis_decides_as_this_process_does(
    redis_url: str, rule: Rule, story: list[tuple[int, str, int]]
) -> None:
    hand = Hand()
    async with Redis.from_url(redis_url) as client:
        await client.flushall()
        local, shared = LocalLimiter(hand), RedisLimiter(client, hand)
        for pause, key, cost in story:
            hand.at += pause / 1_000_000
            assert await wait_for(shared, rule, key, cost) == await wait_for(local, rule, key, cost)


async def test_two_processes_on_one_redis_share_the_allowance(client: Redis, hand: Hand) -> None:
    one, other = RedisLimiter(client, hand), RedisLimiter(client, hand)
    waits = [await wait_for(limiter, TEN_A_MINUTE) for limiter in (one, other, one, other)]
    assert waits == [0, 0, 0, 6.0]


async def test_redis_forgets_a_key_once_its_allowance_is_whole(client: Redis, hand: Hand) -> None:
    await RedisLimiter(client, hand).take(TEN_A_MINUTE, "k", 2)
    assert 11_000 < await client.pttl("limit:login:k") <= 12_000


async def test_a_flushed_script_is_loaded_again(client: Redis, hand: Hand) -> None:
    limiter = RedisLimiter(client, hand)
    await limiter.take(TEN_A_MINUTE, "k")
    await client.script_flush()
    await limiter.take(TEN_A_MINUTE, "k")


async def test_passing_strangers_cost_no_memory(hand: Hand) -> None:
    limiter = LocalLimiter(hand)
    for stranger in range(60_000):
        await limiter.take(TEN_A_MINUTE, str(stranger))
        hand.at += 0.01
    assert len(limiter._whole_at) <= 10_001


async def test_without_an_answer_there_is_no_decision(hand: Hand) -> None:
    async with Redis.from_url("redis://127.0.0.1:1") as nobody:
        with pytest.raises(LimiterUnavailable) as failed:
            await RedisLimiter(nobody, hand).take(TEN_A_MINUTE, "k")
    assert failed.value.code == "limiter_unavailable"


async def test_who_counts_alone_keeps_to_its_part_and_who_counts_together_does_not(
    limiter: Limiter,
) -> None:
    rule = Rule("shared", limit=90, period=1.0, burst=42, processes=4)
    for _ in range(42 // 4 if isinstance(limiter, LocalLimiter) else 42):
        await limiter.take(rule, "k")
    with pytest.raises(RateLimited):
        await limiter.take(rule, "k")
    assert rule.alone.limit == 90 // 4
    few = Rule("few", limit=2, period=1.0, burst=1, processes=4).alone
    assert (few.limit, few.burst) == (1, 1)


async def test_whoever_waits_for_a_turn_gets_it_or_hears_that_it_takes_too_long() -> None:
    loop = asyncio.get_running_loop()
    limiter, rule = LocalLimiter(loop.time), Rule("turns", limit=20, period=1.0, burst=1)
    began = loop.time()
    for _ in range(4):
        await turn(limiter, rule, "k", patience=1)
    assert loop.time() - began >= 0.15
    with pytest.raises(RateLimited):
        await turn(limiter, rule, "k", patience=0.01)


async def test_without_a_redis_the_limits_are_this_processs(hand: Hand) -> None:
    async with limiter_for(None, hand, breakers=Breakers(hand)) as limiter:
        assert isinstance(limiter, LocalLimiter)
