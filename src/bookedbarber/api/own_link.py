"""What a client may do with the link of their own booking."""

from fastapi import APIRouter, Depends

from bookedbarber import links
from bookedbarber.api import gate, present
from bookedbarber.api.fields import OwnLink
from bookedbarber.api.gate import Ctx, IdempotencyHeader
from bookedbarber.api.payment_shapes import ReceiptOut
from bookedbarber.api.refusals import AMOUNT, NAMED, refuses
from bookedbarber.api.shapes import BookingOut, CancelIn, CancellationOut
from bookedbarber.booking.states import CancelledBy
from bookedbarber.checkout import bookings, cancel, receipt
from bookedbarber.money import Money

router = APIRouter(tags=["own booking"], dependencies=[Depends(gate.booking)])


@router.get(
    "/own/{link}",
    summary="The booking behind a link",
    responses=refuses("link_invalid", "appointment_unknown"),
)
async def own_booking(link: OwnLink, ctx: Ctx) -> BookingOut:
    """The booking behind a link, with its payments and refunds."""
    shop_id, appointment_id = links.open_(ctx.means.link_key, "manage", link)
    found = await bookings.load(ctx.means, shop_id=shop_id, appointment_id=appointment_id)
    return present.booking(found)


@router.get(
    "/own/{link}/receipt",
    summary="The receipt behind a link",
    responses=refuses("link_invalid", "appointment_unknown"),
)
async def own_receipt(link: OwnLink, ctx: Ctx) -> ReceiptOut:
    """What the visit came to."""
    shop_id, appointment_id = links.open_(ctx.means.link_key, "manage", link)
    shown = await receipt.load(
        ctx.means, shop_id=shop_id, appointment_id=appointment_id, now=ctx.clock.now()
    )
    return present.receipt(shown)


@router.get(
    "/own/{link}/cancellation",
    summary="What cancelling one's own booking would give back",
    responses=refuses(
        "link_invalid", "appointment_unknown", "appointment_not_open", "too_late_to_cancel"
    ),
)
async def own_cancellation(link: OwnLink, ctx: Ctx) -> CancellationOut:
    """What cancelling would give back now."""
    shop_id, appointment_id = links.open_(ctx.means.link_key, "manage", link)
    shown = await cancel.preview(
        ctx.means,
        shop_id=shop_id,
        appointment_id=appointment_id,
        by=CancelledBy.CLIENT,
        now=ctx.clock.now(),
    )
    return present.cancellation(shown)


@router.post(
    "/own/{link}/cancel",
    summary="Cancel one's own booking",
    responses=refuses(
        *AMOUNT,
        "link_invalid",
        "appointment_unknown",
        "appointment_not_open",
        "too_late_to_cancel",
        "refund_changed",
        *NAMED,
    ),
)
async def cancel_own(
    link: OwnLink, asked: CancelIn, ctx: Ctx, key: IdempotencyHeader = None
) -> CancellationOut:
    """Cancel under the shop's policy; what goes back is sent at once."""
    shop_id, appointment_id = links.open_(ctx.means.link_key, "manage", link)
    now = ctx.clock.now()
    named = gate.optional_key(
        key, caller=f"link:{appointment_id}", operation="cancel", body=asked.model_dump()
    )
    expected = asked.expected_refund
    done = await gate.once(
        lambda: cancel.visit(
            ctx.means,
            shop_id=shop_id,
            appointment_id=appointment_id,
            by=CancelledBy.CLIENT,
            expected_refund=None if expected is None else Money.from_json(expected),
            actor="client",
            key=named,
            now=now,
        )
    )
    return present.cancellation(done)
