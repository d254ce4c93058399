"""What the day's pages show: plain values, decided already."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from bookedbarber.money import Money

State = tuple[str, str, str]  # icon, tone and word, as in texts.py


@dataclass(frozen=True, slots=True)
class Card:
    """One visit on the day. `place` are the classes that put it on the grid of minutes, `kind` is
    the name of its state."""

    id: str
    href: str
    place: str
    starts_at: datetime
    ends_at: datetime
    guest: str
    service: str
    barber: str
    kind: str
    state: State
    paid: Money
    due: Money
    walk_in: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Time that nobody has; `href` leads to seating a walk-in there, empty where none can be."""

    place: str
    starts_at: datetime
    ends_at: datetime
    href: str


@dataclass(frozen=True, slots=True)
class Worked:
    """When a barber works: the part of the column that is not shaded."""

    place: str


@dataclass(frozen=True, slots=True)
class Column:
    """One barber's day, everything in the order of time."""

    id: str
    name: str
    visits: int
    worked: tuple[Worked, ...]
    rows: tuple[Card | Gap, ...]


@dataclass(frozen=True, slots=True)
class Hour:
    """A line of the grid."""

    place: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DayPage:
    """`/desk/{shop}/day`: everybody's columns, or one's own."""

    room: ClassVar[str] = "day"
    template: str
    title: str
    day: date
    today: bool
    previous: date
    following: date
    live: str
    zone: str
    height: str
    hours: tuple[Hour, ...]
    now: str
    columns: tuple[Column, ...]
    gone: tuple[Card, ...]
    walk_in: bool
    said: State | None
