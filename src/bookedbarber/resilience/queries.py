"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

resilience: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.database import Connection, Json


@dataclass(frozen=True, slots=True)
class UsedKey:
    """One row, as PostgreSQL types it."""

    request: bytes
    result: Json


CLAIM_KEY = """\
/* resilience.claim_key */
insert into idempotency_keys (shop_id, caller, key, request, result, created_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (shop_id, caller, key) do nothing"""


async def claim_key(
    db: Connection,
    *,
    shop_id: UUID,
    caller: str,
    key: str,
    request: bytes,
    result: Json,
    now: datetime,
) -> int:
    """Write down a caller's key with what it did; 0 when the key was used before."""
    db.touch(shop_id)
    return int(
        (await db.execute(CLAIM_KEY, shop_id, caller, key, request, result, now)).rpartition(" ")[2]
    )


WAIT_FOR_KEY = """\
/* resilience.wait_for_key */
select pg_advisory_xact_lock(
    hashtextextended(concat_ws(chr(31), $1::uuid, $2::text, $3::text), 0))::text as held"""


async def wait_for_key(
    db: Connection,
    *,
    shop_id: UUID,
    caller: str,
    key: str,
) -> int:
    """Wait for a request under the same key that is being worked on, and hold later ones up
    until this transaction ends.
    """
    return int((await db.execute(WAIT_FOR_KEY, shop_id, caller, key)).rpartition(" ")[2])


FIND_KEY = """\
/* resilience.find_key */
select request, result from idempotency_keys
 where shop_id = $1 and caller = $2 and key = $3"""


async def find_key(
    db: Connection,
    *,
    shop_id: UUID,
    caller: str,
    key: str,
) -> UsedKey | None:
    """What a caller's key did."""
    row = await db.fetchrow(FIND_KEY, shop_id, caller, key)
    if row is None:
        return None
    return UsedKey(*row)


FORGET_KEYS = """\
/* resilience.forget_keys */
delete from idempotency_keys
 where (shop_id, caller, key) in (
        select shop_id, caller, key from idempotency_keys
         where created_at < $1
         order by created_at
         limit $2)"""


async def forget_keys(
    db: Connection,
    *,
    before: datetime,
    batch: int,
) -> int:
    """Drop some of the keys older than `before`, the oldest first."""
    return int((await db.execute(FORGET_KEYS, before, batch)).rpartition(" ")[2])
