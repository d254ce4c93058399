"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

api: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.database import Connection


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One row, as PostgreSQL types it."""

    key_id: UUID
    digest: bytes


@dataclass(frozen=True, slots=True)
class KeyListed:
    """One row, as PostgreSQL types it."""

    key_id: UUID
    name: str
    ending: str | None
    created_at: datetime
    revoked_at: datetime | None


FIND_KEY = """\
/* api.find_key */
select key_id, digest from api_keys
 where shop_id = $1 and key_id = $2 and revoked_at is null"""


async def find_key(
    db: Connection,
    *,
    shop_id: UUID,
    key_id: UUID,
) -> ApiKey | None:
    """An API key that is in force."""
    row = await db.fetchrow(FIND_KEY, shop_id, key_id)
    if row is None:
        return None
    return ApiKey(*row)


ADD_KEY = """\
/* api.add_key */
insert into api_keys (shop_id, key_id, name, digest, ending, created_at)
values ($1, $2, $3, $4, $5, $6)"""


async def add_key(
    db: Connection,
    *,
    shop_id: UUID,
    key_id: UUID,
    name: str,
    digest: bytes,
    ending: str,
    now: datetime,
) -> int:
    """A new API key of a shop."""
    db.touch(shop_id)
    return int(
        (await db.execute(ADD_KEY, shop_id, key_id, name, digest, ending, now)).rpartition(" ")[2]
    )


LIST_KEYS = """\
/* api.list_keys */
select key_id, name, ending::text as ending, created_at, revoked_at from api_keys
 where shop_id = $1 order by key_id"""


async def list_keys(
    db: Connection,
    *,
    shop_id: UUID,
) -> list[KeyListed]:
    """Every API key a shop ever had, oldest first, without what it is checked by."""
    return [KeyListed(*row) for row in await db.fetch(LIST_KEYS, shop_id)]


REVOKE_KEY = """\
/* api.revoke_key */
update api_keys set revoked_at = $1::timestamptz
 where shop_id = $2 and key_id = $3 and revoked_at is null"""


async def revoke_key(
    db: Connection,
    *,
    now: datetime,
    shop_id: UUID,
    key_id: UUID,
) -> int:
    """An API key is no longer in force."""
    db.touch(shop_id)
    return int((await db.execute(REVOKE_KEY, now, shop_id, key_id)).rpartition(" ")[2])
