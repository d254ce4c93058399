"""A client or the shop cancels a visit: for the client the policy decides what goes back, and by
the shop everything does."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import policy, slots
from bookedbarber.booking import queries as booking
from bookedbarber.booking.queries import Appointment
from bookedbarber.booking.states import OPEN, AppointmentState, CancelledBy
from bookedbarber.checkout import closing, expire
from bookedbarber.checkout.closing import Outcome
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.ledger import rules
from bookedbarber.money import Money, currency
from bookedbarber.payments.states import RefundReason
from bookedbarber.resilience import idempotency
from bookedbarber.resilience.idempotency import Key
from bookedbarber.shops import queries as shops

REASONS: Final = {
    CancelledBy.CLIENT: RefundReason.REQUESTED_BY_CUSTOMER,
    CancelledBy.SHOP: RefundReason.CANCELLED_BY_SHOP,
}


class AppointmentUnknown(Refused):
    """This shop has no such appointment."""

    code: ClassVar[str] = "appointment_unknown"


class AppointmentNotOpen(Refused):
    """The appointment is over, or was cancelled before."""

    code: ClassVar[str] = "appointment_not_open"


class RefundChanged(Refused):
    """What would go back is no longer what was shown; look again before deciding."""

    code: ClassVar[str] = "refund_changed"


@dataclass(frozen=True, slots=True)
class Preview:
    """What cancelling now would do, and on whose account: what goes back, what the shop keeps.

    Until `free_until` the client cancels free of charge.
    """

    by: CancelledBy
    free_until: datetime
    free: bool
    refund: Money
    kept: Money


@dataclass(frozen=True, slots=True)
class _Plan:
    preview: Preview
    outcome: Outcome


async def preview(
    means: Means, *, shop_id: UUID, appointment_id: UUID, by: CancelledBy, now: datetime
) -> Preview:
    """What cancelling would give back now, to the cent.

    Raises AppointmentUnknown, AppointmentNotOpen, TooLateToCancel.
    """
    async with means.database.tenant(shop_id) as db:
        known = await load(db, shop_id=shop_id, appointment_id=appointment_id)
        return (await _plan(db, shop_id, known, by=by, now=now)).preview


async def visit(
    means: Means,
    *,
    shop_id: UUID,
    appointment_id: UUID,
    by: CancelledBy,
    expected_refund: Money | None,
    actor: str,
    key: Key | None,
    now: datetime,
) -> Preview:
    """Cancel an appointment that is held, confirmed or checked in, and promise back what is due.

    By the client that is what the policy says, and only until the visit begins; by the shop it is
    everything, at any time before the visit is completed. `actor` is who does it, `by` on whose
    account: the desk cancels for a client who telephones. Raises RefundChanged when
    `expected_refund` is not what would go back by now, and what `preview` raises.
    """
    async with means.database.tenant(shop_id) as db:
        repeated = await idempotency.take(db, key, shop_id=shop_id)
        known = await load(db, shop_id=shop_id, appointment_id=appointment_id)
        if repeated:
            return _read(repeated, known)
        known = await lock(db, shop_id=shop_id, appointment_id=appointment_id)
        plan = await _plan(db, shop_id, known, by=by, now=now)
        if expected_refund is not None and expected_refund != plan.preview.refund:
            raise RefundChanged(refund=plan.preview.refund.to_json())
        await _cancel(db, shop_id, known, plan, actor=actor, now=now)
        result = _written(plan.preview)
        await idempotency.keep(db, key, shop_id=shop_id, result=result, now=now)
    return plan.preview


def _written(done: Preview) -> dict[str, str]:
    return {
        "by": done.by,
        "free_until": done.free_until.isoformat(),
        "free": "yes" if done.free else "",
        "refund": str(done.refund.minor),
        "kept": str(done.kept.minor),
    }


def _read(result: dict[str, str], known: Appointment) -> Preview:
    code = currency(known.currency)
    return Preview(
        by=CancelledBy(result["by"]),
        free_until=datetime.fromisoformat(result["free_until"]),
        free=bool(result["free"]),
        refund=Money(int(result["refund"]), code),
        kept=Money(int(result["kept"]), code),
    )


async def load(db: Connection, *, shop_id: UUID, appointment_id: UUID) -> Appointment:
    """An appointment of a shop. Raises AppointmentUnknown."""
    found = await booking.load_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
    if found is None:
        raise AppointmentUnknown
    return found


async def lock(db: Connection, *, shop_id: UUID, appointment_id: UUID) -> Appointment:
    """An appointment as nobody else can change it any more. Raises AppointmentUnknown."""
    await load(db, shop_id=shop_id, appointment_id=appointment_id)
    await booking.lock_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
    return await load(db, shop_id=shop_id, appointment_id=appointment_id)


async def _plan(
    db: Connection, shop_id: UUID, known: Appointment, *, by: CancelledBy, now: datetime
) -> _Plan:
    if known.state not in {AppointmentState.HELD, *OPEN}:
        raise AppointmentNotOpen(f"The appointment is {known.state}.", state=known.state)
    # By the policy that the client agreed to, whatever the shop has decided since.
    shop = await shops.load_shop_as_agreed(db, shop_id=shop_id, terms_version=known.terms_version)
    if shop is None:
        raise LookupError(shop_id)
    left = await closing.left_of(db, shop_id=shop_id, visit=known)
    moves = await booking.list_moves(db, shop_id=shop_id, appointment_id=known.appointment_id)
    terms = policy.cancellation(
        shop,
        by=by,
        starts_at=known.starts_at,
        deposit=Money(known.deposit_amount, currency(known.currency)),
        paid=closing.at_stake(left, known.currency),
        now=now,
        moves=moves,
    )
    outcome = closing.share(left, terms.kept)
    shown = Preview(
        by, terms.free_until, terms.free, refund=outcome.refund, kept=outcome.kept.total
    )
    return _Plan(shown, outcome)


async def _cancel(
    db: Connection,
    shop_id: UUID,
    known: Appointment,
    plan: _Plan,
    *,
    actor: str,
    now: datetime,
) -> None:
    appointment_id, by = known.appointment_id, plan.preview.by
    if not await slots.cancel(db, shop_id=shop_id, appointment_id=appointment_id, by=by, now=now):
        raise AppointmentNotOpen("The appointment is not open any more.")
    await _note(db, shop_id, known, plan.preview, actor=actor, now=now)
    visit, kept = ids.show("apt", appointment_id), plan.outcome.kept
    await closing.book(
        db,
        plan.outcome,
        rules.cancelled_late(visit=visit, kept=kept, at=now) if kept.total.minor else None,
        reason=REASONS[by],
        actor=actor,
        now=now,
    )
    if known.state is AppointmentState.HELD:  # nothing was booked that anybody could be told of
        await expire.stop_payments(db, shop_id=shop_id, appointment_id=appointment_id, now=now)
        return
    tell = Work(WorkKind.TELL_CANCELLED, appointment_id, now)
    await queue.enqueue(db, tell, shop_id=shop_id, now=now)


async def _note(
    db: Connection,
    shop_id: UUID,
    known: Appointment,
    done: Preview,
    *,
    actor: str,
    now: datetime,
) -> None:
    await trail.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act="appointment.cancelled",
        object=ids.show("apt", known.appointment_id),
        facts={
            "by": done.by,
            "refund": done.refund.to_json(),
            "kept": done.kept.to_json(),
            "free": done.free,
        },
        now=now,
    )
