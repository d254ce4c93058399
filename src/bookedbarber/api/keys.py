"""API keys of a shop: `bbk_` and 64 characters that name the shop, the key and its secret.

Only a digest is kept, and the last four characters, by which people tell keys apart: of 128 random
bits 104 stay unknown, so a plain SHA-256 is enough.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.api import queries
from bookedbarber.api.queries import KeyListed
from bookedbarber.audit import trail
from bookedbarber.database import Connection, Database, Json
from bookedbarber.errors import Refused

PREFIX: Final = "bbk_"
_SECRET: Final = 16


class KeyMissing(Refused):
    """The request carries no API key."""

    code: ClassVar[str] = "key_missing"


class KeyInvalid(Refused):
    """The API key is malformed, unknown or revoked; it never says which."""

    code: ClassVar[str] = "key_invalid"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and for which shop."""

    shop_id: UUID
    key_id: UUID

    @property
    def actor(self) -> str:
        """The caller as the audit trail names them."""
        return actor_of(self.key_id)


def actor_of(key_id: UUID) -> str:
    """Whoever holds this key, as the audit trail names them: two keys may have one name."""
    return f"api:{ids.show('key', key_id)}"


async def create(
    db: Connection, *, shop_id: UUID, name: str, now: datetime, actor: str = trail.OPERATOR
) -> str:
    """A new key, shown this once."""
    key_id, secret = ids.new(now), secrets.token_bytes(_SECRET)
    text = PREFIX + base64.urlsafe_b64encode(shop_id.bytes + key_id.bytes + secret).decode()
    await queries.add_key(
        db,
        shop_id=shop_id,
        key_id=key_id,
        name=name,
        digest=_digest(secret),
        ending=text[-4:],
        now=now,
    )
    facts: dict[str, Json] = {"name": name}
    await _note(db, shop_id, key_id, act="api_key.created", facts=facts, actor=actor, now=now)
    return text


async def of_shop(db: Connection, *, shop_id: UUID) -> list[KeyListed]:
    """Every key the shop ever had, oldest first; no secret is among it."""
    return await queries.list_keys(db, shop_id=shop_id)


async def revoke(
    db: Connection, *, shop_id: UUID, key_id: UUID, now: datetime, actor: str = trail.OPERATOR
) -> bool:
    """Put a key out of force at once; False when it was not in force."""
    revoked = await queries.revoke_key(db, shop_id=shop_id, key_id=key_id, now=now)
    if revoked:
        await _note(db, shop_id, key_id, act="api_key.revoked", facts={}, actor=actor, now=now)
    return bool(revoked)


async def _note(
    db: Connection,
    shop_id: UUID,
    key_id: UUID,
    *,
    act: str,
    facts: dict[str, Json],
    actor: str,
    now: datetime,
) -> None:
    await trail.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act=act,
        object=ids.show("key", key_id),
        facts=facts,
        now=now,
    )


async def check(database: Database, authorization: str | None) -> Caller:
    """Who sent `Authorization: Bearer …`. Raises KeyMissing or KeyInvalid."""
    scheme, _, text = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise KeyMissing
    shop_id, key_id, secret = _read(text.strip())
    async with database.tenant(shop_id) as db:
        known = await queries.find_key(db, shop_id=shop_id, key_id=key_id)
    if known is None or not hmac.compare_digest(known.digest, _digest(secret)):
        raise KeyInvalid
    return Caller(shop_id, key_id)


def _read(text: str) -> tuple[UUID, UUID, bytes]:
    try:
        raw = base64.urlsafe_b64decode(text.removeprefix(PREFIX))
    except ValueError:
        raw = b""
    if len(raw) != 32 + _SECRET or not text.startswith(PREFIX):
        raise KeyInvalid
    return UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), raw[32:]


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
