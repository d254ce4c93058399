"""Amounts: what is let in, what is refused and by which code, and what arithmetic allows."""

import json
from decimal import Decimal
from typing import Any

import pytest

from bookedbarber.errors import Refused
from bookedbarber.money import (
    CURRENCIES,
    AmountTooLarge,
    Currency,
    CurrencyMismatch,
    Money,
    UnknownCurrency,
    chargeable,
    currency,
    total,
)

USD, JPY, KWD, ISK, IDR = (currency(code) for code in ("usd", "jpy", "kwd", "isk", "idr"))


@pytest.mark.parametrize(
    ("text", "code", "minor"),
    [
        ("32.50", "usd", 3250),
        ("32.5", "usd", 3250),
        ("32", "usd", 3200),
        ("0", "usd", 0),
        ("0.01", "usd", 1),
        ("999999.99", "usd", 99_999_999),
        ("500", "jpy", 500),
        ("99999999", "jpy", 99_999_999),
        ("5.120", "kwd", 5120),
        ("5.12", "kwd", 5120),
        ("99999.990", "kwd", 99_999_990),
        ("500", "isk", 50_000),
        ("500.00", "isk", 50_000),
        ("2500", "ugx", 250_000),
        ("10.45", "huf", 1045),
        ("10", "mga", 10),
        ("9999999999.99", "idr", 999_999_999_999),
    ],
)
def test_a_decimal_text_is_read_in_stripes_minor_units(text: str, code: str, minor: int) -> None:
    assert Money.parse(text, currency(code)) == Money(minor, currency(code))


@pytest.mark.parametrize(
    ("given", "code", "refusal"),
    [
        (32.5, "usd", "amount_not_exact"),
        (float("nan"), "usd", "amount_not_exact"),
        ("32.505", "usd", "amount_not_exact"),
        ("32.500", "usd", "amount_not_exact"),
        ("500.5", "jpy", "amount_not_exact"),
        ("500.0", "jpy", "amount_not_exact"),
        ("5.124", "kwd", "amount_not_exact"),
        ("5.1200", "kwd", "amount_not_exact"),
        ("500.50", "isk", "amount_not_exact"),
        ("-1", "usd", "amount_invalid"),
        ("-0", "usd", "amount_invalid"),
        ("+1", "usd", "amount_invalid"),
        ("1e3", "usd", "amount_invalid"),
        ("NaN", "usd", "amount_invalid"),
        ("Infinity", "usd", "amount_invalid"),
        ("1,000", "usd", "amount_invalid"),
        ("1_000", "usd", "amount_invalid"),
        ("0x10", "usd", "amount_invalid"),
        ("٣٢", "usd", "amount_invalid"),
        ("³", "usd", "amount_invalid"),
        (" 32", "usd", "amount_invalid"),
        ("32\n", "usd", "amount_invalid"),
        ("032", "usd", "amount_invalid"),
        (".5", "usd", "amount_invalid"),
        ("5.", "usd", "amount_invalid"),
        ("", "usd", "amount_invalid"),
        ("$5", "usd", "amount_invalid"),
        (None, "usd", "amount_invalid"),
        (True, "usd", "amount_invalid"),
        (5, "usd", "amount_invalid"),
        (Decimal(5), "usd", "amount_invalid"),
        (b"5", "usd", "amount_invalid"),
        ("1000000", "usd", "amount_too_large"),
        ("100000000", "jpy", "amount_too_large"),
        ("100000", "kwd", "amount_too_large"),
        ("10000000000", "idr", "amount_too_large"),
        ("92233720368547758.08", "usd", "amount_too_large"),
        ("9" * 5000, "usd", "amount_too_large"),
    ],
)
def test_what_is_not_plainly_an_amount_is_refused_by_its_code(
    given: object, code: str, refusal: str
) -> None:
    with pytest.raises(Refused) as refused:
        Money.parse(given, currency(code))
    assert refused.value.code == refusal


@pytest.mark.parametrize(
    ("text", "code", "minor"),
    [
        ("-15.00", "usd", -1500),
        ("1234567.89", "usd", 123_456_789),
        ("0.123", "kwd", 123),
        ("-0.50", "isk", -50),
        ("-0", "usd", 0),
    ],
)
def test_what_stripe_reports_may_be_negative_large_or_finer_than_a_charge(
    text: str, code: str, minor: int
) -> None:
    assert Money.parse_reported(text, currency(code)).minor == minor


@pytest.mark.parametrize("code", ["USD", "euro", "", "btc", "us", "usd ", "bif\n"])
def test_a_currency_is_known_by_its_lower_case_code_only(code: str) -> None:
    with pytest.raises(UnknownCurrency) as refused:
        currency(code)
    assert refused.value.code == "currency_unknown"


def test_the_table_has_stripes_decimals_steps_and_bounds() -> None:
    by_exponent = {0: set[str](), 2: set[str](), 3: set[str]()}
    for known in CURRENCIES.values():
        by_exponent[known.exponent].add(known.code)
    assert by_exponent[0] == set(
        "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split()  # noqa: SIM905 -- a list to compare with Stripe's page
    )
    assert by_exponent[3] == {"bhd", "jod", "kwd", "omr", "tnd"}
    assert len(by_exponent[2]) > 100
    assert {c.code for c in CURRENCIES.values() if c.step == 100} == {"isk", "ugx"}
    assert {c.code for c in CURRENCIES.values() if c.step == 10} == by_exponent[3]
    whole_payouts = {c.code for c in CURRENCIES.values() if c.payout_step == 100}
    assert whole_payouts == {"huf", "twd", "isk", "ugx"}
    for known in CURRENCIES.values():
        assert 0 < known.minimum <= known.maximum
        assert known.minimum % known.step == known.maximum % known.step == 0


