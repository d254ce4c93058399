"""`settings/look`: the shop's colour, shown as it can be read, and its logo."""

from dataclasses import dataclass
from typing import ClassVar, Final

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.access.roles import May
from bookedbarber.errors import Refused
from bookedbarber.pages import look as public
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import (
    NOTHING,
    Frame,
    Refusal,
    frame,
    refusal_of,
    save,
    saved,
)
from bookedbarber.pages.staff.settings.words import REASONS, Problem
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.shops.settings import changes, colour, logo, look
from bookedbarber.shops.settings.colour import Palette
from bookedbarber.shops.settings.faults import Reason

HOUSE: Final = "#1f4fc0"  # what a form begins with where the shop has no colour of its own


@dataclass(frozen=True, slots=True)
class LookPage:
    """Colour and logo; `palette` is what the pages make of the colour that is kept."""

    template: ClassVar[str] = "staff/settings/look.html"
    room: ClassVar[str] = "settings"
    title: str
    frame: Frame
    action: str
    typed: str
    version: str
    palette: Palette | None
    logo: str


@room(May.SETTINGS)
async def show(_: Request, desk: Desk) -> Response:
    """The look."""
    return await _page(desk)


@room(May.SETTINGS)
async def change(request: Request, desk: Desk) -> Response:
    """A colour, a logo, or neither any more: whichever button was pressed."""
    form = await Form.of(request)
    try:
        refused = await _change(request, desk, form)
    finally:
        await request.close()  # the file that came with it
    return await _page(desk, form.text("colour"), refused) if refused else saved(desk, "look")


async def _change(request: Request, desk: Desk, form: Form) -> Refusal | None:
    match form.text("do"):
        case "logo":
            return await _send_logo(request, desk, form)
        case "no-logo":
            return await _keep_logo(desk, None, form)
        case "no-colour":
            return await _keep_colour(desk, None, form)
        case _:
            return await _keep_colour(desk, form.text("colour"), form)


async def _keep_colour(desk: Desk, wanted: str | None, form: Form) -> Refusal | None:
    return await save(
        desk,
        lambda db: look.change_colour(
            db,
            wanted,
            shop_id=desk.shop_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        ),
    )


async def _send_logo(request: Request, desk: Desk, form: Form) -> Refusal | None:
    sent = (await request.form()).get("logo")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return Refusal({"logo": Problem(REASONS[Reason.MISSING])})
    content = await sent.read(logo.LARGEST + 1)
    try:
        drawn = await logo.redraw(content)
    except Refused as refused:
        return refusal_of(refused)
    return await _keep_logo(desk, drawn, form)


async def _keep_logo(desk: Desk, drawn: logo.Logo | None, form: Form) -> Refusal | None:
    return await save(
        desk,
        lambda db: look.change_logo(
            db,
            drawn,
            shop_id=desk.shop_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        ),
    )


async def _page(desk: Desk, typed: str = "", refusal: Refusal = NOTHING) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        there = await look.of_shop(db, shop_id=desk.shop_id)
        shop = await changes.load(db, desk.shop_id)
    view = LookPage(
        title="Look",
        frame=frame(desk, "look", refusal),
        action=f"{desk.base}/settings/look",
        typed=typed or there.colour or HOUSE,
        version=changes.mark(there),
        palette=colour.derive(there.colour) if there.colour else None,
        logo=public.logo_url(shop),
    )
    return desk.page(view, status=200 if refusal is NOTHING else refusal.status)


PATH: Final = "/desk/{shop}/settings/look"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", PATH, show),
    ("POST", PATH, change),
)
