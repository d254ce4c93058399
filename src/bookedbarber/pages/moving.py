"""`/manage/{link}/move`: a client gives their visit another time. Plain links and one form."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber import ids
from bookedbarber.api import gate
from bookedbarber.api.context import BOOKINGS, READS
from bookedbarber.booking.calendar import BarberUnknown, SlotNotOffered
from bookedbarber.booking.slots import SlotTaken
from bookedbarber.booking.states import MovedBy
from bookedbarber.checkout import menu, movable, move
from bookedbarber.checkout.cancel import AppointmentNotOpen
from bookedbarber.checkout.movable import MoveChangesNothing, MovedMeanwhile, Offer, TooLateToMove
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.money import Money
from bookedbarber.pages import choices, present, render, times, views
from bookedbarber.pages.choices import ANY, Choices
from bookedbarber.pages.context import House, address, house
from bookedbarber.pages.times import Sight
from bookedbarber.pages.visits import find

OVER = (AppointmentNotOpen, TooLateToMove)
GONE = (SlotTaken, SlotNotOffered, BarberUnknown)


@dataclass(frozen=True, slots=True)
class MovePage:
    """The days and times to which a visit can be moved. `present` is its own time, where that is
    among them; `problem` is what went wrong with the last choice."""

    template: ClassVar[str] = "move.html"
    shop: views.Shop
    link: str
    visit: views.Visit
    barbers: tuple[views.BarberOption, ...]
    barber: str
    week: views.Week
    slots: tuple[views.SlotOption, ...]
    present: datetime
    free_until: datetime
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MoveQuestion:
    """The one question before moving: from where to where, and that it costs nothing."""

    template: ClassVar[str] = "move_ask.html"
    shop: views.Shop
    link: str
    old: views.Visit
    new: views.Visit
    barber: str
    slot: str
    seen: str
    paid: Money
    due_later: Money
    free_until: datetime
    free: bool
    fee: Money
    version: str
    newer_terms: bool


async def choose(request: Request) -> Response:
    """The days and times on offer."""
    at = house(request)
    await at.context.limiter.take(READS, address(request))
    shown = await find(request, at)
    if not movable.open_to_client(shown):
        return _back(request)
    return await _times(request, at, shown, choices.read(dict(request.query_params)))


async def ask(request: Request) -> Response:
    """What moving to the chosen time comes to."""
    at = house(request)
    await at.context.limiter.take(READS, address(request))
    shown, chosen = await find(request, at), choices.read(dict(request.query_params))
    try:
        offer = await _preview(at, shown, chosen)
    except OVER:
        return _back(request)
    except MoveChangesNothing:
        return await _times(request, at, shown, chosen, problem="same")
    except GONE:
        return await _times(request, at, shown, chosen, problem="taken")
    return render.page(_question(request, shown, offer), at.site)


async def do(request: Request) -> Response:
    """Move, if the visit is still where the client saw it. Pressed twice, it moves once."""
    at = house(request)
    await at.context.limiter.take(BOOKINGS, address(request))
    shown = await find(request, at)
    form = {name: text for name, text in (await request.form()).items() if isinstance(text, str)}
    chosen = choices.read(form)
    try:
        await _move(at, shown, chosen, seen=choices.read({"slot": form.get("seen", "")}).slot)
    except (*OVER, MoveChangesNothing):
        pass  # over by now, or moved there already: the page says which
    except MovedMeanwhile:
        return await _times(request, at, await find(request, at), chosen, problem="moved")
    except GONE:
        return await _times(request, at, shown, chosen, problem="taken")
    return _back(request)


def _back(request: Request) -> Response:
    return RedirectResponse(f"/manage/{request.path_params['link']}", 303)


def _wished(chosen: Choices) -> datetime:
    """The chosen time. Raises SlotNotOffered where none can be read."""
    if chosen.slot is None:
        raise SlotNotOffered("No time was chosen.")
    return chosen.slot


async def _preview(at: House, shown: Receipt, chosen: Choices) -> Offer:
    return await movable.preview(
        at.context.means,
        shop_id=shown.shop.shop_id,
        appointment_id=shown.appointment_id,
        barber_id=chosen.barber,
        starts_at=_wished(chosen),
        by=MovedBy.CLIENT,
        now=at.context.clock.now(),
    )


async def _move(at: House, shown: Receipt, chosen: Choices, *, seen: datetime | None) -> UUID:
    wished = _wished(chosen)
    return await gate.once(
        lambda: move.visit(
            at.context.means,
            shop_id=shown.shop.shop_id,
            appointment_id=shown.appointment_id,
            barber_id=chosen.barber,
            starts_at=wished,
            by=MovedBy.CLIENT,
            actor="client",
            key=None,
            now=at.context.clock.now(),
            seen_at=seen,
        )
    )


async def _times(
    request: Request, at: House, shown: Receipt, chosen: Choices, *, problem: str = ""
) -> Response:
    sight, barbers = await _sight(at, shown, chosen)
    view = MovePage(
        shop=present.shop(shown.shop),
        link=request.path_params["link"],
        visit=present.visit(shown),
        barbers=barbers,
        barber=ids.show("bar", chosen.barber) if chosen.barber else ANY,
        week=sight.week,
        slots=sight.slots,
        present=shown.starts_at,
        free_until=shown.free_until,
        problem=problem,
    )
    return render.page(view, at.site, status=409 if problem else 200)


async def _sight(
    at: House, shown: Receipt, chosen: Choices
) -> tuple[Sight, tuple[views.BarberOption, ...]]:
    means, now = at.context.means, at.context.clock.now()
    found = await menu.load(means, slug=shown.shop.slug)
    able = [b for b in found.barbers if shown.service_id in b.services]
    barber = chosen.barber if chosen.barber in {b.barber_id for b in able} else None
    zone = ZoneInfo(shown.shop.time_zone)
    today = now.astimezone(zone).date()
    day = chosen.day or (chosen.slot or shown.starts_at).astimezone(zone).date()
    begin = times.begin(chosen.begin, day, today)
    free, grid = [
        await movable.times(
            means,
            shop_id=shown.shop.shop_id,
            appointment_id=shown.appointment_id,
            barber_id=barber,
            first=begin,
            last=begin + times.WEEK - times.DAY,
            now=now,
            taken_too=taken_too,
        )
        for taken_too in (False, True)
    ]
    sight = times.in_sight(
        free.slots,
        grid.slots,
        begin=begin,
        today=today,
        last=today + timedelta(days=shown.shop.horizon_days),
        day=day,
        slot=chosen.slot,
    )
    options = (
        views.BarberOption(ANY, "", None, chosen=barber is None),
        *(
            views.BarberOption(ids.show("bar", b.barber_id), b.name, None, b.barber_id == barber)
            for b in able
        ),
    )
    return sight, options


def _question(request: Request, shown: Receipt, offer: Offer) -> MoveQuestion:
    old = present.visit(shown)
    return MoveQuestion(
        shop=present.shop(shown.shop),
        link=request.path_params["link"],
        old=old,
        new=views.Visit(old.service, old.minutes, offer.new.barber, offer.new.starts_at),
        barber=ids.show("bar", offer.new.barber_id),
        slot=offer.new.starts_at.isoformat(),
        seen=offer.old.starts_at.isoformat(),
        paid=offer.paid,
        due_later=offer.due_at_shop,
        free_until=offer.free_until,
        free=offer.free,
        fee=offer.late_fee,
        version=str(offer.terms_version),
        newer_terms=offer.terms_in_force != offer.terms_version,
    )
