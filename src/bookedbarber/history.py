"""How far the demo's history has come: one small file of the data folder, which whoever plays the
history writes and every page can read.

A demo that has just been started for the first time lives through its last days at a racing pace;
it has caught up when its clock shows what the machine shows, and from then on a gentle stream of
visits goes on until it is paused. No file means that this house plays no history.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Final

from bookedbarber import kept
from bookedbarber.errors import Unavailable

FILE: Final = "history.json"
_MEND: Final = "start over with --fresh"


class HistoryUnreadable(Unavailable):
    """The file of the demo's history holds something else."""

    code: ClassVar[str] = "history_unreadable"


class Stage(StrEnum):
    """What the players of the demo are at."""

    RACING = "racing"
    LIVING = "living"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Story:
    """A history as it is to be played; the same seed and beginning give the same one.

    `pace` is how many seconds of the demo pass in one of the machine, as last measured; 0 before.
    """

    seed: int
    begins: datetime
    days: int
    stage: Stage = Stage.RACING
    pace: float = 0.0

    @property
    def ends(self) -> datetime:
        """Until when the plan reaches at the least."""
        return self.begins + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a racing history stands: `day` of `days`, and about how many minutes are left, None
    until the pace is known."""

    day: int
    days: int
    minutes_left: int | None


@dataclass(frozen=True, slots=True)
class Life:
    """What the players of a demo are at now, and how far while they race through its history."""

    stage: Stage
    progress: Progress | None


class History:
    """The file, read again only when it has changed: a look costs one `stat`."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE
        self._read: tuple[tuple[int, int], Story] | None = None

    def story(self) -> Story | None:
        """The history of this house, None when it plays none. Raises HistoryUnreadable."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        version = (found.st_mtime_ns, found.st_ino)
        if self._read is None or self._read[0] != version:
            self._read = (version, _parsed(self._path))
        return self._read[1]

    def write(self, story: Story) -> None:
        """Keep the story."""
        words = {
            "seed": story.seed,
            "begins": story.begins.isoformat(),
            "days": story.days,
            "stage": story.stage.value,
            "pace": story.pace,
        }
        kept.write(self._path, json.dumps(words))

    def turn(self, source: Stage, to: Stage) -> bool:
        """Go over from one stage to another; False, and nothing, where it is at no such stage."""
        story = self.story()
        if story is None or story.stage is not source:
            return False
        self.write(replace(story, stage=to))
        return True

    def racing(self) -> bool:
        """Whether this house lives through its past at this moment."""
        story = self.story()
        return story is not None and story.stage is Stage.RACING

    def life(self, *, now: datetime, machine: datetime) -> Life | None:
        """What goes on at `now` of the demo, `machine` being the machine's time; None in a house
        that plays no history."""
        story = self.story()
        if story is None:
            return None
        racing = story.stage is Stage.RACING
        return Life(story.stage, _progress(story, now, machine) if racing else None)


def _progress(story: Story, now: datetime, machine: datetime) -> Progress:
    left = (machine - now).total_seconds()
    minutes = max(1, round(left / story.pace / 60)) if story.pace else None
    day = (now - story.begins) // timedelta(days=1) + 1
    return Progress(min(max(day, 1), story.days), story.days, minutes)


def _parsed(path: Path) -> Story:
    try:
        found = json.loads(path.read_bytes())
        return Story(
            seed=int(found["seed"]),
            begins=datetime.fromisoformat(found["begins"]).astimezone(UTC),
            days=int(found["days"]),
            stage=Stage(found["stage"]),
            pace=float(found["pace"]),
        )
    except (ValueError, TypeError, LookupError) as wrong:
        raise HistoryUnreadable(f"{path.name} tells no history: {_MEND}") from wrong
