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
from bookedbarber.access.roles import May
from bookedbarber.database import Connection
from bookedbarber.insights import definitions, overview, queries
from bookedbarber.insights.attention import Waiting
from bookedbarber.insights.awaiting import Awaiting
from bookedbarber.insights.overview import Available, Failures, Overview, Pace, Volume
from bookedbarber.insights.periods import Range
from bookedbarber.insights.queries import Declines, NewestPayment
from bookedbarber.lookup import definitions as paid
from bookedbarber.lookup.words import Status
from bookedbarber.money import Money, currency
from bookedbarber.pages.staff import curves, overview_words, words
from bookedbarber.pages.staff.attention import Look, look, of_the_house, waiting
from bookedbarber.pages.staff.charts import Chart, failure_chart, volume_chart
from bookedbarber.pages.staff.curves import Curve
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.staff.words import Pill
from bookedbarber.vault import people

NEWEST: Final = 8
FIRST: Final = 12  # of what needs attention
SPARK_OF: Final = 24  # values, so that a curve stays readable


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
    looks: tuple[Look, ...]  # the first of what needs attention
    open: int
    more: bool  # open than were counted
    every: str  # where all of it stands
    newest: tuple[Row, ...]
    say: ClassVar[object] = definitions
    say_paid: ClassVar[object] = paid


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
    shop, database = desk.shop, desk.house.context.means.database
    found = await overview.load(
        database,
        shop_id=shop.shop_id,
        code=shop.currency,
        zone=ZoneInfo(shop.time_zone),
        range_=range_,
        now=desk.now,
    )
    async with database.tenant(shop.shop_id) as db:
        waits = await waiting(db, desk, found.awaiting)
        newest = await _newest(db, desk)
    return _laid_out(desk, found, waits + await of_the_house(desk), newest)


def _laid_out(desk: Desk, found: Overview, waits: Waiting, newest: tuple[Row, ...]) -> OverviewPage:
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
        looks=tuple(look(desk, item) for item in waits.items[:FIRST]),
        open=len(waits.items),
        more=waits.more,
        every=f"{desk.base}/attention",
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
