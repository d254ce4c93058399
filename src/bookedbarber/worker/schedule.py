"""Who does each kind of work, and everything periodic: the one page of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import assert_never

from bookedbarber.checkout import collect, expire, letters, refund
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.work import WorkKind
from bookedbarber.jobs.queries import Job

Doer = Callable[[Means, Job, datetime], Awaitable[None]]


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
            await refund.send(means, shop_id=job.shop_id, refund_id=job.about, now=now)
        case WorkKind.TELL_CONFIRMED | WorkKind.TELL_CANCELLED | WorkKind.TELL_SLOT_LOST:
            await letters.write(means, kind, shop_id=job.shop_id, about=job.about, now=now)
        case _:
            assert_never(kind)


async def _open_intent(means: Means, job: Job, *, now: datetime) -> None:
    try:
        await collect.open_intent(means, shop_id=job.shop_id, payment_id=job.about, now=now)
    except collect.PaymentClosed:
        return  # paid or given up before this job's turn
