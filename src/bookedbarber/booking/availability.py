"""Which times can be booked: pure, and right on the days when clocks change.

Hours are wall-clock times of the shop's zone; everything that happens is an instant in UTC. A
range of hours lasts from the first moment the shop's clock shows its start, or later, to the
last moment it shows less than its end. So a night with an hour twice is longer, one with an hour
missing is shorter, and a range inside the missing hour is empty.

Slots start on a grid laid on the clock from each opening, so a time that the clock skips is not
offered, and one that it shows twice is offered as two slots. A service lasts real minutes.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """A wall-clock range of one weekday (0 is Monday).

    An end not after its start is of the next day: 18:00 to 02:00, or 00:00 to 00:00 for the
    whole day. Ranges that touch are one: a service may run through.
    """

    weekday: int
    starts: time
    ends: time

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6 or self.starts.tzinfo or self.ends.tzinfo:
            raise ValueError("hours have a weekday of 0 to 6 and wall-clock times without a zone")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From an instant up to, not including, a later one; kept in UTC."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        # Aware datetimes of one zone object compare by the clock on the wall; in UTC by instant.
        object.__setattr__(self, "starts_at", _utc(self.starts_at))
        object.__setattr__(self, "ends_at", _utc(self.ends_at))
        if self.starts_at >= self.ends_at:
            raise ValueError("a span ends after it starts")


@dataclass(frozen=True, slots=True)
class ShopTimes:
    """When a shop is open and how it offers its time.

    `notice` is how far ahead the first slot must be, `horizon` how far the last one may be.
    """

    zone: ZoneInfo
    opening: Sequence[Hours]
    step: timedelta
    notice: timedelta
    horizon: timedelta

    def __post_init__(self) -> None:
        if self.step < timedelta(minutes=1):
            raise ValueError("slots are at least a minute apart")


@dataclass(frozen=True, slots=True)
class BarberTimes:
    """When a barber works, and what takes time away. `load` is the bookings they have already."""

    barber_id: UUID
    hours: Sequence[Hours]
    breaks: Sequence[Hours] = ()
    off: Sequence[Span] = ()
    busy: Sequence[Span] = ()
    load: int = 0


@dataclass(frozen=True, slots=True)
class Sitting:
    """How long a service takes, and how long its barber needs after it before the next.

    The service must fit into open and working hours. The buffer must keep clear of breaks, time
    off and other clients, but may run over closing time or the end of a shift.
    """

    duration: timedelta
    buffer: timedelta = timedelta()

    def __post_init__(self) -> None:
        if not timedelta() < self.duration <= _DAY or not timedelta() <= self.buffer <= _DAY:
            raise ValueError("a service takes up to a day, and so does its buffer")

    @property
    def blocks(self) -> timedelta:
        """How long the barber cannot take another client."""
        return self.duration + self.buffer


@dataclass(frozen=True, slots=True)
class Slot:
    """A bookable time: instants in UTC, the start as the shop's clock shows it, and who is free.

    The first of `barbers` is the one to take it. `twice` says that the clock shows this time
    twice that day.
    """

    starts_at: datetime
    ends_at: datetime
    local: datetime
    twice: bool
    barbers: tuple[UUID, ...]

    @property
    def label(self) -> str:
        """The start as a page shows it, with the zone's name where the hour comes twice."""
        return f"{self.local:%H:%M %Z}" if self.twice else f"{self.local:%H:%M}"


def slots(
    shop: ShopTimes,
    barbers: Iterable[BarberTimes],
    sitting: Sitting,
    *,
    first: date,
    last: date,
    now: datetime,
) -> list[Slot]:
    """List the slots that start on the shop's dates `first` to `last`, in order.

    Each has everyone who is free for it: fewest bookings first, then by id, whatever order they
    came in. What is busy and off must be given for the whole of `reach`.
    """
    starts = _starts(shop, first, last, now=_utc(now))
    opening = _spans(shop.opening, shop.zone, first, last)
    free: dict[datetime, list[UUID]] = {}
    for barber in sorted(barbers, key=lambda barber: (barber.load, barber.barber_id)):
        worked = _overlap(opening, _spans(barber.hours, shop.zone, first, last))
        breaks = _spans(barber.breaks, shop.zone, first, last)
        blocked = _merged([*breaks, *barber.off, *barber.busy])
        for start in _fitting(starts, worked, blocked, sitting):
            free.setdefault(start, []).append(barber.barber_id)
    return [_slot(start, free[start], sitting, shop.zone) for start in sorted(free)]


