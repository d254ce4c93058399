"""`settings/barbers`: who works in the shop, what each gives, when, and when they are away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber import ids
from bookedbarber.access.roles import May
from bookedbarber.booking import outlook
from bookedbarber.booking.outlook import Outlook
from bookedbarber.database import Connection
from bookedbarber.pages.staff.settings import grid
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import NOTHING, Frame, Refusal, frame, save, saved
from bookedbarber.pages.staff.settings.grid import Day
from bookedbarber.pages.staff.settings.words import Problem
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.texts import N_
from bookedbarber.shops.settings import barbers, changes, services
from bookedbarber.shops.settings.barbers import BarberForm, BarberWeek
from bookedbarber.shops.settings.queries import Absence, BarberSetting, ServiceSetting

KINDS: Final = (
    ("employee", N_("Employee")),
    ("contractor", N_("Contractor")),
    ("renter", N_("Rents a chair")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A barber in the list."""

    path: str
    name: str
    kind: str
    services: int
    active: bool
    to_come: int
    outside: int


@dataclass(frozen=True, slots=True)
class BarbersPage:
    """Everybody who works, or worked, in the shop."""

    template: ClassVar[str] = "staff/settings/barbers.html"
    room: ClassVar[str] = "settings"
    title: str
    frame: Frame
    lines: tuple[Line, ...]
    new: str
    sells: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A service that a barber may give."""

    value: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Away:
    """An absence, and where it is taken back."""

    path: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class BarberPage:
    """One barber, or a new one; `values` are as typed."""

    template: ClassVar[str] = "staff/settings/barber.html"
    room: ClassVar[str] = "settings"
    title: str
    frame: Frame
    action: str
    back: str
    zone: str
    values: Mapping[str, str]
    kinds: tuple[tuple[str, str], ...]
    choices: tuple[Choice, ...]
    new: bool
    to_come: int = 0
    outside: int = 0
    week_version: str = ""
    work: tuple[Day, ...] = ()
    breaks: tuple[Day, ...] = ()
    away: tuple[Away, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything that is kept of one barber."""

    row: BarberSetting
    week: BarberWeek
    away: list[Absence]
    sells: list[ServiceSetting]
    seen: Outlook


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed and could not be saved."""

    refusal: Refusal = NOTHING
    values: Mapping[str, str] = field(default_factory=dict)
    services: tuple[UUID, ...] | None = None
    week: Form | None = None
    same: bool = False


@room(May.SETTINGS)
async def listed(_: Request, desk: Desk) -> Response:
    """Who works in the shop, and who did."""
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        rows = await barbers.of_shop(db, shop_id=desk.shop_id)
        sells = await services.of_shop(db, shop_id=desk.shop_id)
        seen = await outlook.look(db, desk.shop, now=desk.now)
    lines = tuple(_line(desk, row, seen.of_barber(row.barber_id)) for row in rows)
    new = f"{desk.base}/settings/barbers/new"
    sells_any = any(service.active for service in sells)
    return desk.page(BarbersPage("Barbers", frame(desk, "barbers"), lines, new, sells_any))


def _line(desk: Desk, row: BarberSetting, seen: Outlook) -> Line:
    return Line(
        path=f"{desk.base}/settings/barbers/{ids.show('bar', row.barber_id)}",
        name=row.name,
        kind=dict(KINDS)[row.worker_type],
        services=len(row.services),
        active=row.active,
        to_come=len(seen.to_come),
        outside=len(seen.outside),
    )


@room(May.SETTINGS)
async def fresh(_: Request, desk: Desk) -> Response:
    """The form of somebody new."""
    return await _new(desk, _Typed(values={"worker_type": "employee", "position": "0"}))


@room(May.SETTINGS)
async def add(request: Request, desk: Desk) -> Response:
    """Take somebody on."""
    form = await Form.of(request)
    wanted = _read(form, active=True)
    refused = await save(
        desk,
        lambda db: barbers.add(db, wanted, shop_id=desk.shop_id, actor=desk.actor, now=desk.now),
    )
    if refused is None:
        return saved(desk, "barbers")
    return await _new(desk, _Typed(refused, form.values, wanted.services))


async def _new(desk: Desk, typed: _Typed) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        sells = await services.of_shop(db, shop_id=desk.shop_id)
    every = tuple(service.service_id for service in sells)
    given = every if typed.services is None else typed.services
    back = f"{desk.base}/settings/barbers"
    view = BarberPage(
        title="New barber",
        frame=frame(desk, "barbers", typed.refusal),
        action=f"{back}/new",
        back=back,
        zone=desk.shop.time_zone,
        values=typed.values,
        kinds=KINDS,
        choices=_choices(sells, given),
        new=True,
    )
    return desk.page(view, status=_status(typed))


@room(May.SETTINGS)
async def show(request: Request, desk: Desk) -> Response:
    """One barber with their hours."""
    return await _page(desk, _id(request), _Typed())


@room(May.SETTINGS)
async def change(request: Request, desk: Desk) -> Response:
    """The barber is this from now on."""
    form, barber_id = await Form.of(request), _id(request)
    wanted = _read(form, active=form.checked("active"))
    refused = await save(
        desk,
        lambda db: barbers.change(
            db,
            wanted,
            shop_id=desk.shop_id,
            barber_id=barber_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        ),
    )
    if refused is None:
        return saved(desk, "barbers")
    return await _page(desk, barber_id, _Typed(refused, form.values, wanted.services))


@room(May.SETTINGS)
async def change_week(request: Request, desk: Desk) -> Response:
    """The barber works at these hours from now on; or Monday is copied, to be looked at first."""
    form, barber_id = await Form.of(request), _id(request)
    if form.text("do") == "same":
        return await _page(desk, barber_id, _Typed(week=form, same=True))
    halves = {
        **grid.halves("work", form.halves("work")),
        **grid.halves("breaks", form.halves("breaks")),
    }
    if halves:
        return await _page(desk, barber_id, _Typed(Refusal(halves), week=form))
    wanted = BarberWeek(tuple(form.week("work")), tuple(form.week("breaks")))
    refused = await save(
        desk,
        lambda db: barbers.change_week(
            db,
            wanted,
            shop_id=desk.shop_id,
            barber_id=barber_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        ),
    )
    if refused is None:
        return saved(desk, f"barbers/{ids.show('bar', barber_id)}")
    return await _page(desk, barber_id, _Typed(refused, week=form))


@room(May.SETTINGS)
async def add_away(request: Request, desk: Desk) -> Response:
    """The barber is away for a while."""
    form, barber_id = await Form.of(request), _id(request)
    zone = desk.shop.time_zone
    starts_at, ends_at = form.moment("starts_at", zone), form.moment("ends_at", zone)
    unread = {
        name: Problem(N_("Enter a day and a time."))
        for name, moment in (("starts_at", starts_at), ("ends_at", ends_at))
        if moment is None
    }
    if starts_at is None or ends_at is None:
        return await _page(desk, barber_id, _Typed(Refusal(unread), form.values))
    refused = await save(desk, lambda db: _add_away(db, desk, barber_id, starts_at, ends_at))
    if refused is None:
        return saved(desk, f"barbers/{ids.show('bar', barber_id)}")
    return await _page(desk, barber_id, _Typed(refused, form.values))


async def _add_away(
    db: Connection, desk: Desk, barber_id: UUID, starts_at: datetime, ends_at: datetime
) -> None:
    await barbers.add_time_off(
        db,
        shop_id=desk.shop_id,
        barber_id=barber_id,
        starts_at=starts_at,
        ends_at=ends_at,
        actor=desk.actor,
        now=desk.now,
    )


@room(May.SETTINGS)
async def drop_away(request: Request, desk: Desk) -> Response:
    """The barber is there after all."""
    absence = ids.parse("off", request.path_params["absence"])
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        await barbers.drop_time_off(
            db, shop_id=desk.shop_id, time_off_id=absence, actor=desk.actor, now=desk.now
        )
    return saved(desk, f"barbers/{ids.show('bar', _id(request))}")


async def _load(desk: Desk, barber_id: UUID) -> _Known:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        row = await barbers.find(db, shop_id=desk.shop_id, barber_id=barber_id)
        away = await barbers.away(db, shop_id=desk.shop_id, now=desk.now)
        return _Known(
            row=row,
            week=await barbers.week_of(db, shop_id=desk.shop_id, barber_id=barber_id),
            away=[absence for absence in away if absence.barber_id == barber_id],
            sells=await services.of_shop(db, shop_id=desk.shop_id),
            seen=(await outlook.look(db, desk.shop, now=desk.now)).of_barber(barber_id),
        )


async def _page(desk: Desk, barber_id: UUID, typed: _Typed) -> Response:
    known = await _load(desk, barber_id)
    row, problems = known.row, typed.refusal.problems
    back = f"{desk.base}/settings/barbers"
    action = f"{back}/{ids.show('bar', barber_id)}"
    if typed.week is None:
        work = grid.shown("work", known.week.work, least=2)
        breaks = grid.shown("breaks", known.week.breaks)
    else:
        work = grid.typed("work", typed.week, problems, same=typed.same, least=2)
        breaks = grid.typed("breaks", typed.week, problems, same=typed.same)
    view = BarberPage(
        title=row.name,
        frame=frame(desk, "barbers", typed.refusal),
        action=action,
        back=back,
        zone=desk.shop.time_zone,
        values={**_values(row), **typed.values, "version": changes.mark(row)},
        kinds=KINDS,
        choices=_choices(
            known.sells, tuple(row.services) if typed.services is None else typed.services
        ),
        new=False,
        to_come=len(known.seen.to_come),
        outside=len(known.seen.outside),
        week_version=changes.mark(known.week),
        work=work,
        breaks=breaks,
        away=tuple(
            Away(f"{action}/time-off/{ids.show('off', one.id)}", one.starts_at, one.ends_at)
            for one in known.away
        ),
    )
    return desk.page(view, status=_status(typed))


def _status(typed: _Typed) -> int:
    return 200 if typed.refusal is NOTHING else typed.refusal.status


def _choices(sells: list[ServiceSetting], given: tuple[UUID, ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice(ids.show("svc", one.service_id), one.name, one.service_id in given)
        for one in sells
        if one.active or one.service_id in given
    )


def _values(row: BarberSetting) -> dict[str, str]:
    return {
        "name": row.name,
        "worker_type": row.worker_type,
        "position": str(row.position),
        "active": "yes" if row.active else "",
    }


def _read(form: Form, *, active: bool) -> BarberForm:
    return BarberForm(
        name=form.text("name"),
        worker_type=form.text("worker_type"),
        position=form.number("position"),
        active=active,
        services=form.ids("services", "svc"),
    )


def _id(request: Request) -> UUID:
    return ids.parse("bar", request.path_params["barber"])


PATH: Final = "/desk/{shop}/settings/barbers"
ONE: Final = PATH + "/{barber}"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", PATH, listed),
    ("GET", f"{PATH}/new", fresh),
    ("POST", f"{PATH}/new", add),
    ("GET", ONE, show),
    ("POST", ONE, change),
    ("POST", f"{ONE}/hours", change_week),
    ("POST", f"{ONE}/time-off", add_away),
    ("POST", ONE + "/time-off/{absence}", drop_away),
)
