"""What is usual, so that a figure can be told from noise; pure. None where too little is known."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FEWEST_WEEKS: Final = 4  # that a usual count is told from
ENOUGH_TO_DROP: Final = 6  # weeks, of which the busiest and the quietest are left out
FEWEST_ATTEMPTS: Final = 50  # that a usual failure rate is told from
TAIL: Final = 0.05  # so that nine in ten lie within
WHOLE: Final = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class Span:
    """From the lowest to the highest that is usual, both included."""

    low: int
    high: int

    def has(self, value: int) -> bool:
        """Whether a value is usual."""
        return self.low <= value <= self.high


def count(weeks: Sequence[int]) -> Span | None:
    """What is usual by the same hour of so many weeks: from the lowest to the highest, the two
    outermost left out when there are six or more."""
    if len(weeks) < FEWEST_WEEKS:
        return None
    ranked = sorted(weeks)
    kept = ranked[1:-1] if len(ranked) >= ENOUGH_TO_DROP else ranked
    return Span(kept[0], kept[-1])


def rate(failed: int, attempts: int) -> int | None:
    """The share that failed in basis points; None of nothing."""
    return round(failed * WHOLE / attempts) if attempts else None


def failures(*, attempts: int, failed_before: int, attempts_before: int) -> Span | None:
    """Between which rates, in basis points, nine of ten stretches with as many attempts would lie
    if each failed as often as before. Few attempts make it wide, as they should."""
    if attempts == 0 or attempts_before < FEWEST_ATTEMPTS:
        return None
    chance = failed_before / attempts_before
    low, high = _quantile(attempts, chance, TAIL), _quantile(attempts, chance, 1 - TAIL)
    return Span(low * WHOLE // attempts, math.ceil(high * WHOLE / attempts))


def change(now: int, before: int) -> int | None:
    """By how many basis points it is more, or less, than before; None when there was nothing."""
    return round((now - before) * WHOLE / before) if before else None


def _quantile(trials: int, chance: float, share: float) -> int:
    """The fewest of so many trials that at least this share of all runs stays within."""
    if chance in (0, 1):
        return trials if chance else 0
    below = 0.0
    for hits in range(trials + 1):
        below += _probability(hits, trials, chance)
        if below >= share:
            return hits
    return trials


def _probability(hits: int, trials: int, chance: float) -> float:
    ways = math.lgamma(trials + 1) - math.lgamma(hits + 1) - math.lgamma(trials - hits + 1)
    return math.exp(ways + hits * math.log(chance) + (trials - hits) * math.log1p(-chance))
