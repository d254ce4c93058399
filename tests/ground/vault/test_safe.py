"""What the house seals for itself opens in its place, for its purpose, under its master key."""

import pytest

from bookedbarber.vault import MasterKey, SealBroken, Vault

ONE, OTHER = MasterKey(bytes(32)), MasterKey(bytes(31) + b"1")


def test_what_was_sealed_opens_in_its_place_and_looks_new_each_time() -> None:
    safe = Vault(ONE).safe("letters")
    first, second = (safe.seal("a 1", b"\xff\0said") for _ in range(2))
    assert first != second
    assert b"said" not in first
    assert safe.open("a 1", first) == safe.open("a 1", second) == b"\xff\0said"


@pytest.mark.parametrize(
    "opened",
    [
        lambda sealed: Vault(ONE).safe("letters").open("a 2", sealed),
        lambda sealed: Vault(ONE).safe("others").open("a 1", sealed),
        lambda sealed: Vault(OTHER).safe("letters").open("a 1", sealed),
        lambda sealed: Vault(ONE).safe("letters").open("a 1", sealed[:-1]),
        lambda sealed: Vault(ONE).safe("letters").open("a 1", sealed[:20]),
        lambda sealed: Vault(ONE).safe("letters").open("a 1", b"\x02" + sealed[1:]),
        lambda sealed: Vault(ONE).safe("letters").open("a 1", sealed[:0]),
    ],
    ids=["place", "purpose", "master key", "cut", "header alone", "version", "nothing"],
)
def test_anything_else_opens_nothing(opened: object) -> None:
    sealed = Vault(ONE).safe("letters").seal("a 1", b"said")
    assert callable(opened)
    with pytest.raises(SealBroken):
        opened(sealed)
