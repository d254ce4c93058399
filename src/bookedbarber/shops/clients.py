"""Clients of a shop, found by their address without it being readable in the database."""

from datetime import datetime
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.shops import queries
from bookedbarber.vault import Vault, people
from bookedbarber.vault.people import Person


async def lock_or_add(
    db: Connection, vault: Vault, *, shop_id: UUID, email: str, now: datetime
) -> Person:
    """The client with this address, made if the shop has not met them, and locked: another booking
    under this address waits until the transaction ends. Raises EmailInvalid."""
    index = vault.index_email(shop_id, email)
    known = await queries.lock_client(db, shop_id=shop_id, email_index=index)
    if known is None:
        client_id = ids.new(now)
        person = await people.create(db, vault, shop_id=shop_id, subject_id=client_id, now=now)
        added = await queries.add_client(
            db,
            shop_id=shop_id,
            client_id=client_id,
            email_index=index,
            email=person.seal("clients", "email", client_id, email.strip()),
            key_id=person.key.key_id,
            now=now,
        )
        if added:
            return person
        # Somebody added the same address a moment ago; the unused key harms nobody.
        known = await queries.lock_client(db, shop_id=shop_id, email_index=index)
        if known is None:
            raise LookupError("client")
    return await people.load(
        db, vault, shop_id=shop_id, subject_id=known.client_id, key_id=known.key_id
    )


async def add_without_address(
    db: Connection, vault: Vault, *, shop_id: UUID, now: datetime
) -> Person:
    """A client who left no address: known to one visit, and found by nothing."""
    client_id = ids.new(now)
    person = await people.create(db, vault, shop_id=shop_id, subject_id=client_id, now=now)
    await queries.add_client(
        db,
        shop_id=shop_id,
        client_id=client_id,
        email_index=None,
        email=None,
        key_id=person.key.key_id,
        now=now,
    )
    return person
