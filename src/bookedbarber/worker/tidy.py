"""Drops what has served its time: finished jobs, and keys that no caller repeats any more."""

from datetime import datetime, timedelta
from typing import Final

from bookedbarber.checkout.means import Means
from bookedbarber.jobs import queries as jobs
from bookedbarber.resilience import queries as keys

FINISHED_JOBS: Final = timedelta(days=30)
CALLERS_KEYS: Final = timedelta(hours=48)


async def tidy(means: Means, *, now: datetime) -> None:
    """Drop finished jobs and callers' keys that are older than we promise to keep them."""
    async with means.database.platform() as db:
        await jobs.forget(db, before=now - FINISHED_JOBS)
        await keys.forget_keys(db, before=now - CALLERS_KEYS)
