"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

messages: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.database import Connection
from bookedbarber.messages.states import MessageState


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One row, as PostgreSQL types it."""

    shop_id: UUID
    message_id: UUID
    client_id: UUID
    appointment_id: UUID
    kind: str
    name: str
    recipient: bytes
    subject: bytes
    body: bytes
    key_id: UUID
    state: MessageState
    created_at: datetime
    sent_at: datetime | None


PUT = """\
/* messages.put */
insert into messages (shop_id, message_id, client_id, appointment_id, kind, name,
                      recipient, subject, body, key_id, state, created_at)
values ($1, $2, $3, $4, $5, $6,
        $7, $8, $9, $10, 'queued', $11)
on conflict (shop_id, name) do nothing"""


async def put(
    db: Connection,
    *,
    shop_id: UUID,
    message_id: UUID,
    client_id: UUID,
    appointment_id: UUID,
    kind: str,
    name: str,
    recipient: bytes,
    subject: bytes,
    body: bytes,
    key_id: UUID,
    now: datetime,
) -> int:
    """Queue a message; nothing when there is one for this occasion."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                PUT,
                shop_id,
                message_id,
                client_id,
                appointment_id,
                kind,
                name,
                recipient,
                subject,
                body,
                key_id,
                now,
            )
        ).rpartition(" ")[2]
    )


LOAD = """\
/* messages.load */
select shop_id, message_id, client_id, appointment_id, kind, name,
       recipient, subject, body, key_id, state, created_at, sent_at
  from messages where shop_id = $1 and message_id = $2"""


async def load(
    db: Connection,
    *,
    shop_id: UUID,
    message_id: UUID,
) -> StoredMessage | None:
    """One message."""
    row = await db.fetchrow(LOAD, shop_id, message_id)
    if row is None:
        return None
    return StoredMessage(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        MessageState(row[10]),
        row[11],
        row[12],
    )


FIND = """\
/* messages.find */
select shop_id, message_id, client_id, appointment_id, kind, name,
       recipient, subject, body, key_id, state, created_at, sent_at
  from messages where shop_id = $1 and name = $2"""


async def find(
    db: Connection,
    *,
    shop_id: UUID,
    name: str,
) -> StoredMessage | None:
    """The message for one occasion."""
    row = await db.fetchrow(FIND, shop_id, name)
    if row is None:
        return None
    return StoredMessage(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        MessageState(row[10]),
        row[11],
        row[12],
    )


NEWEST = """\
/* messages.newest */
select shop_id, message_id, client_id, appointment_id, kind, name,
       recipient, subject, body, key_id, state, created_at, sent_at
  from messages where message_id < $1 order by message_id desc limit $2"""


async def newest(
    db: Connection,
    *,
    before: UUID,
    page: int,
) -> list[StoredMessage]:
    """A page of messages older than `before`, newest first, of every shop that the role may see."""
    return [
        StoredMessage(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            row[5],
            row[6],
            row[7],
            row[8],
            row[9],
            MessageState(row[10]),
            row[11],
            row[12],
        )
        for row in await db.fetch(NEWEST, before, page)
    ]


OF_APPOINTMENT = """\
/* messages.of_appointment */
select shop_id, message_id, client_id, appointment_id, kind, name,
       recipient, subject, body, key_id, state, created_at, sent_at
  from messages where shop_id = $1 and appointment_id = $2 order by message_id"""


async def of_appointment(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
) -> list[StoredMessage]:
    """What was written about one appointment, oldest first."""
    return [
        StoredMessage(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            row[5],
            row[6],
            row[7],
            row[8],
            row[9],
            MessageState(row[10]),
            row[11],
            row[12],
        )
        for row in await db.fetch(OF_APPOINTMENT, shop_id, appointment_id)
    ]


MOVE = """\
/* messages.move */
update messages set state = $1, sent_at = $2
 where shop_id = $3 and message_id = $4
   and state = any($5::text[])"""


async def move(
    db: Connection,
    *,
    to_state: str,
    sent_at: datetime | None,
    shop_id: UUID,
    message_id: UUID,
    from_states: Sequence[str],
) -> int:
    """Move a message from one of the states it may leave; see states.py for what is allowed."""
    db.touch(shop_id)
    return int(
        (await db.execute(MOVE, to_state, sent_at, shop_id, message_id, from_states)).rpartition(
            " "
        )[2]
    )
