"""The last step: a look at the booking page, and the button that opens it."""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber.access.roles import May
from bookedbarber.pages import present, views
from bookedbarber.pages.staff.setup.frame import PATH, Shown, page, shown
from bookedbarber.pages.staff.shell import Desk, Handler, room, theme_of
from bookedbarber.pages.texts import N_
from bookedbarber.shops import beginning
from bookedbarber.shops.settings import barbers, services


@dataclass(frozen=True, slots=True)
class OpenStep:
    """Look at it, and open."""

    template: ClassVar[str] = "staff/setup/open.html"
    shop: views.Shop
    shown: Shown
    theme: str
    url: str
    opened_at: datetime | None
    missing: tuple[tuple[str, str], ...]
    services: int
    barbers: int


LACKS: Final = {
    "services": N_("Add at least one service."),
    "hours": N_("Say when you are open."),
    "barbers": N_("Add at least one barber who gives a service."),
}


@room(May.SETTINGS)
async def show_open(_: Request, desk: Desk) -> Response:
    """A last look, and the button; afterwards, where clients book."""
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        lacking = await beginning.missing(db, shop_id=desk.shop_id)
        sells = await services.of_shop(db, shop_id=desk.shop_id)
        works = await barbers.of_shop(db, shop_id=desk.shop_id)
    view = OpenStep(
        shop=present.shop(desk.shop),
        shown=shown(desk, "open"),
        theme=theme_of(desk.request),
        url=f"{desk.house.context.means.site_url}/b/{desk.shop.slug}",
        opened_at=desk.shop.opened_at,
        missing=tuple((f"{desk.base}/setup/{name}", LACKS[name]) for name in lacking),
        services=sum(row.active for row in sells),
        barbers=sum(row.active for row in works),
    )
    return page(desk, view)


@room(May.SETTINGS)
async def open_shop(_: Request, desk: Desk) -> Response:
    """Take bookings from now on; where something is missing, the page says what."""
    with contextlib.suppress(beginning.ShopNotReady):
        async with desk.house.context.means.database.tenant(desk.shop_id) as db:
            await beginning.open_for_bookings(
                db, shop_id=desk.shop_id, actor=desk.actor, now=desk.now
            )
    return RedirectResponse(f"{desk.base}/setup/open", 303)


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", f"{PATH}/open", show_open),
    ("POST", f"{PATH}/open", open_shop),
)
