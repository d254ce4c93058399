"""What clients are told by mail: the receipt, a cancellation, a visit missed or moved, a slot that
was lost.

Kept true here: a letter is written once for each occasion, says what is true when it is written,
and shows the sums of `receipt.py` and no others. A letter that is no longer true (a confirmation
of what was cancelled meanwhile) is not written. Sending it is the outbox's affair.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import queries as booking
from bookedbarber.checkout import receipt
from bookedbarber.checkout.letters import cancelled, confirmed, mine, missed, moved, slot_lost
from bookedbarber.checkout.letters.draft import Draft, body
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection
from bookedbarber.messages import language, outbox
from bookedbarber.messages.language import Language
from bookedbarber.vault import people

CATALOGUES: Final = Path(__file__).resolve().parent / "locale"
log = structlog.get_logger("letters")

Composer = Callable[[Receipt, Language], Draft | None]
COMPOSERS: Final[dict[WorkKind, Composer]] = {
    WorkKind.TELL_CONFIRMED: confirmed.draft,
    WorkKind.TELL_CANCELLED: cancelled.draft,
    WorkKind.TELL_MISSED: missed.draft,
    WorkKind.TELL_SLOT_LOST: slot_lost.draft,
    WorkKind.TELL_MOVED: moved.draft,
    WorkKind.TELL_MINE: mine.draft,
}


async def write(
    means: Means, kind: WorkKind, *, shop_id: UUID, about: UUID, name: str, now: datetime
) -> None:
    """Put the letter of this kind into the outbox under the `name` of its occasion; a repetition
    adds none. It is about an appointment, one that tells of a move about that move, and one with a
    link to all bookings about a client.

    Nothing is written to a client who was forgotten or left no address, nor when the letter would
    be untrue by now. Raises AppointmentUnknown.
    """
    visit_id = await _visit(means, kind, shop_id, about)
    if visit_id is None:
        log.info("letter.not_written", kind=kind, about=str(about), why="moved on, or nobody")
        return
    shown = await receipt.load(means, shop_id=shop_id, appointment_id=visit_id, now=now)
    draft = COMPOSERS[kind](shown, reader(shown))
    if shown.guest is None or shown.guest.email is None or draft is None:
        log.info("letter.not_written", kind=kind, about=ids.show("apt", visit_id), why=_why(shown))
        return
    async with means.database.tenant(shop_id) as db:
        visit = await booking.load_appointment(db, shop_id=shop_id, appointment_id=visit_id)
        if visit is None:
            raise LookupError(visit_id)
        person = await people.load(
            db, means.vault, shop_id=shop_id, subject_id=visit.client_id, key_id=visit.key_id
        )
        new = await outbox.put(
            db,
            person,
            shop_id=shop_id,
            appointment_id=visit_id,
            kind=kind,
            name=name,
            recipient=shown.guest.email,
            subject=draft.subject,
            body=body(draft, shown, reader(shown)),
            now=now,
        )
        if new and kind is WorkKind.TELL_MINE:
            await _note_sent(db, shop_id, about, now=now)


async def _note_sent(db: Connection, shop_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Note that somebody was given the way to all that a client booked."""
    await trail.record(
        db,
        shop_id=shop_id,
        actor="client",
        act="client.link_sent",
        object=ids.show("cli", client_id),
        facts={},
        now=now,
    )


async def _visit(means: Means, kind: WorkKind, shop_id: UUID, about: UUID) -> UUID | None:
    """The appointment that a letter is about; None when it was moved once more since, of which
    another letter tells, or when the client who asked is none."""
    if kind not in (WorkKind.TELL_MOVED, WorkKind.TELL_MINE):
        return about
    async with means.database.tenant(shop_id) as db:
        if kind is WorkKind.TELL_MOVED:
            return await booking.last_moved(db, shop_id=shop_id, move_id=about)
        return await booking.newest_of_client(db, shop_id=shop_id, client_id=about)


def _why(shown: Receipt) -> str:
    if shown.guest is None:
        return "forgotten"
    return f"the visit is {shown.state}" if shown.guest.email else "no address"


def occasion(kind: WorkKind, about: UUID) -> str:
    """The name of the one message for this occasion, by which delivery finds it."""
    return f"{kind}:{about}"


def reader(shown: Receipt) -> Language:
    """The language of whoever booked."""
    return language.choose(shown.locale, country=shown.shop.country, catalogues=CATALOGUES)
