"""A payment arrives: brings our records to what Stripe says, whatever came before.

Every path is safe to repeat and in any order: the state of the payment decides, and each entry is
keyed by the charge or balance transaction it books.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, assert_never
from uuid import UUID

import asyncpg

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import slots
from bookedbarber.booking.queries import lock_appointment
from bookedbarber.booking.slots import SlotTaken
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout import movements, queries, refund
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.queries import Settling
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection
from bookedbarber.errors import Unavailable
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.ledger import journal, rules
from bookedbarber.ledger.rules import Parts
from bookedbarber.money import Money, currency
from bookedbarber.payments import moves
from bookedbarber.payments import queries as payments
from bookedbarber.payments.states import (
    PaymentState,
    RefundReason,
    Via,
)
from bookedbarber.processor.snapshots import Charge, Intent, IntentStatus

ACTOR = "stripe"
TRIES = 5


class SettlementMismatch(Exception):
    """Stripe collected something else than we asked for. A defect: the event waits for a human."""


class StillMoving(Unavailable):
    """The payment kept changing while it was settled; the event is handled again later."""

    code: ClassVar[str] = "payment_still_moving"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that Stripe collected for one of our payments."""

    shop_id: UUID
    payment_id: UUID
    intent_id: str
    charge: Charge


async def payment(
    means: Means, *, shop_id: UUID, payment_id: UUID, intent: Intent, now: datetime
) -> None:
    """Bring a payment, its appointment and the books to what Stripe says of its intent.

    Raises SettlementMismatch when Stripe collected another amount than was asked for.
    """
    match intent.status:
        case IntentStatus.SUCCEEDED if intent.charge is not None:
            arrival = Arrival(shop_id, payment_id, intent.id, intent.charge)
            account = await _arrived(means, arrival, now=now)
            if moved := intent.charge.balance_transaction:
                await movements.book(
                    means,
                    moved,
                    of=intent.charge.amount,
                    shop_id=shop_id,
                    stripe_account=account,
                    now=now,
                )
        case IntentStatus.PROCESSING | IntentStatus.REQUIRES_CAPTURE | IntentStatus.SUCCEEDED:
            await _attempted(
                means, shop_id, payment_id, intent, to=PaymentState.PROCESSING, now=now
            )
        case IntentStatus.CANCELED:
            await _attempted(means, shop_id, payment_id, intent, to=PaymentState.CANCELLED, now=now)
        case (
            IntentStatus.REQUIRES_PAYMENT_METHOD
            | IntentStatus.REQUIRES_CONFIRMATION
            | IntentStatus.REQUIRES_ACTION
        ):
            await _attempted(means, shop_id, payment_id, intent, to=PaymentState.OPEN, now=now)
        case _:
            assert_never(intent.status)


async def _attempted(
    means: Means,
    shop_id: UUID,
    payment_id: UUID,
    intent: Intent,
    *,
    to: PaymentState,
    now: datetime,
) -> None:
    async with means.database.platform() as db:
        await moves.attempt(
            db,
            shop_id=shop_id,
            payment_id=payment_id,
            to=to,
            intent_id=intent.id,
            via=Via.CHECKOUT if intent.metadata.get("via") == Via.CHECKOUT else Via.ELEMENT,
            decline_code=intent.decline_code,
            now=now,
        )


async def _arrived(means: Means, arrival: Arrival, *, now: datetime) -> str:
    """Settle what arrived; the Stripe account whose books it is in."""
    for _ in range(TRIES):
        async with means.database.platform_statement() as db:
            found = await queries.load_for_settling(
                db, shop_id=arrival.shop_id, payment_id=arrival.payment_id
            )
        if found is None:
            raise SettlementMismatch(f"no payment {arrival.payment_id} of ours")
        if found.charge_id == arrival.charge.id:
            return found.stripe_account
        if found.payment_state in (PaymentState.CAPTURED, PaymentState.CANCELLED):
            await _give_back_twice_paid(means, arrival, found, now=now)
            return found.stripe_account
        _check(found, arrival)
        match found.appointment_state:
            case AppointmentState.HELD:
                done = await _confirm(means, arrival, found, now=now)
            case AppointmentState.EXPIRED:
                done = await _take_back(means, arrival, found, now=now)
            case (
                AppointmentState.CONFIRMED
                | AppointmentState.ARRIVED
                | AppointmentState.COMPLETED
                | AppointmentState.CANCELLED
                | AppointmentState.NO_SHOW
            ):
                done = await _give_back(means, arrival, found, now=now)
            case _:
                assert_never(found.appointment_state)
        if done:
            return found.stripe_account
    raise StillMoving


def _check(found: Settling, arrival: Arrival) -> None:
    asked = Money(found.amount, currency(found.currency))
    if arrival.charge.amount != asked:
        raise SettlementMismatch(f"asked for {asked}, collected {arrival.charge.amount}")


