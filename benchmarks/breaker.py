"""What a closed breaker and the limiters cost a call: `python benchmarks/breaker.py`.

Each figure is the best of several rounds, less what the bare awaited call costs.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

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


async def main() -> None:
    """Measure and print."""
    breaker = Breaker("stripe.refunds.create", time.monotonic)
    limiter = LocalLimiter(time.time)
    rule = Rule("bench", limit=10**6, period=1e-3, burst=10**6)
    bare = await microseconds(answer)
    through = await microseconds(lambda: breaker.call(answer))
    taken = await microseconds(lambda: limiter.take(rule, "key"))
    print(f"bare call            {bare:6.2f} us")
    print(f"closed breaker adds  {through - bare:6.2f} us   (limit 1.00)")
    print(f"local limiter        {taken:6.2f} us")


if __name__ == "__main__":
    asyncio.run(main())
