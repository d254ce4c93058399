"""The work is done: what was paid ahead becomes income, tax and tips."""

from datetime import datetime
from uuid import UUID

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import queries as booking
from bookedbarber.booking import slots
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout import shares
from bookedbarber.checkout.cancel import AppointmentNotOpen, AppointmentUnknown
from bookedbarber.checkout.means import Means
from bookedbarber.ledger import journal, rules
from bookedbarber.money import Money, currency
from bookedbarber.payments import queries as payments
from bookedbarber.payments.states import PaymentState


async def visit(
    means: Means, *, shop_id: UUID, appointment_id: UUID, actor: str, now: datetime
) -> None:
    """Complete a confirmed appointment; completing it again changes nothing.

    What was not paid ahead is booked as owed by the client. Raises AppointmentUnknown,
    AppointmentNotOpen.
    """
    async with means.database.tenant(shop_id) as db:
        if not await booking.load_appointment(db, shop_id=shop_id, appointment_id=appointment_id):
            raise AppointmentUnknown
        await booking.lock_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
        known = await booking.load_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
        if known is None:
            raise AppointmentUnknown
        if known.state is AppointmentState.COMPLETED:
            return
        moved = await slots.move(
            db,
            shop_id=shop_id,
            appointment_id=appointment_id,
            to=AppointmentState.COMPLETED,
            now=now,
        )
        if not moved:
            raise AppointmentNotOpen(f"The appointment is {known.state}.", state=known.state)
        taken = [
            p
            for p in await payments.list_payments(
                db, shop_id=shop_id, appointment_id=appointment_id
            )
            if p.state is PaymentState.CAPTURED
        ]
        code = currency(known.currency)
        refunds = await payments.list_refunds(db, shop_id=shop_id, appointment_id=appointment_id)
        sold = shares.due(known, refunds)
        if sold.total.minor:
            # More than is due can only be a second charge whose refund is on its way.
            paid = min(sum(p.amount - p.refunding for p in taken), sold.total.minor)
            entry = rules.visit_completed(
                visit=ids.show("apt", appointment_id),
                sold=sold,
                paid=Money(paid, code),
                barber=known.barber_id,
                at=now,
            )
            account = taken[0].stripe_account
            await journal.post(db, entry, shop_id=shop_id, stripe_account=account, now=now)
        await trail.record(
            db,
            shop_id=shop_id,
            actor=actor,
            act="appointment.completed",
            object=ids.show("apt", appointment_id),
            facts={},
            now=now,
        )
