"""One day of a shop as its staff see it: by barber, with the money of each visit and what is free;
and what may be done with a visit now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber import ids
from bookedbarber.booking import calendar
from bookedbarber.booking.availability import Span
from bookedbarber.booking.calendar import Column
from bookedbarber.booking.queries import Appointment
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout import bookings, receipt
from bookedbarber.checkout.bookings import Booking
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.receipt import Figures
from bookedbarber.database import Connection
from bookedbarber.ledger import queries as ledger
from bookedbarber.ledger.chart import Account
from bookedbarber.money import Money, currency
from bookedbarber.shops.queries import Shop

MOST = 2000  # visits of one day that a page takes in
_S = AppointmentState


class Verb(StrEnum):
    """What staff do with a visit."""

    CHECK_IN = "check-in"
    UNDO_CHECK_IN = "undo-check-in"
    COMPLETE = "complete"
    MOVE = "move"
    CANCEL = "cancel"
    NO_SHOW = "no-show"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit of the day, whose it is (None once forgotten), and what it came to so far."""

    appointment: Appointment
    guest: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class BarberDay:
    """One barber's day."""

    barber_id: UUID
    name: str
    worked: tuple[Span, ...]
    free: tuple[Span, ...]
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class ShopDay:
    """A day on the shop's own clock, of one barber or of all, from midnight to midnight."""

    day: date
    today: date
    since: datetime
    until: datetime
    barbers: tuple[BarberDay, ...]


async def load(
    means: Means, *, shop: Shop, day: date | None, only: UUID | None, now: datetime
) -> ShopDay:
    """A day in shop time, today when none is named, with every visit but those that expired."""
    zone = ZoneInfo(shop.time_zone)
    today = now.astimezone(zone).date()
    wanted = day or today
    found = await bookings.of_day(
        means,
        shop_id=shop.shop_id,
        day=wanted,
        barber_id=only,
        after=None,
        page=MOST,
        now=now,
    )
    kept = [one for one in found.bookings if one.appointment.state is not _S.EXPIRED]
    async with means.database.tenant(shop.shop_id) as db:
        columns = await calendar.columns(db, shop=shop, day=wanted, now=now)
        owed = await _owed(db, shop.shop_id, kept)
    visits = [_visit(one, owed) for one in kept]
    since, until = calendar.bounds(wanted, zone)
    mine = [one for one in columns if only in (None, one.barber_id)]
    return ShopDay(wanted, today, since, until, tuple(_by_barber(mine, visits)))


async def _owed(db: Connection, shop_id: UUID, found: Iterable[Booking]) -> dict[str, int]:
    """What clients owe for these visits by the books, in minor units, visit by visit."""
    shown = [ids.show("apt", one.appointment.appointment_id) for one in found]
    rows = await ledger.open_on_items(
        db, shop_id=shop_id, account=Account.RECEIVABLE_FROM_CLIENT, items=shown
    )
    return {row.item: row.open for row in rows}


def _visit(found: Booking, owed: dict[str, int]) -> Visit:
    row = found.appointment
    due = owed.get(ids.show("apt", row.appointment_id), 0)
    sums = receipt.figures(
        state=row.state,
        sold=receipt.parts(row.service_amount, row.tax_amount, row.tip_amount, row.currency),
        payments=[receipt.payment_line(one) for one in found.payments],
        refunds=[receipt.refund_line(one) for one in found.refunds],
        owed=Money(due, currency(row.currency)),
    )
    return Visit(row, found.guest, sums)


def _by_barber(columns: Iterable[Column], visits: list[Visit]) -> Iterable[BarberDay]:
    """Everybody who works, and whoever has a visit that day and works there no more."""
    known = {one.barber_id: one for one in columns}
    for visit in visits:
        row = visit.appointment
        known.setdefault(row.barber_id, Column(row.barber_id, row.barber_name, (), ()))
    for one in known.values():
        own = tuple(v for v in visits if v.appointment.barber_id == one.barber_id)
        yield BarberDay(one.barber_id, one.name, one.worked, one.free, own)


def verbs(
    state: AppointmentState, *, starts_at: datetime, zone: str, now: datetime
) -> frozenset[Verb]:
    """What may be done with a visit now, by its state and time. Payments are refunded one by one,
    in whatever state.

    The stories decide for themselves and may refuse what was allowed a moment ago.
    """
    found = set[Verb]()
    begun, shop = now >= starts_at, ZoneInfo(zone)
    if state is _S.CONFIRMED:
        found |= {Verb.MOVE, Verb.CANCEL}
        found |= {Verb.COMPLETE, Verb.NO_SHOW} if begun else set()
        if begun or starts_at.astimezone(shop).date() <= now.astimezone(shop).date():
            found.add(Verb.CHECK_IN)
    elif state is _S.ARRIVED:
        found |= {Verb.UNDO_CHECK_IN, Verb.COMPLETE, Verb.CANCEL}
    elif state is _S.HELD:
        found.add(Verb.CANCEL)
    return frozenset(found)
