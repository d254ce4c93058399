"""The JSON shapes of the settings. Each part carries a `version`, which a change sends back.

The bounds are told here and held by `shops/settings`, which answers `settings_invalid` with the
reason for each field, as the pages need it.
"""

from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictInt

from bookedbarber.api.fields import (
    BasisPoints,
    CurrencyCode,
    Instant,
    Shape,
    Text,
    Zone,
)
from bookedbarber.shops.settings import details, faults, rules

Version = Annotated[
    str,
    Field(
        max_length=64,
        description="Names the part as it was read: a change sends it back, and is refused as "
        "`settings_changed` when somebody was faster.",
        examples=["4b1f0c2a9d7e3356"],
    ),
]


def between(least: int, most: int) -> dict[str, Any]:
    """Bounds of a number, both included."""
    return {"minimum": least, "maximum": most}


def at_most(length: int) -> dict[str, Any]:
    """The bound of a text, in characters."""
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
        json_schema_extra=at_most(faults.LINE),
    )
    address: Text = Field(
        description="Where it is.",
        examples=["12 Fade Street"],
        json_schema_extra=at_most(details.ADDRESS),
    )
    phone: Text | None = Field(
        None,
        description="5 to 18 digits, and perhaps `+`, brackets and spaces.",
        examples=["+44 20 7946 0018"],
    )
    tax_name: Text = Field(
        description="What the tax is called.", examples=["VAT"], json_schema_extra=at_most(30)
    )
    tax_basis_points: StrictInt = Field(
        description="The rate in basis points: 2000 is 20 %.",
        examples=[2000],
        json_schema_extra=between(0, 5000),
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
        json_schema_extra=between(0, 24 * 14),
    )
    late_refund_basis_points: StrictInt = Field(
        description="Which share of the deposit goes back when a client cancels later, in basis "
        "points.",
        examples=[0],
        json_schema_extra=between(0, 10_000),
    )
    notice_minutes: StrictInt = Field(
        description="How many minutes ahead a time must be, at least, to be booked online.",
        examples=[60],
        json_schema_extra=between(0, 60 * 24 * 14),
    )
    horizon_days: StrictInt = Field(
        description="How many days ahead it may be.",
        examples=[60],
        json_schema_extra=between(1, 365),
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
        json_schema_extra=at_most(rules.LONGEST),
    )


class TermsOut(Shape):
    """One version of the terms and the policy that is part of it."""

    version: str = Field(description="Its number, as text.")
    text: str = Field(description="The terms.")
    free_cancel_hours: int = Field(description="Until how many hours before cancelling is free.")
    late_refund_basis_points: BasisPoints
    adopted_at: Instant


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
