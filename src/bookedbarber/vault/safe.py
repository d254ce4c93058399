"""What belongs to the house and to no one person of it, sealed under a key of its purpose.

A sealed text is `version (1) | master key name (8) | nonce (12) | ciphertext and tag (n + 16)`.
The place it was sealed for is authenticated and not stored. Nonces are random: choose purposes so
that none seals 2^32 texts (NIST SP 800-38D).
"""

import os
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bookedbarber.vault.fields import NONCE_BYTES, VERSION, SealBroken

NAME_BYTES: Final = 8
_NONCE: Final = slice(len(VERSION) + NAME_BYTES, len(VERSION) + NAME_BYTES + NONCE_BYTES)


class Safe:
    """Seals and opens texts of one purpose. `keys` go by the names of their master keys, the
    current one first."""

    def __init__(
        self, keys: Mapping[bytes, AESGCM], entropy: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._keys = keys
        self._current = next(iter(keys))
        self._entropy = entropy

    def seal(self, place: str, plain: bytes) -> bytes:
        """Encrypt for a place; sealing it again gives other bytes."""
        nonce = self._entropy(NONCE_BYTES)
        sealed = self._keys[self._current].encrypt(nonce, plain, place.encode())
        return VERSION + self._current + nonce + sealed

    def open(self, place: str, sealed: bytes) -> bytes:
        """Decrypt what was sealed for this place; SealBroken for anything else."""
        key = self._keys.get(sealed[len(VERSION) : _NONCE.start])
        if key is None or sealed[:1] != VERSION:
            raise SealBroken("not sealed here, or under another master key")
        try:
            return key.decrypt(sealed[_NONCE], sealed[_NONCE.stop :], place.encode())
        except (InvalidTag, ValueError):
            raise SealBroken("what was sealed does not open here") from None