def of_day(shop: ShopTimes, barber: BarberTimes, day: date) -> tuple[list[Span], list[Span]]:
    """When a barber works in hours that begin on this date, and what of that nothing takes away."""
    worked = _overlap(_begun(shop.opening, shop.zone, day), _begun(barber.hours, shop.zone, day))
    breaks = _spans(barber.breaks, shop.zone, day, day)
    return worked, _without(worked, _merged([*breaks, *barber.off, *barber.busy]))


class Against(StrEnum):
    """What speaks against a time that is none of those on offer."""

    CLOSED = "closed"  # the shop is not open for all of it
    OFF_DUTY = "off_duty"  # the barber does not work then
    AWAY = "away"  # a break, or time off
    TAKEN = "taken"  # another client has it


def against(
    shop: ShopTimes, barber: BarberTimes, sitting: Sitting, starts_at: datetime
) -> frozenset[Against]:
    """Say what speaks against a sitting with this barber at any time; nothing when it fits.

    What is off and busy must be given for the whole sitting. Grid, notice and horizon are for
    clients and not looked at.
    """
    begin = _utc(starts_at)
    day = begin.astimezone(shop.zone).date()
    opening, hours = (_spans(h, shop.zone, day, day) for h in (shop.opening, barber.hours))
    breaks = _spans(barber.breaks, shop.zone, day, day)
    ends, free_at = begin + sitting.duration, begin + sitting.blocks
    found = {
        Against.CLOSED: not _covers(opening, begin, ends),
        Against.OFF_DUTY: not _covers(hours, begin, ends),
        Against.AWAY: _touches(_merged([*breaks, *barber.off]), begin, free_at),
        Against.TAKEN: _touches(_merged(barber.busy), begin, free_at),
    }
    return frozenset(reason for reason, speaks in found.items() if speaks)


def reach(shop: ShopTimes, sitting: Sitting, *, first: date, last: date) -> Span:
    """Return the time in which busy and off matter to slots of these dates."""
    begin = first_moment(datetime.combine(first, time()), shop.zone)
    end = _last_moment(datetime.combine(last + _DAY, time()), shop.zone)
    return Span(begin, end + sitting.blocks)


def _starts(shop: ShopTimes, first: date, last: date, *, now: datetime) -> list[datetime]:
    """List the instants of the grid on these dates that are neither too soon nor too far."""
    earliest, latest = now + shop.notice, now + shop.horizon
    found = set[datetime]()
    # An opening of the evening before may run into the first date.
    for opens, closes in _walls(shop.opening, first - _DAY, last):
        wall = opens
        while wall < closes:
            if first <= wall.date() <= last:
                found.update(_instants(wall, shop.zone))
            wall += shop.step
    return sorted(start for start in found if earliest <= start <= latest)


def _fitting(
    starts: Iterable[datetime], worked: Sequence[Span], blocked: Sequence[Span], sitting: Sitting
) -> list[datetime]:
    """Keep the starts at which a whole sitting fits."""
    return [
        start
        for start in starts
        if _covers(worked, start, start + sitting.duration)
        and not _touches(blocked, start, start + sitting.blocks)
    ]


def _slot(start: datetime, barbers: Iterable[UUID], sitting: Sitting, zone: ZoneInfo) -> Slot:
    local = start.astimezone(zone)
    twice = len(_instants(local.replace(tzinfo=None, fold=0), zone)) == 2
    return Slot(start, start + sitting.duration, local, twice, tuple(barbers))


