"""Looks for card digits where they must never be.

Every run of four or more digits of the number counts, except those of the last four, which
Stripe itself shows; so does the security code standing by itself. Ids, secrets, digests, times and
ports hold digits by chance: they are set aside for the short runs, never for runs of eight or more.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

_CHANCE = re.compile(
    r"\b(?:pi|pm|ch|py|cus|seti|src|req|evt|txn|acct|pk_test|cs_test)_\w+"  # ids and secrets
    r"|\b(?=[\w-]*[A-Za-z])(?=[\w-]*\d)[\w-]{12,}"  # our ids, digests in addresses, tickets
    r"|127\.0\.0\.1:\d+"
    r"|/pay/[0-9a-f]{8}"
    r"|nonce(?:-|=\")[\w-]+"
    r"|\b1[7-9]\d{8}\b"  # seconds since 1970
)
_SEPARATORS = re.compile(r"(?<=\d)[\s.\-]+(?=\d)")


def leaks(text: str, *, number: str, cvc: str) -> set[str]:
    """The digits of this card that stand somewhere in the text."""
    found: set[str] = set()
    for form in {text, unquote_plus(text)}:
        joined = _SEPARATORS.sub("", form)
        found |= {run for run in _runs(number, 8) if run in form or run in joined}
        rest = _CHANCE.sub(" ", form)
        found |= {run for run in _runs(number, 4) if run in rest and run != number[-4:]}
        if re.search(rf"(?<!\d){cvc}(?!\d)", rest):
            found.add(cvc)
    return found


def _runs(digits: str, length: int) -> Iterator[str]:
    return (digits[at : at + length] for at in range(len(digits) - length + 1))
