"""Reads an amount as people type it."""

import re
from typing import Final

from bookedbarber.money import Currency, Money

# Three digits after a comma are thousands to one reader and thousandths to another.
_EITHER_WAY: Final = re.compile(r"\d+,\d{3}")


def read(typed: str, of: Currency) -> Money:
    """The amount, with a comma or a point before its decimals.

    Raises the refusals of `Money.parse`, AmountInvalid among them for `1,200`, which is not the
    same amount to everybody.
    """
    plain = typed.strip()
    if not _EITHER_WAY.fullmatch(plain):
        plain = plain.replace(",", ".")
    return Money.parse(plain, of)
