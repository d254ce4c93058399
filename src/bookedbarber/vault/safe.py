"""What belongs to the house and to no one person of it, sealed under a key of its purpose.

A sealed text is `version (1) | master key name (8) | nonce (12) | ciphertext and tag (n + 16)`.
The place it was sealed for is authenticated and not stored. Nonces are random: choose purposes so
that none seals 2^32 texts (NIST SP 800-38D).
"""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bookedbarber.vault.fields import NONCE_BYTES, VERSION, SealBroken

NAME_BYTES: Final = 8
_NONCE: Final = slice(len(VERSION) + NAME_BYTES, len(VERSION) + NAME_BYTES + NONCE_BYTES)


class Safe:
    """Seals and opens texts of one purpose, under a key that comes from the master key named."""

    def __init__(self, master_name: bytes, key: bytes) -> None:
        self._name = master_name
        self._cipher = AESGCM(key)

    def seal(self, place: str, plain: bytes) -> bytes:
        """Encrypt for a place; sealing it again gives other bytes."""
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + self._name + nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, place: str, sealed: bytes) -> bytes:
        """Decrypt what was sealed for this place; SealBroken for anything else."""
        if sealed[: _NONCE.start] != VERSION + self._name:
            raise SealBroken("not sealed here, or under another master key")
        try:
            return self._cipher.decrypt(sealed[_NONCE], sealed[_NONCE.stop :], place.encode())
        except (InvalidTag, ValueError):
            raise SealBroken("what was sealed does not open here") from None
