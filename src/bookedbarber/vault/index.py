"""Blind indexes: finding a sealed value by an HMAC of its normal form.

The index is keyed apart from encryption and bound to the shop: equal addresses in two shops have
unlike indexes, so the column says nothing across tenants.
"""

import hashlib
import hmac
import re
import unicodedata
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber.errors import Refused

_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")


class EmailInvalid(Refused):
    """The text has not the shape of an e-mail address."""

    code: ClassVar[str] = "email_invalid"


def normal_email(address: str) -> str:
    """Return the form under which one person's spellings of an address meet."""
    # Folding may undo the normal form, so it is made once more after.
    folded = unicodedata.normalize("NFKC", address).casefold()
    normal = unicodedata.normalize("NFKC", folded).strip()
    if not _EMAIL.fullmatch(normal):
        raise EmailInvalid("an e-mail address has one @ and no spaces")
    return normal


def blind(key: bytes, shop_id: UUID, normal: str) -> bytes:
    """Return HMAC-SHA-256 of an e-mail address in its normal form, apart for each shop."""
    return hmac.digest(key, f"v1|email|{shop_id}|{normal}".encode(), hashlib.sha256)
