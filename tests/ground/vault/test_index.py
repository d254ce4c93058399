"""Blind indexes: spellings of one address meet, shops do not."""

import hashlib
import hmac
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.errors import Refused
from bookedbarber.vault import MasterKey, Vault, normal_email

VAULT = Vault(MasterKey(bytes(range(32))))
SHOP = UUID(int=2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.com", "  ADA@Example.COM\n"),
        ("straße@example.de", "STRASSE@example.de"),
        ("jose\u0301@example.com", "jos\u00e9@example.com"),
        ("ada@example.com", "\uff41da@example.com"),
    ],
)
def test_spellings_of_one_address_meet(one: str, other: str) -> None:
    assert VAULT.index_email(SHOP, one) == VAULT.index_email(SHOP, other)


@given(st.text())
def test_normal_forms_are_normal(text: str) -> None:
    try:
        once = normal_email(text)
    except Refused:
        return
    assert normal_email(once) == once


@given(st.emails())
def test_every_address_has_a_normal_form_that_ignores_case(address: str) -> None:
    assert normal_email(normal_email(address)) == normal_email(address)
    assert VAULT.index_email(SHOP, address) == VAULT.index_email(SHOP, address.swapcase())


def test_the_index_of_a_value_is_apart_for_each_shop_and_master_key() -> None:
    other = Vault(MasterKey(bytes(32)))
    found = {
        VAULT.index_email(SHOP, "1@2"),
        VAULT.index_email(uuid4(), "1@2"),
        other.index_email(SHOP, "1@2"),
    }
    assert len(found) == 3
    assert {len(index) for index in found} == {32}


def test_an_index_stays_what_it_was_across_versions() -> None:
    # Stored rows depend on it. Worked out apart, from HKDF's and HMAC's definitions.
    extracted = hmac.digest(bytes(32), bytes(range(32)), hashlib.sha256)
    key = hmac.digest(extracted, b"bookedbarber/vault/v1/blind-index\x01", hashlib.sha256)
    said = b"v1|email|00000000-0000-0000-0000-000000000002|ada@example.com"
    expected = hmac.digest(key, said, hashlib.sha256)
    assert VAULT.index_email(SHOP, "Ada@example.com") == expected


@pytest.mark.parametrize("text", ["", "ada", "@", "a@", "@b", "a@b@c", "a b@c", "a@b c", "a\n@b"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        VAULT.index_email(SHOP, text)
    assert refused.value.code == "email_invalid"
