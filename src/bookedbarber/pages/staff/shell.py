"""The door of every staff page: who is there, in which shop, and whether they may."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Final, Protocol
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber.access import people, sessions, step_up
from bookedbarber.access.people import Person
from bookedbarber.access.queries import Workplace
from bookedbarber.access.roles import May, NotAllowed, Role, allows
from bookedbarber.access.sessions import Session
from bookedbarber.access.step_up import Operation, StepUpNeeded
from bookedbarber.api.context import DESK, KEYED
from bookedbarber.api.request_log import note
from bookedbarber.pages import house as pages
from bookedbarber.pages import render
from bookedbarber.pages.context import House, address, house
from bookedbarber.pages.staff import confirming, navigation
from bookedbarber.pages.views import ErrorKind
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Shop

SIGN_IN: Final = "/desk/sign-in"
BY_ITSELF: Final = "x-live"  # what a page sends when it looks again with nobody pressing anything
THEMES: Final = ("light", "dark")


class StaffView(Protocol):
    """What a room shows: its template under `templates/`, its title, and its navigation entry."""

    @property
    def template(self) -> str:
        """The file under `templates/`."""

    @property
    def title(self) -> str:
        """What stands in the browser's tab, translated already or a name."""

    @property
    def room(self) -> str:
        """The navigation entry it belongs to."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody at work in a shop."""

    request: Request
    house: House
    session: Session
    place: Workplace
    shop: Shop
    now: datetime

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.session.person

    @property
    def shop_id(self) -> UUID:
        """The shop they are in."""
        return self.shop.shop_id

    @property
    def role(self) -> Role:
        """What they are in it."""
        return self.place.role

    @property
    def actor(self) -> str:
        """They, as the audit trail names them."""
        return self.person.actor

    @property
    def only_barber(self) -> UUID | None:
        """Whose visits alone they may see and work on; None for everybody's."""
        return self.place.barber_id if self.role is Role.BARBER else None

    @property
    def base(self) -> str:
        """Where this shop's rooms are."""
        return f"/desk/{self.shop.slug}"

    def may(self, act: May) -> bool:
        """Whether their role allows it."""
        return allows(self.role, act)

    async def confirm(self, operation: Operation, *, what: str) -> None:
        """Use up a second factor that was shown for this operation, before it is done; `what` says
        in words what is confirmed. Raises StepUpNeeded, which the room's door answers."""
        async with self.house.context.means.database.platform() as db:
            await step_up.take(
                db,
                session_id=self.session.session_id,
                operation=operation,
                what=what,
                now=self.house.context.wall.now(),
            )

    def page(self, view: StaffView, *, status: int = 200) -> Response:
        """A page within the staff's layout."""
        return render.staff(view, self.house.site, self._layout(view), status=status)

    def answer(self, view: StaffView, *, status: int = 200) -> Response:
        """The page to whoever asked for it, and what it holds to a page that looks again."""
        if BY_ITSELF in self.request.headers:
            return self.fragment(view)
        return self.page(view, status=status)

    def fragment(self, view: StaffView) -> Response:
        """The same template without its layout, for a page that looks again by itself."""
        return render.staff(view, self.house.site, self._layout(view), whole=False)

    def _layout(self, view: StaffView) -> dict[str, object]:
        return {
            "desk": self,
            "may": self.may,
            "May": May,
            "groups": navigation.groups(self.role),
            "here": view.room,
            "theme": theme_of(self.request),
            "shop_locale": self.shop.locale,
            "shop_country": self.shop.country,
        }


Handler = Callable[[Request], Awaitable[Response]]
Room = Callable[[Request, Desk], Awaitable[Response]]


def room(act: May | None) -> Callable[[Room], Handler]:
    """A page of the desk for whoever may do this in the shop of its address; with None, for
    whoever works there.

    Where its handler wants a second factor for what it does, the page that asks for it comes first.
    """

    def furnish(handler: Room) -> Handler:
        @wraps(handler)
        async def entered(request: Request) -> Response:
            at = house(request)
            session = await signed_in(request)
            if session is None:
                return turn_away(request)
            await at.context.limiter.take(DESK, str(session.person.person_id))
            desk = await _enter(request, at, session)
            if desk is None:
                return pages.error(request, 404, ErrorKind.UNKNOWN_SHOP)
            if act is not None and not desk.may(act):
                raise NotAllowed
            return await _confirmed(handler, request, desk)

        return entered

    return furnish


async def _confirmed(handler: Room, request: Request, desk: Desk) -> Response:
    """The room's answer, or the page that asks for a second factor first."""
    tried = await confirming.read(desk)
    try:
        return await handler(request, desk)
    except StepUpNeeded as needed:
        note(request, code=needed.code)
        return await confirming.ask(desk, needed, tried)


async def signed_in(request: Request) -> Session | None:
    """The session a request carries, in which a second factor was shown. Raises RateLimited."""
    session = await half_signed_in(request)
    return session if session and session.factor else None


async def half_signed_in(request: Request) -> Session | None:
    """The session a request carries, if with a password alone. Raises RateLimited.

    Its address is counted first: looking a session up costs a statement, whether it is one or not.
    """
    at = house(request)
    secret = request.cookies.get(cookie(at))
    if secret is None:
        return None
    await at.context.limiter.take(KEYED, address(request))
    means = at.context.means
    return await sessions.resume(
        means.database,
        means.vault,
        secret=secret,
        present=not _by_itself(request),
        now=at.context.wall.now(),
    )


def _by_itself(request: Request) -> bool:
    """Whether a page asks, and not a person: to look again, or to be told when to."""
    listening = request.headers.get("accept", "") == "text/event-stream"
    return listening or BY_ITSELF in request.headers


def turn_away(request: Request) -> Response:
    """To the sign-in page and back here; a form or a script that came too late is told so."""
    reading = request.method in ("GET", "HEAD")
    if reading and request.headers.get("sec-fetch-mode", "navigate") == "navigate":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(wanted, safe='')}", 303)
    return pages.error(request, 401, ErrorKind.SIGNED_OUT)


async def _enter(request: Request, at: House, session: Session) -> Desk | None:
    now = at.context.clock.now()
    async with at.context.means.database.platform() as db:
        place = await people.enter(
            db, person=session.person, slug=request.path_params["shop"], now=now
        )
        if place is None:
            return None
        shop = await shops.load_shop(db, shop_id=place.shop_id)
    if shop is None:
        raise LookupError(place.shop_id)
    note(request, shop=str(shop.shop_id))
    return Desk(request, at, session, place, shop, now)


def cookie(at: House) -> str:
    """The name of the session's cookie; over https one that no other host can set."""
    return "__Host-desk" if at.context.means.site_url.startswith("https://") else "desk"


def theme_of(request: Request) -> str:
    """The theme somebody chose; empty for what their machine says."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""
