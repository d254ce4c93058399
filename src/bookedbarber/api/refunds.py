"""Refunds for a shop's own systems, with an API key: giving back, sending again, looking."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from bookedbarber import ids
from bookedbarber.api import gate, present
from bookedbarber.api.desk import Limit
from bookedbarber.api.fields import PaymentPath, RefundPath
from bookedbarber.api.gate import Ctx, IdempotencyHeader, Staff
from bookedbarber.api.payment_shapes import (
    RefundIn,
    RefundOut,
    RefundPageOut,
)
from bookedbarber.api.refusals import AMOUNT, KEYED, MUST_BE_NAMED, refuses
from bookedbarber.checkout import refund, sending
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.sending import RefundUnknown
from bookedbarber.money import Money
from bookedbarber.payments import queries as payments
from bookedbarber.payments.states import RefundReason

router = APIRouter(tags=["payments"], responses=KEYED)
PAST_ALL = UUID(int=(1 << 128) - 1)
Before = Annotated[str | None, Query(description="`next` of the page before.")]


@router.post(
    "/payments/{payment}/refunds",
    status_code=201,
    summary="Refund a payment",
    responses=refuses(
        *AMOUNT,
        "currency_mismatch",
        "payment_unknown",
        "payment_not_captured",
        "refund_exceeds_payment",
        "refund_is_nothing",
        *MUST_BE_NAMED,
    ),
)
async def refund_payment(
    payment: PaymentPath, asked: RefundIn, ctx: Ctx, staff: Staff, key: IdempotencyHeader = None
) -> RefundOut:
    """Give back part or all of a payment: owed at once, sent as soon as Stripe answers."""
    payment_id, now = ids.parse("pay", payment), ctx.clock.now()
    named = gate.required_key(
        key, caller=str(staff.key_id), operation=f"refund:{payment}", body=asked.model_dump()
    )
    amount = None if asked.amount is None else Money.from_json(asked.amount)
    refund_id = await gate.once(
        lambda: refund.issue(
            ctx.means,
            shop_id=staff.shop_id,
            payment_id=payment_id,
            amount=amount,
            reason=RefundReason(asked.reason),
            note=asked.note,
            actor=staff.actor,
            key=named,
            now=now,
        )
    )
    await sending.send_now(ctx.means, shop_id=staff.shop_id, refund_id=refund_id, now=now)
    return await _refund(ctx.means, staff.shop_id, refund_id)


@router.post(
    "/refunds/{refund}/send-again",
    summary="Send a refund again",
    responses=refuses("refund_unknown", "refund_not_failed", *MUST_BE_NAMED),
)
async def send_refund_again(
    refund: RefundPath, ctx: Ctx, staff: Staff, key: IdempotencyHeader = None
) -> RefundOut:
    """Send a refund once more that the client's bank sent back, or that was withdrawn, and that is
    still owed."""
    refund_id, now = ids.parse("ref", refund), ctx.clock.now()
    named = gate.required_key(
        key, caller=str(staff.key_id), operation=f"send-again:{refund}", body=None
    )
    await gate.once(
        lambda: sending.send_again(
            ctx.means,
            shop_id=staff.shop_id,
            refund_id=refund_id,
            actor=staff.actor,
            key=named,
            now=now,
        )
    )
    await sending.send_now(ctx.means, shop_id=staff.shop_id, refund_id=refund_id, now=now)
    return await _refund(ctx.means, staff.shop_id, refund_id)


@router.get("/refunds", summary="Refunds, the newest first")
async def list_refunds(
    ctx: Ctx, staff: Staff, before: Before = None, limit: Limit = 25
) -> RefundPageOut:
    """The shop's refunds, newest first."""
    edge = ids.parse("ref", before) if before else PAST_ALL
    async with ctx.means.database.tenant(staff.shop_id) as db:
        rows = await payments.recent_refunds(db, shop_id=staff.shop_id, before=edge, page=limit + 1)
    shown = rows[:limit]
    following = ids.show("ref", shown[-1].refund_id) if len(rows) > limit else None
    return RefundPageOut(data=[present.refund(row) for row in shown], next=following)


@router.get("/refunds/{refund}", summary="One refund", responses=refuses("refund_unknown"))
async def one_refund(refund: RefundPath, ctx: Ctx, staff: Staff) -> RefundOut:
    """One refund: how far it has come on its way back, its parts, and why."""
    return await _refund(ctx.means, staff.shop_id, ids.parse("ref", refund))


async def _refund(means: Means, shop_id: UUID, refund_id: UUID) -> RefundOut:
    async with means.database.tenant(shop_id) as db:
        row = await payments.load_refund(db, shop_id=shop_id, refund_id=refund_id)
    if row is None:
        raise RefundUnknown
    return present.refund(row)
