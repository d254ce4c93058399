"""Messages waiting, sent and failed: put in sealed, once for each occasion, and read again."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.messages import queries
from bookedbarber.messages.queries import StoredMessage
from bookedbarber.messages.states import MessageState
from bookedbarber.vault import Vault, people
from bookedbarber.vault.people import Person, PersonForgotten

_TABLE: Final = "messages"
NEWEST: Final = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text that goes with a message as a file: `media_type` as in `text/calendar`."""

    name: str
    media_type: str
    text: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """What a message says, to people (`text`) and to programs that show more (`html`).

    `sender` is the name that stands before our address: the shop's, so far.
    """

    sender: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """The sealed part of a message, opened."""

    recipient: str
    subject: str
    body: Body


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the outbox keeps it; `content` is None once its person was forgotten."""

    shop_id: UUID
    message_id: UUID
    appointment_id: UUID
    kind: str
    state: MessageState
    created_at: datetime
    sent_at: datetime | None
    content: Content | None


async def put(
    db: Connection,
    person: Person,
    *,
    shop_id: UUID,
    appointment_id: UUID,
    kind: str,
    name: str,
    recipient: str,
    subject: str,
    body: Body,
    now: datetime,
) -> bool:
    """Queue a message to a person in the caller's transaction.

    `name` is the occasion: False, and nothing is written, when it has its message already.
    """
    message_id = ids.new(now)

    def sealed(column: str, plain: str) -> bytes:
        return person.seal(_TABLE, column, message_id, plain)

    return bool(
        await queries.put(
            db,
            shop_id=shop_id,
            message_id=message_id,
            client_id=person.subject_id,
            appointment_id=appointment_id,
            kind=kind,
            name=name,
            recipient=sealed("recipient", recipient),
            subject=sealed("subject", subject),
            body=sealed("body", json.dumps(asdict(body), ensure_ascii=False)),
            key_id=person.key.key_id,
            now=now,
        )
    )


async def read(db: Connection, vault: Vault, *, shop_id: UUID, message_id: UUID) -> Message | None:
    """One message, opened; None when the shop has no such message."""
    stored = await queries.load(db, shop_id=shop_id, message_id=message_id)
    return (await _opened(db, vault, [stored]))[0] if stored else None


async def find(db: Connection, vault: Vault, *, shop_id: UUID, name: str) -> Message | None:
    """The message for one occasion, opened."""
    stored = await queries.find(db, shop_id=shop_id, name=name)
    return (await _opened(db, vault, [stored]))[0] if stored else None


async def newest(
    db: Connection, vault: Vault, *, before: UUID = NEWEST, page: int = 50
) -> list[Message]:
    """A page of messages, newest first, older than `before`.

    A tenant's connection sees its own; the platform's sees every shop's (the demo's outbox page).
    """
    return await _opened(db, vault, await queries.newest(db, before=before, page=page))


async def of_appointment(
    db: Connection, vault: Vault, *, shop_id: UUID, appointment_id: UUID
) -> list[Message]:
    """What was written about one appointment, oldest first: its delivery record."""
    stored = await queries.of_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
    return await _opened(db, vault, stored)


async def _opened(db: Connection, vault: Vault, stored: Iterable[StoredMessage]) -> list[Message]:
    people_met: dict[tuple[UUID, UUID, UUID], Person | None] = {}
    opened = []
    for row in stored:
        who = (row.shop_id, row.client_id, row.key_id)
        if who not in people_met:
            people_met[who] = await _person(db, vault, row)
        opened.append(_message(row, people_met[who]))
    return opened


async def _person(db: Connection, vault: Vault, row: StoredMessage) -> Person | None:
    try:
        return await people.load(
            db, vault, shop_id=row.shop_id, subject_id=row.client_id, key_id=row.key_id
        )
    except PersonForgotten:
        return None


def _message(row: StoredMessage, person: Person | None) -> Message:
    return Message(
        shop_id=row.shop_id,
        message_id=row.message_id,
        appointment_id=row.appointment_id,
        kind=row.kind,
        state=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
        content=_content(row, person) if person else None,
    )


def _content(row: StoredMessage, person: Person) -> Content:
    body = json.loads(person.open(_TABLE, "body", row.message_id, row.body))
    return Content(
        recipient=person.open(_TABLE, "recipient", row.message_id, row.recipient),
        subject=person.open(_TABLE, "subject", row.message_id, row.subject),
        body=Body(
            sender=body["sender"],
            text=body["text"],
            html=body["html"],
            attachments=tuple(
                Attachment(
                    name=file["name"],
                    media_type=file["media_type"],
                    text=file["text"],
                    parameters=tuple((key, value) for key, value in file["parameters"]),
                )
                for file in body["attachments"]
            ),
        ),
    )
