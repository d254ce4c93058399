"""What somebody has in hand, and what it can be looked up by.

Names are sealed one by one under each person's own key, so nothing finds a client by name; an
address is found by its blind index, whole.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.errors import Refused
from bookedbarber.ids import IdInvalid
from bookedbarber.money import Currency, Money
from bookedbarber.money.amounts import AmountInvalid, AmountNotExact, AmountTooLarge
from bookedbarber.vault.index import EmailInvalid, normal_email

LONGEST: Final = 254
_ID_LENGTH: Final = 26
_STRIPE: Final = re.compile(r"(pi|ch|py|re|pyr)_[A-Za-z0-9_]{3,250}")
_LAST4: Final = re.compile(r"[0-9]{4}")
_FIRST_ID: Final = UUID(int=0)
_LAST_ID: Final = UUID(int=2**128 - 1)


class TermUnreadable(Refused):
    """Nothing can be looked up by this: it is neither an id, an amount, four digits nor an
    address."""

    code: ClassVar[str] = "search_term_unreadable"


class TermKind(StrEnum):
    """What a term was taken for."""

    PAYMENT = "payment"
    BOOKING = "booking"
    REFUND = "refund"
    STRIPE = "stripe"
    EMAIL = "email"
    DIGITS = "digits"  # a card's last four, an amount, or both


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it was understood. `low` and `high` bound the payments whose ids begin with it."""

    kind: TermKind
    low: UUID = _FIRST_ID
    high: UUID = _LAST_ID
    booking: UUID | None = None
    refund: UUID | None = None
    stripe: str | None = None
    email: str | None = None
    exact: int | None = None
    last4: str | None = None


def read(text: str, of: Currency) -> Term:
    """Take a term for what it looks like. Raises TermUnreadable."""
    term = text.strip()
    if len(term) <= LONGEST:
        for taken in (_ours, _stripes, _email, _digits):
            if found := taken(term, of):
                return found
    raise TermUnreadable


def _ours(term: str, _: Currency) -> Term | None:
    lower = term.lower()
    try:
        if lower.startswith("pay_"):
            return _payment(lower)
        if lower.startswith("apt_"):
            return Term(TermKind.BOOKING, booking=ids.parse("apt", lower))
        if lower.startswith("ref_"):
            return Term(TermKind.REFUND, refund=ids.parse("ref", lower))
    except IdInvalid:
        raise TermUnreadable from None
    return None


def _payment(prefix: str) -> Term:
    """The shown form sorts as the identifier does, so what begins alike lies side by side."""
    whole = len("pay_") + _ID_LENGTH
    low = ids.parse("pay", prefix.ljust(whole, "0"))
    last = ids.parse("pay", prefix.ljust(whole, "z")) if prefix != "pay_" else _LAST_ID
    return Term(TermKind.PAYMENT, low=low, high=UUID(int=min(last.int + 1, _LAST_ID.int)))


def _stripes(term: str, _: Currency) -> Term | None:
    return Term(TermKind.STRIPE, stripe=term) if _STRIPE.fullmatch(term) else None


def _email(term: str, _: Currency) -> Term | None:
    if "@" not in term:
        return None
    try:
        return Term(TermKind.EMAIL, email=normal_email(term))
    except EmailInvalid:
        raise TermUnreadable from None


def _digits(term: str, of: Currency) -> Term | None:
    """Four digits may be a card's last or an amount: both are looked for."""
    last4 = term if _LAST4.fullmatch(term) else None
    try:
        exact: int | None = Money.parse_reported(term, of).minor
    except (AmountInvalid, AmountNotExact, AmountTooLarge):
        exact = None
    if last4 is None and (exact is None or exact < 0):
        return None
    return Term(TermKind.DIGITS, exact=exact, last4=last4)
