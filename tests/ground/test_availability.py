"""Bookable times: a receptionist's diary, with the days on which clocks change."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bookedbarber.booking.availability import (
    BarberTimes,
    Hours,
    ShopTimes,
    Sitting,
    Slot,
    Span,
    of_day,
    reach,
    slots,
)

NEW_YORK = ZoneInfo("America/New_York")
SPRING, AUTUMN, PLAIN = date(2026, 3, 8), date(2026, 11, 1), date(2026, 6, 10)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
ANN, BEN = UUID(int=1), UUID(int=2)
HALF_HOUR = timedelta(minutes=30)
CUT = Sitting(HALF_HOUR)


def every_day(starts: str, ends: str) -> list[Hours]:
    begin, end = time.fromisoformat(starts), time.fromisoformat(ends)
    return [Hours(weekday, begin, end) for weekday in range(7)]


def shop_open(
    opening: Sequence[Hours],
    zone: ZoneInfo = NEW_YORK,
    step: timedelta = HALF_HOUR,
    notice: timedelta = timedelta(),
    horizon: timedelta = timedelta(days=730),
) -> ShopTimes:
    return ShopTimes(zone, opening, step, notice, horizon)


def barber(
    hours: Sequence[Hours] = tuple(every_day("00:00", "00:00")),
    *,
    who: UUID = ANN,
    breaks: Sequence[Hours] = (),
    off: Sequence[Span] = (),
    busy: Sequence[Span] = (),
    load: int = 0,
) -> BarberTimes:
    return BarberTimes(who, hours, breaks, off, busy, load)


def diary(
    shop: ShopTimes,
    *barbers: BarberTimes,
    on: date = PLAIN,
    sitting: Sitting = CUT,
    now: datetime = LONG_AGO,
) -> list[Slot]:
    return slots(shop, barbers or [barber()], sitting, first=on, last=on, now=now)


def labels(found: list[Slot]) -> list[str]:
    return [slot.label for slot in found]


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def test_a_plain_day_has_a_slot_at_every_step_that_leaves_room() -> None:
    shop = shop_open(every_day("09:00", "11:00"))
    assert labels(diary(shop)) == ["09:00", "09:30", "10:00", "10:30"]
    assert labels(diary(shop, sitting=Sitting(timedelta(minutes=45)))) == [
        "09:00",
        "09:30",
        "10:00",
    ]
    assert labels(diary(shop, sitting=Sitting(timedelta(hours=2)))) == ["09:00"]
    assert labels(diary(shop, sitting=Sitting(timedelta(minutes=121)))) == []


def test_instants_are_utc_and_the_start_is_also_in_shop_time() -> None:
    slot = diary(shop_open(every_day("09:00", "11:00")))[0]
    assert slot.starts_at == datetime(2026, 6, 10, 13, tzinfo=UTC)
    assert slot.ends_at == datetime(2026, 6, 10, 13, 30, tzinfo=UTC)
    assert slot.starts_at.tzinfo is slot.ends_at.tzinfo is UTC
    assert slot.local.isoformat() == "2026-06-10T09:00:00-04:00"


def test_each_opening_of_a_day_starts_its_own_grid() -> None:
    shop = shop_open([*every_day("09:10", "10:10"), *every_day("14:00", "15:00")])
    assert labels(diary(shop)) == ["09:10", "09:40", "14:00", "14:30"]


def test_openings_that_touch_let_a_service_run_through() -> None:
    shop = shop_open([*every_day("09:00", "10:00"), *every_day("10:00", "11:00")])
    found = diary(shop, sitting=Sitting(timedelta(minutes=90)))
    assert labels(found) == ["09:00", "09:30"]


def test_a_barber_is_offered_only_within_their_own_hours() -> None:
    shop = shop_open(every_day("09:00", "12:00"))
    assert labels(diary(shop, barber(every_day("10:20", "15:00")))) == ["10:30", "11:00", "11:30"]


def test_a_day_off_in_the_week_has_no_slot() -> None:
    shop = shop_open([hours for hours in every_day("09:00", "12:00") if hours.weekday != 2])
    assert PLAIN.weekday() == 2
    assert diary(shop) == []


def test_breaks_time_off_and_clients_take_time_away_to_the_minute() -> None:
    shop = shop_open(every_day("09:00", "13:00"))
    ann = barber(
        breaks=every_day("10:00", "10:30"),
        off=[Span(new_york("2026-06-10T11:30"), new_york("2026-06-11T00:00"))],
        busy=[Span(new_york("2026-06-10T09:00"), new_york("2026-06-10T09:30"))],
    )
    assert labels(diary(shop, ann)) == ["09:30", "10:30", "11:00"]


def test_the_buffer_keeps_clear_of_what_blocks_and_may_run_over_closing() -> None:
    shop = shop_open(every_day("09:00", "11:00"))
    ann = barber(busy=[Span(new_york("2026-06-10T10:00"), new_york("2026-06-10T10:30"))])
    found = diary(shop, ann, sitting=Sitting(HALF_HOUR, timedelta(minutes=10)))
    assert labels(found) == ["09:00", "10:30"]
    assert found[-1].ends_at == new_york("2026-06-10T11:00")


def test_notice_and_horizon_bound_what_is_offered_both_included() -> None:
    shop = shop_open(
        every_day("09:00", "12:00"), notice=timedelta(hours=1), horizon=timedelta(hours=2)
    )
    assert labels(diary(shop, now=new_york("2026-06-10T09:00"))) == ["10:00", "10:30", "11:00"]
    assert labels(diary(shop, now=new_york("2026-06-10T09:01"))) == ["10:30", "11:00"]
    assert diary(shop, now=new_york("2026-06-12T09:00")) == []


def test_a_night_past_midnight_belongs_to_the_date_its_slots_start_on() -> None:
    friday = shop_open([Hours(4, time(22), time(1))])
    assert labels(diary(friday, on=date(2026, 6, 12))) == ["22:00", "22:30", "23:00", "23:30"]
    assert labels(diary(friday, on=date(2026, 6, 13))) == ["00:00", "00:30"]
    late = diary(friday, on=date(2026, 6, 12), sitting=Sitting(timedelta(hours=2)))
    assert labels(late) == ["22:00", "22:30", "23:00"]


def test_a_skipped_hour_offers_no_slot_and_a_service_across_it_takes_real_time() -> None:
    shop = shop_open(every_day("01:00", "05:00"))
    found = diary(shop, on=SPRING)
    assert labels(found) == ["01:00", "01:30", "03:00", "03:30", "04:00", "04:30"]
    assert found[2].starts_at - found[1].starts_at == HALF_HOUR
    across = diary(shop, on=SPRING, sitting=Sitting(timedelta(hours=1)))[1]
    assert (across.label, across.ends_at) == ("01:30", new_york("2026-03-08T03:30"))


def test_an_hour_shown_twice_is_offered_twice_and_named() -> None:
    found = diary(shop_open(every_day("00:30", "02:30")), on=AUTUMN)
    assert labels(found) == [
        "00:30", "01:00 EDT", "01:30 EDT", "01:00 EST", "01:30 EST", "02:00",
    ]  # fmt: skip
    starts = [slot.starts_at for slot in found]
    assert all(b - a == HALF_HOUR for a, b in pairwise(starts))
    assert [slot.twice for slot in found] == [False, True, True, True, True, False]


def test_opening_within_the_doubled_hour_lasts_from_its_first_to_its_last() -> None:
    found = diary(shop_open(every_day("01:00", "01:30")), on=AUTUMN, sitting=Sitting(3 * HALF_HOUR))
    assert labels(found) == ["01:00 EDT"]


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ("02:15", "02:45", []),
        ("02:30", "04:00", ["03:00", "03:30"]),
        ("01:00", "02:30", ["01:00", "01:30"]),
    ],
)
def test_opening_within_the_skipped_hour_is_cut_where_the_clock_jumps(
    starts: str, ends: str, expected: list[str]
) -> None:
    assert labels(diary(shop_open(every_day(starts, ends)), on=SPRING)) == expected


def test_closing_at_the_hour_that_the_clock_is_set_back_to_is_when_it_is_first_shown() -> None:
    """At two it is one again; who closes at one has been closed for an hour by then."""
    shop = shop_open(every_day("22:00", "01:00"))
    for minutes, early in ((30, ["00:00", "00:30"]), (60, ["00:00"])):
        found = diary(shop, on=AUTUMN, sitting=Sitting(timedelta(minutes=minutes)))
        assert [label for label in labels(found) if label < "12:00"] == early


def test_a_break_in_the_doubled_hour_lasts_through_both() -> None:
    shop = shop_open(every_day("00:30", "02:30"))
    assert labels(diary(shop, barber(breaks=every_day("01:00", "01:30")), on=AUTUMN)) == [
        "00:30", "01:30 EST", "02:00",
    ]  # fmt: skip


def test_a_date_that_a_country_skipped_has_no_slots() -> None:
    samoa = shop_open(every_day("09:00", "17:00"), zone=ZoneInfo("Pacific/Apia"))
    before = datetime(2011, 12, 1, tzinfo=UTC)
    assert len(diary(samoa, on=date(2011, 12, 29), now=before)) == 16
    assert diary(samoa, on=date(2011, 12, 30), now=before) == []
    assert len(diary(samoa, on=date(2011, 12, 31), now=before)) == 16


def test_any_barber_is_the_one_with_fewest_bookings_then_the_lowest_id() -> None:
    shop = shop_open(every_day("09:00", "10:30"))
    busy = [Span(new_york("2026-06-10T09:30"), new_york("2026-06-10T10:00"))]
    found = diary(shop, barber(who=BEN, load=1, busy=busy), barber(who=ANN, load=2))
    assert [slot.barbers for slot in found] == [(BEN, ANN), (ANN,), (BEN, ANN)]
    level = diary(shop, barber(who=BEN, load=2), barber(who=ANN, load=2))
    assert {slot.barbers for slot in level} == {(ANN, BEN)}


def test_what_matters_to_a_date_reaches_from_its_midnight_past_the_next() -> None:
    shop = shop_open(every_day("09:00", "11:00"))
    sitting = Sitting(HALF_HOUR, timedelta(minutes=10))
    span = reach(shop, sitting, first=AUTUMN, last=AUTUMN)
    assert span.starts_at == new_york("2026-11-01T00:00")
    assert span.ends_at - span.starts_at == timedelta(hours=25, minutes=40)


def test_a_barbers_day_is_what_they_work_of_it_and_what_nothing_takes_away() -> None:
    shop = shop_open(every_day("10:00", "18:00"))
    monday = date(2026, 11, 23)

    def at(text: str) -> datetime:
        return new_york(f"2026-11-23 {text}")

    one = barber(
        hours=every_day("09:00", "16:00"),
        breaks=every_day("12:00", "12:30"),
        busy=[Span(at("10:00"), at("10:45")), Span(at("15:30"), at("17:00"))],
    )
    worked, free = of_day(shop, one, monday)
    assert worked == [Span(at("10:00"), at("16:00"))]
    assert free == [Span(at("10:45"), at("12:00")), Span(at("12:30"), at("15:30"))]


def test_no_barbers_or_no_dates_are_no_slots() -> None:
    shop = shop_open(every_day("09:00", "11:00"))
    assert slots(shop, [], CUT, first=PLAIN, last=PLAIN, now=LONG_AGO) == []
    earlier = PLAIN - timedelta(days=1)
    assert slots(shop, [barber()], CUT, first=PLAIN, last=earlier, now=LONG_AGO) == []


def test_a_span_across_the_doubled_hour_is_measured_by_instants() -> None:
    begin = datetime(2026, 11, 1, 1, 45, tzinfo=NEW_YORK, fold=0)
    end = datetime(2026, 11, 1, 1, 15, tzinfo=NEW_YORK, fold=1)
    assert Span(begin, end).ends_at - Span(begin, end).starts_at == HALF_HOUR


def test_what_makes_no_sense_is_a_defect() -> None:
    noon = datetime(2026, 6, 10, 12, tzinfo=UTC)
    shop = shop_open(every_day("09:00", "11:00"))
    with pytest.raises(ValueError, match="ends after"):
        Span(noon, noon)
    with pytest.raises(ValueError, match="zone"):
        Span(noon.replace(tzinfo=None), noon)
    with pytest.raises(ValueError, match="zone"):
        diary(shop, now=noon.replace(tzinfo=None))
    with pytest.raises(ValueError, match="weekday"):
        Hours(7, time(9), time(10))
    with pytest.raises(ValueError, match="without a zone"):
        Hours(1, time(9, tzinfo=UTC), time(10))
    with pytest.raises(ValueError, match="a minute apart"):
        shop_open([], step=timedelta())
    for duration, buffer in ((0, 0), (-1, 0), (1441, 0), (30, -1), (30, 1441)):
        with pytest.raises(ValueError, match="up to a day"):
            Sitting(timedelta(minutes=duration), timedelta(minutes=buffer))
