"""The worker: drains the inbox and the queue, wakes on NOTIFY, and looks by itself as well."""

import asyncio
from collections.abc import Coroutine, Iterable
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
from bookedbarber.worker.claims import BEAT, Claim, Claims, Failure

BATCH: Final = 64
AT_ONCE: Final = 8
LOOK_AGAIN: Final = timedelta(seconds=1)
GRACE: Final = timedelta(seconds=1)  # for what is begun, once told to stop
GIVE_UP_AFTER: Final = 25  # tries that met a defect; an outage is waited out for as long as it is
log = structlog.get_logger("worker")


class Worker:
    """Does what is due. `step` runs one round, so that a test or a simulation can drive it."""

    def __init__(self, means: Means, clock: Clock) -> None:
        self._means = means
        self._clock = clock
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._stopping = False
        self._next: dict[str, datetime] = {}
        self.claims = Claims(means.database, clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop, or cancelled.

        What is begun gets `GRACE` to finish; what is not finished then is given back, and the next
        worker takes it up at once.
        """
        asked = asyncio.create_task(stop.wait())
        working = asyncio.create_task(self._work(stop))
        beating = asyncio.create_task(self._beat())
        try:
            await asyncio.wait({asked, working}, return_when=asyncio.FIRST_COMPLETED)
            self._stopping = True
            await asyncio.wait({working}, timeout=GRACE.total_seconds())
        finally:
            await _end(asked, working, beating)
            await self.claims.give_back()
            self._stopping = False
        if not working.cancelled():
            working.result()

    async def step(self) -> bool:
        """One round over what is due now; False when there was nothing."""
        await self._periodic(self._clock.now())
        handled = await self._events()
        done = await self._jobs()
        return handled or done

    async def drain(self, *, rounds: int = 1000) -> None:
        """Step until nothing is due."""
        for _ in range(rounds):
            if not await self.step():
                return
        raise RuntimeError(f"still busy after {rounds} rounds")

    async def _work(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                async with self._means.database.listener(inbox.WAKE, queue.WAKE) as ear:
                    while not (stop.is_set() or ear.deaf):
                        if not await self.step():
                            await _first_of(stop.wait(), ear.woken.wait(), within=LOOK_AGAIN)
                            ear.woken.clear()
            except Unavailable as outage:
                log.warning("worker.waiting", why=outage.code, cause=repr(outage.__cause__))
                await _first_of(stop.wait(), within=LOOK_AGAIN)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT.total_seconds())
            try:
                await self.claims.beat()
            except Unavailable as outage:
                log.warning("worker.claims_not_prolonged", why=outage.code)

    async def _periodic(self, now: datetime) -> None:
        for one in schedule.PERIODIC:
            if now >= self._next.get(one.name, now):
                await one.do(self._means, now=now)
                self._next[one.name] = now + one.every

    async def _events(self) -> bool:
        asked = asyncio.get_running_loop().time()
        batch = await self.claims.events(BATCH)
        groups = handle.grouped(batch)
        claims = self.claims.hold(groups.values(), asked=asked)
        await _all(self._event(claim, about) for claim, about in zip(claims, groups, strict=True))
        return bool(batch)

    async def _event(self, claim: Claim, about: Subject) -> None:
        async with self._slots:
            if self._stopping:
                return  # not begun: it is given back
            failure = await claim.attempt(handle.handle(self._means, about, now=self._clock.now()))
        log.info(
            "webhook.handled",
            topic=about.topic,
            object=about.id,
            events=len(claim.events),
            failure=failure and failure.why,
        )
        with self.claims.closing(claim):
            await self._close_events(about.stripe_account, claim.events, failure)

    async def _close_events(
        self, account: str, those: tuple[StoredEvent, ...], failure: Failure | None
    ) -> None:
        now = self._clock.now()
        async with self._means.database.platform_statement() as db:
            if failure is None:
                names = [event.event_id for event in those]
                await events.finish(db, stripe_account=account, event_ids=names, now=now)
                return
            spent = [e for e in those if not failure.outage and e.attempts >= GIVE_UP_AFTER]
            again = [e for e in those if e not in spent]
            if again:
                await events.retry(
                    db,
                    stripe_account=account,
                    event_ids=[e.event_id for e in again],
                    attempts=[e.attempts for e in again],
                    run_at=now + queue.pause(min(e.attempts for e in again)),
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

    async def _jobs(self) -> bool:
        claims = await self.claims.jobs(BATCH)
        await _all(self._job(claim, claim.job) for claim in claims if claim.job)
        return bool(claims)

    async def _job(self, claim: Claim, job: Job) -> None:
        async with self._slots:
            if self._stopping:
                return  # not begun: it is given back
            failure = await claim.attempt(schedule.do(self._means, job, now=self._clock.now()))
        log.info("job.done", kind=job.kind, about=str(job.about), failure=failure and failure.why)
        with self.claims.closing(claim):
            await self._close_job(job, failure)

    async def _close_job(self, job: Job, failure: Failure | None) -> None:
        now = self._clock.now()
        async with self._means.database.platform_statement() as db:
            if failure is None:
                await jobs.finish(db, job_ids=[job.job_id], now=now)
            elif failure.outage or job.attempts < GIVE_UP_AFTER:
                await jobs.retry(
                    db,
                    job_id=job.job_id,
                    attempt=job.attempts,
                    run_at=now + queue.pause(job.attempts),
                    failure=failure.why,
                )
            else:
                await jobs.bury(
                    db, job_id=job.job_id, attempt=job.attempts, failure=failure.why, now=now
                )


async def _all(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do all of it to its end, then raise what first went wrong with keeping its outcome."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def _first_of(*waits: Coroutine[Any, Any, Any], within: timedelta) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.wait(
            tasks, timeout=within.total_seconds(), return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        await _end(*tasks)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
