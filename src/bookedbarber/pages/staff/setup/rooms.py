"""`/desk/{shop}/setup/…`: the steps after the shop itself, for its owner."""

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber.access.roles import May
from bookedbarber.database import Connection
from bookedbarber.money import Money, Rounding, currency, portion
from bookedbarber.pages import present, render, views
from bookedbarber.pages.staff.settings import grid
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import NOTHING, Refusal, refusal_of, save
from bookedbarber.pages.staff.settings.grid import Day
from bookedbarber.pages.staff.settings.services import sums
from bookedbarber.pages.staff.settings.words import Problem
from bookedbarber.pages.staff.setup import account, shop
from bookedbarber.pages.staff.setup.proposals import offers
from bookedbarber.pages.staff.setup.steps import Step, after, steps
from bookedbarber.pages.staff.shell import Desk, Handler, room, theme_of
from bookedbarber.pages.texts import N_
from bookedbarber.shops import beginning
from bookedbarber.shops.settings import barbers, changes, hours, rules, services
from bookedbarber.shops.settings.barbers import BarberForm
from bookedbarber.shops.settings.faults import Fault, SettingsInvalid
from bookedbarber.shops.settings.queries import ServiceSetting
from bookedbarber.shops.settings.rules import Rules
from bookedbarber.shops.settings.services import ServiceForm
from bookedbarber.shops.settings.weeks import Span

