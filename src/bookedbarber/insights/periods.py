"""Which stretches of time a figure adds up, on the shop's own clock; pure.

A day is from midnight to midnight on the wall, 23 or 25 hours long when the clocks change, and
"the same time last week" is when the wall showed it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bookedbarber.booking.availability import first_moment

QUARTER: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)


class Range(StrEnum):
    """How far back an overview looks."""

    TODAY = "today"
    WEEK = "7d"
    MONTH = "4w"
    YEAR = "12m"


@dataclass(frozen=True, slots=True)
class Window:
    """From an instant up to, and without, another."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """A range as of now: its buckets, each with the one it compares with, and both so far."""

    range: Range
    buckets: tuple[Window, ...]
    before: tuple[Window, ...]
    so_far: Window
    so_far_before: Window
    compared_with: date  # the day, or the first of the days, it compares with


@dataclass(frozen=True, slots=True)
class _Plan:
    days: int  # that it shows, the last of them today
    back: int  # by how many days what it compares with lies before it
    step: int  # days of one bucket


_PLANS: Final = {
    Range.WEEK: _Plan(days=7, back=7, step=1),
    Range.MONTH: _Plan(days=28, back=28, step=1),
    Range.YEAR: _Plan(days=364, back=364, step=7),
}


def of(range_: Range, *, now: datetime, zone: ZoneInfo) -> Period:
    """The buckets of a range as of now: quarters of an hour of today, else days or weeks."""
    if range_ is Range.TODAY:
        return _today(now, zone)
    plan = _PLANS[range_]
    first = now.astimezone(zone).date() - DAY * (plan.days - 1)
    days = [first + DAY * n for n in range(0, plan.days, plan.step)]
    back = DAY * plan.back
    return Period(
        range_,
        buckets=tuple(_days(day, plan.step, zone) for day in days),
        before=tuple(_days(day - back, plan.step, zone) for day in days),
        so_far=Window(midnight(first, zone), now),
        so_far_before=Window(midnight(first - back, zone), ago(now, back, zone)),
        compared_with=first - back,
    )


def _today(now: datetime, zone: ZoneInfo) -> Period:
    day = now.astimezone(zone).date()
    week = DAY * 7
    buckets = tuple(quarters(day, zone))
    return Period(
        Range.TODAY,
        buckets=buckets,
        before=tuple(
            Window(ago(bucket.since, week, zone), ago(bucket.until, week, zone))
            for bucket in buckets
        ),
        so_far=Window(buckets[0].since, now),
        so_far_before=Window(midnight(day - week, zone), ago(now, week, zone)),
        compared_with=day - week,
    )


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day on the shop's clock."""
    return first_moment(datetime.combine(day, time()), zone)


def ago(instant: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    """When the wall showed the same time, so many days before."""
    return first_moment(instant.astimezone(zone).replace(tzinfo=None, fold=0) - by, zone)


def quarters(day: date, zone: ZoneInfo) -> Iterator[Window]:
    """The quarters of an hour of a day: 96, or 92 or 100 when the clocks change."""
    since, end = midnight(day, zone), midnight(day + DAY, zone)
    while since < end:
        yield Window(since, since + QUARTER)
        since += QUARTER


def last_hours(now: datetime, hours: int) -> tuple[Window, ...]:
    """The last so many hours up to now, the oldest first."""
    return tuple(Window(now - HOUR * n, now - HOUR * (n - 1)) for n in range(hours, 0, -1))


def same_hour_of_weeks(now: datetime, zone: ZoneInfo, weeks: int) -> tuple[Window, ...]:
    """The hour up to this time of day, on each of the same weekdays before, the last one first."""
    return tuple(
        Window(ago(now, DAY * 7 * n, zone) - HOUR, ago(now, DAY * 7 * n, zone))
        for n in range(1, weeks + 1)
    )


def _days(day: date, length: int, zone: ZoneInfo) -> Window:
    return Window(midnight(day, zone), midnight(day + DAY * length, zone))
