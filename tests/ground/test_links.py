"""Signed links: they open what they name, for what they were made, and nothing else."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber import links
from bookedbarber.links import Ending, LinkInvalid

KEY = bytes(range(32))
SHOP, OBJECT = UUID(int=7), UUID(int=2**127 + 5)
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary(min_size=32, max_size=64), st.uuids(), st.uuids())
def test_a_link_opens_what_it_names(key: bytes, shop: UUID, thing: UUID) -> None:
    text = links.sign(key, "manage", shop, thing)
    assert len(text) == 64
    assert set(text) <= set(URL_SAFE)
    assert links.open_(key, "manage", text) == (shop, thing)


def test_a_link_is_the_truncated_hmac_of_what_it_names() -> None:
    # Worked out apart: printf 'bookedbarber.link.v1\0manage\0'<ids> | openssl dgst -sha256 -hmac.
    assert links.sign(KEY, "manage", SHOP, OBJECT) == (
        "AAAAAAAAAAAAAAAAAAAAB4AAAAAAAAAAAAAAAAAAAAX9Cu7sjhT2aIIoETeC0Kf4"
    )


@given(st.integers(0, 63), st.sampled_from(URL_SAFE))
def test_no_character_can_be_changed(place: int, character: str) -> None:
    text = links.sign(KEY, "manage", SHOP, OBJECT)
    changed = text[:place] + character + text[place + 1 :]
    if changed != text:
        with pytest.raises(LinkInvalid):
            links.open_(KEY, "manage", changed)


def test_a_link_opens_for_its_kind_and_key_only() -> None:
    text = links.sign(KEY, "receipt", SHOP, OBJECT)
    for key, kind in ((KEY, "manage"), (bytes(32), "receipt"), (KEY, "receip"), (KEY, "receipts")):
        with pytest.raises(LinkInvalid) as refused:
            links.open_(key, kind, text)
        assert refused.value.code == "link_invalid"


@pytest.mark.parametrize(
    "text",
    ["", "A" * 63, "A" * 65, "A" * 64, "A" * 62 + "==", "A" * 63 + "\n", None, b"A" * 64, "é" * 64],
)
def test_what_is_no_link_is_refused(text: object) -> None:
    with pytest.raises(LinkInvalid):
        links.open_(KEY, "manage", text)


def test_a_short_key_or_a_link_for_nothing_is_a_defect() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        links.sign(bytes(31), "manage", SHOP, OBJECT)
    for kind in ("", "a\0b"):
        with pytest.raises(ValueError, match="kind"):
            links.sign(KEY, kind, SHOP, OBJECT)


BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
moments = st.integers(0, 10**17 // 4).map(lambda n: BEGIN + timedelta(microseconds=n))


@given(st.uuids(), st.uuids(), moments)
def test_a_link_with_an_end_lasts_at_least_so_long_and_less_than_an_hour_more(
    shop: UUID, thing: UUID, ends_at: datetime
) -> None:
    text = links.sign_until(KEY, "my", shop, thing, ends_at)
    assert len(text) == 68
    opened = links.open_until(KEY, "my", text)
    assert (opened.shop_id, opened.object_id) == (shop, thing)
    assert timedelta() <= opened.ends_at - ends_at < timedelta(hours=1)


@given(st.integers(0, 67), st.sampled_from(URL_SAFE))
def test_the_end_of_a_link_cannot_be_changed_either(place: int, character: str) -> None:
    text = links.sign_until(KEY, "my", SHOP, OBJECT, datetime(2035, 3, 5, 9, tzinfo=UTC))
    assert links.open_until(KEY, "my", text) == Ending(
        SHOP, OBJECT, datetime(2035, 3, 5, 9, tzinfo=UTC)
    )
    changed = text[:place] + character + text[place + 1 :]
    if changed != text:
        with pytest.raises(LinkInvalid):
            links.open_until(KEY, "my", changed)


def test_a_link_without_an_end_is_none_with_one_and_the_other_way_round() -> None:
    endless = links.sign(KEY, "my", SHOP, OBJECT)
    ending = links.sign_until(KEY, "my", SHOP, OBJECT, datetime(2035, 3, 5, tzinfo=UTC))
    for kind, text in (("my", endless), ("manage", ending), ("my", ending + "A"), ("my", None)):
        with pytest.raises(LinkInvalid):
            links.open_until(KEY, kind, text)
    with pytest.raises(LinkInvalid):
        links.open_(KEY, "my", ending)
