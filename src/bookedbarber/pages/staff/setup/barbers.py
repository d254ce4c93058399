"""The step of the barbers: names, of which the first is one's own."""

from dataclasses import dataclass
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.access.roles import May
from bookedbarber.database import Connection
from bookedbarber.pages import present, views
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import NOTHING, Refusal, refusal_of
from bookedbarber.pages.staff.settings.words import Problem
from bookedbarber.pages.staff.setup.frame import PATH, Shown, onward, page, shown
from bookedbarber.pages.staff.shell import Desk, Handler, room, theme_of
from bookedbarber.pages.texts import N_
from bookedbarber.shops.settings import barbers, changes, services
from bookedbarber.shops.settings.barbers import BarberForm
from bookedbarber.shops.settings.faults import Fault, SettingsInvalid

NAMES: Final = 4


@dataclass(frozen=True, slots=True)
class BarbersStep:
    """Who cuts?"""

    template: ClassVar[str] = "staff/setup/barbers.html"
    shop: views.Shop
    shown: Shown
    theme: str
    names: tuple[str, ...]
    kept: tuple[str, ...]


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
    return onward(desk, "barbers")


async def _take_on(db: Connection, desk: Desk, names: tuple[str, ...]) -> None:
    sells = tuple(row.service_id for row in await services.of_shop(db, shop_id=desk.shop_id))
    await changes.lock(db, desk.shop_id)
    there = {row.name for row in await barbers.of_shop(db, shop_id=desk.shop_id)}
    faults: list[Fault] = []
    for number, name in enumerate(names):
        if not name.strip() or name in there:  # a button pressed twice takes nobody on twice
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
        shown=shown(desk, "barbers", refusal),
        theme=theme_of(desk.request),
        names=names,
        kept=kept,
    )
    return page(desk, view, refusal)


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", f"{PATH}/barbers", show_barbers),
    ("POST", f"{PATH}/barbers", keep_barbers),
)
