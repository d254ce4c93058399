"""The two lines of work, events and jobs: what is claimed, done, and written down of it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final, Protocol

import structlog

from bookedbarber.checkout.means import Means
from bookedbarber.clock import Clock
from bookedbarber.jobs import queries as jobs
from bookedbarber.jobs import queue
from bookedbarber.jobs.queries import Job
from bookedbarber.webhooks import handle, inbox
from bookedbarber.webhooks import queries as events
from bookedbarber.webhooks.handle import Subject
from bookedbarber.webhooks.queries import StoredEvent
from bookedbarber.worker import schedule
from bookedbarber.worker.claims import Claim, Claims, Failure

GIVE_UP_AFTER: Final = 25  # tries that met a defect; an outage is waited out for as long as it is
log = structlog.get_logger("worker")
Piece = Callable[[], Awaitable[None]]
"""One piece of work in hand: doing it also writes down what came of it."""


class Line(Protocol):
    """One kind of work, and where a word about new work is heard."""

    name: str
    wake: str

    async def claim(self, most: int) -> list[Piece]:
        """Take up to so much of what is due in hand."""
        ...


class Events:
    """What Stripe reported. Events about one object are one piece of work."""

    name = "events"
    wake = inbox.WAKE

    def __init__(self, means: Means, clock: Clock, claims: Claims) -> None:
        self._means = means
        self._clock = clock
        self._claims = claims

    async def claim(self, most: int) -> list[Piece]:
        """Take up to `most` events in hand."""
        asked = asyncio.get_running_loop().time()
        groups = handle.grouped(await self._claims.events(most))
        claims = self._claims.hold(groups.values(), asked=asked)
        return [partial(self._do, *one) for one in zip(claims, groups, strict=True)]

    async def _do(self, claim: Claim, about: Subject) -> None:
        failure = await claim.attempt(handle.handle(self._means, about, now=self._clock.now()))
        log.info(
            "webhook.handled",
            topic=about.topic,
            object=about.id,
            events=len(claim.events),
            failure=failure and failure.why,
        )
        with self._claims.closing(claim):
            await self._close(about.stripe_account, claim.events, failure)

    async def _close(
        self, account: str, those: tuple[StoredEvent, ...], failure: Failure | None
    ) -> None:
        now = self._clock.now()
        async with self._means.database.platform_statement() as db:
            if failure is None:
                names = [event.event_id for event in those]
                await events.finish(db, stripe_account=account, event_ids=names, now=now)
                return
            spent = [e for e in those if _is_given_up(e, failure)]
            again = [e for e in those if e not in spent]
            if again:
                await events.retry(
                    db,
                    stripe_account=account,
                    event_ids=[e.event_id for e in again],
                    attempts=[e.attempts for e in again],
                    run_at=now + min(_pause(e, failure) for e in again),
                    defects=0 if failure.outage else 1,
                    failure=failure.why,
                )
            if spent:
                await events.bury(
                    db,
                    stripe_account=account,
                    event_ids=[e.event_id for e in spent],
                    attempts=[e.attempts for e in spent],
                    failure=failure.why,
                    now=now,
                )


class Jobs:
    """What we asked of ourselves."""

    name = "jobs"
    wake = queue.WAKE

    def __init__(self, means: Means, clock: Clock, claims: Claims) -> None:
        self._means = means
        self._clock = clock
        self._claims = claims

    async def claim(self, most: int) -> list[Piece]:
        """Take up to `most` jobs in hand."""
        claims = await self._claims.jobs(most)
        return [partial(self._do, claim, claim.job) for claim in claims if claim.job]

    async def _do(self, claim: Claim, job: Job) -> None:
        failure = await claim.attempt(schedule.do(self._means, job, now=self._clock.now()))
        log.info("job.done", kind=job.kind, about=str(job.about), failure=failure and failure.why)
        with self._claims.closing(claim):
            await self._close(job, failure)

    async def _close(self, job: Job, failure: Failure | None) -> None:
        now = self._clock.now()
        async with self._means.database.platform_statement() as db:
            if failure is None:
                await jobs.finish(db, job_ids=[job.job_id], now=now)
            elif _is_given_up(job, failure):
                await jobs.bury(
                    db, job_id=job.job_id, attempt=job.attempts, failure=failure.why, now=now
                )
            else:
                await jobs.retry(
                    db,
                    job_id=job.job_id,
                    attempt=job.attempts,
                    run_at=now + _pause(job, failure),
                    defects=0 if failure.outage else 1,
                    failure=failure.why,
                )


def _is_given_up(work: Job | StoredEvent, failure: Failure) -> bool:
    return not failure.outage and work.defects + 1 >= GIVE_UP_AFTER


def _pause(work: Job | StoredEvent, failure: Failure) -> timedelta:
    """An outage is looked at by how often we tried, a defect by how often it showed."""
    tries = work.attempts if failure.outage else work.defects + 1
    return queue.pause(tries, outage=failure.outage)
