"""A list as a CSV file: what is shown, row by row, for whoever adds up elsewhere.

RFC 4180, in UTF-8. Amounts are plain decimals with the decimals of their currency, which has a
column; times are the shop's own, with their offset. The file's name and headings say range and
zone, since a comment would be no CSV.
"""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.checkout.means import Means
from bookedbarber.database import Json
from bookedbarber.errors import Refused
from bookedbarber.lookup import listing
from bookedbarber.lookup.listing import Look, Shown
from bookedbarber.lookup.words import PURPOSE, STATUS
from bookedbarber.money import Money, currency
from bookedbarber.payments.cards import brand

# With the full-width forms of the first four, which a spreadsheet may fold to them.
_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


class ColumnUnknown(Refused):
    """The list has no such column."""

    code: ClassVar[str] = "column_unknown"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its name in an address, its heading, and what stands in it."""

    key: str
    heading: str
    cell: Callable[[Shown, ZoneInfo], str]

    def head(self, zone: ZoneInfo) -> str:
        """The heading, with the zone where it holds times."""
        return f"{self.heading} ({zone.key})" if self.key in TIMED else self.heading


def text(value: str | None) -> str:
    """A text that a spreadsheet takes for a text: one that would begin a formula is quoted."""
    value = value or ""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else ""


def _part(minor: int, one: Shown) -> str:
    return Money(minor, currency(one.row.currency)).to_major()


COLUMNS: Final = (
    Column("created", "Created", lambda one, zone: _time(one.row.created_at, zone)),
    Column("client", "Client", lambda one, _: text(one.client)),
    Column("service", "Service", lambda one, _: text(one.row.service)),
    Column("barber", "Barber", lambda one, _: text(one.row.barber)),
    Column("kind", "Kind", lambda one, _: PURPOSE[one.row.purpose]),
    Column("card", "Card", lambda one, _: text(brand(one.row.card_brand))),
    Column("last4", "Last four", lambda one, _: text(one.row.card_last4)),
    Column("amount", "Amount", lambda one, _: one.amount.to_major()),
    Column("tip", "Tip", lambda one, _: one.tip.to_major()),
    Column("refunded", "Refunded", lambda one, _: one.refunded.to_major()),
    Column("currency", "Currency", lambda one, _: one.row.currency.upper()),
    Column("status", "Status", lambda one, _: STATUS[one.row.status]),
    Column("payment", "Payment", lambda one, _: ids.show("pay", one.row.payment_id)),
    Column("captured", "Captured", lambda one, zone: _time(one.row.captured_at, zone)),
    Column("visit", "Visit", lambda one, zone: _time(one.row.starts_at, zone)),
    Column("booking", "Booking", lambda one, _: ids.show("apt", one.row.appointment_id)),
    Column("net_service", "Service amount", lambda one, _: _part(one.row.service_amount, one)),
    Column("tax", "Tax", lambda one, _: _part(one.row.tax_amount, one)),
    Column("intent", "PaymentIntent", lambda one, _: text(one.row.intent_id)),
    Column("charge", "Charge", lambda one, _: text(one.row.charge_id)),
)
TIMED: Final = {"created", "captured", "visit"}
UNUSUAL: Final = {"captured", "visit", "booking", "net_service", "tax", "intent", "charge"}
BY_KEY: Final = {column.key: column for column in COLUMNS}
USUAL: Final = tuple(column.key for column in COLUMNS if column.key not in UNUSUAL)


def chosen(asked: Iterable[str]) -> tuple[Column, ...]:
    """The columns of that name, in the order of the list; the usual ones when none is named. Each
    word may hold several, with commas between. Raises ColumnUnknown."""
    keys = [key for word in asked for key in word.split(",") if key]
    if unknown := [key for key in keys if key not in BY_KEY]:
        raise ColumnUnknown(f"no column {unknown[0]!a:.40}", columns=list(BY_KEY))
    return tuple(column for column in COLUMNS if column.key in (keys or USUAL))


def file_name(look: Look, slug: str, *, now: datetime) -> str:
    """The shop, the days, and the zone in which they are days."""
    since, until = look.filter.since, look.filter.until
    today = now.astimezone(look.zone).date()
    span = f"{since.isoformat() if since else 'first'}_to_{(until or today).isoformat()}"
    return f"payments_{slug}_{span}_{look.zone.key.replace('/', '-')}.csv"


async def rows(
    means: Means, look: Look, columns: tuple[Column, ...], *, actor: str, now: datetime
) -> AsyncIterator[str]:
    """The file, a batch at a time. The trail has that it was begun before its first row goes out,
    and how many went when all did; begun and not exported is broken off."""
    facts: dict[str, Json] = {
        "filter": dict(look.filter.facts(currency(look.of))),
        "columns": [column.key for column in columns],
        "zone": look.zone.key,
    }
    await _note(means, look, actor=actor, act="payments.export_begun", facts=facts, now=now)
    yield _lines([[column.head(look.zone) for column in columns]])
    sent = 0
    async for batch in listing.everything(means, look, now=now):
        yield _lines([[column.cell(one, look.zone) for column in columns] for one in batch])
        sent += len(batch)
    ended = {**facts, "rows": sent}
    await _note(means, look, actor=actor, act="payments.exported", facts=ended, now=now)


def _lines(cells: Iterable[Iterable[str]]) -> str:
    text_file = io.StringIO(newline="")
    csv.writer(text_file).writerows(cells)
    return text_file.getvalue()


async def _note(
    means: Means, look: Look, *, actor: str, act: str, facts: dict[str, Json], now: datetime
) -> None:
    async with means.database.tenant(look.shop_id) as db:
        await trail.record(
            db,
            shop_id=look.shop_id,
            actor=actor,
            act=act,
            object=ids.show("shp", look.shop_id),
            facts=facts,
            now=now,
        )
