"""What a chart is given: numbers and words, decided here; `static/charts.js` only draws them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bookedbarber.insights.overview import Failures, Overview, Point
from bookedbarber.insights.periods import Range
from bookedbarber.money import Money

AROUND: Final = 4  # quarters of an hour kept before and after what happened
FEWEST: Final = 32  # that a day shows


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One bucket: when it begins, and its values as they are; None is not known."""

    since: datetime
    until: datetime
    values: tuple[Money | int | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and the table behind it."""

    step: str
    by_time: bool  # buckets are hours or less, so the clock tells them apart; else the day does
    rows: tuple[ChartRow, ...]
    numbers: tuple[tuple[float | None, ...], ...] = field(default=())  # series by series

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(number for series in self.numbers for number in series)


def volume_chart(found: Overview, *, step: str) -> Chart:
    """This range and the one before, bucket by bucket; of a day, the hours that matter."""
    points: Sequence[Point] = found.volume.points
    if found.period.range is Range.TODAY:
        points = _open_hours(points, found.now)
    scale = 10**found.currency.exponent
    return Chart(
        step,
        found.period.range is Range.TODAY,
        tuple(ChartRow(p.window.since, p.window.until, (p.amount, p.before)) for p in points),
        (
            tuple(None if p.amount is None else p.amount.minor / scale for p in points),
            tuple(p.before.minor / scale for p in points),
        ),
    )


def failure_chart(found: Overview) -> Chart:
    """The failure rate hour by hour in percent, and between what it usually lies."""
    hours = found.failures_by_hour
    return Chart(
        "",
        by_time=True,
        rows=tuple(
            ChartRow(h.window.since, h.window.until, (h.failed, h.attempts, h.rate)) for h in hours
        ),
        numbers=(
            tuple(None if h.rate is None else h.rate / 100 for h in hours),
            tuple(_edge(h, high=False) for h in hours),
            tuple(_edge(h, high=True) for h in hours),
        ),
    )


def _edge(hour: Failures, *, high: bool) -> float | None:
    if hour.usual is None:
        return None
    return (hour.usual.high if high else hour.usual.low) / 100


def _open_hours(points: Sequence[Point], now: datetime) -> Sequence[Point]:
    """From a little before the first money to a little after the last, of either day."""
    busy = [
        place
        for place, point in enumerate(points)
        if (point.amount and point.amount.minor)
        or point.before.minor
        or point.window.since <= now < point.window.until
    ]
    first, last = max(0, busy[0] - AROUND), busy[-1] + AROUND + 1
    last = min(len(points), max(last, first + FEWEST))
    return points[min(first, max(0, last - FEWEST)) : last]