LINES: Final = 8
NAMES: Final = 4
WEEK: Final = (
    *(Span(day, time(9), time(18)) for day in range(5)),
    Span(5, time(9), time(17)),
)
FREE: Final = (0, 2, 12, 24, 48)
LATE: Final = (0, 5000, 10_000)  # what goes back of a deposit, in basis points
DEPOSITS: Final = (2500, 5000, 0)  # a share in basis points; 0 is none, so that all is paid at once
WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What every step shows: the shop, where one stands, and how the last saving went."""

    desk_base: str
    action: str
    steps: tuple[Step, ...]
    refusal: Refusal
    theme: str


@dataclass(frozen=True, slots=True)
class Offered:
    """One line of the services: ticked, or to be."""

    number: int
    ticked: bool
    name: str
    minutes: str
    price: str


@dataclass(frozen=True, slots=True)
class ServicesStep:
    """What do you offer?"""

    template: ClassVar[str] = "staff/setup/services.html"
    shop: views.Shop
    shown: Shown
    theme: str
    lines: tuple[Offered, ...]
    kept: tuple[tuple[str, int, Money], ...]
    currency: str
    tax: str
    included: bool


@dataclass(frozen=True, slots=True)
class HoursStep:
    """When are you open?"""

    template: ClassVar[str] = "staff/setup/hours.html"
    shop: views.Shop
    shown: Shown
    theme: str
    days: tuple[Day, ...]
    version: str


@dataclass(frozen=True, slots=True)
class BarbersStep:
    """Who cuts?"""

    template: ClassVar[str] = "staff/setup/barbers.html"
    shop: views.Shop
    shown: Shown
    theme: str
    names: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DepositChoice:
    """One deposit rule, in the sums of the example."""

    value: str
    share: int
    now: Money
    later: Money
    chosen: bool


@dataclass(frozen=True, slots=True)
class LateChoice:
    """What becomes of a deposit when a client cancels late; the sums are of the middle example."""

    value: str
    deposit: Money
    kept: Money
    back: Money
    chosen: bool


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """How do clients pay and cancel?"""

    template: ClassVar[str] = "staff/setup/policy.html"
    shop: views.Shop
    shown: Shown
    theme: str
    example: str
    price: Money
    deposits: tuple[DepositChoice, ...]
    lates: tuple[LateChoice, ...]
    frees: tuple[tuple[int, bool], ...]
    version: str


@dataclass(frozen=True, slots=True)
class OpenStep:
    """Look at it, and open."""

    template: ClassVar[str] = "staff/setup/open.html"
    shop: views.Shop
    shown: Shown
    theme: str
    url: str
    opened_at: datetime | None
    missing: tuple[tuple[str, str], ...]
    services: int
    barbers: int


def _shown(desk: Desk, step: str, refusal: Refusal = NOTHING) -> Shown:
    return Shown(
        desk_base=desk.base,
        action=f"{desk.base}/setup/{step}",
        steps=steps(step, desk.base),
        refusal=refusal,
        theme=theme_of(desk.request),
    )


def _page(desk: Desk, view: render.View, refusal: Refusal = NOTHING) -> Response:
    status = 200 if refusal is NOTHING else refusal.status
    return render.page(view, desk.house.site, status=status)


def _on(desk: Desk, step: str) -> Response:
    return RedirectResponse(f"{desk.base}/setup/{after(step)}", 303)


# ── services ─────────────────────────────────────────────────────────────────────────────


@room(May.SETTINGS)
async def show_services(_: Request, desk: Desk) -> Response:
    """Proposals to tick, and what is there already."""
    return await _services(desk)


@room(May.SETTINGS)
async def keep_services(request: Request, desk: Desk) -> Response:
    """Sell what was ticked."""
    form = await Form.of(request)
    wanted = [(n, _service(form, n, desk)) for n in range(LINES) if form.checked(f"pick-{n}")]
    faults: list[Fault] = []
    try:
        async with desk.house.context.means.database.tenant(desk.shop_id) as db:
            for number, service in wanted:
                await _add(db, desk, number, service, faults)
            if faults:
                raise SettingsInvalid(faults)
            sells = await services.of_shop(db, shop_id=desk.shop_id)
    except SettingsInvalid as refused:
        return await _services(desk, form, refusal_of(refused))
    if not sells:
        nothing = Refusal({"pick": Problem(N_("Tick at least one service."))})
        return await _services(desk, form, nothing)
    return _on(desk, "services")


async def _add(
    db: Connection, desk: Desk, number: int, service: ServiceForm, faults: list[Fault]
) -> None:
    """Sell one of them, or note what is wrong with its line."""
    try:
        await services.add(db, service, shop_id=desk.shop_id, actor=desk.actor, now=desk.now)
    except SettingsInvalid as refused:
        faults += [Fault(f"{one.field}-{number}", one.reason, one.least, one.most)
                   for one in refused.faults]  # fmt: skip


def _service(form: Form, number: int, desk: Desk) -> ServiceForm:
    return ServiceForm(
        name=form.text(f"name-{number}"),
        description="",
        duration_minutes=form.number(f"minutes-{number}"),
        buffer_minutes=0,
        price=form.minor(f"price-{number}", desk.shop.currency),
        deposit_kind="none",
        deposit_value=0,
        position=number,
        active=True,
    )


async def _services(desk: Desk, form: Form | None = None, refusal: Refusal = NOTHING) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        rows = await services.of_shop(db, shop_id=desk.shop_id)
    view = ServicesStep(
        shop=present.shop(desk.shop),
        shown=_shown(desk, "services", refusal),
        theme=theme_of(desk.request),
        lines=_typed_lines(form) if form else _proposed_lines(desk, {row.name for row in rows}),
        kept=tuple(
            (row.name, row.duration_minutes, sums(desk.shop, row)[0]) for row in rows if row.active
        ),
        currency=desk.shop.currency.upper(),
        tax=desk.shop.tax_name,
        included=desk.shop.tax_included,
    )
    return _page(desk, view, refusal)


def _proposed_lines(desk: Desk, there: set[str]) -> tuple[Offered, ...]:
    proposed = [one for one in offers(currency(desk.shop.currency)) if one.name not in there]
    first = not there  # somebody new gets the three that nearly everybody sells
    lines = [
        Offered(n, first and n < 3, one.name, str(one.minutes), one.price.to_major())
        for n, one in enumerate(proposed)
    ]
    blank = range(len(lines), LINES)
    return (*lines, *(Offered(n, ticked=False, name="", minutes="30", price="") for n in blank))


def _typed_lines(form: Form) -> tuple[Offered, ...]:
    return tuple(
        Offered(
            number=n,
            ticked=form.checked(f"pick-{n}"),
            name=form.text(f"name-{n}"),
            minutes=form.text(f"minutes-{n}"),
            price=form.text(f"price-{n}"),
        )
        for n in range(LINES)
    )


# ── hours ────────────────────────────────────────────────────────────────────────────────


@room(May.SETTINGS)
async def show_hours(_: Request, desk: Desk) -> Response:
    """The week as most shops have it."""
    return await _hours(desk)


@room(May.SETTINGS)
async def keep_hours(request: Request, desk: Desk) -> Response:
    """Open at these hours."""
    form = await Form.of(request)
    if form.text("do") == "same":
        return await _hours(desk, form, same=True)
    wanted = form.week("hours")
    if halves := form.halves("hours"):
        return await _hours(desk, form, Refusal(grid.halves("hours", halves)))
    if not wanted:
        never = Refusal({"hours": Problem(N_("Give the times of at least one day."))})
        return await _hours(desk, form, never)
    refused = await save(
        desk,
        lambda db: hours.change(
            db,
            wanted,
            shop_id=desk.shop_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        ),
    )
    return await _hours(desk, form, refused) if refused else _on(desk, "hours")


async def _hours(
    desk: Desk, form: Form | None = None, refusal: Refusal = NOTHING, *, same: bool = False
) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        kept = await hours.of_shop(db, shop_id=desk.shop_id)
    days = grid.shown("hours", kept or WEEK)
    if form:
        days = grid.typed("hours", form, refusal.problems, same=same)
    view = HoursStep(
        shop=present.shop(desk.shop),
        shown=_shown(desk, "hours", refusal),
        theme=theme_of(desk.request),
        days=days,
        version=changes.mark(kept),
    )
    return _page(desk, view, refusal)


# ── barbers ──────────────────────────────────────────────────────────────────────────────


@room(May.SETTINGS)
async def show_barbers(_: Request, desk: Desk) -> Response:
    """Names; the first is one's own."""
    return await _barbers(desk, (desk.person.name, *[""] * (NAMES - 1)))


