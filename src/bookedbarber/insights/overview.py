"""The overview of one shop: reads what its rows say as of now, in a handful of queries.

They go over two connections at once, since a year of a large shop is a long way to add up. Neither
half holds its connection while it waits for the other's, so a full pool is no deadlock.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber.database import Connection, Database
from bookedbarber.insights import awaiting, periods, queries, usual
from bookedbarber.insights.attention import MOST
from bookedbarber.insights.awaiting import Awaiting
from bookedbarber.insights.periods import HOUR, Period, Range, Window
from bookedbarber.insights.queries import Captured, Declines
from bookedbarber.insights.usual import Span
from bookedbarber.money import Currency, Money, currency

One = TypeVar("One")
Other = TypeVar("Other")

WEEKS: Final = 8  # that the usual hour is told from
HOURS: Final = 24  # of the failure rate
LEARNT_FROM: Final = timedelta(days=28)  # the usual failure rate
REASONS_OF: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Point:
    """One bucket of the big chart; `amount` is None while it is still to come."""

    window: Window
    amount: Money | None
    before: Money


@dataclass(frozen=True, slots=True)
class Volume:
    """What was captured in a range so far, and in the one before up to the same time."""

    amount: Money
    payments: int
    before: Money
    change: int | None  # basis points
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """Payments in the last hour, in each hour of the last day, and what is usual."""

    payments: int
    usual: Span | None
    hours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Failures:
    """How many attempts failed in a stretch, and the rates that are usual for as many."""

    window: Window
    failed: int
    attempts: int
    usual: Span | None  # basis points

    @property
    def rate(self) -> int | None:
        """The share that failed in basis points; None when nobody tried."""
        return usual.rate(self.failed, self.attempts)


@dataclass(frozen=True, slots=True)
class Available:
    """What becomes available at Stripe on a day, in UTC, as its balance counts it."""

    day: date
    net: Money
    fees: Money
    movements: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that can be summed of a shop, as of `now`."""

    now: datetime
    zone: ZoneInfo
    currency: Currency
    period: Period
    first: datetime | None  # when the shop's first payment was captured
    volume: Volume
    pace: Pace
    failures: Failures
    failures_by_hour: tuple[Failures, ...]
    failures_of_day: Failures
    reasons: tuple[Declines, ...]
    awaiting: Awaiting
    available: tuple[Available, ...]


@dataclass(frozen=True, slots=True)
class _Recent:
    """What the first connection brings."""

    first: datetime | None
    captured: list[Captured]
    declined: list[int]
    reasons: tuple[Declines, ...]


@dataclass(frozen=True, slots=True)
class _Past:
    """What the second brings."""

    captured: list[Captured]
    awaiting: Awaiting
    available: tuple[Available, ...]


async def load(
    database: Database, *, shop_id: UUID, code: str, zone: ZoneInfo, range_: Range, now: datetime
) -> Overview:
    """The overview of a shop that charges in the currency `code`. The caller holds no connection:
    it takes two."""
    period = periods.of(range_, now=now, zone=zone)
    hours = periods.last_hours(now, HOURS)
    weeks = periods.same_hour_of_weeks(now, zone, WEEKS)
    learnt = Window(now - HOUR * HOURS - LEARNT_FROM, now - HOUR * HOURS)
    recent, past = await _both(
        _recent(database, shop_id, [*period.buckets, *weeks], [*hours, learnt], now=now),
        _past(database, shop_id, code, [*period.before, _begun(period)], now=now),
    )
    size, told = len(period.buckets), len(period.buckets) + len(weeks)
    of_hours = recent.captured[told:]
    rates = _failures(hours, of_hours, recent.declined)
    return Overview(
        now=now,
        zone=zone,
        currency=currency(code),
        period=period,
        first=recent.first,
        volume=_volume(period, [*recent.captured[:size], *past.captured], currency(code), now=now),
        pace=_pace(recent.captured[size:told], weeks, of_hours[:-1], first=recent.first),
        failures=rates[-1],
        failures_by_hour=rates,
        failures_of_day=_together(rates, of_hours[-1], recent.declined[-1]),
        reasons=recent.reasons,
        awaiting=past.awaiting,
        available=past.available,
    )


async def _both(
    one: Coroutine[Any, Any, One], other: Coroutine[Any, Any, Other]
) -> tuple[One, Other]:
    """Both at once; where one fails, the other has given its connection back before it is told."""
    first, second = asyncio.create_task(one), asyncio.create_task(other)
    try:
        return await asyncio.gather(first, second)
    finally:
        first.cancel()
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)


