"""What the players keep in mind between two starts of the house: a small file of the data folder.

Little is kept: how far they have come, which bookings are still open, what they booked beyond the
plan, and what is worth listing afterwards. All else the doors tell, and a deed that was done before
the file could be written is done again under the same key, which changes nothing.
"""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bookedbarber import kept
from bookedbarber.demo.people import Guest
from bookedbarber.demo.visits import Ending, Goodwill, Paying, Visit
from bookedbarber.kept import KeptFileBroken

FILE: Final = "players.json"
_MEND: Final = "start over with --fresh"


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as its client and the desk know it: its id, its payment's, and its own link."""

    id: str
    payment: str
    amount: int
    currency: str
    link: str


@dataclass(slots=True)
class Memory:
    """See above; `counts` is by what was done, `planted` the bookings of planted visits."""

    path: Path
    done_until: datetime | None = None
    bookings: dict[str, Booking] = field(default_factory=dict)
    spontaneous: list[Visit] = field(default_factory=list)
    planted: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, data_dir: Path) -> "Memory":
        """What is kept in a data folder. Raises KeptFileBroken."""
        path = data_dir / FILE
        text = kept.read(path, mend=_MEND)
        if text is None:
            return cls(path)
        try:
            return _read(path, json.loads(text))
        except (ValueError, TypeError, LookupError):
            raise KeptFileBroken(path, "cannot be understood", _MEND) from None

    def save(self) -> None:
        """Keep it."""
        words = {
            "done_until": self.done_until and self.done_until.isoformat(),
            "bookings": {name: asdict(booking) for name, booking in self.bookings.items()},
            "spontaneous": [asdict(visit) for visit in self.spontaneous],
            "planted": self.planted,
            "counts": self.counts,
        }
        kept.write(self.path, json.dumps(words, default=_plain))


def _plain(value: object) -> str:
    assert isinstance(value, datetime)  # noqa: S101 # the one kind in a visit that JSON lacks
    return value.isoformat()


def _read(path: Path, words: dict[str, Any]) -> Memory:
    until = words["done_until"]
    return Memory(
        path,
        done_until=datetime.fromisoformat(until) if until else None,
        bookings={name: Booking(**one) for name, one in words["bookings"].items()},
        spontaneous=[_visit(one) for one in words["spontaneous"]],
        planted=dict(words["planted"]),
        counts=Counter(words["counts"]),
    )


def _visit(words: dict[str, Any]) -> Visit:
    moments = {
        name: datetime.fromisoformat(words[name]) for name in ("starts_at", "ends_at", "booked_at")
    }
    chosen = {
        "guest": Guest(**words["guest"]),
        "paying": Paying(words["paying"]),
        "ending": Ending(words["ending"]),
        "goodwill": Goodwill(words["goodwill"]),
    }
    return Visit(**{**words, **moments, **chosen})
