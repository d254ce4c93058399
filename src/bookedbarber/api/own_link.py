"""What a client may do with the link of their own booking."""

from fastapi import APIRouter, Depends

from bookedbarber import links
from bookedbarber.api import gate, present
from bookedbarber.api.gate import Ctx, IdempotencyHeader
from bookedbarber.api.shapes import BookingOut, CancelIn, CancellationOut, ReceiptOut
from bookedbarber.booking.states import CancelledBy
from bookedbarber.checkout import bookings, cancel, receipt
from bookedbarber.money import Money

router = APIRouter(tags=["own booking"], dependencies=[Depends(gate.booking)])


@router.get("/own/{link}")
async def own_booking(link: str, ctx: Ctx) -> BookingOut:
    """The booking behind a link, with its payments and refunds."""
    shop_id, appointment_id = links.open_(ctx.means.link_key, "manage", link)
    found = await bookings.load(ctx.means, shop_id=shop_id, appointment_id=appointment_id)
    return present.booking(found)


@router.get("/own/{link}/receipt")
async def own_receipt(link: str, ctx: Ctx) -> ReceiptOut:
    """What the visit came to."""
    shop_id, appointment_id = links.open_(ctx.means.link_key, "manage", link)
    shown = await receipt.load(
        ctx.means, shop_id=shop_id, appointment_id=appointment_id, now=ctx.clock.now()
    )
    return present.receipt(shown)


@router.get("/own/{link}/cancellation")
async def own_cancellation(link: str, ctx: Ctx) -> CancellationOut:
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


@router.post("/own/{link}/cancel")
async def cancel_own(
    link: str, asked: CancelIn, ctx: Ctx, key: IdempotencyHeader = None
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
