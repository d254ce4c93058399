"""The plan of a demo's history: drawn from a seed, kept to hours, without two in one chair."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import mean
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.demo import moments, plan, planted
from bookedbarber.demo.planted import Kind, Planted
from bookedbarber.demo.shops import plans
from bookedbarber.demo.visits import Deed, Ending, Goodwill, Paying, Visit, acts

SHOPS = {shop.slug: shop for shop in plans("")}
BEGINS = datetime(2035, 3, 1, 10, 30, tzinfo=UTC)  # clocks change on the way, in two countries
seeds = st.integers(0, 2**32)
begins = st.integers(0, 3_000_000).map(lambda minutes: BEGINS + timedelta(minutes=minutes))
spans = st.integers(1, 12)


def drawn(seed: int, begins: datetime, days: int) -> tuple[tuple[Visit, ...], tuple[Planted, ...]]:
    visits = plan.draw(plans(""), seed=seed, begins=begins, days=days)
    return planted.plant(visits, seed=seed, begins=begins, days=days)


@pytest.fixture(scope="module")
def quarter() -> tuple[Visit, ...]:
    return drawn(1, BEGINS, 90)[0]


def by_chair(visits: tuple[Visit, ...]) -> dict[tuple[str, str], list[Visit]]:
    found = defaultdict[tuple[str, str], list[Visit]](list)
    for visit in sorted(visits, key=lambda visit: visit.starts_at):
        found[visit.shop, visit.barber].append(visit)
    return found


@given(seeds, begins, spans)
def test_nobody_is_in_a_chair_before_the_one_ahead_has_left_it(
    seed: int, begins: datetime, days: int
) -> None:
    for (shop, _), chair in by_chair(drawn(seed, begins, days)[0]).items():
        buffers = {s.name: timedelta(minutes=s.buffer_minutes) for s in SHOPS[shop].services}
        for first, second in pairwise(chair):
            assert first.ends_at + buffers[first.service] <= second.starts_at


@given(seeds, begins, spans)
def test_every_visit_is_within_the_hours_of_its_shop_and_its_barber(
    seed: int, begins: datetime, days: int
) -> None:
    for visit in drawn(seed, begins, days)[0]:
        shop = SHOPS[visit.shop]
        barber = next(one for one in shop.barbers if one.name == visit.barber)
        zone = ZoneInfo(shop.time_zone)
        start, end = visit.starts_at.astimezone(zone), visit.ends_at.astimezone(zone)
        for week in (shop.week, barber.week):
            spans = week[start.weekday()]
            assert any(a <= start.time() and end.time() <= b for a, b in spans)
        for a, b in barber.breaks.get(start.weekday(), ()):
            assert end.time() <= a or b <= start.time()


@given(seeds, begins, spans)
def test_nothing_is_booked_before_the_beginning_after_the_end_or_too_late_for_the_page(
    seed: int, begins: datetime, days: int
) -> None:
    visits, _ = drawn(seed, begins, days)
    assert len({visit.name for visit in visits}) == len(visits)
    for visit in visits:
        assert begins < visit.booked_at < begins + timedelta(days=days)
        lead = visit.starts_at - visit.booked_at
        assert lead == timedelta() if visit.walks_in else lead >= plan.NOTICE


@given(seeds, begins, spans)
def test_what_is_done_about_a_visit_is_done_in_order_and_at_moments_not_before_it_is_due(
    seed: int, begins: datetime, days: int
) -> None:
    visits, _ = drawn(seed, begins, days)
    for visit in visits:
        due = [act.at for act in acts(visit)]
        assert due == sorted(due)
        deeds = [act.deed for act in acts(visit)]
        assert deeds[0] is (Deed.WALK_IN if visit.walks_in else Deed.BOOK)
        for act in acts(visit):
            late = moments.moment_of(act.at, seed) - act.at
            assert timedelta() <= late < timedelta(hours=1)
            if act.deed in {Deed.CANCEL, Deed.CANCEL_BY_SHOP}:
                assert visit.booked_at < act.at
                assert act.at + late < visit.starts_at
    whole = list(moments.schedule(visits, seed=seed, after=None))
    assert [moment for moment, _ in whole] == sorted({moment for moment, _ in whole})
    if whole:
        middle = whole[len(whole) // 2][0]
        rest = list(moments.schedule(visits, seed=seed, after=middle))
        assert rest == whole[len(whole) // 2 + 1 :]


@given(seeds, begins, spans)
def test_the_same_seed_draws_the_same_plan_and_another_one_another(
    seed: int, begins: datetime, days: int
) -> None:
    assert drawn(seed, begins, days) == drawn(seed, begins, days)
    if days > 7:
        assert drawn(seed, begins, days) != drawn(seed + 1, begins, days)


def test_saturdays_are_busy_mondays_are_not_and_sundays_are_free(
    quarter: tuple[Visit, ...],
) -> None:
    days = Counter(
        visit.starts_at.astimezone(ZoneInfo(SHOPS[visit.shop].time_zone)).weekday()
        for visit in quarter
    )
    assert days[6] == 0
    assert days[0] < min(days[n] for n in range(1, 6))
    # Fewer work on Saturdays than on other days, and still it is the busiest.
    assert days[5] == max(days.values())
    assert 2_200 < len(quarter) < 3_300


def test_every_barber_has_clients_and_some_have_more_than_others(
    quarter: tuple[Visit, ...],
) -> None:
    sizes = [len(chair) for chair in by_chair(quarter).values()]
    assert len(sizes) == 12
    assert max(sizes) > 1.3 * min(sizes)


def test_regulars_come_back_after_three_to_five_weeks(quarter: tuple[Visit, ...]) -> None:
    seen = defaultdict[str, list[datetime]](list)
    for visit in sorted(quarter, key=lambda visit: visit.starts_at):
        seen[visit.guest.email].append(visit.starts_at)
    gaps = [later - earlier for those in seen.values() for earlier, later in pairwise(those)]
    assert len(gaps) > len(quarter) / 4
    assert min(gaps) > timedelta(days=20)
    assert 21 < mean(gap.days for gap in gaps) < 45


def test_everything_happens_that_can_happen(quarter: tuple[Visit, ...]) -> None:
    assert {visit.paying for visit in quarter} == set(Paying)
    assert {visit.ending for visit in quarter} == set(Ending)
    assert {visit.goodwill for visit in quarter} == set(Goodwill)
    assert {visit.deposit for visit in quarter} == {True, False}
    assert len({visit.tip for visit in quarter}) == 5
    share = Counter(visit.paying for visit in quarter)[Paying.OTHER_CARD] / len(quarter)
    assert 0.03 < share < 0.07


def test_an_evening_of_declines_a_slow_day_and_failing_refunds_are_planted_and_named() -> None:
    visits, oddities = drawn(1, BEGINS, 90)
    kinds = Counter(one.kind for one in oddities)
    assert kinds == {Kind.SPIKE: 1, Kind.SLOW: 1, Kind.FAILING: kinds[Kind.FAILING]}
    assert kinds[Kind.FAILING] >= 3
    by_name = {visit.name: visit for visit in visits}
    for one in oddities:
        those = [by_name[name] for name in one.visits]
        assert {visit.shop for visit in those} == {one.shop}
        assert {visit.planted for visit in those} == {one.kind}
    spike = next(one for one in oddities if one.kind is Kind.SPIKE)
    tried = [by_name[name].booked_at for name in spike.visits]
    assert len(tried) > 8
    assert max(tried) - min(tried) < timedelta(hours=2)
    assert {by_name[name].paying for name in spike.visits} == {Paying.DECLINED}
    slow = next(one for one in oddities if one.kind is Kind.SLOW)
    zone = ZoneInfo("America/New_York")
    of_day = [
        visit
        for visit in visits
        if visit.shop == slow.shop and visit.starts_at.astimezone(zone).date() == slow.day
    ]
    assert len(of_day) == len(slow.visits) == 3
    sent_back = [one.day for one in oddities if one.kind is Kind.FAILING]
    assert min(sent_back) >= (BEGINS + timedelta(days=69)).date(), "or the books would not close"
    failing = {visit.name for visit in visits if visit.goodwill is Goodwill.FAILING}
    assert failing == {n for one in oddities if one.kind is Kind.FAILING for n in one.visits}
