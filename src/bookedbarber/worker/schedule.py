"""Who does each kind of work, and everything periodic: the one page of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, assert_never

from bookedbarber.checkout import collect, expire, letters, overdue, sending
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.work import WorkKind
from bookedbarber.jobs.queries import Job
from bookedbarber.messages import delivery
from bookedbarber.worker import tidy


class Chore(Protocol):
    """Work that is about nothing in particular and safe to do at any time, by several at once."""

    async def __call__(self, means: Means, *, now: datetime) -> None:
        """Do it."""


@dataclass(frozen=True, slots=True)
class Periodic:
    """A chore that every worker does at its start and then after each `every` of our clock."""

    name: str
    every: timedelta
    do: Chore


HOUR: Final = timedelta(hours=1)
PERIODIC: Final = (
    Periodic("drop_finished_jobs", HOUR, tidy.finished_jobs),
    Periodic("drop_callers_keys", HOUR, tidy.callers_keys),
    Periodic("forget_event_bodies", HOUR, tidy.event_bodies),
    Periodic("forget_sessions", HOUR, tidy.sessions_over),
    Periodic("look_again_at_what_is_overdue", timedelta(minutes=10), overdue.look_again),
)


async def do(means: Means, job: Job, *, now: datetime) -> None:
    """Do one job. Whatever it raises, it may be done again."""
    kind = WorkKind(job.kind)
    match kind:
        case WorkKind.OPEN_INTENT:
            await _open_intent(means, job, now=now)
        case WorkKind.EXPIRE_HOLD:
            await expire.hold(means, shop_id=job.shop_id, appointment_id=job.about, now=now)
        case WorkKind.STOP_COLLECTING:
            await collect.stop(means, shop_id=job.shop_id, payment_id=job.about, now=now)
        case WorkKind.SEND_REFUND:
            await sending.send(means, shop_id=job.shop_id, refund_id=job.about, now=now)
        case (
            WorkKind.TELL_CONFIRMED
            | WorkKind.TELL_CANCELLED
            | WorkKind.TELL_MISSED
            | WorkKind.TELL_SLOT_LOST
            | WorkKind.TELL_MOVED
            | WorkKind.TELL_MINE
        ):
            await _tell(means, kind, job, now=now)
        case _:
            assert_never(kind)


async def _tell(means: Means, kind: WorkKind, job: Job, *, now: datetime) -> None:
    """Write the letter, once, and send it where there is a mail server."""
    # A client may ask for their link again and again: each time is an occasion of its own.
    name = letters.occasion(kind, job.job_id if kind is WorkKind.TELL_MINE else job.about)
    await letters.write(means, kind, shop_id=job.shop_id, about=job.about, name=name, now=now)
    if means.mail is not None:
        await delivery.send(
            means.database,
            means.vault,
            means.mail,
            shop_id=job.shop_id,
            name=name,
            now=now,
        )


async def _open_intent(means: Means, job: Job, *, now: datetime) -> None:
    try:
        await collect.open_intent(means, shop_id=job.shop_id, payment_id=job.about, now=now)
    except collect.PaymentClosed:
        return  # paid or given up before this job's turn
