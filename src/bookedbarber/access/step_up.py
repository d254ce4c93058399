"""A second factor shown once more, for one act: money leaving, keys, roles, exports.

Whoever finds a desk unlocked, or steals a session, can look but not take. The proof is of the
session it was shown in, bound to the hash of the operation, at most five minutes old, and good once
(ASVS 7.5.3).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.access import queries
from bookedbarber.access.factors import Factor
from bookedbarber.database import Connection, Json
from bookedbarber.errors import Refused

FRESH: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Operation:
    """One act, with everything about it that matters: shop, object, amount, currency, reason."""

    name: str
    facts: Mapping[str, Json]

    @property
    def digest(self) -> bytes:
        """SHA-256 of its canonical JSON: two acts that differ in anything differ here."""
        whole = {"name": self.name, "facts": dict(self.facts)}
        text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).digest()


class StepUpNeeded(Refused):
    """The act needs a second factor, shown for it in the last five minutes."""

    code: ClassVar[str] = "step_up_needed"

    def __init__(self, operation: Operation, what: str) -> None:
        super().__init__()
        self.operation = operation
        self.what = what


async def record(
    db: Connection, *, session_id: UUID, operation: bytes, factor: Factor, now: datetime
) -> None:
    """Keep that a second factor was shown in a session for the operation with this digest."""
    await queries.add_step_up(
        db,
        step_up_id=ids.new(now),
        session_id=session_id,
        operation=operation,
        factor=factor,
        now=now,
    )


async def take(
    db: Connection, *, session_id: UUID, operation: Operation, what: str, now: datetime
) -> None:
    """Use up the proof of a second factor for an operation, before it is done.

    `what` says in words what is confirmed. Raises StepUpNeeded.
    """
    used = await queries.use_step_up(
        db, session_id=session_id, operation=operation.digest, after=now - FRESH, now=now
    )
    if not used:
        raise StepUpNeeded(operation, what)
