"""From what a client paid to what is left of it: every number out of a row of ours, or of Stripe's
own movement as it was booked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bookedbarber import ids
from bookedbarber.lookup.queries import Moved
from bookedbarber.money import Money, currency, total
from bookedbarber.payments.queries import Payment, Refund
from bookedbarber.payments.states import PaymentState, RefundState


class WaitingFor(StrEnum):
    """What is not done yet, or not known."""

    CHARGE_MOVEMENT = "charge_movement"  # captured; Stripe has not said what it keeps of it
    REFUND_SENDING = "refund_sending"  # promised; Stripe has not answered yet
    REFUND_BANK = "refund_bank"  # Stripe took it and has not sent it yet
    REFUND_MOVEMENT = "refund_movement"  # sent; its movement is not booked yet
    REFUND_OWED = "refund_owed"  # it came back: still owed to the client


@dataclass(frozen=True, slots=True)
class Waiting:
    """An amount that waits for something, since when; `about` is the id of what it is."""

    for_: WaitingFor
    amount: Money
    since: datetime
    about: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What Stripe's balance shows of a payment in one currency: collected, less its fee, plus what
    went back (below zero), is net."""

    collected: Money
    fee: Money
    returned: Money
    net: Money


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`settled` is empty until Stripe's movement is known, and has more than one line only where
    Stripe's balance holds several currencies. `refunds` is all that goes back or went."""

    service: Money
    tax: Money
    tip: Money
    amount: Money
    paid: Money
    refunds: Money
    settled: tuple[Settled, ...]
    waiting: tuple[Waiting, ...]


def of(payment: Payment, refunds: Sequence[Refund], movements: Sequence[Moved]) -> Breakdown:
    """The breakdown of one payment, with its refunds and everything Stripe moved for it."""
    code = currency(payment.currency)
    captured = payment.state is PaymentState.CAPTURED
    amount = Money(payment.amount, code)
    return Breakdown(
        service=Money(payment.service_amount, code),
        tax=Money(payment.tax_amount, code),
        tip=Money(payment.tip_amount, code),
        amount=amount,
        paid=amount if captured else Money.zero(code),
        refunds=Money(payment.refunding, code),
        settled=tuple(_settled(payment.charge_id, movements)),
        waiting=tuple(_waiting(payment, refunds, movements)),
    )


def _settled(charge_id: str | None, movements: Sequence[Moved]) -> Iterable[Settled]:
    for code in dict.fromkeys(one.currency for one in movements):
        here, of_ = [one for one in movements if one.currency == code], currency(code)
        came = [one for one in here if one.source == charge_id]
        went = [one for one in here if one.source != charge_id]
        yield Settled(
            collected=total((Money(one.amount, of_) for one in came), of_),
            fee=total((Money(one.fee, of_) for one in here), of_),
            returned=total((Money(one.amount, of_) for one in went), of_),
            net=total((Money(one.net, of_) for one in here), of_),
        )


def _waiting(
    payment: Payment, refunds: Sequence[Refund], movements: Sequence[Moved]
) -> Iterable[Waiting]:
    known, code = {one.source for one in movements}, currency(payment.currency)
    if payment.captured_at is not None and payment.charge_id not in known:
        amount, about = Money(payment.amount, code), ids.show("pay", payment.payment_id)
        yield Waiting(WaitingFor.CHARGE_MOVEMENT, amount, payment.captured_at, about)
    for refund in refunds:
        for_ = _refund_waits_for(refund, known)
        if for_ is not None:
            about = ids.show("ref", refund.refund_id)
            since = refund.settled_at or refund.asked_at
            yield Waiting(for_, Money(refund.amount, code), since, about)


def _refund_waits_for(refund: Refund, known: set[str]) -> WaitingFor | None:
    match refund.state:
        case RefundState.REQUESTED:
            return WaitingFor.REFUND_SENDING
        case RefundState.PENDING:
            return WaitingFor.REFUND_BANK
        case RefundState.SUCCEEDED if refund.stripe_refund_id not in known:
            return WaitingFor.REFUND_MOVEMENT
        case RefundState.FAILED:
            return WaitingFor.REFUND_OWED
        case _:
            return None
