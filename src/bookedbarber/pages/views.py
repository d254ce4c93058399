"""What each page shows: plain values, already decided below.

The contract between the domains and the pages. A page never computes: no sum, no rate, no
deadline, no permission. It formats what it is given, in the shop's language and zone. Instants
are aware UTC datetimes; texts that people wrote (names, addresses, terms) come as they are and
everything else is a code or an enum that `texts.py` turns into a translated sentence.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from bookedbarber.api import problems as catalogue
from bookedbarber.money import Money
from bookedbarber.pages.demo import Oddity


@dataclass(frozen=True, slots=True)
class Accent:
    """A shop's own colour as it can be read in each theme."""

    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop a page belongs to. `locale` is the reader's language; where it names no country,
    numbers and times read as in `country`, and times always stand in `zone`. `sheet` and `logo` are
    the addresses of its own look, where it has one.
    """

    slug: str
    name: str
    address: str
    zone: str
    locale: str
    country: str
    phone: str = ""
    email: str = ""
    sheet: str = ""
    logo: str = ""
    accent: Accent | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The cancellation policy and the terms in force, as accepted with the booking.

    Cancelling is free until `free_hours` before; after that the shop keeps the deposit less
    `late_refund_bp` of it. What was paid beyond the deposit always goes back. `visit` is what that
    comes to once a time is chosen.
    """

    free_hours: int
    late_refund_bp: int
    version: str
    terms: tuple[str, ...]
    visit: "VisitPolicy | None" = None


class Window(StrEnum):
    """Where a visit stands in its policy."""

    FREE = "free"
    LATE = "late"
    BEGUN = "begun"


@dataclass(frozen=True, slots=True)
class VisitPolicy:
    """What cancelling one visit costs: nothing until `free_until`, then `fee` until it begins."""

    free_until: datetime
    fee: Money
    window: Window


@dataclass(frozen=True, slots=True)
class Tax:
    """Tax within (or on top of) a price; the rate is in basis points."""

    name: str
    rate_bp: int
    amount: Money
    included: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """What was booked; `barber` is empty while any barber will do."""

    service: str
    minutes: int
    barber: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Links:
    """The secret part of each address that is this client's alone."""

    pay: str
    receipt: str
    manage: str
    calendar: str
    again: str = ""  # a whole address: the booking page with the same service, barber and day


@dataclass(frozen=True, slots=True)
class Card:
    """The only card facts we ever hold."""

    brand: str
    last4: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend before booking: the form field it concerns and a code of `texts.py`."""

    field: str
    code: str


# --- booking ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ServiceOption:
    """A service on offer; not `online` where its price is none that Stripe collects."""

    value: str
    name: str
    minutes: int
    price: Money
    note: str = ""
    online: bool = True
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class BarberOption:
    """A barber who can do the chosen service; `name` empty means any barber."""

    value: str
    name: str
    next_free: datetime | None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class DayOption:
    """A day of the shop's calendar; not `free` when closed or full."""

    day: date
    free: bool
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """The days in sight and where the calendar can turn; None at its ends."""

    days: tuple[DayOption, ...]
    earlier: date | None
    later: date | None


@dataclass(frozen=True, slots=True)
class SlotOption:
    """A bookable time; its value is opaque to the page."""

    value: str
    starts_at: datetime
    free: bool = True
    chosen: bool = False


class Plan(StrEnum):
    """How much is paid at booking."""

    DEPOSIT = "deposit"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class PlanOption:
    """A way to pay, with what it costs now and later (tip not counted)."""

    plan: Plan
    now: Money
    later: Money
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class TipOption:
    """A tip on offer. `amount` None is the client's own figure, zero is no tip."""

    value: str
    amount: Money | None
    percent: int | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of what is chosen so far, exactly as it will be charged.

    `agreed` travels with the form and comes back: when it no longer fits what the server would
    charge, the client is asked again instead of being charged something not seen.
    """

    service: str
    minutes: int
    barber: str
    starts_at: datetime | None
    price: Money
    tax: Tax | None
    tip: Money
    total: Money
    plan: Plan
    due_now: Money
    due_later: Money
    agreed: str


@dataclass(frozen=True, slots=True)
class Details:
    """What the client typed, kept through every round trip and never put in an address."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class BookingPage:
    """`/b/{shop}`. Before a service is chosen, `quote` is None and later steps may be empty.

    `form` names this one form: pressing its button twice books once. `tip_example` is an amount as
    the client may type one. Until the shop is `opened` everything can be seen, and nothing booked.
    """

    template: ClassVar[str] = "booking.html"
    shop: Shop
    services: tuple[ServiceOption, ...]
    barbers: tuple[BarberOption, ...]
    week: Week | None
    slots: tuple[SlotOption, ...]
    plans: tuple[PlanOption, ...]
    tips: tuple[TipOption, ...]
    tip_typed: str
    details: Details
    quote: Quote | None
    policy: Policy
    hold_minutes: int
    form: str
    tip_example: Money | None = None
    opened: bool = True
    problems: tuple[Problem, ...] = ()


# --- paying ----------------------------------------------------------------------------------


class PaymentState(StrEnum):
    """Where a payment stands, in the client's terms; `checking` while only Stripe knows and cannot
    be asked."""

    READY = "ready"
    CHECKING = "checking"
    ACTION = "action"
    PROCESSING = "processing"
    PAID = "paid"
    EXPIRED = "expired"
    LOST = "lost"
    CANCELLED = "cancelled"
    UNAVAILABLE = "unavailable"


