"""The addresses of the pages, and what stands before all of them."""

from collections.abc import Awaitable, Callable
from functools import wraps

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bookedbarber.api import problems
from bookedbarber.api.app import answer_http
from bookedbarber.api.request_log import note
from bookedbarber.errors import BookedBarberError
from bookedbarber.pages import (
    booking,
    house,
    living,
    look,
    mine,
    moving,
    paying,
    security,
    static_files,
    visits,
)
from bookedbarber.pages.reference import page as reference
from bookedbarber.pages.staff import (
    attention,
    day,
    design,
    door,
    overview,
    password,
    payment,
    payments,
    search,
    second,
    stream,
    visit,
    visit_ends,
    visit_refund,
    walk_in,
)
from bookedbarber.pages.staff import moving as visit_move
from bookedbarber.pages.staff.settings import rooms as settings
from bookedbarber.pages.staff.setup import rooms as setup
from bookedbarber.pages.views import ErrorKind

log = structlog.get_logger("pages")
Handler = Callable[[Request], Awaitable[Response]]
# The door last: its address of one shop would swallow the others.
STAFF = (
    living,
    design,
    overview,
    attention,
    day,
    walk_in,
    visit,
    visit_ends,
    visit_move,
    visit_refund,
    payments,
    payment,
    search,
    settings,
    setup,
    stream,
    password,
    second,
    door,
)


def routes() -> list[BaseRoute]:
    """Every page. The application must carry a `House` in `app.state.house`."""
    table: tuple[tuple[str, str, Handler], ...] = (
        ("GET", "/", house.index),
        ("GET", "/b/{shop}", booking.page),
        ("POST", "/b/{shop}", booking.page),
        ("GET", "/b/{shop}/my", mine.ask),
        ("POST", "/b/{shop}/my", mine.send),
        ("GET", "/my/{link}", mine.page),
        ("GET", "/b/{shop}/look.css", look.style),
        ("GET", "/b/{shop}/logo/{mark}.webp", look.logo),
        ("GET", "/pay/{link}", paying.page),
        ("GET", "/pay/{link}/status", paying.status),
        ("GET", "/pay/{link}/return", paying.back),
        ("POST", "/pay/{link}/hosted", paying.hosted),
        ("GET", "/receipt/{link}", visits.receipt_page),
        ("GET", "/calendar/{link}.ics", visits.calendar),
        ("GET", "/manage/{link}", visits.manage),
        ("GET", "/manage/{link}/cancel", visits.ask),
        ("POST", "/manage/{link}/cancel", visits.give_up),
        ("GET", "/manage/{link}/move", moving.choose),
        ("GET", "/manage/{link}/move/check", moving.ask),
        ("POST", "/manage/{link}/move", moving.do),
        ("GET", problems.PAGE, house.problem_codes),
        ("GET", reference.PAGE, reference.show),
        ("GET", "/outbox", house.mail),
        ("GET", "/outbox/{message}", house.mail),
        *(route for part in STAFF for route in part.ROUTES),
    )
    return [
        Route("/static/{path:path}", static_files.serve),
        *(Route(path, _guarded(handler), methods=[method]) for method, path, handler in table),
    ]


async def missing(request: Request, error: Exception) -> Response:
    """What no route answers: a problem to programs, a page to people."""
    if request.url.path.startswith(("/api/", "/webhooks/")):
        return await answer_http(request, error)
    status = error.status_code if isinstance(error, HTTPException) else 500
    return house.error(request, status, ErrorKind.NOT_FOUND)


def _guarded(handler: Handler) -> Handler:
    """Nothing changes on another site's word, and every failure is a page."""

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        if request.method == "POST" and not security.same_site(request):
            return house.error(request, 403, ErrorKind.CROSS_SITE)
        try:
            return await handler(request)
        except BookedBarberError as refusal:
            note(request, code=refusal.code)
            return house.refused(request, refusal)
        except HTTPException:
            raise
        except Exception:
            log.exception("page.defect")
            return house.error(request, 500, ErrorKind.DEFECT)

    return guarded