async def _recent(
    database: Database,
    shop_id: UUID,
    captured: Sequence[Window],
    tried: Sequence[Window],
    *,
    now: datetime,
) -> _Recent:
    """What was captured in all of these windows, and what was declined in those tried."""
    async with database.tenant(shop_id) as db:
        since = now - REASONS_OF
        return _Recent(
            await queries.first_captured(db, shop_id=shop_id),
            await _captured(db, shop_id, [*captured, *tried]),
            await _declined(db, shop_id, tried),
            tuple(await queries.declines_by_code(db, shop_id=shop_id, since=since)),
        )


async def _past(
    database: Database, shop_id: UUID, code: str, before: Sequence[Window], *, now: datetime
) -> _Past:
    """What was captured in the windows compared with, and what is to come from Stripe."""
    async with database.tenant(shop_id) as db:
        return _Past(
            await _captured(db, shop_id, before),
            await awaiting.load(db, shop_id=shop_id, code=code, most=MOST + 1, now=now),
            await _available(db, shop_id, now=now),
        )


async def _captured(db: Connection, shop_id: UUID, windows: Sequence[Window]) -> list[Captured]:
    return await queries.captured_in(
        db,
        shop_id=shop_id,
        since=[window.since for window in windows],
        until=[window.until for window in windows],
    )


async def _declined(db: Connection, shop_id: UUID, windows: Sequence[Window]) -> list[int]:
    return await queries.declined_in(
        db,
        shop_id=shop_id,
        since=[window.since for window in windows],
        until=[window.until for window in windows],
    )


def _whole(period: Period) -> list[Window]:
    """The buckets of the time before that were over by the same time then."""
    return [window for window in period.before if window.until <= period.so_far_before.until]


def _begun(period: Period) -> Window:
    """What of the bucket after those had passed by the same time then. With it each payment of a
    long range is read once: its sum so far is the sum of its buckets."""
    over = _whole(period)
    since = over[-1].until if over else period.so_far_before.since
    return Window(since, max(since, period.so_far_before.until))


def _volume(
    period: Period, captured: Sequence[Captured], money: Currency, *, now: datetime
) -> Volume:
    """The sums of a period, whose captures come as: its buckets, those before, the one begun."""
    size, over = len(period.buckets), len(_whole(period))
    so_far = captured[:size]
    amount = sum(bucket.amount for bucket in so_far)
    before = sum(b.amount for b in [*captured[size : size + over], captured[2 * size]])
    return Volume(
        amount=Money(amount, money),
        payments=sum(bucket.payments for bucket in so_far),
        before=Money(before, money),
        change=usual.change(amount, before),
        points=tuple(
            Point(
                window,
                Money(here.amount, money) if window.since <= now else None,
                Money(then.amount, money),
            )
            for window, here, then in zip(
                period.buckets, captured[:size], captured[size : 2 * size], strict=True
            )
        ),
    )


def _pace(
    captured: Sequence[Captured],
    weeks: Sequence[Window],
    hours: Sequence[Captured],
    *,
    first: datetime | None,
) -> Pace:
    """What is usual is told from weeks in which the shop was there."""
    there = [
        one.payments
        for one, week in zip(captured, weeks, strict=True)
        if first is not None and week.until > first
    ]
    by_hour = tuple(hour.payments for hour in hours)
    return Pace(by_hour[-1], usual.count(there), by_hour)


def _failures(
    hours: Sequence[Window], captured: Sequence[Captured], declined: Sequence[int]
) -> tuple[Failures, ...]:
    """Hour by hour; what is learnt from comes last in both."""
    *by_hour, before = [
        (failed, failed + one.payments) for failed, one in zip(declined, captured, strict=True)
    ]
    return tuple(
        Failures(
            hour,
            failed,
            attempts,
            usual.failures(attempts=attempts, failed_before=before[0], attempts_before=before[1]),
        )
        for hour, (failed, attempts) in zip(hours, by_hour, strict=True)
    )


def _together(hours: Sequence[Failures], captured: Captured, declined: int) -> Failures:
    failed, attempts = sum(h.failed for h in hours), sum(h.attempts for h in hours)
    return Failures(
        Window(hours[0].window.since, hours[-1].window.until),
        failed,
        attempts,
        usual.failures(
            attempts=attempts,
            failed_before=declined,
            attempts_before=declined + captured.payments,
        ),
    )


async def _available(db: Connection, shop_id: UUID, *, now: datetime) -> tuple[Available, ...]:
    return tuple(
        Available(
            row.day,
            Money(row.net, currency(row.currency)),
            Money(row.fees, currency(row.currency)),
            row.movements,
        )
        for row in await queries.available_from(db, shop_id=shop_id, now=now)
    )
