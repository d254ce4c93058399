"""`/start`: an account for whoever opens a shop.

There only where no real money moves. Elsewhere a stranger's shop would collect into the house's own
Stripe account: that waits until each shop brings an account of its own.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber.access import passwords, people, sessions
from bookedbarber.errors import Refused
from bookedbarber.pages import house as pages
from bookedbarber.pages import render
from bookedbarber.pages.context import House, address, house
from bookedbarber.pages.staff import door
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import NOTHING, Refusal, refusal_of
from bookedbarber.pages.staff.shell import Handler, signed_in, theme_of
from bookedbarber.pages.views import ErrorKind
from bookedbarber.resilience.limiter import Rule

START: Final = "/start"
SHOP: Final = "/start/shop"
# From one address: people who open a shop do so once.
STARTS: Final = Rule("starts", limit=20, period=3600, burst=10)


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Who are you?"""

    template: ClassVar[str] = "staff/setup/account.html"
    values: Mapping[str, str]
    refusal: Refusal
    theme: str
    locale: str = "en"


def open_to_all(handler: Callable[[Request, House], Awaitable[Response]]) -> Handler:
    """A page for strangers, where strangers may open a shop."""

    @wraps(handler)
    async def checked(request: Request) -> Response:
        at = house(request)
        if not at.site.test_mode:
            return pages.error(request, 404, ErrorKind.NOT_FOUND)
        return await handler(request, at)

    return checked


@open_to_all
async def ask(request: Request, at: House) -> Response:
    """An account; straight on for whoever has one and is here."""
    if await signed_in(request):
        return RedirectResponse(SHOP, 303)
    return _page(request, at, {})


@open_to_all
async def make(request: Request, at: House) -> Response:
    """Make the account, and begin its first session."""
    form = await Form.of(request)
    await at.context.limiter.take(STARTS, address(request))
    means, now = at.context.means, at.context.clock.now()
    name, email, password = (form.text(field) for field in ("name", "email", "password"))
    try:
        people.check(name=name, email=email)
        digest = await passwords.digest(password)
        async with means.database.platform() as db:
            await people.add(db, means.vault, name=name, email=email, password=digest, now=now)
        secret = await sessions.begin(
            means.database, means.vault, email=email, password=password, now=at.context.wall.now()
        )
    except Refused as refused:
        return _page(request, at, form.values, refusal_of(refused))
    return door.remember(at, RedirectResponse(door.second(SHOP), 303), secret)


def _page(
    request: Request, at: House, values: Mapping[str, str], refusal: Refusal = NOTHING
) -> Response:
    view = AccountPage(values, refusal, theme_of(request))
    return render.page(view, at.site, status=200 if refusal is NOTHING else refusal.status)


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", START, ask),
    ("POST", START, make),
)
