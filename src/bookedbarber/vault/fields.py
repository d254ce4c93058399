"""One field sealed with AES-256-GCM, bound to its place.

A sealed field is `version (1) | key id (16) | nonce (12) | ciphertext and tag (n + 16)`. The
place it was sealed for is authenticated and not stored: a value moved to another row, column,
shop or person does not open. Nonces are random; NIST SP 800-38D allows 2^32 per key, and a key
here seals the few fields of one person.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION: Final = b"\x01"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16

_HEADER_BYTES: Final = len(VERSION) + 16
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class SealBroken(Exception):
    """Sealed bytes were altered, moved, or opened with another key.

    Not a refusal and not an outage: data or keys are damaged, and someone must look.
    """


@dataclass(frozen=True, slots=True)
class FieldRef:
    """The one place a sealed value belongs to."""

    table: str
    column: str
    shop_id: UUID
    subject_id: UUID
    row_id: UUID

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.table) or not _NAME.fullmatch(self.column):
            raise ValueError("a table and a column are lower-case SQL names")


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one person's fields, in memory only; never printed."""

    key_id: UUID
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError("a data key has 32 bytes")


def seal(
    key: DataKey, place: FieldRef, plaintext: str, entropy: Callable[[int], bytes] = os.urandom
) -> bytes:
    """Encrypt a text for its place; sealing it again gives other bytes."""
    bound = place_bytes(place, key.key_id)
    nonce = entropy(NONCE_BYTES)
    sealed = AESGCM(key.secret).encrypt(nonce, plaintext.encode(), bound)
    return VERSION + key.key_id.bytes + nonce + sealed


def unseal(key: DataKey, place: FieldRef, sealed: bytes) -> str:
    """Decrypt what was sealed for this place with this key; SealBroken for anything else."""
    if key_id_of(sealed) != key.key_id:
        raise SealBroken("sealed with another key")
    nonce_end = _HEADER_BYTES + NONCE_BYTES
    bound = place_bytes(place, key.key_id)
    try:
        plain = AESGCM(key.secret).decrypt(
            sealed[_HEADER_BYTES:nonce_end], sealed[nonce_end:], bound
        )
    except InvalidTag:
        raise SealBroken(f"{place.table}.{place.column} does not open here") from None
    return plain.decode()


def key_id_of(sealed: bytes) -> UUID:
    """Return which data key a sealed field needs; SealBroken when it is no sealed field."""
    if len(sealed) < _HEADER_BYTES + NONCE_BYTES + TAG_BYTES or sealed[:1] != VERSION:
        raise SealBroken("not a sealed field of version 1")
    return UUID(bytes=sealed[1:_HEADER_BYTES])


def place_bytes(place: FieldRef, key_id: UUID) -> bytes:
    """Write a place as `v1|table|column|shop|person|row|key`, in one spelling only."""
    # Names cannot hold the separator and ids have one length: no two places coincide.
    ids = (place.shop_id, place.subject_id, place.row_id, key_id)
    return "|".join(("v1", place.table, place.column, *map(str, ids))).encode()
