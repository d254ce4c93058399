"""The client did not come. No fee is charged; of what was paid the shop keeps what it would of a
cancellation by the client a moment before, and the rest goes back. It cannot be undone."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import policy, slots
from bookedbarber.booking import queries as booking
from bookedbarber.booking.queries import Appointment
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout import cancel, closing
from bookedbarber.checkout.cancel import AppointmentNotOpen, RefundChanged
from bookedbarber.checkout.closing import Outcome
from bookedbarber.checkout.complete import AppointmentNotBegun
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


class ClientArrived(Refused):
    """The client was checked in, so nobody can say that they did not come."""

    code: ClassVar[str] = "client_arrived"


@dataclass(frozen=True, slots=True)
class Preview:
    """What noting a no-show would do now: what goes back, and what the shop keeps."""

    refund: Money
    kept: Money


async def preview(means: Means, *, shop_id: UUID, appointment_id: UUID, now: datetime) -> Preview:
    """What would go back, to the cent.

    Raises AppointmentUnknown, AppointmentNotOpen, AppointmentNotBegun, ClientArrived.
    """
    async with means.database.tenant(shop_id) as db:
        known = await cancel.load(db, shop_id=shop_id, appointment_id=appointment_id)
        return _shown(await _plan(db, shop_id, known, now=now))


async def visit(
    means: Means,
    *,
    shop_id: UUID,
    appointment_id: UUID,
    expected_refund: Money | None,
    actor: str,
    key: Key | None,
    now: datetime,
) -> Preview:
    """Note that the client of a confirmed visit whose start has passed did not come.

    Raises RefundChanged when `expected_refund` is not what would go back by now, and what
    `preview` raises.
    """
    async with means.database.tenant(shop_id) as db:
        repeated = await idempotency.take(db, key, shop_id=shop_id)
        known = await cancel.load(db, shop_id=shop_id, appointment_id=appointment_id)
        if repeated:
            code = currency(known.currency)
            refund, kept = (Money(int(repeated[name]), code) for name in ("refund", "kept"))
            return Preview(refund, kept)
        known = await cancel.lock(db, shop_id=shop_id, appointment_id=appointment_id)
        outcome = await _plan(db, shop_id, known, now=now)
        done = _shown(outcome)
        if expected_refund is not None and expected_refund != done.refund:
            raise RefundChanged(refund=done.refund.to_json())
        await _close(db, shop_id, known, outcome, actor=actor, now=now)
        result = {"refund": str(done.refund.minor), "kept": str(done.kept.minor)}
        await idempotency.keep(db, key, shop_id=shop_id, result=result, now=now)
    return done


def _shown(outcome: Outcome) -> Preview:
    return Preview(refund=outcome.refund, kept=outcome.kept.total)


async def _plan(db: Connection, shop_id: UUID, known: Appointment, *, now: datetime) -> Outcome:
    if known.state is AppointmentState.ARRIVED:
        raise ClientArrived("The client was checked in.")
    if known.state is not AppointmentState.CONFIRMED:
        raise AppointmentNotOpen(f"The appointment is {known.state}.", state=known.state)
    if now < known.starts_at:
        raise AppointmentNotBegun(starts_at=known.starts_at.isoformat())
    # By the policy that the client agreed to, whatever the shop has decided since.
    shop = await shops.load_shop_as_agreed(db, shop_id=shop_id, terms_version=known.terms_version)
    if shop is None:
        raise LookupError(shop_id)
    left = await closing.left_of(db, shop_id=shop_id, visit=known)
    kept = policy.missed(
        shop,
        deposit=Money(known.deposit_amount, currency(known.currency)),
        paid=closing.at_stake(left, known.currency),
        moves=await booking.list_moves(db, shop_id=shop_id, appointment_id=known.appointment_id),
    )
    return closing.share(left, kept)


async def _close(
    db: Connection,
    shop_id: UUID,
    known: Appointment,
    outcome: Outcome,
    *,
    actor: str,
    now: datetime,
) -> None:
    visit_id, kept = known.appointment_id, outcome.kept
    shown = ids.show("apt", visit_id)
    await slots.move(
        db,
        shop_id=shop_id,
        appointment_id=visit_id,
        source=known.state,
        to=AppointmentState.NO_SHOW,
        now=now,
    )
    await _note(db, shop_id, known, outcome, actor=actor, now=now)
    await closing.book(
        db,
        outcome,
        rules.no_show(visit=shown, kept=kept, at=now) if kept.total.minor else None,
        reason=RefundReason.NO_SHOW,
        actor=actor,
        now=now,
    )
    await queue.enqueue(db, Work(WorkKind.TELL_MISSED, visit_id, now), shop_id=shop_id, now=now)


async def _note(
    db: Connection,
    shop_id: UUID,
    known: Appointment,
    outcome: Outcome,
    *,
    actor: str,
    now: datetime,
) -> None:
    await trail.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act="appointment.no_show",
        object=ids.show("apt", known.appointment_id),
        facts={"refund": outcome.refund.to_json(), "kept": outcome.kept.total.to_json()},
        now=now,
    )
