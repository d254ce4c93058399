"""The client is here: checking in, and taking it back."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import queries as booking
from bookedbarber.booking.queries import Appointment
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout import cancel
from bookedbarber.checkout.cancel import AppointmentNotOpen
from bookedbarber.checkout.means import Means
from bookedbarber.database import Connection, again
from bookedbarber.errors import Refused
from bookedbarber.shops import queries as shops


class CheckInTooEarly(Refused):
    """Nobody is here today for a visit of another day."""

    code: ClassVar[str] = "check_in_too_early"


async def check_in(
    means: Means, *, shop_id: UUID, appointment_id: UUID, actor: str, now: datetime
) -> None:
    """Note that the client of a confirmed visit is here; a second time changes nothing.

    From the first moment of the visit's day on, by the shop's clock. Raises AppointmentUnknown,
    AppointmentNotOpen, CheckInTooEarly.
    """
    await again(
        lambda: _check_in(
            means, shop_id=shop_id, appointment_id=appointment_id, actor=actor, now=now
        )
    )


async def _check_in(
    means: Means, *, shop_id: UUID, appointment_id: UUID, actor: str, now: datetime
) -> None:
    async with means.database.tenant(shop_id) as db:
        known = await cancel.lock(db, shop_id=shop_id, appointment_id=appointment_id)
        if known.state is AppointmentState.ARRIVED:
            return
        _must_be(known, AppointmentState.CONFIRMED)
        if now < known.starts_at and not await _of_today(db, shop_id, known, now):
            raise CheckInTooEarly(starts_at=known.starts_at.isoformat())
        await booking.check_in(
            db, shop_id=shop_id, appointment_id=appointment_id, actor=actor, now=now
        )
        await _note(db, shop_id, appointment_id, act="appointment.arrived", actor=actor, now=now)


async def undo(
    means: Means, *, shop_id: UUID, appointment_id: UUID, actor: str, now: datetime
) -> None:
    """Take a check-in back: the visit is confirmed again; a second time changes nothing.

    Raises AppointmentUnknown, AppointmentNotOpen.
    """
    await again(
        lambda: _undo(means, shop_id=shop_id, appointment_id=appointment_id, actor=actor, now=now)
    )


async def _undo(
    means: Means, *, shop_id: UUID, appointment_id: UUID, actor: str, now: datetime
) -> None:
    async with means.database.tenant(shop_id) as db:
        known = await cancel.lock(db, shop_id=shop_id, appointment_id=appointment_id)
        if known.state is AppointmentState.CONFIRMED:
            return
        _must_be(known, AppointmentState.ARRIVED)
        await booking.undo_check_in(db, shop_id=shop_id, appointment_id=appointment_id)
        act = "appointment.arrival_undone"
        await _note(db, shop_id, appointment_id, act=act, actor=actor, now=now)


def _must_be(known: Appointment, state: AppointmentState) -> None:
    if known.state is not state:
        raise AppointmentNotOpen(f"The appointment is {known.state}.", state=known.state)


async def _of_today(db: Connection, shop_id: UUID, known: Appointment, now: datetime) -> bool:
    shop = await shops.load_shop(db, shop_id=shop_id)
    if shop is None:
        raise LookupError(shop_id)
    zone = ZoneInfo(shop.time_zone)
    return known.starts_at.astimezone(zone).date() <= now.astimezone(zone).date()


async def _note(
    db: Connection, shop_id: UUID, appointment_id: UUID, *, act: str, actor: str, now: datetime
) -> None:
    await trail.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act=act,
        object=ids.show("apt", appointment_id),
        facts={},
        now=now,
    )
