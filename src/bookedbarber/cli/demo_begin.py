"""How a demo's history is begun: at its first start, before anything in it has a time."""

from datetime import datetime, timedelta

from bookedbarber import clock
from bookedbarber.clock import SharedClock
from bookedbarber.config import Settings
from bookedbarber.database import embedded
from bookedbarber.history import History, Story


def begin(settings: Settings, *, now: datetime) -> None:
    """At the first start of all, have the house's clock stand still where its history begins.

    Nothing where no history is wanted, and where one was begun before: that one is lived to its
    end.
    """
    if not settings.history_days or not _is_new(settings):
        return
    begins = now.replace(second=0, microsecond=0) - timedelta(days=settings.history_days)
    SharedClock(settings.data_dir / clock.FILE).freeze(begins)
    story = Story(seed=settings.sandbox_seed, begins=begins, days=settings.history_days)
    History(settings.data_dir).write(story)


def _is_new(settings: Settings) -> bool:
    """Whether nothing happened here yet: no clock was moved, no database or sandbox was at work."""
    there = [settings.data_dir / name for name in (clock.FILE, "sandbox")]
    ours = settings.database_app_url is None
    return ours and not any(p.exists() for p in there) and not embedded.laid_out(settings.data_dir)
