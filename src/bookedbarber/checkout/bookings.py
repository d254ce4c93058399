"""Appointments with their money and who comes, as every door shows them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber.booking import calendar
from bookedbarber.booking import queries as booking
from bookedbarber.booking.queries import Appointment
from bookedbarber.checkout.cancel import AppointmentUnknown
from bookedbarber.checkout.means import Means
from bookedbarber.database import Connection
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment, Refund
from bookedbarber.shops import queries as shops
from bookedbarber.vault import Vault, people


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment, its payments and its refunds, read in one transaction; `guest` is the name
    that was given, None once the client was forgotten."""

    appointment: Appointment
    guest: str | None
    payments: tuple[Payment, ...]
    refunds: tuple[Refund, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A page of what begins on one day of the shop's own clock, in the order of time."""

    day: date
    time_zone: str
    bookings: tuple[Booking, ...]
    more: bool


async def load(means: Means, *, shop_id: UUID, appointment_id: UUID) -> Booking:
    """One booking of a shop. Raises AppointmentUnknown."""
    async with means.database.tenant(shop_id) as db:
        found = await booking.load_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
        if found is None:
            raise AppointmentUnknown
        [whole] = await _with_money(db, means.vault, shop_id, [found])
    return whole


async def of_day(
    means: Means,
    *,
    shop_id: UUID,
    day: date | None,
    barber_id: UUID | None = None,
    after: UUID | None,
    page: int,
    now: datetime,
) -> Day:
    """The bookings that begin on a day in shop time, today when none is named, of one barber or of
    all: at most `page` of them, after the one named, whatever became of them."""
    async with means.database.tenant(shop_id) as db:
        shop = await shops.load_shop(db, shop_id=shop_id)
        if shop is None:
            raise LookupError(shop_id)
        zone = ZoneInfo(shop.time_zone)
        day = day or now.astimezone(zone).date()
        since, until = calendar.bounds(day, zone)
        rows = await booking.list_day(
            db,
            shop_id=shop_id,
            since=since,
            until=until,
            barber_id=barber_id,
            after=after,
            page=page + 1,
        )
        found = await _with_money(db, means.vault, shop_id, rows[:page])
    return Day(day, shop.time_zone, tuple(found), more=len(rows) > page)


async def _with_money(
    db: Connection, vault: Vault, shop_id: UUID, visits: Sequence[Appointment]
) -> list[Booking]:
    """These appointments, each with what belongs to it, in a handful of queries for all."""
    visit_ids = [visit.appointment_id for visit in visits]
    guests = await _guests(db, vault, shop_id, visits)
    paid, back = defaultdict[UUID, list[Payment]](list), defaultdict[UUID, list[Refund]](list)
    paid_for = {}
    for payment in await payments.payments_of(db, shop_id=shop_id, appointment_ids=visit_ids):
        paid[payment.appointment_id].append(payment)
        paid_for[payment.payment_id] = payment.appointment_id
    for refund in await payments.refunds_of(db, shop_id=shop_id, payment_ids=list(paid_for)):
        back[paid_for[refund.payment_id]].append(refund)
    return [
        Booking(visit, guests.get(at), tuple(paid[at]), tuple(back[at]))
        for at, visit in zip(visit_ids, visits, strict=True)
    ]


async def _guests(
    db: Connection, vault: Vault, shop_id: UUID, visits: Sequence[Appointment]
) -> dict[UUID, str]:
    """Who comes, by appointment; those who were forgotten are left out."""
    keys = {(visit.client_id, visit.key_id) for visit in visits}
    known = await people.load_all(db, vault, shop_id=shop_id, keys=keys)
    return {
        visit.appointment_id: known[visit.client_id, visit.key_id].open(
            "appointments", "guest_name", visit.appointment_id, visit.guest_name
        )
        for visit in visits
        if (visit.client_id, visit.key_id) in known
    }
