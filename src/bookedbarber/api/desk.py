"""Bookings for a shop's own systems, with an API key: a day of them, one, its end."""

import contextlib
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from bookedbarber import ids
from bookedbarber.api import gate, present
from bookedbarber.api.fields import BookingPath
from bookedbarber.api.gate import Ctx, IdempotencyHeader, Staff
from bookedbarber.api.payment_shapes import (
    ReceiptOut,
)
from bookedbarber.api.refusals import AMOUNT, KEYED, MUST_BE_NAMED, refuses
from bookedbarber.api.shapes import (
    BookingOut,
    BookingPageOut,
    CancellationOut,
    CancellationsOut,
    DeskCancelIn,
)
from bookedbarber.booking.policy import TooLateToCancel
from bookedbarber.booking.states import CancelledBy
from bookedbarber.checkout import bookings, cancel, complete, receipt
from bookedbarber.checkout.means import Means
from bookedbarber.money import Money

router = APIRouter(tags=["visits"], responses=KEYED)
Limit = Annotated[int, Query(ge=1, le=100, description="At most how many on a page.")]


@router.get("/bookings", summary="The bookings of a day")
async def list_bookings(
    ctx: Ctx,
    staff: Staff,
    *,
    day: Annotated[date | None, Query(description="In shop time; today when left out.")] = None,
    barber: Annotated[
        str | None, Query(description="Of one barber: `bar_…`; of all when left out.")
    ] = None,
    after: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Limit = 100,
) -> BookingPageOut:
    """The bookings that begin on one day, in the order of time."""
    found = await bookings.of_day(
        ctx.means,
        shop_id=staff.shop_id,
        day=day,
        barber_id=ids.parse("bar", barber) if barber else None,
        after=ids.parse("apt", after) if after else None,
        page=limit,
        now=ctx.clock.now(),
    )
    data = [present.booking(one) for one in found.bookings]
    return BookingPageOut(
        day=found.day,
        time_zone=found.time_zone,
        data=data,
        next=data[-1].id if found.more else None,
    )


@router.get("/bookings/{booking}", summary="One booking", responses=refuses("appointment_unknown"))
async def booking(booking: BookingPath, ctx: Ctx, staff: Staff) -> BookingOut:
    """One booking with its payments and refunds."""
    return await _booking(ctx.means, staff.shop_id, ids.parse("apt", booking))


async def _booking(means: Means, shop_id: UUID, appointment_id: UUID) -> BookingOut:
    found = await bookings.load(means, shop_id=shop_id, appointment_id=appointment_id)
    return present.booking(found)


@router.get(
    "/bookings/{booking}/receipt",
    summary="The receipt of a booking",
    responses=refuses("appointment_unknown"),
)
async def booking_receipt(booking: BookingPath, ctx: Ctx, staff: Staff) -> ReceiptOut:
    """What the visit came to, as the client's receipt says it."""
    shown = await receipt.load(
        ctx.means,
        shop_id=staff.shop_id,
        appointment_id=ids.parse("apt", booking),
        now=ctx.clock.now(),
    )
    return present.receipt(shown)


@router.get(
    "/bookings/{booking}/cancellation",
    summary="What cancelling a booking would give back",
    responses=refuses("appointment_unknown", "appointment_not_open"),
)
async def cancellation(booking: BookingPath, ctx: Ctx, staff: Staff) -> CancellationsOut:
    """What cancelling would give back now, should the client cancel and should the shop."""
    appointment_id, now = ids.parse("apt", booking), ctx.clock.now()

    async def if_by(who: CancelledBy) -> CancellationOut:
        shown = await cancel.preview(
            ctx.means, shop_id=staff.shop_id, appointment_id=appointment_id, by=who, now=now
        )
        return present.cancellation(shown)

    by_client = None
    with contextlib.suppress(TooLateToCancel):
        by_client = await if_by(CancelledBy.CLIENT)
    return CancellationsOut(client=by_client, shop=await if_by(CancelledBy.SHOP))


@router.post(
    "/bookings/{booking}/cancel",
    summary="Cancel a booking",
    responses=refuses(
        *AMOUNT,
        "appointment_unknown",
        "appointment_not_open",
        "too_late_to_cancel",
        "refund_changed",
        *MUST_BE_NAMED,
    ),
)
async def cancel_booking(
    booking: BookingPath, asked: DeskCancelIn, ctx: Ctx, staff: Staff, key: IdempotencyHeader = None
) -> CancellationOut:
    """Cancel a booking: for the shop, and everything goes back, or for a client, by its terms."""
    appointment_id, now = ids.parse("apt", booking), ctx.clock.now()
    named = gate.required_key(
        key, caller=str(staff.key_id), operation=f"cancel:{booking}", body=asked.model_dump()
    )
    expected = asked.expected_refund
    done = await gate.once(
        lambda: cancel.visit(
            ctx.means,
            shop_id=staff.shop_id,
            appointment_id=appointment_id,
            by=asked.cancelled_by,
            expected_refund=None if expected is None else Money.from_json(expected),
            actor=staff.actor,
            key=named,
            now=now,
        )
    )
    return present.cancellation(done)


@router.post(
    "/bookings/{booking}/complete",
    summary="Complete a visit",
    responses=refuses("appointment_unknown", "appointment_not_open", "appointment_not_begun"),
)
async def complete_booking(booking: BookingPath, ctx: Ctx, staff: Staff) -> BookingOut:
    """The work is done, or under way. Completing it again changes nothing."""
    appointment_id = ids.parse("apt", booking)
    await complete.visit(
        ctx.means,
        shop_id=staff.shop_id,
        appointment_id=appointment_id,
        actor=staff.actor,
        now=ctx.clock.now(),
    )
    return await _booking(ctx.means, staff.shop_id, appointment_id)
