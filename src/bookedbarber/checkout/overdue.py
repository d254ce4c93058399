"""Looks again at what Stripe should have told us by now, for an event that never came."""

from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from bookedbarber.checkout import sending, settle
from bookedbarber.checkout.means import Means
from bookedbarber.ledger import queries as ledger
from bookedbarber.ledger.chart import Account
from bookedbarber.ledger.queries import OpenItem
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Refund

MOVEMENT_AFTER: Final = timedelta(hours=1)  # the longest that Stripe says a charge waits for one
REFUND_AFTER: Final = timedelta(days=1)
PAGE: Final = 100  # of each, read at once; all are looked at
BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def look_again(means: Means, *, now: datetime, page: int = PAGE) -> None:
    """Ask Stripe about charges that await their movement, and refunds on their way, for too long.

    Raises what the first of them met that could not be asked about, after all were tried.
    """
    met: Exception | None = None
    async for item in _late_charges(means, now=now, page=page):
        failed = await _tried(_charge(means, item, now=now))
        met = met or failed
    async for asked in _late_refunds(means, now=now, page=page):
        failed = await _tried(_refund(means, asked, now=now))
        met = met or failed
    if met is not None:
        raise met


async def _tried(look: Awaitable[None]) -> Exception | None:
    """What a look met when it failed."""
    try:
        await look
    except Exception as failure:  # noqa: BLE001 # one that fails must not hide the others; it is raised afterwards
        return failure
    return None


async def _late_charges(means: Means, *, now: datetime, page: int) -> AsyncIterator[OpenItem]:
    since, item = BEFORE_ALL, ""
    while True:
        async with means.database.platform_statement() as db:
            found = await ledger.overdue_items(
                db,
                account=Account.AWAITING_STRIPE,
                before=now - MOVEMENT_AFTER,
                after_since=since,
                after_item=item,
                page=page,
            )
        for one in found:
            yield one
        if len(found) < page:
            return
        since, item = found[-1].since, found[-1].item


async def _late_refunds(means: Means, *, now: datetime, page: int) -> AsyncIterator[Refund]:
    asked_at, refund_id = BEFORE_ALL, UUID(int=0)
    while True:
        async with means.database.platform_statement() as db:
            found = await payments.pending_refunds(
                db,
                asked_before=now - REFUND_AFTER,
                after_asked=asked_at,
                after_id=refund_id,
                page=page,
            )
        for one in found:
            yield one
        if len(found) < page:
            return
        asked_at, refund_id = found[-1].asked_at, found[-1].refund_id


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