@room(May.SETTINGS)
async def keep_barbers(request: Request, desk: Desk) -> Response:
    """Everybody named gives every service, whenever the shop is open."""
    form = await Form.of(request)
    typed = tuple(form.text(f"name-{n}") for n in range(NAMES))
    try:
        async with desk.house.context.means.database.tenant(desk.shop_id) as db:
            await _take_on(db, desk, typed)
            there = await barbers.of_shop(db, shop_id=desk.shop_id)
    except SettingsInvalid as refused:
        return await _barbers(desk, typed, refusal_of(refused))
    if not there:
        nobody = Refusal({"name-0": Problem(N_("Enter at least one name: yours."))})
        return await _barbers(desk, typed, nobody)
    return _on(desk, "barbers")


async def _take_on(db: Connection, desk: Desk, names: tuple[str, ...]) -> None:
    sells = tuple(row.service_id for row in await services.of_shop(db, shop_id=desk.shop_id))
    faults: list[Fault] = []
    for number, name in enumerate(names):
        if not name.strip():
            continue
        form = BarberForm(name, "employee", number, active=True, services=sells)
        try:
            await barbers.add(db, form, shop_id=desk.shop_id, actor=desk.actor, now=desk.now)
        except SettingsInvalid as refused:
            faults += [Fault(f"{one.field}-{number}", one.reason, one.least, one.most)
                       for one in refused.faults]  # fmt: skip
    if faults:
        raise SettingsInvalid(faults)


async def _barbers(desk: Desk, names: tuple[str, ...], refusal: Refusal = NOTHING) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        rows = await barbers.of_shop(db, shop_id=desk.shop_id)
    kept = tuple(row.name for row in rows if row.active)
    if refusal is NOTHING and kept:
        names = ("",) * NAMES
    view = BarbersStep(
        shop=present.shop(desk.shop),
        shown=_shown(desk, "barbers", refusal),
        theme=theme_of(desk.request),
        names=names,
        kept=kept,
    )
    return _page(desk, view, refusal)


# ── policy ───────────────────────────────────────────────────────────────────────────────


@room(May.SETTINGS)
async def show_policy(_: Request, desk: Desk) -> Response:
    """Deposit and cancelling, in the sums of the shop's own first service."""
    return await _policy(desk)


@room(May.SETTINGS)
async def keep_policy(request: Request, desk: Desk) -> Response:
    """The deposit goes to every service, the policy into the terms."""
    form = await Form.of(request)
    share, free, late = (form.number(name) for name in ("deposit", "free", "late"))
    if share not in DEPOSITS or free not in FREE or late not in LATE:
        return await _policy(desk, Refusal({"deposit": Problem(N_("Choose one of each."))}))

    async def work(db: Connection) -> None:
        shop_row = await changes.lock(db, desk.shop_id)
        there = rules.of(shop_row)
        wanted = Rules(
            free_cancel_hours=free,
            late_refund_basis_points=late,
            notice_minutes=there.notice_minutes,
            horizon_days=there.horizon_days,
            slot_step_minutes=there.slot_step_minutes,
            checkout_hosted=there.checkout_hosted,
        )
        await rules.change(
            db,
            wanted,
            shop_id=desk.shop_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        )
        for row in await services.of_shop(db, shop_id=desk.shop_id):
            if row.active:
                await _set_deposit(db, desk, row, share)

    refused = await save(desk, work)
    return await _policy(desk, refused) if refused else _on(desk, "policy")


