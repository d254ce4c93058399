"""How money and time read."""

from datetime import UTC, date, datetime

import pytest

from bookedbarber.pages import formats
from bookedbarber.pages.views import Amount

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("amount", "locale", "reads"),
    [
        (Amount(3200, 2, "gbp"), "en_GB", "£32.00"),
        (Amount(123456, 2, "eur"), "de_DE", f"1.234,56{NBSP}€"),
        (Amount(5200, 0, "jpy"), "en_US", "¥5,200"),
        (Amount(12500, 3, "kwd"), "en_US", f"KWD{NBSP}12.500"),
        (Amount(-1280, 2, "gbp"), "en_GB", "\N{MINUS SIGN}£12.80"),
        # Stripe counts UGX with two decimals where the locale's data has none.
        (Amount(500000, 2, "ugx"), "en_US", f"UGX{NBSP}5,000.00"),
    ],
)
def test_money_reads_with_its_own_decimals(amount: Amount, locale: str, reads: str) -> None:
    assert formats.money(amount, locale) == reads


def test_brief_money_drops_decimals_only_when_all_are_zero() -> None:
    assert formats.money(Amount(3200, 2, "gbp"), "en_GB", brief=True) == "£32"
    assert formats.money(Amount(3250, 2, "gbp"), "en_GB", brief=True) == "£32.50"


def test_brief_money_leaves_the_next_amount_its_decimals() -> None:
    formats.money(Amount(3200, 2, "gbp"), "en_GB", brief=True)
    assert formats.money(Amount(3200, 2, "gbp"), "en_GB") == "£32.00"


@pytest.mark.parametrize(
    ("basis_points", "locale", "reads"),
    [(2000, "en_GB", "20%"), (887, "en_US", "8.87%"), (1900, "de_DE", f"19{NBSP}%")],
)
def test_rates_read_without_needless_decimals(basis_points: int, locale: str, reads: str) -> None:
    assert formats.rate(basis_points, locale) == reads


def test_a_moment_reads_on_the_shops_wall_and_keeps_utc_for_the_title() -> None:
    instant = datetime(2026, 7, 1, 16, 30, tzinfo=UTC)
    assert formats.moment(instant, "Europe/London", "en_GB") == "Wed 1 Jul, 17:30"
    assert formats.stamp(instant) == "2026-07-01 16:30 UTC"
    assert formats.machine(instant) == "2026-07-01T16:30:00Z"


def test_a_late_evening_belongs_to_the_shops_day_not_to_utc() -> None:
    instant = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert formats.day_of(instant, "America/New_York", "en_US") == "Mon, Nov 23"


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    instants = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1, 2)]
    assert formats.clocks(instants, "Europe/London", "en_GB") == ["01:30 BST", "01:30 GMT", "02:30"]


def test_part_of_day_follows_the_shops_wall() -> None:
    noon_in_london = datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
    assert formats.part_of_day(noon_in_london, "Europe/London") == "afternoon"
    assert formats.part_of_day(noon_in_london, "America/New_York") == "morning"
    assert formats.part_of_day(noon_in_london, "Asia/Tokyo") == "evening"


def test_days_read_in_the_readers_language() -> None:
    assert formats.day(date(2026, 11, 23), "de_DE") == "Montag, 23. November 2026"
    assert formats.city("America/New_York", "en_GB") == "New York"


def test_the_countdown_never_runs_below_zero() -> None:
    assert [formats.countdown(seconds) for seconds in (572, 60, 5, -3)] == [
        "9:32",
        "1:00",
        "0:05",
        "0:00",
    ]


@pytest.mark.parametrize(
    ("name", "mark"),
    [("Fade Street Barbers", "FS"), ("Elif Şahin", "EŞ"), ("Cut & Co", "CC"), ("", "")],
)
def test_initials_take_two_words(name: str, mark: str) -> None:
    assert formats.initials(name) == mark
