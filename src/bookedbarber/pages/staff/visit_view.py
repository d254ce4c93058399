"""What the pages of one visit show: plain values, decided already."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from bookedbarber.checkout.day import Verb
from bookedbarber.lookup import definitions
from bookedbarber.money import Money
from bookedbarber.pages.staff.day_view import State
from bookedbarber.pages.views import Card, RefundState


@dataclass(frozen=True, slots=True)
class Press:
    """Something that may be done now: `post` at once, or a page that asks first; `owed` is what it
    leaves to be paid at the shop."""

    verb: Verb
    icon: str
    word: str
    href: str
    post: bool
    main: bool
    owed: Money | None


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that arrived; `refund` leads to giving it back, empty where nobody here may."""

    id: str
    amount: Money
    at: datetime
    card: Card | None
    deposit: bool
    left: Money
    refund: str


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund that stands."""

    amount: Money
    at: datetime
    state: RefundState
    why: str
    note: str


@dataclass(frozen=True, slots=True)
class Sums:
    """What the visit came to."""

    price: Money
    tip: Money
    total: Money
    paid: Money
    refunded: Money
    due: Money


@dataclass(frozen=True, slots=True)
class VisitPage:
    """`/desk/{shop}/visits/{visit}`: everything about one visit, and what may be done with it.

    `to_day` when it is shown beside its day, to which its acts then lead back.
    """

    template: ClassVar[str] = "staff/visit.html"
    room: ClassVar[str] = "day"
    title: str
    id: str
    href: str
    live: str
    to_day: bool
    day: str
    guest: str
    email: str
    phone: str
    service: str
    barber: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    state: State
    walk_in: bool
    booked_at: datetime
    arrived_at: datetime | None
    closed_at: datetime | None
    cancelled: str
    sums: Sums
    payments: tuple[Paid, ...]
    refunds: tuple[Refunded, ...]
    presses: tuple[Press, ...]
    said: State | None
    say: ClassVar[object] = definitions


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to end a visit, and what it comes to; `by` goes with the form, `agreed` is the sum
    that was shown."""

    by: str
    refund: Money
    kept: Money
    agreed: str


@dataclass(frozen=True, slots=True)
class EndPage:
    """The question before cancelling a visit or noting a no-show, with the sums first."""

    template: str
    room: ClassVar[str] = "day"
    title: str
    visit: VisitPage
    action: str
    ticket: str
    offers: tuple[Offer, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RefundPage:
    """How much of one payment goes back, and why; then, once, the question."""

    template: ClassVar[str] = "staff/refund.html"
    room: ClassVar[str] = "day"
    title: str
    visit: VisitPage
    payment: Paid
    action: str
    ticket: str
    amount: str
    reason: str
    reasons: tuple[tuple[str, str], ...]
    why: str
    note: str
    asking: Money | None = None
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WalkInPage:
    """`/desk/{shop}/walk-in`: who, for what, with whom, when."""

    template: ClassVar[str] = "staff/walk_in.html"
    room: ClassVar[str] = "day"
    title: str
    day: str
    action: str
    ticket: str
    barbers: tuple[tuple[str, str], ...]  # with when they are free
    services: tuple[tuple[str, str], ...]  # with their prices
    barber: str
    service: str
    name: str
    email: str
    start: str
    problems: dict[str, str] = field(default_factory=dict)