def _spans(hours: Iterable[Hours], zone: ZoneInfo, first: date, last: date) -> list[Span]:
    """Return when these hours are on the given dates, and as far around as a sitting can reach."""
    found = []
    for starts, ends in _walls(hours, first - _DAY, last + 2 * _DAY):
        begin, end = first_moment(starts, zone), _last_moment(ends, zone)
        if begin < end:
            found.append(Span(begin, end))
    return _merged(found)


def _begun(hours: Iterable[Hours], zone: ZoneInfo, day: date) -> list[Span]:
    """Return when the hours are that begin on this date."""
    moments = (
        (first_moment(starts, zone), _last_moment(ends, zone))
        for starts, ends in _walls(hours, day, day)
    )
    return _merged(Span(begin, end) for begin, end in moments if begin < end)


def _without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Return what is left of these spans; both are merged."""
    left = []
    for span in spans:
        begin = span.starts_at
        for gone in taken:
            if gone.ends_at <= begin or gone.starts_at >= span.ends_at:
                continue
            if begin < gone.starts_at:
                left.append(Span(begin, gone.starts_at))
            begin = gone.ends_at
        if begin < span.ends_at:
            left.append(Span(begin, span.ends_at))
    return left


def _walls(hours: Iterable[Hours], first: date, last: date) -> list[tuple[datetime, datetime]]:
    """Return the wall-clock ranges that begin on these dates, as naive datetimes."""
    by_weekday: dict[int, list[Hours]] = {}
    for one in hours:
        by_weekday.setdefault(one.weekday, []).append(one)
    dates = (first + _DAY * n for n in range((last - first).days + 1))
    return [
        (
            datetime.combine(day, one.starts),
            datetime.combine(day if one.ends > one.starts else day + _DAY, one.ends),
        )
        for day in dates
        for one in by_weekday.get(day.weekday(), ())
    ]


def _instants(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return when the clock shows this time: once, twice, or (when it skips it) never."""
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if early == late:
        return (early,)
    # PEP 495: in a gap the two readings stand in the wrong order.
    return (early, late) if early < late else ()


def first_moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at which the clock shows this time or, when it skips it, a later
    one."""
    shown = _instants(wall, zone)
    return shown[0] if shown else _jump(wall, zone)


def _last_moment(wall: datetime, zone: ZoneInfo) -> datetime:
    shown = _instants(wall, zone)
    if not shown:
        return _jump(wall, zone)
    before = (shown[-1] - _SECOND).astimezone(zone).replace(tzinfo=None)
    # Where the clock is set back to this very time, it showed less for the last time before that.
    return shown[-1] if before < wall else shown[0]


def _jump(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clock jumps over this time."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as ordered spans that neither overlap nor touch."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.starts_at <= merged[-1].ends_at:
            merged[-1] = Span(merged[-1].starts_at, max(merged[-1].ends_at, span.ends_at))
        else:
            merged.append(span)
    return merged


def _overlap(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Return the time that is in both; each is merged, and so is the answer."""
    found, i, j = list[Span](), 0, 0
    while i < len(one) and j < len(other):
        begin = max(one[i].starts_at, other[j].starts_at)
        end = min(one[i].ends_at, other[j].ends_at)
        if begin < end:
            found.append(Span(begin, end))
        if one[i].ends_at < other[j].ends_at:
            i += 1
        else:
            j += 1
    return found


def _covers(merged: Sequence[Span], begin: datetime, end: datetime) -> bool:
    at = bisect_right(merged, begin, key=_starts_at) - 1
    return at >= 0 and end <= merged[at].ends_at


def _touches(merged: Sequence[Span], begin: datetime, end: datetime) -> bool:
    at = bisect_right(merged, begin, key=_starts_at) - 1
    inside = at >= 0 and begin < merged[at].ends_at
    return inside or (at + 1 < len(merged) and merged[at + 1].starts_at < end)


def _starts_at(span: Span) -> datetime:
    return span.starts_at


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return instant.astimezone(UTC)
