"""Somebody walks in: put on a barber's time by whoever stands at the desk, to pay at the shop.

The public page's notice, steps and hours do not bind the desk, which sees who is there. What does
is that no visit overlaps another, and that it is today.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import queries as booking
from bookedbarber.booking import slots
from bookedbarber.booking.calendar import BarberUnknown
from bookedbarber.booking.slots import WalkIn
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.quote import taxed
from bookedbarber.checkout.start import NameMissing, ServiceUnknown, plain
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.money import Money
from bookedbarber.resilience import idempotency
from bookedbarber.resilience.idempotency import Key
from bookedbarber.shops import clients
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Service, Shop
from bookedbarber.vault.people import Person

BRIEFEST: Final = timedelta(minutes=5)  # no service is shorter
BEGUN: Final = timedelta(minutes=30)  # a desk may be slower with the form than a barber with a cut


class NotToday(Refused):
    """Who walks in is served today, from half an hour ago on."""

    code: ClassVar[str] = "walk_in_not_today"


@dataclass(frozen=True, slots=True)
class Wish:
    """Who walked in, for what, with whom; `starts_at` None means as soon as the barber is free."""

    barber_id: UUID
    service_id: UUID
    name: str
    email: str | None
    starts_at: datetime | None


@dataclass(frozen=True, slots=True)
class Free:
    """From when on a barber has nobody."""

    barber_id: UUID
    name: str
    free_at: datetime


@dataclass(frozen=True, slots=True)
class Choices:
    """With whom and for what somebody may be seated."""

    barbers: tuple[Free, ...]
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class _Order:
    shop: Shop
    service: Service
    wish: Wish
    starts_at: datetime


async def seat(
    means: Means, *, shop_id: UUID, wish: Wish, actor: str, key: Key | None, now: datetime
) -> UUID:
    """Book a walk-in, checked in when it begins now; its price is due at the shop.

    Raises NameMissing, ServiceUnknown, BarberUnknown, EmailInvalid, NotToday, SlotTaken,
    IdempotencyKeyReused.
    """
    name = plain(wish.name)
    if not name:
        raise NameMissing("Please give a name for the visit.")
    async with means.database.tenant(shop_id) as db:
        if done := await idempotency.take(db, key, shop_id=shop_id):
            return UUID(done["appointment"])
        order = await _order(db, shop_id, wish, now=now)
        client = await _client(db, means, shop_id, wish.email, now=now)
        visit = _visit(order, client, name, ids.new(now))
        await _expire_in_the_way(db, shop_id, visit, now=now)
        await slots.seat(db, visit, shop_id=shop_id, now=now)
        if visit.starts_at <= now:
            await booking.check_in(
                db, shop_id=shop_id, appointment_id=visit.appointment_id, actor=actor, now=now
            )
        await _note(db, shop_id, order, visit, actor=actor, now=now)
        if wish.email:
            tell = Work(WorkKind.TELL_CONFIRMED, visit.appointment_id, now)
            await queue.enqueue(db, tell, shop_id=shop_id, now=now)
        result = {"appointment": str(visit.appointment_id)}
        await idempotency.keep(db, key, shop_id=shop_id, result=result, now=now)
    return visit.appointment_id


async def choices(means: Means, *, shop_id: UUID, only: UUID | None, now: datetime) -> Choices:
    """Who could take a walk-in and from when on, of one barber or of all, and what is sold."""
    begin = now.replace(second=0, microsecond=0)
    async with means.database.tenant(shop_id) as db:
        found = []
        for barber in await shops.list_barbers(db, shop_id=shop_id):
            if only in (None, barber.barber_id):
                taken = await _taken(db, shop_id, barber.barber_id, begin, now=now)
                free_at = first_gap(begin, taken, BRIEFEST)
                found.append(Free(barber.barber_id, barber.name, free_at))
        sold = await shops.list_services(db, shop_id=shop_id)
    return Choices(tuple(found), tuple(sold))


async def _order(db: Connection, shop_id: UUID, wish: Wish, *, now: datetime) -> _Order:
    shop = await shops.load_shop(db, shop_id=shop_id)
    if shop is None:
        raise LookupError(shop_id)
    sold = {one.service_id: one for one in await shops.list_services(db, shop_id=shop_id)}
    if wish.service_id not in sold:
        raise ServiceUnknown
    able = {
        barber.barber_id
        for barber in await shops.list_barbers(db, shop_id=shop_id)
        if wish.service_id in barber.services
    }
    if wish.barber_id not in able:
        raise BarberUnknown
    service = sold[wish.service_id]
    soonest = await _soonest(db, shop_id, wish.barber_id, service, now=now)
    return _Order(shop, service, wish, _today(shop, wish.starts_at or soonest, now))


async def _soonest(
    db: Connection, shop_id: UUID, barber_id: UUID, service: Service, *, now: datetime
) -> datetime:
    """The first minute from which the barber has time for the whole service."""
    begin = now.replace(second=0, microsecond=0)
    needed = timedelta(minutes=service.duration_minutes)
    taken = await _taken(db, shop_id, barber_id, begin, now=now)
    return first_gap(begin, taken, needed)


async def _taken(
    db: Connection, shop_id: UUID, barber_id: UUID, since: datetime, *, now: datetime
) -> list[tuple[datetime, datetime]]:
    visits = await booking.visits_from(
        db, shop_id=shop_id, barber_id=barber_id, since=since, now=now
    )
    return [(one.starts_at, one.ends_at) for one in visits]


def first_gap(
    begin: datetime, taken: Iterable[tuple[datetime, datetime]], needed: timedelta
) -> datetime:
    """The first moment, from `begin` on, that `needed` fits in before the next of `taken`, which
    are in the order of time. Pure."""
    for starts_at, ends_at in taken:
        if begin + needed <= starts_at:
            break
        begin = max(begin, ends_at)
    return begin


def _today(shop: Shop, asked: datetime, now: datetime) -> datetime:
    """The moment asked for, if it is today by the shop's clock."""
    zone = ZoneInfo(shop.time_zone)
    same_day = asked.astimezone(zone).date() == now.astimezone(zone).date()
    if asked < now - BEGUN or (asked > now and not same_day):
        raise NotToday(starts_at=asked.isoformat())
    return asked


