"""What is planted in a history for whoever looks for it: peculiarities with their dates and names.

Pure: they are worked into the plan before it is played, and become true only by being played.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from bookedbarber.demo.visits import Ending, Goodwill, Paying, Visit

_SPIKE_SHOP, _SPIKE_ZONE = "fade-street", ZoneInfo("Europe/London")
_SLOW_SHOP, _SLOW_ZONE = "bergen-street", ZoneInfo("America/New_York")
_SPIKE_AT: Final = time(18)
_SPIKE_SIZE: Final = 14
_SPIKE_SPAN: Final = 80  # minutes
_WITHIN: Final = timedelta(days=9)  # of the evening, the visits that are tried to be booked
_SLOW_LEFT: Final = 3
_FAILING: Final = 3
_LATELY: Final = timedelta(days=20)  # what stays owed for a month would keep the books from closing


class Kind(StrEnum):
    """The peculiarities."""

    SPIKE = "spike_of_declines"
    SLOW = "slow_day"
    FAILING = "refund_sent_back"


@dataclass(frozen=True, slots=True)
class Planted:
    """One of them: where, on which day of the shop, and the visits of the plan that make it."""

    kind: Kind
    shop: str
    day: date
    visits: tuple[str, ...]


def plant(
    visits: Sequence[Visit], *, seed: int, begins: datetime, days: int
) -> tuple[tuple[Visit, ...], tuple[Planted, ...]]:
    """The plan with its peculiarities in it, and the list of them."""
    dice = Random(f"{seed}/planted")  # noqa: S311 # a play's dice, not a secret
    found: list[Planted] = []
    plan = list(visits)
    for work in (_slow_day, _spike, _refunds):
        plan, planted = work(plan, dice, begins, days)
        found += planted
    return tuple(sorted(plan, key=lambda visit: (visit.booked_at, visit.name))), tuple(found)


def _slow_day(
    plan: list[Visit], dice: Random, begins: datetime, days: int
) -> tuple[list[Visit], list[Planted]]:
    """A working day on which next to nobody comes."""
    day = _workday((begins + timedelta(days=days * 0.55)).astimezone(_SLOW_ZONE).date())
    of_day = [v for v in plan if v.shop == _SLOW_SHOP and _local(v, _SLOW_ZONE) == day]
    if days < 14 or len(of_day) <= _SLOW_LEFT:
        return plan, []
    left = dice.sample(of_day, _SLOW_LEFT)
    away = {visit.name for visit in of_day} - {visit.name for visit in left}
    names = tuple(visit.name for visit in left)
    marked = [replace(v, planted=Kind.SLOW) if v.name in names else v for v in plan]
    planted = Planted(Kind.SLOW, _SLOW_SHOP, day, names)
    return [visit for visit in marked if visit.name not in away], [planted]


def _spike(
    plan: list[Visit], dice: Random, begins: datetime, days: int
) -> tuple[list[Visit], list[Planted]]:
    """An evening on which card after card is declined: somebody tries out stolen numbers."""
    local = (begins + timedelta(days=max(1.0, days * 0.7))).astimezone(_SPIKE_ZONE)
    evening = datetime.combine(local.date(), _SPIKE_AT, _SPIKE_ZONE).astimezone(UTC)
    ends = begins + timedelta(days=days)
    able = [
        visit
        for visit in plan
        if visit.shop == _SPIKE_SHOP
        and timedelta(hours=12) < visit.starts_at - evening < _WITHIN
        and not (visit.planted or visit.walks_in)
    ]
    if not begins < evening < ends - timedelta(minutes=_SPIKE_SPAN) or not able:
        return plan, []
    chosen = {v.name: v for v in dice.sample(able, min(_SPIKE_SIZE, len(able)))}
    tried = {
        name: replace(
            visit,
            booked_at=evening + timedelta(minutes=dice.randint(0, _SPIKE_SPAN)),
            paying=Paying.DECLINED,
            planted=Kind.SPIKE,
        )
        for name, visit in chosen.items()
    }
    names = tuple(sorted(tried, key=lambda name: tried[name].booked_at))
    planted = Planted(Kind.SPIKE, _SPIKE_SHOP, local.date(), names)
    return [tried.get(visit.name, visit) for visit in plan], [planted]


def _refunds(
    plan: list[Visit], dice: Random, begins: datetime, days: int
) -> tuple[list[Visit], list[Planted]]:
    """Refunds that the client's bank sends back, of late: a few at the least."""
    ends = begins + timedelta(days=days)
    first, last = ends - _LATELY, ends - timedelta(hours=26)
    able = [
        visit
        for visit in plan
        if first < visit.ends_at < last
        and visit.paying is Paying.AT_ONCE
        and visit.ending is Ending.KEPT
        and not (visit.planted or visit.walks_in)
    ]
    there = {visit.name for visit in able if visit.goodwill is Goodwill.FAILING}
    others = [visit.name for visit in able if visit.name not in there]
    there |= set(dice.sample(others, min(max(0, _FAILING - len(there)), len(others))))
    changed = [
        replace(visit, goodwill=Goodwill.FAILING, planted=Kind.FAILING)
        if visit.name in there
        else _sound(visit)
        for visit in plan
    ]
    listed = [
        Planted(Kind.FAILING, visit.shop, visit.ends_at.date(), (visit.name,))
        for visit in changed
        if visit.planted == Kind.FAILING
    ]
    return changed, listed


def _sound(visit: Visit) -> Visit:
    """A visit that is not among the planted ones has no refund that fails."""
    failing = visit.goodwill is Goodwill.FAILING
    return replace(visit, goodwill=Goodwill.PART) if failing else visit


def _workday(day: date) -> date:
    """The next Tuesday to Friday from a day on."""
    while day.weekday() not in range(1, 5):
        day += timedelta(days=1)
    return day


def _local(visit: Visit, zone: ZoneInfo) -> date:
    return visit.starts_at.astimezone(zone).date()
