"""`/b/{shop}`: five steps on one page, each a plain form field: it works without scripts."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber import ids, links
from bookedbarber.api import gate
from bookedbarber.api.context import BOOKINGS, READS
from bookedbarber.booking import calendar
from bookedbarber.booking.queries import Appointment
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout import bookings, menu, start
from bookedbarber.checkout.menu import Menu
from bookedbarber.checkout.quote import taxed
from bookedbarber.checkout.start import Booked, Evidence, Wish
from bookedbarber.errors import Refused
from bookedbarber.money import Money, currency
from bookedbarber.pages import present, prices, render, times, views
from bookedbarber.pages.choices import ANY, Choices, read
from bookedbarber.pages.context import PAY, House, address, house
from bookedbarber.pages.times import Sight
from bookedbarber.pages.views import Problem
from bookedbarber.resilience.idempotency import Key
from bookedbarber.shops.queries import Service

AHEAD: Final = timedelta(days=14)
# What an address may say: choices, never who made them.
SHARED: Final = frozenset({"service", "barber", "day", "slot", "plan", "tip", "from"})
# Which step of the page a refusal belongs to, and the page's own word for it.
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "shop_not_open": ("plan", "not_open"),
    "service_unknown": ("service", "service_missing"),
    "barber_unknown": ("barber", "barber_missing"),
    "slot_taken": ("slot", "slot_taken"),
    "slot_not_offered": ("slot", "slot_taken"),
    "too_many_holds": ("slot", "too_many_holds"),
    "deposit_not_offered": ("plan", "plan_missing"),
    "price_changed": ("plan", "price_changed"),
    "terms_changed": ("plan", "terms_changed"),
    "tip_too_large": ("tip", "tip_too_large"),
    "amount_too_large": ("tip", "tip_too_large"),
    "name_missing": ("name", "name_missing"),
    "email_invalid": ("email", "email_invalid"),
    "phone_invalid": ("phone", "phone_invalid"),
}


async def page(request: Request) -> Response:
    """The page as chosen so far, or, when asked to book, the way to the payment."""
    at = house(request)
    context = at.context
    posted = request.method == "POST"
    form = await request.form() if posted else request.query_params
    chosen = read({name: value for name, value in form.items() if isinstance(value, str)})
    booking = posted and chosen.booking
    await context.limiter.take(BOOKINGS if booking else READS, address(request))
    found = await menu.load(context.means, slug=request.path_params["shop"])
    life = context.demo_life()
    if life and life.progress:
        return render.page(views.WaitingPage(present.shop(found.shop)), at.site)
    problems: tuple[Problem, ...] = ()
    if booking:
        problems = _missing(found, chosen)
        if not problems:
            booked = await _book(request, at, found, chosen)
            if isinstance(booked, Response):
                return booked
            problems = (booked,)
    view = await _view(at, found, chosen, problems, now=context.clock.now())
    answer = render.page(view, at.site, status=422 if problems else 200)
    if "hx-request" in request.headers:
        # The address follows the choices, so that a reload or a shared link keeps them.
        kept = {name: text for name, text in form.items() if name in SHARED and text}
        answer.headers["HX-Replace-Url"] = f"{request.url.path}?{urlencode(kept)}"
    return answer


def _missing(found: Menu, chosen: Choices) -> tuple[Problem, ...]:
    lacking = {
        "service": not _service(found, chosen),
        "barber": not chosen.barber_chosen,
        "slot": chosen.slot is None,
        "name": not chosen.details.name,
        "email": not chosen.details.email,
    }
    return tuple(Problem(field, f"{field}_missing") for field, is_ in lacking.items() if is_)


async def _book(
    request: Request, at: House, found: Menu, chosen: Choices
) -> RedirectResponse | Problem:
    means, shop = at.context.means, found.shop
    service = _service(found, chosen)
    if service is None or not prices.payable(found, service):
        return Problem("service", "service_offline")
    try:
        tip = prices.chosen_tip(found, service, chosen)
    except Refused:
        return Problem("tip", "tip_invalid")
    wish = _wish(at, found, service, tip, chosen)
    evidence = Evidence(address(request), request.headers.get("user-agent", ""))
    try:
        booked = await _hold(at, found, wish, evidence, ticket=chosen.form)
    except Refused as refusal:
        field, word = PLACES.get(refusal.code, ("plan", "unavailable"))
        return Problem(field, word)
    link = links.sign(means.link_key, PAY, shop.shop_id, booked.payment_id)
    return RedirectResponse(f"/pay/{link}", 303)


def _wish(at: House, found: Menu, service: Service, tip: Money, chosen: Choices) -> Wish:
    return Wish(
        service_id=service.service_id,
        barber_id=chosen.barber,
        starts_at=chosen.slot or at.context.clock.now(),
        purpose=prices.chosen_purpose(service, chosen),
        tip=tip,
        name=chosen.details.name,
        email=chosen.details.email,
        phone=chosen.details.phone or None,
        locale=found.shop.locale,
        terms_version=int(chosen.terms) if chosen.terms.isdecimal() else 0,
        expected=_agreed(chosen.agreed, found.shop.currency),
    )


async def _hold(at: House, found: Menu, wish: Wish, evidence: Evidence, *, ticket: str) -> Booked:
    """Book once for each ticket; a page that was left open, and whose hold is over by now, books
    anew. The same ticket then follows from one attempt to the next, so that two presses still
    meet."""
    means, shop_id, now = at.context.means, found.shop.shop_id, at.context.clock.now()
    while True:
        attempt = partial(
            start.book,
            means,
            shop_id=shop_id,
            wish=wish,
            evidence=evidence,
            key=_key(ticket, wish),
            now=now,
        )
        booked = await gate.once(attempt)
        visit = await bookings.load(means, shop_id=shop_id, appointment_id=booked.appointment_id)
        if not _is_over(visit.appointment, now):
            return booked
        ticket = str(booked.appointment_id)


def _is_over(visit: Appointment, now: datetime) -> bool:
    """Whether nobody has the slot by this booking any more."""
    if visit.state is AppointmentState.HELD:
        return visit.held_until is not None and visit.held_until <= now
    return visit.state in (AppointmentState.EXPIRED, AppointmentState.CANCELLED)


def _key(ticket: str, wish: Wish) -> Key:
    """A second press of the button is the same booking; another choice on the same form is not."""
    words = {name: str(getattr(wish, name)) for name in wish.__slots__}
    mark = hashlib.sha256(json.dumps([ticket, words]).encode()).hexdigest()
    return Key.of(caller="page", text=mark, operation="book", body=words)


def _agreed(text: str, code: str) -> Money | None:
    """The amount due now that the client saw; what cannot be read counts as a changed price."""
    return Money(int(text) if text.isdecimal() and len(text) < 19 else 0, currency(code))


async def _view(
    at: House, found: Menu, chosen: Choices, problems: tuple[Problem, ...], *, now: datetime
) -> views.BookingPage:
    service = _service(found, chosen)
    barbers, sight = await _times(at, found, service, chosen, now=now)
    price = prices.quoted(found, service, chosen)
    slot = next((s for s in sight.slots if s.chosen), None) if sight else None
    shown = prices.shown(found, service, price, chosen, slot) if service and price else None
    return views.BookingPage(
        shop=present.shop(found.shop),
        services=tuple(_service_option(found, s, s is service) for s in found.services),
        barbers=barbers,
        week=sight.week if sight else None,
        slots=sight.slots if sight else (),
        plans=prices.plans(found, service, chosen) if service and price else (),
        tips=prices.tip_options(found, service, chosen) if service and price else (),
        tip_typed=chosen.tip_typed,
        tip_example=prices.tip_example(found, service) if service else None,
        details=chosen.details,
        quote=shown,
        policy=prices.policy(found, price, slot, now=now),
        hold_minutes=int(at.context.means.hold.total_seconds()) // 60,
        form=chosen.form or secrets.token_urlsafe(18),
        opened=found.shop.opened_at is not None,
        problems=problems,
    )


def _service(found: Menu, chosen: Choices) -> Service | None:
    return next((s for s in found.services if s.service_id == chosen.service), None)


def _service_option(found: Menu, service: Service, chosen: bool) -> views.ServiceOption:  # noqa: FBT001 # a plain fact about the row
    net, tax = taxed(found.shop, service)
    return views.ServiceOption(
        value=ids.show("svc", service.service_id),
        name=service.name,
        minutes=service.duration_minutes,
        price=present.listed(found.shop, net, tax),
        note=service.description,
        online=prices.payable(found, service),
        chosen=chosen,
    )


async def _times(
    at: House, found: Menu, service: Service | None, chosen: Choices, *, now: datetime
) -> tuple[tuple[views.BarberOption, ...], Sight | None]:
    if service is None:
        return (), None
    shop, zone = found.shop, ZoneInfo(found.shop.time_zone)
    today = now.astimezone(zone).date()
    able = [b for b in found.barbers if service.service_id in b.services]
    async with at.context.means.database.tenant(shop.shop_id) as db:
        soon = await calendar.span(
            db, shop=shop, service=service, barber_id=None, first=today, last=today + AHEAD, now=now
        )
        barbers = (
            views.BarberOption(ANY, "", soon[0].starts_at if soon else None, chosen.any_barber),
            *(
                views.BarberOption(
                    ids.show("bar", b.barber_id),
                    b.name,
                    next((s.starts_at for s in soon if b.barber_id in s.barbers), None),
                    chosen=chosen.barber == b.barber_id,
                )
                for b in able
            ),
        )
        if not chosen.barber_chosen or (
            chosen.barber and chosen.barber not in {b.barber_id for b in able}
        ):
            return barbers, None
        mine = [s for s in soon if chosen.any_barber or chosen.barber in s.barbers]
        soonest = mine[0].local.date() if mine else today
        begin = times.begin(chosen.begin, chosen.day or soonest, today)
        last = today + timedelta(days=shop.horizon_days)
        free, grid = [
            await calendar.span(
                db,
                shop=shop,
                service=service,
                barber_id=chosen.barber,
                first=begin,
                last=begin + times.WEEK - times.DAY,
                now=now,
                taken_too=taken_too,
            )
            for taken_too in (False, True)
        ]
    sight = times.in_sight(
        free, grid, begin=begin, today=today, last=last, day=chosen.day, slot=chosen.slot
    )
    return barbers, sight
