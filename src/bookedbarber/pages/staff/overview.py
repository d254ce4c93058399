"""`/desk/{shop}/overview`: is the money all right, and what must I do?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber import ids
from bookedbarber.access.roles import May, Role
from bookedbarber.database import Connection
from bookedbarber.insights import attention, definitions, overview, queries
from bookedbarber.insights.attention import Item
from bookedbarber.insights.kinds import Kind
from bookedbarber.insights.overview import Available, Awaiting, Failures, Overview, Pace, Volume
from bookedbarber.insights.periods import Range
from bookedbarber.insights.queries import Declines, NewestPayment
from bookedbarber.lookup.words import Status
from bookedbarber.money import Money, currency
from bookedbarber.pages.staff import curves, overview_words, words
from bookedbarber.pages.staff.charts import Chart, failure_chart, volume_chart
from bookedbarber.pages.staff.curves import Curve
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.staff.words import Pill
from bookedbarber.vault import people

NEWEST: Final = 8
SPARK_OF: Final = 24  # values, so that a curve stays readable


@dataclass(frozen=True, slots=True)
class Look:
    """One row of what needs attention; `href` leads to where it is done."""

    item: Item
    icon: str
    tone: str
    verb: str
    href: str
    failure: str


@dataclass(frozen=True, slots=True)
class Row:
    """One of the newest payments."""

    id: str
    href: str
    at: datetime
    client: str | None
    service: str
    barber: str
    purpose: str
    card: str
    amount: Money
    tip: Money
    status: Pill


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """Everything decided; the template only lays it out."""

    template: ClassVar[str] = "staff/overview.html"
    room: ClassVar[str] = "overview"
    title: str
    zone: str
    code: str
    today: date
    now: datetime
    new: bool  # no client has tried to pay yet
    tabs: tuple[tuple[str, str, bool], ...]
    volume_label: str
    volume: Volume
    volume_curve: Curve | None
    compared_with: date
    before_words: str  # empty for a day, which has a name
    pace: Pace
    pace_curve: Curve | None
    failures: Failures
    failures_curve: Curve | None
    failures_of_day: Failures
    available: tuple[Available, ...]
    available_curve: Curve | None
    awaiting: Awaiting
    chart: Chart
    rates: Chart
    reasons: tuple[tuple[str, int], ...]
    looks: tuple[Look, ...]
    newest: tuple[Row, ...]
    say: ClassVar[object] = definitions


@room(May.SEE_OVERVIEW)
async def page(request: Request, desk: Desk) -> Response:
    """The overview of a range; its body alone for a page that looks again."""
    range_ = _range(request.query_params.get("range", ""))
    view = await _view(desk, range_)
    return desk.answer(view)


def _range(text: str) -> Range:
    """What the address asks for; today for anything that is no range."""
    return Range(text) if text in list(Range) else Range.TODAY


async def _view(desk: Desk, range_: Range) -> OverviewPage:
    shop, zone, now = desk.shop, ZoneInfo(desk.shop.time_zone), desk.now
    async with desk.house.context.means.database.tenant(shop.shop_id) as db:
        found = await overview.load(
            db, shop_id=shop.shop_id, code=shop.currency, zone=zone, range_=range_, now=now
        )
        items = await attention.load(
            db, shop_id=shop.shop_id, code=shop.currency, zone=zone, now=now
        )
        newest = await _newest(db, desk)
    if desk.role is Role.PLATFORM:
        async with desk.house.context.means.database.platform() as db:
            items += await attention.dead_work(db, shop_id=shop.shop_id)
    return _laid_out(desk, found, items, newest)


def _laid_out(
    desk: Desk, found: Overview, items: Iterable[Item], newest: tuple[Row, ...]
) -> OverviewPage:
    return OverviewPage(
        title="Overview",
        zone=found.zone.key,
        code=found.currency.code.upper(),
        today=found.now.astimezone(found.zone).date(),
        now=found.now,
        new=found.first is None and not newest,
        tabs=_tabs(desk, found.period.range),
        volume_label=overview_words.VOLUMES[found.period.range],
        volume=found.volume,
        volume_curve=curves.spark(_halved(found)),
        compared_with=found.period.compared_with,
        before_words=overview_words.BEFORE[found.period.range],
        pace=found.pace,
        pace_curve=curves.spark(found.pace.hours),
        failures=found.failures,
        failures_curve=curves.spark([hour.rate for hour in found.failures_by_hour]),
        failures_of_day=found.failures_of_day,
        available=found.available,
        available_curve=curves.spark([day.net.minor for day in found.available]),
        awaiting=found.awaiting,
        chart=volume_chart(found, step=overview_words.STEPS[found.period.range]),
        rates=failure_chart(found),
        reasons=_reasons(found.reasons),
        looks=tuple(_look(desk, item) for item in items),
        newest=newest,
    )


def _tabs(desk: Desk, chosen: Range) -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (word, f"{desk.base}/overview?range={range_}", range_ is chosen)
        for range_, word in overview_words.RANGES.items()
    )


def _halved(found: Overview) -> list[int | None]:
    """What is known of the volume, added up so that a small curve can show it."""
    known = [p.amount.minor for p in found.volume.points if p.amount is not None]
    width = -(-len(known) // SPARK_OF)
    return [sum(known[at : at + width]) for at in range(0, len(known), width)]


def _reasons(found: Iterable[Declines]) -> tuple[tuple[str, int], ...]:
    """By what they mean, since banks have several codes for one thing."""
    counted = Counter[str]()
    for row in found:
        counted[overview_words.reason(row.code)] += row.attempts
    return tuple(counted.most_common(6))


def _look(desk: Desk, item: Item) -> Look:
    icon, tone, verb = overview_words.ATTENTION[item.kind]
    failure = overview_words.reason(item.failure) if item.failure else ""
    return Look(item, icon, tone, verb, _place(desk, item), failure)


def _place(desk: Desk, item: Item) -> str:
    """Where it is done."""
    if item.kind is Kind.VISIT_NOT_COMPLETED:
        return f"{desk.base}/day?date={item.day}"
    if item.about is None:
        return ""
    part = "#refunds" if item.kind is Kind.REFUND_CAME_BACK else ""
    return f"{desk.base}/payments/{ids.show('pay', item.about)}{part}"


async def _newest(db: Connection, desk: Desk) -> tuple[Row, ...]:
    found = await queries.newest_payments(db, shop_id=desk.shop_id, page=NEWEST)
    keys = {(row.client_id, row.key_id) for row in found}
    known = await people.load_all(
        db, desk.house.context.means.vault, shop_id=desk.shop_id, keys=keys
    )
    return tuple(_row(desk, row, known.get((row.client_id, row.key_id))) for row in found)


def _row(desk: Desk, row: NewestPayment, client: people.Person | None) -> Row:
    money = currency(row.currency)
    shown = ids.show("pay", row.payment_id)
    return Row(
        id=shown,
        href=f"{desk.base}/payments/{shown}",
        at=row.captured_at or row.created_at,
        client=client.open("appointments", "guest_name", row.appointment_id, row.guest_name)
        if client
        else None,
        service=row.service_name,
        barber=row.barber,
        purpose=words.purpose(row.purpose),
        card=words.card(row.card_brand, row.card_last4),
        amount=Money(row.amount, money),
        tip=Money(row.tip_amount, money),
        status=words.STATUS[Status(row.status)],
    )


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (("GET", "/desk/{shop}/overview", page),)
