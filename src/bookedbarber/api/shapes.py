"""The JSON shapes of the API, which are also its OpenAPI description."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    WithJsonSchema,
)

from bookedbarber.booking.states import CancelledBy
from bookedbarber.lookup import definitions
from bookedbarber.money import Money

_MONEY_SCHEMA = {
    "type": "object",
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "integer", "minimum": 0, "description": "Minor units."},
        "currency": {"type": "string", "pattern": "^[a-z]{3}$"},
    },
    "examples": [{"amount": 3250, "currency": "usd"}],
}
# Taken as it comes: `Money.from_json` refuses floats and the like under codes of their own.
MoneyIn = Annotated[Any, WithJsonSchema(_MONEY_SCHEMA)]


def written(value: object) -> object:
    """A time as it is written; a bare number would be taken for seconds, or for milliseconds."""
    if not isinstance(value, str):
        raise ValueError("write the time as text, such as 2026-11-23T10:00:00Z")
    return value


def storable(text: str) -> str:
    """Text that a database can keep: no NUL, no half of a character."""
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError("the text has characters that cannot be kept")
    return text


class Shape(BaseModel):
    """Nothing beside the fields that are described."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MoneyOut(Shape):
    """An amount in minor units of a currency."""

    amount: int
    currency: str

    @classmethod
    def of(cls, money: Money) -> "MoneyOut":
        """Money as JSON carries it."""
        return cls(amount=money.minor, currency=money.currency.code)


class ServiceOut(Shape):
    """A service and its price, with tax."""

    id: str
    name: str
    description: str
    duration_minutes: int
    price: MoneyOut
    tax: MoneyOut
    deposit: MoneyOut | None


class BarberOut(Shape):
    """Who works in the shop and which services they give."""

    id: str
    name: str
    services: list[str]


class ShopOut(Shape):
    """What a client needs to know of a shop."""

    id: str
    slug: str
    name: str
    address: str
    time_zone: str
    currency: str
    locale: str
    terms_version: int
    terms: str
    free_cancel_hours: int
    services: list[ServiceOut]
    barbers: list[BarberOut]


class SlotOut(Shape):
    """A time that can be booked, and who could take it."""

    starts_at: datetime
    ends_at: datetime
    local_time: str
    barbers: list[str]


class AvailabilityOut(Shape):
    """The bookable times of one day in shop time."""

    day: date
    time_zone: str
    slots: list[SlotOut]


class QuoteOut(Shape):
    """What a visit costs and what is due when."""

    service: MoneyOut
    tax: MoneyOut
    tip: MoneyOut
    total: MoneyOut
    due_now: MoneyOut
    due_later: MoneyOut


class ClientIn(Shape):
    """Who the booking is for."""

    name: str = Field(max_length=200)
    email: str = Field(max_length=254)
    phone: str | None = Field(None, max_length=40)


class BookingIn(Shape):
    """A booking as the client means it; `expected` is the amount due that they were shown."""

    service: str
    barber: str | None = None
    starts_at: Annotated[datetime, BeforeValidator(written)]
    pay: Annotated[str, Field(pattern="^(full|deposit)$")]
    tip: MoneyIn = None
    client: ClientIn
    locale: str = Field("en", max_length=35, pattern="^[A-Za-z0-9_-]+$")
    terms_version: StrictInt
    expected: MoneyIn = None


class RefundIn(Shape):
    """How much to give back; all that is left when no amount is sent."""

    amount: MoneyIn = None
    reason: Annotated[str, Field(pattern="^(requested_by_customer|duplicate|goodwill)$")] = (
        "requested_by_customer"
    )
    note: Annotated[str, AfterValidator(storable)] = Field("", max_length=500)


class CancelIn(Shape):
    """Cancelling, agreed to the refund that was shown."""

    expected_refund: MoneyIn = None


class DeskCancelIn(CancelIn):
    """Cancelling at the desk, and on whose account."""

    cancelled_by: CancelledBy = Field(
        CancelledBy.SHOP,
        description="`shop` when the shop cannot keep the appointment: everything goes back, at "
        "any time before it is completed. `client` when the client asked, by telephone say: the "
        "shop's terms apply, as they would by the client's own link.",
    )


