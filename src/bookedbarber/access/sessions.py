"""Signing in and staying signed in.

A session is 32 random bytes in a cookie and their SHA-256 in the database. With the password alone
it opens nothing and lasts ten minutes; once a second factor was shown it goes on under another
secret (ASVS 7.2.4). It ends 15 minutes after its person was last there (PCI DSS 8.2.8) and 12 hours
after it began (ASVS 7.3).
"""

import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.access import passwords, people, queries
from bookedbarber.access.factors import Factor, FactorRefused
from bookedbarber.access.people import Person
from bookedbarber.access.queries import SessionRow
from bookedbarber.database import Connection, Database
from bookedbarber.errors import Refused
from bookedbarber.vault import Vault
from bookedbarber.vault.index import EmailInvalid

IDLE: Final = timedelta(minutes=15)
WHOLE: Final = timedelta(hours=12)
HALF: Final = timedelta(minutes=10)  # with the password alone
KEPT: Final = timedelta(days=30)  # how long a session that is over is still on record
_STEP: Final = timedelta(minutes=1)  # how exactly it is known when somebody was last there


class SignInRefused(Refused):
    """Address and password do not belong together; it never says which is wrong."""

    code: ClassVar[str] = "sign_in_refused"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is here; `factor` is what they showed beside their password, if anything."""

    session_id: UUID
    person: Person
    factor: Factor | None
    began_at: datetime


async def begin(
    database: Database, vault: Vault, *, email: str, password: str, now: datetime
) -> str:
    """Somebody knows their password; the secret of a session that waits for a second factor.

    An unknown address costs as much time as a wrong password. Raises SignInRefused.
    """
    try:
        index = vault.index_email(people.NO_SHOP, email)
    except EmailInvalid:
        raise SignInRefused from None
    async with database.platform() as db:
        account = await queries.find_account(db, email_index=index)
    if not await passwords.fits(password, account.password if account else None) or not account:
        raise SignInRefused
    secret = secrets.token_bytes(32)
    async with database.platform() as db:
        person_id, kept = account.person_id, account.password
        if not await queries.add_session(
            db,
            digest=_digest(secret),
            session_id=ids.new(now),
            person_id=person_id,
            password=kept,
            now=now,
        ):
            raise SignInRefused  # changed, or closed, while we looked
    return _written(secret)


async def complete(
    database: Database,
    *,
    secret: str,
    factor: Factor,
    show: Callable[[Connection, Person], Awaitable[None]],
    person: Person,
    now: datetime,
) -> str:
    """A session in which its person shows a second factor; the secret under which it goes on.

    `show` uses the factor up, in the same transaction. Raises what `show` raises, and FactorRefused
    when the session is over or had a factor already.
    """
    raised = secrets.token_bytes(32)
    async with database.platform() as db:
        await show(db, person)
        if not await queries.raise_session(
            db,
            digest=_digest(_read(secret) or b""),
            raised=_digest(raised),
            session_id=ids.new(now),
            factor=factor,
            now=now,
        ):
            raise FactorRefused
        await people.note_at_work(
            db, person.person_id, "person.signed_in", actor=person.actor, now=now
        )
    return _written(raised)


async def change_password(
    database: Database,
    vault: Vault,
    *,
    person: Person,
    secret: str,
    present: str,
    password: str,
    now: datetime,
) -> None:
    """Another password for somebody who knows the present one; their other sessions are over.

    `secret` is of the session they are in, which goes on. Raises SignInRefused, PasswordWeak.
    """
    index = vault.index_email(people.NO_SHOP, person.email)
    async with database.platform() as db:
        account = await queries.find_account(db, email_index=index)
    if not await passwords.fits(present, account.password if account else None) or not account:
        raise SignInRefused
    digest = await passwords.digest(password)
    mine = _digest(_read(secret) or b"")
    async with database.platform() as db:
        person_id, was = account.person_id, account.password
        if not await queries.set_digest(db, person_id=person_id, password=digest, was=was):
            raise SignInRefused  # somebody else changed it meanwhile
        await queries.end_other_sessions(db, person_id=person_id, digest=mine, now=now)
        await people.note_at_work(
            db, person_id, "person.password_changed", actor=person.actor, now=now
        )


async def resume(
    database: Database, vault: Vault, *, secret: str, present: bool = True, now: datetime
) -> Session | None:
    """The session of a secret, None when it is over or none; `present` when its person just did
    something, and not a page by itself."""
    raw = _read(secret)
    if raw is None:
        return None
    async with database.platform_statement() as db:
        row = await _find(db, raw, now=now)
        if row is None:
            return None
        if present and row.seen_at < _floor(now):
            await queries.touch_session(db, digest=_digest(raw), now=_floor(now))
    person = people.opened(
        vault, person_id=row.person_id, name=row.name, email=row.email, house=row.house
    )
    return Session(row.session_id, person, row.factor, row.created_at)


async def end(database: Database, *, secret: str, now: datetime) -> None:
    """Sign out; what is over stays over."""
    raw = _read(secret)
    if raw is None:
        return
    async with database.platform() as db:
        await queries.end_session(db, digest=_digest(raw), now=now)


async def _find(db: Connection, raw: bytes, *, now: datetime) -> SessionRow | None:
    row = await queries.find_session(
        db, digest=_digest(raw), created_after=now - WHOLE, seen_after=now - IDLE
    )
    if row and row.factor is None and row.created_at <= now - HALF:
        return None
    return row


def _floor(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _written(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).decode()


def _read(secret: str) -> bytes | None:
    try:
        raw = base64.b64decode(secret.encode(), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return raw if len(raw) == 32 else None  # bytes of a session's secret


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
