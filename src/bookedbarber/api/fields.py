"""What the fields of the API are made of: each says what it carries, in which unit and zone."""

from datetime import date, datetime, time
from typing import Annotated, Any, Final

from fastapi import Path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    WithJsonSchema,
)

from bookedbarber.booking.states import AppointmentState
from bookedbarber.money import Money
from bookedbarber.payments.states import PaymentState, Purpose, RefundReason, RefundState

_MINOR: Final = "Whole minor units of the currency: 3250 is 32.50 in `usd` and 3250 in `jpy`."
_CODE: Final = "The currency, as a lower-case ISO 4217 code."
_MONEY_SCHEMA: Final = {
    "type": "object",
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "integer", "minimum": 0, "description": _MINOR},
        "currency": {"type": "string", "pattern": "^[a-z]{3}$", "description": _CODE},
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

    amount: int = Field(description=_MINOR)
    currency: str = Field(description=_CODE)

    @classmethod
    def of(cls, money: Money) -> "MoneyOut":
        """Money as JSON carries it."""
        return cls(amount=money.minor, currency=money.currency.code)


# ── text and numbers ──────────────────────────────────────────────────────────────────────

Text = Annotated[str, AfterValidator(storable)]
Language = Annotated[str, Field(description="A language, as BCP 47 writes it: `en-GB`.")]
Zone = Annotated[str, Field(description="The shop's own zone, as the IANA names it.")]
CurrencyCode = Annotated[str, Field(description=_CODE)]
Minutes = Annotated[int, Field(description="Minutes.")]
BasisPoints = Annotated[int, Field(description="Basis points: 340 is 3.4 %.")]
TermsVersion = Annotated[int, Field(description="Which version of the shop's terms.")]
ServiceName = Annotated[str, Field(description="The service's name as it was sold.")]
BarberName = Annotated[str, Field(description="The barber's name.")]
Guest = Annotated[
    str | None,
    Field(description="The name that was given for it; null once the client was forgotten."),
]
Brand = Annotated[str | None, Field(description="The card's brand; null until one was tried.")]
Last4 = Annotated[str | None, Field(description="The card's last four digits.")]
Following = Annotated[
    str | None, Field(description="What to send for the following page; null on the last.")
]

# ── time ──────────────────────────────────────────────────────────────────────────────────

Instant = Annotated[datetime, Field(description="An instant in UTC, by RFC 3339.")]
# One without a zone is let through here, to be refused as `slot_not_offered` with a reason.
InstantIn = Annotated[
    datetime,
    BeforeValidator(written),
    Field(
        description="An instant by RFC 3339, with its zone or `Z`.",
        examples=["2026-11-24T10:00:00Z"],
    ),
]
Day = Annotated[date, Field(description="A day of the shop's own clock.", examples=["2026-11-24"])]
Clock = Annotated[
    time,
    BeforeValidator(written),
    Field(description="The shop's own clock, to the minute.", examples=["09:30"]),
]
ClockOut = Annotated[time, Field(description="The shop's own clock.")]
Weekday = Annotated[int, Field(description="0 is Monday, 6 is Sunday.")]
WeekdayIn = Annotated[
    StrictInt,
    Field(description="0 is Monday, 6 is Sunday.", json_schema_extra={"minimum": 0, "maximum": 6}),
]

# ── identifiers ───────────────────────────────────────────────────────────────────────────

_TAIL: Final = "01jf3x8k2mqv7w9c5d6e4t0r1a"
A_SERVICE: Final = f"svc_{_TAIL}"
A_BARBER: Final = f"bar_{_TAIL}"
A_BOOKING: Final = f"apt_{_TAIL}"
A_PAYMENT: Final = f"pay_{_TAIL}"
A_REFUND: Final = f"ref_{_TAIL}"
AN_ABSENCE: Final = f"off_{_TAIL}"
ServiceId = Annotated[str, Field(description="A service: `svc_…`.", examples=[A_SERVICE])]
BarberId = Annotated[str, Field(description="A barber: `bar_…`.", examples=[A_BARBER])]
BookingId = Annotated[str, Field(description="A booking: `apt_…`.", examples=[A_BOOKING])]
PaymentId = Annotated[str, Field(description="A payment: `pay_…`.", examples=[A_PAYMENT])]
RefundId = Annotated[str, Field(description="A refund: `ref_…`.", examples=[A_REFUND])]
EntryId = Annotated[str, Field(description="An entry in the books: `ent_…`.")]
ShopId = Annotated[str, Field(description="A shop: `shp_…`.")]
ClientId = Annotated[str, Field(description="A client: `cli_…`.")]
AbsenceId = Annotated[str, Field(description="An absence: `off_…`.", examples=[AN_ABSENCE])]

# ── in the address ────────────────────────────────────────────────────────────────────────

ShopPath = Annotated[
    str, Path(description="The shop's name in addresses.", examples=["fade-street"])
]
BookingPath = Annotated[str, Path(description="A booking: `apt_…`.", examples=[A_BOOKING])]
PaymentPath = Annotated[str, Path(description="A payment: `pay_…`.", examples=[A_PAYMENT])]
RefundPath = Annotated[str, Path(description="A refund: `ref_…`.", examples=[A_REFUND])]
ServicePath = Annotated[str, Path(description="A service: `svc_…`.", examples=[A_SERVICE])]
BarberPath = Annotated[str, Path(description="A barber: `bar_…`.", examples=[A_BARBER])]
AbsencePath = Annotated[str, Path(description="An absence: `off_…`.", examples=[AN_ABSENCE])]
OwnLink = Annotated[
    str,
    Path(
        description="The link to one booking: what stands behind `/manage/` in `manage_url`. Who "
        "has it may act for the client; it has no end.",
        examples=["THE-LINK-OF-THE-BOOKING"],
    ),
]
AllLink = Annotated[
    str,
    Path(
        description="The link to all bookings of one client in one shop: what stands behind "
        "`/my/` in the letter. It ends.",
        examples=["THE-LINK-FROM-THE-LETTER"],
    ),
]

# ── states ────────────────────────────────────────────────────────────────────────────────

BookingStateOut = Annotated[
    AppointmentState,
    Field(
        description="`held` until it is paid or the hold ends (`expired`), then `confirmed`; "
        "`arrived` once checked in; in the end `completed`, `cancelled` or `no_show`."
    ),
]
PaymentStateOut = Annotated[
    PaymentState,
    Field(
        description="`pending` until Stripe knows of it, `open` while it waits for the client, "
        "`processing` while for the bank. `captured` and `cancelled` are final."
    ),
]
RefundStateOut = Annotated[
    RefundState,
    Field(
        description="`requested` until Stripe answers, `pending` until it is sent, `succeeded`; "
        "`failed` is still owed and can be sent again; `cancelled` and `refused` undo the promise."
    ),
]
PurposeOut = Annotated[
    Purpose, Field(description="What it collects: the `full` price, or a `deposit` on it.")
]
RefundReasonOut = Annotated[RefundReason, Field(description="Why the money goes back.")]
