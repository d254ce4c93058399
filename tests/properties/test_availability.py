"""Availability in many zones and years, near every kind of clock change, beside brute force."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from hypothesis import event, given, settings
from hypothesis import strategies as st

from bookedbarber.booking.availability import (
    BarberTimes,
    Hours,
    ShopTimes,
    Sitting,
    Span,
    against,
    reach,
    slots,
)
from tests.properties.availability_oracle import expected
from tests.whole import at_most

ZONES = (
    "America/New_York",
    "America/St_Johns",  # changed at a minute past midnight until 2011
    "America/Havana",  # changes at midnight
    "America/Sao_Paulo",  # midnight did not exist
    "America/Asuncion",
    "Europe/London",
    "Europe/Dublin",  # winter time is the exception
    "Europe/Berlin",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Africa/Casablanca",  # changes for Ramadan
    "Africa/Cairo",
    "Antarctica/Troll",  # two hours at once
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Chatham",
    "Pacific/Apia",  # lost 30 December 2011 whole
    "UTC",
)
T = TypeVar("T")
Situation = tuple[ShopTimes, list[BarberTimes], Sitting, date, date, datetime]
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@cache
def changes(zone: str) -> list[date]:
    """The dates on which a zone's clock changed, 2008 to 2037."""
    noon = [datetime(2008, 1, 1, 12, tzinfo=UTC) + n * DAY for n in range(30 * 365)]
    shown = [at.astimezone(ZoneInfo(zone)) for at in noon]
    return [
        after.date() for before, after in pairwise(shown) if before.utcoffset() != after.utcoffset()
    ]


@st.composite
def dates_of(draw: st.DrawFn, zone: str) -> date:
    """A date, two times in three within a day of a change of the clock."""
    near = changes(zone)
    if draw(st.integers(0, 2)) and near:
        return draw(st.sampled_from(near)) + DAY * draw(st.integers(-1, 1))
    return draw(st.dates(date(2008, 1, 2), date(2037, 12, 1)))


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 0, 0, 10, 30, 45]))
night_times = st.builds(time, st.integers(0, 3), st.sampled_from([0, 15, 30, 45]))
hours = st.builds(Hours, st.integers(0, 6), times | night_times, times | night_times)
every_day = st.builds(
    lambda starts, ends: [Hours(weekday, starts, ends) for weekday in range(7)],
    times | night_times,
    times | night_times,
)
two_a_day = st.builds(lambda one, other: one + other, every_day, every_day)
weeks = st.one_of(every_day, every_day, two_a_day, st.lists(hours, max_size=8))
minutes = st.integers(1, 36).map(lambda n: n * 5 * MINUTE)


@st.composite
def spans_near(draw: st.DrawFn, day: date) -> Span:
    begin = (
        datetime(day.year, day.month, day.day, tzinfo=UTC)
        + draw(st.integers(-300, 600)) * 5 * MINUTE
    )
    return Span(begin, begin + draw(minutes))


@st.composite
def situations(
    draw: st.DrawFn,
) -> Situation:
    zone = draw(st.sampled_from(ZONES))
    first = draw(dates_of(zone))
    last = first + draw(st.sampled_from([0, 0, 1])) * DAY
    now = datetime(first.year, first.month, first.day, tzinfo=UTC) + draw(
        st.sampled_from([-30 * DAY, -30 * DAY, timedelta(hours=5, minutes=7)])
    )
    shop = ShopTimes(
        zone=ZoneInfo(zone),
        opening=draw(weeks),
        step=draw(st.sampled_from([5, 10, 15, 20, 30, 45, 60, 90])) * MINUTE,
        notice=draw(st.sampled_from([0, 0, 120])) * MINUTE,
        horizon=draw(st.sampled_from([60 * DAY, 60 * DAY, timedelta(hours=9)])),
    )
    ids = draw(st.lists(st.uuids(), min_size=1, max_size=3, unique=True))
    around = st.lists(spans_near(first), max_size=4)
    barbers = [
        BarberTimes(
            barber_id=one,
            hours=draw(weeks) if draw(st.booleans()) else shop.opening,
            breaks=draw(st.lists(hours, max_size=3)) if draw(st.booleans()) else (),
            off=draw(around),
            busy=draw(around),
            load=draw(st.integers(0, 2)),
        )
        for one in ids
    ]
    buffer = draw(st.sampled_from([0, 0, 5, 10, 60])) * MINUTE
    return shop, barbers, Sitting(draw(minutes), buffer), first, last, now


