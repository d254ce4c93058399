"""Where a visit can be moved, and what that would come to. It costs nothing, and what was agreed
stays: the service, how long it takes, its price, what was paid, and the terms that hold for it.

A client moves to a time that the shop offers, and only while cancelling is free: so moving is no
way around the late fee. The shop moves to any time at which a barber is free, also when it is
closed; what speaks against that is said before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber.booking import calendar, policy
from bookedbarber.booking import queries as booking
from bookedbarber.booking.availability import Against, Slot
from bookedbarber.booking.calendar import Chair, SlotNotOffered
from bookedbarber.booking.policy import Moved
from bookedbarber.booking.queries import Appointment, Move
from bookedbarber.booking.slots import SlotTaken
from bookedbarber.booking.states import OPEN, AppointmentState, MovedBy
from bookedbarber.checkout import receipt
from bookedbarber.checkout.cancel import AppointmentNotOpen, AppointmentUnknown
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.no_show import ClientArrived
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.money import Money
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Shop

FARTHEST: Final = timedelta(days=731)  # beyond it a year was mistyped
# A visit that is held, and not paid, is let go and booked anew.
MOVABLE: Final = {
    MovedBy.CLIENT: (AppointmentState.CONFIRMED,),
    MovedBy.SHOP: tuple(OPEN),
}


class TooLateToMove(Refused):
    """Cancelling is not free any more, and so the client cannot move; the shop can."""

    code: ClassVar[str] = "too_late_to_move"


class MoveChangesNothing(Refused):
    """The visit is there already."""

    code: ClassVar[str] = "move_changes_nothing"


class MovedMeanwhile(Refused):
    """The visit is no longer where it was when this was decided; look again."""

    code: ClassVar[str] = "moved_meanwhile"


@dataclass(frozen=True, slots=True)
class Place:
    """When a visit is, and with whom."""

    barber_id: UUID
    barber: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """What moving a visit would come to. It costs nothing: `paid` goes with it, and `due_at_shop`
    stays due. `against` is what speaks against the new time, none of it ever for a client.

    From then on the client cancels free until `free_until`; `free` says whether that is still to
    come, and `late_fee` what is kept after it. `terms_version` was agreed to and holds on, whatever
    `terms_in_force` is.
    """

    old: Place
    new: Place
    against: frozenset[Against]
    free_until: datetime
    free: bool
    late_fee: Money
    paid: Money
    due_at_shop: Money
    terms_version: int
    terms_in_force: int


@dataclass(frozen=True, slots=True)
class Times:
    """The times of some days in shop time to which a visit could be moved."""

    time_zone: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: `barber_id` None is whoever is free, the present barber first."""

    shop_id: UUID
    appointment_id: UUID
    barber_id: UUID | None
    starts_at: datetime
    by: MovedBy
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sold:
    """The visit as it was sold, however long its service takes by now; the buffer after it is the
    shop's own, and as it is now."""

    service_id: UUID
    duration_minutes: int
    buffer_minutes: int

    @property
    def blocks(self) -> timedelta:
        """How long its barber takes nobody else."""
        return timedelta(minutes=self.duration_minutes + self.buffer_minutes)


@dataclass(frozen=True, slots=True)
class _Would:
    """A move that is only thought of."""

    moved_by: MovedBy
    moved_at: datetime
    from_starts_at: datetime
    to_starts_at: datetime


def open_to_client(shown: Receipt) -> bool:
    """Whether the client could still move the visit at the moment that the receipt shows."""
    return shown.state in MOVABLE[MovedBy.CLIENT] and shown.as_of <= shown.free_until


@dataclass(frozen=True, slots=True)
class Found:
    """A visit and where it was before, the shop as it is now, and with the policy that its client
    agreed to."""

    visit: Appointment
    shop: Shop
    agreed: Shop
    sold: Sold
    moves: tuple[Move, ...]


async def times(
    means: Means,
    *,
    shop_id: UUID,
    appointment_id: UUID,
    barber_id: UUID | None,
    first: date,
    last: date,
    now: datetime,
    taken_too: bool = False,
) -> Times:
    """The times of some days that the shop offers for this visit, its own among them; with
    `taken_too`, those that somebody else has as well. Raises AppointmentUnknown, BarberUnknown.
    """
    async with means.database.tenant(shop_id) as db:
        known = await load(db, shop_id, appointment_id)
        found = await calendar.span(
            db,
            shop=known.shop,
            service=known.sold,
            barber_id=barber_id,
            first=first,
            last=last,
            now=now,
            taken_too=taken_too,
            besides=known.visit.appointment_id,
        )
    return Times(known.shop.time_zone, tuple(found))


