"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

jobs: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.database import Connection


@dataclass(frozen=True, slots=True)
class Job:
    """One row, as PostgreSQL types it."""

    job_id: UUID
    shop_id: UUID
    kind: str
    about: UUID
    attempts: int
    defects: int


@dataclass(frozen=True, slots=True)
class DeadJob:
    """One row, as PostgreSQL types it."""

    job_id: UUID
    shop_id: UUID
    kind: str
    about: UUID
    attempts: int
    failure: str | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Revived:
    """One row, as PostgreSQL types it."""

    shop_id: UUID
    kind: str


ENQUEUE = """\
/* jobs.enqueue */
with gate as (select 1), enqueued as (
    insert into jobs (job_id, shop_id, kind, about, name, state, run_at, attempts, defects,
                      created_at)
    select $1, $2, $3, $4, $5, 'ready', $6, 0, 0, $7 from gate
    on conflict (shop_id, name) do nothing
    returning 1
)
select count(*) as added from enqueued"""


async def enqueue(
    db: Connection,
    *,
    job_id: UUID,
    shop_id: UUID,
    job_kind: str,
    about: UUID,
    job_name: str,
    run_at: datetime,
    now: datetime,
) -> int:
    """Ask for work in the caller's own transaction; says how many jobs are new (0 or 1)."""
    db.touch(shop_id)
    row = await db.fetchrow(ENQUEUE, job_id, shop_id, job_kind, about, job_name, run_at, now)
    if row is None:
        raise LookupError("enqueue")
    value: int = row[0]
    return value


CLAIM = """\
/* jobs.claim */
update jobs
   set leased_until = $1, attempts = attempts + 1
 where job_id in (
        select job_id from jobs
         where state = 'ready' and run_at <= $2
           and (leased_until is null or leased_until <= $2)
         order by run_at
         limit $3
           for update skip locked)
returning job_id, shop_id, kind, about, attempts, defects"""


async def claim(
    db: Connection,
    *,
    lease_until: datetime,
    now: datetime,
    batch: int,
) -> list[Job]:
    """Take due jobs that nobody holds, the longest due first, until `lease_until`."""
    return [Job(*row) for row in await db.fetch(CLAIM, lease_until, now, batch)]


FINISH = """\
/* jobs.finish */
update jobs set state = 'done', leased_until = null, failure = null, finished_at = $1
 where job_id = any($2::uuid[]) and state = 'ready'"""


async def finish(
    db: Connection,
    *,
    now: datetime,
    job_ids: Sequence[UUID],
) -> int:
    """The work is done."""
    return int((await db.execute(FINISH, now, job_ids)).rpartition(" ")[2])


RETRY = """\
/* jobs.retry */
update jobs set leased_until = null, run_at = $1, failure = $2,
                defects = defects + $3
 where job_id = $4 and state = 'ready' and attempts = $5"""


async def retry(
    db: Connection,
    *,
    run_at: datetime,
    failure: str,
    defects: int,
    job_id: UUID,
    attempt: int,
) -> int:
    """The work failed for now: give it back, to be run at `run_at`. Nothing, when the claim
    ran out and somebody else has it: each claim counts an attempt, so the attempt tells
    whose it is.
    """
    return int(
        (await db.execute(RETRY, run_at, failure, defects, job_id, attempt)).rpartition(" ")[2]
    )


BURY = """\
/* jobs.bury */
update jobs set state = 'dead', leased_until = null, failure = $1,
                defects = defects + 1, finished_at = $2
 where job_id = $3 and state = 'ready' and attempts = $4"""


async def bury(
    db: Connection,
    *,
    failure: str,
    now: datetime,
    job_id: UUID,
    attempt: int,
) -> int:
    """The work failed for good: it waits for an operator. Nothing, when somebody else has it
    by now.
    """
    return int((await db.execute(BURY, failure, now, job_id, attempt)).rpartition(" ")[2])


HEARTBEAT = """\
/* jobs.heartbeat */
update jobs set leased_until = $1
 where job_id in (
        select j.job_id
          from jobs j join unnest($2::uuid[], $3::int[]) as mine (job_id, attempts)
               using (job_id, attempts)
         where j.state = 'ready'
           for update of j skip locked)
returning job_id"""


async def heartbeat(
    db: Connection,
    *,
    lease_until: datetime,
    job_ids: Sequence[UUID],
    attempts: Sequence[int],
) -> list[UUID]:
    """Still at work: keep these jobs from other workers until `lease_until`. Gives back which
    of them are still ours; a job that is being finished this moment needs no keeping, and
    is left out.
    """
    return [row[0] for row in await db.fetch(HEARTBEAT, lease_until, job_ids, attempts)]


RELEASE = """\
/* jobs.release */
update jobs set leased_until = null
 where job_id in (
        select j.job_id
          from jobs j join unnest($1::uuid[], $2::int[]) as mine (job_id, attempts)
               using (job_id, attempts)
         where j.state = 'ready'
           for update of j skip locked)"""


async def release(
    db: Connection,
    *,
    job_ids: Sequence[UUID],
    attempts: Sequence[int],
) -> int:
    """Stopping: give back at once what was not finished, for the next worker to take up."""
    return int((await db.execute(RELEASE, job_ids, attempts)).rpartition(" ")[2])


DEAD = """\
/* jobs.dead */
select job_id, shop_id, kind, about, attempts, failure, finished_at
  from jobs where state = 'dead' order by finished_at desc limit $1"""


async def dead(
    db: Connection,
    *,
    batch: int,
) -> list[DeadJob]:
    """Work that failed for good, newest first."""
    return [DeadJob(*row) for row in await db.fetch(DEAD, batch)]


FORGET = """\
/* jobs.forget */
delete from jobs
 where job_id in (
        select job_id from jobs
         where state = 'done' and finished_at < $1
         order by finished_at
         limit $2
           for update skip locked)"""


async def forget(
    db: Connection,
    *,
    before: datetime,
    batch: int,
) -> int:
    """Drop some of the work that was finished before `before`, the oldest first."""
    return int((await db.execute(FORGET, before, batch)).rpartition(" ")[2])


REVIVE = """\
/* jobs.revive */
update jobs set state = 'ready', run_at = $1, attempts = 0, defects = 0,
                leased_until = null, finished_at = null
 where job_id = $2 and state = 'dead'
returning shop_id, kind"""


async def revive(
    db: Connection,
    *,
    now: datetime,
    job_id: UUID,
) -> Revived | None:
    """An operator asks for dead work to be done again; whose and what it is."""
    row = await db.fetchrow(REVIVE, now, job_id)
    if row is None:
        return None
    return Revived(*row)


DUE = """\
/* jobs.due */
select count(*) as due from jobs where state = 'ready' and run_at <= $1"""


async def due(
    db: Connection,
    *,
    now: datetime,
) -> int:
    """How much work is due and not yet done, what is in hand included."""
    row = await db.fetchrow(DUE, now)
    if row is None:
        raise LookupError("due")
    value: int = row[0]
    return value
