"""The moments at which a racing history does something. Pure.

Each half hour has one, somewhere in it; what is due is done at the first that is not before it. So
several do something at once, and the house needs to come to rest only some fifty times a day.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from random import Random
from typing import Final

from bookedbarber.demo.visits import Act, Visit, acts

_SPAN: Final = 1800  # seconds


def moment_of(at: datetime, seed: int) -> datetime:
    """The first moment that is not before an instant."""
    number = int(at.timestamp() // _SPAN)
    found = _moment(number, seed)
    return found if found >= at else _moment(number + 1, seed)


def schedule(
    visits: Iterable[Visit], *, seed: int, after: datetime | None
) -> Iterator[tuple[datetime, list[Act]]]:
    """Each moment after one at which something is due, with what that is, in order of time."""
    due = sorted(
        ((moment_of(act.at, seed), act) for visit in visits for act in acts(visit)),
        key=lambda one: (one[0], one[1].at, one[1].visit.name),
    )
    for moment, those in groupby(due, key=lambda one: one[0]):
        if after is None or moment > after:
            yield moment, [act for _, act in those]


def _moment(number: int, seed: int) -> datetime:
    dice = Random(f"{seed}/{number}")  # noqa: S311 # a play's dice, not a secret
    return datetime.fromtimestamp(number * _SPAN + dice.randrange(_SPAN - 60), UTC)
