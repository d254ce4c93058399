"""The JSON shapes of what the desk does on the day."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from bookedbarber.api.shapes import MoneyIn, MoneyOut, Shape, storable, written


class NoShowIn(Shape):
    """Noting a no-show, agreed to the refund that was shown."""

    expected_refund: MoneyIn = None


class NoShowOut(Shape):
    """What goes back to a client who did not come, and what the shop keeps of what was paid."""

    refund: MoneyOut
    kept: MoneyOut


class WalkInIn(Shape):
    """Who walked in. It begins as soon as the barber is free when `starts_at` is left out, and no
    letter goes where there is no `email`."""

    barber: str
    service: str
    name: Annotated[str, AfterValidator(storable)] = Field(max_length=200)
    email: Annotated[str, AfterValidator(storable)] | None = Field(None, max_length=254)
    starts_at: Annotated[datetime, BeforeValidator(written)] | None = None
