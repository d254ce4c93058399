"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

vault: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.database import Connection


@dataclass(frozen=True, slots=True)
class KeyOfPerson:
    """One row, as PostgreSQL types it."""

    subject_id: UUID
    key_id: UUID
    wrapped: bytes


KEEP_KEY = """\
/* vault.keep_key */
insert into data_keys (shop_id, subject_id, key_id, wrapped, created_at)
values ($1, $2, $3, $4, $5)"""


async def keep_key(
    db: Connection,
    *,
    shop_id: UUID,
    subject_id: UUID,
    key_id: UUID,
    wrapped: bytes,
    now: datetime,
) -> int:
    """Keep a person's wrapped key."""
    db.touch(shop_id)
    return int(
        (await db.execute(KEEP_KEY, shop_id, subject_id, key_id, wrapped, now)).rpartition(" ")[2]
    )


FIND_KEY = """\
/* vault.find_key */
select wrapped from data_keys
 where shop_id = $1 and subject_id = $2 and key_id = $3"""


async def find_key(
    db: Connection,
    *,
    shop_id: UUID,
    subject_id: UUID,
    key_id: UUID,
) -> bytes | None:
    """A person's wrapped key; none once it was destroyed."""
    row = await db.fetchrow(FIND_KEY, shop_id, subject_id, key_id)
    if row is None:
        return None
    value: bytes = row[0]
    return value


FIND_KEYS = """\
/* vault.find_keys */
select subject_id, key_id, wrapped
  from data_keys
  join unnest($1::uuid[], $2::uuid[]) as wanted (subject_id, key_id)
       using (subject_id, key_id)
 where shop_id = $3"""


async def find_keys(
    db: Connection,
    *,
    subject_ids: Sequence[UUID],
    key_ids: Sequence[UUID],
    shop_id: UUID,
) -> list[KeyOfPerson]:
    """The wrapped keys of several people, of each the one named; those that were destroyed are
    missing.
    """
    return [KeyOfPerson(*row) for row in await db.fetch(FIND_KEYS, subject_ids, key_ids, shop_id)]
