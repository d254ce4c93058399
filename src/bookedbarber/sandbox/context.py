"""What one change works with: the store, the moment, the account, and who asked.

A context lives for one transaction. Everything done through it becomes true together or not at all.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bookedbarber.sandbox import ids
from bookedbarber.sandbox.cards import Decline
from bookedbarber.sandbox.errors import StripeError, missing
from bookedbarber.sandbox.settings import Settings
from bookedbarber.sandbox.store import Object, Store

_MOST_METADATA = 50
API_VERSION = "2026-10-28.endive"
"""The version whose shapes the sandbox speaks: the one the pinned SDK sends."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asked: the request's id, its idempotency key, and whether with the publishable key
    only.
    """

    id: str
    idempotency_key: str | None
    publishable: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """One transaction's view of the sandbox; `request` is none when the clock caused the change."""

    store: Store
    account: str
    moment: float
    seed: int
    settings: Settings
    origin: str
    request: Request | None = None
    take_decline: Callable[[], Decline | None] = lambda: None
    """Gives, and uses up, a decline that was asked for as a fault."""

    @property
    def now(self) -> int:
        """The moment in whole seconds, as objects carry it."""
        return int(self.moment)

    def new_id(self, kind: str) -> str:
        """A fresh id for an object of a kind."""
        return ids.make(kind, seed=self.seed, number=self.store.count(kind))

    def secret(self, owner: str, *, length: int = 25) -> str:
        """A secret that belongs to one object, the same each time it is asked for."""
        return ids.token(f"secret:{owner}", seed=self.seed, length=length)

    def get(self, object_id: str) -> Object | None:
        """Any object of this account."""
        return self.store.get(self.account, object_id)

    def find(
        self, kind: str, object_id: str, *, param: str = "id", what: str | None = None
    ) -> Object:
        """An object of a kind, or Stripe's `No such …`; 404 when the id stood in the path."""
        found = self.get(object_id)
        if found is None or found["object"] != kind or found.get("deleted"):
            name = what or kind.replace(".", " ")
            status = 404 if param in ("id", "intent") else 400
            raise missing(name, object_id, param=param, status=status)
        return found

    def known(self, object_id: str) -> Object:
        """An object that must exist, because another one points at it."""
        found = self.get(object_id)
        if found is None:
            raise LookupError(object_id)
        return found

    def save(self, obj: Object) -> Object:
        """Keep an object as it now stands."""
        self.store.put(self.account, obj)
        return obj

    def later(self, delay: float, task: str, ref: str) -> None:
        """Have a task done when so many seconds have passed."""
        self.store.execute(
            "INSERT INTO due (account, at, task, ref) VALUES (?, ?, ?, ?)",
            *(self.account, self.moment + delay, task, ref),
        )

    def is_due(self, task: str, ref: str) -> bool:
        """Whether a task waits for this reference."""
        sql = "SELECT 1 FROM due WHERE account = ? AND task = ? AND ref = ?"
        return bool(self.store.query(sql, self.account, task, ref))

    def forget(self, task: str, ref: str) -> None:
        """Drop a task that waits."""
        sql = "DELETE FROM due WHERE account = ? AND task = ? AND ref = ?"
        self.store.execute(sql, self.account, task, ref)


def copy(obj: Object) -> Object:
    """A deep copy of JSON."""
    copied: Object = json.loads(json.dumps(obj))
    return copied


def merge_metadata(old: Mapping[str, str], new: Mapping[str, str] | None) -> dict[str, str]:
    """Stripe's rule: given keys are set, empty values unset theirs, none unsets all."""
    if new is None:
        return {}
    merged = {key: value for key, value in {**old, **new}.items() if value != ""}
    if len(merged) > _MOST_METADATA:
        raise StripeError(
            f"Metadata can only have up to {_MOST_METADATA} keys; this would make {len(merged)}.",
            param="metadata",
        )
    return merged


def page_of(items: list[Any], url: str, *, has_more: bool = False) -> Object:
    """A list object."""
    return {"object": "list", "data": items, "has_more": has_more, "url": url}
