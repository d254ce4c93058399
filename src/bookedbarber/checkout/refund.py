"""Money goes back: promised in the books first, then sent, then followed to its end."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import queries as booking
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout import movements, shares
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.ledger import journal, rules
from bookedbarber.ledger import queries as ledger
from bookedbarber.ledger.chart import Account
from bookedbarber.ledger.rules import Held, Parts
from bookedbarber.money import Money, currency
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment, Refund
from bookedbarber.payments.states import (
    PaymentState,
    RefundReason,
    RefundState,
    may_become_refund,
)
from bookedbarber.processor import snapshots
from bookedbarber.processor.errors import ProcessorRefused
from bookedbarber.resilience import idempotency
from bookedbarber.resilience.idempotency import Key

ASKED_BEFORE = timedelta(seconds=10)  # older than the request that promised it: another try


OWED_BY_RULE = ("stripe", "client")  # a lost slot, a second charge, a cancellation by policy


class RefundStuck(Exception):
    """Stripe refuses a refund that a rule, not a person, promised. The client is still owed."""


class PaymentUnknown(Refused):
    """This shop has no such payment."""

    code: ClassVar[str] = "payment_unknown"


class PaymentNotCaptured(Refused):
    """Nothing was collected, so nothing can be refunded."""

    code: ClassVar[str] = "payment_not_captured"


class RefundExceedsPayment(Refused):
    """More was to be refunded than is left of the payment."""

    code: ClassVar[str] = "refund_exceeds_payment"


class RefundIsNothing(Refused):
    """A refund is of some amount."""

    code: ClassVar[str] = "refund_is_nothing"


async def issue(
    means: Means,
    *,
    shop_id: UUID,
    payment_id: UUID,
    amount: Money | None,
    reason: RefundReason,
    note: str,
    actor: str,
    key: Key | None,
    now: datetime,
) -> UUID:
    """Promise back `amount` of a payment, or all that is left of it, and ask for it to be sent.

    Each part (service, tax, tip) gives its share. Raises PaymentUnknown, PaymentNotCaptured,
    RefundExceedsPayment, RefundIsNothing, CurrencyMismatch, IdempotencyKeyReused.
    """
    async with means.database.tenant(shop_id) as db:
        if done := await idempotency.take(db, key, shop_id=shop_id):
            return UUID(done["refund"])
        paid = await _lock(db, shop_id, payment_id)
        left = await left_of(db, paid)
        wanted = left.total if amount is None else amount
        if wanted.minor <= 0:
            raise RefundIsNothing("There is nothing left to refund.")
        if wanted > left.total:
            raise RefundExceedsPayment(
                f"{left.total} is left of this payment.", left=left.total.to_json()
            )
        appointment = await booking.load_appointment(
            db, shop_id=shop_id, appointment_id=paid.appointment_id
        )
        if appointment is None:
            raise LookupError(paid.appointment_id)
        refund_id = await promise(
            db,
            shop_id=shop_id,
            payment_id=payment_id,
            appointment_id=paid.appointment_id,
            barber_id=appointment.barber_id,
            parts=shares.share(shares.whole_of(paid), left, wanted),
            held=await where_held(
                db,
                shop_id=shop_id,
                appointment_id=paid.appointment_id,
                state=appointment.state,
                amount=wanted,
            ),
            reason=reason,
            note=note,
            actor=actor,
            stripe_account=paid.stripe_account,
            now=now,
        )
        await idempotency.keep(db, key, shop_id=shop_id, result={"refund": str(refund_id)}, now=now)
    return refund_id


async def _lock(db: Connection, shop_id: UUID, payment_id: UUID) -> Payment:
    """The payment, locked after its appointment, in the order that every story keeps."""
    seen = await payments.load_payment(db, shop_id=shop_id, payment_id=payment_id)
    if seen is None:
        raise PaymentUnknown
    await booking.lock_appointment(db, shop_id=shop_id, appointment_id=seen.appointment_id)
    paid = await payments.lock_payment(db, shop_id=shop_id, payment_id=payment_id)
    if paid is None or paid.state is not PaymentState.CAPTURED:
        raise PaymentNotCaptured("This payment was not collected.")
    return paid


async def where_held(
    db: Connection, *, shop_id: UUID, appointment_id: UUID, state: AppointmentState, amount: Money
) -> Held:
    """Where in the books the money stands that is to go back: as a deposit while it lasts there,
    else as what the visit became."""
    deposit = await ledger.item_balance(
        db,
        shop_id=shop_id,
        account=Account.CLIENT_DEPOSITS,
        item=ids.show("apt", appointment_id),
    )
    if deposit >= amount.minor:
        return Held.AS_DEPOSIT
    return Held.AS_INCOME if state is AppointmentState.COMPLETED else Held.AS_LATE_FEE


async def left_of(db: Connection, paid: Payment) -> Parts:
    """What is left of a captured payment after the refunds that were promised and stand."""
    refunds = await payments.list_refunds(
        db, shop_id=paid.shop_id, appointment_id=paid.appointment_id
    )
    gone = [
        r
        for r in refunds
        if r.payment_id == paid.payment_id
        and r.state not in (RefundState.CANCELLED, RefundState.REFUSED)
    ]
    code = currency(paid.currency)
    return Parts(
        Money(paid.service_amount - sum(r.service_amount for r in gone), code),
        Money(paid.tax_amount - sum(r.tax_amount for r in gone), code),
        Money(paid.tip_amount - sum(r.tip_amount for r in gone), code),
    )


async def promise(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
    appointment_id: UUID,
    barber_id: UUID,
    parts: Parts,
    held: Held,
    reason: RefundReason,
    note: str,
    actor: str,
    stripe_account: str,
    now: datetime,
) -> UUID:
    """Owe money back from now on: written, booked, audited and asked for, in this transaction.

    Raises RefundExceedsPayment.
    """
    refund_id = ids.new(now)
    amount = parts.total
    if not await payments.promise_refund(
        db, shop_id=shop_id, payment_id=payment_id, amount=amount.minor
    ):
        raise RefundExceedsPayment("Less than that is left of this payment.")
    await payments.add_refund(
        db,
        shop_id=shop_id,
        refund_id=refund_id,
        payment_id=payment_id,
        service_amount=parts.service.minor,
        tax_amount=parts.tax.minor,
        tip_amount=parts.tip.minor,
        currency=amount.currency.code,
        stripe_account=stripe_account,
        reason=reason,
        note=note,
        requested_by=actor,
        now=now,
    )
    shown = ids.show("ref", refund_id)
    entry = rules.refund_promised(
        refund=shown,
        visit=ids.show("apt", appointment_id),
        parts=parts,
        held=held,
        barber=barber_id,
        at=now,
    )
    await journal.post(db, entry, shop_id=shop_id, stripe_account=stripe_account, now=now)
    await trail.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act="refund.promised",
        object=shown,
        facts={**amount.to_json(), "payment": ids.show("pay", payment_id), "reason": reason},
        now=now,
    )
    await queue.enqueue(db, Work(WorkKind.SEND_REFUND, refund_id, now), shop_id=shop_id, now=now)
    return refund_id


async def send(means: Means, *, shop_id: UUID, refund_id: UUID, now: datetime) -> None:
    """Ask Stripe to send a promised refund, under its one key; safe to repeat.

    Raises ProcessorUnavailable or OutcomeUnknown: the promise stands and is tried again.
    """
    async with means.database.tenant(shop_id) as db:
        asked = await payments.load_refund(db, shop_id=shop_id, refund_id=refund_id)
        if asked is None or asked.state is not RefundState.REQUESTED:
            return
        paid = await payments.load_payment(db, shop_id=shop_id, payment_id=asked.payment_id)
    if paid is None or paid.charge_id is None:
        raise LookupError(asked.payment_id)
    try:
        sent = await _ask_stripe(means, asked, paid.charge_id, now=now)
    except ProcessorRefused as refusal:
        if asked.requested_by in OWED_BY_RULE:
            # Nobody is there to decide again: it stays owed, is retried, and ends in the inbox.
            raise RefundStuck(f"{ids.show('ref', refund_id)}: {refusal.reason}") from refusal
        await _undo(means, asked, to=RefundState.REFUSED, failure=refusal.reason, now=now)
        return
    await record(means, shop_id=shop_id, refund_id=refund_id, sent=sent, now=now)


async def _ask_stripe(
    means: Means, asked: Refund, charge_id: str, *, now: datetime
) -> snapshots.Refund:
    shown = ids.show("ref", asked.refund_id)
    if now - asked.requested_at > ASKED_BEFORE:
        # Asking again under the key is not enough: Stripe forgets it after a day, and until then
        # repeats its own failure under it, though the refund may have been made.
        found = await means.processor.find_refund(charge_id=charge_id, refund=shown)
        if found is not None:
            return found
    return await means.processor.create_refund(
        key=f"bookedbarber-{shown}",
        charge_id=charge_id,
        amount=Money(asked.amount, currency(asked.currency)),
        reason="duplicate" if asked.reason is RefundReason.DUPLICATE else "requested_by_customer",
        metadata={"shop": ids.show("shp", asked.shop_id), "refund": shown},
    )


async def record(
    means: Means, *, shop_id: UUID, refund_id: UUID, sent: snapshots.Refund, now: datetime
) -> None:
    """Bring our refund and the books to what Stripe says of it; safe to repeat, in any order."""
    async with means.database.platform() as db:
        known = await payments.load_refund(db, shop_id=shop_id, refund_id=refund_id)
    if known is None:
        raise LookupError(refund_id)
    match sent.status:
        case "succeeded":
            await _move(means, known, sent, to=RefundState.SUCCEEDED, now=now)
        case "failed":
            await _move(means, known, sent, to=RefundState.FAILED, now=now)
        case "canceled":
            await _undo(
                means, known, to=RefundState.CANCELLED, failure="cancelled", now=now, sent=sent
            )
        case _:
            await _move(means, known, sent, to=RefundState.PENDING, now=now)
    for moved in sent.movements:
        await movements.book(
            means,
            moved,
            shop_id=shop_id,
            stripe_account=known.stripe_account,
            refund_id=refund_id,
            now=now,
        )


async def _move(
    means: Means, known: Refund, sent: snapshots.Refund, *, to: RefundState, now: datetime
) -> None:
    async with means.database.platform() as db:
        moved = await payments.move_refund(
            db,
            shop_id=known.shop_id,
            refund_id=known.refund_id,
            to_state=to,
            stripe_refund_id=sent.id,
            failure=sent.failure,
            settled_at=None if to is RefundState.PENDING else now,
            from_states=may_become_refund(to),
        )
        if moved:
            await _note(db, known, act=f"refund.{to}", failure=sent.failure, now=now)


async def _undo(
    means: Means,
    known: Refund,
    *,
    to: RefundState,
    failure: str,
    now: datetime,
    sent: snapshots.Refund | None = None,
) -> None:
    """A promise that will never be kept: reverse it, and let the amount be refunded again."""
    async with means.database.platform() as db:
        paid = await _lock(db, known.shop_id, known.payment_id)
        moved = await payments.move_refund(
            db,
            shop_id=known.shop_id,
            refund_id=known.refund_id,
            to_state=to,
            stripe_refund_id=sent.id if sent else None,
            failure=failure,
            settled_at=now,
            from_states=may_become_refund(to),
        )
        if not moved:
            return
        await payments.release_refund(
            db, shop_id=known.shop_id, payment_id=known.payment_id, amount=known.amount
        )
        await journal.undo_refund(
            db, shop_id=known.shop_id, refund=ids.show("ref", known.refund_id), now=now
        )
        await _apply_deposit(db, known, paid, now=now)
        await _note(db, known, act=f"refund.{to}", failure=failure, now=now)


async def _apply_deposit(db: Connection, known: Refund, paid: Payment, *, now: datetime) -> None:
    """What comes back to the deposit of a visit that is over pays what was left owing for it."""
    visit = ids.show("apt", paid.appointment_id)
    over = await booking.lock_appointment(
        db, shop_id=known.shop_id, appointment_id=paid.appointment_id
    )
    deposit = await ledger.item_balance(
        db, shop_id=known.shop_id, account=Account.CLIENT_DEPOSITS, item=visit
    )
    if over is not AppointmentState.COMPLETED or deposit <= 0:
        return
    entry = rules.deposit_applied(
        visit=visit,
        amount=Money(deposit, currency(known.currency)),
        refund=ids.show("ref", known.refund_id),
        at=now,
    )
    await journal.post(
        db, entry, shop_id=known.shop_id, stripe_account=paid.stripe_account, now=now
    )


async def _note(
    db: Connection, known: Refund, *, act: str, failure: str | None, now: datetime
) -> None:
    await trail.record(
        db,
        shop_id=known.shop_id,
        actor="stripe",
        act=act,
        object=ids.show("ref", known.refund_id),
        facts={"amount": known.amount, "currency": known.currency, "failure": failure},
        now=now,
    )
