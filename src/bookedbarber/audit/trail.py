"""Records acts, in the transaction of the act."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.audit import queries
from bookedbarber.database import Connection, Json

OPERATOR: Final = "operator"
"""Whoever may run the house's own commands; the machine knows them, we do not."""


async def record(
    db: Connection,
    *,
    shop_id: UUID,
    actor: str,
    act: str,
    object: str,  # noqa: A002 # the field's word for what was acted on
    facts: Mapping[str, Json],
    now: datetime,
) -> None:
    """Add one event: who (`actor`) did what (`act`) to which `object`. No personal data."""
    await queries.record(
        db,
        shop_id=shop_id,
        audit_id=ids.new(now),
        now=now,
        actor=actor,
        act=act,
        object=object,
        facts=dict(facts),
    )
