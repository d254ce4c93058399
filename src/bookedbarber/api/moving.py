"""Moving a visit: by the client with the link of their own booking, and at the desk."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from bookedbarber import ids, links
from bookedbarber.api import gate, present
from bookedbarber.api.context import Context
from bookedbarber.api.fields import A_BARBER, BookingPath, InstantIn, MoneyOut, OwnLink
from bookedbarber.api.gate import Ctx, IdempotencyHeader, Staff
from bookedbarber.api.moving_shapes import (
    DeskMoveIn,
    MoveIn,
    MoveOfferOut,
    MoveOut,
    PlaceOut,
)
from bookedbarber.api.refusals import KEYED, MUST_BE_NAMED, NAMED, refuses
from bookedbarber.api.shapes import AvailabilityOut, BookingOut
from bookedbarber.booking import calendar
from bookedbarber.booking import queries as visits
from bookedbarber.booking.queries import Move
from bookedbarber.booking.states import MovedBy
from bookedbarber.checkout import bookings, movable, move
from bookedbarber.checkout.movable import Offer, Place
from bookedbarber.resilience.idempotency import Key

own = APIRouter(tags=["own booking"], dependencies=[Depends(gate.booking)])
desk = APIRouter(tags=["visits"], responses=KEYED)
Barber = Annotated[
    str | None,
    Query(
        description="Of one barber: `bar_…`; of whoever is free when left out.", examples=[A_BARBER]
    ),
]
Day = Annotated[date, Query(description="In shop time.", examples=["2026-11-24"])]
_PLACES = (
    "appointment_unknown",
    "barber_unknown",
    "appointment_not_open",
    "slot_not_offered",
    "slot_taken",
    "move_changes_nothing",
)


@own.get(
    "/own/{link}/move/times",
    summary="The times one's own booking could be moved to",
    responses=refuses(
        "link_invalid",
        "appointment_unknown",
        "barber_unknown",
    ),
)
async def own_times(link: OwnLink, ctx: Ctx, day: Day, barber: Barber = None) -> AvailabilityOut:
    """The times of one day in shop time to which the visit could be moved, its own among them."""
    shop_id, appointment_id = links.open_(ctx.means.link_key, "manage", link)
    return await _times(ctx, shop_id, appointment_id, day=day, barber=barber)


@own.get(
    "/own/{link}/move",
    summary="What moving one's own booking would come to",
    responses=refuses("link_invalid", *_PLACES, "too_late_to_move"),
)
async def own_move(
    link: OwnLink, ctx: Ctx, starts_at: InstantIn, barber: Barber = None
) -> MoveOfferOut:
    """What moving would come to; nothing is held for it."""
    shop_id, appointment_id = links.open_(ctx.means.link_key, "manage", link)
    shown = await movable.preview(
        ctx.means,
        shop_id=shop_id,
        appointment_id=appointment_id,
        barber_id=_barber(barber),
        starts_at=calendar.instant(starts_at),
        by=MovedBy.CLIENT,
        now=ctx.clock.now(),
    )
    return _offer(shown)


@own.post(
    "/own/{link}/move",
    summary="Move one's own booking",
    responses=refuses("link_invalid", *_PLACES, "too_late_to_move", "moved_meanwhile", *NAMED),
)
async def move_own(
    link: OwnLink, asked: MoveIn, ctx: Ctx, key: IdempotencyHeader = None
) -> BookingOut:
    """Move to a time that the shop offers, while cancelling is free. It costs nothing."""
    shop_id, appointment_id = links.open_(ctx.means.link_key, "manage", link)
    named = gate.optional_key(
        key,
        caller=f"link:{appointment_id}",
        operation="move",
        body=asked.model_dump(mode="json"),
    )
    return await _move(
        ctx, shop_id, appointment_id, asked, by=MovedBy.CLIENT, actor="client", key=named
    )


@desk.get(
    "/bookings/{booking}/move/times",
    summary="The times a booking could be moved to",
    responses=refuses("appointment_unknown", "barber_unknown"),
)
async def desk_times(
    booking: BookingPath, ctx: Ctx, staff: Staff, day: Day, barber: Barber = None
) -> AvailabilityOut:
    """The times of one day in shop time that the shop offers for this visit, its own among them."""
    return await _times(ctx, staff.shop_id, ids.parse("apt", booking), day=day, barber=barber)


@desk.get(
    "/bookings/{booking}/move",
    summary="What moving a booking would come to",
    responses=refuses(*_PLACES, "client_arrived"),
)
async def desk_move(
    booking: BookingPath, ctx: Ctx, staff: Staff, starts_at: InstantIn, barber: Barber = None
) -> MoveOfferOut:
    """What moving would come to, at any time, and what speaks against that one."""
    shown = await movable.preview(
        ctx.means,
        shop_id=staff.shop_id,
        appointment_id=ids.parse("apt", booking),
        barber_id=_barber(barber),
        starts_at=calendar.instant(starts_at),
        by=MovedBy.SHOP,
        now=ctx.clock.now(),
    )
    return _offer(shown)


@desk.post(
    "/bookings/{booking}/move",
    summary="Move a booking",
    responses=refuses(*_PLACES, "client_arrived", "moved_meanwhile", *MUST_BE_NAMED),
)
async def move_booking(
    booking: BookingPath, asked: DeskMoveIn, ctx: Ctx, staff: Staff, key: IdempotencyHeader = None
) -> BookingOut:
    """Move a booking to any time at which a barber who gives the service is free; the client is
    told by letter."""
    named = gate.required_key(
        key,
        caller=str(staff.key_id),
        operation=f"move:{booking}",
        body=asked.model_dump(mode="json"),
    )
    return await _move(
        ctx,
        staff.shop_id,
        ids.parse("apt", booking),
        asked,
        by=MovedBy.SHOP,
        actor=staff.actor,
        key=named,
        reason=asked.reason,
    )


@desk.get(
    "/bookings/{booking}/moves",
    summary="Where a booking was before",
    responses=refuses("appointment_unknown"),
)
async def list_moves(booking: BookingPath, ctx: Ctx, staff: Staff) -> list[MoveOut]:
    """Where a booking was before, the first move first."""
    appointment_id = ids.parse("apt", booking)
    await bookings.load(ctx.means, shop_id=staff.shop_id, appointment_id=appointment_id)
    async with ctx.means.database.tenant(staff.shop_id) as db:
        made = await visits.list_moves(db, shop_id=staff.shop_id, appointment_id=appointment_id)
    return [_moved(one) for one in made]


async def _times(
    ctx: Context, shop_id: UUID, appointment_id: UUID, *, day: date, barber: str | None
) -> AvailabilityOut:
    offered = await movable.times(
        ctx.means,
        shop_id=shop_id,
        appointment_id=appointment_id,
        barber_id=_barber(barber),
        first=day,
        last=day,
        now=ctx.clock.now(),
    )
    return AvailabilityOut(
        day=day,
        time_zone=offered.time_zone,
        slots=[present.slot(slot) for slot in offered.slots],
    )


async def _move(
    ctx: Context,
    shop_id: UUID,
    appointment_id: UUID,
    asked: MoveIn,
    *,
    by: MovedBy,
    actor: str,
    key: Key | None,
    reason: str = "",
) -> BookingOut:
    now = ctx.clock.now()
    await gate.once(
        lambda: move.visit(
            ctx.means,
            shop_id=shop_id,
            appointment_id=appointment_id,
            barber_id=_barber(asked.barber),
            starts_at=calendar.instant(asked.starts_at),
            by=by,
            actor=actor,
            key=key,
            now=now,
            reason=reason,
            seen_at=calendar.instant(asked.seen_at) if asked.seen_at else None,
        )
    )
    return present.booking(
        await bookings.load(ctx.means, shop_id=shop_id, appointment_id=appointment_id)
    )


def _barber(text: str | None) -> UUID | None:
    return None if text is None else ids.parse("bar", text)


def _offer(shown: Offer) -> MoveOfferOut:
    return MoveOfferOut(
        old=_place(shown.old),
        new=_place(shown.new),
        against=sorted(shown.against),
        free_until=shown.free_until,
        free=shown.free,
        late_fee=MoneyOut.of(shown.late_fee),
        paid=MoneyOut.of(shown.paid),
        due_at_shop=MoneyOut.of(shown.due_at_shop),
        terms_version=shown.terms_version,
        terms_in_force=shown.terms_in_force,
    )


def _place(place: Place) -> PlaceOut:
    return PlaceOut(
        barber=ids.show("bar", place.barber_id),
        barber_name=place.barber,
        starts_at=place.starts_at,
        ends_at=place.ends_at,
    )


def _moved(row: Move) -> MoveOut:
    return MoveOut(
        number=row.number,
        from_starts_at=row.from_starts_at,
        from_barber=row.from_barber,
        to_starts_at=row.to_starts_at,
        to_barber=row.to_barber,
        moved_by=row.moved_by,
        actor=row.actor,
        reason=row.reason,
        moved_at=row.moved_at,
    )
