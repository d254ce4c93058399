"""Where one can go at the desk, by what one may."""

from dataclasses import dataclass
from typing import Final

from bookedbarber.access.roles import May, Role, allows
from bookedbarber.pages.texts import N_


@dataclass(frozen=True, slots=True)
class Room:
    """One entry of the navigation; `key` is the letter that follows `g` on the keyboard."""

    name: str
    icon: str
    label: str
    path: str
    key: str
    act: May


MONEY: Final = (
    Room("overview", "layout-dashboard", N_("Overview"), "overview", "o", May.SEE_OVERVIEW),
    Room("day", "calendar-days", N_("Day"), "day", "d", May.SEE_DAY),
    Room("payments", "credit-card", N_("Payments"), "payments", "p", May.SEE_PAYMENTS),
)
SHOP: Final = (Room("settings", "settings", N_("Settings"), "settings", "s", May.SETTINGS),)
GROUPS: Final = ((N_("Money"), MONEY), (N_("Shop"), SHOP))


def groups(role: Role) -> tuple[tuple[str, tuple[Room, ...]], ...]:
    """The rooms a role may enter, in groups that are not empty."""
    open_ = ((name, tuple(r for r in rooms if allows(role, r.act))) for name, rooms in GROUPS)
    return tuple((name, rooms) for name, rooms in open_ if rooms)


def first(role: Role) -> Room:
    """Where somebody begins their work."""
    return next(room for _, rooms in groups(role) for room in rooms)
