"""What a new shop most likely needs, by its country: proposals for the owner to read and change.

Standard rates of VAT or GST as of November 2025, compared with mindlink.lv/useful/vat-rates-in-eu
(EU). Since then, or against that list:
Estonia 24 % (July 2025), Romania 21 % (August 2025), Bulgaria in euros (January 2026). Some tax
hairdressing at less (here: Ireland, Netherlands, Poland), by the size of a business
not at all, or by its state or town (USA, Canada, India): whoever opens a shop is told to check.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Country:
    """Where a shop can be: its currency, its zones (the usual one first) and its tax."""

    code: str
    name: str
    currency: str
    zones: tuple[str, ...]
    tax_name: str
    tax_basis_points: int
    tax_included: bool = True
    locale: str = "en"


def _euro(code: str, name: str, zone: str, rate: int, tax: str = "VAT") -> Country:
    return Country(code, name, "eur", (f"Europe/{zone}",), tax, rate)


_AMERICA: Final = tuple(
    f"America/{city}"
    for city in ("New_York", "Chicago", "Denver", "Phoenix", "Los_Angeles", "Anchorage")
)
_CANADA: Final = tuple(
    f"America/{city}"
    for city in ("Toronto", "Vancouver", "Edmonton", "Winnipeg", "Halifax", "Regina", "St_Johns")
)
_AUSTRALIA: Final = tuple(
    f"Australia/{city}"
    for city in ("Sydney", "Melbourne", "Brisbane", "Perth", "Adelaide", "Hobart", "Darwin")
)
COUNTRIES: Final = (
    Country("AU", "Australia", "aud", _AUSTRALIA, "GST", 1000, locale="en-AU"),
    _euro("AT", "Austria", "Vienna", 2000),
    _euro("BE", "Belgium", "Brussels", 2100),
    _euro("BG", "Bulgaria", "Sofia", 2000),
    Country("CA", "Canada", "cad", _CANADA, "GST/HST", 500, tax_included=False, locale="en-CA"),
    _euro("HR", "Croatia", "Zagreb", 2500),
    _euro("CY", "Cyprus", "Nicosia", 1900),
    Country("CZ", "Czechia", "czk", ("Europe/Prague",), "VAT", 2100),
    Country("DK", "Denmark", "dkk", ("Europe/Copenhagen",), "VAT", 2500),
    _euro("EE", "Estonia", "Tallinn", 2400),
    _euro("FI", "Finland", "Helsinki", 2550),
    Country("FR", "France", "eur", ("Europe/Paris",), "VAT", 2000),
    _euro("DE", "Germany", "Berlin", 1900),
    _euro("GR", "Greece", "Athens", 2400),
    Country("HK", "Hong Kong", "hkd", ("Asia/Hong_Kong",), "Tax", 0),
    Country("HU", "Hungary", "huf", ("Europe/Budapest",), "VAT", 2700),
    _euro("IE", "Ireland", "Dublin", 1350),
    _euro("IT", "Italy", "Rome", 2200),
    Country("JP", "Japan", "jpy", ("Asia/Tokyo",), "Consumption tax", 1000),
    _euro("LV", "Latvia", "Riga", 2100),
    _euro("LT", "Lithuania", "Vilnius", 2100),
    _euro("LU", "Luxembourg", "Luxembourg", 1700),
    _euro("MT", "Malta", "Malta", 1800),
    Country("MX", "Mexico", "mxn", ("America/Mexico_City", "America/Tijuana"), "IVA", 1600),
    _euro("NL", "Netherlands", "Amsterdam", 900),
    Country("NZ", "New Zealand", "nzd", ("Pacific/Auckland",), "GST", 1500, locale="en-NZ"),
    Country("NO", "Norway", "nok", ("Europe/Oslo",), "VAT", 2500),
    Country("PL", "Poland", "pln", ("Europe/Warsaw",), "VAT", 800),
    Country("PT", "Portugal", "eur", ("Europe/Lisbon", "Atlantic/Azores"), "VAT", 2300),
    Country("RO", "Romania", "ron", ("Europe/Bucharest",), "VAT", 2100),
    Country("SG", "Singapore", "sgd", ("Asia/Singapore",), "GST", 900),
    _euro("SK", "Slovakia", "Bratislava", 2300),
    _euro("SI", "Slovenia", "Ljubljana", 2200),
    Country("ES", "Spain", "eur", ("Europe/Madrid", "Atlantic/Canary"), "VAT", 2100),
    Country("SE", "Sweden", "sek", ("Europe/Stockholm",), "VAT", 2500),
    Country("CH", "Switzerland", "chf", ("Europe/Zurich",), "VAT", 810),
    Country("AE", "United Arab Emirates", "aed", ("Asia/Dubai",), "VAT", 500),
    Country("GB", "United Kingdom", "gbp", ("Europe/London",), "VAT", 2000, locale="en-GB"),
    Country(
        "US", "United States", "usd", _AMERICA, "Sales tax", 0, tax_included=False, locale="en-US"
    ),
)
BY_CODE: Final = {country.code: country for country in COUNTRIES}
