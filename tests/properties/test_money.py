"""Money under any amounts, weights, rates and orders: nothing is made, nothing is lost."""

from collections import Counter
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.money import (
    CURRENCIES,
    AmountInvalid,
    AmountNotExact,
    AmountTooLarge,
    Currency,
    Money,
    Rounding,
    allocate_refund,
    currency,
    portion,
    split,
    tax_on,
    tax_within,
    total,
)
from tests.properties.money_strategies import askable, currencies, moneys, rates

USD, KWD, ISK, JPY = (currency(code) for code in ("usd", "kwd", "isk", "jpy"))
weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=8).filter(any)


@given(moneys())
def test_what_is_written_in_major_units_reads_back_the_same(amount: Money) -> None:
    assert Money.parse_reported(amount.to_major(), amount.currency) == amount


@given(askable())
def test_what_may_be_asked_for_reads_back_from_text_and_json(amount: Money) -> None:
    assert Money.parse(amount.to_major(), amount.currency) == amount
    assert Money.from_json(amount.to_json()) == amount


@given(currencies, st.data())
def test_amounts_of_one_currency_form_an_ordered_group(of: Currency, data: st.DataObject) -> None:
    a, b, c = (data.draw(moneys(of)) for _ in range(3))
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a - b == -(b - a)
    assert a + Money.zero(of) == a
    assert (a < b) == (b > a) == (not a >= b) == (not b <= a)
    assert (a < b) == (a + c < b + c)
    assert abs(a) == max(a, -a)
    assert a * 3 == total([a, a, a], of)


@given(moneys(), weights)
def test_shares_add_up_and_each_is_within_a_step_of_its_part(whole: Money, by: list[int]) -> None:
    shares = split(whole, by)
    assert total(shares, whole.currency) == whole
    unit = whole.currency.step if whole.minor % whole.currency.step == 0 else 1
    for share, weight in zip(shares, by, strict=True):
        assert abs(share.minor * sum(by) - whole.minor * weight) < unit * sum(by)
        assert share.minor % unit == 0
        assert weight or share.minor == 0


@given(moneys(), weights)
def test_splitting_a_reversal_mirrors_the_split(whole: Money, by: list[int]) -> None:
    assert split(-whole, by) == [-share for share in split(whole, by)]


@given(moneys(), weights, st.integers(1, 50))
def test_only_the_proportion_of_weights_matters(whole: Money, by: list[int], times: int) -> None:
    assert split(whole, [weight * times for weight in by]) == split(whole, by)


@pytest.mark.parametrize("by", [[], [0], [0, 0], [1, -1], [True, 1], [1.0]])
def test_weights_that_divide_nothing_are_a_defect(by: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(Money(100, USD), by)


@pytest.mark.parametrize(
    ("minor", "of", "by", "shares"),
    [
        (100, USD, [1, 1, 1], [34, 33, 33]),
        (-100, USD, [1, 1, 1], [-34, -33, -33]),
        (5, USD, [0, 1, 1], [0, 3, 2]),
        (3250, USD, [60, 40], [1950, 1300]),
        (10_000, ISK, [1, 1, 1], [3_400, 3_300, 3_300]),
        (5_120, KWD, [1, 1, 1], [1_710, 1_710, 1_700]),
        (5_121, KWD, [1, 1], [2_561, 2_560]),
        (101, JPY, [50, 30, 20], [51, 30, 20]),
    ],
)
def test_a_bookkeepers_splits(minor: int, of: Currency, by: list[int], shares: list[int]) -> None:
    assert [share.minor for share in split(Money(minor, of), by)] == shares


DECIMAL_ROUNDING = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
    Rounding.UP: ROUND_UP,
}


@given(moneys(), rates, st.sampled_from(Rounding))
def test_a_portion_is_what_decimal_arithmetic_says_in_the_currencys_steps(
    whole: Money, rate: int | Decimal, rounding: Rounding
) -> None:
    context = Context(prec=60)
    steps = context.divide(
        context.multiply(Decimal(whole.minor), Decimal(rate)), 10_000 * whole.currency.step
    )
    expected = steps.quantize(Decimal(1), rounding=DECIMAL_ROUNDING[rounding], context=context)
    assert portion(whole, rate, rounding).minor == int(expected) * whole.currency.step


