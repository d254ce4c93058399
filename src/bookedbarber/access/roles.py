"""Who may do what: one table, and nothing that is not in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Final

from bookedbarber.errors import Refused


class Role(StrEnum):
    """What somebody is in a shop; whoever works for the house is the same in every shop."""

    OWNER = "owner"
    MANAGER = "manager"
    RECEPTIONIST = "receptionist"
    BARBER = "barber"
    ADMIN = "admin"
    FINANCE = "finance"
    SUPPORT = "support"
    AUDITOR = "auditor"


HOUSE: Final = frozenset({Role.ADMIN, Role.FINANCE, Role.SUPPORT, Role.AUDITOR})
"""The roles of those who work for the house, which no shop gives."""


class May(StrEnum):
    """What somebody may do. A barber's permissions reach their own column only."""

    SEE_DAY = "see_day"
    WORK_DAY = "work_day"
    CANCEL = "cancel"
    MOVE = "move"
    REFUND = "refund"
    SEE_PAYMENTS = "see_payments"
    EXPORT = "export"
    SEE_OVERVIEW = "see_overview"
    SETTINGS = "settings"
    KEYS = "keys"
    PEOPLE = "people"
    APPROVE = "approve"
    SEE_TRAIL = "see_trail"


class NotAllowed(Refused):
    """The role does not allow this."""

    code: ClassVar[str] = "not_allowed"


_DAY: Final = frozenset({May.SEE_DAY, May.WORK_DAY})
_DESK: Final = _DAY | {May.CANCEL, May.MOVE, May.SEE_PAYMENTS}
_RUN: Final = _DESK | {May.REFUND, May.EXPORT, May.SEE_OVERVIEW, May.SETTINGS}
MAY: Final[Mapping[Role, frozenset[May]]] = {
    Role.OWNER: _RUN | {May.KEYS, May.PEOPLE, May.APPROVE, May.SEE_TRAIL},
    Role.MANAGER: _RUN | {May.APPROVE},
    Role.RECEPTIONIST: _DESK,
    Role.BARBER: _DAY | {May.SEE_PAYMENTS},
    # The house helps and looks; whose shop it is decides about its people and its keys.
    Role.ADMIN: _RUN | {May.APPROVE, May.SEE_TRAIL},
    Role.FINANCE: frozenset(
        {May.SEE_PAYMENTS, May.REFUND, May.EXPORT, May.SEE_OVERVIEW, May.APPROVE}
    ),
    Role.SUPPORT: frozenset({May.SEE_DAY, May.SEE_PAYMENTS, May.SEE_OVERVIEW}),
    Role.AUDITOR: frozenset({May.SEE_PAYMENTS, May.SEE_OVERVIEW, May.SEE_TRAIL}),
}


def allows(role: Role, act: May) -> bool:
    """Whether a role may do this."""
    return act in MAY[role]
