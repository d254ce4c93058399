"""The JSON shapes of moving a visit."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from bookedbarber.api.shapes import MoneyOut, Shape, storable, written
from bookedbarber.booking.availability import Against
from bookedbarber.booking.states import MovedBy

Instant = Annotated[datetime, BeforeValidator(written)]


class PlaceOut(Shape):
    """When a visit is, and with whom."""

    barber: str
    barber_name: str
    starts_at: datetime
    ends_at: datetime


class MoveOfferOut(Shape):
    """What moving comes to. It costs nothing: `paid` goes with it, and `due_at_shop` stays due.

    From then on cancelling is free until `free_until`; `free` is false when that has passed, and
    `late_fee` is what is kept then. The terms that were agreed to (`terms_version`) hold on,
    whatever the shop's newest are (`terms_in_force`). `against` says what speaks against the new
    time, at the desk: `closed`, `off_duty`, `away`.
    """

    old: PlaceOut
    new: PlaceOut
    against: list[Against]
    free_until: datetime
    free: bool
    late_fee: MoneyOut
    paid: MoneyOut
    due_at_shop: MoneyOut
    terms_version: int
    terms_in_force: int


class MoveIn(Shape):
    """Where to; `barber` is left out for whoever is free, the present one first. With `seen_at`,
    the start as it was shown, nothing is moved that was moved meanwhile."""

    starts_at: Instant
    barber: str | None = None
    seen_at: Instant | None = None


class DeskMoveIn(MoveIn):
    """Moving at the desk, and why."""

    reason: Annotated[str, AfterValidator(storable)] = Field("", max_length=500)


class MoveOut(Shape):
    """One move of a visit that was done."""

    number: int
    from_starts_at: datetime
    from_barber: str
    to_starts_at: datetime
    to_barber: str
    moved_by: MovedBy
    actor: str
    reason: str
    moved_at: datetime
