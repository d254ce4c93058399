"""A second factor once more, for one act: asked where the act is, and shown with its form.

What was sent goes along in hidden fields, so that the act is done as soon as it is confirmed. Where
a link asked for it, a download say, `…/confirm` takes the proof and leads on to its address.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber.access import step_up, totp
from bookedbarber.access.factors import Factor, FactorRefused
from bookedbarber.access.step_up import StepUpNeeded
from bookedbarber.api.context import ACCOUNT
from bookedbarber.resilience.limiter import RateLimited

if TYPE_CHECKING:
    from bookedbarber.pages.staff.shell import Desk

OURS: Final = "confirm_"  # how the fields of this page begin
CODE: Final = "confirm_code"
OPERATION: Final = "confirm_operation"
WHAT: Final = "confirm_what"
LONGEST: Final = 24_000


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """What is confirmed, and the form that goes along."""

    template: ClassVar[str] = "staff/confirm.html"
    title: str
    what: str
    action: str
    operation: str
    fields: tuple[tuple[str, str], ...]
    tried: "Tried"
    room: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try to confirm went; `wait` in minutes after too many."""

    refused: bool = False
    wait: int = 0


async def ask(desk: "Desk", needed: StepUpNeeded, tried: Tried) -> Response:
    """The page that asks for a second factor."""
    action, operation = _action(desk), needed.operation.digest.hex()
    fields = await _fields(desk.request)
    return _page(desk, ConfirmPage(needed.what, needed.what, action, operation, fields, tried))


async def lead_on(request: Request, desk: "Desk") -> Response:
    """`…/confirm`: take the proof, and lead on to the link that wants it."""
    tried, form = request.state.tried, await request.form()
    wanted = request.query_params.get("next", "")
    if tried == Tried() or not inside(wanted, desk.base):
        return RedirectResponse(wanted if inside(wanted, desk.base) else desk.base, 303)
    what, operation = (str(form.get(name, ""))[:LONGEST] for name in (WHAT, OPERATION))
    return _page(desk, ConfirmPage(what, what, _confirm(desk, wanted), operation, (), tried))


def inside(wanted: str, base: str) -> bool:
    """Whether an address is a page below `base`, and nowhere else, whoever made the link."""
    path = wanted.partition("?")[0]
    clean = wanted.isprintable() and "\\" not in wanted and "//" not in path and ".." not in path
    return path.startswith(f"{base}/") and clean


def _page(desk: "Desk", view: ConfirmPage) -> Response:
    status = 429 if view.tried.wait else 401 if view.tried.refused else 403
    return desk.page(view, status=status)


async def read(desk: "Desk") -> Tried:
    """Keep the proof that came with a form, if any came and it is right; once for each request."""
    desk.request.state.tried = tried = await _read(desk)
    return tried


async def _read(desk: "Desk") -> Tried:
    if desk.request.method != "POST":
        return Tried()
    form = await desk.request.form()
    code, operation = form.get(CODE), form.get(OPERATION)
    if not isinstance(code, str) or not isinstance(operation, str):
        return Tried()
    try:
        await _prove(desk, code, operation)
    except FactorRefused:
        return Tried(refused=True)
    except RateLimited as much:
        return Tried(wait=max(1, round(much.retry_after / 60)))
    return Tried()


async def _prove(desk: "Desk", code: str, operation: str) -> None:
    """Use up a code for an operation. Raises FactorRefused, RateLimited."""
    try:
        digest = bytes.fromhex(operation)
    except ValueError:
        raise FactorRefused from None
    context, session = desk.house.context, desk.session
    await context.limiter.take(ACCOUNT, f"factor:{session.person.person_id}")
    if len(digest) != 32:
        raise FactorRefused
    now = context.wall.now()
    async with context.means.database.platform() as db:
        await totp.accept(
            db, context.means.vault, person_id=session.person.person_id, code=code, now=now
        )
        await step_up.record(
            db, session_id=session.session_id, operation=digest, factor=Factor.TOTP, now=now
        )


def _action(desk: "Desk") -> str:
    url = desk.request.url
    address = url.path + (f"?{url.query}" if url.query else "")
    return address if desk.request.method == "POST" else _confirm(desk, address)


def _confirm(desk: "Desk", address: str) -> str:
    return f"{desk.base}/confirm?{urlencode({'next': address})}"


async def _fields(request: Request) -> tuple[tuple[str, str], ...]:
    if request.method != "POST":
        return ()
    form = await request.form()
    return tuple(
        (name, value[:LONGEST])
        for name, value in form.multi_items()
        if isinstance(value, str) and not name.startswith(OURS)
    )
