"""Stretches of time on the shop's clock, and what is usual: pure, so told from examples."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.insights import periods, usual
from bookedbarber.insights.periods import Range
from bookedbarber.insights.usual import Span

LONDON = ZoneInfo("Europe/London")
ZONES = [LONDON, ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo"), ZoneInfo("Asia/Kathmandu")]
MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 # hypothesis wants them so
    max_value=datetime(2036, 1, 1),  # noqa: DTZ001 # as above
    timezones=st.just(UTC),
)


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_a_day_on_which_the_clocks_change_has_an_hour_less_or_more() -> None:
    spring = periods.of(Range.TODAY, now=at("2035-03-25T12:00"), zone=LONDON)
    autumn = periods.of(Range.TODAY, now=at("2035-10-28T12:00"), zone=LONDON)
    assert (len(spring.buckets), len(autumn.buckets)) == (92, 100)


def test_the_same_time_last_week_is_when_the_wall_showed_it() -> None:
    """Noon after the clocks went forward is an hour earlier than a week of hours before."""
    noon = at("2035-03-28T12:00")
    today = periods.of(Range.TODAY, now=noon, zone=LONDON)
    assert today.so_far_before.until == at("2035-03-21T12:00")
    assert noon - today.so_far_before.until == timedelta(days=7) - timedelta(hours=1)
    assert str(today.compared_with) == "2035-03-21"


@given(now=MOMENTS, zone=st.sampled_from(ZONES), range_=st.sampled_from(list(Range)))
def test_buckets_follow_each_other_without_gap_from_midnight_and_hold_now(
    now: datetime, zone: ZoneInfo, range_: Range
) -> None:
    found = periods.of(range_, now=now, zone=zone)
    for one, following in zip(found.buckets, found.buckets[1:], strict=False):
        assert one.until == following.since
    assert found.buckets[0].since == found.so_far.since
    assert found.buckets[0].since <= now < found.buckets[-1].until
    assert len(found.before) == len(found.buckets)
    assert found.so_far_before.until < found.so_far.since
    walls = {b.since.astimezone(zone).strftime("%M") for b in found.buckets}
    assert walls <= {"00", "15", "30", "45"}


@given(now=MOMENTS, zone=st.sampled_from(ZONES))
def test_the_last_hours_are_an_hour_each_and_end_now(now: datetime, zone: ZoneInfo) -> None:
    hours = periods.last_hours(now, 24)
    assert hours[-1].until == now
    assert {h.until - h.since for h in hours} == {timedelta(hours=1)}
    weeks = periods.same_hour_of_weeks(now, zone, 8)
    assert [w.until for w in weeks] == sorted((w.until for w in weeks), reverse=True)
    assert len({w.until.astimezone(zone).weekday() for w in weeks}) <= 2


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        ([3, 4, 5], None),
        ([3, 4, 5, 6], Span(3, 6)),
        ([9, 0, 4, 5, 6, 4], Span(4, 6)),
        ([31, 46, 40, 35, 2, 90, 44, 41], Span(31, 46)),
    ],
)
def test_a_usual_hour_leaves_the_outermost_weeks_out(
    weeks: list[int], expected: Span | None
) -> None:
    assert usual.count(weeks) == expected


def test_a_usual_failure_rate_is_wide_for_few_attempts_and_narrow_for_many() -> None:
    before = {"failed_before": 30, "attempts_before": 1000}
    assert usual.failures(attempts=5, **before) == Span(0, 2000)
    assert usual.failures(attempts=40, **before) == Span(0, 750)
    assert usual.failures(attempts=2000, **before) == Span(240, 365)
    assert usual.failures(attempts=0, **before) is None
    assert usual.failures(attempts=5, failed_before=1, attempts_before=49) is None


@given(attempts=st.integers(1, 400), failed=st.integers(0, 300), more=st.integers(50, 1000))
def test_a_usual_failure_rate_holds_the_rate_it_is_told_from(
    attempts: int, failed: int, more: int
) -> None:
    span = usual.failures(attempts=attempts, failed_before=failed, attempts_before=failed + more)
    assert span is not None
    assert 0 <= span.low <= span.high <= 10_000
    middle = failed * 10_000 / (failed + more)
    assert span.low <= middle <= span.high + 10_000 / attempts


def test_a_change_from_nothing_is_none() -> None:
    assert usual.change(500, 0) is None
    assert usual.change(1084, 1000) == 840
    assert usual.rate(0, 0) is None