@settings(max_examples=at_most(50))
@given(situations())
def test_the_slots_are_those_that_walking_the_minutes_finds(
    situation: Situation,
) -> None:
    shop, barbers, sitting, first, last, now = situation
    found = slots(shop, barbers, sitting, first=first, last=last, now=now)
    event(f"slots: {min(len(found), 1)}")
    by_start = {slot.starts_at: list(slot.barbers) for slot in found}
    assert by_start == expected(shop, barbers, sitting, first=first, last=last, now=now)
    assert [slot.starts_at for slot in found] == sorted(by_start)


@given(situations())
def test_a_slot_overlaps_nothing_that_blocks_its_barbers(
    situation: Situation,
) -> None:
    shop, barbers, sitting, first, last, now = situation
    by_id = {barber.barber_id: barber for barber in barbers}
    within = reach(shop, sitting, first=first, last=last)
    for slot in slots(shop, barbers, sitting, first=first, last=last, now=now):
        assert slot.ends_at - slot.starts_at == sitting.duration
        blocked_until = slot.ends_at + sitting.buffer
        assert within.starts_at <= slot.starts_at
        assert blocked_until <= within.ends_at
        assert first <= slot.local.date() <= last
        for barber in slot.barbers:
            for span in [*by_id[barber].off, *by_id[barber].busy]:
                assert blocked_until <= span.starts_at or span.ends_at <= slot.starts_at


@settings(max_examples=at_most(50))
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_inputs_changes_nothing(situation: Situation, random: Random) -> None:
    shop, barbers, sitting, first, last, now = situation

    def shuffled(things: Sequence[T]) -> list[T]:
        return random.sample(things, len(things))

    mixed = [
        BarberTimes(
            barber_id=one.barber_id,
            hours=shuffled(one.hours),
            breaks=shuffled(one.breaks),
            off=shuffled(one.off),
            busy=shuffled(one.busy),
            load=one.load,
        )
        for one in shuffled(barbers)
    ]
    turned = ShopTimes(shop.zone, shuffled(shop.opening), shop.step, shop.notice, shop.horizon)
    assert slots(turned, mixed, sitting, first=first, last=last, now=now) == slots(
        shop, barbers, sitting, first=first, last=last, now=now
    )


@settings(max_examples=at_most(50))
@given(situations())
def test_days_asked_together_or_one_by_one_are_the_same(
    situation: Situation,
) -> None:
    shop, barbers, sitting, first, _, now = situation
    last = first + 3 * DAY
    together = slots(shop, barbers, sitting, first=first, last=last, now=now)
    one_by_one = [
        slot
        for n in range(4)
        for slot in slots(
            shop, barbers, sitting, first=first + n * DAY, last=first + n * DAY, now=now
        )
    ]
    assert together == one_by_one


@given(st.sampled_from(ZONES), st.data())
def test_a_shop_open_day_and_night_offers_every_hour_that_the_day_has(
    zone: str, data: st.DataObject
) -> None:
    day = data.draw(dates_of(zone))
    all_week = [Hours(weekday, time(), time()) for weekday in range(7)]
    shop = ShopTimes(ZoneInfo(zone), all_week, 30 * MINUTE, timedelta(), 366 * DAY)
    barber = BarberTimes(data.draw(st.uuids()), all_week)
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - 2 * DAY
    found = slots(shop, [barber], Sitting(30 * MINUTE), first=day, last=day, now=now)
    shown = (
        (at, at.astimezone(ZoneInfo(zone))) for at in (now + n * MINUTE for n in range(5 * 1440))
    )
    expected_starts = [at for at, wall in shown if wall.date() == day and wall.minute % 30 == 0]
    assert [slot.starts_at for slot in found] == expected_starts


@given(situations())
def test_nothing_speaks_against_a_slot_and_something_against_everybody_else(
    situation: Situation,
) -> None:
    """What the desk is warned of is exactly what keeps a time from being offered to clients."""
    shop, barbers, sitting, first, last, now = situation
    offered = slots(shop, barbers, sitting, first=first, last=last, now=now)
    for slot in offered[:6]:
        for barber in barbers:
            free = not against(shop, barber, sitting, slot.starts_at)
            assert free is (barber.barber_id in slot.barbers)
