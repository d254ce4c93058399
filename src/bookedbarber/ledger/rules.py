"""Which event debits and credits what. Pure: facts in, a balanced entry out.

The numbers are those of the posting rules in `docs/books.md`. Each entry is keyed by the id of
what happened, never by its kind: two partial refunds of one charge are two events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bookedbarber.ledger.chart import Account, Side
from bookedbarber.money import Money


class EntryKind(StrEnum):
    """What an entry books."""

    PAYMENT_CAPTURED = "payment_captured"
    BALANCE_TRANSACTION = "balance_transaction"
    CURRENCY_EXCHANGED = "currency_exchanged"
    VISIT_COMPLETED = "visit_completed"
    REFUND_PROMISED = "refund_promised"
    REFUND_UNDONE = "refund_undone"
    CANCELLED_LATE = "cancelled_late"
    NO_SHOW = "no_show"
    DEPOSIT_APPLIED = "deposit_applied"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line: an account, a side and a positive amount, on an open item."""

    account: Account
    side: Side
    amount: Money
    item: str
    party: UUID | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated business event: postings in one currency whose debits equal their credits."""

    kind: EntryKind
    happened: str
    effective_at: datetime
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        debits = sum(p.amount.minor for p in self.postings if p.side is Side.DEBIT)
        credits_ = sum(p.amount.minor for p in self.postings if p.side is Side.CREDIT)
        if debits != credits_ or not self.postings:
            raise AssertionError(f"{self.happened}: debits {debits}, credits {credits_}")
        if any(p.amount.minor <= 0 for p in self.postings):
            raise AssertionError(f"{self.happened}: postings are positive")
        if len({p.amount.currency for p in self.postings}) != 1:
            raise AssertionError(f"{self.happened}: one currency for each entry")


@dataclass(frozen=True, slots=True)
class Parts:
    """What an amount is made of; the three add up to it."""

    service: Money
    tax: Money
    tip: Money

    @property
    def total(self) -> Money:
        """Everything together."""
        return self.service + self.tax + self.tip


@dataclass(frozen=True, slots=True)
class Movement:
    """Stripe's record of one movement of its balance, in minor units; `net` = amount - fee."""

    id: str
    type: str
    reporting_category: str
    balance_type: str
    source: str
    amount: Money
    fee: Money
    net: Money
    created: datetime
    available_on: datetime


@dataclass(frozen=True, slots=True)
class Sources:
    """Out of what a refund is paid: first the deposit, then what the rest of the money became."""

    deposit: Money
    earned: Parts
    income: Account = Account.SERVICE_INCOME

    @property
    def total(self) -> Money:
        """What the client gets."""
        return self.deposit + self.earned.total


def debit(account: Account, amount: Money, item: str, party: UUID | None = None) -> Posting:
    """A line on the left."""
    return Posting(account, Side.DEBIT, amount, item, party)


def credit(account: Account, amount: Money, item: str, party: UUID | None = None) -> Posting:
    """A line on the right."""
    return Posting(account, Side.CREDIT, amount, item, party)


def payment_captured(*, charge: str, visit: str, amount: Money, at: datetime) -> Entry:
    """Rule 1. The money is at Stripe and owed to the client as a visit."""
    return Entry(
        EntryKind.PAYMENT_CAPTURED,
        f"charge:{charge}",
        at,
        (
            debit(Account.AWAITING_STRIPE, amount, charge),
            credit(Account.CLIENT_DEPOSITS, amount, visit),
        ),
    )


def balance_moved(movement: Movement, *, refund: str | None, of: Money) -> Entry:
    """Rules 2, 7 and 9. Stripe moved its balance: settle what was waiting for it.

    `refund` is our refund that a refund's movement belongs to; `of` is the amount that was charged
    or given back, in its own currency. A type without a rule, or one whose owner is unknown, goes
    to suspense, so that our balance always equals Stripe's.
    """
    other, item = _settled_by(movement, refund)
    if _converted(movement, other, of):
        other, item = Account.CURRENCY_EXCHANGE, movement.id
    lines = (
        _signed(Account.STRIPE_BALANCE, movement.net, movement.id),
        _signed(Account.STRIPE_FEES, movement.fee, movement.id),
        _signed(other, -movement.amount, item),
    )
    return Entry(
        EntryKind.BALANCE_TRANSACTION,
        f"balance_transaction:{movement.id}",
        movement.created,
        tuple(line for line in lines if line is not None),
    )


def exchanged(movement: Movement, *, refund: str | None, of: Money) -> Entry | None:
    """The other half of a movement that Stripe converted, in the currency of what waited for it;
    both halves stand on the movement. None when nothing was converted."""
    other, item = _settled_by(movement, refund)
    if not _converted(movement, other, of):
        return None
    moved = of if movement.amount.minor > 0 else -of
    lines = (
        _signed(Account.CURRENCY_EXCHANGE, moved, movement.id),
        _signed(other, -moved, item),
    )
    return Entry(
        EntryKind.CURRENCY_EXCHANGED,
        f"exchanged:{movement.id}",
        movement.created,
        tuple(line for line in lines if line is not None),
    )


