"""Money goes back: owed from the moment it is promised. `sending` follows it to its end."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import queries as booking
from bookedbarber.checkout import shares, standing
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.ledger import journal, rules
from bookedbarber.ledger.rules import Parts
from bookedbarber.money import Money, currency
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment
from bookedbarber.payments.states import PaymentState, RefundReason
from bookedbarber.resilience import idempotency
from bookedbarber.resilience.idempotency import Key


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
        paid = await lock(db, shop_id=shop_id, payment_id=payment_id)
        left = await left_of(db, paid)
        wanted = left.total if amount is None else amount
        if wanted.minor <= 0:
            raise RefundIsNothing("There is nothing left to refund.")
        if wanted > left.total:
            raise RefundExceedsPayment(
                f"{left.total} is left of this payment.", left=left.total.to_json()
            )
        refund_id = await promise(
            db,
            shop_id=shop_id,
            payment_id=payment_id,
            parts=shares.share(shares.whole_of(paid), left, wanted),
            reason=reason,
            note=note,
            actor=actor,
            now=now,
        )
        await idempotency.keep(db, key, shop_id=shop_id, result={"refund": str(refund_id)}, now=now)
    return refund_id


async def lock(db: Connection, *, shop_id: UUID, payment_id: UUID) -> Payment:
    """A captured payment, locked after its appointment, in the order that every story keeps.

    Raises PaymentUnknown, PaymentNotCaptured.
    """
    seen = await payments.load_payment(db, shop_id=shop_id, payment_id=payment_id)
    if seen is None:
        raise PaymentUnknown
    await booking.lock_appointment(db, shop_id=shop_id, appointment_id=seen.appointment_id)
    paid = await payments.lock_payment(db, shop_id=shop_id, payment_id=payment_id)
    if paid is None or paid.state is not PaymentState.CAPTURED:
        raise PaymentNotCaptured("This payment was not collected.")
    return paid


async def left_of(db: Connection, paid: Payment) -> Parts:
    """What is left of a captured payment after the refunds that were promised and stand."""
    refunds = await payments.list_refunds(
        db, shop_id=paid.shop_id, appointment_id=paid.appointment_id
    )
    gone = [r for r in refunds if r.payment_id == paid.payment_id and r.state not in shares.UNDONE]
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
    parts: Parts,
    reason: RefundReason,
    note: str,
    actor: str,
    now: datetime,
) -> UUID:
    """Owe part of a payment from now on and ask for it to be sent, in this transaction.

    The payment's appointment is locked. Raises RefundExceedsPayment.
    """
    refund_id = await owe(
        db,
        shop_id=shop_id,
        payment_id=payment_id,
        parts=parts,
        reason=reason,
        note=note,
        actor=actor,
        now=now,
    )
    await queue.enqueue(db, Work(WorkKind.SEND_REFUND, refund_id, now), shop_id=shop_id, now=now)
    return refund_id


async def owe(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
    parts: Parts,
    reason: RefundReason,
    note: str,
    actor: str,
    now: datetime,
) -> UUID:
    """Owe part of a payment: written down, booked out of where it stands, audited."""
    refund_id, amount = ids.new(now), parts.total
    set_aside = await payments.promise_refund(
        db, shop_id=shop_id, payment_id=payment_id, amount=amount.minor
    )
    paid = await payments.load_payment(db, shop_id=shop_id, payment_id=payment_id)
    if paid is None or not set_aside:
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
        stripe_account=paid.stripe_account,
        reason=reason,
        note=note,
        requested_by=actor,
        now=now,
    )
    await _book_promise(db, paid, refund_id, parts, now=now)
    await trail.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act="refund.promised",
        object=ids.show("ref", refund_id),
        facts={**amount.to_json(), "payment": ids.show("pay", payment_id), "reason": reason},
        now=now,
    )
    return refund_id


async def _book_promise(
    db: Connection, paid: Payment, refund_id: UUID, parts: Parts, *, now: datetime
) -> None:
    visit = await booking.load_appointment(
        db, shop_id=paid.shop_id, appointment_id=paid.appointment_id
    )
    if visit is None:
        raise LookupError(paid.appointment_id)
    stands = await standing.of(db, shop_id=paid.shop_id, visit=visit)
    entry = rules.refund_promised(
        refund=ids.show("ref", refund_id),
        visit=ids.show("apt", paid.appointment_id),
        sources=standing.sources(parts, stands, visit.state),
        barber=visit.barber_id,
        at=now,
    )
    await journal.post(db, entry, shop_id=paid.shop_id, stripe_account=paid.stripe_account, now=now)