async def _give_back_twice_paid(
    means: Means, arrival: Arrival, found: Settling, *, now: datetime
) -> None:
    """A second charge came for one payment, or one for a payment given up: book it and send it
    back, as a payment of its own, so that nobody pays twice and no cent is unaccounted for."""
    _check(found, arrival)
    twice = replace(arrival, payment_id=ids.new(now))
    try:
        async with means.database.platform() as db:
            await lock_appointment(db, shop_id=arrival.shop_id, appointment_id=found.appointment_id)
            if await payments.find_by_charge(
                db, stripe_account=found.stripe_account, charge_id=arrival.charge.id
            ):
                return
            await payments.add_payment(
                db,
                shop_id=arrival.shop_id,
                payment_id=twice.payment_id,
                appointment_id=found.appointment_id,
                purpose=found.purpose,
                service_amount=found.service_amount,
                tax_amount=found.tax_amount,
                tip_amount=found.tip_amount,
                currency=found.currency,
                stripe_account=found.stripe_account,
                via=Via.ELEMENT,
                now=now,
            )
            await _return(db, twice, found, reason=RefundReason.DUPLICATE, now=now)
            tell = Work(WorkKind.TELL_SLOT_LOST, found.appointment_id, now)
            await queue.enqueue(db, tell, shop_id=arrival.shop_id, now=now)
    except asyncpg.UniqueViolationError:
        raise StillMoving from None  # the same charge is being booked; look again


async def _confirm(means: Means, arrival: Arrival, found: Settling, *, now: datetime) -> bool:
    """The slot is still held: everything in one statement."""
    charge = arrival.charge
    values = journal.parameters(
        rules.payment_captured(
            charge=charge.id,
            visit=ids.show("apt", found.appointment_id),
            amount=charge.amount,
            at=charge.created,
        ),
        stripe_account=found.stripe_account,
        now=now,
    )
    async with means.database.platform_statement() as db:
        settled = await queries.settle(
            db,
            shop_id=arrival.shop_id,
            appointment_id=found.appointment_id,
            payment_id=arrival.payment_id,
            intent_id=arrival.intent_id,
            charge_id=charge.id,
            card_brand=charge.card_brand,
            card_last4=charge.card_last4,
            now=now,
            audit_id=ids.new(now),
            actor=ACTOR,
            act="payment.captured",
            object=ids.show("pay", arrival.payment_id),
            facts={**charge.amount.to_json(), "charge": charge.id},
            job_id=ids.new(now),
            job_kind=WorkKind.TELL_CONFIRMED,
            about=found.appointment_id,
            job_name=f"{WorkKind.TELL_CONFIRMED}:{found.appointment_id}",
            run_at=now,
            **values,
        )
    return bool(settled)


async def _take_back(means: Means, arrival: Arrival, found: Settling, *, now: datetime) -> bool:
    """The hold ran out: the client still gets the slot if nobody else has it."""
    try:
        async with means.database.platform() as db:
            await slots.expire_in_the_way(
                db,
                shop_id=arrival.shop_id,
                barber_id=found.barber_id,
                starts_at=found.starts_at,
                until=found.blocked_until,
                now=now,
            )
            moved = found.starts_at > now and await slots.move(
                db,
                shop_id=arrival.shop_id,
                appointment_id=found.appointment_id,
                source=AppointmentState.EXPIRED,
                to=AppointmentState.CONFIRMED,
                now=now,
            )
            if moved:
                await _capture(db, arrival, found, now=now)
                tell = Work(WorkKind.TELL_CONFIRMED, found.appointment_id, now)
                await queue.enqueue(db, tell, shop_id=arrival.shop_id, now=now)
                return True
    except SlotTaken:
        pass
    return await _give_back(means, arrival, found, now=now)


async def _give_back(means: Means, arrival: Arrival, found: Settling, *, now: datetime) -> bool:
    """The slot is lost, or was paid already: book what came and promise it back in full."""
    async with means.database.platform() as db:
        state = await lock_appointment(
            db, shop_id=arrival.shop_id, appointment_id=found.appointment_id
        )
        if state is not found.appointment_state:
            return False
        await _return(db, arrival, found, reason=RefundReason.SLOT_LOST, now=now)
        tell = Work(WorkKind.TELL_SLOT_LOST, found.appointment_id, now)
        await queue.enqueue(db, tell, shop_id=arrival.shop_id, now=now)
    return True


async def _return(
    db: Connection, arrival: Arrival, found: Settling, *, reason: RefundReason, now: datetime
) -> None:
    await _capture(db, arrival, found, now=now)
    code = currency(found.currency)
    await refund.promise(
        db,
        shop_id=arrival.shop_id,
        payment_id=arrival.payment_id,
        parts=Parts(
            Money(found.service_amount, code),
            Money(found.tax_amount, code),
            Money(found.tip_amount, code),
        ),
        reason=reason,
        note="",
        actor=ACTOR,
        now=now,
    )


async def _capture(db: Connection, arrival: Arrival, found: Settling, *, now: datetime) -> None:
    charge = arrival.charge
    captured = await payments.capture(
        db,
        shop_id=arrival.shop_id,
        payment_id=arrival.payment_id,
        intent_id=arrival.intent_id,
        charge_id=charge.id,
        card_brand=charge.card_brand,
        card_last4=charge.card_last4,
        captured_at=charge.created,
    )
    if not captured:
        raise StillMoving
    await journal.post(
        db,
        rules.payment_captured(
            charge=charge.id,
            visit=ids.show("apt", found.appointment_id),
            amount=charge.amount,
            at=charge.created,
        ),
        shop_id=arrival.shop_id,
        stripe_account=found.stripe_account,
        now=now,
    )
    await trail.record(
        db,
        shop_id=arrival.shop_id,
        actor=ACTOR,
        act="payment.captured",
        object=ids.show("pay", arrival.payment_id),
        facts={**charge.amount.to_json(), "charge": charge.id},
        now=now,
    )
