"""Keys: wrapped for one person, opened by the right master key, changed without downtime."""

import base64
import os
import traceback
from dataclasses import replace
from uuid import uuid4

import pytest

from bookedbarber.vault import (
    DataKey,
    FieldRef,
    MasterKey,
    MasterKeyMissing,
    SealBroken,
    Vault,
    WrappedKey,
    master_key_of,
    seal,
    unseal,
)

MASTER = MasterKey(bytes(range(32)))
SHOP, PERSON, KEY_ID = uuid4(), uuid4(), uuid4()


def fresh(vault: Vault) -> tuple[DataKey, WrappedKey]:
    return vault.new_key(shop_id=SHOP, subject_id=PERSON, key_id=KEY_ID)


def test_a_stored_key_opens_to_the_key_that_was_made() -> None:
    vault = Vault(MASTER)
    key, stored = fresh(vault)
    assert vault.unwrap(stored) == key
    assert Vault(MASTER).unwrap(stored) == key
    assert key.secret not in stored.wrapped


def test_each_new_key_is_its_own() -> None:
    vault = Vault(MASTER)
    assert len({fresh(vault)[0].secret for _ in range(100)}) == 100


def test_a_wrapped_key_given_to_another_person_does_not_open() -> None:
    vault = Vault(MASTER)
    _, stored = fresh(vault)
    for moved in (
        replace(stored, shop_id=uuid4()),
        replace(stored, subject_id=uuid4()),
        replace(stored, key_id=uuid4()),
        replace(stored, shop_id=PERSON, subject_id=SHOP),
    ):
        with pytest.raises(SealBroken):
            vault.unwrap(moved)


def test_no_byte_of_a_wrapped_key_can_be_changed_or_cut() -> None:
    vault = Vault(MASTER)
    _, stored = fresh(vault)
    for at in range(len(stored.wrapped)):
        changed = bytearray(stored.wrapped)
        changed[at] ^= 1
        with pytest.raises((SealBroken, MasterKeyMissing)):
            vault.unwrap(replace(stored, wrapped=bytes(changed)))
        with pytest.raises(SealBroken):
            vault.unwrap(replace(stored, wrapped=stored.wrapped[:at]))


def test_what_is_under_another_master_key_is_told_from_what_is_broken() -> None:
    _, stored = fresh(Vault(MASTER))
    with pytest.raises(MasterKeyMissing) as missing:
        Vault(MasterKey(os.urandom(32))).unwrap(stored)
    assert missing.value.code == "vault_master_key_missing"


def test_one_persons_key_opens_nothing_of_another() -> None:
    vault = Vault(MASTER)
    ours, _ = fresh(vault)
    theirs, _ = vault.new_key(shop_id=SHOP, subject_id=uuid4(), key_id=uuid4())
    place = FieldRef("clients", "name", SHOP, PERSON, uuid4())
    with pytest.raises(SealBroken):
        unseal(theirs, place, seal(ours, place, "Ada"))


def test_each_purpose_has_its_own_key() -> None:
    derived = {MASTER.derive(purpose) for purpose in ("wrap", "blind-index", "name")}
    assert len(derived) == 3
    assert MASTER.secret not in derived


def test_a_master_key_is_read_from_base64_of_32_bytes() -> None:
    assert master_key_of(base64.b64encode(bytes(range(32))).decode() + "\n") == MASTER


@pytest.mark.parametrize("secret", ["", "c2hvcnQ=", "not base64 but secret", "A" * 44, "é" * 44])
def test_a_bad_master_key_is_named_without_being_shown(secret: str) -> None:
    with pytest.raises(ValueError, match="openssl rand -base64 32") as refused:
        master_key_of(secret)
    shown = "".join(traceback.format_exception(refused.value, chain=True))
    assert not secret or secret not in shown
    assert refused.value.__context__ is None


def test_keys_of_another_length_are_a_defect() -> None:
    for make in (MasterKey, lambda secret: DataKey(KEY_ID, secret)):
        with pytest.raises(ValueError, match="32 bytes"):
            make(bytes(16))


def test_a_master_key_is_never_printed() -> None:
    assert repr(MASTER) == "MasterKey()"
