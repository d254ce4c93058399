"""Identifiers: sorted by time, one spelling each, and never taken for another kind."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber import ids
from bookedbarber.ids import PREFIXES, IdInvalid, Prefix

instants = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 -- Hypothesis takes naive bounds and adds the zone
prefixes = st.sampled_from(sorted(PREFIXES))


def some(count: int) -> bytes:
    return bytes(range(count))


@given(instants)
def test_an_id_is_a_uuid_of_version_7_that_carries_its_millisecond(now: datetime) -> None:
    made = ids.new(now)
    assert (made.version, made.variant) == (7, RFC_4122)
    millis = (now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert made.int >> 80 == millis


@given(instants, st.binary(min_size=8, max_size=8), st.binary(min_size=8, max_size=8))
def test_an_id_of_a_later_microsecond_sorts_later(
    now: datetime, first: bytes, second: bytes
) -> None:
    earlier = ids.new(now - timedelta(microseconds=1) if now.year > 1970 else now, lambda _: first)
    later = ids.new(now + timedelta(microseconds=1), lambda _: second)
    assert earlier < later
    assert ids.show("pay", earlier) < ids.show("pay", later)


def test_ids_of_one_instant_differ() -> None:
    now = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert len({ids.new(now) for _ in range(10_000)}) == 10_000


def test_the_same_entropy_makes_the_same_id() -> None:
    now = datetime(2025, 11, 23, 7, 26, 0, 123_456, tzinfo=UTC)
    assert ids.new(now, some) == UUID("019aaf9a-f7bb-774b-8001-020304050607")


def test_the_example_of_the_rfc_is_reached_but_for_its_random_bits() -> None:
    # RFC 9562, appendix A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F at 2022-02-22 19:22:22 UTC.
    now = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    made = ids.new(now, lambda _: bytes.fromhex("18C4DC0C0C07398F"))
    assert str(made) == "017f22e2-79b0-7000-98c4-dc0c0c07398f"


@pytest.mark.parametrize(
    "when",
    [datetime(2026, 1, 1), datetime(1969, 12, 31, 23, 59, tzinfo=UTC)],  # noqa: DTZ001 -- naive is the point
)
def test_no_id_is_made_without_zone_or_before_1970(when: datetime) -> None:
    with pytest.raises(ValueError, match=r"zone|1970"):
        ids.new(when)


@given(prefixes, st.uuids())
def test_what_is_shown_reads_back(prefix: Prefix, value: UUID) -> None:
    text = ids.show(prefix, value)
    assert text[:4] == f"{prefix}_"
    assert len(text) == 30
    assert text == text.lower()
    assert ids.parse(prefix, text) == value


@given(st.uuids(), st.uuids())
def test_the_shown_form_sorts_as_the_id_does(one: UUID, other: UUID) -> None:
    assert (ids.show("ent", one) < ids.show("ent", other)) == (one < other)


@given(st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=26, max_size=26))
def test_what_reads_has_only_that_spelling(text: str) -> None:
    try:
        value = ids.parse("job", f"job_{text}")
    except IdInvalid:
        assert text[0] > "7"
    else:
        assert ids.show("job", value) == f"job_{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pay_",
        None,
        7,
        b"pay_00000000000000000000000000",
        "pay_0000000000000000000000000",
        "pay_000000000000000000000000000",
        "ref_00000000000000000000000000",
        "PAY_00000000000000000000000000",
        "pay_0000000000000000000000000A",
        "pay_0000000000000000000000000i",
        "pay_0000000000000000000000000l",
        "pay_0000000000000000000000000o",
        "pay_0000000000000000000000000u",
        "pay_0000000000000000000000000\n",
        "pay_0000000000000000000000000٣",
        "pay_80000000000000000000000000",
        "pay_zzzzzzzzzzzzzzzzzzzzzzzzzz",
        "00000000-0000-0000-0000-000000000000",
        "pay-00000000000000000000000000",
    ],
)
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(IdInvalid) as refused:
        ids.parse("pay", text)
    assert refused.value.code == "id_invalid"


def test_only_known_prefixes_are_shown() -> None:
    with pytest.raises(ValueError, match="prefix"):
        ids.show("xyz", UUID(int=1))  # type: ignore[arg-type]  # an unknown prefix is the point
