"""A promised refund on its way: sent once, followed to its end, and owed until it is there.

A refund that comes to nothing is undone only as far as the visit has a use for the money. Whatever
else the client was promised stays owed, in the books and in sight, until it is sent again.
"""

import contextlib
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import queries as booking
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout import movements, refund, shares, standing
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection
from bookedbarber.errors import Refused, Unavailable
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.ledger import journal, rules
from bookedbarber.ledger.chart import Account
from bookedbarber.money import Money, currency
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment, Refund
from bookedbarber.payments.states import RefundReason, RefundState, may_become_refund
from bookedbarber.processor import snapshots
from bookedbarber.processor.errors import ProcessorRefused
from bookedbarber.resilience import idempotency
from bookedbarber.resilience.idempotency import Key

ASKED_BEFORE = timedelta(seconds=10)  # older than the request that promised it: another try
BY_HAND = "Made at Stripe."
# Money that came a second time, or for a time that was gone, is nobody's but the client's.
NEVER_FOR_THE_VISIT = (RefundReason.DUPLICATE, RefundReason.SLOT_LOST)


class RefundUnknown(Refused):
    """This shop has no such refund."""

    code: ClassVar[str] = "refund_unknown"


class RefundNotFailed(Refused):
    """Only a refund that came back can be sent again."""

    code: ClassVar[str] = "refund_not_failed"


# --- sending ----------------------------------------------------------------------------------


