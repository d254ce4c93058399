"""The bookable times of a shop: loads what availability needs, and asks it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber.booking import availability, queries
from bookedbarber.booking.availability import (
    Against,
    BarberTimes,
    Hours,
    ShopTimes,
    Sitting,
    Slot,
    Span,
)
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Shop

WINDOW = timedelta(days=7)
EARLIEST, LATEST = 1970, 9000


class SlotNotOffered(Refused):
    """The shop does not offer this service at this time."""

    code: ClassVar[str] = "slot_not_offered"


class BarberUnknown(Refused):
    """The shop has no such barber for this service."""

    code: ClassVar[str] = "barber_unknown"


class Sold(Protocol):
    """What takes a barber's time: a service, how long it lasts and what is kept free after it."""

    @property
    def service_id(self) -> UUID:
        """Which service: not every barber gives each."""

    @property
    def duration_minutes(self) -> int:
        """How long the client sits."""

    @property
    def buffer_minutes(self) -> int:
        """How long the barber takes nobody else afterwards."""


@dataclass(frozen=True, slots=True)
class Day:
    """The bookable times of one day in shop time."""

    day: date
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Chair:
    """A barber who is free at some time, and what speaks against it all the same."""

    barber_id: UUID
    against: frozenset[Against]


def instant(value: datetime) -> datetime:
    """A time a client sent, in UTC. Raises SlotNotOffered when it does not say its zone."""
    if value.tzinfo is None:
        raise SlotNotOffered("The time must say its zone, such as 2026-11-23T10:00:00Z.")
    if not EARLIEST <= value.year <= LATEST:  # at the ends of the calendar zones cannot be told
        raise SlotNotOffered("This time is not offered.")
    return value.astimezone(UTC)


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of a day on the shop's clock, and that of the next day; twice the same
    where the zone never had that day, or zones cannot be told."""
    if not EARLIEST <= day.year <= LATEST:
        nowhere = datetime(EARLIEST, 1, 1, tzinfo=UTC)
        return nowhere, nowhere
    midnight = datetime.combine(day, time())
    following = midnight + timedelta(days=1)
    return availability.first_moment(midnight, zone), availability.first_moment(following, zone)


async def day(
    db: Connection,
    *,
    shop: Shop,
    service: Sold,
    barber_id: UUID | None,
    day: date | None,
    now: datetime,
    besides: UUID | None = None,
) -> Day:
    """What can be booked on a day in shop time; on the first that has any when none is named.

    `besides` is the visit that is to be moved: its own time is free to it.
    """
    today = now.astimezone(ZoneInfo(shop.time_zone)).date()
    end, first = today + timedelta(days=shop.horizon_days), today
    if day is not None:
        if not today <= day <= end:
            return Day(day, ())
        found = await _slots(
            db, shop, service, barber_id, first=day, last=day, now=now, besides=besides
        )
        return Day(day, tuple(found))
    while first <= end:
        last = min(first + WINDOW, end)
        found = await _slots(
            db, shop, service, barber_id, first=first, last=last, now=now, besides=besides
        )
        if found:
            soonest = found[0].local.date()
            return Day(soonest, tuple(slot for slot in found if slot.local.date() == soonest))
        first = last + timedelta(days=1)
    return Day(today, ())


async def span(
    db: Connection,
    *,
    shop: Shop,
    service: Sold,
    barber_id: UUID | None,
    first: date,
    last: date,
    now: datetime,
    taken_too: bool = False,
    besides: UUID | None = None,
) -> list[Slot]:
    """The bookable times of several days in shop time; with `taken_too`, those that somebody
    else has as well. Raises BarberUnknown."""
    return await _slots(
        db,
        shop,
        service,
        barber_id,
        first=first,
        last=last,
        now=now,
        taken_too=taken_too,
        besides=besides,
    )


async def who_can(
    db: Connection,
    *,
    shop: Shop,
    service: Sold,
    barber_id: UUID | None,
    starts_at: datetime,
    now: datetime,
    besides: UUID | None = None,
) -> Sequence[UUID]:
    """Who could take a visit at this time, the first choice first.

    Raises SlotNotOffered or BarberUnknown.
    """
    if not timedelta() <= starts_at - now <= timedelta(days=shop.horizon_days):
        raise SlotNotOffered("This time is not offered.")
    local = starts_at.astimezone(ZoneInfo(shop.time_zone)).date()
    for slot in await _slots(
        db, shop, service, barber_id, first=local, last=local, now=now, besides=besides
    ):
        if slot.starts_at == starts_at:
            return slot.barbers
    raise SlotNotOffered("This time is not offered.")


async def any_time(
    db: Connection,
    *,
    shop: Shop,
    service: Sold,
    barber_id: UUID | None,
    starts_at: datetime,
    now: datetime,
    besides: UUID,
) -> list[Chair]:
    """Who could take a visit at this time if the shop wills it, also when it is closed; those for
    whom nothing speaks against it first. Raises BarberUnknown.
    """
    times, sitting = await _shop_times(db, shop), _sitting(service)
    span = Span(starts_at, starts_at + sitting.blocks)
    barbers = await _barbers(db, shop.shop_id, service, barber_id, span, now=now, besides=besides)
    found = [
        Chair(barber.barber_id, against)
        for barber in sorted(barbers, key=lambda barber: (barber.load, barber.barber_id))
        if Against.TAKEN not in (against := availability.against(times, barber, sitting, starts_at))
    ]
    return sorted(found, key=lambda chair: len(chair.against))


@dataclass(frozen=True, slots=True)
class Column:
    """When one barber works on a day, and what of that is free."""

    barber_id: UUID
    name: str
    worked: tuple[Span, ...]
    free: tuple[Span, ...]


async def columns(db: Connection, *, shop: Shop, day: date, now: datetime) -> list[Column]:
    """The day of everybody who works in a shop, in its own order."""
    times = await _shop_times(db, shop)
    begin, end = bounds(day, times.zone)
    if begin == end:
        return []
    reach = Span(begin - WINDOW, end + WINDOW)  # whatever may reach into the day
    barbers = await shops.list_barbers(db, shop_id=shop.shop_id)
    names = {barber.barber_id: barber.name for barber in barbers}
    found = []
    for barber in await _work_of(db, shop.shop_id, list(names), reach, now=now, besides=None):
        worked, free = availability.of_day(times, barber, day)
        name = names[barber.barber_id]
        found.append(Column(barber.barber_id, name, tuple(worked), tuple(free)))
    return found


async def _slots(
    db: Connection,
    shop: Shop,
    service: Sold,
    barber_id: UUID | None,
    *,
    first: date,
    last: date,
    now: datetime,
    taken_too: bool = False,
    besides: UUID | None = None,
) -> list[Slot]:
    times = await _shop_times(db, shop)
    sitting = _sitting(service)
    reach = availability.reach(times, sitting, first=first, last=last)
    barbers = await _barbers(db, shop.shop_id, service, barber_id, reach, now=now, besides=besides)
    if taken_too:
        barbers = [replace(barber, busy=()) for barber in barbers]
    return availability.slots(times, barbers, sitting, first=first, last=last, now=now)


async def _shop_times(db: Connection, shop: Shop) -> ShopTimes:
    return ShopTimes(
        zone=ZoneInfo(shop.time_zone),
        opening=[
            Hours(open_.weekday, open_.opens, open_.closes)
            for open_ in await shops.list_opening_hours(db, shop_id=shop.shop_id)
        ],
        step=timedelta(minutes=shop.slot_step_minutes),
        notice=timedelta(minutes=shop.notice_minutes),
        horizon=timedelta(days=shop.horizon_days),
    )


def _sitting(service: Sold) -> Sitting:
    return Sitting(
        timedelta(minutes=service.duration_minutes), timedelta(minutes=service.buffer_minutes)
    )


async def _barbers(
    db: Connection,
    shop_id: UUID,
    service: Sold,
    barber_id: UUID | None,
    span: Span,
    *,
    now: datetime,
    besides: UUID | None,
) -> list[BarberTimes]:
    able = [
        barber.barber_id
        for barber in await shops.list_barbers(db, shop_id=shop_id)
        if service.service_id in barber.services
    ]
    if barber_id is not None:
        if barber_id not in able:
            raise BarberUnknown
        able = [barber_id]
    return await _work_of(db, shop_id, able, span, now=now, besides=besides)


async def _work_of(
    db: Connection,
    shop_id: UUID,
    able: Sequence[UUID],
    span: Span,
    *,
    now: datetime,
    besides: UUID | None,
) -> list[BarberTimes]:
    """When these barbers work, and what takes their time away within a span, but for one visit."""
    hours = defaultdict[tuple[UUID, str], list[Hours]](list)
    for row in await shops.list_barber_hours(db, shop_id=shop_id):
        hours[row.barber_id, row.kind].append(Hours(row.weekday, row.starts, row.ends))
    off, busy = defaultdict[UUID, list[Span]](list), defaultdict[UUID, list[Span]](list)
    since, until = span.starts_at, span.ends_at
    for away in await shops.list_time_off(db, shop_id=shop_id, since=since, until=until):
        off[away.barber_id].append(Span(away.starts_at, away.ends_at))
    for taken in await queries.busy(
        db, shop_id=shop_id, since=since, until=until, now=now, besides=besides
    ):
        busy[taken.barber_id].append(Span(taken.starts_at, taken.ends_at))
    load = Counter({who: len(spans) for who, spans in busy.items()})
    return [
        BarberTimes(
            barber_id=who,
            hours=hours[who, "work"],
            breaks=hours[who, "break"],
            off=off[who],
            busy=busy[who],
            load=load[who],
        )
        for who in able
    ]
