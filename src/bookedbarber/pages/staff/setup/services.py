"""The step of the services: proposals to tick, and what is there already."""

from dataclasses import dataclass
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.access.roles import May
from bookedbarber.checkout import quote
from bookedbarber.database import Connection
from bookedbarber.money import Money, currency
from bookedbarber.pages import present, views
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import NOTHING, Refusal, refusal_of
from bookedbarber.pages.staff.settings.words import Problem
from bookedbarber.pages.staff.setup.frame import PATH, Shown, onward, page, shown
from bookedbarber.pages.staff.setup.proposals import offers
from bookedbarber.pages.staff.shell import Desk, Handler, room, theme_of
from bookedbarber.pages.texts import N_
from bookedbarber.shops.settings import changes, services
from bookedbarber.shops.settings.faults import Fault, SettingsInvalid
from bookedbarber.shops.settings.services import ServiceForm

LINES: Final = 8


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
            await changes.lock(db, desk.shop_id)
            there = {
                (row.name, row.duration_minutes, row.price)
                for row in await services.of_shop(db, shop_id=desk.shop_id)
            }
            for number, service in wanted:
                # A button pressed twice sells nothing twice.
                if (service.name, service.duration_minutes, service.price) not in there:
                    await _add(db, desk, number, service, faults)
            if faults:
                raise SettingsInvalid(faults)
            sells = await services.of_shop(db, shop_id=desk.shop_id)
    except SettingsInvalid as refused:
        return await _services(desk, form, refusal_of(refused))
    if not sells:
        nothing = Refusal({"pick": Problem(N_("Tick at least one service."))})
        return await _services(desk, form, nothing)
    return onward(desk, "services")


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
        shown=shown(desk, "services", refusal),
        theme=theme_of(desk.request),
        lines=_typed_lines(form) if form else _proposed_lines(desk, {row.name for row in rows}),
        kept=tuple(
            (row.name, row.duration_minutes, quote.listed(desk.shop, row)[0])
            for row in rows
            if row.active
        ),
        currency=desk.shop.currency.upper(),
        tax=desk.shop.tax_name if desk.shop.tax_basis_points else "",
        included=desk.shop.tax_included,
    )
    return page(desk, view, refusal)


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


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", f"{PATH}/services", show_services),
    ("POST", f"{PATH}/services", keep_services),
)
