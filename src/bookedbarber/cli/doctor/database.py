"""What the database tells: who we are there, what we may do, and whether the schema is current."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import psycopg
from asyncpg import PostgresError
from psycopg.rows import TupleRow

from bookedbarber import migrations
from bookedbarber.cli import demo
from bookedbarber.cli.doctor.finding import Finding
from bookedbarber.config import BadSetting, Settings
from bookedbarber.errors import Unavailable

_OLDEST: Final = 160000
_DRIFT: Final = 5.0  # seconds; Stripe refuses a signature whose time is 300 seconds off
_GROWING: Final = ("entries", "postings", "balance_transactions", "audit_events")

_ABOVE_TENANTS: Final = """
SELECT rolsuper OR rolbypassrls OR EXISTS (
    SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind = 'r'
) FROM pg_roles WHERE rolname = current_user
"""
_CHANGEABLE: Final = """
SELECT c.relname FROM pg_class c
WHERE c.relname = ANY(%s) AND c.relnamespace = 'public'::regnamespace AND (
    has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE')
    OR has_any_column_privilege(c.oid, 'UPDATE')
) ORDER BY 1
"""
_OPEN_TO_ALL: Final = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    AND a.attname = 'shop_id' AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1
"""


def examine(settings: Settings) -> Iterator[Finding]:
    """The findings of each role in turn; a role that cannot log in is a finding itself."""
    if settings.database_app_url is None or settings.database_platform_url is None:
        mend = "start the house, or set the addresses of the app and the platform role"
        yield Finding("database", good=False, seen="no address, and none runs here", mend=mend)
        return
    for role, url in (
        ("app", settings.database_app_url),
        ("platform", settings.database_platform_url),
    ):
        try:
            with psycopg.connect(url, connect_timeout=5) as connection:
                yield from _role(role, connection)
                if role == "platform":
                    yield from _server(connection)
        except psycopg.OperationalError as error:
            said = str(error).strip().splitlines()[-1] if str(error) else "no reason given"
            mend = "see that it runs, and that the address and the password are right"
            yield Finding(f"database as {role}", good=False, seen=said, mend=mend)
    yield _schema(settings.database_platform_url)
    yield _demo(settings)


def _role(role: str, connection: psycopg.Connection[TupleRow]) -> Iterator[Finding]:
    name = connection.info.user
    above = bool(_one(connection, _ABOVE_TENANTS))
    yield Finding(
        f"database role of {role}",
        not above,
        f"{name} {'is a superuser, owns tables or' if above else 'owns no table and never'} "
        "bypasses row-level security",
        f"ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS, and let another role own the tables",
    )
    changeable = [row[0] for row in connection.execute(_CHANGEABLE, [list(_GROWING)])]
    yield Finding(
        f"books closed to changes by {role}",
        not changeable,
        f"{name} may change {', '.join(changeable)}" if changeable else f"{name} may only add",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(changeable)} FROM {name}",
    )


def _server(connection: psycopg.Connection[TupleRow]) -> Iterator[Finding]:
    version = connection.info.server_version
    yield Finding(
        "database version",
        version >= _OLDEST,
        f"PostgreSQL {version // 10000}.{version % 10000}",
        "use PostgreSQL 16 or newer",
    )
    fsync = str(_one(connection, "SHOW fsync"))
    yield Finding(
        "database durability",
        fsync == "on",
        f"fsync is {fsync}",
        "turn fsync on: without it a power cut loses acknowledged payments",
    )
    open_to_all = [row[0] for row in connection.execute(_OPEN_TO_ALL)]
    yield Finding(
        "tenants kept apart",
        not open_to_all,
        f"row-level security is not forced on {', '.join(open_to_all)}"
        if open_to_all
        else "row-level security is forced on every table with a shop_id",
        "run `bookedbarber migrate`",
    )
    theirs = _one(connection, "SELECT clock_timestamp()")
    offset = (datetime.now(UTC) - theirs).total_seconds() if isinstance(theirs, datetime) else 1e9
    yield Finding(
        "clock against the database",
        abs(offset) <= _DRIFT,
        f"ours is {offset:+.1f} s from the database's",
        "let both machines keep time by NTP",
    )


def _schema(url: str) -> Finding:
    mend = "run `bookedbarber migrate` with DATABASE_URL set to the owner's address"
    try:
        pending = migrations.pending(url)
    except migrations.SchemaUnknown as error:
        release = "let the release that made it serve, or restore a backup of before"
        return Finding("schema", good=False, seen=str(error), mend=release)
    except psycopg.Error as error:
        said = " ".join(str(error).split())
        return Finding("schema", good=False, seen=f"cannot look: {said}", mend=mend)
    seen = f"lacks {', '.join(pending)}" if pending else "the newest version is applied"
    return Finding("schema", good=not pending, seen=seen, mend=mend)


def _demo(settings: Settings) -> Finding:
    mend = "go live on an empty database: what the demo made is known to everybody"
    try:
        there = demo.present(settings)
    except (Unavailable, BadSetting, psycopg.Error, OSError, PostgresError) as error:
        return Finding("demo data", good=False, seen=f"cannot look: {error}", mend=mend)
    seen = "shops of the demo are in the database" if there else "none"
    return Finding("demo data", good=not there, seen=seen, mend=mend)


def _one(connection: psycopg.Connection[TupleRow], query: str) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
