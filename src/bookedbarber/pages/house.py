"""Pages of no single client: the list of shops, error codes, the demo's outbox, what went wrong."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber import ids
from bookedbarber.api import problems
from bookedbarber.api.problems import Problem
from bookedbarber.api.request_log import request_id
from bookedbarber.errors import BookedBarberError
from bookedbarber.messages import outbox
from bookedbarber.messages.outbox import Message
from bookedbarber.pages import render, views
from bookedbarber.pages.context import house
from bookedbarber.pages.views import ErrorKind
from bookedbarber.shops import queries as shops

DESK = "/desk"
KINDS = {
    "link_invalid": ErrorKind.UNKNOWN_LINK,
    "appointment_unknown": ErrorKind.UNKNOWN_LINK,
    "shop_unknown": ErrorKind.UNKNOWN_SHOP,
    "rate_limited": ErrorKind.TOO_MANY,
    "passwords_busy": ErrorKind.TOO_MANY,
    "not_allowed": ErrorKind.NOT_ALLOWED,
}


async def index(request: Request) -> Response:
    """The shops of this house."""
    at = house(request)
    async with at.context.means.database.platform() as db:
        there = await shops.list_open_shops(db)
    view = views.IndexPage(tuple((s.slug, s.name) for s in there), demo=at.context.demo)
    return render.page(view, at.site)


async def problem_codes(request: Request) -> Response:
    """The catalogue of errors, where the `type` of every RFC 9457 answer leads."""
    return render.page(views.ProblemsPage(tuple(problems.in_order())), house(request).site)


async def mail(request: Request) -> Response:
    """What the demo would have sent, newest first; not there outside the demo."""
    at = house(request)
    if not at.context.demo:
        return error(request, 404, ErrorKind.NOT_FOUND)
    means = at.context.means
    async with means.database.platform() as db:
        found = [_message(m) for m in await outbox.newest(db, means.vault)]
    wanted = request.path_params.get("message")
    opened = next((m for m in found if m.id == wanted), None)
    return render.page(views.OutboxPage(tuple(found), opened, "Europe/London", "en-GB"), at.site)


def _message(kept: Message) -> views.Message:
    content = kept.content
    return views.Message(
        id=_shown(kept.message_id),
        to=content.recipient if content else "",
        subject=content.subject if content else kept.kind,
        sent_at=kept.created_at,
        text=content.body.text if content else "",
        attachments=tuple(a.name for a in content.body.attachments) if content else (),
    )


def _shown(message_id: UUID) -> str:
    return ids.show("msg", message_id)


def refused(request: Request, refusal: BookedBarberError) -> Response:
    """The page for one of our errors."""
    problem = problems.of(refusal)
    if problem.code in KINDS:
        return error(request, problem.status, KINDS[problem.code])
    return error(request, problem.status, _kind(problem))


def _kind(problem: Problem) -> ErrorKind:
    """Whether it is missing, Stripe is away, or something of our own is."""
    if problem.status < 500:
        return ErrorKind.NOT_FOUND
    at_stripe = problem.code.startswith("processor_") or problem.code == "breaker_open"
    return ErrorKind.UNAVAILABLE if at_stripe else ErrorKind.OUT


def error(request: Request, status: int, kind: ErrorKind) -> Response:
    """A page that could not be."""
    at_desk = request.url.path.startswith(DESK)
    view = views.ErrorPage(status, kind, request_id=request_id(request), desk=at_desk)
    return render.page(view, house(request).site)
