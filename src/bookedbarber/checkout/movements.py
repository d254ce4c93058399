"""Stripe moved its balance: book it, once, wherever it is heard of."""

from datetime import datetime
from uuid import UUID

from bookedbarber import ids
from bookedbarber.checkout.means import Means
from bookedbarber.ledger import journal
from bookedbarber.ledger.rules import Movement
from bookedbarber.money import Money
from bookedbarber.processor.snapshots import BalanceTransaction


async def book(
    means: Means,
    moved: BalanceTransaction,
    *,
    of: Money,
    shop_id: UUID,
    stripe_account: str,
    now: datetime,
    refund_id: UUID | None = None,
) -> None:
    """Book a movement of Stripe's balance, once, wherever it is heard of. `of` is the amount that
    was charged or given back, in its own currency."""
    async with means.database.platform() as db:
        await journal.book_movement(
            db,
            _movement(moved),
            refund=ids.show("ref", refund_id) if refund_id else None,
            of=of,
            shop_id=shop_id,
            stripe_account=stripe_account,
            now=now,
        )


def _movement(moved: BalanceTransaction) -> Movement:
    return Movement(
        id=moved.id,
        type=moved.type,
        reporting_category=moved.reporting_category,
        balance_type=moved.balance_type,
        source=moved.source,
        amount=moved.amount,
        fee=moved.fee,
        net=moved.net,
        created=moved.created,
        available_on=moved.available_on,
    )
