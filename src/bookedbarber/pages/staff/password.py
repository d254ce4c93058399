"""`/desk/password`: another password for whoever is signed in and knows the present one."""

from dataclasses import dataclass
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber.access import sessions
from bookedbarber.access.passwords import PasswordWeak
from bookedbarber.access.people import Person
from bookedbarber.access.sessions import SignInRefused
from bookedbarber.pages import render
from bookedbarber.pages.context import house
from bookedbarber.pages.staff import door
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import NOTHING, Refusal, refusal_of
from bookedbarber.pages.staff.settings.words import Problem
from bookedbarber.pages.staff.shell import Handler, cookie, signed_in, theme_of, turn_away
from bookedbarber.pages.texts import N_
from bookedbarber.resilience.limiter import RateLimited

PATH: Final = "/desk/password"
WRONG: Final = Refusal({"present": Problem(N_("That is not your present password."))})


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """The present password and a new one; `wait` in minutes when there were too many tries."""

    template: ClassVar[str] = "staff/password.html"
    email: str
    refusal: Refusal
    changed: bool
    wait: int
    theme: str
    locale: str = "en"


async def ask(request: Request) -> Response:
    """The form."""
    session = await signed_in(request)
    if session is None:
        return turn_away(request)
    return _page(request, session.person, changed="changed" in request.query_params)


async def change(request: Request) -> Response:
    """Keep the new password, and end every other session of its person; every try counts."""
    context, session = house(request).context, await signed_in(request)
    if session is None:
        return turn_away(request)
    person = session.person
    form = await Form.of(request)
    try:
        await door.count_account(context, person.email)
        await sessions.change_password(
            context.means.database,
            context.means.vault,
            person=person,
            secret=request.cookies[cookie(house(request))],
            present=form.text("present"),
            password=form.text("password"),
            now=context.wall.now(),
        )
    except SignInRefused:
        return _page(request, person, WRONG, status=WRONG.status)
    except PasswordWeak as weak:
        refusal = refusal_of(weak)
        return _page(request, person, refusal, status=refusal.status)
    except RateLimited as much:
        return _page(request, person, wait=max(1, round(much.retry_after / 60)), status=429)
    return RedirectResponse(f"{PATH}?changed=1", 303)


def _page(
    request: Request,
    person: Person,
    refusal: Refusal = NOTHING,
    *,
    changed: bool = False,
    wait: int = 0,
    status: int = 200,
) -> Response:
    view = PasswordPage(person.email, refusal, changed, wait, theme_of(request))
    return render.page(view, house(request).site, status=status)


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", PATH, ask),
    ("POST", PATH, change),
)
