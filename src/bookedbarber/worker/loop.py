"""The worker: drains the inbox and the queue, wakes on NOTIFY, and looks by itself as well."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bookedbarber.checkout.means import Means
from bookedbarber.clock import Clock
from bookedbarber.errors import Unavailable
from bookedbarber.jobs import queries as jobs
from bookedbarber.jobs import queue
from bookedbarber.jobs.queries import Job
from bookedbarber.webhooks import handle, inbox
from bookedbarber.webhooks import queries as events
from bookedbarber.webhooks.handle import Subject
from bookedbarber.webhooks.queries import StoredEvent
from bookedbarber.worker import schedule

BATCH: Final = 64
AT_ONCE: Final = 8
LOOK_AGAIN: Final = timedelta(seconds=1)
GIVE_UP_AFTER: Final = 25  # tries; with growing pauses, about nine hours
log = structlog.get_logger("worker")


class Worker:
    """Does what is due. `step` runs one round, so that a test or a simulation can drive it."""

    def __init__(self, means: Means, clock: Clock) -> None:
        self._means = means
        self._clock = clock
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; what is begun is finished first."""
        async with self._means.database.listener(inbox.WAKE, queue.WAKE) as woken:
            while not stop.is_set():
                try:
                    worked = await self.step()
                except Unavailable as outage:
                    log.warning("worker.waiting", why=outage.code)
                    worked = False
                if not worked:
                    await _first_of(stop.wait(), woken.wait(), LOOK_AGAIN.total_seconds())
                    woken.clear()

    async def step(self) -> bool:
        """One round over what is due now; False when there was nothing."""
        now = self._clock.now()
        handled = await self._events(now)
        done = await self._jobs(now)
        return handled or done

    async def drain(self, *, rounds: int = 1000) -> None:
        """Step until nothing is due."""
        for _ in range(rounds):
            if not await self.step():
                return
        raise RuntimeError(f"still busy after {rounds} rounds")

    async def _events(self, now: datetime) -> bool:
        async with self._means.database.platform_statement() as db:
            batch = await inbox.claim(db, batch=BATCH, now=now)
        async with asyncio.TaskGroup() as group:
            for about, those in handle.grouped(batch).items():
                group.create_task(self._event(about, those))
        return bool(batch)

    async def _event(self, about: Subject, those: list[StoredEvent]) -> None:
        names = [event.event_id for event in those]
        async with self._slots:
            failure = await _attempt(handle.handle(self._means, about, now=self._clock.now()))
        now = self._clock.now()
        log.info(
            "webhook.handled",
            topic=about.topic,
            object=about.id,
            events=len(those),
            failure=failure,
        )
        async with self._means.database.platform_statement() as db:
            if failure is None:
                await events.finish(
                    db, stripe_account=about.stripe_account, event_ids=names, now=now
                )
                return
            again = [e for e in those if e.attempts < GIVE_UP_AFTER]
            spent = [e.event_id for e in those if e.attempts >= GIVE_UP_AFTER]
            if again:
                await events.retry(
                    db,
                    stripe_account=about.stripe_account,
                    event_ids=[e.event_id for e in again],
                    run_at=now + queue.pause(min(e.attempts for e in again)),
                    failure=failure,
                )
            if spent:
                await events.bury(
                    db,
                    stripe_account=about.stripe_account,
                    event_ids=spent,
                    failure=failure,
                    now=now,
                )

    async def _jobs(self, now: datetime) -> bool:
        async with self._means.database.platform_statement() as db:
            batch = await queue.claim(db, batch=BATCH, now=now)
        async with asyncio.TaskGroup() as group:
            for job in batch:
                group.create_task(self._job(job))
        return bool(batch)

    async def _job(self, job: Job) -> None:
        async with self._slots:
            failure = await _attempt(schedule.do(self._means, job, now=self._clock.now()))
        now = self._clock.now()
        log.info("job.done", kind=job.kind, about=str(job.about), failure=failure)
        async with self._means.database.platform_statement() as db:
            if failure is None:
                await jobs.finish(db, job_ids=[job.job_id], now=now)
            elif job.attempts < GIVE_UP_AFTER:
                await jobs.retry(
                    db,
                    job_id=job.job_id,
                    run_at=now + queue.pause(job.attempts),
                    failure=failure,
                )
            else:
                await jobs.bury(db, job_id=job.job_id, failure=failure, now=now)


async def _attempt(work: Coroutine[Any, Any, None]) -> str | None:
    """Do a piece of work; what went wrong, or None. One failure must not stop the others."""
    try:
        await work
    except Unavailable as outage:
        return outage.code
    except Exception as defect:  # kept with the job, retried, then shown to an operator
        log.exception("worker.defect")
        return f"{type(defect).__name__}: {defect}"[:500]
    return None


async def _first_of(*waits: Any) -> None:
    *coroutines, timeout = waits
    tasks = [asyncio.ensure_future(wait) for wait in coroutines]
    _, pending = await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
