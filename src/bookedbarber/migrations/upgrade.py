"""Brings a database to the newest schema, and tells how it stands."""

import contextlib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

HERE = Path(__file__).resolve().parent
APP, PLATFORM = "bookedbarber_app", "bookedbarber_platform"
_TURN = 0x626F6F6B  # the advisory lock that an upgrade holds; any number that is ours alone
# Told apart by their files, so that a process that only looks need not load Alembic.
VERSIONS = sorted(path.stem.partition("_")[0] for path in (HERE / "versions").glob("[0-9]*.py"))


class RolesMissing(Exception):
    """The database lacks a role that the product works under; the text says how to make it."""


class SchemaUnknown(Exception):
    """The database has a version that this release does not know; the text says what to do."""


def upgrade(owner_url: str, *, app_url: str, platform_url: str) -> None:
    """Apply every migration that is missing, as the owner role; nothing when there is none.

    One upgrade runs at a time: others wait, and find nothing left to do. Makes the two working
    roles where the owner may, with the passwords of their addresses. Raises RolesMissing where it
    may not, and SchemaUnknown.
    """
    with psycopg.connect(owner_url, autocommit=True) as db:
        db.execute("select pg_advisory_lock(%s)", [_TURN])  # held until this connection ends
        for role, url in ((APP, app_url), (PLATFORM, platform_url)):
            _ensure(db, role, url)
        if _lacking(db):
            _apply(owner_url)


def pending(url: str) -> list[str]:
    """The versions that the schema still lacks, oldest first; any role may ask.

    Raises SchemaUnknown when it has one that this release does not know.
    """
    with psycopg.connect(url, connect_timeout=5) as db:
        return _lacking(db)


def _apply(owner_url: str) -> None:
    # Loaded by those who change the schema, and not by every process that looks at it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["url"] = "postgresql+psycopg://" + owner_url.partition("://")[2]
    command.upgrade(config, "head")


def _lacking(db: psycopg.Connection[Any]) -> list[str]:
    made = db.execute("select from pg_class where oid = to_regclass('alembic_version')")
    row = made.rowcount and db.execute("select version_num from alembic_version").fetchone()
    if not row:
        return VERSIONS
    if row[0] not in VERSIONS:
        mend = "install the release that made it, or restore a backup of before"
        raise SchemaUnknown(
            f"The database is at version {row[0]} of the schema, which this release does not know: "
            f"{mend}."
        )
    return VERSIONS[VERSIONS.index(row[0]) + 1 :]


def _ensure(db: psycopg.Connection[Any], role: str, url: str) -> None:
    named = urlsplit(url).username
    if named != role:
        raise RolesMissing(f"The address of {role} names the role {named}: it must be {role}.")
    if db.execute("select from pg_roles where rolname = %s", [role]).rowcount:
        return
    password = unquote(urlsplit(url).password or "")
    make = sql.SQL("create role {} login password {}").format(
        sql.Identifier(role), sql.Literal(password)
    )
    try:
        with contextlib.suppress(psycopg.errors.DuplicateObject):  # another database's upgrade
            db.execute(make)
    except psycopg.errors.InsufficientPrivilege:
        raise RolesMissing(
            f"The role {role} is missing: create it with `create role {role} login password …`."
        ) from None
