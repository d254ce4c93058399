"""What somebody of a shop should look at, one thing to do about each, the most pressing first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.insights import queries
from bookedbarber.insights.awaiting import Awaiting, Unmoved
from bookedbarber.insights.kinds import Kind
from bookedbarber.insights.queries import Attention, DeadWork
from bookedbarber.money import Money, currency

MOVED_WITHIN: Final = timedelta(hours=1)  # the longest that Stripe says a charge waits
SENT_WITHIN: Final = timedelta(minutes=10)  # a refund that nobody asked for by hand
COMPLETED_WITHIN: Final = timedelta(minutes=30)  # of its end, a visit
MOST: Final = 50  # of a kind, where they stand beside other things
ALL: Final = 1000  # of a kind, where they stand alone
Found = TypeVar("Found", Attention, DeadWork)
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
    """One thing to look at. `about` is the payment, or the visit; visits come by their day, and
    the house's own work by `what` it is, with the `names` that the operator's commands take."""

    kind: Kind
    since: datetime
    about: UUID | None = None
    id: UUID | None = None
    amount: Money | None = None
    failure: str | None = None
    day: date | None = None
    count: int = 1
    what: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, the most pressing first; `more` of a kind there may be, younger than these."""

    items: tuple[Item, ...]
    more: bool = False

    def __add__(self, other: "Waiting") -> "Waiting":
        """Both in one order."""
        return Waiting(_ranked((*self.items, *other.items)), self.more or other.more)


async def load(
    db: Connection,
    *,
    shop_id: UUID,
    code: str,
    zone: ZoneInfo,
    awaiting: Awaiting,
    now: datetime,
    most: int = MOST,
) -> Waiting:
    """What waits for somebody of the shop, at most so much of a kind; `awaiting` names one more of
    the payments that Stripe has not moved."""
    rows = await queries.attention(
        db,
        shop_id=shop_id,
        page=most + 1,
        zone=zone.key,
        waits_since=now - SENT_WITHIN,
        ended_before=now - COMPLETED_WITHIN,
    )
    found, more = _most(rows, most)
    visits = [row for row in found if row.kind is Kind.VISIT_NOT_COMPLETED]
    refunds = [row for row in found if row.kind is not Kind.VISIT_NOT_COMPLETED]
    late = [one for one in awaiting.named if one.captured_at < now - MOVED_WITHIN]
    items = (
        *(_refund(row, code) for row in refunds),
        *(_of_a_day(row, zone) for row in visits),
        *(_missing(one) for one in late[:most]),
    )
    return Waiting(_ranked(items), more or len(late) > most)


async def dead_work(db: Connection, *, shop_id: UUID, most: int = MOST) -> Waiting:
    """What waits for the house itself; `db` must be the platform's."""
    rows = await queries.dead_work(db, shop_id=shop_id, page=most + 1)
    found, more = _most(rows, most)
    return Waiting(_ranked(tuple(_by_what(found))), more)


def _most(rows: Sequence[Found], most: int) -> tuple[list[Found], bool]:
    """The first so many of each kind, and whether any kind has more."""
    kept = [row for kind in PRESSING for row in [one for one in rows if one.kind is kind][:most]]
    return kept, len(kept) < len(rows)


def _by_what(found: Sequence[DeadWork]) -> Iterator[Item]:
    """Work of a kind failed by one cause, as a rule."""
    ranked = sorted(found, key=lambda row: (row.kind, row.what, row.since))
    for (kind, what), rows in groupby(ranked, key=lambda row: (row.kind, row.what)):
        alike = list(rows)
        names = tuple(_name(row) for row in alike)
        yield Item(kind, alike[0].since, count=len(alike), what=what, names=names)


def _name(row: DeadWork) -> str:
    return ids.show("job", UUID(row.id)) if row.kind is Kind.JOB_DEAD else row.id


def _missing(one: Unmoved) -> Item:
    return Item(Kind.MOVEMENT_MISSING, one.captured_at, one.payment_id, one.payment_id, one.amount)


def _refund(row: Attention, code: str) -> Item:
    amount = None if row.amount is None else Money(row.amount, currency(code))
    return Item(row.kind, row.since, row.about, row.id, amount, row.failure)


def _of_a_day(row: Attention, zone: ZoneInfo) -> Item:
    """The visits of a day are completed in one place."""
    return Item(
        row.kind,
        row.since,
        row.about if row.count == 1 else None,
        day=row.since.astimezone(zone).date(),
        count=row.count,
    )


def _ranked(items: Sequence[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: (PRESSING.index(item.kind), item.since)))
