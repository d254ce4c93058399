"""The JSON shapes of the settings. Each part carries a `version`, which a change sends back."""

from datetime import datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt

from bookedbarber.api.shapes import MoneyIn, MoneyOut, Shape, storable, written

Text = Annotated[str, AfterValidator(storable)]
Version = Annotated[str, Field(max_length=64, description="As it was read with the part.")]
Clock = Annotated[time, BeforeValidator(written), Field(description="Shop time, such as 09:30.")]
Moment = Annotated[datetime, BeforeValidator(written)]


class Stamped(Shape):
    """A part of the settings as it was read."""

    version: Version


class DetailsIn(Stamped):
    """How the shop is called, where it is, and how it taxes its prices."""

    name: Text
    address: Text
    phone: Text | None = None
    tax_name: Text
    tax_basis_points: StrictInt
    tax_included: StrictBool


class DetailsOut(DetailsIn):
    """The same, with what no setting changes."""

    slug: str
    country: str
    currency: str
    time_zone: str
    opened_at: datetime | None


class RulesIn(Stamped):
    """The policy, how times are offered, and where clients pay."""

    free_cancel_hours: StrictInt
    late_refund_basis_points: StrictInt = Field(
        description="Share of the deposit that goes back when a client cancels late."
    )
    notice_minutes: StrictInt
    horizon_days: StrictInt
    slot_step_minutes: StrictInt
    checkout_hosted: StrictBool


class RulesOut(RulesIn):
    """The same, with the version of the terms that carries the policy."""

    terms_version: int


class TermsIn(Stamped):
    """New terms; `version` is that of the terms they follow."""

    text: Text


class TermsOut(Shape):
    """One version of the terms and the policy that is part of it."""

    version: str
    text: str
    free_cancel_hours: int
    late_refund_basis_points: int
    adopted_at: datetime


class SpanIn(Shape):
    """Hours of one weekday, 0 being Monday; an end not after the start is of the next day."""

    weekday: StrictInt
    starts: Clock
    ends: Clock


class SpanOut(Shape):
    """Hours of one weekday, in shop time."""

    weekday: int
    starts: time
    ends: time


class HoursIn(Stamped):
    """When the shop is open."""

    hours: Annotated[list[SpanIn], Field(max_length=40)]


class HoursOut(Stamped):
    """When the shop is open, and how many visits to come lie outside of somebody's hours."""

    hours: list[SpanOut]
    outside: int


class DepositIn(Shape):
    """None, a share of the price, or a fixed sum."""

    kind: Literal["none", "share", "fixed"]
    basis_points: StrictInt | None = None
    amount: MoneyIn = None


class ServiceIn(Shape):
    """A service as it is to be sold."""

    name: Text
    description: Text = ""
    duration_minutes: StrictInt
    buffer_minutes: StrictInt = 0
    price: MoneyIn = Field(description="With tax or without, as the shop quotes its prices.")
    deposit: DepositIn = DepositIn(kind="none")
    position: StrictInt = 0


class ServiceChangeIn(ServiceIn, Stamped):
    """A service as it is to be sold from now on, or not any more."""

    active: StrictBool


class ServiceSettingOut(Stamped):
    """A service as the settings have it, and how many visits of it are still to come."""

    id: str
    name: str
    description: str
    duration_minutes: int
    buffer_minutes: int
    price: MoneyOut
    deposit: DepositIn
    position: int
    active: bool
    to_come: int


class BarberIn(Shape):
    """A barber to take on."""

    name: Text
    worker_type: Text = "employee"
    services: Annotated[list[str], Field(max_length=200)]
    position: StrictInt = 0


class BarberChangeIn(BarberIn, Stamped):
    """A barber as they are from now on, or who works here no more."""

    active: StrictBool


class BarberSettingOut(Stamped):
    """A barber as the settings have them, and how many visits they are still to give."""

    id: str
    name: str
    worker_type: str
    services: list[str]
    position: int
    active: bool
    to_come: int


class WeekIn(Stamped):
    """When a barber works, and pauses meanwhile."""

    work: Annotated[list[SpanIn], Field(max_length=40)]
    breaks: Annotated[list[SpanIn], Field(max_length=40, default_factory=list)]


class WeekOut(Stamped):
    """A barber's week, and how many of their visits to come lie outside."""

    work: list[SpanOut]
    breaks: list[SpanOut]
    outside: int


class TimeOffIn(Shape):
    """From when until when a barber is away."""

    starts_at: Moment
    ends_at: Moment


class TimeOffOut(Shape):
    """An absence, and how many visits to come lie in it or outside of the barber's hours."""

    id: str
    barber: str
    starts_at: datetime
    ends_at: datetime
    outside: int


class LookIn(Stamped):
    """The shop's colour as `#rrggbb`, or none of its own."""

    colour: Text | None


class TonesOut(Shape):
    """What the pages make of the colour in one theme."""

    brand: str
    deep: str
    on_brand: str
    wash: str


class LookOut(Stamped):
    """The look, with the tones that keep their contrast; `shifted` where the colour as given could
    not be read."""

    colour: str | None
    light: TonesOut | None
    dark: TonesOut | None
    shifted: bool
    logo: str | None = Field(description="Where the logo is served.")
