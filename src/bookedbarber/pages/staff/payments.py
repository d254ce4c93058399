"""`/desk/{shop}/payments`: the list, its filters, and the file of what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bookedbarber import ids
from bookedbarber.access.roles import May
from bookedbarber.ids import IdInvalid
from bookedbarber.lookup import definitions, export, filters, listing
from bookedbarber.lookup import queries as lookup
from bookedbarber.lookup.filters import Name, PaymentFilter, Reading, Wrong
from bookedbarber.lookup.listing import Look, Page, Shown
from bookedbarber.lookup.queries import Named
from bookedbarber.lookup.words import Status
from bookedbarber.money import Money, currency
from bookedbarber.pages.staff import chips, words
from bookedbarber.pages.staff.chips import LABELS, Chip
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.staff.words import Pill
from bookedbarber.payments.states import Purpose

SIZE: Final = 25
PLACES: Final = ("before", "after")
LISTED: Final = "list"  # in the address of a payment: the filters of the list it was opened from


@dataclass(frozen=True, slots=True)
class Row:
    """One payment of the list."""

    href: str
    id: str
    at: datetime
    client: str | None
    service: str
    barber: str
    purpose: str
    card: str
    amount: Money
    tip: Money
    refunded: Money
    status: Pill


@dataclass(frozen=True, slots=True)
class PaymentsPage:
    """`typed` is what the form's fields hold; `faults` says of each what is wrong with it, and
    `wrong` the same by label. `strange` are filters that nobody knows."""

    template: ClassVar[str] = "staff/payments.html"
    room: ClassVar[str] = "payments"
    title: str
    zone: str
    rows: tuple[Row, ...]
    typed: Mapping[str, str]
    faults: Mapping[str, str]
    wrong: tuple[tuple[str, str], ...]
    strange: tuple[str, ...]
    chips: tuple[Chip, ...]
    barbers: tuple[tuple[str, str], ...]
    services: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]
    purposes: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str, bool], ...]
    hidden: tuple[tuple[str, str], ...]
    older: str
    newer: str
    own: bool
    say: ClassVar[object] = definitions


def back(desk: Desk) -> str:
    """Where the list is from which a payment was opened, with its filters and place."""
    listed = desk.request.query_params.get(LISTED, "")
    return f"{desk.base}/payments" + (f"?{listed}" if listed else "")


@room(May.SEE_PAYMENTS)
async def page(request: Request, desk: Desk) -> Response:
    """The payments that match, newest first."""
    given = request.query_params.multi_items()
    reading = filters.read(given, currency(desk.shop.currency), beside=PLACES)
    reading, before, after = _place(reading, request)
    found = Page((), None, None)
    if not reading.wrong:
        look = look_of(desk, reading.filter)
        means = desk.house.context.means
        found = await listing.page(means, look, size=SIZE, before=before, after=after)
    barbers, services = await _names(desk)
    view = _view(desk, reading, found, barbers, services)
    return desk.answer(view, status=400 if reading.wrong else 200)


@room(May.EXPORT)
async def file(request: Request, desk: Desk) -> Response:
    """What the list shows, all of it, as CSV. Raises FilterInvalid, ColumnUnknown."""
    given = request.query_params.multi_items()
    reading = filters.read(given, currency(desk.shop.currency), beside=("columns",))
    look = look_of(desk, reading.sound())
    columns = export.chosen(request.query_params.getlist("columns"))
    lines = export.rows(desk.house.context.means, look, columns, actor=desk.actor, now=desk.now)
    name = export.file_name(look, desk.shop.slug, now=desk.now)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def look_of(desk: Desk, asked: PaymentFilter) -> Look:
    """What somebody at the desk may look at, by a filter."""
    zone = ZoneInfo(desk.shop.time_zone)
    return Look(desk.shop_id, zone, desk.shop.currency, asked, desk.only_barber)


def query(desk: Desk, **more: str) -> str:
    """The end of another address of the same payment: its list goes with it."""
    listed = desk.request.query_params.get(LISTED, "")
    fields = urlencode({**more, **({LISTED: listed} if listed else {})})
    return f"?{fields}" if fields else ""


def row(desk: Desk, one: Shown, listed: str = "") -> Row:
    """One payment as a line of a list, and `listed` is what the list's address asks for."""
    payment = ids.show("pay", one.row.payment_id)
    back = f"?{urlencode({LISTED: listed})}" if listed else ""
    return Row(
        href=f"{desk.base}/payments/{payment}{back}",
        id=payment,
        at=one.row.created_at,
        client=one.client,
        service=one.row.service,
        barber=one.row.barber,
        purpose=words.purpose(one.row.purpose),
        card=words.card(one.row.card_brand, one.row.card_last4),
        amount=one.amount,
        tip=one.tip,
        refunded=one.refunded,
        status=words.STATUS[one.row.status],
    )


def _place(reading: Reading, request: Request) -> tuple[Reading, UUID | None, UUID | None]:
    """Where the page goes on from; a place that is none is a wrong filter like any other."""
    places: dict[str, UUID | None] = dict.fromkeys(PLACES)
    wrong = list(reading.wrong)
    for name in PLACES:
        text = request.query_params.get(name)
        try:
            places[name] = ids.parse("pay", text) if text else None
        except IdInvalid:
            wrong.append(Wrong(name, text or "", filters.UNKNOWN))
    return Reading(reading.filter, tuple(wrong)), places["before"], places["after"]


async def _names(desk: Desk) -> tuple[list[Named], list[Named]]:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        barbers = await lookup.barbers_named(db, shop_id=desk.shop_id)
        services = await lookup.services_named(db, shop_id=desk.shop_id)
    return barbers, services


def _view(
    desk: Desk,
    reading: Reading,
    found: Page,
    barbers: Sequence[Named],
    services: Sequence[Named],
) -> PaymentsPage:
    base, asked = f"{desk.base}/payments", reading.filter
    query = asked.to_query()
    typed = {name.value: query.get(name, "") for name in Name}
    typed |= {one.name: one.value for one in reading.wrong if one.name in typed}
    own = desk.only_barber is not None
    return PaymentsPage(
        title="Payments",
        zone=desk.shop.time_zone,
        rows=tuple(row(desk, one, desk.request.url.query) for one in found.payments),
        typed=typed,
        faults=dict.fromkeys(typed, "") | {one.name: one.reason for one in reading.wrong},
        wrong=tuple((LABELS[w.name], w.reason) for w in reading.wrong if w.name in LABELS),
        strange=tuple(one.name for one in reading.wrong if one.name not in LABELS),
        chips=chips.of(base, asked, {one.id: one.name for one in (*barbers, *services)}),
        barbers=() if own else tuple((ids.show("bar", one.id), one.name) for one in barbers),
        services=tuple((ids.show("svc", one.id), one.name) for one in services),
        states=tuple((state.value, words.STATUS[state][2]) for state in Status),
        purposes=tuple((p.value, words.purpose(p)) for p in Purpose),
        columns=tuple((c.key, c.heading, c.key in export.USUAL) for c in export.COLUMNS),
        hidden=tuple(query.items()),
        older=_address(base, query, "before", found.older),
        newer=_address(base, query, "after", found.newer),
        own=own,
    )


def _address(base: str, query: Mapping[str, str], name: str, at: UUID | None) -> str:
    """The same list from another place on; nothing where there is none."""
    return f"{base}?{urlencode({**query, name: ids.show('pay', at)})}" if at else ""


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", "/desk/{shop}/payments", page),
    ("GET", "/desk/{shop}/payments.csv", file),
)
