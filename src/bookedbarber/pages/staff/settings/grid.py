"""A week as a grid of fields: each day its times, and one pair more to fill in."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.words import Problem
from bookedbarber.pages.texts import N_
from bookedbarber.shops.settings.weeks import MOST, Span

DAYS: Final = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
    N_("Sunday"),
)  # fmt: skip
HALF: Final = Problem(N_("Give both times, or leave both empty."))


@dataclass(frozen=True, slots=True)
class Row:
    """One pair of times of a day."""

    name: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week; `problem` is what is wrong with its times."""

    word: str
    rows: tuple[Row, ...]
    problem: Problem | None


def shown(
    prefix: str,
    spans: Iterable[Span],
    problems: Mapping[str, Problem] | None = None,
    *,
    least: int = 1,
) -> tuple[Day, ...]:
    """The grid of a week as it is kept; `least` is how many pairs a day shows."""
    kept = list(spans)
    pairs = {
        day: [(f"{s.starts:%H:%M}", f"{s.ends:%H:%M}") for s in kept if s.weekday == day]
        for day in range(7)
    }
    return _days(prefix, pairs, problems or {}, least=least)


def typed(
    prefix: str, form: Form, problems: Mapping[str, Problem], *, same: bool = False, least: int = 1
) -> tuple[Day, ...]:
    """The grid as it was typed; with `same` every day as Monday, which is saved only when asked."""
    pairs: dict[int, list[tuple[str, str]]] = {}
    for day in range(7):
        names = [f"{prefix}-{0 if same else day}-{number}" for number in range(MOST)]
        given = [(form.text(f"{n}-from")[:8], form.text(f"{n}-to")[:8]) for n in names]
        pairs[day] = [pair for pair in given if any(pair)]
    return _days(prefix, pairs, problems, least=least)


def halves(prefix: str, days: Collection[int]) -> dict[str, Problem]:
    """What to say of days on which half a pair was given."""
    return {f"{prefix}.{day}": HALF for day in days}


def _days(
    prefix: str,
    pairs: Mapping[int, list[tuple[str, str]]],
    problems: Mapping[str, Problem],
    *,
    least: int,
) -> tuple[Day, ...]:
    days = []
    for day, word in enumerate(DAYS):
        filled = pairs[day][:MOST]
        empty = max(least - len(filled), 0)
        rows = tuple(
            Row(f"{prefix}-{day}-{number}", starts, ends)
            for number, (starts, ends) in enumerate([*filled, *[("", "")] * empty])
        )
        days.append(Day(word, rows, problems.get(f"{prefix}.{day}")))
    return tuple(days)
