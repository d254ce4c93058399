"""`/demo`: what goes on in the demo and what was planted in it; its visitors paused and let in."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber.history import Stage
from bookedbarber.pages import house as pages
from bookedbarber.pages import render, views
from bookedbarber.pages.context import house
from bookedbarber.pages.staff.shell import Handler, signed_in, turn_away
from bookedbarber.pages.views import ErrorKind

DEMO: Final = "/demo"


async def about(request: Request) -> Response:
    """How the demo came about; not there outside the demo."""
    at = house(request)
    if at.demo is None:
        return pages.error(request, 404, ErrorKind.NOT_FOUND)
    return render.page(views.DemoPage(at.demo.planted()), at.site)


async def pause(request: Request) -> Response:
    """Nobody comes any more, until they are let in again."""
    return await _turn(request, Stage.LIVING, Stage.PAUSED)


async def resume(request: Request) -> Response:
    """Let visitors come again."""
    return await _turn(request, Stage.PAUSED, Stage.LIVING)


async def _turn(request: Request, source: Stage, to: Stage) -> Response:
    """Go from one stage to the other for whoever works here; from any other nothing changes."""
    if await signed_in(request) is None:
        return turn_away(request)
    history = house(request).context.history
    if history is None:
        return pages.error(request, 404, ErrorKind.NOT_FOUND)
    history.turn(source, to)
    return RedirectResponse(DEMO, 303)


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", DEMO, about),
    ("POST", "/desk/demo/pause", pause),
    ("POST", "/desk/demo/resume", resume),
)
