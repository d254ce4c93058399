"""A hold runs out: the slot is free again, and its payment is stopped."""

from datetime import datetime
from uuid import UUID

from bookedbarber.booking import queries as booking
from bookedbarber.booking import slots
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.payments import queries as payments
from bookedbarber.payments.states import PaymentState

OPEN = (PaymentState.PENDING, PaymentState.OPEN, PaymentState.PROCESSING)


async def hold(means: Means, *, shop_id: UUID, appointment_id: UUID, now: datetime) -> None:
    """Release a slot whose hold ran out unpaid, and stop its payments; safe to repeat.

    The slot is free at once; a payment that arrives all the same takes it back, or is refunded.
    """
    async with means.database.tenant(shop_id) as db:
        await slots.expire(db, shop_id=shop_id, appointment_id=appointment_id, now=now)
        state = await booking.lock_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
        if state is not AppointmentState.EXPIRED:
            return
        await stop_payments(db, shop_id=shop_id, appointment_id=appointment_id, now=now)


async def stop_payments(
    db: Connection, *, shop_id: UUID, appointment_id: UUID, now: datetime
) -> None:
    """Ask for the open payments of an appointment to be stopped at Stripe."""
    for waiting in await payments.list_payments(db, shop_id=shop_id, appointment_id=appointment_id):
        if waiting.state in OPEN:
            work = Work(WorkKind.STOP_COLLECTING, waiting.payment_id, now)
            await queue.enqueue(db, work, shop_id=shop_id, now=now)
