"""How money and time read."""

from datetime import UTC, date, datetime
from gettext import NullTranslations

import pytest
from babel import Locale

from bookedbarber.messages.language import Language
from bookedbarber.money import Money, currency
from bookedbarber.pages import formats

NBSP = "\N{NO-BREAK SPACE}"


def reader(locale: str) -> Language:
    """English sentences in the formats of a locale."""
    return Language(Locale.parse(locale), NullTranslations())


@pytest.mark.parametrize(
    ("amount", "locale", "reads"),
    [
        (Money(3200, currency("gbp")), "en_GB", "£32.00"),
        (Money(123456, currency("eur")), "de_DE", f"1.234,56{NBSP}€"),
        (Money(5200, currency("jpy")), "en_US", "¥5,200"),
        (Money(12500, currency("kwd")), "en_US", f"KWD{NBSP}12.500"),
        (Money(-1280, currency("gbp")), "en_GB", "\N{MINUS SIGN}£12.80"),
        # Stripe counts UGX in hundredths that nobody uses.
        (Money(500000, currency("ugx")), "en_US", f"UGX{NBSP}5,000"),
    ],
)
def test_money_reads_with_its_own_decimals(amount: Money, locale: str, reads: str) -> None:
    assert formats.money(amount, reader(locale)) == reads


def test_brief_money_drops_decimals_only_when_all_are_zero() -> None:
    assert formats.money(Money(3200, currency("gbp")), reader("en_GB"), brief=True) == "£32"
    assert formats.money(Money(3250, currency("gbp")), reader("en_GB"), brief=True) == "£32.50"


def test_brief_money_leaves_the_next_amount_its_decimals() -> None:
    formats.money(Money(3200, currency("gbp")), reader("en_GB"), brief=True)
    assert formats.money(Money(3200, currency("gbp")), reader("en_GB")) == "£32.00"


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


@pytest.mark.parametrize(
    ("minor", "code", "locale", "text"),
    [
        (480, "usd", "en_US", "4.80"),
        (480, "eur", "de_DE", "4,80"),
        (520, "jpy", "en_US", "520"),
        (950, "kwd", "en_US", "0.950"),
        (123_456_00, "usd", "en_US", "123456.00"),
    ],
)
def test_an_amount_reads_as_somebody_would_type_it(
    minor: int, code: str, locale: str, text: str
) -> None:
    assert formats.typed(Money(minor, currency(code)), reader(locale)) == text


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
