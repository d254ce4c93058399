"""The life of an appointment: one table of allowed moves."""

from enum import StrEnum
from typing import Final


class AppointmentState(StrEnum):
    """Where an appointment stands. The first four block the barber's time."""

    HELD = "held"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"  # checked in: the client is here, the work is not done
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"  # neither kept nor cancelled
    EXPIRED = "expired"


class CancelledBy(StrEnum):
    """On whose account a visit is cancelled: the policy binds the client, never the shop."""

    CLIENT = "client"
    SHOP = "shop"


class MovedBy(StrEnum):
    """On whose account a visit is moved: what the shop offers binds the client, never the shop."""

    CLIENT = "client"
    SHOP = "shop"


_S = AppointmentState
OPEN: Final = frozenset({_S.CONFIRMED, _S.ARRIVED})
"""A visit that is booked and not over: its money is still the client's."""
MOVES: dict[AppointmentState, frozenset[AppointmentState]] = {
    _S.HELD: frozenset({_S.CONFIRMED, _S.CANCELLED, _S.EXPIRED}),
    # A payment that arrives after the hold ran out takes the slot back if nobody has it.
    _S.EXPIRED: frozenset({_S.CONFIRMED}),
    _S.CONFIRMED: frozenset({_S.ARRIVED, _S.COMPLETED, _S.CANCELLED, _S.NO_SHOW}),
    # Who is here has come: that must be taken back before they can be said not to have.
    _S.ARRIVED: frozenset({_S.CONFIRMED, _S.COMPLETED, _S.CANCELLED}),
    _S.COMPLETED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.NO_SHOW: frozenset(),
}


def may_become(state: AppointmentState) -> list[str]:
    """The states an appointment may leave to reach `state`."""
    return [source.value for source, allowed in MOVES.items() if state in allowed]
