"""What most shops sell, to begin with; every line is there to be changed.

The prices are no market data: a haircut at about 30 dollars, in the other currency by the round
sums people charge there.
"""

from dataclasses import dataclass
from typing import Final

from bookedbarber.money import Currency, Money
from bookedbarber.pages.texts import N_

# What it is called, how many minutes it takes, and how many dollars.
OFFERS: Final = (
    (N_("Haircut"), 30, 30),
    (N_("Skin fade"), 45, 36),
    (N_("Beard trim"), 20, 18),
    (N_("Cut and beard"), 60, 48),
    (N_("Hot towel shave"), 30, 32),
)
# How many whole units a dollar is taken for, and to which round sum.
_RATES: Final = {
    "aed": (4, 5), "aud": (1.5, 1), "cad": (1.3, 1), "chf": (1.5, 1), "czk": (18, 10),
    "dkk": (8, 5), "eur": (0.9, 1), "gbp": (0.8, 1), "hkd": (8, 10), "huf": (250, 100),
    "jpy": (140, 100), "mxn": (10, 10), "nok": (15, 10), "nzd": (1.5, 1), "pln": (3, 5),
    "ron": (3, 5), "sek": (13, 10), "sgd": (1.2, 1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """One proposed service."""

    name: str
    minutes: int
    price: Money


def offers(of: Currency) -> tuple[Offer, ...]:
    """The proposals in a shop's currency."""
    rate, step = _RATES.get(of.code, (1, 1))
    return tuple(
        Offer(name, minutes, Money(max(round(price * rate / step), 1) * step * 10**of.exponent, of))
        for name, minutes, price in OFFERS
    )
