"""Blind indexes: finding a sealed value by an HMAC of its normal form.

The index is keyed apart from encryption and bound to the shop: equal addresses in two shops have
unlike indexes, so the column says nothing across tenants.
"""

import hashlib
import hmac
import re
import unicodedata
from typing import ClassVar, Final, Literal
from uuid import UUID

from bookedbarber.errors import Refused

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_SPACING: Final = re.compile(r"[\s().\-/\u2010-\u2015\u00a0]")
_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")


class EmailInvalid(Refused):
    """The text has not the shape of an e-mail address."""

    code: ClassVar[str] = "email_invalid"


class PhoneInvalid(Refused):
    """The text is not a phone number with its country (E.164)."""

    code: ClassVar[str] = "phone_invalid"


def normal_email(address: str) -> str:
    """Return the form under which one person's spellings of an address meet."""
    # Folding may undo the normal form, so it is made once more after.
    folded = unicodedata.normalize("NFKC", address).casefold()
    normal = unicodedata.normalize("NFKC", folded).strip()
    if not _EMAIL.fullmatch(normal):
        raise EmailInvalid("an e-mail address has one @ and no spaces")
    return normal


def normal_phone(number: str) -> str:
    """Return the digits of an E.164 number, country first; the `+` must be there to read it."""
    bare = _SPACING.sub("", unicodedata.normalize("NFKC", number))
    if not _E164.fullmatch(bare):
        raise PhoneInvalid("write the number with + and its country code")
    return bare[1:]


def blind(key: bytes, kind: Literal["email", "phone"], shop_id: UUID, normal: str) -> bytes:
    """Return HMAC-SHA-256 of a normal form, apart for each kind and shop."""
    return hmac.digest(key, f"v1|{kind}|{shop_id}|{normal}".encode(), hashlib.sha256)