async def _set_deposit(db: Connection, desk: Desk, row: ServiceSetting, share: int) -> None:
    part = share > 0
    form = ServiceForm(
        name=row.name,
        description=row.description,
        duration_minutes=row.duration_minutes,
        buffer_minutes=row.buffer_minutes,
        price=row.price,
        deposit_kind="share" if part else "none",
        deposit_value=share if part else 0,
        position=row.position,
        active=row.active,
    )
    await services.change(
        db,
        form,
        shop_id=desk.shop_id,
        service_id=row.service_id,
        version=changes.mark(row),
        actor=desk.actor,
        now=desk.now,
    )


async def _policy(desk: Desk, refusal: Refusal = NOTHING) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        rows = await services.of_shop(db, shop_id=desk.shop_id)
        there = rules.of(await changes.load(db, desk.shop_id))
    if not rows:
        return RedirectResponse(f"{desk.base}/setup/services", 303)
    first = rows[0]
    price, _ = sums(desk.shop, first)
    # Before the first saving a quarter is proposed; after it, what was chosen is shown.
    chosen = first.deposit_value if first.deposit_kind == "share" else 0
    fresh = desk.shop.opened_at is None and there.free_cancel_hours == 24 and not chosen
    share = 2500 if fresh else chosen
    view = PolicyStep(
        shop=present.shop(desk.shop),
        shown=_shown(desk, "policy", refusal),
        theme=theme_of(desk.request),
        example=first.name,
        price=price,
        deposits=tuple(_deposit(desk, first, one, chosen=one == share) for one in DEPOSITS),
        lates=tuple(_late(desk, first, share, there, one) for one in LATE),
        frees=tuple((hours_, hours_ == there.free_cancel_hours) for hours_ in FREE),
        version=changes.mark(there),
    )
    return _page(desk, view, refusal)


def _deposit(desk: Desk, row: ServiceSetting, share: int, *, chosen: bool) -> DepositChoice:
    kind = "share" if share else "none"
    price, deposit = sums(desk.shop, replace(row, deposit_kind=kind, deposit_value=share))
    now = deposit if share else price
    return DepositChoice(str(share), share, now, price - now, chosen)


def _late(desk: Desk, row: ServiceSetting, share: int, there: Rules, back_bp: int) -> LateChoice:
    share = share or DEPOSITS[0]
    _, deposit = sums(desk.shop, replace(row, deposit_kind="share", deposit_value=share))
    kept = portion(deposit, WHOLE - back_bp, Rounding.DOWN)
    return LateChoice(
        str(back_bp), deposit, kept, deposit - kept, back_bp == there.late_refund_basis_points
    )


# ── open ─────────────────────────────────────────────────────────────────────────────────

LACKS: Final = {
    "services": N_("Add at least one service."),
    "hours": N_("Say when you are open."),
    "barbers": N_("Add at least one barber who gives a service."),
}


@room(May.SETTINGS)
async def show_open(_: Request, desk: Desk) -> Response:
    """A last look, and the button; afterwards, where clients book."""
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        lacking = await beginning.missing(db, shop_id=desk.shop_id)
        sells = await services.of_shop(db, shop_id=desk.shop_id)
        works = await barbers.of_shop(db, shop_id=desk.shop_id)
    view = OpenStep(
        shop=present.shop(desk.shop),
        shown=_shown(desk, "open"),
        theme=theme_of(desk.request),
        url=f"{desk.house.context.means.site_url}/b/{desk.shop.slug}",
        opened_at=desk.shop.opened_at,
        missing=tuple((f"{desk.base}/setup/{name}", LACKS[name]) for name in lacking),
        services=sum(row.active for row in sells),
        barbers=sum(row.active for row in works),
    )
    return _page(desk, view)


@room(May.SETTINGS)
async def open_shop(_: Request, desk: Desk) -> Response:
    """Take bookings from now on; where something is missing, the page says what."""
    with contextlib.suppress(beginning.ShopNotReady):
        async with desk.house.context.means.database.tenant(desk.shop_id) as db:
            await beginning.open_for_bookings(
                db, shop_id=desk.shop_id, actor=desk.actor, now=desk.now
            )
    return RedirectResponse(f"{desk.base}/setup/open", 303)


PATH: Final = "/desk/{shop}/setup"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    *account.ROUTES,
    *shop.ROUTES,
    ("GET", f"{PATH}/services", show_services),
    ("POST", f"{PATH}/services", keep_services),
    ("GET", f"{PATH}/hours", show_hours),
    ("POST", f"{PATH}/hours", keep_hours),
    ("GET", f"{PATH}/barbers", show_barbers),
    ("POST", f"{PATH}/barbers", keep_barbers),
    ("GET", f"{PATH}/policy", show_policy),
    ("POST", f"{PATH}/policy", keep_policy),
    ("GET", f"{PATH}/open", show_open),
    ("POST", f"{PATH}/open", open_shop),
)
