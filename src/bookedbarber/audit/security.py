"""Security events: what happened that should not have, kept apart from the trail of acts.

They may concern no shop and nobody we know, so they belong to the house; rows only grow.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bookedbarber import ids
from bookedbarber.audit import queries
from bookedbarber.database import Connection, Json


class Severity(StrEnum):
    """How soon somebody should look: some day, today, now."""

    NOTICE = "notice"
    WARNING = "warning"
    CRITICAL = "critical"


async def record(
    db: Connection,
    *,
    kind: str,
    severity: Severity,
    facts: Mapping[str, Json],
    shop_id: UUID | None = None,
    person_id: UUID | None = None,
    now: datetime,
) -> None:
    """Add one event, on a connection across shops. No personal data, no card digit, no secret."""
    await queries.add_security_event(
        db,
        event_id=ids.new(now),
        shop_id=shop_id,
        person_id=person_id,
        now=now,
        kind=kind,
        severity=severity,
        facts=dict(facts),
    )
