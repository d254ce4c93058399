"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

audit: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.database import Connection, Json


@dataclass(frozen=True, slots=True)
class Newest:
    """One row, as PostgreSQL types it."""

    shop_id: UUID
    word: str


RECORD = """\
/* audit.record */
with gate as (select 1), audited as (
    insert into audit_events (shop_id, event_id, at, actor, act, object, facts)
    select $1, $2, $3, $4, $5, $6, $7 from gate
    returning 1
)
select count(*) from audited"""


async def record(
    db: Connection,
    *,
    shop_id: UUID,
    audit_id: UUID,
    now: datetime,
    actor: str,
    act: str,
    object: str,
    facts: Json,
) -> int:
    """Add one event to the trail of a shop."""
    db.touch(shop_id)
    return int(
        (await db.execute(RECORD, shop_id, audit_id, now, actor, act, object, facts)).rpartition(
            " "
        )[2]
    )


NEWEST = """\
/* audit.newest */
select shop_id, word
  from unnest($1::uuid[]) as wanted (shop_id)
  cross join lateral (
        select coalesce(md5(string_agg(event_id::text, ',')), '') as word
          from (select event_id from audit_events a where a.shop_id = wanted.shop_id
                 order by event_id desc limit 50) as last) as newest"""


async def newest(
    db: Connection,
    *,
    shop_ids: Sequence[UUID],
) -> list[Newest]:
    """The newest events of each of these shops, as one word that changes with them. Events are
    not committed in the order of their ids, so it looks at more than the last.
    """
    return [Newest(*row) for row in await db.fetch(NEWEST, shop_ids)]


ADD_SECURITY_EVENT = """\
/* audit.add_security_event */
insert into security_events (event_id, shop_id, person_id, at, kind, severity, facts)
values ($1, $2, $3, $4, $5, $6, $7)"""


async def add_security_event(
    db: Connection,
    *,
    event_id: UUID,
    shop_id: UUID | None,
    person_id: UUID | None,
    now: datetime,
    kind: str,
    severity: str,
    facts: Json,
) -> int:
    """Keep what happened that should not have."""
    return int(
        (
            await db.execute(
                ADD_SECURITY_EVENT, event_id, shop_id, person_id, now, kind, severity, facts
            )
        ).rpartition(" ")[2]
    )
