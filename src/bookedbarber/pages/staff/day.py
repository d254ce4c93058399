"""`/desk/{shop}/day`: who comes when, to whom, and what is free."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber import ids
from bookedbarber.access.roles import May
from bookedbarber.booking.availability import Span
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout import day as days
from bookedbarber.checkout.day import BarberDay, ShopDay, Visit
from bookedbarber.pages import formats
from bookedbarber.pages.staff import grid
from bookedbarber.pages.staff.day_view import Card, Column, DayPage, Gap, Hour, State, Worked
from bookedbarber.pages.staff.day_words import NOT_HERE_YET, STATES, said
from bookedbarber.pages.staff.forms import spoken
from bookedbarber.pages.staff.grid import Grid
from bookedbarber.pages.staff.shell import BY_ITSELF, Desk, Handler, room

# What takes up no time of a barber, and stands below the grid.
GONE: Final = frozenset({AppointmentState.CANCELLED, AppointmentState.NO_SHOW})
ONE: Final = timedelta(days=1)
LEAST: Final = timedelta(minutes=10)  # a gap shorter than this is of no use to anybody


@room(May.SEE_DAY)
async def page(request: Request, desk: Desk) -> Response:
    """A day, today when none is named; or only what may have changed of it."""
    wanted = _date(request.query_params.get("date", ""))
    found = await days.load(
        desk.house.context.means,
        shop=desk.shop,
        day=wanted,
        only=desk.only_barber,
        now=desk.now,
    )
    by_itself = BY_ITSELF in request.headers
    view = _view(
        desk, found, board_alone=by_itself, told=said(request.query_params.get("said", ""))
    )
    return desk.fragment(view) if by_itself else desk.page(view)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _view(desk: Desk, found: ShopDay, *, board_alone: bool, told: State | None) -> DayPage:
    drawn = grid.around(_spans(found), since=found.since)
    is_today = found.day == found.today
    gone = [one for barber in found.barbers for one in barber.visits if _is_gone(one)]
    address = f"{desk.base}/day?{urlencode({'date': found.day.isoformat()})}"
    return DayPage(
        template="staff/_board.html" if board_alone else "staff/day.html",
        title=formats.day(found.day, str(spoken(desk).locale)),
        day=found.day,
        today=is_today,
        previous=_near(found.day, -ONE),
        following=_near(found.day, ONE),
        live=address,
        zone=desk.shop.time_zone,
        height=drawn.height,
        hours=tuple(Hour(drawn.place(at, at + grid.HOUR), at) for at in drawn.hours),
        now=drawn.place(desk.now, desk.now) if is_today and drawn.holds(desk.now) else "",
        columns=tuple(_column(desk, drawn, one, is_today=is_today) for one in found.barbers),
        gone=tuple(_card(desk, drawn, one) for one in gone),
        walk_in=is_today and desk.may(May.WORK_DAY),
        said=told,
    )


def _near(day: date, step: timedelta) -> date:
    """The day before or after; the calendar's own ends stay where they are."""
    try:
        return day + step
    except OverflowError:
        return day


def _spans(found: ShopDay) -> Iterable[tuple[datetime, datetime]]:
    for barber in found.barbers:
        yield from ((span.starts_at, span.ends_at) for span in barber.worked)
        for one in barber.visits:
            yield one.appointment.starts_at, one.appointment.ends_at


def _is_gone(one: Visit) -> bool:
    return one.appointment.state in GONE


def _column(desk: Desk, drawn: Grid, barber: BarberDay, *, is_today: bool) -> Column:
    cards = [_card(desk, drawn, one) for one in barber.visits if not _is_gone(one)]
    gaps = [_gap(desk, drawn, barber, span, is_today=is_today) for span in _left(desk, barber.free)]
    rows: list[Card | Gap] = [*cards, *gaps]
    return Column(
        id=ids.show("bar", barber.barber_id),
        name=barber.name,
        visits=len(cards),
        worked=tuple(Worked(drawn.place(s.starts_at, s.ends_at)) for s in barber.worked),
        rows=tuple(sorted(rows, key=lambda row: row.starts_at)),
    )


def _left(desk: Desk, free: Iterable[Span]) -> Iterable[Span]:
    """What is still to come of the time that is free."""
    minute = desk.now.replace(second=0, microsecond=0)
    for span in free:
        begin = max(span.starts_at, minute)
        if span.ends_at - begin >= LEAST:
            yield Span(begin, span.ends_at)


def _gap(desk: Desk, drawn: Grid, barber: BarberDay, span: Span, *, is_today: bool) -> Gap:
    href = ""
    if is_today and desk.may(May.WORK_DAY):
        chosen = {"barber": ids.show("bar", barber.barber_id), "at": span.starts_at.isoformat()}
        href = f"{desk.base}/walk-in?{urlencode(chosen)}"
    return Gap(drawn.place(span.starts_at, span.ends_at), span.starts_at, span.ends_at, href)


def _card(desk: Desk, drawn: Grid, one: Visit) -> Card:
    row, shown = one.appointment, ids.show("apt", one.appointment.appointment_id)
    return Card(
        id=shown,
        href=f"{desk.base}/visits/{shown}",
        place=drawn.place(row.starts_at, row.ends_at),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        guest=one.guest or "",
        service=row.service_name,
        barber=row.barber_name,
        kind=row.state,
        state=state_of(row.state, row.starts_at, desk.now),
        paid=one.figures.kept,
        due=one.figures.due_at_shop,
        walk_in=row.walk_in,
    )


def state_of(state: AppointmentState, starts_at: datetime, now: datetime) -> State:
    """How a visit stands, in the words of the desk: who is late is not here yet."""
    if state is AppointmentState.CONFIRMED and now >= starts_at:
        return NOT_HERE_YET
    return STATES[state]


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (("GET", "/desk/{shop}/day", page),)
