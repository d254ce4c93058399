"""`/desk/code` and `/desk/authenticator`: the second factor, and setting up the first one.

Whoever knows a password and has no factor yet sets one up before anything else: nobody works here
with a password alone.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import ClassVar, Final
from urllib.parse import quote
from uuid import UUID

import pyotp
import segno
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber import ids
from bookedbarber.access import queries, sessions, totp
from bookedbarber.access.factors import Factor, FactorRefused
from bookedbarber.access.people import Person
from bookedbarber.access.sessions import Session
from bookedbarber.access.totp import Begun
from bookedbarber.api.context import ACCOUNT
from bookedbarber.api.request_log import note
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.pages import render
from bookedbarber.pages.context import House, house
from bookedbarber.pages.staff import door
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.shell import SIGN_IN, Handler, cookie, half_signed_in, theme_of
from bookedbarber.resilience.limiter import RateLimited

AUTHENTICATOR: Final = "/desk/authenticator"


@dataclass(frozen=True, slots=True)
class CodePage:
    """Which code does your authenticator show? `shown` is what the demo's would."""

    template: ClassVar[str] = "staff/code.html"
    next: str
    refused: bool
    wait: int
    shown: str
    theme: str
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class AuthenticatorPage:
    """An authenticator to be set up: a picture to scan, the same to type, and its first code."""

    template: ClassVar[str] = "staff/authenticator.html"
    next: str
    seed: str
    secret: str
    picture: str
    refused: bool
    wait: int
    theme: str
    locale: str = "en"


def half(handler: Callable[[Request, Session], Awaitable[Response]]) -> Handler:
    """A page for whoever gave their password and no second factor yet."""

    @wraps(handler)
    async def checked(request: Request) -> Response:
        session = await half_signed_in(request)
        if session is None:
            return RedirectResponse(SIGN_IN, 303)
        if session.factor is not None:
            return RedirectResponse(_next(request), 303)
        return await handler(request, session)

    return checked


@half
async def ask(request: Request, session: Session) -> Response:
    """Ask for a code; whoever has no factor sets one up."""
    async with house(request).context.means.database.platform() as db:
        known = await queries.factors_of(db, person_id=session.person.person_id)
    if not known:
        return RedirectResponse(f"{AUTHENTICATOR}?next={quote(_next(request), safe='')}", 303)
    return _asked(request, session)


@half
async def show(request: Request, session: Session) -> Response:
    """A code is right: the session goes on under another secret."""
    context, form = house(request).context, await Form.of(request)

    async def use(db: Connection, person: Person) -> None:
        await totp.accept(
            db,
            context.means.vault,
            person_id=person.person_id,
            code=form.text("code"),
            now=context.wall.now(),
        )

    try:
        return await _complete(request, session, use)
    except FactorRefused as refused:
        note(request, code=refused.code)
        return _asked(request, session, refused=True, status=401)
    except RateLimited as much:
        note(request, code=much.code)
        return _asked(request, session, wait=_minutes(much), status=429)


@half
async def set_up(request: Request, session: Session) -> Response:
    """An authenticator to set up, for whoever has none."""
    context = house(request).context
    async with context.means.database.platform() as db:
        if await queries.factors_of(db, person_id=session.person.person_id):
            return RedirectResponse(door.second(_next(request)), 303)
        begun = await totp.begin(
            db, context.means.vault, person=session.person, now=context.wall.now()
        )
    return _offered(request, begun)


@half
async def prove(request: Request, session: Session) -> Response:
    """The authenticator's first code is right: it is a factor, and was shown."""
    context, form = house(request).context, await Form.of(request)
    vault, now = context.means.vault, context.wall.now()
    seed_id = _seed(form.text("seed"))

    async def use(db: Connection, person: Person) -> None:
        await queries.lock_person(db, person_id=person.person_id)
        if seed_id is None or await queries.factors_of(db, person_id=person.person_id):
            raise FactorRefused
        code = form.text("code")
        await totp.prove(db, vault, person=person, seed_id=seed_id, code=code, now=now)

    try:
        return await _complete(request, session, use)
    except (FactorRefused, RateLimited) as refused:
        note(request, code=refused.code)
        wait = _minutes(refused) if isinstance(refused, RateLimited) else 0
    async with context.means.database.platform() as db:
        begun = seed_id and await totp.again(
            db, vault, person=session.person, seed_id=seed_id, now=now
        )
    if not begun:
        return RedirectResponse(f"{AUTHENTICATOR}?next={quote(_next(request), safe='')}", 303)
    return _offered(request, begun, refused=not wait, wait=wait, status=429 if wait else 401)


async def _complete(
    request: Request, session: Session, use: Callable[[Connection, Person], Awaitable[None]]
) -> Response:
    """On to where they were going, with a whole session. Raises FactorRefused, RateLimited."""
    at = house(request)
    await at.context.limiter.take(ACCOUNT, f"factor:{session.person.person_id}")
    secret = await sessions.complete(
        at.context.means.database,
        secret=request.cookies[cookie(at)],
        factor=Factor.TOTP,
        show=use,
        person=session.person,
        now=at.context.wall.now(),
    )
    return door.remember(at, RedirectResponse(_next(request), 303), secret)


def _asked(
    request: Request, session: Session, *, refused: bool = False, wait: int = 0, status: int = 200
) -> Response:
    at = house(request)
    shown = _demo_code(at, session)
    view = CodePage(_next(request), refused, wait, shown, theme_of(request))
    return render.page(view, at.site, status=status)


def _demo_code(at: House, session: Session) -> str:
    """What the authenticator of somebody of the demo shows now; empty for anybody else."""
    logins = at.demo.logins() if at.demo else ()
    seeds = [login.seed for login in logins if login.email == session.person.email]
    return pyotp.TOTP(seeds[0]).at(at.context.wall.now()) if seeds else ""


def _offered(
    request: Request, begun: Begun, *, refused: bool = False, wait: int = 0, status: int = 200
) -> Response:
    view = AuthenticatorPage(
        next=_next(request),
        seed=ids.show("tot", begun.seed_id),
        secret=" ".join(begun.secret[at : at + 4] for at in range(0, len(begun.secret), 4)),
        picture=segno.make(begun.address, error="m").png_data_uri(scale=5, border=4),
        refused=refused,
        wait=wait,
        theme=theme_of(request),
    )
    return render.page(view, house(request).site, status=status)


def _seed(text: str) -> UUID | None:
    try:
        return ids.parse("tot", text)
    except Refused:
        return None


def _minutes(much: RateLimited) -> int:
    return max(1, round(much.retry_after / 60))


def _next(request: Request) -> str:
    return door.back(request.query_params.get("next", ""))


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", door.SECOND, ask),
    ("POST", door.SECOND, show),
    ("GET", AUTHENTICATOR, set_up),
    ("POST", AUTHENTICATOR, prove),
)
