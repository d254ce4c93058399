"""Rate limits by GCRA, in this process or shared through Redis.

One number is kept for each key: the time at which its allowance would be whole again. A request
pushes it on by its share of the period; a request that would push it further than the burst
reaches is refused and pushes nothing. It is kept in whole microseconds, exact in Python and in
Redis's doubles alike: with fractions, the last request of a burst fails by rounding. The clock
is the caller's: nodes that share a limit must agree on the time within what the limit can bear.

While the shared counters do not answer, each process counts for itself (`FallbackLimiter`): a site
that cannot count is no site that is down. A door that must rather stay shut (a login, say) takes
the shared limiter itself, and `LimiterUnavailable` for a no.
"""

import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bookedbarber import failpoints
from bookedbarber.errors import Refused, Unavailable
from bookedbarber.resilience.breaker import Breaker, BreakerOpen, Breakers

ANSWER: Final = 0.25  # seconds for Redis to answer in: to be counted is worth no longer wait
log = structlog.get_logger("limiter")


class RateLimited(Refused):
    """Too many requests for this key. `retry_after` is in seconds, above 0."""

    code: ClassVar[str] = "rate_limited"

    def __init__(self, rule: str, wait: int) -> None:
        self.retry_after = wait / 1_000_000
        super().__init__("too many requests", rule=rule, retry_after=self.retry_after)


class LimiterUnavailable(Unavailable):
    """The shared counters did not answer."""

    code: ClassVar[str] = "limiter_unavailable"


@dataclass(frozen=True, slots=True)
class Rule:
    """`limit` requests in `period` seconds, of which `burst` may come at once.

    Where each of several `processes` counts for itself, each keeps to its part of the limit.
    """

    name: str
    limit: int
    period: float
    burst: int
    processes: int = 1
    interval: int = field(init=False, repr=False)
    """Microseconds from one request to the next at a steady pace."""
    reach: int = field(init=False, repr=False)
    """Microseconds of allowance that may be spent at once."""
    alone: "Rule" = field(init=False, repr=False, compare=False)
    """The part of one process."""

    def __post_init__(self) -> None:
        if self.limit < 1 or self.burst < 1 or not 0 < self.period < math.inf:
            raise ValueError("a rule allows at least one request in a finite time")
        interval = math.ceil(self.period * 1_000_000 / self.limit)
        object.__setattr__(self, "interval", interval)
        object.__setattr__(self, "reach", self.burst * interval)
        object.__setattr__(self, "alone", self if self.processes == 1 else self._part())

    def _part(self) -> "Rule":
        limit, burst = (max(1, number // self.processes) for number in (self.limit, self.burst))
        return Rule(self.name, limit=limit, period=self.period, burst=burst)

    def share(self, cost: int) -> int:
        """Microseconds of allowance that a request of this cost spends."""
        if not 1 <= cost <= self.burst:
            raise ValueError(f"{self.name}: a cost of {cost} can never be met")
        return cost * self.interval


class Limiter(Protocol):
    """Something that counts requests."""

    async def take(self, rule: Rule, key: str, cost: int = 1) -> None:
        """Count a request, or raise RateLimited and count nothing."""
        ...


class LocalLimiter:
    """Limits of this process alone; a restart forgets them."""

    _SWEEP_FROM: Final = 10_000

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._whole_at: dict[tuple[str, str], int] = {}
        self._sweep_at = self._SWEEP_FROM

    async def take(self, rule: Rule, key: str, cost: int = 1) -> None:
        """Count a request, or raise RateLimited and count nothing."""
        rule = rule.alone
        now = round(self._seconds() * 1_000_000)
        place = (rule.name, key)
        whole_at = self._whole_at.get(place, now)
        if whole_at < now:
            whole_at = now
        elif whole_at - now > rule.reach:
            # Further ahead than the burst reaches: the clock was set back.
            whole_at = self._whole_at[place] = now + rule.reach
        wanted = whole_at + rule.share(cost)
        wait = wanted - now - rule.reach
        if wait > 0:
            raise RateLimited(rule.name, wait)
        self._whole_at[place] = wanted
        if len(self._whole_at) > self._sweep_at:
            self._sweep(now)

    def _sweep(self, now: int) -> None:
        """Forget the keys whose allowance is whole, so that passing strangers cost no memory."""
        self._whole_at = {place: at for place, at in self._whole_at.items() if at > now}
        self._sweep_at = max(self._SWEEP_FROM, 2 * len(self._whole_at))


# Written with %.0f: Lua's own way of printing a number keeps 14 digits, a microsecond needs 16.
_TAKE: Final = """
local now, share, reach = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local function keep(at)
  redis.call('SET', KEYS[1], string.format('%.0f', at), 'PX', math.ceil((at - now) / 1000))
end
local whole_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
if whole_at - now > reach then
  whole_at = now + reach
  keep(whole_at)
end
local wait = whole_at + share - now - reach
if wait > 0 then
  return wait
end
keep(whole_at + share)
return 0
"""


class RedisLimiter:
    """Limits shared by every process that uses the same Redis; one script, one round trip."""

    def __init__(self, client: Redis, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._take = client.register_script(_TAKE)

    async def take(self, rule: Rule, key: str, cost: int = 1) -> None:
        """Count a request, or raise RateLimited and count nothing."""
        arguments = [round(self._seconds() * 1_000_000), rule.share(cost), rule.reach]
        try:
            async with failpoints.around("redis", "limits"):
                wait = await self._take(keys=[f"limit:{rule.name}:{key}"], args=arguments)
        except (RedisError, OSError) as error:
            raise LimiterUnavailable("the shared counters did not answer") from error
        if wait > 0:
            raise RateLimited(rule.name, wait)


class FallbackLimiter:
    """The shared limits; while they cannot be had, this process's own."""

    def __init__(self, shared: Limiter, breaker: Breaker, own: Limiter) -> None:
        self._shared = shared
        self._breaker = breaker
        self._own = own
        self._degraded = False

    async def take(self, rule: Rule, key: str, cost: int = 1) -> None:
        """Count a request, or raise RateLimited and count nothing."""
        try:
            await self._breaker.call(self._shared.take, rule, key, cost)
        except (LimiterUnavailable, BreakerOpen) as outage:
            self._note(degraded=True, why=outage.code)
            await self._own.take(rule, key, cost)
        except RateLimited:
            self._note(degraded=False)
            raise
        else:
            self._note(degraded=False)

    def _note(self, *, degraded: bool, **why: str) -> None:
        """One line in the log for each change."""
        if degraded is not self._degraded:
            self._degraded = degraded
            log.warning("limiter.degraded" if degraded else "limiter.recovered", **why)


@asynccontextmanager
async def limiter_for(
    redis_url: str | None, seconds: Callable[[], float], *, breakers: Breakers
) -> AsyncIterator[Limiter]:
    """The shared limiter where a Redis is set, else one of this process; closed at the end.

    `seconds` must count from a common start (1970) when the limits are shared.
    """
    own = LocalLimiter(seconds)
    if redis_url is None:
        yield own
        return
    async with Redis.from_url(
        redis_url, socket_timeout=ANSWER, socket_connect_timeout=ANSWER
    ) as client:
        breaker = breakers.of("redis", "limits")
        yield FallbackLimiter(RedisLimiter(client, seconds), breaker, own)
