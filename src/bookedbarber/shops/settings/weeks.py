"""Weeks of hours as people give them: checked, ordered, and compared across midnight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

from bookedbarber.shops.settings.faults import Check, Reason

MOST: Final = 5
_DAY: Final = 24 * 60
_WEEK: Final = 7 * _DAY


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Hours of one weekday, 0 being Monday; an end not after the start is of the next day."""

    weekday: int
    starts: time
    ends: time


def checked(check: Check, name: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans in order; faults of a day are named `name.weekday`."""
    for span in spans:
        if not 0 <= span.weekday <= 6:
            check.add(name, Reason.OUT_OF_RANGE, least=0, most=6)
            return ()
    ordered = tuple(sorted(spans))
    for weekday in range(7):
        _check_day(check, f"{name}.{weekday}", [s for s in ordered if s.weekday == weekday])
    for weekday in sorted(_overlapping(ordered)):
        check.add(f"{name}.{weekday}", Reason.OVERLAPS)
    return ordered


def _check_day(check: Check, field: str, spans: Sequence[Span]) -> None:
    if len(spans) > MOST:
        check.add(field, Reason.OUT_OF_RANGE, least=0, most=MOST)
    for moment in (moment for span in spans for moment in (span.starts, span.ends)):
        if moment.second or moment.microsecond or moment.tzinfo:
            check.add(field, Reason.NOT_A_CHOICE)
            return


def _overlapping(spans: Sequence[Span]) -> set[int]:
    """Weekdays on which a span begins before the one before it has ended, Sunday's included."""
    found = set[int]()
    minutes = sorted((*_minutes(span), span.weekday) for span in spans)
    if not minutes:
        return found
    first_begins, _, _ = minutes[0]
    following = [*minutes[1:], (first_begins + _WEEK, 0, minutes[0][2])]
    for (_, ends, _), (begins, _, weekday) in zip(minutes, following, strict=True):
        if begins < ends:
            found.add(weekday)
    return found


def _minutes(span: Span) -> tuple[int, int]:
    """From which to which minute of the week."""
    begins = span.weekday * _DAY + span.starts.hour * 60 + span.starts.minute
    ends = span.weekday * _DAY + span.ends.hour * 60 + span.ends.minute
    return begins, ends if span.ends > span.starts else ends + _DAY
