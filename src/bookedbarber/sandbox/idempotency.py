"""Idempotency keys with Stripe's semantics (docs.stripe.com/api/idempotent_requests).

The first status and body are kept once execution began, errors and 500s included; a replay says
so in its headers. Other parameters under the same key are refused. Keys are forgotten after 24
hours of the sandbox's clock, and then treated as new. A request in flight makes its key busy
(409).
"""

import hashlib
from dataclasses import dataclass

from bookedbarber.sandbox.errors import ParameterError, StripeError
from bookedbarber.sandbox.store import Store

KEPT_FOR = 24 * 3600
LONGEST = 255


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was first given."""

    status: int
    body: bytes
    request_id: str


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a key: by which account, on what, with which parameters."""

    account: str
    key: str
    method: str
    path: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def params(self) -> str:
        """A digest of the parameters, whatever their order was."""
        return hashlib.sha256(repr(self.pairs).encode()).hexdigest()


def check(key: str) -> None:
    """Refuse a key that is too long."""
    if len(key) > LONGEST:
        raise ParameterError(
            f"Idempotency keys must be at most {LONGEST} characters; yours has {len(key)}."
        )


def recall(store: Store, use: Use, *, now: float) -> Kept | None:
    """What the key answered before; raises when it was used for something else."""
    store.execute("DELETE FROM idempotency WHERE created <= ?", now - KEPT_FOR)
    sql = "SELECT * FROM idempotency WHERE account = ? AND key = ?"
    rows = store.query(sql, use.account, use.key)
    if not rows:
        return None
    first = rows[0]
    if (first["method"], first["path"]) != (use.method, use.path):
        raise _misused(
            "Keys for idempotent requests can only be used for the same endpoint they were first "
            f"used for ('{first['path']}' instead of '{use.path}').",
            use.key,
        )
    if first["params"] != use.params:
        raise _misused(
            "Keys for idempotent requests can only be used with the same parameters they were "
            "first used with.",
            use.key,
        )
    return Kept(first["status"], first["body"], first["request"])


def keep(store: Store, use: Use, answer: Kept, *, now: float) -> None:
    """Keep an answer under its key."""
    store.execute(
        "INSERT INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(use.account, use.key, now, use.method, use.path, use.params),
        *(answer.request_id, answer.status, answer.body),
    )


def busy(key: str) -> StripeError:
    """Another request with this key is still being worked on."""
    return StripeError(
        "There is currently another in-progress request using this Idempotent Key (that probably "
        "means you submitted twice, and the other request is still going through): "
        f"{key}. Please try again later.",
        status=409,
        code="idempotency_key_in_use",
        headers={"stripe-should-retry": "true"},
    )


def _misused(message: str, key: str) -> StripeError:
    return StripeError(
        f"{message} Try using a key other than '{key}' if you meant to execute a different "
        "request.",
        kind="idempotency_error",
    )