async def send(means: Means, *, shop_id: UUID, refund_id: UUID, now: datetime) -> None:
    """Ask Stripe to send a promised refund, under its one key; safe to repeat.

    Raises ProcessorUnavailable or OutcomeUnknown: the promise stands and is tried again. What
    Stripe refuses and is still owed has failed, and can be sent again.
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
        if not await _undo(
            means, asked, to=RefundState.REFUSED, failure=refusal.reason, sent=None, now=now
        ):
            await _fail(means, asked, refusal.reason, now=now)
        return
    await record(means, shop_id=shop_id, refund_id=refund_id, sent=sent, now=now)


async def send_now(means: Means, *, shop_id: UUID, refund_id: UUID, now: datetime) -> RefundState:
    """Send a refund while somebody waits, and say how it stands then: REQUESTED where Stripe does
    not answer, and the job goes on."""
    with contextlib.suppress(Unavailable):
        await send(means, shop_id=shop_id, refund_id=refund_id, now=now)
    async with means.database.tenant(shop_id) as db:
        known = await payments.load_refund(db, shop_id=shop_id, refund_id=refund_id)
    if known is None:
        raise LookupError(refund_id)
    return known.state


async def _ask_stripe(
    means: Means, asked: Refund, charge_id: str, *, now: datetime
) -> snapshots.Refund:
    named = {"refund": ids.show("ref", asked.refund_id), "try": str(asked.tries)}
    if now - asked.asked_at > ASKED_BEFORE:
        # Asking again under the key is not enough: Stripe forgets it after a day, and until then
        # repeats its own failure under it, though the refund may have been made.
        found = await means.processor.find_refund(charge_id=charge_id, named=named)
        if found is not None:
            return found
    return await means.processor.create_refund(
        key=f"bookedbarber-{named['refund']}-{named['try']}",
        charge_id=charge_id,
        amount=Money(asked.amount, currency(asked.currency)),
        reason="duplicate" if asked.reason is RefundReason.DUPLICATE else "requested_by_customer",
        metadata={"shop": ids.show("shp", asked.shop_id), **named},
    )


async def send_again(
    means: Means, *, shop_id: UUID, refund_id: UUID, actor: str, key: Key | None, now: datetime
) -> None:
    """Ask for a refund that came back, and is still owed, to be sent once more.

    Raises RefundUnknown, RefundNotFailed, IdempotencyKeyReused.
    """
    async with means.database.tenant(shop_id) as db:
        if await idempotency.take(db, key, shop_id=shop_id):
            return
        known = await payments.load_refund(db, shop_id=shop_id, refund_id=refund_id)
        if known is None:
            raise RefundUnknown
        if not await payments.send_again(db, shop_id=shop_id, refund_id=refund_id, now=now):
            raise RefundNotFailed(f"The refund is {known.state}.", state=known.state)
        await _note(db, known, act="refund.sent_again", failure=known.failure, actor=actor, now=now)
        name = f"{WorkKind.SEND_REFUND}:{refund_id}:{known.tries + 1}"
        work = Work(WorkKind.SEND_REFUND, refund_id, now, name)
        await queue.enqueue(db, work, shop_id=shop_id, now=now)
        await idempotency.keep(db, key, shop_id=shop_id, result={"refund": str(refund_id)}, now=now)


# --- following --------------------------------------------------------------------------------


async def record(
    means: Means, *, shop_id: UUID, refund_id: UUID, sent: snapshots.Refund, now: datetime
) -> None:
    """Bring our refund and the books to what Stripe says of it; safe to repeat, in any order."""
    async with means.database.platform() as db:
        known = await payments.load_refund(db, shop_id=shop_id, refund_id=refund_id)
    if known is None:
        raise LookupError(refund_id)
    if _is_of_an_earlier_try(sent, known):
        await _book_movements(means, known, sent, now=now)
        return
    match sent.status:
        case "succeeded":
            await _move(means, known, sent, to=RefundState.SUCCEEDED, now=now)
        case "failed":
            await _move(means, known, sent, to=RefundState.FAILED, now=now)
        case "canceled":
            undone = await _undo(
                means, known, to=RefundState.CANCELLED, failure="cancelled", sent=sent, now=now
            )
            if not undone:
                await _move(means, known, sent, to=RefundState.FAILED, now=now)
        case _:
            await _move(means, known, sent, to=RefundState.PENDING, now=now)
    await _book_movements(means, known, sent, now=now)


def _is_of_an_earlier_try(sent: snapshots.Refund, known: Refund) -> bool:
    return int(sent.metadata.get("try", 1)) < known.tries


async def _book_movements(
    means: Means, known: Refund, sent: snapshots.Refund, *, now: datetime
) -> None:
    for moved in sent.movements:
        await movements.book(
            means,
            moved,
            of=sent.amount,
            shop_id=known.shop_id,
            stripe_account=known.stripe_account,
            refund_id=known.refund_id,
            now=now,
        )


async def _move(
    means: Means, known: Refund, sent: snapshots.Refund, *, to: RefundState, now: datetime
) -> None:
    failure = sent.failure or ("cancelled" if sent.status == "canceled" else None)
    async with means.database.platform() as db:
        moved = await payments.move_refund(
            db,
            shop_id=known.shop_id,
            refund_id=known.refund_id,
            to_state=to,
            stripe_refund_id=sent.id,
            failure=failure,
            settled_at=None if to is RefundState.PENDING else now,
            tries=known.tries,
            from_states=may_become_refund(to),
        )
        if moved:
            await _note(db, known, act=f"refund.{to}", failure=failure, now=now)


async def _fail(means: Means, asked: Refund, why: str, *, now: datetime) -> None:
    """Stripe refuses a refund of money that nobody but the client has a claim to: still owed."""
    async with means.database.platform() as db:
        moved = await payments.move_refund(
            db,
            shop_id=asked.shop_id,
            refund_id=asked.refund_id,
            to_state=RefundState.FAILED,
            stripe_refund_id=None,
            failure=why,
            settled_at=now,
            tries=asked.tries,
            from_states=may_become_refund(RefundState.FAILED),
        )
        if moved:
            await _note(db, asked, act="refund.failed", failure=why, now=now)


async def adopt(
    means: Means, *, shop_id: UUID, payment_id: UUID, sent: snapshots.Refund, now: datetime
) -> UUID | None:
    """Take in a refund that somebody made at Stripe by hand, so that its payment knows of it.

    None when it is of more than is left here: then its movements go to suspense, and are seen.
    """
    async with means.database.platform() as db:
        paid = await refund.lock(db, shop_id=shop_id, payment_id=payment_id)
        known = await payments.find_by_stripe_refund(
            db, stripe_account=paid.stripe_account, stripe_refund_id=sent.id
        )
        if known is not None:
            return known.refund_id
        # One that was sent again since, under another id of Stripe's, is told by its movements.
        earlier = await _booked_on(db, shop_id, sent, Account.REFUNDS_PAYABLE)
        if earlier is not None:
            return ids.parse("ref", earlier)
        left = await refund.left_of(db, paid)
        in_suspense = await _booked_on(db, shop_id, sent, Account.SUSPENSE)
        if in_suspense is not None or sent.amount > left.total:
            return None
        refund_id = await refund.owe(
            db,
            shop_id=shop_id,
            payment_id=payment_id,
            parts=shares.share(shares.whole_of(paid), left, sent.amount),
            reason=RefundReason.REQUESTED_BY_CUSTOMER,
            note=BY_HAND,
            actor="stripe",
            now=now,
        )
        await payments.move_refund(
            db,
            shop_id=shop_id,
            refund_id=refund_id,
            to_state=RefundState.PENDING,
            stripe_refund_id=sent.id,
            failure=None,
            settled_at=None,
            tries=1,
            from_states=may_become_refund(RefundState.PENDING),
        )
    return refund_id


async def _booked_on(
    db: Connection, shop_id: UUID, sent: snapshots.Refund, account: Account
) -> str | None:
    """The item of an account that a movement of this refund was booked on before."""
    for moved in sent.movements:
        for happened in (f"balance_transaction:{moved.id}", f"exchanged:{moved.id}"):
            for line in await journal.lines_of(db, shop_id=shop_id, happened=happened):
                if line.account is account:
                    return line.item
    return None


# --- what comes to nothing --------------------------------------------------------------------


async def _undo(
    means: Means,
    known: Refund,
    *,
    to: RefundState,
    failure: str,
    sent: snapshots.Refund | None,
    now: datetime,
) -> bool:
    """Reverse a promise that will not be kept, and let the amount be refunded again.

    False, and nothing is changed, when the visit has no use for the money: then it is still owed.
    """
    async with means.database.platform() as db:
        paid = await refund.lock(db, shop_id=known.shop_id, payment_id=known.payment_id)
        back = await _out_of_deposit(db, known)
        owing = await _missing(db, known, paid)
        if back > owing:
            return False
        moved = await payments.move_refund(
            db,
            shop_id=known.shop_id,
            refund_id=known.refund_id,
            to_state=to,
            stripe_refund_id=sent.id if sent else None,
            failure=failure,
            settled_at=now,
            tries=known.tries,
            from_states=may_become_refund(to),
        )
        if moved:
            await _reverse(db, known, paid, back, now=now)
            await _note(db, known, act=f"refund.{to}", failure=failure, now=now)
    return True


async def _out_of_deposit(db: Connection, known: Refund) -> Money:
    """How much of a promise was taken out of the deposit, and would come back to it."""
    lines = await journal.lines_of(
        db, shop_id=known.shop_id, happened=f"refund:{ids.show('ref', known.refund_id)}"
    )
    taken = [line.amount.minor for line in lines if line.account is Account.CLIENT_DEPOSITS]
    return Money(sum(taken), currency(known.currency))


async def _missing(db: Connection, known: Refund, paid: Payment) -> Money:
    """What the visit would still take of the money, if this refund had never been promised."""
    visit = await booking.load_appointment(
        db, shop_id=known.shop_id, appointment_id=paid.appointment_id
    )
    if visit is None:
        raise LookupError(paid.appointment_id)
    refunds = await payments.list_refunds(
        db, shop_id=known.shop_id, appointment_id=paid.appointment_id
    )
    others = [other for other in refunds if other.refund_id != known.refund_id]
    stands = await standing.of(db, shop_id=known.shop_id, visit=visit)
    if known.reason in NEVER_FOR_THE_VISIT:
        return Money.zero(currency(known.currency))
    return standing.missing(stands, visit.state, shares.due(visit, others).total)


async def _reverse(
    db: Connection, known: Refund, paid: Payment, back: Money, *, now: datetime
) -> None:
    await payments.release_refund(
        db, shop_id=known.shop_id, payment_id=known.payment_id, amount=known.amount
    )
    shown = ids.show("ref", known.refund_id)
    await journal.undo_refund(db, shop_id=known.shop_id, refund=shown, now=now)
    state = await booking.lock_appointment(
        db, shop_id=known.shop_id, appointment_id=paid.appointment_id
    )
    if state is AppointmentState.COMPLETED and back.minor:
        visit = ids.show("apt", paid.appointment_id)
        applied = rules.deposit_applied(visit=visit, amount=back, refund=shown, at=now)
        await journal.post(
            db, applied, shop_id=known.shop_id, stripe_account=paid.stripe_account, now=now
        )


async def _note(
    db: Connection,
    known: Refund,
    *,
    act: str,
    failure: str | None,
    now: datetime,
    actor: str = "stripe",
) -> None:
    await trail.record(
        db,
        shop_id=known.shop_id,
        actor=actor,
        act=act,
        object=ids.show("ref", known.refund_id),
        facts={"amount": known.amount, "currency": known.currency, "failure": failure},
        now=now,
    )
