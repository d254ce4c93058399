"""The sandbox's clock: real time with an offset, or frozen and moved by hand. It never goes
back.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class ClockError(Exception):
    """The clock was asked to go back."""


@dataclass(slots=True)
class Clock:
    """Tells the sandbox's time; `offset` is added to real time unless `frozen_at` holds it
    still.
    """

    offset: float = 0.0
    frozen_at: float | None = None

    def now(self) -> float:
        """The present moment in Unix seconds."""
        return time.time() + self.offset if self.frozen_at is None else self.frozen_at

    @classmethod
    def resumed(cls, kept: Mapping[str, Any] | None, *, begin_at: float | None = None) -> "Clock":
        """The clock of an earlier run, never earlier than the last moment it kept; a new one that
        stands still at `begin_at`, or runs in real time, when there was none."""
        if kept is None:
            return cls(frozen_at=begin_at)
        clock = cls(kept["offset"], kept["frozen_at"])
        clock.move_to(max(clock.now(), kept["moment"]))
        return clock

    def kept(self) -> dict[str, Any]:
        """What the next run needs to go on from here."""
        return {"offset": self.offset, "frozen_at": self.frozen_at, "moment": self.now()}

    @property
    def mode(self) -> str:
        """`real` or `frozen`."""
        return "real" if self.frozen_at is None else "frozen"

    def freeze(self) -> None:
        """Hold still at the present moment."""
        self.frozen_at = self.now()

    def run(self) -> None:
        """Go on from the present moment at the pace of real time."""
        self.offset = self.now() - time.time()
        self.frozen_at = None

    def move_to(self, moment: float) -> None:
        """Set the present moment, later than or equal to what it was."""
        if moment < self.now() - 1:
            raise ClockError(f"the clock stands at {self.now():.0f} and cannot go back")
        if self.frozen_at is None:
            self.offset = moment - time.time()
        else:
            self.frozen_at = max(moment, self.frozen_at)
