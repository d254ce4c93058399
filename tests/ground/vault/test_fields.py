"""Sealed fields: they open where they were sealed, and nowhere else."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.vault import DataKey, FieldRef, SealBroken, key_id_of, seal, unseal
from tests.ground.vault import gcm

KEY = DataKey(UUID(int=1), bytes(range(32)))
PLACE = FieldRef("clients", "name", UUID(int=2), UUID(int=3), UUID(int=4))
texts = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("key", "nonce", "sealed", "plain"),
    [
        # McGrew and Viega's test cases 13 and 14, for 256-bit keys.
        ("00" * 32, "00" * 12, "530f8afbc74536b9a963b4f1c4cb738b", ""),
        (
            "00" * 32,
            "00" * 12,
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
            "00" * 16,
        ),
    ],
)
def test_the_oracle_agrees_with_the_published_cases(
    key: str, nonce: str, sealed: str, plain: str
) -> None:
    opened = gcm.decrypt(bytes.fromhex(key), bytes.fromhex(nonce), bytes.fromhex(sealed), b"")
    assert opened == bytes.fromhex(plain)


@given(texts)
def test_the_sealed_bytes_are_aes_gcm_over_the_written_place(text: str) -> None:
    sealed = seal(KEY, PLACE, text)
    place = (
        "v1|clients|name|00000000-0000-0000-0000-000000000002"
        "|00000000-0000-0000-0000-000000000003|00000000-0000-0000-0000-000000000004"
        "|00000000-0000-0000-0000-000000000001"
    )
    assert sealed[:17] == b"\x01" + KEY.key_id.bytes
    opened = gcm.decrypt(KEY.secret, sealed[17:29], sealed[29:], place.encode())
    assert opened == text.encode()


@given(texts, st.binary(min_size=32, max_size=32), st.uuids())
def test_what_is_sealed_opens_in_its_place(text: str, secret: bytes, key_id: UUID) -> None:
    key = DataKey(key_id, secret)
    sealed = seal(key, PLACE, text)
    assert unseal(key, PLACE, sealed) == text
    assert key_id_of(sealed) == key_id
    assert len(sealed) == len(text.encode()) + 1 + 16 + 12 + 16


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, table="barbers"),
        replace(PLACE, column="email"),
        replace(PLACE, shop_id=uuid4()),
        replace(PLACE, subject_id=uuid4()),
        replace(PLACE, row_id=uuid4()),
        # The same ids, each in another's stead.
        replace(PLACE, shop_id=PLACE.subject_id, subject_id=PLACE.shop_id),
        replace(PLACE, row_id=PLACE.subject_id, subject_id=PLACE.row_id),
    ],
)
def test_a_value_moved_elsewhere_does_not_open(elsewhere: FieldRef) -> None:
    sealed = seal(KEY, PLACE, "Ada Lovelace")
    with pytest.raises(SealBroken):
        unseal(KEY, elsewhere, sealed)
    assert unseal(KEY, PLACE, sealed) == "Ada Lovelace"


def test_no_bit_can_be_changed() -> None:
    sealed = seal(KEY, PLACE, "Ada")
    for at in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[at] ^= 1 << bit
            with pytest.raises(SealBroken):
                unseal(KEY, PLACE, bytes(changed))


def test_nothing_can_be_cut_or_added() -> None:
    sealed = seal(KEY, PLACE, "Ada")
    for cut in [sealed[:end] for end in range(len(sealed))] + [sealed + b"\0", b"\0" + sealed]:
        with pytest.raises(SealBroken):
            unseal(KEY, PLACE, cut)


def test_another_key_does_not_open_it_even_under_the_same_id() -> None:
    sealed = seal(KEY, PLACE, "Ada")
    for other in (DataKey(KEY.key_id, bytes(32)), DataKey(uuid4(), KEY.secret)):
        with pytest.raises(SealBroken):
            unseal(other, PLACE, sealed)


def test_the_key_id_in_the_header_is_authenticated_too() -> None:
    other = DataKey(uuid4(), KEY.secret)
    sealed = seal(KEY, PLACE, "Ada")
    relabelled = sealed[:1] + other.key_id.bytes + sealed[17:]
    with pytest.raises(SealBroken):
        unseal(other, PLACE, relabelled)


def test_equal_texts_seal_to_unlike_bytes() -> None:
    sealed = {seal(KEY, PLACE, "Ada") for _ in range(1000)}
    assert len({value[17:29] for value in sealed}) == 1000
    assert len({value[29:] for value in sealed}) == 1000


@pytest.mark.parametrize("name", ["", "Clients", "a|b", "a b", "1a", "a\n", "é"])
def test_only_plain_sql_names_make_a_place(name: str) -> None:
    with pytest.raises(ValueError, match="SQL names"):
        replace(PLACE, table=name)
    with pytest.raises(ValueError, match="SQL names"):
        replace(PLACE, column=name)


def test_a_key_is_never_printed() -> None:
    assert "secret" not in repr(KEY)
    assert repr(KEY.secret) not in repr(KEY)
