"""The vault: names, e-mail addresses and phone numbers, readable only with a person's key.

Keeps true that a field opens in the one place it was sealed for (table, column, shop, person,
row) and nowhere else, that no key is stored unwrapped, and that deleting a person's wrapped key
makes all their fields unreadable. Leans on `cryptography` for AES-256-GCM and HKDF. Leaves to
others where wrapped keys and sealed bytes are stored. What belongs to the house and to no person
(the bodies of webhooks) is sealed under a key of its purpose (`safe.py`). This is a privacy
control: card numbers never reach us, so nothing here is about PCI DSS storage of cardholder data.
"""

from bookedbarber.vault.fields import DataKey, FieldRef, SealBroken, key_id_of, seal, unseal
from bookedbarber.vault.index import EmailInvalid, normal_email
from bookedbarber.vault.keys import (
    MasterKey,
    MasterKeyMissing,
    Vault,
    WrappedKey,
    master_key_of,
)
from bookedbarber.vault.safe import Safe

__all__ = [
    "DataKey",
    "EmailInvalid",
    "FieldRef",
    "MasterKey",
    "MasterKeyMissing",
    "Safe",
    "SealBroken",
    "Vault",
    "WrappedKey",
    "key_id_of",
    "master_key_of",
    "normal_email",
    "seal",
    "unseal",
]
