"""What a shop's own systems may ask, with an API key: bookings, payments, refunds."""

import contextlib
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from bookedbarber import ids
from bookedbarber.api import gate, present
from bookedbarber.api.fields import BookingPath, PaymentPath, RefundPath
from bookedbarber.api.gate import Ctx, IdempotencyHeader, Staff
from bookedbarber.api.payment_shapes import (
    PaymentOut,
    ReceiptOut,
    RefundIn,
    RefundOut,
    RefundPageOut,
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
from bookedbarber.checkout import bookings, cancel, complete, receipt, refund, sending
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.refund import PaymentUnknown
from bookedbarber.checkout.sending import RefundUnknown
from bookedbarber.errors import Unavailable
from bookedbarber.money import Money
from bookedbarber.payments import queries as payments
from bookedbarber.payments.states import RefundReason

visits = APIRouter(tags=["visits"], responses=KEYED)
money = APIRouter(tags=["payments"], responses=KEYED)
PAST_ALL = UUID(int=(1 << 128) - 1)
Limit = Annotated[int, Query(ge=1, le=100, description="At most how many on a page.")]
Before = Annotated[str | None, Query(description="`next` of the page before.")]


@visits.get("/bookings", summary="The bookings of a day")
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


@visits.get("/bookings/{booking}", summary="One booking", responses=refuses("appointment_unknown"))
async def booking(booking: BookingPath, ctx: Ctx, staff: Staff) -> BookingOut:
    """One booking with its payments and refunds."""
    return await _booking(ctx.means, staff.shop_id, ids.parse("apt", booking))


async def _booking(means: Means, shop_id: UUID, appointment_id: UUID) -> BookingOut:
    found = await bookings.load(means, shop_id=shop_id, appointment_id=appointment_id)
    return present.booking(found)


@visits.get(
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


@visits.get(
    "/bookings/{booking}/cancellation",
    summary="What cancelling would give back",
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


@visits.post(
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


@visits.post(
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


@money.get("/payments/{payment}", summary="One payment", responses=refuses("payment_unknown"))
async def payment(payment: PaymentPath, ctx: Ctx, staff: Staff) -> PaymentOut:
    """One payment."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        row = await payments.load_payment(
            db, shop_id=staff.shop_id, payment_id=ids.parse("pay", payment)
        )
    if row is None:
        raise PaymentUnknown
    return present.payment(row)


@money.post(
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
    await send_now(ctx.means, staff.shop_id, refund_id, now=now)
    return await _refund(ctx.means, staff.shop_id, refund_id)


async def send_now(means: Means, shop_id: UUID, refund_id: UUID, *, now: datetime) -> None:
    """Try to send a promised refund at once; when Stripe does not answer, the job goes on."""
    try:
        await sending.send(means, shop_id=shop_id, refund_id=refund_id, now=now)
    except Unavailable:
        return


@money.post(
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
    await send_now(ctx.means, staff.shop_id, refund_id, now=now)
    return await _refund(ctx.means, staff.shop_id, refund_id)


@money.get("/refunds", summary="Refunds, the newest first")
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


@money.get("/refunds/{refund}", summary="One refund", responses=refuses("refund_unknown"))
async def one_refund(refund: RefundPath, ctx: Ctx, staff: Staff) -> RefundOut:
    """One refund."""
    return await _refund(ctx.means, staff.shop_id, ids.parse("ref", refund))


async def _refund(means: Means, shop_id: UUID, refund_id: UUID) -> RefundOut:
    async with means.database.tenant(shop_id) as db:
        row = await payments.load_refund(db, shop_id=shop_id, refund_id=refund_id)
    if row is None:
        raise RefundUnknown
    return present.refund(row)
