"""The JSON shapes of what is looked up: lists, one payment's story, search."""

from typing import Any

from pydantic import Field

from bookedbarber.api.fields import (
    BarberId,
    BarberName,
    BookingId,
    BookingStateOut,
    ClientId,
    CurrencyCode,
    EntryId,
    Guest,
    Instant,
    MoneyOut,
    PaymentId,
    RefundId,
    RefundStateOut,
    ServiceId,
    ServiceName,
    Shape,
    TermsVersion,
)
from bookedbarber.api.payment_shapes import PaymentOut
from bookedbarber.ledger.chart import Side
from bookedbarber.lookup import definitions as meanings
from bookedbarber.lookup.breakdown import WaitingFor
from bookedbarber.lookup.timeline import Source
from bookedbarber.lookup.words import Status


class PaidVisitOut(Shape):
    """The visit that a payment is for."""

    service: ServiceName
    service_id: ServiceId
    barber: BarberName
    barber_id: BarberId
    starts_at: Instant
    client: Guest


class ListedPaymentOut(PaymentOut):
    """A payment in a list."""

    status: Status = Field(
        description="Its state as people say it, with what was refunded and declined."
    )
    visit: PaidVisitOut


class PaymentPageOut(Shape):
    """A page of payments, newest first."""

    data: list[ListedPaymentOut] = Field(description="The payments.")
    next: str | None = Field(description="Sent as `before`, it asks for older ones.")
    previous: str | None = Field(description="Sent as `after`, it asks for newer ones.")


class StepOut(Shape):
    """One thing that happened."""

    at: Instant
    source: Source = Field(
        description="Who tells: our audit `trail`, a movement of Stripe's `balance` when it was "
        "booked, a `letter`, or an event received from `stripe`."
    )
    what: str = Field(description="An act, an event's type, a kind of letter.")
    about: str = Field(description="The id of what it happened to.")
    actor: str | None = Field(description="Who did it, where the trail names one.")
    facts: dict[str, Any] = Field(description="What the trail keeps of it.")


class TimelineOut(Shape):
    """What happened to a payment, its booking and its refunds, in the order of time."""

    payment: PaymentId
    data: list[StepOut] = Field(description="The steps.")


class PostingOut(Shape):
    """One line of an entry: an account, a side, and what it raises or settles."""

    account: str = Field(description="The ledger account.")
    side: Side = Field(description="`debit` or `credit`.")
    amount: MoneyOut = Field(description="Never below zero.")
    item: str = Field(description="What it raises or settles.")


class EntryOut(Shape):
    """One entry in the books: when it was true, and when it was known."""

    id: EntryId
    kind: str = Field(description="The kind of business event.")
    happened: str = Field(description="What happened, as a name that is booked once.")
    effective_at: Instant = Field(description="When it was true, UTC.")
    recorded_at: Instant = Field(description="When it was known, UTC.")
    reverses: EntryId | None = Field(description="The entry that this one undoes.")
    postings: list[PostingOut] = Field(description="Its lines, which sum to zero.")


class EntriesOut(Shape):
    """The entries that booked a payment, its refunds and its visit."""

    payment: PaymentId
    data: list[EntryOut] = Field(description="The entries, in the order of time.")


class SignedMoneyOut(Shape):
    """An amount in minor units, below zero where it goes out."""

    amount: int = Field(
        description="Whole minor units of the currency, below zero where it goes out."
    )
    currency: CurrencyCode


class SettledOut(Shape):
    """What Stripe's balance shows of a payment: `net` is `collected` less `fee` plus `returned`,
    which is below zero."""

    collected: SignedMoneyOut = Field(description=meanings.COLLECTED)
    fee: SignedMoneyOut = Field(description=meanings.FEE)
    returned: SignedMoneyOut = Field(description=meanings.RETURNED)
    net: SignedMoneyOut = Field(description=meanings.NET)


class WaitingOut(Shape):
    """An amount that waits: for Stripe's movement of a charge, or for a refund to be sent, to pass
    the bank, to be booked, or to be sent again."""

    waiting_for: WaitingFor = Field(description="For what.")
    amount: MoneyOut = Field(description="How much.")
    since: Instant
    about: str = Field(description="The id of the payment or refund.")


class BreakdownOut(Shape):
    """From what was paid to what is left."""

    payment: PaymentId
    definitions: dict[str, str] = Field(description="What each figure means, by its name.")
    service: MoneyOut = Field(description=meanings.SERVICE)
    tax: MoneyOut = Field(description=meanings.TAX)
    tip: MoneyOut = Field(description=meanings.TIP)
    amount: MoneyOut = Field(description=meanings.AMOUNT)
    paid: MoneyOut = Field(description=meanings.PAID)
    refunds: MoneyOut = Field(description=meanings.REFUNDS)
    settled: list[SettledOut] = Field(description="Empty until Stripe's movement is known.")
    waiting: list[WaitingOut] = Field(description="What is not done or not known yet.")


class EvidenceOut(Shape):
    """Who agreed to which terms, when and from where."""

    payment: PaymentId
    booked_at: Instant
    terms_version: TermsVersion
    terms: str = Field(description="The terms that were agreed to.")
    terms_adopted_at: Instant
    ip: str | None = Field(description="From which address; null once the client was forgotten.")
    device: str | None = Field(description="By which browser; null once the client was forgotten.")


class FoundBookingOut(Shape):
    """A booking that was found."""

    id: BookingId
    state: BookingStateOut
    starts_at: Instant
    service: ServiceName
    barber: BarberName
    client: Guest


class FoundRefundOut(Shape):
    """A refund that was found."""

    id: RefundId
    payment: PaymentId
    state: RefundStateOut
    amount: MoneyOut = Field(description="What goes back.")
    requested_at: Instant


class FoundClientOut(Shape):
    """The client behind an address, with the name of their latest visit."""

    id: ClientId
    name: str | None = Field(description="The name they gave last.")
    email: str = Field(description="Their address.")


class NamedOut(Shape):
    """A barber or a service, at work or not any more."""

    id: str = Field(description="`bar_…` or `svc_…`.")
    name: str = Field(description="What it is called.")
    active: bool = Field(description="Whether it can be booked.")


class SearchOut(Shape):
    """What was found."""

    understood_as: str | None = Field(
        description="What the term was taken for: `payment`, `booking`, `refund`, `stripe`, "
        "`email`, `digits`, or null for a name."
    )
    payments: list[ListedPaymentOut] = Field(description="The newest that match.")
    more_payments: bool = Field(description="Whether there are more than these.")
    bookings: list[FoundBookingOut] = Field(description="Bookings that match.")
    refunds: list[FoundRefundOut] = Field(description="Refunds that match.")
    client: FoundClientOut | None = Field(description="The client behind the address.")
    barbers: list[NamedOut] = Field(description="Barbers by this name.")
    services: list[NamedOut] = Field(description="Services by this name.")
