"""Asks for work and hands it out; time always comes from the caller."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.jobs import queries
from bookedbarber.jobs.queries import Job

LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=30)
LONGEST_OUTAGE_PAUSE = timedelta(minutes=5)  # so that ten minutes after it ends all is as it was
WAKE = "jobs"


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work to ask for: `kind` about one object; the same name is the same work."""

    kind: str
    about: UUID
    run_at: datetime
    name: str = ""


async def enqueue(db: Connection, work: Work, *, shop_id: UUID, now: datetime) -> bool:
    """Ask for work in the caller's transaction; False when it had been asked for before."""
    added = await queries.enqueue(
        db,
        job_id=ids.new(now),
        shop_id=shop_id,
        job_kind=work.kind,
        about=work.about,
        job_name=work.name or f"{work.kind}:{work.about}",
        run_at=work.run_at,
        now=now,
    )
    if added and work.run_at <= now:
        await db.execute(f"notify {WAKE}")
    return bool(added)


async def claim(db: Connection, *, batch: int, now: datetime) -> list[Job]:
    """Take up to `batch` due jobs; they are ours for `LEASE`, then anybody's."""
    return await queries.claim(db, lease_until=now + LEASE, now=now, batch=batch)


def pause(attempts: int, *, outage: bool = False) -> timedelta:
    """How long to wait after the n-th failure: doubling from two seconds to half an hour, or to
    five minutes while an outside part is out."""
    longest = LONGEST_OUTAGE_PAUSE if outage else LONGEST_PAUSE
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 20)), longest)
