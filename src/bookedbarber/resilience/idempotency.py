"""Keys that callers give their requests, kept with the effect: repeating one changes nothing."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber.database import Connection, Json
from bookedbarber.errors import Refused, Unavailable
from bookedbarber.resilience import queries

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


class IdempotencyKeyInvalid(Refused):
    """The key is not 1 to 255 visible ASCII characters."""

    code: ClassVar[str] = "idempotency_key_invalid"


class IdempotencyKeyReused(Refused):
    """The same key came with another request; nothing was done."""

    code: ClassVar[str] = "idempotency_key_reused"


class Overtaken(Unavailable):
    """A request under the same key was faster; this one did nothing. Ask again for its result."""

    code: ClassVar[str] = "idempotency_key_in_use"


@dataclass(frozen=True, slots=True)
class Key:
    """A caller's name for one request; `request` is the hash of the operation and its body."""

    caller: str
    text: str
    request: bytes

    @classmethod
    def of(cls, *, caller: str, text: str, operation: str, body: Json) -> "Key":
        """A key bound to its caller and to what it asks for. Raises IdempotencyKeyInvalid."""
        if not _KEY.fullmatch(text):
            raise IdempotencyKeyInvalid
        canonical = json.dumps([operation, body], sort_keys=True, separators=(",", ":"))
        return cls(caller, text, hashlib.sha256(canonical.encode()).digest())


async def find(db: Connection, key: Key | None, *, shop_id: UUID) -> dict[str, str] | None:
    """The ids that this request made when it came before; None when it is new.

    Raises IdempotencyKeyReused when the key came with another request.
    """
    if key is None:
        return None
    used = await queries.find_key(db, shop_id=shop_id, caller=key.caller, key=key.text)
    if used is None:
        return None
    if used.request != key.request or not isinstance(used.result, dict):
        raise IdempotencyKeyReused
    return {name: str(value) for name, value in used.result.items()}


async def take(db: Connection, key: Key | None, *, shop_id: UUID) -> dict[str, str] | None:
    """As `find`, after any request under the same key that is being worked on; until this
    transaction ends, others wait for it. Call it before taking any other lock.

    Raises IdempotencyKeyReused when the key came with another request.
    """
    if key is not None:
        await queries.wait_for_key(db, shop_id=shop_id, caller=key.caller, key=key.text)
    return await find(db, key, shop_id=shop_id)


async def keep(
    db: Connection, key: Key | None, *, shop_id: UUID, result: dict[str, str], now: datetime
) -> None:
    """Keep the ids a request makes, in the transaction that makes them.

    Waits for a concurrent request under the same key, and raises Overtaken when that one won, so
    that this transaction leaves nothing behind.
    """
    if key is None:
        return
    kept = await queries.claim_key(
        db,
        shop_id=shop_id,
        caller=key.caller,
        key=key.text,
        request=key.request,
        result=dict(result),
        now=now,
    )
    if not kept:
        raise Overtaken("Another request under this key is just ahead of this one.")
