"""Every room of the settings."""

from typing import Final

from bookedbarber.pages.staff.settings import (
    barbers,
    hours,
    keys,
    look,
    people,
    policy,
    services,
    shop,
)
from bookedbarber.pages.staff.shell import Handler

ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = tuple(
    route
    for room in (shop, services, barbers, hours, policy, look, keys, people)
    for route in room.ROUTES
)
