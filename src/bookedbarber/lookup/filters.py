"""Which payments somebody wants to see: one value, read from an address and written back to it.

Page, API and CSV read the same names, so that an address says the same wherever it is pasted.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final, TypeVar
from uuid import UUID

from bookedbarber import ids
from bookedbarber.booking.calendar import EARLIEST, LATEST
from bookedbarber.errors import Refused
from bookedbarber.lookup import terms
from bookedbarber.lookup.words import Status
from bookedbarber.money import Currency, Money
from bookedbarber.payments.states import Purpose

T = TypeVar("T")


class Name(StrEnum):
    """A filter as an address names it."""

    STATE = "state"
    PURPOSE = "purpose"
    BARBER = "barber"
    SERVICE = "service"
    FROM = "from"
    TO = "to"
    MIN = "min"
    MAX = "max"
    TERM = "q"


REASONS: Final = {
    Name.STATE: "That is no state of a payment.",
    Name.PURPOSE: "That is no kind of payment.",
    Name.BARBER: "That is no barber's id.",
    Name.SERVICE: "That is no service's id.",
    Name.FROM: "Write the day as 2026-11-23.",
    Name.TO: "Write the day as 2026-11-23.",
    Name.MIN: "Write an amount in the shop's currency, such as 45.00.",
    Name.MAX: "Write an amount in the shop's currency, such as 45.00.",
    Name.TERM: "Search by an id, a whole e-mail address, the last four digits of a card or an "
    "exact amount. Names are sealed and cannot be searched.",
}
BACKWARDS: Final = {
    Name.TO: "The last day is before the first.",
    Name.MAX: "The highest amount is below the lowest.",
}
UNKNOWN: Final = "There is no such filter."
TWICE: Final = "This filter is given twice."


@dataclass(frozen=True, slots=True)
class Wrong:
    """A filter that cannot be taken, as it was written, and why."""

    name: str
    value: str
    reason: str


class FilterInvalid(Refused):
    """A filter has a name or a value that cannot be taken; nothing is shown for it."""

    code: ClassVar[str] = "filter_invalid"

    def __init__(self, wrong: Iterable[Wrong]) -> None:
        self.wrong = tuple(wrong)
        errors = [{"filter": one.name, "reason": one.reason} for one in self.wrong]
        super().__init__("; ".join(f"{e['filter']}: {e['reason']}" for e in errors), errors=errors)


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Every condition holds at once; one that is None is none. Days are the shop's own, both
    included; `least` and `most` are in its currency; `term` was found readable."""

    state: Status | None = None
    purpose: Purpose | None = None
    barber: UUID | None = None
    service: UUID | None = None
    since: date | None = None
    until: date | None = None
    least: Money | None = None
    most: Money | None = None
    term: str | None = None

    def to_query(self) -> dict[str, str]:
        """The filter as an address carries it, in the order of the fields."""
        values = [
            (Name.STATE, self.state),
            (Name.PURPOSE, self.purpose),
            (Name.BARBER, ids.show("bar", self.barber) if self.barber else None),
            (Name.SERVICE, ids.show("svc", self.service) if self.service else None),
            (Name.FROM, self.since.isoformat() if self.since else None),
            (Name.TO, self.until.isoformat() if self.until else None),
            (Name.MIN, self.least.to_major() if self.least else None),
            (Name.MAX, self.most.to_major() if self.most else None),
            (Name.TERM, self.term),
        ]
        return {name.value: str(value) for name, value in values if value is not None}

    def facts(self, of: Currency) -> dict[str, str]:
        """The filter for the trail, which holds nothing of a person and no digits of a card."""
        told = self.to_query()
        if self.term is not None:
            told[Name.TERM] = f"({terms.read(self.term, of).kind})"
        return told

    def __bool__(self) -> bool:
        """Whether there is any condition."""
        return any(getattr(self, field.name) is not None for field in fields(self))


@dataclass(frozen=True, slots=True)
class Reading:
    """What an address said: the filter, and what of it could not be taken."""

    filter: PaymentFilter
    wrong: tuple[Wrong, ...]

    def sound(self) -> PaymentFilter:
        """The filter. Raises FilterInvalid when anything of it could not be taken."""
        if self.wrong:
            raise FilterInvalid(self.wrong)
        return self.filter


def read(given: Iterable[tuple[str, str]], of: Currency, *, beside: Iterable[str] = ()) -> Reading:
    """Read the parameters of an address; those named in `beside` mean something else. An empty
    value is none, as an empty field of a form sends it."""
    values: dict[str, str] = {}
    wrong: list[Wrong] = []
    for name, value in given:
        if name in set(beside) or not value.strip():
            continue
        if name not in set(Name):
            wrong.append(Wrong(name, value, UNKNOWN))
        elif name in values:
            wrong.append(Wrong(name, value, TWICE))
        else:
            values[name] = value.strip()
    return _read(values, of, wrong)


def _read(values: Mapping[str, str], of: Currency, wrong: list[Wrong]) -> Reading:
    def take(name: Name, reader: Callable[[str], T]) -> T | None:
        if name not in values:
            return None
        try:
            return reader(values[name])
        except (Refused, ValueError):
            wrong.append(Wrong(name, values[name], REASONS[name]))
            return None

    found = PaymentFilter(
        state=take(Name.STATE, Status),
        purpose=take(Name.PURPOSE, Purpose),
        barber=take(Name.BARBER, lambda text: ids.parse("bar", text)),
        service=take(Name.SERVICE, lambda text: ids.parse("svc", text)),
        since=take(Name.FROM, _day),
        until=take(Name.TO, _day),
        least=take(Name.MIN, lambda text: _amount(text, of)),
        most=take(Name.MAX, lambda text: _amount(text, of)),
        term=take(Name.TERM, lambda text: _term(text, of)),
    )
    if found.since and found.until and found.until < found.since:
        wrong.append(Wrong(Name.TO, values[Name.TO], BACKWARDS[Name.TO]))
    if found.least and found.most and found.most < found.least:
        wrong.append(Wrong(Name.MAX, values[Name.MAX], BACKWARDS[Name.MAX]))
    return Reading(found, tuple(wrong))


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not EARLIEST <= day.year < LATEST:
        raise ValueError("no day that zones can tell")
    return day


def _amount(text: str, of: Currency) -> Money:
    amount = Money.parse_reported(text, of)
    if amount.minor < 0:
        raise ValueError("no payment is below zero")
    return amount


def _term(text: str, of: Currency) -> str:
    terms.read(text, of)
    return text
