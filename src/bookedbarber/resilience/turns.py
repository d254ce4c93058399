"""Waiting for one's turn at a limit, instead of being turned away."""

import asyncio

from bookedbarber.resilience.limiter import Limiter, RateLimited, Rule


async def turn(limiter: Limiter, rule: Rule, key: str, *, patience: float) -> None:
    """Wait until the limiter takes a request. Raises RateLimited when that would take more than
    `patience` seconds."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while True:
        try:
            return await limiter.take(rule, key)
        except RateLimited as early:
            if loop.time() + early.retry_after > until:
                raise
            await asyncio.sleep(early.retry_after)
