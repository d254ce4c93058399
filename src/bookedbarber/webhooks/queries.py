"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

webhooks: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookedbarber.database import Connection


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One row, as PostgreSQL types it."""

    stripe_account: str
    event_id: str
    object_kind: str | None
    object_id: str | None
    intent_id: str | None
    attempts: int
    defects: int


@dataclass(frozen=True, slots=True)
class EventCount:
    """One row, as PostgreSQL types it."""

    state: str
    events: int


@dataclass(frozen=True, slots=True)
class DeadEvent:
    """One row, as PostgreSQL types it."""

    stripe_account: str
    event_id: str
    type: str
    created: datetime
    attempts: int
    failure: str | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeptBody:
    """One row, as PostgreSQL types it."""

    body: bytes | None
    received_at: datetime


STORE = """\
/* webhooks.store */
insert into webhook_events (stripe_account, event_id, type, created, object_kind, object_id,
                            intent_id, body, received_at, state, run_at, attempts, defects)
select e.stripe_account, e.event_id, e.type, e.created, e.object_kind, e.object_id,
       e.intent_id, e.body, e.received_at, 'ready', e.received_at, 0, 0
  from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[],
              $5::text[], $6::text[], $7::text[],
              $8::bytea[], $9::timestamptz[])
       as e (stripe_account, event_id, type, created, object_kind, object_id, intent_id,
             body, received_at)
 order by e.stripe_account, e.event_id
on conflict (stripe_account, event_id) do nothing
returning event_id"""


async def store(
    db: Connection,
    *,
    accounts: Sequence[str],
    event_ids: Sequence[str],
    types: Sequence[str],
    createds: Sequence[datetime],
    object_kinds: Sequence[str | None],
    object_ids: Sequence[str | None],
    intent_ids: Sequence[str | None],
    bodies: Sequence[bytes],
    receiveds: Sequence[datetime],
) -> list[str]:
    """Keep events as received, their bodies sealed, each once; gives back the ids that are new."""
    return [
        row[0]
        for row in await db.fetch(
            STORE,
            accounts,
            event_ids,
            types,
            createds,
            object_kinds,
            object_ids,
            intent_ids,
            bodies,
            receiveds,
        )
    ]


CLAIM = """\
/* webhooks.claim */
update webhook_events
   set leased_until = $1, attempts = attempts + 1
 where (stripe_account, event_id) in (
        select stripe_account, event_id from webhook_events
         where state = 'ready' and run_at <= $2
           and (leased_until is null or leased_until <= $2)
         order by run_at
         limit $3
           for update skip locked)
returning stripe_account, event_id, object_kind, object_id, intent_id, attempts, defects"""


async def claim(
    db: Connection,
    *,
    lease_until: datetime,
    now: datetime,
    batch: int,
) -> list[StoredEvent]:
    """Take events to handle that nobody holds, the oldest first, until `lease_until`."""
    return [StoredEvent(*row) for row in await db.fetch(CLAIM, lease_until, now, batch)]


FINISH = """\
/* webhooks.finish */
update webhook_events set state = 'done', leased_until = null, failure = null, finished_at = $1
 where (stripe_account, event_id) in (
        select stripe_account, event_id from webhook_events
         where stripe_account = $2 and event_id = any($3::text[])
           and state = 'ready'
         order by event_id
           for update)"""


async def finish(
    db: Connection,
    *,
    now: datetime,
    stripe_account: str,
    event_ids: Sequence[str],
) -> int:
    """These events are handled. Locked in order, for another worker may be finishing some of
    them.
    """
    return int((await db.execute(FINISH, now, stripe_account, event_ids)).rpartition(" ")[2])


RETRY = """\
/* webhooks.retry */
update webhook_events
   set leased_until = null, run_at = $1, failure = $2, defects = defects + $3
 where (stripe_account, event_id) in (select e.stripe_account, e.event_id
          from webhook_events e
          join unnest($4::text[], $5::int[]) as mine (event_id, attempts)
               using (event_id, attempts)
         where e.stripe_account = $6 and e.state = 'ready'
           for update of e skip locked)"""


async def retry(
    db: Connection,
    *,
    run_at: datetime,
    failure: str,
    defects: int,
    event_ids: Sequence[str],
    attempts: Sequence[int],
    stripe_account: str,
) -> int:
    """Handling failed for now: to be tried again at `run_at`. Leaves out those whose claim ran
    out and that somebody else has: each claim counts an attempt, so the attempt tells whose
    it is.
    """
    return int(
        (
            await db.execute(RETRY, run_at, failure, defects, event_ids, attempts, stripe_account)
        ).rpartition(" ")[2]
    )


BURY = """\
/* webhooks.bury */
update webhook_events
   set state = 'dead', leased_until = null, failure = $1, defects = defects + 1,
       finished_at = $2
 where (stripe_account, event_id) in (select e.stripe_account, e.event_id
          from webhook_events e
          join unnest($3::text[], $4::int[]) as mine (event_id, attempts)
               using (event_id, attempts)
         where e.stripe_account = $5 and e.state = 'ready'
           for update of e skip locked)"""


async def bury(
    db: Connection,
    *,
    failure: str,
    now: datetime,
    event_ids: Sequence[str],
    attempts: Sequence[int],
    stripe_account: str,
) -> int:
    """Handling failed for good: the events wait for an operator. Leaves out what is not ours
    any more.
    """
    return int(
        (await db.execute(BURY, failure, now, event_ids, attempts, stripe_account)).rpartition(" ")[
            2
        ]
    )


HEARTBEAT = """\
/* webhooks.heartbeat */
update webhook_events set leased_until = $1
 where (stripe_account, event_id) in (select e.stripe_account, e.event_id
          from webhook_events e
          join unnest($2::text[], $3::int[]) as mine (event_id, attempts)
               using (event_id, attempts)
         where e.stripe_account = $4 and e.state = 'ready'
           for update of e skip locked)
