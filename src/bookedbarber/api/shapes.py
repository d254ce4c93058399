"""The JSON shapes of a shop's menu, its free times, a booking and a cancellation; with the others
in this folder they are the API's OpenAPI description, too."""

from typing import Literal

from pydantic import BaseModel, Field, StrictInt

from bookedbarber.api.fields import (
    A_BARBER,
    BarberId,
    BarberName,
    BookingId,
    BookingStateOut,
    CurrencyCode,
    Day,
    Following,
    Guest,
    Instant,
    InstantIn,
    Language,
    Minutes,
    MoneyIn,
    MoneyOut,
    ServiceId,
    ServiceName,
    Shape,
    ShopId,
    TermsVersion,
    Zone,
)
from bookedbarber.api.payment_shapes import PaymentOut, RefundOut
from bookedbarber.booking.states import CancelledBy
from bookedbarber.lookup import definitions


class ServiceOut(Shape):
    """A service and its price, with tax."""

    id: ServiceId
    name: str = Field(description="What it is called.")
    description: str = Field(description="What the shop says of it; may be empty.")
    duration_minutes: Minutes
    price: MoneyOut = Field(description="With its tax.")
    tax: MoneyOut = Field(description="The tax that is within the price.")
    deposit: MoneyOut | None = Field(
        description="What books it when the deposit is paid; null where it is paid in full."
    )


class BarberOut(Shape):
    """Who works in the shop and which services they give."""

    id: BarberId
    name: BarberName
    services: list[ServiceId] = Field(description="The services they give.")


class ShopOut(Shape):
    """What a client needs to know of a shop."""

    id: ShopId
    slug: str = Field(description="Its name in addresses.")
    name: str = Field(description="What it is called.")
    address: str = Field(description="Where it is, as people write it.")
    time_zone: Zone
    currency: CurrencyCode
    locale: Language
    terms_version: int = Field(description="The version in force: a booking agrees to it.")
    terms: str = Field(description="The terms in force.")
    free_cancel_hours: int = Field(
        description="Until how many hours before its start a client cancels free of charge."
    )
    services: list[ServiceOut] = Field(description="What it sells, in its own order.")
    barbers: list[BarberOut] = Field(description="Who works there.")


class SlotOut(Shape):
    """A time that can be booked, and who could take it."""

    starts_at: Instant
    ends_at: Instant
    local_time: str = Field(description="The start on the shop's own clock: `09:30`.")
    barbers: list[BarberId] = Field(description="Who is free, the first choice first.")


class AvailabilityOut(Shape):
    """The bookable times of one day in shop time."""

    day: Day
    time_zone: Zone
    slots: list[SlotOut] = Field(description="In the order of time; may be empty.")


class QuoteOut(Shape):
    """What a visit costs and what is due when."""

    service: MoneyOut = Field(description="The price without tax.")
    tax: MoneyOut = Field(description="The tax on it.")
    tip: MoneyOut = Field(description="The tip.")
    total: MoneyOut = Field(description="Service, tax and tip.")
    due_now: MoneyOut = Field(description="What booking collects.")
    due_later: MoneyOut = Field(description="What is due at the shop.")


class ClientIn(Shape):
    """Who the booking is for."""

    name: str = Field(max_length=200, description="Who is coming.", examples=["Amara Okafor"])
    email: str = Field(
        max_length=254, description="Where letters go.", examples=["amara@example.com"]
    )
    phone: str | None = Field(
        None, max_length=40, description="With digits, and perhaps `+` and spaces."
    )


class BookingIn(Shape):
    """A booking as the client means it; `expected` is the amount due that they were shown."""

    service: ServiceId
    barber: BarberId | None = Field(
        None, description="Left out for whoever is free.", examples=[A_BARBER]
    )
    starts_at: InstantIn = Field(
        description="One of the times on offer, by RFC 3339 with its zone or `Z`."
    )
    pay: Literal["full", "deposit"] = Field(
        description="`full`: the whole price now. `deposit`: the deposit, the rest at the shop.",
        examples=["full"],
    )
    tip: MoneyIn = Field(
        None,
        description="At most twice the price; none when left out.",
        examples=[{"amount": 300, "currency": "usd"}],
    )
    client: ClientIn
    locale: str = Field(
        "en",
        max_length=35,
        pattern="^[A-Za-z0-9_-]+$",
        description="In which language the client is written to.",
    )
    terms_version: StrictInt = Field(
        description="The version of the terms that was read and agreed to.", examples=[1]
    )
    expected: MoneyIn = Field(
        None,
        description="What was shown as due now: when it is not that any more, nothing is booked.",
        examples=[{"amount": 3550, "currency": "usd"}],
    )


