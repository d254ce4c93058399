"""Placeholder until the letters land."""

from datetime import datetime
from uuid import UUID

from bookedbarber.checkout.means import Means
from bookedbarber.checkout.work import WorkKind


async def write(means: Means, kind: WorkKind, *, shop_id: UUID, about: UUID, now: datetime) -> None:
    """Nothing yet."""
