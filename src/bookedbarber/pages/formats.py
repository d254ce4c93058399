"""How money, days and times read, by locale and in the shop's own zone."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import neg
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    format_date,
    format_interval,
    format_skeleton,
    format_time,
    get_timezone_location,
)
from babel.numbers import format_decimal

from bookedbarber.messages.language import Language
from bookedbarber.money import Money

# CLDR sets a code of letters off from its digits; Babel leaves that out.
_SPACELESS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


class Bucket(Protocol):
    """A bucket of a chart."""

    @property
    def since(self) -> datetime:
        """When it begins."""


class Buckets(Protocol):
    """A chart, as far as its labels go."""

    @property
    def by_time(self) -> bool:
        """Whether the time of day tells its buckets apart."""

    @property
    def rows(self) -> Sequence[Bucket]:
        """Its buckets."""


def money(amount: Money, language: Language, *, brief: bool = False) -> str:
    """`amount` as the letters write it; `brief` leaves out decimals that are all zero."""
    whole, rest = divmod(abs(amount.minor), 10**amount.currency.exponent)
    text = language.money(amount)
    if brief and rest == 0:
        pattern = copy(language.locale.currency_formats["standard"])
        pattern.frac_prec = (0, 0)
        code = amount.currency.code.upper()
        text = pattern.apply(Decimal(whole), language.locale, currency=code, currency_digits=False)
    return _SPACELESS.sub("\N{NO-BREAK SPACE}", text)


def typed(amount: Money, language: Language) -> str:
    """`amount` as somebody would type it: the digits alone, with the decimals of its currency."""
    exponent = amount.currency.exponent
    pattern = f"0.{'0' * exponent}" if exponent else "0"
    major = Decimal(amount.minor).scaleb(-exponent)
    return format_decimal(major, pattern, locale=language.locale)


def rate(basis_points: int, locale: str) -> str:
    """A rate for people: 2000 is 20 %, 887 is 8.87 %."""
    pattern = copy(Locale.parse(locale).percent_formats[None])
    pattern.frac_prec = (0, 2)
    return str(pattern.apply(Decimal(basis_points) / 10_000, locale))


def whole(number: int, locale: str) -> str:
    """A count for people."""
    return format_decimal(number, locale=locale)


def local(instant: datetime, zone: str) -> datetime:
    """`instant` on the shop's wall."""
    return instant.astimezone(ZoneInfo(zone))


def clock(instant: datetime, zone: str, locale: str) -> str:
    """The shop's time of day: 17:30, or 5:30 PM where that is the custom."""
    return format_time(local(instant, zone), "short", locale=locale)


def clocks(instants: Sequence[datetime], zone: str, locale: str) -> list[str]:
    """Times of one day, told apart where an hour comes twice as summer time ends."""
    plain = [clock(instant, zone, locale) for instant in instants]
    often = Counter(plain)
    return [
        f"{text} {local(instant, zone).tzname()}" if often[text] > 1 else text
        for text, instant in zip(plain, instants, strict=True)
    ]


def day(when: date, locale: str) -> str:
    """A day in full: Monday 23 November 2026."""
    return format_date(when, "full", locale=locale)


def day_of(instant: datetime, zone: str, locale: str) -> str:
    """The shop's day on which `instant` falls: Mon, 23 Nov."""
    return format_skeleton("MMMEd", local(instant, zone).replace(tzinfo=None), locale=locale)


def brief_day(when: date, locale: str) -> str:
    """A day of the calendar, of no zone: Mon, 23 Nov."""
    return format_skeleton("MMMEd", _noon(when), locale=locale)


def chart_labels(chart: "Buckets", zone: str, locale: str) -> list[str]:
    """What stands below each bucket of a chart: the time of day, or the day."""
    tell = clock if chart.by_time else day_of
    return [tell(row.since, zone, locale) for row in chart.rows]


def weekday(when: date, locale: str) -> str:
    """Mon, as it heads a calendar column."""
    return format_date(when, "ccc", locale=locale)


def month(when: date, locale: str) -> str:
    """Nov, as it stands on a calendar leaf."""
    return format_date(when, "MMM", locale=locale)


def span(first: date, last: date, locale: str) -> str:
    """Two days as one stretch: 23 to 29 Nov."""
    return format_interval(_noon(first), _noon(last), "MMMd", locale=locale)


def moment(instant: datetime, zone: str, locale: str) -> str:
    """Day and time on the shop's wall: Mon, 23 Nov, 17:30."""
    return f"{day_of(instant, zone, locale)}, {clock(instant, zone, locale)}"


def dated(instant: datetime, zone: str, locale: str) -> str:
    """The same with its year, for what is kept: Mon, 23 Nov 2026, 17:30."""
    wall = local(instant, zone).replace(tzinfo=None)
    return f"{format_skeleton('yMMMEd', wall, locale=locale)}, {clock(instant, zone, locale)}"


def stamp(instant: datetime) -> str:
    """The same instant in UTC, for a title."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def machine(instant: datetime) -> str:
    """The same instant for a `datetime` attribute."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def city(zone: str, locale: str) -> str:
    """The city that gives the zone its name, in the reader's language."""
    return get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True)


def countdown(seconds: int) -> str:
    """9:05, as a clock that runs down; never below zero."""
    minutes, rest = divmod(max(seconds, 0), 60)
    return f"{minutes}:{rest:02}"


def initials(name: str) -> str:
    """Two letters for a person or shop: Fade Street Barbers is FS."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper()


def part_of_day(instant: datetime, zone: str) -> str:
    """`morning`, `afternoon` or `evening` on the shop's wall."""
    hour = local(instant, zone).hour
    return "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"


def _noon(when: date) -> datetime:
    return datetime(when.year, when.month, when.day, 12)  # noqa: DTZ001 - a wall day has no zone


def slug(text: str) -> str:
    """A text as part of an element's name."""
    return re.sub(r"\W+", "-", text.casefold()).strip("-")


def filters(language: Language) -> dict[str, Callable[..., object]]:
    """The template filters that depend on the language alone."""
    locale = str(language.locale)
    return {
        "money": lambda amount, **how: money(amount, language, **how),
        "typed": lambda amount: typed(amount, language),
        "rate": lambda basis_points: rate(basis_points, locale),
        "whole": lambda number: whole(number, locale),
        "clock": lambda instant, zone: clock(instant, zone, locale),
        "day": lambda when: day(when, locale),
        "day_of": lambda instant, zone: day_of(instant, zone, locale),
        "brief_day": lambda when: brief_day(when, locale),
        "chart_labels": lambda chart, zone: chart_labels(chart, zone, locale),
        "weekday": lambda when: weekday(when, locale),
        "month": lambda when: month(when, locale),
        "moment": lambda instant, zone: moment(instant, zone, locale),
        "dated": lambda instant, zone: dated(instant, zone, locale),
        "city": lambda zone: city(zone, locale),
        "span": lambda first, last: span(first, last, locale),
        "wall": local,
        "minus": neg,
        "stamp": stamp,
        "machine": machine,
        "countdown": countdown,
        "initials": initials,
        "slug": slug,
        "translated": lambda pairs: [(code, language.say(word)) for code, word in pairs],
    }
