"""`settings/services`: what the shop sells, and a form for each service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber import ids
from bookedbarber.access.roles import May
from bookedbarber.booking import outlook
from bookedbarber.checkout import quote
from bookedbarber.money import Money, currency
from bookedbarber.pages.staff.settings.form import Form, percent
from bookedbarber.pages.staff.settings.frame import NOTHING, Frame, Refusal, frame, save, saved
from bookedbarber.pages.staff.settings.words import OWN, Problem
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.shops.queries import Shop
from bookedbarber.shops.settings import changes, services
from bookedbarber.shops.settings.faults import Reason
from bookedbarber.shops.settings.queries import ServiceSetting
from bookedbarber.shops.settings.services import ServiceForm, ServiceSettingUnknown


@dataclass(frozen=True, slots=True)
class Line:
    """A service in the list."""

    path: str
    name: str
    minutes: int
    buffer: int
    price: Money
    deposit: Money | None
    active: bool
    to_come: int


@dataclass(frozen=True, slots=True)
class ServicesPage:
    """Every service of the shop."""

    template: ClassVar[str] = "staff/settings/services.html"
    room: ClassVar[str] = "settings"
    title: str
    frame: Frame
    lines: tuple[Line, ...]
    new: str


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One service, or a new one; `values` are as typed."""

    template: ClassVar[str] = "staff/settings/service.html"
    room: ClassVar[str] = "settings"
    title: str
    frame: Frame
    action: str
    back: str
    values: Mapping[str, str]
    currency: str
    tax_included: bool
    to_come: int
    new: bool


@room(May.SETTINGS)
async def listed(_: Request, desk: Desk) -> Response:
    """What the shop sells, and what it sold."""
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        rows = await services.of_shop(db, shop_id=desk.shop_id)
        seen = await outlook.look(db, desk.shop, now=desk.now)
    lines = tuple(_line(desk, row, seen.of_service(row.service_id)) for row in rows)
    new = f"{desk.base}/settings/services/new"
    return desk.page(ServicesPage("Services", frame(desk, "services"), lines, new))


def _line(desk: Desk, row: ServiceSetting, to_come: int) -> Line:
    price, deposit = quote.listed(desk.shop, row)
    shown = ids.show("svc", row.service_id)
    return Line(
        path=f"{desk.base}/settings/services/{shown}",
        name=row.name,
        minutes=row.duration_minutes,
        buffer=row.buffer_minutes,
        price=price,
        deposit=deposit if deposit.minor else None,
        active=row.active,
        to_come=to_come,
    )


@room(May.SETTINGS)
async def fresh(_: Request, desk: Desk) -> Response:
    """The form of a new service."""
    blank = {
        "duration_minutes": "30",
        "buffer_minutes": "0",
        "position": "0",
        "deposit_kind": "none",
        "deposit_share": "25",
        "active": "yes",
    }
    return _form(desk, None, blank)


@room(May.SETTINGS)
async def add(request: Request, desk: Desk) -> Response:
    """Sell one more service."""
    form = await Form.of(request)
    wanted = read(form, desk.shop, active=True)
    refused = await save(
        desk,
        lambda db: services.add(db, wanted, shop_id=desk.shop_id, actor=desk.actor, now=desk.now),
    )
    return _form(desk, None, form.values, refused) if refused else saved(desk, "services")


@room(May.SETTINGS)
async def show(request: Request, desk: Desk) -> Response:
    """The form of one service."""
    row, to_come = await _find(desk, _id(request))
    return _form(desk, row, _values(row, desk.shop), to_come=to_come)


@room(May.SETTINGS)
async def change(request: Request, desk: Desk) -> Response:
    """Sell a service as this from now on."""
    form, service_id = await Form.of(request), _id(request)
    refused = await save(
        desk,
        lambda db: services.change(
            db,
            read(form, desk.shop, active=form.checked("active")),
            shop_id=desk.shop_id,
            service_id=service_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        ),
    )
    if refused is None:
        return saved(desk, "services")
    row, to_come = await _find(desk, service_id)
    values = {**form.values, "version": changes.mark(row)}
    return _form(desk, row, values, refused, to_come=to_come)


async def _find(desk: Desk, service_id: UUID) -> tuple[ServiceSetting, int]:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        rows = await services.of_shop(db, shop_id=desk.shop_id)
        seen = await outlook.look(db, desk.shop, now=desk.now)
    for row in rows:
        if row.service_id == service_id:
            return row, seen.of_service(service_id)
    raise ServiceSettingUnknown


def _form(
    desk: Desk,
    row: ServiceSetting | None,
    values: Mapping[str, str],
    refusal: Refusal = NOTHING,
    *,
    to_come: int = 0,
) -> Response:
    back = f"{desk.base}/settings/services"
    named = ids.show("svc", row.service_id) if row else "new"
    view = ServicePage(
        title=row.name if row else "New service",
        frame=frame(desk, "services", _placed(refusal, values)),
        action=f"{back}/{named}",
        back=back,
        values=values,
        currency=desk.shop.currency.upper(),
        tax_included=desk.shop.tax_included,
        to_come=to_come,
        new=row is None,
    )
    return desk.page(view, status=200 if refusal is NOTHING else refusal.status)


def _placed(refusal: Refusal, values: Mapping[str, str]) -> Refusal:
    """What is wrong with the deposit stands beside the field that is meant."""
    known = dict(refusal.problems)
    about = known.pop("deposit_value", None)
    if about is None:
        return refusal
    fixed = values.get("deposit_kind") == "fixed"
    field = "deposit_fixed" if fixed else "deposit_share"
    known[field] = Problem(OWN[field, Reason.OUT_OF_RANGE])
    return Refusal(known, refusal.changed)


def read(form: Form, shop: Shop, *, active: bool) -> ServiceForm:
    """The service as it was typed."""
    kind = form.text("deposit_kind")
    value = 0
    if kind == "share":
        value = form.basis_points("deposit_share")
    elif kind == "fixed":
        value = form.minor("deposit_fixed", shop.currency)
    return ServiceForm(
        name=form.text("name"),
        description=form.text("description"),
        duration_minutes=form.number("duration_minutes"),
        buffer_minutes=form.number("buffer_minutes"),
        price=form.minor("price", shop.currency),
        deposit_kind=kind,
        deposit_value=value,
        position=form.number("position"),
        active=active,
    )


def _values(row: ServiceSetting, shop: Shop) -> dict[str, str]:
    of = currency(shop.currency)
    fixed = row.deposit_kind == "fixed"
    share = row.deposit_value if row.deposit_kind == "share" else 2500
    return {
        "version": changes.mark(row),
        "name": row.name,
        "description": row.description,
        "duration_minutes": str(row.duration_minutes),
        "buffer_minutes": str(row.buffer_minutes),
        "price": Money(row.price, of).to_major(),
        "deposit_kind": row.deposit_kind,
        "deposit_share": percent(share),
        "deposit_fixed": Money(row.deposit_value, of).to_major() if fixed else "",
        "position": str(row.position),
        "active": "yes" if row.active else "",
    }


def _id(request: Request) -> UUID:
    return ids.parse("svc", request.path_params["service"])


PATH: Final = "/desk/{shop}/settings/services"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", PATH, listed),
    ("GET", f"{PATH}/new", fresh),
    ("POST", f"{PATH}/new", add),
    ("GET", PATH + "/{service}", show),
    ("POST", PATH + "/{service}", change),
)
