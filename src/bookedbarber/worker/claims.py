"""What a worker has claimed: kept from other workers while it is in hand, given back on stopping.

A claim is ours for `LEASE` and is prolonged every `BEAT` while the worker lives, however long its
batch takes. Work whose claim cannot be prolonged is broken off before another worker may begin it,
so that two never do one job at once. (A process that was suspended for longer than that learns of
it late; then its last word is refused, since each claim counts an attempt, and the work itself is
safe to repeat.)
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import structlog

from bookedbarber.clock import Clock
from bookedbarber.database import Connection, Database
from bookedbarber.errors import Unavailable
from bookedbarber.jobs import queries as jobs
from bookedbarber.jobs import queue
from bookedbarber.jobs.queries import Job
from bookedbarber.webhooks import inbox
from bookedbarber.webhooks import queries as events
from bookedbarber.webhooks.queries import StoredEvent

LEASE: Final = min(queue.LEASE, inbox.LEASE)
BEAT: Final = LEASE / 3
MARGIN: Final = timedelta(seconds=5)
GIVING_BACK: Final = timedelta(seconds=0.3)
log = structlog.get_logger("worker")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a piece of work was not done. An outage is waited out; a defect is tried a few times."""

    why: str
    outage: bool


@dataclass(slots=True, eq=False)
class Claim:
    """One piece of work that is ours for now: a job, or the events about one object."""

    until: float  # by the event loop's own time
    job: Job | None = None
    events: tuple[StoredEvent, ...] = ()
    _guard: asyncio.Timeout | None = field(default=None, init=False)

    async def attempt(self, work: Coroutine[Any, Any, None]) -> Failure | None:
        """Do the work while it is ours; what went wrong, or None."""
        try:
            async with asyncio.timeout_at(self.until) as self._guard:
                await work
        except Unavailable as outage:
            return Failure(outage.code, outage=True)
        except TimeoutError:
            if not self._guard or not self._guard.expired():
                raise
            return Failure("claim_ran_out", outage=True)
        except Exception as defect:  # kept with the work, tried again, then shown to an operator
            log.exception("worker.defect")
            said = f"{type(defect).__name__}: {defect}".replace("\0", "")
            return Failure(said[:500], outage=False)
        finally:
            self._guard = None
        return None

    def prolong(self, until: float) -> None:
        """It is ours for longer."""
        self.until = until
        if self._guard is not None and not self._guard.expired():
            self._guard.reschedule(until)


class Claims:
    """Everything one worker has in hand."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._held: set[Claim] = set()

    async def jobs(self, batch: int) -> list[Claim]:
        """Claim due jobs."""
        until = _deadline()
        async with self._database.platform_statement() as db:
            found = await queue.claim(db, batch=batch, now=self._clock.now())
        return self._hold(Claim(until, job=job) for job in found)

    async def events(self, batch: int) -> list[StoredEvent]:
        """Claim due events; `hold` them in groups."""
        async with self._database.platform_statement() as db:
            return await inbox.claim(db, batch=batch, now=self._clock.now())

    def hold(self, groups: Iterable[list[StoredEvent]], *, asked: float) -> list[Claim]:
        """Take claimed events in hand, group by group; `asked` is when they were claimed."""
        until = asked + (LEASE - MARGIN).total_seconds()
        return self._hold(Claim(until, events=tuple(group)) for group in groups)

    @contextlib.contextmanager
    def closing(self, claim: Claim) -> Iterator[None]:
        """Around writing down what came of it: then it is out of our hands, in both ways. Broken
        off by a stop, it stays in hand, to be given back."""
        try:
            yield
        except Exception:
            self._held.discard(claim)  # what the database did not take runs out there
            raise
        self._held.discard(claim)

    async def beat(self) -> None:
        """Still at work: keep what is in hand for another `LEASE`."""
        if not self._held:
            return
        held, until, lease = list(self._held), _deadline(), self._clock.now() + LEASE
        async with self._database.platform_statement() as db:
            ours = {claim.job.job_id: claim for claim in held if claim.job}
            numbers = [claim.job.attempts for claim in held if claim.job]
            for job_id in await jobs.heartbeat(
                db, lease_until=lease, job_ids=list(ours), attempts=numbers
            ):
                ours[job_id].prolong(until)
            for account, those in _by_account(held).items():
                kept = await events.heartbeat(
                    db,
                    lease_until=lease,
                    stripe_account=account,
                    event_ids=[event.event_id for event in those],
                    attempts=[event.attempts for event in those],
                )
                _prolong_whole(held, account, set(kept), until)

    async def give_back(self) -> None:
        """Stopping: what was not finished is anybody's at once. Raises nothing and takes no time:
        a claim that cannot be given back runs out."""
        held = list(self._held)
        self._held.clear()
        if not held:
            return
        try:
            async with asyncio.timeout(GIVING_BACK.total_seconds()):
                async with self._database.platform_statement() as db:
                    await _release(db, held)
        except (TimeoutError, Unavailable):
            log.warning("worker.claims_left_to_run_out", claims=len(held))

    def _hold(self, claims: Iterable[Claim]) -> list[Claim]:
        taken = list(claims)
        self._held.update(taken)
        return taken


async def _release(db: Connection, held: list[Claim]) -> None:
    mine = [claim.job for claim in held if claim.job]
    if mine:
        await jobs.release(
            db, job_ids=[job.job_id for job in mine], attempts=[job.attempts for job in mine]
        )
    for account, those in _by_account(held).items():
        await events.release(
            db,
            stripe_account=account,
            event_ids=[event.event_id for event in those],
            attempts=[event.attempts for event in those],
        )


def _by_account(held: list[Claim]) -> dict[str, list[StoredEvent]]:
    found = defaultdict[str, list[StoredEvent]](list)
    for claim in held:
        for event in claim.events:
            found[event.stripe_account].append(event)
    return found


def _prolong_whole(held: list[Claim], account: str, kept: set[str], until: float) -> None:
    """Events about one object are one piece of work: it is ours while all of them are."""
    for claim in held:
        theirs = [e.event_id for e in claim.events if e.stripe_account == account]
        if theirs and kept.issuperset(theirs):
            claim.prolong(until)


def _deadline() -> float:
    """Until when a claim made now is surely ours, by the event loop's own time."""
    return asyncio.get_running_loop().time() + (LEASE - MARGIN).total_seconds()
