"""What a closed breaker and the limiter of one process cost a call.

Each figure is the best of several rounds, less what the bare awaited call costs.
"""

import time
from collections.abc import Awaitable, Callable

from benchmarks.figures import Cost
from bookedbarber.resilience.breaker import Breaker
from bookedbarber.resilience.limiter import LocalLimiter, Rule

CALLS = 1_000
ROUNDS = 300


async def answer() -> None:
    """Do nothing, as the outside part of these calls."""


async def microseconds(call: Callable[[], Awaitable[None]]) -> float:
    """Return what one call costs, in the best round."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(CALLS):
            await call()
        best = min(best, (time.perf_counter() - began) / CALLS * 1e6)
    return best


async def costs() -> list[Cost]:
    """Measure both, with what they may cost."""
    breaker = Breaker("stripe.refunds.create", time.monotonic)
    limiter = LocalLimiter(time.time)
    rule = Rule("bench", limit=10**6, period=1e-3, burst=10**6)
    bare = await microseconds(answer)
    through = await microseconds(lambda: breaker.call(answer))
    taken = await microseconds(lambda: limiter.take(rule, "key"))
    return [
        Cost("pass a closed breaker", through - bare, most=1.0),
        Cost("take from the limiter of one process", taken - bare, most=0.5),
    ]
