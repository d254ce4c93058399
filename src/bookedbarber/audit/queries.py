"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

audit: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from datetime import datetime
from uuid import UUID

from bookedbarber.database import Connection, Json

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
    return int(
        (await db.execute(RECORD, shop_id, audit_id, now, actor, act, object, facts)).rpartition(
            " "
        )[2]
    )
