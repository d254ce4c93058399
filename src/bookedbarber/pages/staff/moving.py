"""`/desk/{shop}/visits/{visit}/move`: the desk gives a visit another time or barber."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber import ids
from bookedbarber.access.roles import May
from bookedbarber.booking.availability import Against, first_moment
from bookedbarber.booking.calendar import BarberUnknown, SlotNotOffered
from bookedbarber.booking.queries import Move
from bookedbarber.booking.slots import SlotTaken
from bookedbarber.booking.states import MovedBy
from bookedbarber.checkout import menu, movable, move, receipt
from bookedbarber.checkout.cancel import AppointmentNotOpen
from bookedbarber.checkout.movable import MoveChangesNothing, MovedMeanwhile, Offer
from bookedbarber.checkout.no_show import ClientArrived
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.errors import Refused
from bookedbarber.lookup import definitions
from bookedbarber.money import Money
from bookedbarber.pages import choices, present, times, views
from bookedbarber.pages.choices import Choices
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.times import Sight
from bookedbarber.shops.queries import Barber

LONGEST_REASON: Final = 500
# What can go wrong with a choice, and the page's own word for it.
REFUSALS: Final[Mapping[type[Refused], str]] = {
    SlotTaken: "taken",
    SlotNotOffered: "time",
    BarberUnknown: "barber",
    MoveChangesNothing: "same",
    MovedMeanwhile: "moved",
    ClientArrived: "arrived",
    AppointmentNotOpen: "over",
}
WRONG: Final = tuple(REFUSALS)


@dataclass(frozen=True, slots=True)
class Column:
    """A barber who gives the service, and the times of the day on offer with them."""

    value: str
    name: str
    slots: tuple[views.SlotOption, ...]


@dataclass(frozen=True, slots=True)
class MovePage:
    """Where a visit is, and where it could be. `movable` until it is over; `day`, `time` and
    `barber` are what was chosen freely, `problem` what was wrong with it."""

    template: ClassVar[str] = "staff/move.html"
    room: ClassVar[str] = "day"
    title: str
    shop: views.Shop
    here: str
    visit: views.Visit
    state: views.BookingState
    movable: bool
    week: views.Week
    day: date
    columns: tuple[Column, ...]
    present: datetime
    time: str
    barber: str
    moves: tuple[Move, ...]
    problem: str = ""
    done: bool = False

    @property
    def back(self) -> str:
        """The visit's own page."""
        return self.here.removesuffix("/move")


@dataclass(frozen=True, slots=True)
class MoveQuestion:
    """From where to where, what speaks against it, and what the client is told."""

    template: ClassVar[str] = "staff/move_ask.html"
    room: ClassVar[str] = "day"
    title: str
    shop: views.Shop
    here: str
    old: views.Visit
    new: views.Visit
    barber: str
    slot: str
    seen: str
    against: tuple[Against, ...]
    paid: Money
    due_later: Money
    written_to: bool
    say: ClassVar[object] = definitions


@room(May.MOVE)
async def page(request: Request, desk: Desk) -> Response:
    """The times on offer, and any other."""
    shown = await _find(request, desk)
    done = "done" in request.query_params
    return await _page(desk, shown, choices.read(dict(request.query_params)), done=done)


@room(May.MOVE)
async def ask(request: Request, desk: Desk) -> Response:
    """What moving there comes to."""
    shown = await _find(request, desk)
    asked = dict(request.query_params)
    chosen = choices.read(asked)
    try:
        offer = await movable.preview(
            desk.house.context.means,
            shop_id=desk.shop_id,
            appointment_id=shown.appointment_id,
            barber_id=chosen.barber,
            starts_at=chosen.slot or _typed(desk, asked),
            by=MovedBy.SHOP,
            now=desk.now,
        )
    except WRONG as refusal:
        return await _page(desk, shown, chosen, asked.get("time", ""), problem=_word(refusal))
    return desk.page(_question(desk, shown, offer))


@room(May.MOVE)
async def do(request: Request, desk: Desk) -> Response:
    """Move, if the visit is still where it was seen. Pressed twice, it moves once."""
    shown = await _find(request, desk)
    form = {name: text for name, text in (await request.form()).items() if isinstance(text, str)}
    chosen = choices.read(form)
    try:
        await move.visit(
            desk.house.context.means,
            shop_id=desk.shop_id,
            appointment_id=shown.appointment_id,
            barber_id=chosen.barber,
            starts_at=chosen.slot or shown.starts_at,
            by=MovedBy.SHOP,
            actor=desk.actor,
            key=None,
            now=desk.now,
            reason=_reason(form),
            seen_at=choices.read({"slot": form.get("seen", "")}).slot,
        )
    except MoveChangesNothing:
        pass  # it is there already: pressed twice
    except WRONG as refusal:
        return await _page(desk, await _find(request, desk), chosen, problem=_word(refusal))
    return RedirectResponse(f"{_here(desk, shown)}?done=1", 303)


