"""`/b/{shop}`: five steps on one page, each a plain form field: it works without scripts."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber import ids, links
from bookedbarber.api import gate
from bookedbarber.api.context import BOOKINGS, READS
from bookedbarber.booking import calendar
from bookedbarber.booking.availability import Slot
from bookedbarber.checkout import menu, start
from bookedbarber.checkout.menu import Menu
from bookedbarber.checkout.quote import Quote, deposit_of, quote, taxed
from bookedbarber.checkout.start import Evidence, Wish
from bookedbarber.errors import Refused
from bookedbarber.money import Money, currency
from bookedbarber.pages import present, render, views
from bookedbarber.pages.choices import ANY, NO_TIP, OWN_TIP, Choices, read
from bookedbarber.pages.context import PAY, House, address, house
from bookedbarber.pages.views import Problem
from bookedbarber.payments.states import Purpose
from bookedbarber.resilience.idempotency import Key
from bookedbarber.shops.queries import Service

WEEK: Final = timedelta(days=7)
AHEAD: Final = timedelta(days=14)
TIPS: Final = (10, 15, 20)
# What an address may say: choices, never who made them.
SHARED: Final = frozenset({"service", "barber", "day", "slot", "plan", "tip", "from"})
# Which step of the page a refusal belongs to, and the page's own word for it.
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "service_unknown": ("service", "service_missing"),
    "barber_unknown": ("barber", "barber_missing"),
    "slot_taken": ("slot", "slot_taken"),
    "slot_not_offered": ("slot", "slot_taken"),
    "too_many_holds": ("slot", "too_many_holds"),
    "deposit_not_offered": ("plan", "plan_missing"),
    "price_changed": ("plan", "price_changed"),
    "terms_changed": ("plan", "terms_changed"),
    "tip_too_large": ("tip", "tip_too_large"),
    "name_missing": ("name", "name_missing"),
    "email_invalid": ("email", "email_invalid"),
    "phone_invalid": ("phone", "phone_invalid"),
}


@dataclass(frozen=True, slots=True)
class _Times:
    """The free times of the days in sight."""

    week: views.Week
    day: date
    slots: tuple[views.SlotOption, ...]


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
    try:
        service = found.service(chosen.service or UUID(int=0))
        tip = _tip(found, service, chosen)
        wish = Wish(
            service_id=service.service_id,
            barber_id=chosen.barber,
            starts_at=chosen.slot or at.context.clock.now(),
            purpose=_purpose(service, chosen),
            tip=tip,
            name=chosen.details.name,
            email=chosen.details.email,
            phone=chosen.details.phone or None,
            locale=shop.locale,
            terms_version=int(chosen.terms) if chosen.terms.isdecimal() else 0,
            expected=_agreed(chosen.agreed, shop.currency),
        )
        evidence = Evidence(address(request), request.headers.get("user-agent", ""))
        key = _key(chosen, wish)
        now = at.context.clock.now()
        booked = await gate.once(
            lambda: start.book(
                means, shop_id=shop.shop_id, wish=wish, evidence=evidence, key=key, now=now
            )
        )
    except Refused as refusal:
        if refusal.code.startswith("amount_"):
            return Problem("tip", "tip_invalid")
        field, word = PLACES.get(refusal.code, ("plan", "unavailable"))
        return Problem(field, word)
    link = links.sign(means.link_key, PAY, shop.shop_id, booked.payment_id)
    return RedirectResponse(f"/pay/{link}", 303)


def _key(chosen: Choices, wish: Wish) -> Key:
    """A second press of the button is the same booking; another choice on the same form is not."""
    words = {name: str(getattr(wish, name)) for name in wish.__slots__}
    mark = hashlib.sha256(json.dumps([chosen.form, words]).encode()).hexdigest()
    return Key.of(caller="page", text=mark, operation="book", body=words)


def _agreed(text: str, code: str) -> Money | None:
    """The amount due now that the client saw; what cannot be read counts as a changed price."""
    return Money(int(text) if text.isdecimal() and len(text) < 19 else 0, currency(code))


async def _view(
    at: House, found: Menu, chosen: Choices, problems: tuple[Problem, ...], *, now: datetime
) -> views.BookingPage:
    service = _service(found, chosen)
    barbers, times = await _times(at, found, service, chosen, now=now)
    price = _quote(found, service, chosen)
    slot = next((s for s in times.slots if s.chosen), None) if times else None
    shown = _shown(found, service, price, chosen, slot) if service and price else None
    deposit = deposit_of(service, sum_of(found, service)) if service else None
    return views.BookingPage(
        shop=present.shop(found.shop),
        services=tuple(_service_option(found, s, s is service) for s in found.services),
        barbers=barbers,
        week=times.week if times else None,
        slots=times.slots if times else (),
        plans=_plans(found, service, chosen) if service else (),
        tips=_tip_options(found, service, chosen) if service else (),
        tip_typed=chosen.tip_typed,
        details=chosen.details,
        quote=shown,
        policy=present.policy(found.shop, deposit=deposit),
        hold_minutes=int(at.context.means.hold.total_seconds()) // 60,
        form=chosen.form or secrets.token_urlsafe(18),
        problems=problems,
    )


def _service(found: Menu, chosen: Choices) -> Service | None:
    return next((s for s in found.services if s.service_id == chosen.service), None)


def sum_of(found: Menu, service: Service) -> Money:
    """The price of a service with its tax."""
    net, tax = taxed(found.shop, service)
    return net + tax


def _service_option(found: Menu, service: Service, chosen: bool) -> views.ServiceOption:  # noqa: FBT001 # a plain fact about the row
    net, tax = taxed(found.shop, service)
    return views.ServiceOption(
        value=ids.show("svc", service.service_id),
        name=service.name,
        minutes=service.duration_minutes,
        price=present.listed(found.shop, net, tax),
        note=service.description,
        chosen=chosen,
    )


async def _times(
    at: House, found: Menu, service: Service | None, chosen: Choices, *, now: datetime
) -> tuple[tuple[views.BarberOption, ...], _Times | None]:
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
        begin = _begin(chosen, mine[0].local.date() if mine else today, today)
        last = today + timedelta(days=shop.horizon_days)
        free, grid = [
            await calendar.span(
                db,
                shop=shop,
                service=service,
                barber_id=chosen.barber,
                first=begin,
                last=begin + WEEK - timedelta(days=1),
                now=now,
                taken_too=taken_too,
            )
            for taken_too in (False, True)
        ]
    return barbers, _in_sight(free, grid, chosen, begin=begin, today=today, last=last)


def _begin(chosen: Choices, soonest: date, today: date) -> date:
    """The first day in sight: where the client turned to, else around the chosen or soonest day."""
    wished = chosen.begin or chosen.day or soonest
    if chosen.begin is None:
        wished = today + (max(wished, today) - today) // WEEK * WEEK
    return max(wished, today)


def _in_sight(
    free: list[Slot], grid: list[Slot], chosen: Choices, *, begin: date, today: date, last: date
) -> _Times:
    days = [begin + timedelta(days=n) for n in range(7)]
    open_days = {slot.local.date() for slot in free}
    day = chosen.day if chosen.day in days else next((d for d in days if d in open_days), begin)
    there = {slot.starts_at for slot in free}
    return _Times(
        week=views.Week(
            tuple(views.DayOption(d, d in open_days, d == day) for d in days),
            earlier=max(begin - WEEK, today) if begin > today else None,
            later=begin + WEEK if begin + WEEK <= last else None,
        ),
        day=day,
        slots=tuple(
            views.SlotOption(
                value=slot.starts_at.isoformat(),
                starts_at=slot.starts_at,
                free=slot.starts_at in there,
                chosen=slot.starts_at == chosen.slot and slot.starts_at in there,
            )
            for slot in grid
            if slot.local.date() == day
        ),
    )


def _purpose(service: Service, chosen: Choices) -> Purpose:
    if chosen.plan == Purpose.FULL or service.deposit_kind == "none":
        return Purpose.FULL
    return Purpose.DEPOSIT


def _quote(found: Menu, service: Service | None, chosen: Choices) -> Quote | None:
    if service is None:
        return None
    try:
        tip = _tip(found, service, chosen)
        return quote(found.shop, service, purpose=_purpose(service, chosen), tip=tip)
    except Refused:
        nothing = Money.zero(currency(service.currency))
        return quote(found.shop, service, purpose=_purpose(service, chosen), tip=nothing)


def _shown(
    found: Menu, service: Service, price: Quote, chosen: Choices, slot: views.SlotOption | None
) -> views.Quote:
    barber = next((b.name for b in found.barbers if b.barber_id == chosen.barber), "")
    return views.Quote(
        service=service.name,
        minutes=service.duration_minutes,
        barber=barber,
        starts_at=slot.starts_at if slot else None,
        price=present.listed(found.shop, price.service, price.tax),
        tax=present.tax(found.shop, price.tax),
        tip=price.tip,
        total=price.total,
        plan=present.plan(price.purpose),
        due_now=price.now.total,
        due_later=price.later,
        agreed=str(price.now.total.minor),
    )


def _plans(found: Menu, service: Service, chosen: Choices) -> tuple[views.PlanOption, ...]:
    nothing = Money.zero(currency(service.currency))
    offered = [Purpose.FULL] if service.deposit_kind == "none" else [Purpose.DEPOSIT, Purpose.FULL]
    options = []
    for purpose in offered:
        price = quote(found.shop, service, purpose=purpose, tip=nothing)
        options.append(
            views.PlanOption(
                present.plan(purpose),
                price.now.total,
                price.later,
                chosen=purpose is _purpose(service, chosen),
            )
        )
    return tuple(options)


def _tip_options(found: Menu, service: Service, chosen: Choices) -> tuple[views.TipOption, ...]:
    price = sum_of(found, service)
    tip = chosen.tip or NO_TIP
    nothing = Money.zero(price.currency)
    return (
        views.TipOption(NO_TIP, nothing, chosen=tip == NO_TIP),
        *(
            views.TipOption(str(percent), money, percent, tip == str(percent))
            for percent, money in present.tips(price, TIPS)
        ),
        views.TipOption(OWN_TIP, None, chosen=tip == OWN_TIP),
    )


def _tip(found: Menu, service: Service, chosen: Choices) -> Money:
    """The tip that was chosen. Raises the refusals of `Money.parse` for one typed wrongly."""
    code = currency(service.currency)
    if chosen.tip == OWN_TIP:
        return Money.parse(chosen.tip_typed.replace(",", "."), code)
    offered = {str(p): money for p, money in present.tips(sum_of(found, service), TIPS)}
    return offered.get(chosen.tip, Money.zero(code))
