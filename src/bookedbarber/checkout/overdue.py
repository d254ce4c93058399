"""Looks again at what Stripe should have told us by now, for an event that never came."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from bookedbarber.checkout import sending, settle
from bookedbarber.checkout.means import Means
from bookedbarber.ledger import queries as ledger
from bookedbarber.ledger.chart import Account
from bookedbarber.ledger.queries import OpenItem
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Refund

MOVEMENT_AFTER: Final = timedelta(hours=1)  # the longest that Stripe says a charge waits for one
REFUND_AFTER: Final = timedelta(days=1)
AT_ONCE: Final = 100  # of each, at one look
T = TypeVar("T")


async def look_again(means: Means, *, now: datetime) -> None:
    """Ask Stripe about charges that await their movement, and refunds on their way, for too long.

    Raises what the first of them met that could not be asked about, after all were tried.
    """
    async with means.database.platform_statement() as db:
        awaiting = await ledger.open_items(db, account=Account.AWAITING_STRIPE)
        refunds = await payments.pending_refunds(db, asked_before=now - REFUND_AFTER, page=AT_ONCE)
    late = [item for item in awaiting if now - item.since > MOVEMENT_AFTER][:AT_ONCE]
    met = [await _each(late, lambda item: _charge(means, item, now=now))]
    met.append(await _each(refunds, lambda asked: _refund(means, asked, now=now)))
    for failure in filter(None, met):
        raise failure


async def _each(items: list[T], look: Callable[[T], Awaitable[None]]) -> Exception | None:
    """Look at each of them; what the first that failed met."""
    met: Exception | None = None
    for item in items:
        try:
            await look(item)
        except Exception as failure:  # noqa: BLE001 # one that fails must not hide the others; it is raised afterwards
            met = met or failure
    return met


async def _charge(means: Means, awaiting: OpenItem, *, now: datetime) -> None:
    async with means.database.platform_statement() as db:
        found = await payments.find_by_charge(
            db, stripe_account=awaiting.stripe_account, charge_id=awaiting.item
        )
    if found is None or found.intent_id is None:
        return
    intent = await means.processor.get_intent(found.intent_id)
    await settle.payment(
        means, shop_id=found.shop_id, payment_id=found.payment_id, intent=intent, now=now
    )


async def _refund(means: Means, asked: Refund, *, now: datetime) -> None:
    if asked.stripe_refund_id is None:
        return
    sent = await means.processor.get_refund(asked.stripe_refund_id)
    await sending.record(
        means, shop_id=asked.shop_id, refund_id=asked.refund_id, sent=sent, now=now
    )
