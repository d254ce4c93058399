"""Where things stand on the day's grid: to the minute, on every day of the year."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.booking import calendar
from bookedbarber.pages.staff import grid
from bookedbarber.pages.staff.grid import HOUR, MINUTE

MIDNIGHT = datetime(2035, 3, 5, tzinfo=UTC)
minutes = st.integers(0, 2000)


def read(classes: str, letter: str) -> int:
    """The number that these classes write."""
    return sum(int(one[1:]) for one in classes.split() if one.startswith(letter))


@given(st.lists(st.tuples(minutes, st.integers(1, 600)), min_size=1, max_size=6))
def test_everything_lies_on_the_grid_where_its_minutes_say(found: list[tuple[int, int]]) -> None:
    spans = [
        (MIDNIGHT + begin * MINUTE, MIDNIGHT + (begin + length) * MINUTE)
        for begin, length in found
        if begin + length <= grid.LONGEST
    ]
    drawn = grid.around(spans, since=MIDNIGHT)
    assert (drawn.since - MIDNIGHT) % HOUR == timedelta()
    assert (drawn.until - drawn.since) % HOUR == timedelta()
    assert len(drawn.hours) == (drawn.until - drawn.since) // HOUR > 0
    assert read(drawn.height, "l") == (drawn.until - drawn.since) // MINUTE
    for starts_at, ends_at in spans:
        assert drawn.since <= starts_at
        assert ends_at <= drawn.until
        place = drawn.place(starts_at, ends_at)
        assert read(place, "f") == (starts_at - drawn.since) // MINUTE
        assert read(place, "l") == max((ends_at - starts_at) // MINUTE, grid.SHORTEST)
        words = place.split()
        assert len(words) == len(set(words))


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_day_on_which_the_clock_changes_has_the_hours_that_pass(day: str) -> None:
    zone = ZoneInfo("Europe/London")
    since, until = calendar.bounds(datetime.fromisoformat(day).date(), zone)
    drawn = grid.around([(since, until)], since=since)
    shown = [f"{hour.astimezone(zone):%H}" for hour in drawn.hours]
    assert len(shown) == {"2026-03-29": 23, "2026-10-25": 25}[day]
    assert ("01" in shown) is (day != "2026-03-29")


def test_an_empty_day_is_drawn_from_nine_to_five() -> None:
    drawn = grid.around([], since=MIDNIGHT)
    assert (drawn.since, drawn.until) == (MIDNIGHT + 9 * HOUR, MIDNIGHT + 17 * HOUR)