class CancelIn(Shape):
    """Cancelling, agreed to the refund that was shown."""

    expected_refund: MoneyIn = Field(
        None, description="What was shown to go back: when it is not, nothing is done."
    )


class DeskCancelIn(CancelIn):
    """Cancelling at the desk, and on whose account."""

    cancelled_by: CancelledBy = Field(
        CancelledBy.SHOP,
        description="`shop` when the shop cannot keep the appointment: everything goes back, at "
        "any time before it is completed. `client` when the client asked, by telephone say: the "
        "shop's terms apply, as they would by the client's own link.",
    )


class CancellationOut(Shape):
    """What cancelling gives back, and what the shop keeps."""

    cancelled_by: CancelledBy = Field(description="On whose account.")
    free_until: Instant = Field(description="Until when the client cancels free of charge, UTC.")
    free: bool = Field(description="Whether that has not passed.")
    refund: MoneyOut = Field(description=definitions.GOES_BACK)
    kept: MoneyOut = Field(description=definitions.KEPT)


class CancellationsOut(Shape):
    """What cancelling would give back, by who cancels."""

    client: CancellationOut | None = Field(
        description="Null once the appointment has begun: then only the shop can cancel it."
    )
    shop: CancellationOut = Field(description="Should the shop cancel.")


class BookingOut(Shape):
    """An appointment, its price, and the money that went in and out."""

    id: BookingId
    state: BookingStateOut
    guest: Guest
    service: ServiceName
    barber: BarberName
    barber_id: BarberId
    starts_at: Instant
    ends_at: Instant
    held_until: Instant | None = Field(
        description="Until when an unpaid time is held, UTC; null once it is booked."
    )
    arrived_at: Instant | None = Field(description="When the client was checked in, UTC.")
    walk_in: bool = Field(description="Whether nobody had booked.")
    cancelled_by: CancelledBy | None = Field(description="On whose account; null unless it is.")
    price: MoneyOut = Field(description="With tax, without the tip.")
    tax: MoneyOut = Field(description="The tax that is within the price.")
    tip: MoneyOut = Field(description="The tip.")
    total: MoneyOut = Field(description="Price and tip.")
    terms_version: TermsVersion
    payments: list[PaymentOut] = Field(description="What was to be collected for it.")
    refunds: list[RefundOut] = Field(description="What went back, or is on its way.")
    pay_url: str | None = Field(
        None, description="Where it is paid; only in the answer to whoever booked."
    )
    manage_url: str | None = Field(
        None, description="The client's own link; only in the answer to whoever booked."
    )


class BookingPageOut(Shape):
    """What begins on one day of the shop's own clock, in the order of time, whatever became of
    it."""

    day: Day
    time_zone: Zone
    data: list[BookingOut] = Field(description="The bookings.")
    next: Following = Field(
        description="Sent as `after`, it asks for the rest of the day; null when there is none."
    )


class ProblemOut(BaseModel):
    """Why nothing was done, by RFC 9457, with a stable `code`. Some codes bring more fields, which
    their entry in the catalogue names."""

    type: str = Field(description="The code's entry in the catalogue of errors.")
    title: str = Field(description="What happened, in a sentence; it may change.")
    status: int = Field(description="The HTTP status.")
    code: str = Field(description="What a program goes by; it stays the same.")
    next_step: str = Field(description="What to do about it.")
    retryable: bool = Field(description="Whether the same request may succeed later.")
    detail: str | None = Field(None, description="More of what happened this time.")
    request_id: str | None = Field(None, description="Names this request in our log.")
