"""Blind indexes: spellings of one address meet, shops and kinds do not."""

import hashlib
import hmac
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.errors import Refused
from bookedbarber.vault import MasterKey, Vault, normal_email, normal_phone

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


@pytest.mark.parametrize(
    "spelling",
    ["+1 (212) 555-0100", "+12125550100", " +1.212.555.0100 ", "+1\u00a0212\u2011555\u20110100"],
)
def test_spellings_of_one_number_meet(spelling: str) -> None:
    assert normal_phone(spelling) == "12125550100"


@given(st.text())
def test_normal_forms_are_normal(text: str) -> None:
    for normal in (normal_email, lambda number: "+" + normal_phone(number)):
        try:
            once = normal(text)
        except Refused:
            continue
        assert normal(once) == once


@given(st.emails())
def test_every_address_has_a_normal_form_that_ignores_case(address: str) -> None:
    assert normal_email(normal_email(address)) == normal_email(address)
    assert VAULT.index_email(SHOP, address) == VAULT.index_email(SHOP, address.swapcase())


def test_the_index_of_a_value_is_apart_for_each_shop_kind_and_master_key() -> None:
    other = Vault(MasterKey(bytes(32)))
    found = {
        VAULT.index_email(SHOP, "1@2"),
        VAULT.index_email(uuid4(), "1@2"),
        other.index_email(SHOP, "1@2"),
        VAULT.index_phone(SHOP, "+12125550100"),
        VAULT.index_phone(uuid4(), "+12125550100"),
    }
    assert len(found) == 5
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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "212 555 0100",
        "0012125550100",
        "+0125550100",
        "+123456",
        "+1234567890123456",
        "+1212555010a",
        "+1+2125550100",
        "++12125550100",
        "+٣٢١٢١٢٣٤",
    ],
)
def test_what_is_no_international_number_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        VAULT.index_phone(SHOP, text)
    assert refused.value.code == "phone_invalid"
