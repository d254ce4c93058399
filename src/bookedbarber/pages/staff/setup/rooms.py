"""Every step of a new shop."""

from typing import Final

from bookedbarber.pages.staff.setup import (
    account,
    barbers,
    hours,
    opening,
    policy,
    services,
    shop,
)
from bookedbarber.pages.staff.shell import Handler

ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = tuple(
    route
    for step in (account, shop, services, hours, barbers, policy, opening)
    for route in step.ROUTES
)
