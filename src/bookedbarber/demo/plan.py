"""The plan of a history: which visits there will be, drawn from one seed and from nothing else.

Pure: no clock, no house. Each barber's day is filled between the hours of the shop and their own,
clear of breaks and of each other; Saturdays are busy, Mondays are not, some barbers are in more
demand than others, and regulars come back after three to five weeks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from bookedbarber.demo.people import Book
from bookedbarber.demo.visits import Ending, Goodwill, Paying, Visit
from bookedbarber.shops.opening import BarberPlan, ServicePlan, ShopPlan

_Choice = TypeVar("_Choice")

RATES: Final = {0: 2.0, 1: 2.6, 2: 2.9, 3: 3.2, 4: 3.9, 5: 5.4, 6: 0.0}
"""How many clients a barber sees on each weekday, before demand; 0 is Monday."""
DEMAND: Final = (0.75, 1.3)
AHEAD: Final = 9  # days after the last that are filled as well, as far as they are booked by then
_WALKS_IN: Final = 0.09
NOTICE: Final = timedelta(hours=2)  # between booking and the visit, at the least
DEPOSITS: Final = 0.45  # of the visits whose service asks for one
_CANCELLABLE: Final = timedelta(hours=36)
_CANCELLABLE_LATE: Final = timedelta(hours=6)
_STEP: Final = timedelta(minutes=15)
_LEADS: Final = ((0.3, 3, 9), (0.4, 20, 70), (0.3, 80, 190))  # share, hours from, hours to
TIPS: Final = ((0.42, 0), (0.2, 10), (0.2, 15), (0.13, 20), (0.05, 25))
PAYING: Final = (
    (0.845, Paying.AT_ONCE),
    (0.05, Paying.CHALLENGE),
    (0.045, Paying.OTHER_CARD),
    (0.015, Paying.DECLINED),
    (0.015, Paying.CHALLENGE_LEFT),
    (0.03, Paying.LEFT),
)
ENDINGS: Final = (
    (0.88, Ending.KEPT),
    (0.045, Ending.CANCELLED_EARLY),
    (0.025, Ending.CANCELLED_LATE),
    (0.01, Ending.CANCELLED_BY_SHOP),
    (0.04, Ending.NO_SHOW),
)
_GOODWILL: Final = (
    (0.978, Goodwill.NOTHING),
    (0.014, Goodwill.PART),
    (0.005, Goodwill.ALL),
    (0.003, Goodwill.FAILING),
)


@dataclass(frozen=True, slots=True)
class _Chair:
    """A barber of a shop, with the people they know."""

    shop: ShopPlan
    barber: BarberPlan
    demand: float
    book: Book
    draw: Random


def draw(
    shops: tuple[ShopPlan, ...], *, seed: int, begins: datetime, days: int
) -> tuple[Visit, ...]:
    """Every visit of a history of so many days, in the order they are booked.

    Nothing is booked before it begins or after it ends; what is booked may lie up to `AHEAD` days
    after that.
    """
    ends = begins + timedelta(days=days)
    chairs = [chair for shop in shops for chair in _chairs(shop, seed)]
    found = [
        visit
        for chair in chairs
        for day in _days(begins, days + AHEAD, ZoneInfo(chair.shop.time_zone))
        for visit in _day(chair, day, begins)
        if visit.booked_at < ends
    ]
    return tuple(sorted(found, key=lambda visit: (visit.booked_at, visit.name)))


def _chairs(shop: ShopPlan, seed: int) -> Iterator[_Chair]:
    for barber in shop.barbers:
        place = f"{shop.slug}-{barber.name}"
        own = Random(f"{seed}/{place}")  # noqa: S311 # a play's dice, not a secret
        yield _Chair(shop, barber, own.uniform(*DEMAND), Book(place, own), own)


def _days(begins: datetime, days: int, zone: ZoneInfo) -> list[date]:
    first = begins.astimezone(zone).date()
    return [first + timedelta(days=n) for n in range(days)]


def _day(chair: _Chair, day: date, begins: datetime) -> Iterator[Visit]:
    """The visits of one barber on one day, none of which overlap."""
    dice, free = chair.draw, _starts(chair, day)
    wanted = _about(dice, RATES[day.weekday()] * chair.demand)
    dice.shuffle(free)
    taken: list[tuple[datetime, datetime]] = []
    for start in free:
        if len(taken) == wanted:
            return
        service = dice.choice(chair.shop.services)
        end = start + timedelta(minutes=service.minutes)
        until = end + timedelta(minutes=service.buffer_minutes)
        if _fits(chair, day, taken, start=start, end=end, until=until):
            taken.append((start, until))
            visit = _visit(chair, service, start, end, len(taken))
            if visit.booked_at > begins:
                yield visit


def _about(dice: Random, expected: float) -> int:
    """A whole number near what is expected."""
    return max(0, round(dice.gauss(expected, expected**0.5 / 2)))


def _starts(chair: _Chair, day: date) -> list[datetime]:
    """Every step of the day at which the barber works, as instants."""
    return [
        start + n * _STEP
        for start, end in _spans(chair, day)
        for n in range(int((end - start) / _STEP))
    ]


def _spans(chair: _Chair, day: date) -> list[tuple[datetime, datetime]]:
    """When the shop is open and the barber works."""
    zone, weekday = ZoneInfo(chair.shop.time_zone), day.weekday()
    return [
        (_at(day, max(opens, starts), zone), _at(day, min(closes, ends), zone))
        for opens, closes in chair.shop.week.get(weekday, ())
        for starts, ends in chair.barber.week.get(weekday, ())
        if max(opens, starts) < min(closes, ends)
    ]


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _fits(
    chair: _Chair,
    day: date,
    taken: list[tuple[datetime, datetime]],
    *,
    start: datetime,
    end: datetime,
    until: datetime,
) -> bool:
    """Within the hours, and clear of breaks and of other clients, the time after it included."""
    zone = ZoneInfo(chair.shop.time_zone)
    pauses = [
        (_at(day, starts, zone), _at(day, ends, zone))
        for starts, ends in chair.barber.breaks.get(day.weekday(), ())
    ]
    within = any(a <= start and end <= b for a, b in _spans(chair, day))
    return within and not any(start < b and a < until for a, b in (*pauses, *taken))


def _visit(
    chair: _Chair, service: ServicePlan, start: datetime, end: datetime, number: int
) -> Visit:
    dice, zone = chair.draw, ZoneInfo(chair.shop.time_zone)
    day = start.astimezone(zone).date()
    walks_in = dice.random() < _WALKS_IN
    booked_at = start if walks_in else _booked_at(dice, start, zone)
    return Visit(
        name=f"{chair.shop.slug}/{chair.barber.name}/{day}/{number}",
        shop=chair.shop.slug,
        barber=chair.barber.name,
        service=service.name,
        starts_at=start,
        ends_at=end,
        booked_at=booked_at,
        guest=chair.book.guest(day),
        deposit=service.deposit is not None and dice.random() < DEPOSITS,
        tip=pick(dice, TIPS),
        paying=pick(dice, PAYING),
        ending=ending_of(dice, start - booked_at),
        goodwill=Goodwill.NOTHING if walks_in else pick(dice, _GOODWILL),
        walks_in=walks_in,
    )


def _booked_at(dice: Random, start: datetime, zone: ZoneInfo) -> datetime:
    """Some hours or days ahead, and never at night."""
    low, high = pick(dice, tuple((share, (a, b)) for share, a, b in _LEADS))
    moment = start - timedelta(minutes=dice.randint(low * 60, high * 60))
    local = moment.astimezone(zone)
    if local.hour < 7:
        moment -= timedelta(hours=local.hour + 2, minutes=dice.randint(0, 50))
    return min(moment, start - NOTICE).replace(second=0, microsecond=0)


def ending_of(dice: Random, lead: timedelta) -> Ending:
    """What becomes of a visit that was booked so long ahead: it is cancelled only while it can."""
    ending = pick(dice, ENDINGS)
    if ending is Ending.NO_SHOW:
        return ending
    needed = _CANCELLABLE if ending is Ending.CANCELLED_EARLY else _CANCELLABLE_LATE
    return ending if lead >= needed else Ending.KEPT


def pick(dice: Random, shares: tuple[tuple[float, _Choice], ...]) -> _Choice:
    """One of several, each as likely as its share says."""
    return dice.choices([what for _, what in shares], [share for share, _ in shares])[0]