class CancellationOut(Shape):
    """What cancelling gives back, and what the shop keeps. The client cancels free of charge until
    `free_until`."""

    cancelled_by: CancelledBy
    free_until: datetime
    free: bool
    refund: MoneyOut = Field(description=definitions.GOES_BACK)
    kept: MoneyOut = Field(description=definitions.KEPT)


class CancellationsOut(Shape):
    """What cancelling would give back, by who cancels. `client` is null once the appointment has
    begun: then only the shop can cancel it."""

    client: CancellationOut | None
    shop: CancellationOut


class PaymentOut(Shape):
    """One amount to collect, and how far it has come."""

    id: str
    booking: str
    purpose: str
    state: str
    amount: MoneyOut
    service: MoneyOut
    tax: MoneyOut
    tip: MoneyOut
    refunded: MoneyOut
    card_brand: str | None
    card_last4: str | None
    decline_code: str | None
    created_at: datetime
    captured_at: datetime | None


class RefundOut(Shape):
    """Money on its way back."""

    id: str
    payment: str
    state: str
    amount: MoneyOut
    service: MoneyOut
    tax: MoneyOut
    tip: MoneyOut
    reason: str
    note: str
    failure: str | None
    requested_at: datetime
    settled_at: datetime | None


class BookingOut(Shape):
    """An appointment, its price, and the money that went in and out. `guest` is the name that was
    given for it, null once the client was forgotten; `arrived_at` is when the client was checked
    in, and `walk_in` says that nobody had booked."""

    id: str
    state: str
    guest: str | None
    service: str
    barber: str
    barber_id: str
    starts_at: datetime
    ends_at: datetime
    held_until: datetime | None
    arrived_at: datetime | None
    walk_in: bool
    cancelled_by: CancelledBy | None
    price: MoneyOut
    tax: MoneyOut
    tip: MoneyOut
    total: MoneyOut
    terms_version: int
    payments: list[PaymentOut]
    refunds: list[RefundOut]
    pay_url: str | None = None
    manage_url: str | None = None


class ReceiptPaymentOut(Shape):
    """A payment that arrived, as a line of a receipt."""

    id: str
    purpose: str
    amount: MoneyOut
    service: MoneyOut
    tax: MoneyOut
    tip: MoneyOut
    card_brand: str | None
    card_last4: str | None
    captured_at: datetime | None


class ReceiptRefundOut(Shape):
    """A refund that stands, as a line of a receipt: sent, on its way, or sent back by the bank and
    still owed."""

    id: str
    payment: str
    state: str
    reason: str
    amount: MoneyOut
    service: MoneyOut
    tax: MoneyOut
    tip: MoneyOut
    requested_at: datetime
    settled_at: datetime | None


class ReceiptOut(Shape):
    """What a visit came to, as its receipt says it. `number` is null until something was paid.

    `price` is with the tax, whose rate is the one the visit was sold at, in hundredths of a
    percent. The lines of `payments` add up to `paid`, and those of `refunds` to `refunded`.
    """

    number: str | None
    issued_at: datetime | None
    booking: str
    state: str
    shop: str
    address: str
    service: str
    barber: str
    starts_at: datetime
    ends_at: datetime
    guest: str | None
    price: MoneyOut
    tax: MoneyOut
    tax_name: str
    tax_basis_points: int
    tip: MoneyOut
    total: MoneyOut = Field(description=definitions.TOTAL)
    paid: MoneyOut = Field(description=definitions.VISIT_PAID)
    refunded: MoneyOut = Field(description=definitions.VISIT_REFUNDED)
    due_at_shop: MoneyOut = Field(description=definitions.DUE_AT_SHOP)
    terms_version: int
    payments: list[ReceiptPaymentOut]
    refunds: list[ReceiptRefundOut]


class BookingPageOut(Shape):
    """What begins on one day of the shop's own clock, in the order of time, whatever became of it;
    `next` asks for the rest of the day."""

    day: date
    time_zone: str
    data: list[BookingOut]
    next: str | None


class RefundPageOut(Shape):
    """A page of refunds, newest first; `next` asks for the following one."""

    data: list[RefundOut]
    next: str | None


class ProblemOut(BaseModel):
    """RFC 9457, with a stable `code`."""

    type: str
    title: str
    status: int
    code: str
    next_step: str
    retryable: bool
    detail: str | None = None
    request_id: str | None = None