def _reason(form: Mapping[str, str]) -> str:
    text = form.get("reason", "").replace("\0", "").strip()
    return text[:LONGEST_REASON]


def _word(refusal: Refused) -> str:
    return REFUSALS[type(refusal)]


def _typed(desk: Desk, asked: Mapping[str, str]) -> datetime:
    """A day and a time as somebody typed them, by the shop's clock. Raises SlotNotOffered."""
    try:
        wall = datetime.combine(
            date.fromisoformat(asked.get("day", "")), time.fromisoformat(asked.get("time", ""))
        )
        return first_moment(wall, ZoneInfo(desk.shop.time_zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SlotNotOffered("No time was chosen.") from None


async def _find(request: Request, desk: Desk) -> Receipt:
    return await receipt.load(
        desk.house.context.means,
        shop_id=desk.shop_id,
        appointment_id=ids.parse("apt", request.path_params["visit"]),
        now=desk.now,
    )


def _here(desk: Desk, shown: Receipt) -> str:
    return f"{desk.base}/visits/{ids.show('apt', shown.appointment_id)}/move"


def _title(shown: Receipt) -> str:
    return ", ".join(filter(None, (shown.guest.name if shown.guest else "", shown.service)))


async def _page(
    desk: Desk,
    shown: Receipt,
    chosen: Choices,
    typed: str = "",
    *,
    problem: str = "",
    done: bool = False,
) -> Response:
    barbers = await _able(desk, shown)
    sight, columns = await _sight(desk, shown, chosen, barbers)
    barber = chosen.barber or shown.barber_id
    zone = ZoneInfo(desk.shop.time_zone)
    view = MovePage(
        title=_title(shown),
        shop=present.shop(desk.shop),
        here=_here(desk, shown),
        visit=present.visit(shown),
        state=present.BECAME[shown.state],
        movable=shown.state in movable.MOVABLE[MovedBy.SHOP],
        week=sight.week,
        day=chosen.day or sight.day,
        columns=columns,
        present=shown.starts_at,
        time=typed or f"{(chosen.slot or shown.starts_at).astimezone(zone):%H:%M}",
        barber=ids.show("bar", barber),
        moves=shown.moves,
        problem=problem,
        done=done,
    )
    return desk.page(view, status=409 if problem else 200)


async def _able(desk: Desk, shown: Receipt) -> list[Barber]:
    found = await menu.load(desk.house.context.means, slug=desk.shop.slug)
    return [b for b in found.barbers if shown.service_id in b.services]


async def _sight(
    desk: Desk, shown: Receipt, chosen: Choices, barbers: list[Barber]
) -> tuple[Sight, tuple[Column, ...]]:
    zone = ZoneInfo(desk.shop.time_zone)
    wished = chosen.slot or shown.starts_at
    today, its_day = (at.astimezone(zone).date() for at in (desk.now, wished))
    day = chosen.day or its_day
    begin = times.begin(chosen.begin, day, today)
    found = await movable.times(
        desk.house.context.means,
        shop_id=desk.shop_id,
        appointment_id=shown.appointment_id,
        barber_id=None,
        first=begin,
        last=begin + times.WEEK - times.DAY,
        now=desk.now,
    )
    sight = times.in_sight(
        found.slots,
        found.slots,
        begin=begin,
        today=today,
        last=today + movable.FARTHEST,
        day=day,
        slot=None,
    )
    return sight, tuple(
        Column(
            value=ids.show("bar", barber.barber_id),
            name=barber.name,
            slots=tuple(
                views.SlotOption(slot.starts_at.isoformat(), slot.starts_at)
                for slot in found.slots
                if slot.local.date() == sight.day and barber.barber_id in slot.barbers
            ),
        )
        for barber in barbers
    )


def _question(desk: Desk, shown: Receipt, offer: Offer) -> MoveQuestion:
    old = present.visit(shown)
    return MoveQuestion(
        title=_title(shown),
        shop=present.shop(desk.shop),
        here=_here(desk, shown),
        old=old,
        new=views.Visit(old.service, old.minutes, offer.new.barber, offer.new.starts_at),
        barber=ids.show("bar", offer.new.barber_id),
        slot=offer.new.starts_at.isoformat(),
        seen=offer.old.starts_at.isoformat(),
        against=tuple(sorted(offer.against)),
        paid=offer.paid,
        due_later=offer.due_at_shop,
        written_to=shown.guest is not None and bool(shown.guest.email),
    )


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", "/desk/{shop}/visits/{visit}/move", page),
    ("GET", "/desk/{shop}/visits/{visit}/move/check", ask),
    ("POST", "/desk/{shop}/visits/{visit}/move", do),
)
