"""Where the sandbox keeps everything: SQLite, one file, one writer.

An answer is given only after its transaction is committed to the write-ahead log, so a killed
process loses nothing it acknowledged. (`synchronous=NORMAL`: a power cut may; a kill may not.)
Every row carries its account, so that connected accounts can come.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Object: TypeAlias = dict[str, Any]
"""An API object as JSON sees it."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL,
    hidden TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS objects_in_order ON objects (account, kind, seq);
CREATE TABLE IF NOT EXISTS links (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES objects (seq) ON DELETE CASCADE,
    PRIMARY KEY (seq, field)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_by_value ON links (account, kind, field, value, seq);
CREATE TABLE IF NOT EXISTS due (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    at REAL NOT NULL,
    task TEXT NOT NULL,
    ref TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS due_in_order ON due (at, number);
CREATE INDEX IF NOT EXISTS due_by_ref ON due (task, ref);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    event TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    due REAL,
    attempts INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due);
CREATE INDEX IF NOT EXISTS deliveries_of_event ON deliveries (event, state);
CREATE TABLE IF NOT EXISTS attempts (
    delivery INTEGER NOT NULL,
    at REAL NOT NULL,
    status INTEGER,
    error TEXT
);
CREATE TABLE IF NOT EXISTS idempotency (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    created REAL NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    params TEXT NOT NULL,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX IF NOT EXISTS idempotency_by_age ON idempotency (created);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

LINKED = (
    "charge", "currency", "customer", "destination", "email", "payment_intent", "payment_method",
    "payout", "source", "source_transaction", "status", "transfer_group", "type",
)  # fmt: skip
"""Fields that lists may be filtered by."""


@dataclass(frozen=True, slots=True)
class Page:
    """A question for a list: newest first, after or before a place, within a span of time."""

    kind: str
    where: Mapping[str, str]
    limit: int = 10
    after: int | None = None
    before: int | None = None
    created: Mapping[str, int] | None = None
    types: tuple[str, ...] = ()
    """Names or patterns like `charge.*`, any of which may match."""
    delivered: bool | None = None
    """Whether every delivery of the event was answered."""


class Store:
    """One SQLite file, or memory when no path is given."""

    def __init__(self, path: Path | None) -> None:
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is inside, or none of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def undoing(self, *, unless: type[BaseException]) -> Iterator[None]:
        """Undo what is inside when it raises, except for one kind of error; always passes it on."""
        self._db.execute("SAVEPOINT call")
        try:
            yield
        except BaseException as problem:
            if not isinstance(problem, unless):
                self._db.execute("ROLLBACK TO call")
            self._db.execute("RELEASE call")
            raise
        self._db.execute("RELEASE call")

    @property
    def changes(self) -> int:
        """How many rows were ever written, for telling whether anything was."""
        return self._db.total_changes

    def query(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Rows of a query."""
        return self._db.execute(sql, values).fetchall()

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Run a statement."""
        return self._db.execute(sql, values)

    def get(self, account: str, object_id: str) -> Object | None:
        """An object by id."""
        rows = self.query(
            "SELECT body FROM objects WHERE id = ? AND account = ?", object_id, account
        )
        return json.loads(rows[0]["body"]) if rows else None

    def hidden(self, object_id: str) -> Object:
        """What the sandbox knows of an object and never shows."""
        rows = self.query("SELECT hidden FROM objects WHERE id = ?", object_id)
        return json.loads(rows[0]["hidden"]) if rows else {}

    def hide(self, object_id: str, **facts: Any) -> None:
        """Remember something of an object that is never shown."""
        known = self.hidden(object_id) | facts
        self.execute("UPDATE objects SET hidden = ? WHERE id = ?", json.dumps(known), object_id)

    def put(self, account: str, obj: Object) -> None:
        """Insert or replace an object and its links."""
        body = json.dumps(obj, separators=(",", ":"), ensure_ascii=False)
        cursor = self.execute("UPDATE objects SET body = ? WHERE id = ?", body, obj["id"])
        if cursor.rowcount:
            seq = self.place(account, obj["id"])
        else:
            sql = "INSERT INTO objects (id, account, kind, created, body) VALUES (?, ?, ?, ?, ?)"
            values = (obj["id"], account, obj["object"], obj.get("created", 0), body)
            seq = self.execute(sql, *values).lastrowid
        self.execute("DELETE FROM links WHERE seq = ?", seq)
        self._db.executemany(
            "INSERT INTO links (account, kind, field, value, seq) VALUES (?, ?, ?, ?, ?)",
            [
                (account, obj["object"], name, obj[name], seq)
                for name in LINKED
                if isinstance(obj.get(name), str)
            ],
        )

    def remove(self, account: str, object_id: str) -> None:
        """Forget an object."""
        self.execute("DELETE FROM objects WHERE id = ? AND account = ?", object_id, account)

    def retire(self, account: str, tombstone: Object) -> None:
        """Put a tombstone in place of an object, so that lists skip it and look-ups still
        find it.
        """
        self.put(account, tombstone)
        self._unlist(account, tombstone["id"])

    def put_apart(self, account: str, obj: Object) -> None:
        """Keep an object that lists do not show."""
        self.put(account, obj)
        self._unlist(account, obj["id"])

    def _unlist(self, account: str, object_id: str) -> None:
        sql = "UPDATE objects SET kind = kind || '.apart' WHERE id = ? AND account = ?"
        self.execute(sql, object_id, account)

    def place(self, account: str, object_id: str) -> int | None:
        """Where an object stands in the order of creation."""
        rows = self.query(
            "SELECT seq FROM objects WHERE id = ? AND account = ?", object_id, account
        )
        return int(rows[0]["seq"]) if rows else None

    def page(self, account: str, page: Page) -> tuple[list[Object], bool]:
        """One page, newest first, and whether more lie beyond it."""
        conditions, values = _conditions(account, page)
        order = "ASC" if page.before is not None else "DESC"
        sql = (
            f"SELECT body FROM objects o WHERE {' AND '.join(conditions)} "  # noqa: S608  # names are ours, values are bound
            f"ORDER BY seq {order} LIMIT ?"
        )
        rows = self.query(sql, *values, page.limit + 1)
        found = [json.loads(row["body"]) for row in rows[: page.limit]]
        if page.before is not None:
            found.reverse()
        return found, len(rows) > page.limit

    def every(self, account: str, kind: str, **where: str) -> list[Object]:
        """All objects of a kind with some linked values, oldest first."""
        found, _ = self.page(account, Page(kind, where, limit=1_000_000))
        return found[::-1]

    def count(self, name: str) -> int:
        """The next number of a named series."""
        sql = (
            "INSERT INTO counters VALUES (?, 1) "
            "ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
        )
        return int(self.query(sql, name)[0]["value"])

    def fact(self, name: str) -> Any:
        """A named fact, none when unknown."""
        rows = self.query("SELECT value FROM facts WHERE name = ?", name)
        return json.loads(rows[0]["value"]) if rows else None

    def set_fact(self, name: str, value: Any) -> None:
        """Keep a named fact."""
        self.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, json.dumps(value))


_TYPED = "seq IN (SELECT seq FROM links WHERE account = ? AND kind = ? AND field = 'type'"
_UNANSWERED = "(SELECT event FROM deliveries WHERE state = 'pending')"
_SPAN = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def _conditions(account: str, page: Page) -> tuple[list[str], list[Any]]:
    conditions = ["o.account = ?", "o.kind = ?"]
    values: list[Any] = [account, page.kind]
    for name, value in page.where.items():
        conditions.append(
            "seq IN (SELECT seq FROM links WHERE account = ? AND kind = ? AND field = ?"
            " AND value = ?)"
        )
        values += [account, page.kind, name, value]
    if page.types:
        matching = " OR ".join(["value GLOB ?"] * len(page.types))
        conditions.append(f"{_TYPED} AND ({matching}))")
        values += [account, page.kind, *page.types]
    if page.delivered is not None:
        some = "IN" if not page.delivered else "NOT IN"
        conditions.append(f"o.id {some} {_UNANSWERED}")
    if page.after is not None:
        conditions.append("seq < ?")
        values.append(page.after)
    if page.before is not None:
        conditions.append("seq > ?")
        values.append(page.before)
    for bound, moment in (page.created or {}).items():
        conditions.append(f"created {_SPAN[bound]} ?")
        values.append(moment)
    return conditions, values