class RefundState(StrEnum):
    """Where a refund stands, in the client's terms."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class RefundStep(StrEnum):
    """One step of a refund, in the client's terms."""

    ASKED = "asked"
    ASKED_AGAIN = "asked_again"
    SENT = "sent"
    ARRIVED = "arrived"
    CAME_BACK = "came_back"


@dataclass(frozen=True, slots=True)
class Step:
    """How far a refund is: a step that is `done`, and when where that is known, or one to come."""

    step: RefundStep
    done: bool
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money returned, or on its way, with each step of it."""

    amount: Money
    at: datetime
    state: RefundState
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Intent:
    """What Stripe's script needs to collect this one payment."""

    publishable_key: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """`/pay/{link}`, whatever became of it. `decline` is Stripe's code for the last attempt;
    `closed` once Stripe will never collect it, `captured` once it has.
    """

    template: ClassVar[str] = "payment.html"
    shop: Shop
    visit: Visit
    price: Money
    tax: Tax | None
    tip: Money
    due_now: Money
    due_later: Money
    plan: Plan
    policy: Policy
    state: PaymentState
    links: Links
    hold_seconds: int = 0
    hold_total: int = 0
    decline: str = ""
    intent: Intent | None = None
    hosted: bool = False
    closed: bool = False
    captured: bool = False
    refund: Refund | None = None


# --- afterwards ------------------------------------------------------------------------------


class BookingState(StrEnum):
    """What became of the appointment, in the client's terms."""

    HELD = "held"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a visit was before its last move; `by_shop` unless the client moved it."""

    at: datetime
    from_starts_at: datetime
    from_barber: str
    by_shop: bool


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment received."""

    amount: Money
    at: datetime
    plan: Plan
    card: Card | None


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """`/receipt/{link}`: what was bought, paid and returned."""

    template: ClassVar[str] = "receipt.html"
    shop: Shop
    number: str
    issued_at: datetime
    client: str
    email: str
    visit: Visit
    state: BookingState
    price: Money
    tax: Tax | None
    tip: Money
    total: Money
    paid: tuple[Paid, ...]
    refunds: tuple[Refund, ...]
    due_later: Money
    policy: Policy
    links: Links


@dataclass(frozen=True, slots=True)
class CancelOffer:
    """What cancelling now returns and what it keeps; `free` inside the free period."""

    refund: Money
    kept: Money
    free: bool
    agreed: str


@dataclass(frozen=True, slots=True)
class ManagePage:
    """`/manage/{link}` and, when `asking`, the question before cancelling.

    `offer` is None when there is nothing left to cancel; `changed` says that the figures moved
    since the client last saw them, so the question is asked again. `held_until` and `due_now` are
    of a time that is not paid yet. `movable` while the client may move it, `kept` is what the shop
    keeps of a visit that will not be, and `mine` is where all of one's bookings are asked for.
    """

    shop: Shop
    visit: Visit
    state: BookingState
    paid: Money
    kept: Money
    refunds: tuple[Refund, ...]
    due_later: Money
    policy: Policy
    free_until: datetime
    offer: CancelOffer | None
    links: Links
    held_until: datetime | None = None
    due_now: Money | None = None
    asking: bool = False
    changed: bool = False
    movable: bool = False
    moved: Moved | None = None
    mine: str = ""

    @property
    def template(self) -> str:
        """The question, or the booking."""
        return "cancel.html" if self.asking and self.offer else "manage.html"


@dataclass(frozen=True, slots=True)
class Message:
    """A message that would have left; `attachments` are file names."""

    id: str
    to: str
    subject: str
    sent_at: datetime
    text: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """`/outbox`, in the demo only: newest first, with one message open."""

    template: ClassVar[str] = "outbox.html"
    messages: tuple[Message, ...]
    opened: Message | None
    zone: str
    locale: str


@dataclass(frozen=True, slots=True)
class IndexPage:
    """`/`: the shops of this house."""

    template: ClassVar[str] = "index.html"
    shops: tuple[tuple[str, str], ...]  # (slug, name)
    demo: bool
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """`/b/{shop}` of a demo that still lives through its past: nobody can book yet."""

    template: ClassVar[str] = "waiting.html"
    shop: Shop


@dataclass(frozen=True, slots=True)
class DemoPage:
    """`/demo`: how it came about, what goes on in it, and what was planted."""

    template: ClassVar[str] = "demo.html"
    planted: tuple[Oddity, ...]
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class ProblemsPage:
    """`/docs/errors`: what each code means to programs that meet it."""

    template: ClassVar[str] = "problems.html"
    problems: tuple[catalogue.Problem, ...]
    locale: str = "en"


class ErrorKind(StrEnum):
    """Why a page cannot be shown."""

    UNKNOWN_LINK = "unknown_link"
    UNKNOWN_SHOP = "unknown_shop"
    NOT_FOUND = "not_found"
    CROSS_SITE = "cross_site"
    SIGNED_OUT = "signed_out"
    NOT_ALLOWED = "not_allowed"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"
    OUT = "out"
    DEFECT = "defect"


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """Any page that could not be; `request_id` lets support find what happened. `desk`: whoever
    asked works here, and is told what they can do, and led back to work."""

    template: ClassVar[str] = "error.html"
    status: int
    kind: ErrorKind
    request_id: str = ""
    locale: str = "en"
    desk: bool = False
