"""The JSON shapes of what is looked up: lists, one payment's story, search."""

from datetime import datetime
from typing import Any

from pydantic import Field

from bookedbarber.api.shapes import MoneyOut, PaymentOut, Shape
from bookedbarber.lookup import definitions


class PaidVisitOut(Shape):
    """The visit that a payment is for. `client` is the name that was given, null once the client
    was forgotten."""

    service: str
    service_id: str
    barber: str
    barber_id: str
    starts_at: datetime
    client: str | None


class ListedPaymentOut(PaymentOut):
    """A payment in a list. `status` says its state as people do: `captured`, `partly_refunded`,
    `refunded`, `declined`, `processing`, `open` or `cancelled`."""

    status: str
    visit: PaidVisitOut


class PaymentPageOut(Shape):
    """A page of payments, newest first. `next` asks for older ones, sent as `before`; `previous`
    for newer ones, sent as `after`."""

    data: list[ListedPaymentOut]
    next: str | None
    previous: str | None


class StepOut(Shape):
    """One thing that happened. `source` is who tells: `trail` (our audit trail), `balance` (a
    movement of Stripe's balance, when it was booked), `letter`, `stripe` (an event received)."""

    at: datetime
    source: str
    what: str
    about: str
    actor: str | None
    facts: dict[str, Any]


class TimelineOut(Shape):
    """What happened to a payment, its booking and its refunds, in the order of time."""

    payment: str
    data: list[StepOut]


class PostingOut(Shape):
    """One line of an entry: an account, a side, and what it raises or settles."""

    account: str
    side: str
    amount: MoneyOut
    item: str


class EntryOut(Shape):
    """One entry in the books: when it was true, and when it was known."""

    id: str
    kind: str
    happened: str
    effective_at: datetime
    recorded_at: datetime
    reverses: str | None
    postings: list[PostingOut]


class EntriesOut(Shape):
    """The entries that booked a payment, its refunds and its visit."""

    payment: str
    data: list[EntryOut]


class SignedMoneyOut(Shape):
    """An amount in minor units, below zero where it goes out."""

    amount: int
    currency: str


class SettledOut(Shape):
    """What Stripe's balance shows of a payment: `net` is `collected` less `fee` plus `returned`,
    which is below zero."""

    collected: SignedMoneyOut
    fee: SignedMoneyOut = Field(description=definitions.FEE)
    returned: SignedMoneyOut = Field(description=definitions.RETURNED)
    net: SignedMoneyOut = Field(description=definitions.NET)


class WaitingOut(Shape):
    """An amount that waits: for Stripe's movement of a charge, or for a refund to be sent, to pass
    the bank, to be booked, or to be sent again."""

    waiting_for: str
    amount: MoneyOut
    since: datetime
    about: str


class BreakdownOut(Shape):
    """From what was paid to what is left, each with its definition, by the figure's name. `settled`
    is empty until Stripe's movement is known."""

    payment: str
    definitions: dict[str, str]
    service: MoneyOut
    tax: MoneyOut
    tip: MoneyOut
    amount: MoneyOut
    paid: MoneyOut
    refunds: MoneyOut
    settled: list[SettledOut]
    waiting: list[WaitingOut]


class EvidenceOut(Shape):
    """Who agreed to which terms, when and from where; `ip` and `device` are null once the client
    was forgotten."""

    payment: str
    booked_at: datetime
    terms_version: int
    terms: str
    terms_adopted_at: datetime
    ip: str | None
    device: str | None


class FoundBookingOut(Shape):
    """A booking that was found."""

    id: str
    state: str
    starts_at: datetime
    service: str
    barber: str
    client: str | None


class FoundRefundOut(Shape):
    """A refund that was found."""

    id: str
    payment: str
    state: str
    amount: MoneyOut
    requested_at: datetime


class FoundClientOut(Shape):
    """The client behind an address, with the name of their latest visit."""

    id: str
    name: str | None
    email: str


class NamedOut(Shape):
    """A barber or a service, at work or not any more."""

    id: str
    name: str
    active: bool


class SearchOut(Shape):
    """What was found. `understood_as` says what the term was taken for: `payment`, `booking`,
    `refund`, `stripe`, `email`, `digits`, or null for a name."""

    understood_as: str | None
    payments: list[ListedPaymentOut]
    more_payments: bool
    bookings: list[FoundBookingOut]
    refunds: list[FoundRefundOut]
    client: FoundClientOut | None
    barbers: list[NamedOut]
    services: list[NamedOut]
