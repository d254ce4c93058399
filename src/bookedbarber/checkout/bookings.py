"""An appointment with its money, as every door shows it."""

from dataclasses import dataclass
from uuid import UUID

from bookedbarber.booking import queries as booking
from bookedbarber.booking.queries import Appointment
from bookedbarber.checkout.cancel import AppointmentUnknown
from bookedbarber.checkout.means import Means
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment, Refund


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment, its payments and its refunds, read in one transaction."""

    appointment: Appointment
    payments: tuple[Payment, ...]
    refunds: tuple[Refund, ...]


async def load(means: Means, *, shop_id: UUID, appointment_id: UUID) -> Booking:
    """One booking of a shop. Raises AppointmentUnknown."""
    async with means.database.tenant(shop_id) as db:
        found = await booking.load_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
        if found is None:
            raise AppointmentUnknown
        taken = await payments.list_payments(db, shop_id=shop_id, appointment_id=appointment_id)
        back = await payments.list_refunds(db, shop_id=shop_id, appointment_id=appointment_id)
    return Booking(found, tuple(taken), tuple(back))