def _settled_by(movement: Movement, refund: str | None) -> tuple[Account, str]:
    """What a movement settles: an account and the item that waited there."""
    match movement.type:
        case "charge" | "payment":
            return Account.AWAITING_STRIPE, movement.source
        case "refund" | "payment_refund" | "refund_failure" | "payment_failure_refund" if (
            refund is not None
        ):
            return Account.REFUNDS_PAYABLE, refund
        case _:
            return Account.SUSPENSE, movement.id


def _converted(movement: Movement, settles: Account, of: Money) -> bool:
    return settles is not Account.SUSPENSE and movement.amount.currency != of.currency


def _signed(account: Account, amount: Money, item: str) -> Posting | None:
    """A debit of a positive amount, a credit of a negative one, nothing of nothing."""
    if amount.minor == 0:
        return None
    return debit(account, amount, item) if amount.minor > 0 else credit(account, -amount, item)


def visit_completed(*, visit: str, sold: Parts, paid: Money, barber: UUID, at: datetime) -> Entry:
    """Rule 3. The work is done: what was paid becomes income, tax and the barber's tip.

    What was not paid ahead is owed by the client. Splits by plan join here later: they are
    further entries on the same visit.
    """
    owed = sold.total - paid
    lines = [
        debit(Account.CLIENT_DEPOSITS, paid, visit),
        debit(Account.RECEIVABLE_FROM_CLIENT, owed, visit),
        *_earned(Side.CREDIT, sold, visit, Account.SERVICE_INCOME, barber),
    ]
    return Entry(EntryKind.VISIT_COMPLETED, f"completed:{visit}", at, _without_zeros(lines))


def refund_promised(
    *, refund: str, visit: str, sources: Sources, barber: UUID, at: datetime
) -> Entry:
    """Rule 7, first half. Money is owed back, out of where it stood. Stripe's fee stays."""
    lines = [
        debit(Account.CLIENT_DEPOSITS, sources.deposit, visit),
        *_earned(Side.DEBIT, sources.earned, visit, sources.income, barber),
        credit(Account.REFUNDS_PAYABLE, sources.total, refund),
    ]
    return Entry(EntryKind.REFUND_PROMISED, f"refund:{refund}", at, _without_zeros(lines))


def refund_undone(promise: Sequence[Posting], *, refund: str, at: datetime) -> Entry:
    """A promised refund that will never be sent: the promise, line by line, the other way."""
    lines = tuple(Posting(p.account, p.side.other, p.amount, p.item, p.party) for p in promise)
    return Entry(EntryKind.REFUND_UNDONE, f"refund_undone:{refund}", at, lines)


def cancelled_late(*, visit: str, kept: Parts, at: datetime) -> Entry:
    """Rule 10. The policy lets the shop keep part of what was paid; a tip is never kept."""
    lines = _keep(visit, kept)
    return Entry(EntryKind.CANCELLED_LATE, f"cancelled:{visit}", at, lines)


def no_show(*, visit: str, kept: Parts, at: datetime) -> Entry:
    """Rule 10. The client did not come: the shop keeps what it would of a late cancellation, and
    as the same income, since the same term of the policy says so."""
    return Entry(EntryKind.NO_SHOW, f"no_show:{visit}", at, _keep(visit, kept))


def _keep(visit: str, kept: Parts) -> tuple[Posting, ...]:
    if kept.tip.minor:
        raise AssertionError("a tip for work not done goes back")
    lines = (
        debit(Account.CLIENT_DEPOSITS, kept.total, visit),
        credit(Account.LATE_CANCELLATION_INCOME, kept.service, visit),
        credit(Account.TAX_PAYABLE, kept.tax, visit),
    )
    return _without_zeros(lines)


def deposit_applied(*, visit: str, amount: Money, refund: str, at: datetime) -> Entry:
    """A refund was withdrawn when the visit was over: the money pays what was then owed for it."""
    lines = (
        debit(Account.CLIENT_DEPOSITS, amount, visit),
        credit(Account.RECEIVABLE_FROM_CLIENT, amount, visit),
    )
    return Entry(EntryKind.DEPOSIT_APPLIED, f"deposit_applied:{refund}", at, lines)


def _earned(side: Side, parts: Parts, visit: str, income: Account, barber: UUID) -> list[Posting]:
    return [
        Posting(income, side, parts.service, visit),
        Posting(Account.TAX_PAYABLE, side, parts.tax, visit),
        Posting(Account.TIPS_PAYABLE, side, parts.tip, visit, barber),
    ]


def _without_zeros(lines: Sequence[Posting]) -> tuple[Posting, ...]:
    return tuple(line for line in lines if line.amount.minor)
