"""`bookedbarber inbox`: what failed for good, what an event said, and asking for either again."""

from datetime import datetime
from uuid import UUID

from rich.console import Console
from rich.table import Table

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.checkout.means import Means, clock_of, means_of
from bookedbarber.config import Settings
from bookedbarber.jobs import queries as jobs
from bookedbarber.webhooks import inbox
from bookedbarber.webhooks import queries as events

PAGE = 100


async def show(settings: Settings) -> bool:
    """Print the inbox by state, and every dead event and job; whether there is none."""
    async with means_of(settings, connections=1) as means, means.database.platform() as db:
        tally = await events.tally(db)
        dead_events = await events.dead(db, page=PAGE)
        dead_jobs = await jobs.dead(db, batch=PAGE)
    console = Console(highlight=False, soft_wrap=True)
    counts = ", ".join(f"{row.events} {row.state}" for row in tally) or "none yet"
    console.print(f"Events: {counts}")
    table = Table(title="Failed for good", title_justify="left")
    for name in ("id", "what", "tries", "why"):
        table.add_column(name)
    for event in dead_events:
        table.add_row(event.event_id, event.type, str(event.attempts), event.failure or "")
    for job in dead_jobs:
        shown = ids.show("job", job.job_id)
        table.add_row(shown, job.kind, str(job.attempts), job.failure or "")
    if table.row_count:
        console.print(table)
        console.print("Mend the cause, then `bookedbarber replay ID`.")
    return not table.row_count


async def said(settings: Settings, name: str) -> bytes | None:
    """What Stripe sent as this event, byte for byte; None when it is not kept, or no longer."""
    async with means_of(settings, connections=1) as means:
        account = await means.processor.account_id()
        async with means.database.platform() as db:
            return await inbox.body_of(db, means.vault, stripe_account=account, event_id=name)


async def replay(settings: Settings, name: str) -> bool:
    """Ask for an event, or a dead job, to be handled again; False when there is no such one."""
    now = clock_of(settings).now()
    async with means_of(settings, connections=1) as means:
        if name.startswith("job_"):
            return await _replay_job(means, ids.parse("job", name), now=now)
        return await _replay_event(means, name, now=now)


async def _replay_job(means: Means, job_id: UUID, *, now: datetime) -> bool:
    async with means.database.platform() as db:
        revived = await jobs.revive(db, job_id=job_id, now=now)
        if revived is None:
            return False
        await trail.record(
            db,
            shop_id=revived.shop_id,
            actor=trail.OPERATOR,
            act="work.replayed",
            object=ids.show("job", job_id),
            facts={"kind": revived.kind},
            now=now,
        )
    return True


async def _replay_event(means: Means, event_id: str, *, now: datetime) -> bool:
    account = await means.processor.account_id()
    async with means.database.platform() as db:
        names = [event_id]
        return bool(await events.revive(db, stripe_account=account, event_ids=names, now=now))
