"""Where things stand on the grid of a day, in classes: no style may stand in a page itself.

A number of minutes is written as its binary digits, each a class of `desk.css` (`f64 f1` begins
after 65 minutes, `l32 l8 l4 l1` lasts 45): a handful of rules place everything to the minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
LONGEST: Final = 2047  # eleven digits: a day and a night
SHORTEST: Final = 10  # what is shorter is drawn as long as this, to be seen and pressed


@dataclass(frozen=True, slots=True)
class Grid:
    """The stretch of a day that is drawn: whole hours around all there is in it."""

    since: datetime
    until: datetime

    def place(self, starts_at: datetime, ends_at: datetime) -> str:
        """The classes of what lasts from one moment to another."""
        begin = max(self._minutes(starts_at), 0)
        length = max(min(self._minutes(ends_at), self._minutes(self.until)) - begin, SHORTEST)
        return f"{_digits('f', begin)} {_digits('l', length)}".strip()

    def holds(self, moment: datetime) -> bool:
        """Whether a moment is drawn."""
        return self.since <= moment < self.until

    @property
    def height(self) -> str:
        """The classes of the whole."""
        return _digits("l", self._minutes(self.until))

    @property
    def hours(self) -> list[datetime]:
        """Where each hour begins."""
        count = (self.until - self.since) // HOUR
        return [self.since + HOUR * number for number in range(count)]

    def _minutes(self, moment: datetime) -> int:
        return min((moment - self.since) // MINUTE, LONGEST)


def around(spans: Iterable[tuple[datetime, datetime]], *, since: datetime) -> Grid:
    """The whole hours, counted from a day's beginning, that hold all of these; nine to five of it
    when there are none."""
    found = list(spans) or [(since + 9 * HOUR, since + 17 * HOUR)]
    begin = since + (min(start for start, _ in found) - since) // HOUR * HOUR
    end = max(end for _, end in found)
    return Grid(begin, begin + -((begin - end) // HOUR) * HOUR)


def _digits(letter: str, number: int) -> str:
    return " ".join(f"{letter}{1 << bit}" for bit in range(11) if number >> bit & 1)
