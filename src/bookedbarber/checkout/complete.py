"""The work is done: what was paid ahead becomes income, tax and tips."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import slots
from bookedbarber.booking.queries import Appointment
from bookedbarber.booking.states import OPEN, AppointmentState
from bookedbarber.checkout import cancel, shares
from bookedbarber.checkout.cancel import AppointmentNotOpen
from bookedbarber.checkout.means import Means
from bookedbarber.database import Connection, again
from bookedbarber.errors import Refused
from bookedbarber.ledger import journal, rules
from bookedbarber.money import Money, currency
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment
from bookedbarber.payments.states import PaymentState
from bookedbarber.shops import queries as shops


class AppointmentNotBegun(Refused):
    """The appointment is still to come: nothing of it can be earned yet."""

    code: ClassVar[str] = "appointment_not_begun"


async def visit(
    means: Means, *, shop_id: UUID, appointment_id: UUID, actor: str, now: datetime
) -> None:
    """Complete an appointment that has begun, or whose client is here; completing it again
    changes nothing.

    What was not paid ahead is booked as owed by the client. Raises AppointmentUnknown,
    AppointmentNotOpen, AppointmentNotBegun.
    """
    await again(
        lambda: _visit(means, shop_id=shop_id, appointment_id=appointment_id, actor=actor, now=now)
    )


async def _visit(
    means: Means, *, shop_id: UUID, appointment_id: UUID, actor: str, now: datetime
) -> None:
    async with means.database.tenant(shop_id) as db:
        known = await cancel.lock(db, shop_id=shop_id, appointment_id=appointment_id)
        if known.state is AppointmentState.COMPLETED:
            return
        if known.state not in OPEN:
            raise AppointmentNotOpen(f"The appointment is {known.state}.", state=known.state)
        if known.state is AppointmentState.CONFIRMED and now < known.starts_at:
            raise AppointmentNotBegun(starts_at=known.starts_at.isoformat())
        await slots.move(
            db,
            shop_id=shop_id,
            appointment_id=appointment_id,
            source=known.state,
            to=AppointmentState.COMPLETED,
            now=now,
        )
        await _earn(db, shop_id, known, now=now)
        await _note(db, shop_id, known, actor=actor, now=now)


async def _earn(db: Connection, shop_id: UUID, known: Appointment, *, now: datetime) -> None:
    taken = await _captured(db, shop_id, known.appointment_id)
    refunds = await payments.list_refunds(db, shop_id=shop_id, appointment_id=known.appointment_id)
    sold = shares.due(known, refunds)
    if sold.total.minor == 0:
        return  # all of it was given back out of goodwill
    paid = Money(sum(p.amount - p.refunding for p in taken), currency(known.currency))
    entry = rules.visit_completed(
        visit=ids.show("apt", known.appointment_id),
        sold=sold,
        # More than is due can only be a second charge whose refund is on its way.
        paid=min(paid, sold.total),
        barber=known.barber_id,
        at=now,
    )
    account = taken[0].stripe_account if taken else await _account_of(db, shop_id)
    await journal.post(db, entry, shop_id=shop_id, stripe_account=account, now=now)


async def _account_of(db: Connection, shop_id: UUID) -> str:
    """Whose books a visit is in that nothing was paid for ahead."""
    shop = await shops.load_shop(db, shop_id=shop_id)
    if shop is None:
        raise LookupError(shop_id)
    return shop.stripe_account


async def _captured(db: Connection, shop_id: UUID, appointment_id: UUID) -> list[Payment]:
    made = await payments.list_payments(db, shop_id=shop_id, appointment_id=appointment_id)
    return [payment for payment in made if payment.state is PaymentState.CAPTURED]


async def _note(
    db: Connection, shop_id: UUID, known: Appointment, *, actor: str, now: datetime
) -> None:
    await trail.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act="appointment.completed",
        object=ids.show("apt", known.appointment_id),
        facts={},
        now=now,
    )
