"""Keys: one master key outside, one data key a person, stored only wrapped.

From the master key come, by HKDF-SHA-256, a key that wraps data keys, a key for blind indexes,
and a short public name; the master key itself encrypts nothing. A wrapped key is
`version (1) | master key name (8) | nonce (12) | ciphertext and tag (48)`.
"""

import base64
import binascii
import os
from dataclasses import dataclass, field
from typing import ClassVar, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bookedbarber.errors import Unavailable
from bookedbarber.vault import index
from bookedbarber.vault.fields import (
    KEY_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    VERSION,
    DataKey,
    SealBroken,
)
from bookedbarber.vault.safe import NAME_BYTES, Safe

_WRAPPED_BYTES: Final = len(VERSION) + NAME_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES


class MasterKeyMissing(Unavailable):
    """A key was wrapped under a master key that this process was not given."""

    code: ClassVar[str] = "vault_master_key_missing"


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The key that wraps data keys; comes from a secret store, is never printed."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError("a master key has 32 bytes")

    def derive(self, purpose: str, length: int = KEY_BYTES) -> bytes:
        """Return the key for one purpose; two purposes tell nothing of each other."""
        info = f"bookedbarber/vault/v1/{purpose}".encode()
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self.secret)


def master_key_of(text: str) -> MasterKey:
    """Read a master key from its setting: 32 bytes in base64. ValueError, without the text."""
    try:
        return MasterKey(base64.b64decode(text.strip(), validate=True))
    except (binascii.Error, ValueError):
        pass
    # Raised outside the handler: a chained error would carry the secret into a traceback.
    raise ValueError("the vault's master key is 32 bytes in base64: openssl rand -base64 32")


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as it is stored: one row of `data_keys`."""

    shop_id: UUID
    subject_id: UUID
    key_id: UUID
    wrapped: bytes


class Vault:
    """Makes, wraps and unwraps data keys, and computes blind indexes, under one master key.

    Each wrapped key names the master key it is under, so that another can follow: not yet, since
    blind indexes and the key of links come from the master key as well, and would change with it.
    """

    def __init__(self, master: MasterKey) -> None:
        self._master = master
        self._name = master.derive("name", NAME_BYTES)
        self._wrapping = AESGCM(master.derive("wrap"))
        self._safes: dict[str, Safe] = {}
        self._index_key = master.derive("blind-index")

    def new_key(
        self, *, shop_id: UUID, subject_id: UUID, key_id: UUID
    ) -> tuple[DataKey, WrappedKey]:
        """Make a random data key for a person: one form to use now, one to store."""
        key = DataKey(key_id, os.urandom(KEY_BYTES))
        return key, self._wrap(key, shop_id, subject_id)

    def unwrap(self, stored: WrappedKey) -> DataKey:
        """Open a stored key; SealBroken if it was altered or belongs to another person or shop."""
        if len(stored.wrapped) != _WRAPPED_BYTES or stored.wrapped[:1] != VERSION:
            raise SealBroken("not a wrapped key of version 1")
        name_end, nonce_end = 1 + NAME_BYTES, 1 + NAME_BYTES + NONCE_BYTES
        if stored.wrapped[1:name_end] != self._name:
            raise MasterKeyMissing("wrapped under another master key", key_id=str(stored.key_id))
        bound = _owner(stored.shop_id, stored.subject_id, stored.key_id)
        nonce, sealed = stored.wrapped[name_end:nonce_end], stored.wrapped[nonce_end:]
        try:
            return DataKey(stored.key_id, self._wrapping.decrypt(nonce, sealed, bound))
        except InvalidTag:
            raise SealBroken("a data key does not open for this person") from None

    def safe(self, purpose: str) -> Safe:
        """What seals texts of the house itself for one purpose; the same one every time."""
        if purpose not in self._safes:
            self._safes[purpose] = Safe(self._name, self._master.derive(purpose))
        return self._safes[purpose]

    def index_email(self, shop_id: UUID, address: str) -> bytes:
        """Return the 32 bytes by which a shop finds an e-mail address; EmailInvalid if none."""
        return index.blind(self._index_key, shop_id, index.normal_email(address))

    def _wrap(self, key: DataKey, shop_id: UUID, subject_id: UUID) -> WrappedKey:
        nonce = os.urandom(NONCE_BYTES)
        bound = _owner(shop_id, subject_id, key.key_id)
        sealed = self._wrapping.encrypt(nonce, key.secret, bound)
        wrapped = VERSION + self._name + nonce + sealed
        return WrappedKey(shop_id, subject_id, key.key_id, wrapped)


def _owner(shop_id: UUID, subject_id: UUID, key_id: UUID) -> bytes:
    return f"v1|data_keys|wrapped|{shop_id}|{subject_id}|{key_id}".encode()
