"""The filters of a list that are set, each with the way to take it away."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from bookedbarber.lookup.filters import Name, PaymentFilter
from bookedbarber.lookup.words import Status
from bookedbarber.money import Money
from bookedbarber.pages.staff import words
from bookedbarber.pages.texts import N_
from bookedbarber.payments.states import Purpose

LABELS: Final[Mapping[str, str]] = {
    Name.STATE: N_("State"),
    Name.PURPOSE: N_("Kind"),
    Name.BARBER: N_("Barber"),
    Name.SERVICE: N_("Service"),
    Name.FROM: N_("From"),
    Name.TO: N_("To"),
    Name.MIN: N_("At least"),
    Name.MAX: N_("At most"),
    Name.TERM: N_("Search"),
}
# A filter's fields stand in the order of their names.
FIELDS: Final = tuple(
    (field.name, LABELS[name]) for field, name in zip(fields(PaymentFilter), Name, strict=True)
)
Value = Status | Purpose | UUID | date | Money | str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it. Exactly one of the values is given: a name
    as people wrote it, a word of ours, an amount or a day."""

    label: str
    without: str
    name: str = ""
    word: str = ""
    amount: Money | None = None
    day: date | None = None


def of(base: str, asked: PaymentFilter, names: Mapping[UUID, str]) -> tuple[Chip, ...]:
    """A chip for each condition; `names` are those of the shop's barbers and services."""
    return tuple(
        _chip(label, _without(base, asked, field), value, names)
        for field, label in FIELDS
        if (value := getattr(asked, field)) is not None
    )


def _without(base: str, asked: PaymentFilter, field: str) -> str:
    left = replace(asked, **{field: None}).to_query()
    return f"{base}?{urlencode(left)}" if left else base


def _chip(label: str, without: str, value: Value, names: Mapping[UUID, str]) -> Chip:
    match value:
        case Status():
            return Chip(label, without, word=words.STATUS[value][2])
        case Purpose():
            return Chip(label, without, word=words.purpose(value))
        case UUID():
            return Chip(label, without, name=names.get(value, str(value)))
        case Money():
            return Chip(label, without, amount=value)
        case date():
            return Chip(label, without, day=value)
        case str():
            return Chip(label, without, name=value)
