"""The JSON shapes of the settings. Each part carries a `version`, which a change sends back.

The bounds are told here and held by `shops/settings`, which answers `settings_invalid` with the
reason for each field, as the pages need it.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StrictBool, StrictInt

from bookedbarber.api.fields import (
    A_SERVICE,
    AbsenceId,
    BarberId,
    BasisPoints,
    Clock,
    ClockOut,
    CurrencyCode,
    Instant,
    InstantIn,
    Minutes,
    MoneyIn,
    MoneyOut,
    ServiceId,
    Shape,
    Text,
    Weekday,
    WeekdayIn,
    Zone,
)
from bookedbarber.shops.settings import barbers, details, faults, rules, services

Version = Annotated[
    str,
    Field(
        max_length=64,
        description="Names the part as it was read: a change sends it back, and is refused as "
        "`settings_changed` when somebody was faster.",
        examples=["4b1f0c2a9d7e3356"],
    ),
]
Outside = Annotated[
    int, Field(description="How many visits to come lie outside of the hours; none is moved.")
]
Position = Annotated[
    StrictInt,
    Field(
        description="Where it stands in the list.",
        json_schema_extra={"minimum": 0, "maximum": services.LAST},
    ),
]
PositionOut = Annotated[int, Field(description="Where it stands in the list.")]
ToCome = Annotated[int, Field(description="How many of these visits are still to come.")]
MOST_HOURS: Final = 40


def _between(least: int, most: int) -> dict[str, Any]:
    return {"minimum": least, "maximum": most}


def _at_most(length: int) -> dict[str, Any]:
    return {"maxLength": length}


class Stamped(Shape):
    """A part of the settings as it was read."""

    version: Version


# ── the shop, its rules, its terms ────────────────────────────────────────────────────────


class DetailsIn(Stamped):
    """How the shop is called, where it is, and how it taxes its prices."""

    name: Text = Field(
        description="What it is called.",
        examples=["Fade Street Barbers"],
        json_schema_extra=_at_most(faults.LINE),
    )
    address: Text = Field(
        description="Where it is.",
        examples=["12 Fade Street"],
        json_schema_extra=_at_most(details.ADDRESS),
    )
    phone: Text | None = Field(
        None,
        description="5 to 18 digits, and perhaps `+`, brackets and spaces.",
        examples=["+44 20 7946 0018"],
    )
    tax_name: Text = Field(
        description="What the tax is called.", examples=["VAT"], json_schema_extra=_at_most(30)
    )
    tax_basis_points: StrictInt = Field(
        description="The rate in basis points: 2000 is 20 %.",
        examples=[2000],
        json_schema_extra=_between(0, 5000),
    )
    tax_included: StrictBool = Field(
        description="Whether prices are quoted with their tax.", examples=[True]
    )


class DetailsOut(DetailsIn):
    """The same, with what no setting changes."""

    slug: str = Field(description="Its name in addresses.")
    country: str = Field(description="The country, as ISO 3166 codes it.")
    currency: CurrencyCode
    time_zone: Zone
    opened_at: Instant | None = Field(description="Since when it takes bookings, UTC; null before.")


class RulesIn(Stamped):
    """The policy, how times are offered, and where clients pay."""

    free_cancel_hours: StrictInt = Field(
        description="Until how many hours before its start a client cancels free of charge.",
        examples=[24],
        json_schema_extra=_between(0, 24 * 14),
    )
    late_refund_basis_points: StrictInt = Field(
        description="Which share of the deposit goes back when a client cancels later, in basis "
        "points.",
        examples=[0],
        json_schema_extra=_between(0, 10_000),
    )
    notice_minutes: StrictInt = Field(
        description="How many minutes ahead a time must be, at least, to be booked online.",
        examples=[60],
        json_schema_extra=_between(0, 60 * 24 * 14),
    )
    horizon_days: StrictInt = Field(
        description="How many days ahead it may be.",
        examples=[60],
        json_schema_extra=_between(1, 365),
    )
    slot_step_minutes: StrictInt = Field(
        description="Every how many minutes a time is offered.",
        examples=[15],
        json_schema_extra={"enum": list(rules.STEPS)},
    )
    checkout_hosted: StrictBool = Field(
        description="Whether clients pay on Stripe's own page.", examples=[False]
    )


class RulesOut(RulesIn):
    """The same, with the version of the terms that carries the policy."""

    terms_version: int = Field(description="The version of the terms that carries the policy.")


class TermsIn(Stamped):
    """New terms; `version` is that of the terms they follow."""

    text: Text = Field(
        description="The terms as clients read them.",
        examples=["Free to cancel until 24 hours before."],
        json_schema_extra=_at_most(rules.LONGEST),
    )


class TermsOut(Shape):
    """One version of the terms and the policy that is part of it."""

    version: str = Field(description="Its number, as text.")
    text: str = Field(description="The terms.")
    free_cancel_hours: int = Field(description="Until how many hours before cancelling is free.")
    late_refund_basis_points: BasisPoints
    adopted_at: Instant


# ── hours ─────────────────────────────────────────────────────────────────────────────────


class SpanIn(Shape):
    """Hours of one weekday; an end not after the start is of the next day."""

    weekday: WeekdayIn = Field(examples=[0])
    starts: Clock
    ends: Clock = Field(examples=["18:00"])


class SpanOut(Shape):
    """Hours of one weekday, in shop time."""

    weekday: Weekday
    starts: ClockOut
    ends: ClockOut


class HoursIn(Stamped):
    """When the shop is open."""

    hours: list[SpanIn] = Field(
        max_length=MOST_HOURS, description="All of the week; at most five a day, none overlapping."
    )


class HoursOut(Stamped):
    """When the shop is open, and how many visits to come lie outside of somebody's hours."""

    hours: list[SpanOut] = Field(description="In the order of the week.")
    outside: Outside


