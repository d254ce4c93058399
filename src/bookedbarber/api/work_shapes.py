"""The JSON shapes of what a shop sells and who works when. Bounds are told here and held by
`shops/settings`, as in `settings_shapes`."""

from typing import Annotated, Final, Literal

from pydantic import Field, StrictBool, StrictInt

from bookedbarber.api.fields import (
    A_SERVICE,
    AbsenceId,
    BarberId,
    Clock,
    ClockOut,
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
)
from bookedbarber.api.settings_shapes import Stamped, at_most, between
from bookedbarber.shops.settings import barbers, faults, services

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
        json_schema_extra=between(1, 10_000),
    )
    amount: MoneyIn = Field(None, description="The sum, at most the price.")


class ServiceIn(Shape):
    """A service as it is to be sold."""

    name: Text = Field(
        description="What it is called; no other on sale is called so.",
        examples=["Skin fade"],
        json_schema_extra=at_most(faults.LINE),
    )
    description: Text = Field(
        "",
        description="What clients should know of it.",
        json_schema_extra=at_most(services.NOTE),
    )
    duration_minutes: StrictInt = Field(
        description="How long it takes, in minutes.",
        examples=[45],
        json_schema_extra=between(5, 1440),
    )
    buffer_minutes: StrictInt = Field(
        0,
        description="What the barber needs after it, in minutes.",
        json_schema_extra=between(0, 240),
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
        json_schema_extra=at_most(80),
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
        max_length=MOST_HOURS, description="All of the week; at most five a day, none overlapping."
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
