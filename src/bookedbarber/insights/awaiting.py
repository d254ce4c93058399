"""What a shop captured and Stripe has not moved yet: its sum, and the oldest of it by name."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bookedbarber.database import Connection
from bookedbarber.insights import queries
from bookedbarber.money import Money, currency

AWAITED: Final = timedelta(days=7)  # an anti-join over all that was captured since


@dataclass(frozen=True, slots=True)
class Unmoved:
    """One payment whose movement has not come."""

    payment_id: UUID
    amount: Money
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class Awaiting:
    """All of it in one sum; `named` are its oldest payments, as many as were asked for."""

    amount: Money
    payments: int
    named: tuple[Unmoved, ...]

    @property
    def oldest(self) -> datetime | None:
        """Since when the longest of it waits; None when nothing does."""
        return self.named[0].captured_at if self.named else None


async def load(db: Connection, *, shop_id: UUID, code: str, most: int, now: datetime) -> Awaiting:
    """What Stripe owes us word of, and at most so many payments of it by name."""
    rows = await queries.awaiting(db, shop_id=shop_id, awaiting_since=now - AWAITED, page=most)
    of = currency(code)
    return Awaiting(
        Money(rows[0].total if rows else 0, of),
        rows[0].payments if rows else 0,
        tuple(Unmoved(row.payment_id, Money(row.amount, of), row.captured_at) for row in rows),
    )
