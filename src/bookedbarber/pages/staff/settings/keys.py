"""`settings/keys`: API keys for the shop's own systems. A new one is shown this once."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber import ids
from bookedbarber.access.roles import May
from bookedbarber.api import keys
from bookedbarber.database import Connection
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import NOTHING, Frame, Refusal, frame, save, saved
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.shops.settings.faults import Check


@dataclass(frozen=True, slots=True)
class Line:
    """One key, by what tells it apart; `path` is where it is revoked."""

    path: str
    name: str
    ending: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeysPage:
    """Every key the shop ever had; `secret` is a new one, in this answer and no other."""

    template: ClassVar[str] = "staff/settings/keys.html"
    room: ClassVar[str] = "settings"
    title: str
    frame: Frame
    action: str
    typed: str
    lines: tuple[Line, ...]
    secret: str
    zone: str


@room(May.KEYS)
async def listed(_: Request, desk: Desk) -> Response:
    """The keys."""
    return await _page(desk)


@room(May.KEYS)
async def make(request: Request, desk: Desk) -> Response:
    """A new key, shown in this answer. Not led on to another page: nothing keeps the secret."""
    name = (await Form.of(request)).text("name")
    made: list[str] = []

    async def work(db: Connection) -> None:
        check = Check()
        kept = check.line("name", name, most=60)
        check.done()
        secret = await keys.create(
            db, shop_id=desk.shop_id, name=kept, actor=desk.actor, now=desk.now
        )
        made.append(secret)

    refused = await save(desk, work)
    return await _page(desk, name, refused) if refused else await _page(desk, secret=made[0])


@room(May.KEYS)
async def revoke(request: Request, desk: Desk) -> Response:
    """A key is no longer in force, from this moment."""
    key_id = ids.parse("key", request.path_params["key"])
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        await keys.revoke(db, shop_id=desk.shop_id, key_id=key_id, actor=desk.actor, now=desk.now)
    return saved(desk, "keys")


async def _page(
    desk: Desk, typed: str = "", refusal: Refusal = NOTHING, *, secret: str = ""
) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        rows = await keys.of_shop(db, shop_id=desk.shop_id)
    action = f"{desk.base}/settings/keys"
    lines = tuple(
        Line(
            path=f"{action}/{ids.show('key', row.key_id)}",
            name=row.name,
            ending=row.ending or "",
            created_at=row.created_at,
            revoked_at=row.revoked_at,
        )
        for row in reversed(rows)
    )
    view = KeysPage(
        title="API keys",
        frame=frame(desk, "keys", refusal),
        action=action,
        typed=typed,
        lines=lines,
        secret=secret,
        zone=desk.shop.time_zone,
    )
    return desk.page(view, status=200 if refusal is NOTHING else refusal.status)


PATH: Final = "/desk/{shop}/settings/keys"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", PATH, listed),
    ("POST", PATH, make),
    ("POST", PATH + "/{key}", revoke),
)