async def _client(
    db: Connection, means: Means, shop_id: UUID, email: str | None, *, now: datetime
) -> Person:
    if email:
        return await clients.lock_or_add(db, means.vault, shop_id=shop_id, email=email, now=now)
    return await clients.add_without_address(db, means.vault, shop_id=shop_id, now=now)


def _visit(order: _Order, client: Person, name: str, appointment_id: UUID) -> WalkIn:
    shop, service = order.shop, order.service
    net, tax = taxed(shop, service)
    return WalkIn(
        appointment_id=appointment_id,
        barber_id=order.wish.barber_id,
        service_id=service.service_id,
        client_id=client.subject_id,
        starts_at=order.starts_at,
        ends_at=order.starts_at + timedelta(minutes=service.duration_minutes),
        buffer=timedelta(minutes=service.buffer_minutes),
        service_name=service.name,
        service_amount=net.minor,
        tax_amount=tax.minor,
        tax_basis_points=shop.tax_basis_points,
        currency=service.currency,
        guest_name=client.seal("appointments", "guest_name", appointment_id, name),
        key_id=client.key.key_id,
        locale=shop.locale,
        terms_version=shop.terms_version,
    )


async def _expire_in_the_way(
    db: Connection, shop_id: UUID, visit: WalkIn, *, now: datetime
) -> None:
    await slots.expire_in_the_way(
        db,
        shop_id=shop_id,
        barber_id=visit.barber_id,
        starts_at=visit.starts_at,
        until=visit.ends_at + visit.buffer,
        now=now,
    )


async def _note(
    db: Connection, shop_id: UUID, order: _Order, visit: WalkIn, *, actor: str, now: datetime
) -> None:
    net, tax = taxed(order.shop, order.service)
    due: Money = net + tax
    await trail.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act="appointment.walked_in",
        object=ids.show("apt", visit.appointment_id),
        facts={
            "due": due.to_json(),
            "barber": ids.show("bar", visit.barber_id),
            "arrived": visit.starts_at <= now,
        },
        now=now,
    )
