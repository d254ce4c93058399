"""Does what is periodic, one chore at a time; a chore that fails stops nobody."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from bookedbarber.checkout.means import Means
from bookedbarber.errors import Unavailable
from bookedbarber.worker import schedule
from bookedbarber.worker.schedule import Periodic

AFTER_FAILING: Final = timedelta(minutes=5)
log = structlog.get_logger("worker")


class Chores:
    """What one worker has done of `schedule.PERIODIC`, and when each is due again."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._next: dict[str, datetime] = {}

    async def do_due(self, now: datetime) -> None:
        """Do each chore that is due. Raises nothing: one that fails is left for a while."""
        for one in schedule.PERIODIC:
            if now >= self._next.get(one.name, now):
                pause = one.every if await self._done(one, now) else AFTER_FAILING
                self._next[one.name] = now + pause

    async def _done(self, one: Periodic, now: datetime) -> bool:
        try:
            await one.do(self._means, now=now)
        except Unavailable as outage:
            log.warning("worker.chore_failed", chore=one.name, why=outage.code)
        except Exception:  # shown here, and tried again
            log.exception("worker.chore_failed", chore=one.name)
        else:
            return True
        return False
