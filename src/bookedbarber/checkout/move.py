"""A visit gets another time or another barber. What was agreed stays as it was: the service, how
long it takes, its price, what was paid, and the terms that hold for it.

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

from bookedbarber import ids
from bookedbarber.booking import calendar, policy, slots
from bookedbarber.booking import queries as booking
from bookedbarber.booking.availability import Against, Slot
from bookedbarber.booking.calendar import Chair, SlotNotOffered
from bookedbarber.booking.queries import Appointment
from bookedbarber.booking.slots import Shift, SlotTaken
from bookedbarber.booking.states import OPEN, AppointmentState, MovedBy
from bookedbarber.checkout import receipt
from bookedbarber.checkout.cancel import AppointmentNotOpen, AppointmentUnknown
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.no_show import ClientArrived
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection, Json
from bookedbarber.errors import Refused
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.money import Money
from bookedbarber.resilience import idempotency
from bookedbarber.resilience.idempotency import Key
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
class _Asked:
    """What is asked for: `barber_id` None is whoever is free, the present barber first."""

    shop_id: UUID
    appointment_id: UUID
    barber_id: UUID | None
    starts_at: datetime
    by: MovedBy
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Sold:
    """The visit as it was sold, however long its service takes by now; the buffer after it is the
    shop's own, and as it is now."""

    service_id: UUID
    duration_minutes: int
    buffer_minutes: int

    @property
    def blocks(self) -> timedelta:
        """How long its barber takes nobody else."""
        return timedelta(minutes=self.duration_minutes + self.buffer_minutes)


def open_to_client(shown: Receipt) -> bool:
    """Whether the client could still move the visit at the moment that the receipt shows."""
    return shown.state in MOVABLE[MovedBy.CLIENT] and shown.as_of <= shown.free_until


@dataclass(frozen=True, slots=True)
class _Found:
    """A visit, the shop as it is now, and with the policy that its client agreed to."""

    visit: Appointment
    shop: Shop
    agreed: Shop
    sold: _Sold


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
        known = await _load(db, shop_id, appointment_id)
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
    asked = _Asked(shop_id, appointment_id, barber_id, starts_at, by, seen_at=None)
    async with means.database.tenant(shop_id) as db:
        known = await _load(db, shop_id, appointment_id)
        _may(known, asked, now=now)
        [chair, *_] = await _chairs(db, known, asked, now=now)
        names = {b.barber_id: b.name for b in await shops.list_barbers(db, shop_id=shop_id)}
    money = await receipt.load(means, shop_id=shop_id, appointment_id=appointment_id, now=now)
    free_until, was = policy.free_until(known.agreed, starts_at), known.visit
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
        late_fee=money.late_fee,
        paid=money.figures.kept,
        due_at_shop=money.figures.due_at_shop,
        terms_version=was.terms_version,
        terms_in_force=known.shop.terms_version,
    )


async def visit(
    means: Means,
    *,
    shop_id: UUID,
    appointment_id: UUID,
    barber_id: UUID | None,
    starts_at: datetime,
    by: MovedBy,
    actor: str,
    key: Key | None,
    now: datetime,
    reason: str = "",
    seen_at: datetime | None = None,
) -> UUID:
    """Move a visit, keep where it was, and tell the client; gives back the move.

    Raises MovedMeanwhile when the visit does not begin at `seen_at` any more, IdempotencyKeyReused
    or Overtaken, and what `preview` raises; then nothing was moved.
    """
    asked = _Asked(shop_id, appointment_id, barber_id, starts_at, by, seen_at)
    tried: list[UUID] = []
    while True:
        before = len(tried)
        try:
            async with means.database.tenant(shop_id) as db:
                if done := await idempotency.take(db, key, shop_id=shop_id):
                    return UUID(done["move"])
                made = await _attempt(db, asked, tried, actor=actor, reason=reason, now=now)
                result = {"move": str(made)}
                await idempotency.keep(db, key, shop_id=shop_id, result=result, now=now)
                return made
        except SlotTaken:
            if barber_id is not None or len(tried) == before:
                raise


