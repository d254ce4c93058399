"""The step of the hours: a week as most shops have it."""

from dataclasses import dataclass
from datetime import time
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.access.roles import May
from bookedbarber.pages import present, views
from bookedbarber.pages.staff.settings import grid
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import NOTHING, Refusal, save
from bookedbarber.pages.staff.settings.grid import Day
from bookedbarber.pages.staff.settings.words import Problem
from bookedbarber.pages.staff.setup.frame import PATH, Shown, onward, page, shown
from bookedbarber.pages.staff.shell import Desk, Handler, room, theme_of
from bookedbarber.pages.texts import N_
from bookedbarber.shops.settings import changes, hours
from bookedbarber.shops.settings.weeks import Span

WEEK: Final = (
    *(Span(day, time(9), time(18)) for day in range(5)),
    Span(5, time(9), time(17)),
)


@dataclass(frozen=True, slots=True)
class HoursStep:
    """When are you open?"""

    template: ClassVar[str] = "staff/setup/hours.html"
    shop: views.Shop
    shown: Shown
    theme: str
    days: tuple[Day, ...]
    version: str


@room(May.SETTINGS)
async def show_hours(_: Request, desk: Desk) -> Response:
    """The week as most shops have it."""
    return await _hours(desk)


@room(May.SETTINGS)
async def keep_hours(request: Request, desk: Desk) -> Response:
    """Open at these hours."""
    form = await Form.of(request)
    if form.text("do") == "same":
        return await _hours(desk, form, same=True)
    wanted = form.week("hours")
    if halves := form.halves("hours"):
        return await _hours(desk, form, Refusal(grid.halves("hours", halves)))
    if not wanted:
        never = Refusal({"hours": Problem(N_("Give the times of at least one day."))})
        return await _hours(desk, form, never)
    refused = await save(
        desk,
        lambda db: hours.change(
            db,
            wanted,
            shop_id=desk.shop_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        ),
    )
    return await _hours(desk, form, refused) if refused else onward(desk, "hours")


async def _hours(
    desk: Desk, form: Form | None = None, refusal: Refusal = NOTHING, *, same: bool = False
) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        kept = await hours.of_shop(db, shop_id=desk.shop_id)
    days = grid.shown("hours", kept or WEEK)
    if form:
        days = grid.typed("hours", form, refusal.problems, same=same)
    view = HoursStep(
        shop=present.shop(desk.shop),
        shown=shown(desk, "hours", refusal),
        theme=theme_of(desk.request),
        days=days,
        version=changes.mark(kept),
    )
    return page(desk, view, refusal)


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", f"{PATH}/hours", show_hours),
    ("POST", f"{PATH}/hours", keep_hours),
)
