"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

vault: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from datetime import datetime
from uuid import UUID

from bookedbarber.database import Connection

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
