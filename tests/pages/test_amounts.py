"""Amounts as people type them: read as they meant it, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.errors import Refused
from bookedbarber.money import CURRENCIES, Currency, Money
from bookedbarber.pages import amounts

CODES = st.sampled_from([CURRENCIES[code] for code in ("usd", "gbp", "jpy", "kwd")])


@pytest.mark.parametrize(
    ("typed", "code", "minor"),
    [("12.50", "gbp", 1250), ("12,50", "gbp", 1250), (" 12 ", "gbp", 1200), ("3.5", "gbp", 350),
     ("3,5", "gbp", 350), ("1200", "jpy", 1200), ("1.200", "kwd", 1200), ("0,25", "usd", 25)],
)  # fmt: skip
def test_a_comma_and_a_point_are_the_same_before_decimals(
    typed: str, code: str, minor: int
) -> None:
    assert amounts.read(typed, CURRENCIES[code]).minor == minor


@pytest.mark.proves("R1.5")
@pytest.mark.parametrize(
    "typed", ["1,200", "1,200.50", "1.200,50", "1,2,3", "", "much", "-3", "3e2"]
)
@pytest.mark.parametrize("code", ["usd", "jpy", "kwd"])
def test_what_could_mean_two_amounts_or_none_is_refused(typed: str, code: str) -> None:
    with pytest.raises(Refused):
        amounts.read(typed, CURRENCIES[code])


@given(steps=st.integers(0, 999_999), of=CODES)
def test_every_amount_reads_back_as_it_is_written(steps: int, of: Currency) -> None:
    amount = Money(steps * of.step, of)
    assert amounts.read(amount.to_major(), of) == amount
