"""`/desk/{shop}/walk-in`: somebody stands at the desk without having booked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber import ids
from bookedbarber.access.roles import May, NotAllowed
from bookedbarber.api import gate
from bookedbarber.booking import availability
from bookedbarber.checkout import walk_in
from bookedbarber.checkout.walk_in import Free
from bookedbarber.errors import Refused
from bookedbarber.money import Money, currency
from bookedbarber.pages import formats
from bookedbarber.pages.staff.day_words import PROBLEM_OTHER, PROBLEMS
from bookedbarber.pages.staff.forms import new_ticket, spoken, text, ticket_key
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.staff.visit_view import WalkInPage
from bookedbarber.pages.texts import N_
from bookedbarber.shops.queries import Service

# Beside which field a refusal belongs.
FIELDS: Final = {
    "name_missing": "name",
    "email_invalid": "email",
    "barber_unknown": "barber",
    "service_unknown": "service",
    "slot_taken": "start",
    "walk_in_not_today": "start",
}
LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class _Typed:
    """The form as it was filled in; `start` is hours and minutes, empty for as soon as possible."""

    barber: str
    service: str
    name: str
    email: str
    start: str
    ticket: str


@room(May.WORK_DAY)
async def ask(request: Request, desk: Desk) -> Response:
    """Who, for what, with whom, when."""
    given = request.query_params
    first = _Typed(given.get("barber", ""), "", "", "", _wall(desk, given.get("at", "")), "")
    return await _form(desk, replace(first, ticket=new_ticket()))


@room(May.WORK_DAY)
async def seat(request: Request, desk: Desk) -> Response:
    """Put them on the barber's time, or say beside the field why not."""
    form = await request.form()
    filled = _filled(form)
    if desk.only_barber is not None and filled.barber != ids.show("bar", desk.only_barber):
        raise NotAllowed
    try:
        made = await _seat(desk, filled, form)
    except ValueError:
        return await _form(desk, filled, problem="time_invalid")
    except Refused as refusal:
        return await _form(desk, filled, problem=refusal.code)
    day = desk.now.astimezone(ZoneInfo(desk.shop.time_zone)).date().isoformat()
    shown = ids.show("apt", made)
    return RedirectResponse(f"{desk.base}/day?date={day}&said=walk-in#{shown}", 303)


def _filled(form: FormData) -> _Typed:
    return _Typed(
        barber=text(form, "barber"),
        service=text(form, "service"),
        name=text(form, "name")[:LONGEST_NAME],
        email=text(form, "email"),
        start=text(form, "start"),
        ticket=text(form, "ticket") or new_ticket(),
    )


async def _seat(desk: Desk, filled: _Typed, form: FormData) -> UUID:
    wish = walk_in.Wish(
        barber_id=ids.parse("bar", filled.barber),
        service_id=ids.parse("svc", filled.service),
        name=filled.name,
        email=filled.email or None,
        starts_at=_instant(desk, filled.start),
    )
    key = ticket_key(desk, form, operation="walk-in")
    return await gate.once(
        lambda: walk_in.seat(
            desk.house.context.means,
            shop_id=desk.shop_id,
            wish=wish,
            actor=desk.actor,
            key=key,
            now=desk.now,
        )
    )


def _instant(desk: Desk, start: str) -> datetime | None:
    """A time of today by the shop's clock; None when none was given. Raises ValueError."""
    if not start:
        return None
    wall = time.fromisoformat(start)
    zone = ZoneInfo(desk.shop.time_zone)
    today = desk.now.astimezone(zone).date()
    return availability.first_moment(datetime.combine(today, wall.replace(tzinfo=None)), zone)


def _wall(desk: Desk, at: str) -> str:
    """A moment that an address names, as the form's field writes it; empty for now or none."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return ""
    if moment.tzinfo is None or moment <= desk.now:
        return ""
    return f"{moment.astimezone(ZoneInfo(desk.shop.time_zone)):%H:%M}"


async def _form(desk: Desk, filled: _Typed, *, problem: str = "") -> Response:
    choices = await walk_in.choices(
        desk.house.context.means, shop_id=desk.shop_id, only=desk.only_barber, now=desk.now
    )
    day = desk.now.astimezone(ZoneInfo(desk.shop.time_zone)).date().isoformat()
    say = spoken(desk).say
    told = say(PROBLEMS.get(problem, PROBLEM_OTHER))
    page = WalkInPage(
        title=say(N_("Walk-in")),
        day=day,
        action=f"{desk.base}/walk-in",
        ticket=filled.ticket,
        barbers=tuple(_barber(desk, one) for one in choices.barbers),
        services=tuple(_service(desk, one) for one in choices.services),
        barber=filled.barber or _first_free(choices.barbers),
        service=filled.service,
        name=filled.name,
        email=filled.email,
        start=filled.start,
        problems={FIELDS.get(problem, "start"): told} if problem else {},
    )
    return desk.page(page, status=422 if problem else 200)


def _first_free(barbers: Sequence[Free]) -> str:
    """Who has time soonest, so that nobody waits for one while another stands idle."""
    first = min(barbers, key=lambda one: one.free_at, default=None)
    return ids.show("bar", first.barber_id) if first else ""


def _barber(desk: Desk, one: Free) -> tuple[str, str]:
    language, zone = spoken(desk), desk.shop.time_zone
    since = formats.clock(one.free_at, zone, str(language.locale))
    shown = (
        language.say("%(name)s, free now", name=one.name)
        if one.free_at <= desk.now
        else language.say("%(name)s, free from %(time)s", name=one.name, time=since)
    )
    return ids.show("bar", one.barber_id), shown


def _service(desk: Desk, one: Service) -> tuple[str, str]:
    price = formats.money(Money(one.price, currency(one.currency)), spoken(desk))
    return ids.show("svc", one.service_id), f"{one.name}, {price}"


_ADDRESS: Final = "/desk/{shop}/walk-in"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", _ADDRESS, ask),
    ("POST", _ADDRESS, seat),
)
