"""`settings/people`: who works in the shop with an account, and as what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber import ids
from bookedbarber.access import passwords, people
from bookedbarber.access import queries as access
from bookedbarber.access.passwords import Digest
from bookedbarber.access.roles import May, Role
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import (
    NOTHING,
    Frame,
    Refusal,
    frame,
    refusal_of,
    saved,
)
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.texts import ROLES
from bookedbarber.shops import queries as shops
from bookedbarber.shops.settings.faults import Check, Reason

GIVEN: Final = (Role.OWNER, Role.MANAGER, Role.RECEPTIONIST, Role.BARBER)


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who works here; `path` is where their work ends, empty for oneself."""

    path: str
    name: str
    email: str
    role: str
    barber: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Welcome:
    """Somebody new, and the password to hand to them; shown in this answer and no other."""

    name: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who works here, and a form for one more."""

    template: ClassVar[str] = "staff/settings/people.html"
    room: ClassVar[str] = "settings"
    title: str
    frame: Frame
    action: str
    values: Mapping[str, str]
    lines: tuple[Line, ...]
    roles: tuple[tuple[str, str], ...]
    barbers: tuple[tuple[str, str], ...]
    welcome: Welcome | None
    zone: str


@room(May.PEOPLE)
async def listed(_: Request, desk: Desk) -> Response:
    """Who works here."""
    return await _page(desk)


@room(May.PEOPLE)
async def add(request: Request, desk: Desk) -> Response:
    """An account for somebody new, with a password of our making to begin with."""
    form = await Form.of(request)
    password = passwords.generate()
    digest = await passwords.digest(password)
    try:
        async with desk.house.context.means.database.platform() as db:
            await _add(db, desk, form, digest)
    except Refused as refused:
        return await _page(desk, form.values, refusal_of(refused))
    welcome = Welcome(form.text("name").strip(), form.text("email").strip(), password)
    return await _page(desk, welcome=welcome)


async def _add(db: Connection, desk: Desk, form: Form, password: Digest) -> None:
    role = form.text("role")
    columns = {row.barber_id for row in await shops.list_barbers(db, shop_id=desk.shop_id)}
    [barber_id] = form.ids("barber", "bar") or (None,)
    check = Check()
    check.choice("role", role, [str(one) for one in GIVEN])
    if role == Role.BARBER and barber_id not in columns:
        check.add("barber", Reason.NOT_A_CHOICE)
    check.done()
    person = await people.add(
        db,
        desk.house.context.means.vault,
        name=form.text("name"),
        email=form.text("email"),
        password=password,
        now=desk.now,
    )
    await people.employ(
        db,
        shop_id=desk.shop_id,
        person_id=person.person_id,
        role=Role(role),
        barber_id=barber_id if role == Role.BARBER else None,
        actor=desk.actor,
        now=desk.now,
    )


@room(May.PEOPLE)
async def dismiss(request: Request, desk: Desk) -> Response:
    """Somebody works here no more, at once; nobody ends their own work by mistake."""
    person_id = ids.parse("per", request.path_params["person"])
    if person_id != desk.person.person_id:
        async with desk.house.context.means.database.platform() as db:
            await people.dismiss(
                db, shop_id=desk.shop_id, person_id=person_id, actor=desk.actor, now=desk.now
            )
    return saved(desk, "people")


async def _page(
    desk: Desk,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal = NOTHING,
    *,
    welcome: Welcome | None = None,
) -> Response:
    async with desk.house.context.means.database.platform() as db:
        rows = await access.people_of(db, shop_id=desk.shop_id)
        columns = await shops.list_barbers(db, shop_id=desk.shop_id)
    names = {row.barber_id: row.name for row in columns}
    blank = {"name": "", "email": "", "role": "receptionist", "barber": ""}
    view = PeoplePage(
        title="People",
        frame=frame(desk, "people", refusal),
        action=f"{desk.base}/settings/people",
        values={**blank, **(typed or {})},
        lines=tuple(_line(desk, row, names) for row in rows),
        roles=tuple((str(role), ROLES[role]) for role in GIVEN),
        barbers=tuple((ids.show("bar", row.barber_id), row.name) for row in columns),
        welcome=welcome,
        zone=desk.shop.time_zone,
    )
    return desk.page(view, status=200 if refusal is NOTHING else refusal.status)


def _line(desk: Desk, row: access.Colleague, names: Mapping[UUID, str]) -> Line:
    person = people.opened(
        desk.house.context.means.vault,
        person_id=row.person_id,
        name=row.name,
        email=row.email,
    )
    own = row.person_id == desk.person.person_id
    ends = f"{desk.base}/settings/people/{ids.show('per', row.person_id)}"
    return Line(
        path="" if own else ends,
        name=person.name,
        email=person.email,
        role=ROLES[row.role],
        barber=names.get(row.barber_id, "") if row.barber_id else "",
        since=row.since,
    )


PATH: Final = "/desk/{shop}/settings/people"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", PATH, listed),
    ("POST", PATH, add),
    ("POST", PATH + "/{person}", dismiss),
)
