"""What the desk does with a visit on its day: check in, no-show, walk in."""

from fastapi import APIRouter

from bookedbarber import ids
from bookedbarber.api import gate, present
from bookedbarber.api.day_shapes import NoShowIn, NoShowOut, WalkInIn
from bookedbarber.api.fields import BookingPath, MoneyOut
from bookedbarber.api.gate import Ctx, IdempotencyHeader, Staff
from bookedbarber.api.keys import Caller
from bookedbarber.api.refusals import AMOUNT, KEYED, MUST_BE_NAMED, refuses
from bookedbarber.api.shapes import BookingOut
from bookedbarber.booking.calendar import instant
from bookedbarber.checkout import arrive, bookings, no_show, walk_in
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.no_show import Preview
from bookedbarber.money import Money

router = APIRouter(tags=["visits"], responses=KEYED)


@router.post(
    "/bookings/{booking}/check-in",
    summary="Check a client in",
    responses=refuses("appointment_unknown", "appointment_not_open", "check_in_too_early"),
)
async def check_in(booking: BookingPath, ctx: Ctx, staff: Staff) -> BookingOut:
    """The client is here. Checking in again changes nothing."""
    appointment_id = ids.parse("apt", booking)
    await arrive.check_in(
        ctx.means,
        shop_id=staff.shop_id,
        appointment_id=appointment_id,
        actor=staff.actor,
        now=ctx.clock.now(),
    )
    return await _booking(ctx.means, staff, booking)


@router.post(
    "/bookings/{booking}/undo-check-in",
    summary="Take a check-in back",
    responses=refuses("appointment_unknown", "appointment_not_open"),
)
async def undo_check_in(booking: BookingPath, ctx: Ctx, staff: Staff) -> BookingOut:
    """The client is not here after all. Undoing it again changes nothing."""
    appointment_id = ids.parse("apt", booking)
    await arrive.undo(
        ctx.means,
        shop_id=staff.shop_id,
        appointment_id=appointment_id,
        actor=staff.actor,
        now=ctx.clock.now(),
    )
    return await _booking(ctx.means, staff, booking)


@router.get(
    "/bookings/{booking}/no-show",
    summary="What a no-show would give back",
    responses=refuses(
        "appointment_unknown", "appointment_not_open", "appointment_not_begun", "client_arrived"
    ),
)
async def no_show_preview(booking: BookingPath, ctx: Ctx, staff: Staff) -> NoShowOut:
    """What noting that the client did not come would give back now, and what the shop keeps."""
    shown = await no_show.preview(
        ctx.means,
        shop_id=staff.shop_id,
        appointment_id=ids.parse("apt", booking),
        now=ctx.clock.now(),
    )
    return _no_show(shown)


@router.post(
    "/bookings/{booking}/no-show",
    summary="Note a no-show",
    responses=refuses(
        *AMOUNT,
        "appointment_unknown",
        "appointment_not_open",
        "appointment_not_begun",
        "client_arrived",
        "refund_changed",
        *MUST_BE_NAMED,
    ),
)
async def note_no_show(
    booking: BookingPath, asked: NoShowIn, ctx: Ctx, staff: Staff, key: IdempotencyHeader = None
) -> NoShowOut:
    """The client did not come: no fee is charged, and what the policy does not keep goes back.
    This cannot be undone."""
    appointment_id, now = ids.parse("apt", booking), ctx.clock.now()
    named = gate.required_key(
        key, caller=str(staff.key_id), operation=f"no-show:{booking}", body=asked.model_dump()
    )
    expected = asked.expected_refund
    done = await gate.once(
        lambda: no_show.visit(
            ctx.means,
            shop_id=staff.shop_id,
            appointment_id=appointment_id,
            expected_refund=None if expected is None else Money.from_json(expected),
            actor=staff.actor,
            key=named,
            now=now,
        )
    )
    return _no_show(done)


@router.post(
    "/walk-ins",
    status_code=201,
    summary="Seat a walk-in",
    responses=refuses(
        "name_missing",
        "email_invalid",
        "service_unknown",
        "barber_unknown",
        "walk_in_not_today",
        "slot_not_offered",
        "slot_taken",
        *MUST_BE_NAMED,
    ),
)
async def seat_walk_in(
    asked: WalkInIn, ctx: Ctx, staff: Staff, key: IdempotencyHeader = None
) -> BookingOut:
    """Put somebody who walked in on a barber's time, now or later today, to pay at the shop."""
    now = ctx.clock.now()
    named = gate.required_key(
        key,
        caller=str(staff.key_id),
        operation="walk-in",
        body=asked.model_dump(mode="json"),
    )
    wish = walk_in.Wish(
        barber_id=ids.parse("bar", asked.barber),
        service_id=ids.parse("svc", asked.service),
        name=asked.name,
        email=asked.email or None,
        starts_at=None if asked.starts_at is None else instant(asked.starts_at),
    )
    made = await gate.once(
        lambda: walk_in.seat(
            ctx.means, shop_id=staff.shop_id, wish=wish, actor=staff.actor, key=named, now=now
        )
    )
    return await _booking(ctx.means, staff, ids.show("apt", made))


async def _booking(means: Means, staff: Caller, booking: str) -> BookingOut:
    found = await bookings.load(
        means, shop_id=staff.shop_id, appointment_id=ids.parse("apt", booking)
    )
    return present.booking(found)


def _no_show(shown: Preview) -> NoShowOut:
    return NoShowOut(refund=MoneyOut.of(shown.refund), kept=MoneyOut.of(shown.kept))