returning event_id"""


async def heartbeat(
    db: Connection,
    *,
    lease_until: datetime,
    event_ids: Sequence[str],
    attempts: Sequence[int],
    stripe_account: str,
) -> list[str]:
    """Still at work: keep these events from other workers until `lease_until`. Gives back
    which of them are still ours; one that is being finished this moment needs no keeping,
    and is left out.
    """
    return [
        row[0]
        for row in await db.fetch(HEARTBEAT, lease_until, event_ids, attempts, stripe_account)
    ]


RELEASE = """\
/* webhooks.release */
update webhook_events set leased_until = null
 where (stripe_account, event_id) in (select e.stripe_account, e.event_id
          from webhook_events e
          join unnest($1::text[], $2::int[]) as mine (event_id, attempts)
               using (event_id, attempts)
         where e.stripe_account = $3 and e.state = 'ready'
           for update of e skip locked)"""


async def release(
    db: Connection,
    *,
    event_ids: Sequence[str],
    attempts: Sequence[int],
    stripe_account: str,
) -> int:
    """Stopping: give back at once what was not finished, for the next worker to take up."""
    return int((await db.execute(RELEASE, event_ids, attempts, stripe_account)).rpartition(" ")[2])


REVIVE = """\
/* webhooks.revive */
update webhook_events
   set state = 'ready', run_at = $1, attempts = 0, defects = 0, leased_until = null,
       finished_at = null, replayed_at = $1
 where stripe_account = $2 and event_id = any($3::text[])
   and state <> 'ready'"""


async def revive(
    db: Connection,
    *,
    now: datetime,
    stripe_account: str,
    event_ids: Sequence[str],
) -> int:
    """An operator asks for dead or handled events to be handled again. An event belongs to no
    shop and has no trail: its own row says when it was last asked for.
    """
    return int((await db.execute(REVIVE, now, stripe_account, event_ids)).rpartition(" ")[2])


TALLY = """\
/* webhooks.tally */
select state, count(*) as events from webhook_events group by state"""


async def tally(
    db: Connection,
) -> list[EventCount]:
    """How many events there are in each state."""
    return [EventCount(*row) for row in await db.fetch(TALLY)]


DEAD = """\
/* webhooks.dead */
select stripe_account, event_id, type, created, attempts, failure, finished_at
  from webhook_events where state = 'dead' order by finished_at desc limit $1"""


async def dead(
    db: Connection,
    *,
    page: int,
) -> list[DeadEvent]:
    """Events whose handling failed for good, newest first."""
    return [DeadEvent(*row) for row in await db.fetch(DEAD, page)]


FIND_BODY = """\
/* webhooks.find_body */
select body, received_at
  from webhook_events where stripe_account = $1 and event_id = $2"""


async def find_body(
    db: Connection,
    *,
    stripe_account: str,
    event_id: str,
) -> KeptBody | None:
    """What one event said, sealed; nothing when there is no such event."""
    row = await db.fetchrow(FIND_BODY, stripe_account, event_id)
    if row is None:
        return None
    return KeptBody(*row)


FORGET_BODIES = """\
/* webhooks.forget_bodies */
update webhook_events set body = null
 where (stripe_account, event_id) in (
        select stripe_account, event_id from webhook_events
         where state <> 'ready' and body is not null and finished_at < $1
         order by finished_at
         limit $2
           for update skip locked)"""


async def forget_bodies(
    db: Connection,
    *,
    before: datetime,
    batch: int,
) -> int:
    """Let go of what some events said that are over since before `before`, the oldest first;
    that they came, and what they were about, is kept.
    """
    return int((await db.execute(FORGET_BODIES, before, batch)).rpartition(" ")[2])


DUE = """\
/* webhooks.due */
select count(*) as due from webhook_events where state = 'ready' and run_at <= $1"""


async def due(
    db: Connection,
    *,
    now: datetime,
) -> int:
    """How many events are due and not yet handled, what is in hand included."""
    row = await db.fetchrow(DUE, now)
    if row is None:
        raise LookupError("due")
    value: int = row[0]
    return value
