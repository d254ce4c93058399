"""The JSON shapes of moving a visit."""

from pydantic import Field

from bookedbarber.api.fields import (
    BarberId,
    BarberName,
    Instant,
    InstantIn,
    MoneyOut,
    Shape,
    Text,
)
from bookedbarber.booking.availability import Against
from bookedbarber.booking.states import MovedBy


class PlaceOut(Shape):
    """When a visit is, and with whom."""

    barber: BarberId
    barber_name: BarberName
    starts_at: Instant
    ends_at: Instant


class MoveOfferOut(Shape):
    """What moving comes to. It costs nothing: what was paid goes with it, and what is due at the
    shop stays due. The terms that were agreed to hold on."""

    old: PlaceOut = Field(description="Where the visit is.")
    new: PlaceOut = Field(description="Where it would be.")
    against: list[Against] = Field(
        description="What speaks against the new time, at the desk: `closed`, `off_duty`, `away`."
    )
    free_until: Instant = Field(
        description="Until when the client cancels free of charge from then on, UTC."
    )
    free: bool = Field(description="Whether that has not passed.")
    late_fee: MoneyOut = Field(description="What the shop keeps of a later cancellation.")
    paid: MoneyOut = Field(description="What was paid, and goes with it.")
    due_at_shop: MoneyOut = Field(description="What stays due at the shop.")
    terms_version: int = Field(description="The version of the terms that was agreed to.")
    terms_in_force: int = Field(description="The shop's newest version.")


class MoveIn(Shape):
    """Where to."""

    starts_at: InstantIn
    barber: BarberId | None = Field(
        None, description="Left out for whoever is free, the present one first."
    )
    seen_at: InstantIn | None = Field(
        None,
        description="The start as it was shown, by RFC 3339 with its zone or `Z`: nothing is moved "
        "that was moved meanwhile.",
    )


class DeskMoveIn(MoveIn):
    """Moving at the desk, and why."""

    reason: Text = Field(
        "", max_length=500, description="For the shop; the client does not see it."
    )


class MoveOut(Shape):
    """One move of a visit that was done."""

    number: int = Field(description="1 for the first move of the visit.")
    from_starts_at: Instant
    from_barber: BarberName
    to_starts_at: Instant
    to_barber: BarberName
    moved_by: MovedBy = Field(description="On whose account.")
    actor: str = Field(description="Who did it, as the audit trail names them.")
    reason: str = Field(description="What was noted for the shop; may be empty.")
    moved_at: Instant
