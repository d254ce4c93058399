"""A visit ends without its work: what was paid is kept in part, and the rest goes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from uuid import UUID

from bookedbarber.booking.queries import Appointment
from bookedbarber.checkout import refund, shares
from bookedbarber.database import Connection
from bookedbarber.ledger import journal
from bookedbarber.ledger.rules import Entry, Parts
from bookedbarber.money import Money, currency, total
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment
from bookedbarber.payments.states import PaymentState, RefundReason


@dataclass(frozen=True, slots=True)
class Left:
    """A captured payment, locked, and what is left of it."""

    payment: Payment
    parts: Parts


@dataclass(frozen=True, slots=True)
class Share:
    """What becomes of one payment."""

    payment: Payment
    kept: Parts
    refund: Parts


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of everything that was paid for a visit."""

    shares: tuple[Share, ...]
    kept: Parts
    refund: Money


async def left_of(db: Connection, *, shop_id: UUID, visit: Appointment) -> list[Left]:
    """Every captured payment of a visit, locked, oldest first, with what is left of it. Lock the
    visit first."""
    made = await payments.list_payments(db, shop_id=shop_id, appointment_id=visit.appointment_id)
    found = []
    for seen in made:
        if seen.state is PaymentState.CAPTURED:
            paid = await payments.lock_payment(db, shop_id=shop_id, payment_id=seen.payment_id)
            if paid is None:
                raise LookupError(seen.payment_id)
            found.append(Left(paid, await refund.left_of(db, paid)))
    return found


def at_stake(left: Sequence[Left], code: str) -> Money:
    """What is left of the price, with its tax; a tip is for work that was done."""
    return total((one.parts.service + one.parts.tax for one in left), currency(code))


def share(left: Sequence[Left], kept: Money) -> Outcome:
    """Keep so much of what is left, out of the oldest payment first, and give back the rest.

    In the proportion of service and tax, and never of a tip. Pure.
    """
    rest, nothing = kept, Money.zero(kept.currency)
    found: list[Share] = []
    for one in left:
        own = shares.untipped(one.parts)
        part = shares.portion(own, min(rest, own.total))
        found.append(Share(one.payment, part, shares.difference(one.parts, part)))
        rest -= part.total
    if rest.minor:
        raise AssertionError("more was to be kept than was paid")
    return Outcome(
        shares=tuple(found),
        kept=reduce(shares.joined, (one.kept for one in found), Parts(nothing, nothing, nothing)),
        refund=total((one.refund.total for one in found), kept.currency),
    )


async def book(
    db: Connection,
    outcome: Outcome,
    keeping: Entry | None,
    *,
    reason: RefundReason,
    actor: str,
    now: datetime,
) -> None:
    """Book what is kept, if anything is, and promise back the rest, payment by payment."""
    for number, one in enumerate(outcome.shares):
        paid = one.payment
        if number == 0 and keeping is not None:
            account = paid.stripe_account
            await journal.post(db, keeping, shop_id=paid.shop_id, stripe_account=account, now=now)
        if one.refund.total.minor:
            await refund.promise(
                db,
                shop_id=paid.shop_id,
                payment_id=paid.payment_id,
                parts=one.refund,
                reason=reason,
                note="",
                actor=actor,
                now=now,
            )
