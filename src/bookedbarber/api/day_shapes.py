"""The JSON shapes of what the desk does on the day."""

from pydantic import Field

from bookedbarber.api.fields import (
    BarberId,
    InstantIn,
    MoneyIn,
    MoneyOut,
    ServiceId,
    Shape,
    Text,
)


class NoShowIn(Shape):
    """Noting a no-show, agreed to the refund that was shown."""

    expected_refund: MoneyIn = Field(
        None, description="What was shown to go back: when it is not, nothing is done."
    )


class NoShowOut(Shape):
    """What goes back to a client who did not come, and what the shop keeps of what was paid."""

    refund: MoneyOut = Field(description="What goes back, the tip always.")
    kept: MoneyOut = Field(description="What the shop keeps, by the terms that were agreed to.")


class WalkInIn(Shape):
    """Who walked in, and whom they sit with."""

    barber: BarberId
    service: ServiceId
    name: Text = Field(max_length=200, description="Who walked in.", examples=["Ben Hughes"])
    email: Text | None = Field(
        None, max_length=254, description="Where a letter goes; no letter when left out."
    )
    starts_at: InstantIn | None = Field(
        None,
        description="At a time of today, by RFC 3339 with its zone or `Z`; as soon as the barber "
        "is free when left out.",
    )
