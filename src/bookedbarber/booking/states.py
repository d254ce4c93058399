"""The life of an appointment: one table of allowed moves."""

from enum import StrEnum


class AppointmentState(StrEnum):
    """Where an appointment stands. The first three block the barber's time."""

    HELD = "held"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
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
MOVES: dict[AppointmentState, frozenset[AppointmentState]] = {
    _S.HELD: frozenset({_S.CONFIRMED, _S.CANCELLED, _S.EXPIRED}),
    # A payment that arrives after the hold ran out takes the slot back if nobody has it.
    _S.EXPIRED: frozenset({_S.CONFIRMED}),
    _S.CONFIRMED: frozenset({_S.COMPLETED, _S.CANCELLED}),
    _S.COMPLETED: frozenset(),
    _S.CANCELLED: frozenset(),
}


def may_become(state: AppointmentState) -> list[str]:
    """The states an appointment may leave to reach `state`."""
    return [source.value for source, allowed in MOVES.items() if state in allowed]
