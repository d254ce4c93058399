"""Availability by brute force: walk the minutes and look at the clock on the wall.

Shares no idea with the product but the words: it never converts a wall-clock time to an instant,
only instants to what the clock shows.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber.booking.availability import BarberTimes, Hours, ShopTimes, Sitting

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def minutes_around(zone: ZoneInfo, first: date, last: date) -> list[tuple[datetime, datetime]]:
    """Every minute from two days before to three days after: the instant and what is shown."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC) - 2 * DAY
    count = (last - first + 6 * DAY) // MINUTE
    instants = (begin + n * MINUTE for n in range(count))
    return [(at, at.astimezone(zone).replace(tzinfo=None)) for at in instants]


def covered(
    hours: Sequence[Hours], minutes: list[tuple[datetime, datetime]], first: date, last: date
) -> set[datetime]:
    """Which minutes lie in some range: after its start was first shown, before its end last was."""
    found = set[datetime]()
    for n in range(-1, (last - first).days + 3):
        day = first + n * DAY
        for one in hours:
            if one.weekday != day.weekday():
                continue
            opens = datetime.combine(day, one.starts)
            closes = datetime.combine(day, one.ends)
            if closes <= opens:
                closes += DAY
            begin = next(i for i, (_, wall) in enumerate(minutes) if wall >= opens)
            end = max((i for i, (_, wall) in enumerate(minutes) if wall < closes), default=-1)
            found.update(at for at, _ in minutes[begin : end + 1])
    return found


def on_grid(wall: datetime, shop: ShopTimes) -> bool:
    """Say whether a slot may start when the clock shows this."""
    for day in (wall.date(), wall.date() - DAY):
        for one in shop.opening:
            if one.weekday != day.weekday():
                continue
            opens = datetime.combine(day, one.starts)
            closes = datetime.combine(day, one.ends)
            if closes <= opens:
                closes += DAY
            if opens <= wall < closes and (wall - opens) % shop.step == timedelta():
                return True
    return False


def expected(
    shop: ShopTimes,
    barbers: Sequence[BarberTimes],
    sitting: Sitting,
    *,
    first: date,
    last: date,
    now: datetime,
) -> dict[datetime, list[UUID]]:
    """Return who is free at each slot, the first choice first."""
    minutes = minutes_around(shop.zone, first, last)
    opening = covered(shop.opening, minutes, first, last)
    starts = [
        at
        for at, wall in minutes
        if first <= wall.date() <= last
        and on_grid(wall, shop)
        and now + shop.notice <= at <= now + shop.horizon
    ]
    found: dict[datetime, list[UUID]] = {}
    for barber in sorted(barbers, key=lambda one: (one.load, str(one.barber_id))):
        working = covered(barber.hours, minutes, first, last) & opening
        taken = covered(barber.breaks, minutes, first, last)
        for span in [*barber.off, *barber.busy]:
            taken.update(at for at, _ in minutes if span.starts_at <= at < span.ends_at)
        for at in starts:
            during = {at + n * MINUTE for n in range(sitting.duration // MINUTE)}
            blocking = {at + n * MINUTE for n in range(sitting.blocks // MINUTE)}
            if during <= working and not blocking & taken:
                found.setdefault(at, []).append(barber.barber_id)
    return found
