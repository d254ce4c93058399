"""Brings a database to the newest schema."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import create_engine, pool

HERE = Path(__file__).resolve().parent
APP, PLATFORM = "bookedbarber_app", "bookedbarber_platform"


class RolesMissing(Exception):
    """The database lacks a role that the product works under; the text says how to make it."""


def upgrade(owner_url: str, *, app_url: str, platform_url: str) -> None:
    """Apply every migration that is missing, as the owner role; nothing when there is none.

    Makes the two working roles where the owner may, with the passwords of their addresses.
    Raises RolesMissing where it may not.
    """
    with psycopg.connect(owner_url, autocommit=True) as db:
        for role, url in ((APP, app_url), (PLATFORM, platform_url)):
            _ensure(db, role, url)
    config = _config()
    config.attributes["url"] = _for_sqlalchemy(owner_url)
    command.upgrade(config, "head")


def pending(owner_url: str) -> list[str]:
    """The versions that the schema still lacks, oldest first."""
    engine = create_engine(_for_sqlalchemy(owner_url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(_config())
    missing = script.iterate_revisions("head", current or "base")
    return [version.revision for version in missing][::-1]


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
        db.execute(make)
    except psycopg.errors.InsufficientPrivilege:
        raise RolesMissing(
            f"The role {role} is missing: create it with `create role {role} login password …`."
        ) from None


def _for_sqlalchemy(url: str) -> str:
    return "postgresql+psycopg://" + url.partition("://")[2]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config