async def _attempt(
    db: Connection,
    asked: _Asked,
    tried: list[UUID],
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> UUID:
    """Move to the first barber who was not tried yet, in the order that docs/locking.md gives its
    locks; a slot that is taken takes the whole transaction back."""
    known = await _load(db, asked.shop_id, asked.appointment_id)
    _may(known, asked, now=now)
    chairs = await _chairs(db, known, asked, now=now)
    chair = next((chair for chair in chairs if chair.barber_id not in tried), None)
    if chair is None:
        raise SlotTaken("That time was just taken.")
    tried.append(chair.barber_id)
    await slots.expire_in_the_way(
        db,
        shop_id=asked.shop_id,
        barber_id=chair.barber_id,
        starts_at=asked.starts_at,
        until=asked.starts_at + known.sold.blocks,
        now=now,
    )
    await booking.lock_appointment(db, shop_id=asked.shop_id, appointment_id=asked.appointment_id)
    known = await _load(db, asked.shop_id, asked.appointment_id)
    _may(known, asked, now=now)
    return await _move(db, known, chair, asked, actor=actor, reason=reason, now=now)


async def _load(db: Connection, shop_id: UUID, appointment_id: UUID) -> _Found:
    visit = await booking.load_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
    if visit is None:
        raise AppointmentUnknown
    shop = await shops.load_shop(db, shop_id=shop_id)
    agreed = await shops.load_shop_as_agreed(db, shop_id=shop_id, terms_version=visit.terms_version)
    if shop is None or agreed is None:
        raise LookupError(shop_id)
    buffer = await booking.buffer_after(db, shop_id=shop_id, service_id=visit.service_id)
    sold = _Sold(
        service_id=visit.service_id,
        duration_minutes=int((visit.ends_at - visit.starts_at).total_seconds()) // 60,
        buffer_minutes=buffer or 0,
    )
    return _Found(visit, shop, agreed, sold)


def _may(known: _Found, asked: _Asked, *, now: datetime) -> None:
    """Whether this visit can be moved there now, as far as that needs no look at the calendar."""
    visit = known.visit
    if visit.state not in MOVABLE[asked.by]:
        raise AppointmentNotOpen(f"The appointment is {visit.state}.", state=visit.state)
    if asked.seen_at not in (None, visit.starts_at) and visit.starts_at != asked.starts_at:
        raise MovedMeanwhile(starts_at=visit.starts_at.isoformat())
    match asked.by:
        case MovedBy.CLIENT:
            until = policy.free_until(known.agreed, visit.starts_at)
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


async def _chairs(
    db: Connection, known: _Found, asked: _Asked, *, now: datetime
) -> Sequence[Chair]:
    """Who could take it there, the first choice first; never nobody."""
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
    if (ordered[0].barber_id, asked.starts_at) == (visit.barber_id, visit.starts_at):
        raise MoveChangesNothing
    return ordered


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


async def _move(
    db: Connection,
    known: _Found,
    chair: Chair,
    asked: _Asked,
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> UUID:
    shift = Shift(
        move_id=ids.new(now),
        appointment_id=known.visit.appointment_id,
        from_barber_id=known.visit.barber_id,
        from_starts_at=known.visit.starts_at,
        to_barber_id=chair.barber_id,
        to_starts_at=asked.starts_at,
        blocked_until=asked.starts_at + known.sold.blocks,
        by=asked.by,
        actor=actor,
        reason=reason,
    )
    moved = await slots.shift(
        db,
        shift,
        shop_id=asked.shop_id,
        from_states=[state.value for state in MOVABLE[asked.by]],
        facts=_facts(shift, chair),
        now=now,
    )
    if not moved:
        raise AppointmentNotOpen("The appointment is not open any more.")
    tell = Work(WorkKind.TELL_MOVED, shift.move_id, now)
    await queue.enqueue(db, tell, shop_id=asked.shop_id, now=now)
    return shift.move_id


def _facts(shift: Shift, chair: Chair) -> dict[str, Json]:
    def place(barber_id: UUID, starts_at: datetime) -> dict[str, Json]:
        return {"barber": ids.show("bar", barber_id), "starts_at": starts_at.isoformat()}

    return {
        "by": shift.by,
        "before": place(shift.from_barber_id, shift.from_starts_at),
        "after": place(shift.to_barber_id, shift.to_starts_at),
        "against": sorted(chair.against),
    }
