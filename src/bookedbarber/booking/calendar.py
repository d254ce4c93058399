"""The bookable times of a shop: loads what availability needs, and asks it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber.booking import queries
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Service, Shop


class SlotNotOffered(Refused):
    """The shop does not offer this service at this time."""

    code: ClassVar[str] = "slot_not_offered"


class BarberUnknown(Refused):
    """The shop has no such barber for this service."""

    code: ClassVar[str] = "barber_unknown"


@dataclass(frozen=True, slots=True)
class Offer:
    """A time that can be booked, and who could take it, the first choice first."""

    starts_at: datetime
    ends_at: datetime
    local_time: str
    barbers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """The bookable times of one day in shop time."""

    day: date
    offers: tuple[Offer, ...]


def instant(value: datetime) -> datetime:
    """A time a client sent, in UTC. Raises SlotNotOffered when it does not say its zone."""
    if value.tzinfo is None:
        raise SlotNotOffered("The time must say its zone, such as 2026-11-23T10:00:00Z.")
    return value.astimezone(UTC)


async def day(
    db: Connection,
    *,
    shop: Shop,
    service: Service,
    barber_id: UUID | None,
    day: date | None,
    now: datetime,
) -> Day:
    """What can be booked on a day in shop time; on the first day that has any when none is named."""
    zone = ZoneInfo(shop.time_zone)
    first = day or now.astimezone(zone).date()
    last = first if day else first + timedelta(days=shop.horizon_days)
    step = first
    while step <= last:
        offers = await _offers(db, shop, service, barber_id, step, now)
        if offers or step == last:
            return Day(step, tuple(offers))
        step += timedelta(days=1)
    return Day(first, ())


async def who_can(
    db: Connection,
    *,
    shop: Shop,
    service: Service,
    barber_id: UUID | None,
    starts_at: datetime,
    now: datetime,
) -> Sequence[UUID]:
    """Who could take a visit at this time. Raises SlotNotOffered or BarberUnknown."""
    local = starts_at.astimezone(ZoneInfo(shop.time_zone)).date()
    for offer in await _offers(db, shop, service, barber_id, local, now):
        if offer.starts_at == starts_at:
            return offer.barbers
    raise SlotNotOffered("This time is not offered.")


async def _offers(
    db: Connection, shop: Shop, service: Service, barber_id: UUID | None, day: date, now: datetime
) -> list[Offer]:
    # STUB until availability lands
    zone = ZoneInfo(shop.time_zone)
    barbers = [
        b.barber_id
        for b in await shops.list_barbers(db, shop_id=shop.shop_id)
        if service.service_id in b.services and barber_id in (None, b.barber_id)
    ]
    since = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    until = since + timedelta(days=1)
    busy = defaultdict(list)
    for b in await queries.busy(db, shop_id=shop.shop_id, since=since, until=until, now=now):
        busy[b.barber_id].append((b.starts_at, b.ends_at))
    offers = []
    for opening in await shops.list_opening_hours(db, shop_id=shop.shop_id):
        if opening.weekday != day.weekday():
            continue
        at = datetime.combine(day, opening.opens, tzinfo=zone).astimezone(UTC)
        close = datetime.combine(day, opening.closes, tzinfo=zone).astimezone(UTC)
        while at + timedelta(minutes=service.duration_minutes) <= close:
            end = at + timedelta(minutes=service.duration_minutes)
            blocked = end + timedelta(minutes=service.buffer_minutes)
            free = tuple(
                b for b in barbers if all(e <= at or s >= blocked for s, e in busy[b])
            )
            if free and at >= now + timedelta(minutes=shop.notice_minutes):
                offers.append(Offer(at, end, at.astimezone(zone).strftime("%H:%M"), free))
            at += timedelta(minutes=shop.slot_step_minutes)
    return offers