@pytest.mark.parametrize(
    ("code", "minor", "refusal"),
    [
        ("usd", 50, None),
        ("usd", 49, "amount_too_small"),
        ("usd", 0, "amount_too_small"),
        ("usd", -50, "amount_too_small"),
        ("usd", 99_999_999, None),
        ("usd", 100_000_000, "amount_too_large"),
        ("gbp", 30, None),
        ("gbp", 29, "amount_too_small"),
        ("jpy", 50, None),
        ("jpy", 49, "amount_too_small"),
        ("huf", 17_500, None),
        ("huf", 17_499, "amount_too_small"),
        ("kwd", 5_120, None),
        ("kwd", 5_124, "amount_not_exact"),
        ("isk", 50_050, "amount_not_exact"),
        ("vnd", 1, None),
    ],
)
def test_a_charge_keeps_to_stripes_bounds(code: str, minor: int, refusal: str | None) -> None:
    amount = Money(minor, currency(code))
    if refusal is None:
        assert chargeable(amount) == amount
        return
    with pytest.raises(Refused) as refused:
        chargeable(amount)
    assert refused.value.code == refusal


def test_json_carries_minor_units_and_the_code() -> None:
    assert json.dumps(Money(3250, USD).to_json()) == '{"amount": 3250, "currency": "usd"}'
    assert Money.from_json({"amount": 3250, "currency": "usd"}) == Money(3250, USD)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ('{"amount": 32.5, "currency": "usd"}', "amount_not_exact"),
        ('{"amount": 3250.0, "currency": "usd"}', "amount_not_exact"),
        ('{"amount": NaN, "currency": "usd"}', "amount_not_exact"),
        ('{"amount": 1e2, "currency": "usd"}', "amount_not_exact"),
        ('{"amount": "3250", "currency": "usd"}', "amount_invalid"),
        ('{"amount": true, "currency": "usd"}', "amount_invalid"),
        ('{"amount": null, "currency": "usd"}', "amount_invalid"),
        ('{"amount": -1, "currency": "usd"}', "amount_invalid"),
        ('{"amount": 100000000, "currency": "usd"}', "amount_too_large"),
        ('{"amount": 99999999999999999999, "currency": "usd"}', "amount_too_large"),
        ('{"amount": 5124, "currency": "kwd"}', "amount_not_exact"),
        ('{"amount": 150, "currency": "isk"}', "amount_not_exact"),
        ('{"amount": 1, "currency": "USD"}', "currency_unknown"),
        ('{"amount": 1, "currency": ["usd"]}', "currency_unknown"),
        ('{"amount": 1, "currency": null}', "currency_unknown"),
        ('{"amount": 1}', "amount_invalid"),
        ('{"amount": 1, "currency": "usd", "exponent": 0}', "amount_invalid"),
        ("[1, 2]", "amount_invalid"),
        ("3250", "amount_invalid"),
    ],
)
def test_json_that_is_not_exactly_money_is_refused_by_its_code(text: str, refusal: str) -> None:
    with pytest.raises(Refused) as refused:
        Money.from_json(json.loads(text))
    assert refused.value.code == refusal


def test_two_currencies_never_meet() -> None:
    dollar, yen = Money(100, USD), Money(100, JPY)
    assert dollar != yen
    for meet in (
        lambda: dollar + yen,
        lambda: dollar - yen,
        lambda: dollar < yen,
        lambda: dollar <= yen,
        lambda: dollar > yen,
        lambda: dollar >= yen,
        lambda: total([dollar, yen], USD),
        lambda: total([yen], USD),
    ):
        with pytest.raises(CurrencyMismatch) as refused:
            meet()
        assert refused.value.code == "currency_mismatch"


@pytest.mark.parametrize("not_minor", [True, 1.0, Decimal(1), "1", None])
def test_minor_units_that_are_no_int_are_a_defect(not_minor: Any) -> None:
    with pytest.raises(TypeError):
        Money(not_minor, USD)


@pytest.mark.parametrize("factor", [True, 1.5, Decimal(2), "2"])
def test_money_is_multiplied_by_whole_numbers_only(factor: Any) -> None:
    with pytest.raises(TypeError):
        Money(100, USD) * factor


@pytest.mark.parametrize("bare", [5, 0, 0.5, None])
def test_money_does_not_add_up_with_bare_numbers(bare: Any) -> None:
    with pytest.raises(TypeError):
        Money(100, USD) + bare


def test_an_amount_fits_a_bigint_or_is_refused() -> None:
    most = Money(2**63 - 1, USD)
    assert abs(-most) == most
    with pytest.raises(AmountTooLarge):
        most + Money(1, USD)
    with pytest.raises(AmountTooLarge):
        most * 2
    with pytest.raises(AmountTooLarge):
        Money(-(2**63), USD)


@pytest.mark.parametrize(
    ("minor", "of", "text"),
    [
        (3250, USD, "32.50 usd"),
        (5, USD, "0.05 usd"),
        (-5, USD, "-0.05 usd"),
        (-1250, USD, "-12.50 usd"),
        (0, USD, "0.00 usd"),
        (500, JPY, "500 jpy"),
        (7, KWD, "0.007 kwd"),
        (50_000, ISK, "500.00 isk"),
    ],
)
def test_an_amount_prints_in_major_units_with_its_code(minor: int, of: Currency, text: str) -> None:
    assert str(Money(minor, of)) == text
