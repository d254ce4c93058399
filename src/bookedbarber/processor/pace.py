"""How fast we ask Stripe: below what it takes from one account, rather than be told to slow down.

Stripe takes 100 requests a second in live mode, 25 in test mode, and 25 of any one endpoint
(docs.stripe.com/rate-limits). The rest is left to whoever else uses the account. The sandbox takes
what a machine can.
"""

import asyncio
from dataclasses import dataclass
from typing import Final, Self

from bookedbarber.processor.errors import ProcessorUnavailable
from bookedbarber.resilience.limiter import Limiter, RateLimited, Rule
from bookedbarber.resilience.turns import turn

PATIENCE: Final = 5.0  # seconds that a request waits for its turn, whatever it waits for


@dataclass(frozen=True, slots=True)
class Rules:
    """What one account is asked in all, and of each endpoint, in a second."""

    in_all: Rule
    each: Rule

    @classmethod
    def of(cls, api_key: str, *, at_stripe: bool, processes: int = 1) -> Self:
        """The rules for a key, for so many processes that may have to count by themselves."""
        if "_live_" in api_key:
            in_all, each = 80, 20
        else:
            in_all, each = (20, 20) if at_stripe else (1000, 1000)
        burst = in_all // 2
        return cls(
            Rule("stripe", limit=in_all, period=1, burst=burst, processes=processes),
            Rule(
                "stripe_endpoint",
                limit=each,
                period=1,
                burst=min(burst, each),
                processes=processes,
            ),
        )


class Pace:
    """Gives each request to Stripe its turn."""

    def __init__(self, limiter: Limiter, rules: Rules, *, patience: float = PATIENCE) -> None:
        self._limiter = limiter
        self._rules = rules
        self._patience = patience
        self._resumes: dict[str, float] = {}  # by the event loop's own time

    async def turn(self, operation: str) -> None:
        """Wait for the turn of a request. Raises ProcessorUnavailable when it does not come soon;
        nothing was asked then."""
        clock = asyncio.get_running_loop().time
        until = clock() + self._patience
        pause = self._resumes.get(operation, 0.0) - clock()
        if pause > self._patience:
            raise ProcessorUnavailable("Stripe asked us to slow down.")
        if pause > 0:
            await asyncio.sleep(pause)
        try:
            await turn(self._limiter, self._rules.each, operation, patience=until - clock())
            await turn(self._limiter, self._rules.in_all, "account", patience=until - clock())
        except RateLimited:
            raise ProcessorUnavailable("We have more to ask of Stripe than it takes.") from None

    def slow_down(self, operation: str, seconds: float) -> None:
        """Stripe asked for it: make no such request for so long."""
        resume = asyncio.get_running_loop().time() + seconds
        self._resumes[operation] = max(resume, self._resumes.get(operation, 0.0))