@pytest.mark.parametrize(
    ("minor", "of", "rounded"),
    [
        (25, USD, {"half_up": 13, "half_even": 12, "down": 12, "up": 13}),
        (35, USD, {"half_up": 18, "half_even": 18, "down": 17, "up": 18}),
        (-25, USD, {"half_up": -13, "half_even": -12, "down": -12, "up": -13}),
        (300, ISK, {"half_up": 200, "half_even": 200, "down": 100, "up": 200}),
        (500, ISK, {"half_up": 300, "half_even": 200, "down": 200, "up": 300}),
        (50, KWD, {"half_up": 30, "half_even": 20, "down": 20, "up": 30}),
    ],
)
def test_half_of_an_odd_amount_is_rounded_as_named(
    minor: int, of: Currency, rounded: dict[str, int]
) -> None:
    halves = {name: portion(Money(minor, of), 5_000, name).minor for name in Rounding}
    assert halves == rounded


@given(askable(), st.sampled_from(Rounding))
def test_the_whole_rate_is_the_whole_and_no_rate_is_nothing(
    whole: Money, rounding: Rounding
) -> None:
    assert portion(whole, 10_000, rounding) == whole
    assert portion(whole, 0, rounding) == Money.zero(whole.currency)


@pytest.mark.parametrize("rate", [True, -1, 2.5, Decimal("NaN"), Decimal("Infinity"), "100"])
def test_a_rate_is_basis_points_or_a_defect(rate: int) -> None:
    with pytest.raises(ValueError, match="basis points"):
        portion(Money(100, USD), rate, Rounding.DOWN)


@given(askable(), rates)
def test_tax_on_a_price_is_found_again_within_it_to_a_step(net: Money, rate: int | Decimal) -> None:
    added = tax_on(net, rate)
    found = tax_within(net + added, rate)
    assert abs((found - added).minor) <= net.currency.step
    assert Money.zero(net.currency) <= found <= net + added


@given(askable(), rates)
def test_tax_within_leaves_a_net_that_the_tax_rebuilds(gross: Money, rate: int | Decimal) -> None:
    tax = tax_within(gross, rate)
    exact = Decimal(gross.minor) * Decimal(rate) / (10_000 + Decimal(rate))
    assert abs(tax.minor - exact) <= Decimal(gross.currency.step) / 2 + Decimal("1e-6")


@pytest.mark.parametrize(
    ("minor", "of", "rate", "tax"),
    [
        (1_200, USD, 2_000, 200),
        (1_190, USD, 1_900, 190),
        (3_250, USD, 1_900, 519),
        (10_888, USD, Decimal("887.5"), 888),
        (110, JPY, 1_000, 10),
        (107, JPY, 800, 8),
        (12_400, ISK, 2_400, 2_400),
        (5_250, KWD, 500, 250),
    ],
)
def test_a_bookkeepers_tax_within_a_price(
    minor: int, of: Currency, rate: int | Decimal, tax: int
) -> None:
    assert tax_within(Money(minor, of), rate) == Money(tax, of)