async def preview(
    means: Means,
    *,
    shop_id: UUID,
    appointment_id: UUID,
    barber_id: UUID | None,
    starts_at: datetime,
    by: MovedBy,
    now: datetime,
) -> Offer:
    """What moving would come to; nothing is held for it.

    Raises AppointmentUnknown, AppointmentNotOpen, TooLateToMove, MoveChangesNothing,
    SlotNotOffered, SlotTaken, BarberUnknown.
    """
    asked = Asked(shop_id, appointment_id, barber_id, starts_at, by, seen_at=None)
    async with means.database.tenant(shop_id) as db:
        known = await load(db, shop_id, appointment_id)
        check(known, asked, now=now)
        [chair, *_] = await chairs(db, known, asked, now=now)
        names = {b.barber_id: b.name for b in await shops.list_barbers(db, shop_id=shop_id)}
    money = await receipt.load(means, shop_id=shop_id, appointment_id=appointment_id, now=now)
    moves: list[Moved] = [*known.moves, _Would(by, now, known.visit.starts_at, starts_at)]
    free_until, was = policy.free_until(known.agreed, starts_at, moves), known.visit
    return Offer(
        old=Place(was.barber_id, was.barber_name, was.starts_at, was.ends_at),
        new=Place(
            chair.barber_id,
            names[chair.barber_id],
            starts_at,
            starts_at + (was.ends_at - was.starts_at),
        ),
        against=chair.against,
        free_until=free_until,
        free=now <= free_until,
        late_fee=receipt.late_fee(money, starts_at, moves),
        paid=money.figures.kept,
        due_at_shop=money.figures.due_at_shop,
        terms_version=was.terms_version,
        terms_in_force=known.shop.terms_version,
    )


async def load(db: Connection, shop_id: UUID, appointment_id: UUID) -> Found:
    """A visit as it was sold. Raises AppointmentUnknown."""
    visit = await booking.load_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
    if visit is None:
        raise AppointmentUnknown
    shop = await shops.load_shop(db, shop_id=shop_id)
    agreed = await shops.load_shop_as_agreed(db, shop_id=shop_id, terms_version=visit.terms_version)
    if shop is None or agreed is None:
        raise LookupError(shop_id)
    buffer = await booking.buffer_after(db, shop_id=shop_id, service_id=visit.service_id)
    sold = Sold(
        service_id=visit.service_id,
        duration_minutes=int((visit.ends_at - visit.starts_at).total_seconds()) // 60,
        buffer_minutes=buffer or 0,
    )
    moves = await booking.list_moves(db, shop_id=shop_id, appointment_id=appointment_id)
    return Found(visit, shop, agreed, sold, tuple(moves))


def check(known: Found, asked: Asked, *, now: datetime) -> None:
    """Refuse what cannot be moved there now, as far as that needs no look at the calendar. Raises
    AppointmentNotOpen, MovedMeanwhile, TooLateToMove, SlotNotOffered, ClientArrived."""
    visit = known.visit
    if visit.state not in MOVABLE[asked.by]:
        raise AppointmentNotOpen(f"The appointment is {visit.state}.", state=visit.state)
    if asked.seen_at not in (None, visit.starts_at) and visit.starts_at != asked.starts_at:
        raise MovedMeanwhile(starts_at=visit.starts_at.isoformat())
    match asked.by:
        case MovedBy.CLIENT:
            until = policy.free_until(known.agreed, visit.starts_at, known.moves)
            if now > until:
                raise TooLateToMove(free_until=until.isoformat())
        case MovedBy.SHOP:
            # One that begins at this moment may still change its barber.
            if not min(now, visit.starts_at) <= asked.starts_at <= now + FARTHEST:
                raise SlotNotOffered("A visit moves to a time to come, within two years.")
            zone = ZoneInfo(known.shop.time_zone)
            days = {at.astimezone(zone).date() for at in (visit.starts_at, asked.starts_at)}
            if visit.state is AppointmentState.ARRIVED and len(days) > 1:
                raise ClientArrived("Whoever is here waits no longer than today.")


async def chairs(db: Connection, known: Found, asked: Asked, *, now: datetime) -> Sequence[Chair]:
    """Who could take it there, the first choice first; never nobody. Raises SlotTaken,
    SlotNotOffered, BarberUnknown, MoveChangesNothing."""
    visit = known.visit
    find = _offered if asked.by is MovedBy.CLIENT else calendar.any_time
    chairs = await find(
        db,
        shop=known.shop,
        service=known.sold,
        barber_id=asked.barber_id,
        starts_at=asked.starts_at,
        now=now,
        besides=visit.appointment_id,
    )
    if not chairs:
        raise SlotTaken("Nobody is free at that time.")
    ordered = sorted(chairs, key=lambda c: (len(c.against), c.barber_id != visit.barber_id))
    check_elsewhere(known, ordered[0], asked)
    return ordered


def check_elsewhere(known: Found, chair: Chair, asked: Asked) -> None:
    """Raises MoveChangesNothing where the visit is there already, by another move maybe."""
    if (chair.barber_id, asked.starts_at) == (known.visit.barber_id, known.visit.starts_at):
        raise MoveChangesNothing


async def _offered(
    db: Connection,
    *,
    shop: Shop,
    service: calendar.Sold,
    barber_id: UUID | None,
    starts_at: datetime,
    now: datetime,
    besides: UUID,
) -> list[Chair]:
    able = await calendar.who_can(
        db,
        shop=shop,
        service=service,
        barber_id=barber_id,
        starts_at=starts_at,
        now=now,
        besides=besides,
    )
    return [Chair(who, frozenset()) for who in able]
