"""A visit gets another time or another barber, where `movable.py` lets it: where it was is kept in
the same transaction, and the client is told."""

from datetime import datetime
from uuid import UUID

from bookedbarber import ids
from bookedbarber.booking import queries as booking
from bookedbarber.booking import slots
from bookedbarber.booking.calendar import Chair
from bookedbarber.booking.slots import Shift, SlotTaken
from bookedbarber.booking.states import MovedBy
from bookedbarber.checkout import movable
from bookedbarber.checkout.cancel import AppointmentNotOpen
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.movable import MOVABLE, Asked, Found
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection, Json
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.resilience import idempotency
from bookedbarber.resilience.idempotency import Key


async def visit(
    means: Means,
    *,
    shop_id: UUID,
    appointment_id: UUID,
    barber_id: UUID | None,
    starts_at: datetime,
    by: MovedBy,
    actor: str,
    key: Key | None,
    now: datetime,
    reason: str = "",
    seen_at: datetime | None = None,
) -> UUID:
    """Move a visit, keep where it was, and tell the client; gives back the move.

    Raises MovedMeanwhile when the visit does not begin at `seen_at` any more, IdempotencyKeyReused
    or Overtaken, and what `preview` raises; then nothing was moved.
    """
    asked = Asked(shop_id, appointment_id, barber_id, starts_at, by, seen_at)
    tried: list[UUID] = []
    while True:
        before = len(tried)
        try:
            async with means.database.tenant(shop_id) as db:
                if done := await idempotency.take(db, key, shop_id=shop_id):
                    return UUID(done["move"])
                made = await _attempt(db, asked, tried, actor=actor, reason=reason, now=now)
                result = {"move": str(made)}
                await idempotency.keep(db, key, shop_id=shop_id, result=result, now=now)
                return made
        except SlotTaken:
            if barber_id is not None or len(tried) == before:
                raise


async def _attempt(
    db: Connection,
    asked: Asked,
    tried: list[UUID],
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> UUID:
    """Move to the first barber who was not tried yet, in the order that docs/locking.md gives its
    locks; a slot that is taken takes the whole transaction back."""
    known = await movable.load(db, asked.shop_id, asked.appointment_id)
    movable.check(known, asked, now=now)
    chairs = await movable.chairs(db, known, asked, now=now)
    chair = next((chair for chair in chairs if chair.barber_id not in tried), None)
    if chair is None:
        raise SlotTaken("That time was just taken.")
    tried.append(chair.barber_id)
    await slots.expire_in_the_way(
        db,
        shop_id=asked.shop_id,
        barber_id=chair.barber_id,
        starts_at=asked.starts_at,
        until=asked.starts_at + known.sold.blocks,
        now=now,
    )
    await booking.lock_appointment(db, shop_id=asked.shop_id, appointment_id=asked.appointment_id)
    known = await movable.load(db, asked.shop_id, asked.appointment_id)
    movable.check(known, asked, now=now)
    movable.check_elsewhere(known, chair, asked)
    return await _move(db, known, chair, asked, actor=actor, reason=reason, now=now)


async def _move(
    db: Connection,
    known: Found,
    chair: Chair,
    asked: Asked,
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> UUID:
    shift = Shift(
        move_id=ids.new(now),
        appointment_id=known.visit.appointment_id,
        from_barber_id=known.visit.barber_id,
        from_starts_at=known.visit.starts_at,
        to_barber_id=chair.barber_id,
        to_starts_at=asked.starts_at,
        blocked_until=asked.starts_at + known.sold.blocks,
        by=asked.by,
        actor=actor,
        reason=reason,
    )
    moved = await slots.shift(
        db,
        shift,
        shop_id=asked.shop_id,
        from_states=[state.value for state in MOVABLE[asked.by]],
        facts=_facts(shift, chair),
        now=now,
    )
    if not moved:
        raise AppointmentNotOpen("The appointment is not open any more.")
    tell = Work(WorkKind.TELL_MOVED, shift.move_id, now)
    await queue.enqueue(db, tell, shop_id=asked.shop_id, now=now)
    return shift.move_id


def _facts(shift: Shift, chair: Chair) -> dict[str, Json]:
    def place(barber_id: UUID, starts_at: datetime) -> dict[str, Json]:
        return {"barber": ids.show("bar", barber_id), "starts_at": starts_at.isoformat()}

    return {
        "by": shift.by,
        "before": place(shift.from_barber_id, shift.from_starts_at),
        "after": place(shift.to_barber_id, shift.to_starts_at),
        "against": sorted(chair.against),
    }
