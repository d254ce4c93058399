"""A person's key, kept and fetched: sealing and opening their fields in one place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.vault import queries
from bookedbarber.vault.fields import DataKey, FieldRef, seal, unseal
from bookedbarber.vault.keys import Vault, WrappedKey


class PersonForgotten(Refused):
    """The person's key was destroyed: what was sealed with it can never be read again."""

    code: ClassVar[str] = "person_forgotten"


@dataclass(frozen=True, slots=True)
class Person:
    """A person of one shop whose fields can be sealed and opened."""

    shop_id: UUID
    subject_id: UUID
    key: DataKey

    def seal(self, table: str, column: str, row_id: UUID, plain: str) -> bytes:
        """Encrypt a text for one field of one row."""
        return seal(self.key, self._place(table, column, row_id), plain)

    def open(self, table: str, column: str, row_id: UUID, sealed: bytes) -> str:
        """Decrypt what was sealed for this field of this row; SealBroken for anything else."""
        return unseal(self.key, self._place(table, column, row_id), sealed)

    def _place(self, table: str, column: str, row_id: UUID) -> FieldRef:
        return FieldRef(table, column, self.shop_id, self.subject_id, row_id)


async def create(
    db: Connection, vault: Vault, *, shop_id: UUID, subject_id: UUID, now: datetime
) -> Person:
    """Give a person a key of their own."""
    key, stored = vault.new_key(shop_id=shop_id, subject_id=subject_id, key_id=ids.new(now))
    await queries.keep_key(
        db,
        shop_id=shop_id,
        subject_id=subject_id,
        key_id=key.key_id,
        wrapped=stored.wrapped,
        now=now,
    )
    return Person(shop_id, subject_id, key)


async def load(
    db: Connection, vault: Vault, *, shop_id: UUID, subject_id: UUID, key_id: UUID
) -> Person:
    """A person with their key. Raises PersonForgotten once it was destroyed."""
    wrapped = await queries.find_key(db, shop_id=shop_id, subject_id=subject_id, key_id=key_id)
    if wrapped is None:
        raise PersonForgotten
    return Person(
        shop_id, subject_id, vault.unwrap(WrappedKey(shop_id, subject_id, key_id, wrapped))
    )


async def load_all(
    db: Connection, vault: Vault, *, shop_id: UUID, keys: Iterable[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], Person]:
    """Several people of one shop by person and key, in one query; who was forgotten is missing."""
    wanted = list(keys)
    found = await queries.find_keys(
        db,
        shop_id=shop_id,
        subject_ids=[subject_id for subject_id, _ in wanted],
        key_ids=[key_id for _, key_id in wanted],
    )
    return {
        (row.subject_id, row.key_id): Person(
            shop_id,
            row.subject_id,
            vault.unwrap(WrappedKey(shop_id, row.subject_id, row.key_id, row.wrapped)),
        )
        for row in found
    }
