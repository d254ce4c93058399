"""A reader's language: translated sentences, and money, days and times as written there.

Catalogues are gettext's `.po` files in `FOLDER/LANGUAGE/LC_MESSAGES/messages.po`, read as they
are: there is no compiled form to fall out of step. English is the source, and what stands in for
every sentence that a language lacks.
"""

import re
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_gmt, get_timezone_location
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from bookedbarber.money import Currency, Money

SOURCE: Final = "en"
# CLDR sets a code of letters off from its digits; Babel leaves that out.
_SPACELESS: Final = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Language:
    """What one reader reads: sentences from one catalogue, formats of one locale."""

    locale: Locale
    translations: NullTranslations

    @property
    def tag(self) -> str:
        """The language as HTML and HTTP name it: `de-AT`."""
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return str(self.locale.text_direction)

    def say(self, sentence: str, /, **facts: str) -> str:
        """A sentence in this language, with its `%(facts)s` filled in."""
        text: str = self.translations.gettext(sentence)
        return text % facts if facts else text

    def money(self, amount: Money) -> str:
        """An amount with its currency, and as many decimals as the currency has in life."""
        pattern = copy(self.locale.currency_formats["standard"])
        digits = _decimals(amount)
        pattern.frac_prec = (digits, digits)
        text: str = pattern.apply(
            Decimal(amount.minor).scaleb(-amount.currency.exponent),
            self.locale,
            currency=amount.currency.code.upper(),
            currency_digits=False,
        )
        return _SPACELESS.sub("\N{NO-BREAK SPACE}", text).replace("-", "\N{MINUS SIGN}")

    def day(self, instant: datetime, zone: str) -> str:
        """The day an instant falls on where the zone is: Monday, 23 November 2026."""
        return format_date(_there(instant, zone), "full", locale=self.locale)

    def date(self, instant: datetime, zone: str) -> str:
        """The same day in short: 23 Nov 2026."""
        return format_date(_there(instant, zone), "medium", locale=self.locale)

    def time(self, instant: datetime, zone: str) -> str:
        """The time of day there: 17:30, or 5:30 PM where that is the custom."""
        return format_time(_there(instant, zone), "short", locale=self.locale)

    def moment(self, instant: datetime, zone: str) -> str:
        """Day, time, city and offset: Monday, 23 November 2026, 17:30 (Dublin, GMT+00:00).

        The offset tells apart an hour that comes twice in a day; the zone's name would too, but
        Babel swaps summer and winter where, as in Ireland, it is winter time that deviates.
        """
        there = _there(instant, zone)
        city = get_timezone_location(there, locale=self.locale, return_city=True)
        offset = get_timezone_gmt(there, "long", locale=self.locale)
        return f"{self.day(instant, zone)}, {self.time(instant, zone)} ({city}, {offset})"


def choose(wished: str, *, country: str, catalogues: Path) -> Language:
    """The language for a locale as a browser or a shop names it (`de-AT`, `en`, nonsense).

    Without a catalogue it is English, formats included, so that no letter mixes two languages.
    A locale that names no country takes its formats from `country` where there are such.
    """
    asked = _parsed(wished) or Locale(SOURCE)
    for name in dict.fromkeys((str(asked), asked.language)):
        if name == SOURCE:
            break
        translations = _catalogue(catalogues, name)
        if translations is not None:
            return Language(_placed(asked, country), translations)
    english = asked if asked.language == SOURCE else _parsed(f"{SOURCE}_{asked.territory}")
    return Language(_placed(english or Locale(SOURCE), country), NullTranslations())


@cache
def _catalogue(folder: Path, name: str) -> NullTranslations | None:
    path = folder / name / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return None
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=name))
    compiled.seek(0)
    return Translations(compiled)


def _placed(locale: Locale, country: str) -> Locale:
    if locale.territory:
        return locale
    return _parsed(f"{locale}_{country}") or locale


def _parsed(name: str) -> Locale | None:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (ValueError, TypeError, UnknownLocaleError):
        return None


def _there(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))


def _decimals(amount: Money) -> int:
    """Stripe counts some currencies in hundredths that nobody uses: those are left out."""
    of: Currency = amount.currency
    whole = 10**of.exponent
    return 0 if of.step == whole and amount.minor % whole == 0 else of.exponent
