"""What somebody of a shop should look at, one thing to do about each, the most pressing first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber.database import Connection
from bookedbarber.insights import queries
from bookedbarber.insights.kinds import Kind
from bookedbarber.insights.overview import AWAITED
from bookedbarber.insights.queries import Attention
from bookedbarber.money import Money, currency

MOVED_WITHIN: Final = timedelta(hours=1)  # the longest that Stripe says a charge waits
SENT_WITHIN: Final = timedelta(minutes=10)  # a refund that nobody asked for by hand
COMPLETED_WITHIN: Final = timedelta(minutes=30)  # of its end, a visit
MOST: Final = 50  # of a kind
PRESSING: Final = (
    Kind.REFUND_CAME_BACK,
    Kind.MOVEMENT_MISSING,
    Kind.REFUND_WAITS,
    Kind.JOB_DEAD,
    Kind.EVENT_DEAD,
    Kind.VISIT_NOT_COMPLETED,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at. `about` is the payment, or the visit; visits come by their day."""

    kind: Kind
    since: datetime
    about: UUID | None = None
    id: UUID | None = None
    amount: Money | None = None
    failure: str | None = None
    day: date | None = None
    count: int = 1


async def load(
    db: Connection, *, shop_id: UUID, code: str, zone: ZoneInfo, now: datetime
) -> tuple[Item, ...]:
    """What waits for somebody of the shop."""
    found = await queries.attention(
        db,
        shop_id=shop_id,
        page=MOST,
        waits_since=now - SENT_WITHIN,
        ended_before=now - COMPLETED_WITHIN,
        awaiting_since=now - AWAITED,
        moved_before=now - MOVED_WITHIN,
    )
    visits = [row for row in found if row.kind is Kind.VISIT_NOT_COMPLETED]
    money = [row for row in found if row.kind is not Kind.VISIT_NOT_COMPLETED]
    return _ranked([*(_of_money(row, code) for row in money), *_by_day(visits, zone)])


async def dead_work(db: Connection, *, shop_id: UUID) -> tuple[Item, ...]:
    """What waits for the house itself; `db` must be the platform's."""
    found = await queries.dead_work(db, shop_id=shop_id, page=MOST)
    return _ranked(
        [
            Item(kind, since=min(row.since for row in rows), count=len(rows), failure=what)
            for (kind, what), rows in _grouped(found)
        ]
    )


def _grouped(
    found: Sequence[queries.DeadWork],
) -> Iterator[tuple[tuple[Kind, str], list[queries.DeadWork]]]:
    ranked = sorted(found, key=lambda row: (row.kind, row.what))
    for key, rows in groupby(ranked, key=lambda row: (row.kind, row.what)):
        yield key, list(rows)


def _of_money(row: Attention, code: str) -> Item:
    amount = None if row.amount is None else Money(row.amount, currency(code))
    return Item(row.kind, row.since, row.about, row.id, amount, row.failure)


def _by_day(visits: Sequence[Attention], zone: ZoneInfo) -> Iterator[Item]:
    """The visits of a day are completed in one place."""
    ranked = sorted(visits, key=lambda row: row.since)
    for day, rows in groupby(ranked, key=lambda row: row.since.astimezone(zone).date()):
        of_day = list(rows)
        yield Item(
            Kind.VISIT_NOT_COMPLETED,
            of_day[0].since,
            of_day[0].about if len(of_day) == 1 else None,
            day=day,
            count=len(of_day),
        )


def _ranked(items: Sequence[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: (PRESSING.index(item.kind), item.since)))
