"""`/desk/{shop}/attention`: everything that needs somebody, with one thing to do about each."""

from dataclasses import dataclass
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber import ids
from bookedbarber.access.roles import May, Role
from bookedbarber.database import Connection
from bookedbarber.insights import attention, awaiting, definitions
from bookedbarber.insights.attention import ALL, MOST, Item, Waiting
from bookedbarber.insights.awaiting import Awaiting
from bookedbarber.insights.kinds import Kind
from bookedbarber.pages.staff import overview_words
from bookedbarber.pages.staff.shell import Desk, Handler, room


@dataclass(frozen=True, slots=True)
class Look:
    """One row of what needs attention. `href` leads to where it is done; it is empty for the work
    of the house, which is done by its operator's commands."""

    id: str
    item: Item
    icon: str
    tone: str
    verb: str
    href: str
    failure: str


@dataclass(frozen=True, slots=True)
class AttentionPage:
    """Everything that waits; `more` when a kind has more than can stand here."""

    template: ClassVar[str] = "staff/attention.html"
    room: ClassVar[str] = "overview"
    title: str
    zone: str
    looks: tuple[Look, ...]
    more: bool
    say: ClassVar[object] = definitions


@room(May.SEE_OVERVIEW)
async def page(request: Request, desk: Desk) -> Response:  # noqa: ARG001 # a handler is given it
    """All of it; its body alone for a page that looks again."""
    shop, database = desk.shop, desk.house.context.means.database
    async with database.tenant(shop.shop_id) as db:
        unmoved = await awaiting.load(
            db, shop_id=shop.shop_id, code=shop.currency, most=ALL + 1, now=desk.now
        )
        waits = await waiting(db, desk, unmoved, most=ALL)
    waits += await of_the_house(desk, most=ALL)
    looks = tuple(look(desk, item) for item in waits.items)
    return desk.answer(AttentionPage("Needs attention", shop.time_zone, looks, waits.more))


async def waiting(db: Connection, desk: Desk, unmoved: Awaiting, *, most: int = MOST) -> Waiting:
    """What waits for somebody of the shop."""
    shop = desk.shop
    return await attention.load(
        db,
        shop_id=shop.shop_id,
        code=shop.currency,
        zone=ZoneInfo(shop.time_zone),
        awaiting=unmoved,
        now=desk.now,
        most=most,
    )


async def of_the_house(desk: Desk, *, most: int = MOST) -> Waiting:
    """What waits for the house, when somebody of the house looks."""
    if desk.role is not Role.ADMIN:
        return Waiting(())
    async with desk.house.context.means.database.platform() as db:
        return await attention.dead_work(db, shop_id=desk.shop_id, most=most)


def look(desk: Desk, item: Item) -> Look:
    """One of them as a row."""
    icon, tone, verb = overview_words.ATTENTION[item.kind]
    failure = overview_words.reason(item.failure) if item.failure else ""
    return Look(_named(item), item, icon, tone, verb, _place(desk, item), failure)


def _named(item: Item) -> str:
    """The row's own id, so that a page that looks again takes no other row for it."""
    return "-".join(("look", item.kind, str(item.id or item.day or item.what.replace(".", "-"))))


def _place(desk: Desk, item: Item) -> str:
    """Where it is done."""
    if item.kind is Kind.VISIT_NOT_COMPLETED:
        return f"{desk.base}/day?date={item.day}"
    if item.about is None:
        return ""
    part = "#refunds" if item.kind is Kind.REFUND_CAME_BACK else ""
    return f"{desk.base}/payments/{ids.show('pay', item.about)}{part}"


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (("GET", "/desk/{shop}/attention", page),)
