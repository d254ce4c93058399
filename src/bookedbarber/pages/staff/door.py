"""Signing in and out, choosing a shop, choosing a theme."""

import contextlib
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber.access import people, sessions
from bookedbarber.access.queries import Workplace
from bookedbarber.access.sessions import SignInRefused
from bookedbarber.api.context import ACCOUNT, SIGN_INS, Context
from bookedbarber.api.request_log import note
from bookedbarber.pages import render
from bookedbarber.pages.context import House, address, house
from bookedbarber.pages.demo import Login
from bookedbarber.pages.staff import confirming, navigation
from bookedbarber.pages.staff.shell import (
    SIGN_IN,
    THEMES,
    Desk,
    Handler,
    cookie,
    room,
    signed_in,
    theme_of,
)
from bookedbarber.resilience.limiter import RateLimited
from bookedbarber.vault.index import EmailInvalid

DESK: Final = "/desk"
SECOND: Final = f"{DESK}/code"
_YEAR: Final = 365 * 24 * 3600
LONGEST: Final = 320


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`/desk/sign-in`; `wait` in minutes when there were too many tries."""

    template: ClassVar[str] = "staff/sign_in.html"
    email: str
    next: str
    refused: bool
    wait: int
    logins: tuple[Login, ...]
    theme: str
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class ShopsPage:
    """`/desk`: where somebody works."""

    template: ClassVar[str] = "staff/shops.html"
    name: str
    places: tuple[tuple[Workplace, str], ...]  # and where they begin there
    theme: str
    locale: str = "en"


async def ask(request: Request) -> Response:
    """Who is there?"""
    if await signed_in(request):
        return RedirectResponse(back(request.query_params.get("next", "")), 303)
    return _asked(request, next_=request.query_params.get("next", ""))


async def sign_in(request: Request) -> Response:
    """Take the password, and go on to the second factor; or ask again."""
    at, form = house(request), await request.form()
    email, next_ = _text(form, "email"), _text(form, "next")
    try:
        await _count(request, email)
        secret = await sessions.begin(
            at.context.means.database,
            at.context.means.vault,
            email=email,
            password=_text(form, "password"),
            now=at.context.wall.now(),
        )
    except SignInRefused as refused:
        note(request, code=refused.code)
        return _asked(request, next_=next_, email=email, refused=True, status=401)
    except RateLimited as much:
        note(request, code=much.code)
        wait = max(1, round(much.retry_after / 60))
        return _asked(request, next_=next_, email=email, wait=wait, status=429)
    await _leave(request, at)
    return remember(at, RedirectResponse(second(back(next_)), 303), secret)


def remember(at: House, answer: Response, secret: str) -> Response:
    """The answer, with the session whose secret this is."""
    answer.set_cookie(
        cookie(at), secret, httponly=True, samesite="lax", secure=cookie(at) != "desk", path="/"
    )
    return answer


async def _count(request: Request, email: str) -> None:
    """Every try counts, for where it comes from and for whose account it means."""
    context = house(request).context
    await context.limiter.take(SIGN_INS, address(request))
    with contextlib.suppress(EmailInvalid):
        await count_account(context, email)


async def count_account(context: Context, email: str) -> None:
    """A try at an account counts, without the counters learning whose. Raises EmailInvalid."""
    index = context.means.vault.index_email(people.NO_SHOP, email)
    await context.limiter.take(ACCOUNT, index.hex())


async def sign_out(request: Request) -> Response:
    """End the session here and in the database."""
    at = house(request)
    await _leave(request, at)
    answer = RedirectResponse(SIGN_IN, 303)
    answer.delete_cookie(cookie(at), path="/", secure=cookie(at) != "desk", httponly=True)
    return answer


async def _leave(request: Request, at: House) -> None:
    secret = request.cookies.get(cookie(at))
    if secret:
        now = at.context.wall.now()
        await sessions.end(at.context.means.database, secret=secret, now=now)


async def choose(request: Request) -> Response:
    """The shops somebody works in; straight on where there is one."""
    at, session = house(request), await signed_in(request)
    if session is None:
        return RedirectResponse(SIGN_IN, 303)
    async with at.context.means.database.platform() as db:
        found = await people.workplaces(db, person=session.person)
    places = tuple(
        (place, f"{DESK}/{place.slug}/{navigation.first(place.role).path}") for place in found
    )
    if len(places) == 1:
        return RedirectResponse(places[0][1], 303)
    return render.page(ShopsPage(session.person.name, places, theme_of(request)), at.site)


async def begin(request: Request) -> Response:
    """`/desk/{shop}`: to the room where somebody's work begins."""
    at, session = house(request), await signed_in(request)
    if session is None:
        return RedirectResponse(SIGN_IN, 303)
    async with at.context.means.database.platform() as db:
        found = await people.workplaces(db, person=session.person)
    for place in found:
        if place.slug == request.path_params["shop"]:
            return RedirectResponse(f"{DESK}/{place.slug}/{navigation.first(place.role).path}", 303)
    return RedirectResponse(DESK, 303)


@room(None)
async def confirm(request: Request, desk: Desk) -> Response:
    """A second factor for what a link leads to."""
    return await confirming.lead_on(request, desk)


async def set_theme(request: Request) -> Response:
    """Light, dark, or what the machine says."""
    form = await request.form()
    chosen = _text(form, "theme")
    answer = RedirectResponse(back(_text(form, "next")), 303)
    if chosen in THEMES:
        answer.set_cookie("theme", chosen, max_age=_YEAR, samesite="lax", path="/")
    else:
        answer.delete_cookie("theme", path="/")
    return answer


def _asked(
    request: Request,
    *,
    next_: str,
    email: str = "",
    refused: bool = False,
    wait: int = 0,
    status: int = 200,
) -> Response:
    at = house(request)
    logins = at.demo.logins() if at.demo else ()
    view = SignInPage(email, back(next_), refused, wait, logins, theme_of(request))
    return render.page(view, at.site, status=status)


def second(next_: str) -> str:
    """Where a second factor is shown, on the way to a page of the desk."""
    return f"{SECOND}?next={quote(next_, safe='')}"


def back(wanted: str) -> str:
    """Where to go on: a page of the desk, and nowhere else, whoever made the link."""
    path = wanted.partition("?")[0]
    inside = path == DESK or path.startswith((f"{DESK}/", "/design", "/start/"))
    clean = wanted.isprintable() and "\\" not in wanted and "//" not in path
    return wanted if inside and clean and path != SIGN_IN else DESK


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value[:LONGEST] if isinstance(value, str) else ""


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", DESK, choose),
    ("GET", SIGN_IN, ask),
    ("POST", SIGN_IN, sign_in),
    ("POST", "/desk/sign-out", sign_out),
    ("POST", "/desk/theme", set_theme),
    ("POST", "/desk/{shop}/confirm", confirm),
    ("GET", "/desk/{shop}", begin),
)
