"""Accounts, and what their people are in each shop.

Names and addresses are sealed under a key of the house, since an account is of no single shop.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.access import queries
from bookedbarber.access.passwords import Digest
from bookedbarber.access.queries import Workplace
from bookedbarber.access.roles import HOUSE, Role
from bookedbarber.audit import trail
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.vault import Vault
from bookedbarber.vault.index import normal_email

SAFE: Final = "people"
# Blind indexes are kept apart for each shop; an account is of none.
NO_SHOP: Final = UUID(int=0)
LONGEST_NAME: Final = 100


class EmailInUse(Refused):
    """There is an account with this address."""

    code: ClassVar[str] = "email_in_use"


class PersonNameMissing(Refused):
    """An account needs the name of its person, of at most 100 characters."""

    code: ClassVar[str] = "person_name_missing"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    person_id: UUID
    name: str
    email: str
    house: Role | None = None

    @property
    def actor(self) -> str:
        """The person as the audit trail names them."""
        return f"staff:{ids.show('per', self.person_id)}"


def check(*, name: str, email: str) -> None:
    """What an account needs, before its password costs anything. Raises PersonNameMissing,
    EmailInvalid."""
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise PersonNameMissing
    normal_email(email)


async def add(
    db: Connection,
    vault: Vault,
    *,
    name: str,
    email: str,
    password: Digest,
    house: Role | None = None,
    now: datetime,
) -> Person:
    """A new account. Raises PersonNameMissing, EmailInvalid, EmailInUse."""
    name, email = name.strip(), email.strip()
    check(name=name, email=email)
    index = vault.index_email(NO_SHOP, email)
    person_id, safe = ids.new(now), vault.safe(SAFE)
    added = await queries.add_person(
        db,
        person_id=person_id,
        email_index=index,
        email=safe.seal(_place("email", person_id), email.encode()),
        name=safe.seal(_place("name", person_id), name.encode()),
        password=password,
        house=house,
        now=now,
    )
    if not added:
        raise EmailInUse
    return Person(person_id, name, email, house)


async def find(db: Connection, vault: Vault, *, email: str) -> Person | None:
    """Whoever has an account with this address. Raises EmailInvalid."""
    index = vault.index_email(NO_SHOP, email)
    account = await queries.find_account(db, email_index=index)
    row = account and await queries.load_person(db, person_id=account.person_id)
    if not row:
        return None
    return opened(vault, person_id=row.person_id, name=row.name, email=row.email, house=row.house)


async def employ(
    db: Connection,
    *,
    shop_id: UUID,
    person_id: UUID,
    role: Role,
    barber_id: UUID | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Somebody works in a shop from now on; a barber has a column of their own."""
    await queries.add_membership(
        db, shop_id=shop_id, person_id=person_id, role=role, barber_id=barber_id, now=now
    )
    facts = {"role": role, "barber": ids.show("bar", barber_id) if barber_id else None}
    await _note(db, shop_id, person_id, "person.employed", actor=actor, facts=facts, now=now)


async def dismiss(
    db: Connection, *, shop_id: UUID, person_id: UUID, actor: str, now: datetime
) -> bool:
    """Somebody works in a shop no more, at once; False when they did not."""
    ended = await queries.end_membership(db, shop_id=shop_id, person_id=person_id, now=now)
    if ended:
        await _note(db, shop_id, person_id, "person.dismissed", actor=actor, facts={}, now=now)
    return bool(ended)


async def close(db: Connection, *, person: Person, actor: str, now: datetime) -> bool:
    """An account is over for good, and every session of it; every shop its person works in knows.

    False when it was over before.
    """
    await queries.lock_person(db, person_id=person.person_id)
    await note_at_work(db, person.person_id, "person.closed", actor=actor, now=now)
    await queries.end_sessions(db, person_id=person.person_id, now=now)
    return bool(await queries.end_person(db, person_id=person.person_id, now=now))


async def note_at_work(
    db: Connection, person_id: UUID, act: str, *, actor: str, now: datetime
) -> None:
    """Write on the trail of every shop somebody works in; a shop that the house merely may enter
    hears nothing."""
    for place in await queries.shops_of(db, person_id=person_id):
        if place.role not in HOUSE:
            await _note(db, place.shop_id, person_id, act, actor=actor, facts={}, now=now)


async def workplaces(db: Connection, *, person: Person) -> list[Workplace]:
    """The shops a person may enter, by name."""
    return await queries.shops_of(db, person_id=person.person_id)


async def enter(db: Connection, *, person: Person, slug: str, now: datetime) -> Workplace | None:
    """What a person is in a shop, None when nothing; the first look of the house into a shop on a
    day is audited there."""
    place = await queries.place_in(db, person_id=person.person_id, slug=slug)
    if place and place.role in HOUSE:
        first = await queries.note_platform_visit(
            db, shop_id=place.shop_id, person_id=person.person_id, day=now.date()
        )
        if first:
            await _note(
                db, place.shop_id, person.person_id, "platform.entered",
                actor=person.actor, facts={}, now=now,
            )  # fmt: skip
    return place


def opened(
    vault: Vault, *, person_id: UUID, name: bytes, email: bytes, house: Role | None = None
) -> Person:
    """A person as read from their row."""
    safe = vault.safe(SAFE)
    return Person(
        person_id,
        safe.open(_place("name", person_id), name).decode(),
        safe.open(_place("email", person_id), email).decode(),
        house,
    )


def _place(column: str, person_id: UUID) -> str:
    return f"people.{column}.{person_id}"


async def _note(
    db: Connection,
    shop_id: UUID,
    person_id: UUID,
    act: str,
    *,
    actor: str,
    facts: dict[str, str | None],
    now: datetime,
) -> None:
    await trail.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act=act,
        object=ids.show("per", person_id),
        facts=facts,
        now=now,
    )
