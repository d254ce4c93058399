"""Codes of an authenticator app (RFC 6238): six digits that change every 30 seconds.

A code is good once (ASVS 6.5.1): the step of the last one is kept, and a step that is not later is
refused. The step before the present one passes too, since a code takes a while to be typed: a
recorded deviation from ASVS 6.5.5. The clock is the server's.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pyotp

from bookedbarber import ids
from bookedbarber.access import people, queries
from bookedbarber.access.factors import FactorRefused
from bookedbarber.access.people import Person
from bookedbarber.database import Connection
from bookedbarber.vault import Safe, Vault

ISSUER: Final = "BookedBarber"
UNPROVEN: Final = timedelta(minutes=30)  # how long a seed waits for its first code


@dataclass(frozen=True, slots=True)
class Begun:
    """An authenticator to be set up: what its app reads as a picture, and what can be typed."""

    seed_id: UUID
    secret: str
    address: str


async def begin(db: Connection, vault: Vault, *, person: Person, now: datetime) -> Begun:
    """A new seed for somebody; it opens nothing until its first code is right."""
    seed_id, secret = ids.new(now), pyotp.random_base32()
    sealed = _safe(vault).seal(_place(seed_id), secret.encode())
    await queries.add_seed(db, seed_id=seed_id, person_id=person.person_id, seed=sealed, now=now)
    return _begun(seed_id, secret, person)


async def hand_over(
    db: Connection, vault: Vault, *, person: Person, secret: str, now: datetime
) -> None:
    """A seed whose codes somebody has already: a factor at once."""
    seed_id = ids.new(now)
    sealed = _safe(vault).seal(_place(seed_id), secret.encode())
    await queries.add_seed(db, seed_id=seed_id, person_id=person.person_id, seed=sealed, now=now)
    await queries.prove_seed(db, seed_id=seed_id, step=0, now=now)


async def again(
    db: Connection, vault: Vault, *, person: Person, seed_id: UUID, now: datetime
) -> Begun | None:
    """A seed that still waits for its first code; None when there is none."""
    sealed = await queries.find_seed(
        db, seed_id=seed_id, person_id=person.person_id, created_after=now - UNPROVEN
    )
    return _begun(seed_id, _open(vault, seed_id, sealed), person) if sealed else None


async def prove(
    db: Connection, vault: Vault, *, person: Person, seed_id: UUID, code: str, now: datetime
) -> None:
    """The first code of a seed: from now on it is a factor. Raises FactorRefused."""
    begun = await again(db, vault, person=person, seed_id=seed_id, now=now)
    step = _step(begun.secret, code, now) if begun else None
    if step is None or not await queries.prove_seed(db, seed_id=seed_id, step=step, now=now):
        raise FactorRefused
    await people.note_at_work(
        db, person.person_id, "person.factor_added", actor=person.actor, now=now
    )


async def accept(
    db: Connection, vault: Vault, *, person_id: UUID, code: str, now: datetime
) -> None:
    """Use up a code of any of somebody's authenticators. Raises FactorRefused."""
    for row in await queries.seeds_of(db, person_id=person_id):
        step = _step(_open(vault, row.seed_id, row.seed), code, now)
        if step is not None and await queries.use_step(db, seed_id=row.seed_id, step=step):
            return
    raise FactorRefused


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The step that a code is of: the present one or the one before."""
    totp, typed = pyotp.TOTP(secret), "".join(code.split())
    present = totp.timecode(now)
    for step in (present, present - 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def _begun(seed_id: UUID, secret: str, person: Person) -> Begun:
    address = pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=ISSUER)
    return Begun(seed_id, secret, address)


def _open(vault: Vault, seed_id: UUID, sealed: bytes) -> str:
    return _safe(vault).open(_place(seed_id), sealed).decode()


def _safe(vault: Vault) -> Safe:
    return vault.safe(people.SAFE)


def _place(seed_id: UUID) -> str:
    return f"totp_seeds.seed.{seed_id}"