@st.composite
def refund_stories(draw: st.DrawFn) -> tuple[dict[str, Money], list[Money]]:
    """A payment's parts, and cuts that refund it step by step, sometimes to the last unit."""
    of = draw(currencies)
    exact = draw(st.booleans())
    one_part = askable(of) if exact else st.builds(Money, st.integers(0, 400), st.just(of))
    names = st.sampled_from(["service", "tax", "tip", "retail", "fee", "product"])
    parts = draw(st.dictionaries(names, one_part, min_size=1))
    whole = total(parts.values(), of)
    unit = of.step if all(part.minor % of.step == 0 for part in parts.values()) else 1
    ends = draw(st.lists(st.integers(0, whole.minor // unit), max_size=8))
    stops = sorted(Money(end * unit, of) for end in ends)
    if draw(st.booleans()):
        stops.append(whole)
    before = [Money.zero(of), *stops]
    return parts, [stop - start for start, stop in zip(before, stops, strict=False)]


@given(refund_stories())
def test_refunds_in_any_steps_end_where_one_refund_would(
    story: tuple[dict[str, Money], list[Money]],
) -> None:
    parts, steps = story
    of = next(iter(parts.values())).currency
    zero = Money.zero(of)
    so_far, given_back = zero, dict.fromkeys(parts, zero)
    for step in steps:
        allocated = allocate_refund(parts, so_far, step)
        assert list(allocated) == list(parts)
        assert total(allocated.values(), of) == step
        for name, amount in allocated.items():
            assert zero <= amount <= parts[name] - given_back[name]
            given_back[name] = given_back[name] + amount
        so_far = so_far + step
    assert given_back == allocate_refund(parts, zero, so_far)
    if so_far == total(parts.values(), of):
        assert given_back == parts


@given(refund_stories())
def test_refunded_parts_keep_the_proportion_of_the_payment(
    story: tuple[dict[str, Money], list[Money]],
) -> None:
    parts, steps = story
    of = next(iter(parts.values())).currency
    whole, back = total(parts.values(), of), total(steps, of)
    for name, amount in allocate_refund(parts, Money.zero(of), back).items():
        off = abs(amount.minor * whole.minor - parts[name].minor * back.minor)
        assert off <= (1 + len(parts)) * of.step * whole.minor / 2


@given(refund_stories(), st.randoms(use_true_random=False))
def test_the_order_of_parts_changes_no_refund(
    story: tuple[dict[str, Money], list[Money]], random: Random
) -> None:
    parts, steps = story
    of = next(iter(parts.values())).currency
    names = list(parts)
    random.shuffle(names)
    back = total(steps, of)
    shuffled = allocate_refund({name: parts[name] for name in names}, Money.zero(of), back)
    assert shuffled == allocate_refund(parts, Money.zero(of), back)


def test_every_way_of_refunding_a_small_payment_unit_by_unit_is_monotone() -> None:
    parts = {"a": Money(6, USD), "b": Money(6, USD), "c": Money(2, USD), "d": Money(1, USD)}
    given_back = dict.fromkeys(parts, 0)
    for cent in range(15):
        allocated = allocate_refund(parts, Money(cent, USD), Money(1, USD))
        assert sorted(amount.minor for amount in allocated.values()) == [0, 0, 0, 1]
        for name, amount in allocated.items():
            given_back[name] += amount.minor
    assert given_back == {"a": 6, "b": 6, "c": 2, "d": 1}


@given(st.integers(0, 3000), st.lists(st.integers(0, 6), min_size=1, max_size=9), st.data())
def test_refunds_hand_out_units_in_one_queue(
    large: int, small: list[int], data: st.DataObject
) -> None:
    # A large part beside many small ones is where shares rounded apart would leave the queue.
    sizes = [large, *small]
    queue = sorted(
        (Fraction(-p, 2 * k - 1), i) for i, p in enumerate(sizes) for k in range(1, p + 1)
    )
    count = data.draw(st.integers(0, len(queue)))
    ahead = Counter(i for _, i in queue[:count])
    parts = {f"{i:02}": Money(p, USD) for i, p in enumerate(sizes)}
    given_back = allocate_refund(parts, Money.zero(USD), Money(count, USD))
    assert [amount.minor for amount in given_back.values()] == [ahead[i] for i in range(len(sizes))]


def test_a_refund_beyond_below_or_between_is_refused() -> None:
    parts = {"service": Money(3000, KWD), "tip": Money(500, KWD)}
    with pytest.raises(AmountTooLarge):
        allocate_refund(parts, Money(3000, KWD), Money(510, KWD))
    with pytest.raises(AmountInvalid):
        allocate_refund(parts, Money(3000, KWD), Money(-10, KWD))
    with pytest.raises(AmountInvalid):
        allocate_refund(parts, Money(-10, KWD), Money(10, KWD))
    with pytest.raises(AmountNotExact):
        allocate_refund(parts, Money(0, KWD), Money(15, KWD))
    with pytest.raises(ValueError, match="not negative"):
        allocate_refund({"a": Money(-5, USD), "b": Money(10, USD)}, Money(0, USD), Money(5, USD))


def test_a_payment_of_nothing_refunds_nothing() -> None:
    for parts in ({}, {"service": Money(0, USD)}):
        assert allocate_refund(parts, Money(0, USD), Money(0, USD)) == parts


def test_every_currency_is_in_reach_of_these_properties() -> None:
    assert {known.exponent for known in CURRENCIES.values()} == {0, 2, 3}
