"""A week of days and the times of one of them, as every page with a calendar shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bookedbarber.booking.availability import Slot
from bookedbarber.pages import views

WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sight:
    """The days in sight, and the times of the one that is chosen."""

    week: views.Week
    day: date
    slots: tuple[views.SlotOption, ...]


def begin(turned: date | None, around: date, today: date) -> date:
    """The first day in sight: where the reader turned to, else that of the week with `around`,
    counted from today."""
    wished = turned or today + (max(around, today) - today) // WEEK * WEEK
    return max(wished, today)


def in_sight(
    free: Sequence[Slot],
    grid: Sequence[Slot],
    *,
    begin: date,
    today: date,
    last: date,
    day: date | None,
    slot: datetime | None,
) -> Sight:
    """The week from `begin`; `grid` has the times that somebody else has as well, `day` and `slot`
    are what is chosen, and `last` is the last day on offer."""
    days = [begin + DAY * n for n in range(7)]
    open_days = {one.local.date() for one in free}
    shown = day if day in days else next((d for d in days if d in open_days), begin)
    there = {one.starts_at for one in free}
    return Sight(
        week=views.Week(
            tuple(views.DayOption(d, d in open_days, d == shown) for d in days),
            earlier=max(begin - WEEK, today) if begin > today else None,
            later=begin + WEEK if begin + WEEK <= last else None,
        ),
        day=shown,
        slots=tuple(
            views.SlotOption(
                value=one.starts_at.isoformat(),
                starts_at=one.starts_at,
                free=one.starts_at in there,
                chosen=one.starts_at == slot and one.starts_at in there,
            )
            for one in grid
            if one.local.date() == shown
        ),
    )
