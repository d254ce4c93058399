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
from bookedbarber.booking.states import AppointmentState, CancelledBy
from bookedbarber.checkout import expire, refund
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.ledger import journal, rules
from bookedbarber.ledger.rules import Parts
from bookedbarber.money import Money, currency, split
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment
from bookedbarber.payments.states import PaymentState, RefundReason
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
    """What cancelling gives back is no longer what was shown; look again before deciding."""

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
    paid: Payment | None
    refund: Parts
    kept: Parts


async def preview(
    means: Means, *, shop_id: UUID, appointment_id: UUID, by: CancelledBy, now: datetime
) -> Preview:
    """What cancelling would give back now, to the cent.

    Raises AppointmentUnknown, AppointmentNotOpen, TooLateToCancel.
    """
    async with means.database.tenant(shop_id) as db:
        known = await _load(db, shop_id, appointment_id)
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
    """Cancel a held or confirmed appointment, and promise back what is due.

    By the client that is what the policy says, and only until the visit begins; by the shop it is
    everything, at any time before the visit is completed. `actor` is who does it, `by` on whose
    account: the desk cancels for a client who telephones. Raises RefundChanged when
    `expected_refund` is not what would go back by now, and what `preview` raises.
    """
    async with means.database.tenant(shop_id) as db:
        repeated = await idempotency.take(db, key, shop_id=shop_id)
        known = await _load(db, shop_id, appointment_id)
        if repeated:
            return _read(repeated, known)
        await booking.lock_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
        known = await _load(db, shop_id, appointment_id)
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


async def _load(db: Connection, shop_id: UUID, appointment_id: UUID) -> Appointment:
    found = await booking.load_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
    if found is None:
        raise AppointmentUnknown
    return found


async def _plan(
    db: Connection, shop_id: UUID, known: Appointment, *, by: CancelledBy, now: datetime
) -> _Plan:
    if known.state not in (AppointmentState.HELD, AppointmentState.CONFIRMED):
        raise AppointmentNotOpen(f"The appointment is {known.state}.", state=known.state)
    # By the policy that the client agreed to, whatever the shop has decided since.
    shop = await shops.load_shop_as_agreed(db, shop_id=shop_id, terms_version=known.terms_version)
    if shop is None:
        raise LookupError(shop_id)
    code = currency(known.currency)
    nothing = Money.zero(code)
    paid = await _captured(db, shop_id, known)
    left = await refund.left_of(db, paid) if paid else Parts(nothing, nothing, nothing)
    terms = policy.cancellation(
        shop,
        by=by,
        starts_at=known.starts_at,
        deposit=Money(known.deposit_amount, code),
        paid=left.service + left.tax,
        now=now,
    )
    kept = _kept(left, terms.kept)
    back = Parts(left.service - kept.service, left.tax - kept.tax, left.tip)
    shown = Preview(by, terms.free_until, terms.free, refund=back.total, kept=kept.total)
    return _Plan(shown, paid, back, kept)


def _kept(left: Parts, amount: Money) -> Parts:
    """What the shop keeps, in the proportion of service and tax; a tip always goes back."""
    nothing = Money.zero(amount.currency)
    if amount.minor == 0:
        return Parts(nothing, nothing, nothing)
    service, tax = split(amount, [left.service.minor, left.tax.minor])
    return Parts(service, tax, nothing)


async def _captured(db: Connection, shop_id: UUID, known: Appointment) -> Payment | None:
    for paid in await payments.list_payments(
        db, shop_id=shop_id, appointment_id=known.appointment_id
    ):
        if paid.state is PaymentState.CAPTURED:
            return await payments.lock_payment(db, shop_id=shop_id, payment_id=paid.payment_id)
    return None


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
    if plan.paid is None:
        await expire.stop_payments(db, shop_id=shop_id, appointment_id=appointment_id, now=now)
        return
    if plan.kept.total.minor:
        await _keep(db, known, plan.paid, plan.kept, now=now)
    if plan.refund.total.minor:
        await _promise_back(db, plan.paid, plan, actor=actor, now=now)
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


async def _keep(
    db: Connection, known: Appointment, paid: Payment, kept: Parts, *, now: datetime
) -> None:
    visit = ids.show("apt", known.appointment_id)
    await journal.post(
        db,
        rules.cancelled_late(visit=visit, kept=kept, at=now),
        shop_id=paid.shop_id,
        stripe_account=paid.stripe_account,
        now=now,
    )


async def _promise_back(
    db: Connection, paid: Payment, plan: _Plan, *, actor: str, now: datetime
) -> None:
    await refund.promise(
        db,
        shop_id=paid.shop_id,
        payment_id=paid.payment_id,
        parts=plan.refund,
        reason=REASONS[plan.preview.by],
        note="",
        actor=actor,
        now=now,
    )
