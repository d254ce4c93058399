"""Signed links: whoever holds one may do the one thing it names, without an account.

A link carries a shop and an object; its kind (`manage`, `receipt`…) is bound into the signature,
so that a link to see a receipt never cancels an appointment. One for a single visit has no end of
its own: what it opens decides, by its state and its dates, what may still be done. One that opens
more than a visit carries its end, in whole hours, under the same signature
(docs/decisions/0011-links-that-end.md).
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber.errors import Refused

_LABEL: Final = b"bookedbarber.link.v1"
_MAC_BYTES: Final = 16
_LEAST_KEY_BYTES: Final = 32
# 48 bytes fill 64 characters to the last bit: each link has one spelling.
_TEXT: Final = re.compile(r"[A-Za-z0-9_-]{64}", re.ASCII)
# And 51 bytes fill 68: three more for the hour in which it ends, which last beyond the year 3800.
_ENDING: Final = re.compile(r"[A-Za-z0-9_-]{68}", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)


class LinkInvalid(Refused):
    """The link was not signed by us for this purpose. It never says which part was wrong."""

    code: ClassVar[str] = "link_invalid"


@dataclass(frozen=True, slots=True)
class Ending:
    """What a link with an end opens, and until when."""

    shop_id: UUID
    object_id: UUID
    ends_at: datetime


def sign(key: bytes, kind: str, shop_id: UUID, object_id: UUID) -> str:
    """Return the 64 URL-safe characters that open this object of this shop for this purpose."""
    named = shop_id.bytes + object_id.bytes
    return base64.urlsafe_b64encode(named + _mac(key, kind, named)).decode()


def open_(key: bytes, kind: str, text: object) -> tuple[UUID, UUID]:
    """Return the shop and the object a link names; LinkInvalid unless we signed it for `kind`."""
    if not isinstance(text, str) or not _TEXT.fullmatch(text):
        raise LinkInvalid
    carried = base64.urlsafe_b64decode(text)
    named, mac = carried[:-_MAC_BYTES], carried[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, kind, named)):
        raise LinkInvalid
    return UUID(bytes=named[:16]), UUID(bytes=named[16:])


def sign_until(key: bytes, kind: str, shop_id: UUID, object_id: UUID, ends_at: datetime) -> str:
    """Return the 68 URL-safe characters that open this object until the hour after `ends_at`."""
    hours = -((_EPOCH - ends_at) // _HOUR)
    named = shop_id.bytes + object_id.bytes + hours.to_bytes(3, "big")
    return base64.urlsafe_b64encode(named + _mac(key, kind, named)).decode()


def open_until(key: bytes, kind: str, text: object) -> Ending:
    """Return what a link names and when it ends, for the caller to compare with the time.

    Raises LinkInvalid unless we signed it for `kind`.
    """
    if not isinstance(text, str) or not _ENDING.fullmatch(text):
        raise LinkInvalid
    carried = base64.urlsafe_b64decode(text)
    named, mac = carried[:-_MAC_BYTES], carried[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, kind, named)):
        raise LinkInvalid
    hours = int.from_bytes(named[32:], "big")
    return Ending(UUID(bytes=named[:16]), UUID(bytes=named[16:32]), _EPOCH + hours * _HOUR)


def _mac(key: bytes, kind: str, named: bytes) -> bytes:
    if len(key) < _LEAST_KEY_BYTES:
        raise ValueError(f"a link key has at least {_LEAST_KEY_BYTES} bytes")
    # Zero bytes end label and kind, and `named` has one of two lengths: no two messages coincide.
    if not kind or "\0" in kind:
        raise ValueError("a link has a kind")
    message = _LABEL + b"\0" + kind.encode() + b"\0" + named
    return hmac.digest(key, message, hashlib.sha256)[:_MAC_BYTES]
