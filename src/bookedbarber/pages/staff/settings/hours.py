"""`settings/hours`: when the shop is open."""

from dataclasses import dataclass
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.access.roles import May
from bookedbarber.booking import outlook
from bookedbarber.pages.staff.settings import grid
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import NOTHING, Frame, Refusal, frame, save, saved
from bookedbarber.pages.staff.settings.grid import Day
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.shops.settings import changes, hours


@dataclass(frozen=True, slots=True)
class HoursPage:
    """The week; `outside` visits to come do not fit it, or their barber's."""

    template: ClassVar[str] = "staff/settings/hours.html"
    room: ClassVar[str] = "settings"
    title: str
    frame: Frame
    action: str
    days: tuple[Day, ...]
    version: str
    outside: int


@room(May.SETTINGS)
async def show(_: Request, desk: Desk) -> Response:
    """The opening hours."""
    return await _page(desk)


@room(May.SETTINGS)
async def change(request: Request, desk: Desk) -> Response:
    """Open at these hours from now on; or Monday is copied, to be looked at first."""
    form = await Form.of(request)
    if form.text("do") == "same":
        return await _page(desk, form, same=True)
    if halves := form.halves("hours"):
        return await _page(desk, form, Refusal(grid.halves("hours", halves)))
    refused = await save(
        desk,
        lambda db: hours.change(
            db,
            form.week("hours"),
            shop_id=desk.shop_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        ),
    )
    return await _page(desk, form, refused) if refused else saved(desk, "hours")


async def _page(
    desk: Desk, form: Form | None = None, refusal: Refusal = NOTHING, *, same: bool = False
) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        kept = await hours.of_shop(db, shop_id=desk.shop_id)
        seen = await outlook.look(db, desk.shop, now=desk.now)
    days = grid.shown("hours", kept, least=2)
    if form:
        days = grid.typed("hours", form, refusal.problems, same=same, least=2)
    view = HoursPage(
        title="Opening hours",
        frame=frame(desk, "hours", refusal),
        action=f"{desk.base}/settings/hours",
        days=days,
        version=changes.mark(kept),
        outside=len(seen.outside),
    )
    return desk.page(view, status=200 if refusal is NOTHING else refusal.status)


PATH: Final = "/desk/{shop}/settings/hours"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", PATH, show),
    ("POST", PATH, change),
)