# ── services ──────────────────────────────────────────────────────────────────────────────


class DepositIn(Shape):
    """None, a share of the price, or a fixed sum."""

    kind: Literal["none", "share", "fixed"] = Field(
        description="`share` goes with `basis_points`, `fixed` with `amount`."
    )
    basis_points: StrictInt | None = Field(
        None,
        description="The share in basis points: 2500 is 25 %.",
        json_schema_extra=_between(1, 10_000),
    )
    amount: MoneyIn = Field(None, description="The sum, at most the price.")


class ServiceIn(Shape):
    """A service as it is to be sold."""

    name: Text = Field(
        description="What it is called; no other on sale is called so.",
        examples=["Skin fade"],
        json_schema_extra=_at_most(faults.LINE),
    )
    description: Text = Field(
        "",
        description="What clients should know of it.",
        json_schema_extra=_at_most(services.NOTE),
    )
    duration_minutes: StrictInt = Field(
        description="How long it takes, in minutes.",
        examples=[45],
        json_schema_extra=_between(5, 1440),
    )
    buffer_minutes: StrictInt = Field(
        0,
        description="What the barber needs after it, in minutes.",
        json_schema_extra=_between(0, 240),
    )
    price: MoneyIn = Field(description="With tax or without, as the shop quotes its prices.")
    deposit: DepositIn = Field(
        DepositIn(kind="none"), description="What books it, where that is not the whole price."
    )
    position: Position = 0


class ServiceChangeIn(ServiceIn, Stamped):
    """A service as it is to be sold from now on, or not any more."""

    active: StrictBool = Field(description="Whether it is on sale.", examples=[True])


class ServiceSettingOut(Stamped):
    """A service as the settings have it, and how many visits of it are still to come."""

    id: ServiceId
    name: str = Field(description="What it is called.")
    description: str = Field(description="What clients should know of it.")
    duration_minutes: Minutes
    buffer_minutes: Minutes = Field(description="What the barber needs after it, in minutes.")
    price: MoneyOut = Field(description="With tax or without, as the shop quotes its prices.")
    deposit: DepositIn
    position: PositionOut
    active: bool = Field(description="Whether it is on sale.")
    to_come: ToCome


# ── barbers ───────────────────────────────────────────────────────────────────────────────


class BarberIn(Shape):
    """A barber to take on."""

    name: Text = Field(
        description="What they are called; nobody else who works there is called so.",
        examples=["Marco"],
        json_schema_extra=_at_most(80),
    )
    worker_type: Text = Field(
        "employee",
        description="How they work for the shop.",
        json_schema_extra={"enum": list(barbers.KINDS)},
    )
    services: list[str] = Field(
        max_length=200, description="The services they give: `svc_…`.", examples=[[A_SERVICE]]
    )
    position: Position = 0


class BarberChangeIn(BarberIn, Stamped):
    """A barber as they are from now on, or who works here no more."""

    active: StrictBool = Field(description="Whether they work here.", examples=[True])


class BarberSettingOut(Stamped):
    """A barber as the settings have them, and how many visits they are still to give."""

    id: BarberId
    name: str = Field(description="What they are called.")
    worker_type: str = Field(description="`employee`, `contractor` or `renter`.")
    services: list[ServiceId] = Field(description="The services they give.")
    position: PositionOut
    active: bool = Field(description="Whether they work here.")
    to_come: ToCome


class WeekIn(Stamped):
    """When a barber works, and pauses meanwhile."""

    work: list[SpanIn] = Field(
        max_length=MOST_HOURS, description="All of the week; none: whenever the shop is open."
    )
    breaks: list[SpanIn] = Field(
        max_length=MOST_HOURS, default_factory=list, description="Pauses within the work."
    )


class WeekOut(Stamped):
    """A barber's week, and how many of their visits to come lie outside."""

    work: list[SpanOut] = Field(description="In the order of the week.")
    breaks: list[SpanOut] = Field(description="Pauses within the work.")
    outside: Outside


class TimeOffIn(Shape):
    """From when until when a barber is away: 400 days at most."""

    starts_at: InstantIn
    ends_at: InstantIn = Field(
        description="After the start and still to come, by RFC 3339 with its zone or `Z`.",
        examples=["2026-11-25T10:00:00Z"],
    )


class TimeOffOut(Shape):
    """An absence, and how many visits to come lie in it or outside of the barber's hours."""

    id: AbsenceId
    barber: BarberId
    starts_at: Instant
    ends_at: Instant
    outside: Outside


# ── the look ──────────────────────────────────────────────────────────────────────────────


class LookIn(Stamped):
    """The shop's colour, or none of its own."""

    colour: Text | None = Field(
        description="`#` and six hexadecimal digits; null for none of its own.",
        examples=["#1f4fc0"],
    )


class TonesOut(Shape):
    """What the pages make of the colour in one theme, each as `#rrggbb`."""

    brand: str = Field(description="Buttons and links.")
    deep: str = Field(description="The same, pointed at.")
    on_brand: str = Field(description="Text on a button.")
    wash: str = Field(description="What is chosen, behind its text.")


class LookOut(Stamped):
    """The look, with the tones that keep their contrast."""

    colour: str | None = Field(description="The colour as it was given.")
    light: TonesOut | None = Field(description="Its tones in the light theme.")
    dark: TonesOut | None = Field(description="Its tones in the dark theme.")
    shifted: bool = Field(description="Whether the colour as given could not be read.")
    logo: str | None = Field(description="Where the logo is served.")
