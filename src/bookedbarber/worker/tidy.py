"""Drops what has served its time: finished jobs, keys that no caller repeats any more, what handled
events said, sessions that are over.

In batches that each commit by themselves, so that no backlog outlasts a statement's time.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bookedbarber.access import queries as access
from bookedbarber.access import sessions
from bookedbarber.checkout.means import Means
from bookedbarber.database import Connection, Database
from bookedbarber.jobs import queries as jobs
from bookedbarber.resilience import queries as keys
from bookedbarber.webhooks import queries as events

FINISHED_JOBS: Final = timedelta(days=30)
CALLERS_KEYS: Final = timedelta(hours=48)
EVENT_BODIES: Final = timedelta(days=30)  # as long as Stripe itself keeps events
BATCH: Final = 1000


async def finished_jobs(means: Means, *, now: datetime) -> None:
    """Drop jobs that were finished longer ago than we promise to keep them."""
    before = now - FINISHED_JOBS
    await _all(means.database, lambda db: jobs.forget(db, before=before, batch=BATCH))


async def callers_keys(means: Means, *, now: datetime) -> None:
    """Drop callers' keys that are older than we promise to keep them."""
    before = now - CALLERS_KEYS
    await _all(means.database, lambda db: keys.forget_keys(db, before=before, batch=BATCH))


async def event_bodies(means: Means, *, now: datetime) -> None:
    """Let go of the bodies of events that were handled, or given up, long ago."""
    before = now - EVENT_BODIES
    await _all(means.database, lambda db: events.forget_bodies(db, before=before, batch=BATCH))


async def sessions_over(means: Means, *, now: datetime) -> None:
    """Forget sessions that have been over for long."""
    async with means.database.platform_statement() as db:
        await access.forget_sessions(db, created_before=now - sessions.KEPT)


async def _all(database: Database, forget: Callable[[Connection], Awaitable[int]]) -> None:
    dropped = BATCH
    while dropped == BATCH:
        async with database.platform_statement() as db:
            dropped = await forget(db)
