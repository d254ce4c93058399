"""The embedded PostgreSQL: its own roles, its own socket, and back after a kill."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import asyncpg
import psycopg
import pytest

from bookedbarber.database import embedded
from bookedbarber.database.embedded import CannotStart
from tests.house.processes import eventually


async def test_each_role_logs_in_and_only_the_owner_may_build(data_dir: Path) -> None:
    server = embedded.start(data_dir, durable=False)
    try:
        for url, role in (
            (server.owner_url, "bookedbarber_owner"),
            (server.app_url, "bookedbarber_app"),
            (server.platform_url, "bookedbarber_platform"),
        ):
            connection = await asyncpg.connect(url)
            row = await connection.fetchrow(
                "SELECT current_user, rolsuper OR rolbypassrls AS above, "
                "current_setting('timezone') AS zone FROM pg_roles WHERE rolname = current_user"
            )
            await connection.close()
            assert row is not None
            assert tuple(row) == (role, False, "UTC")
        with psycopg.connect(server.owner_url) as owner:
            owner.execute("CREATE EXTENSION btree_gist")
            owner.execute("CREATE TABLE kept (n int)")
        with (
            psycopg.connect(server.app_url) as app,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            app.execute("CREATE TABLE mine (n int)")
    finally:
        embedded.stop(server)


def test_nobody_gets_in_without_the_password_or_over_the_network(data_dir: Path) -> None:
    server = embedded.start(data_dir, durable=False)
    try:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.app_url.replace("app:", "app:x"))
        with psycopg.connect(server.admin_url) as admin:
            shown = admin.execute("SHOW listen_addresses").fetchone()
            methods = admin.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules ORDER BY 1")
            assert shown == ("",)
            assert methods.fetchall() == [("peer",), ("scram-sha-256",)]
        assert stat.S_IMODE((data_dir / "postgres").stat().st_mode) == 0o700
        assert stat.S_IMODE((data_dir / "postgres" / "roles.json").stat().st_mode) == 0o600
    finally:
        embedded.stop(server)


def test_what_was_committed_is_there_after_a_restart_and_the_addresses_stay(data_dir: Path) -> None:
    server = embedded.start(data_dir)
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS n")
        assert owner.execute("SHOW fsync").fetchone() == ("on",)
    embedded.stop(server)
    again = embedded.start(data_dir)
    try:
        assert again.owner_url == server.owner_url
        with psycopg.connect(again.owner_url) as owner:
            assert owner.execute("SELECT n FROM kept").fetchone() == (7,)
    finally:
        embedded.stop(again)


def test_a_running_server_is_found_by_its_folder_and_a_stopped_one_is_not(data_dir: Path) -> None:
    assert embedded.locate(data_dir) is None
    server = embedded.start(data_dir, durable=False)
    found = embedded.locate(data_dir)
    embedded.stop(server)
    assert found is not None
    assert found.app_url == server.app_url
    assert embedded.locate(data_dir) is None


def test_a_second_start_on_a_running_folder_says_so(data_dir: Path) -> None:
    server = embedded.start(data_dir, durable=False)
    try:
        with pytest.raises(CannotStart, match="already runs"):
            embedded.start(data_dir, durable=False)
    finally:
        embedded.stop(server)


def test_a_server_killed_with_an_open_session_comes_back(data_dir: Path) -> None:
    server = embedded.start(data_dir)
    with contextlib.closing(psycopg.connect(server.owner_url)) as session:
        session.execute("CREATE TABLE kept (n int)")
        session.commit()
        session.execute("INSERT INTO kept VALUES (1)")
        os.kill(server.pid, signal.SIGKILL)
        server.lock.close()
        again = embedded.start(data_dir)
    try:
        with psycopg.connect(again.owner_url) as owner:
            assert owner.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finally:
        embedded.stop(again)
        server.process.wait()


def test_a_lock_left_by_a_server_that_is_gone_is_cleared(data_dir: Path) -> None:
    embedded.stop(embedded.start(data_dir, durable=False))
    taken = f"{os.getppid()}\n{data_dir}\n1\n5432\n"  # the number now belongs to someone else
    (data_dir / "postgres" / "cluster" / "postmaster.pid").write_text(taken)
    embedded.stop(embedded.start(data_dir, durable=False))


def test_a_killed_parent_takes_the_server_along(data_dir: Path) -> None:
    program = (
        "import sys, time, pathlib; from bookedbarber.database import embedded\n"
        "print(embedded.start(pathlib.Path(sys.argv[1]), durable=False).pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen(  # noqa: S603 # our own interpreter
        [sys.executable, "-c", program, str(data_dir)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    assert eventually(lambda: not Path(f"/proc/{pid}").exists(), within=60)
    embedded.stop(embedded.start(data_dir, durable=False))


def test_a_layout_that_was_cut_short_is_begun_again(data_dir: Path) -> None:
    unfinished = data_dir / "postgres" / "cluster.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    data_dir.chmod(0o711)
    embedded.stop(embedded.start(data_dir, durable=False))
    assert not unfinished.exists()


def test_passwords_that_were_lost_are_made_anew(data_dir: Path) -> None:
    embedded.stop(embedded.start(data_dir, durable=False))
    (data_dir / "postgres" / "roles.json").unlink()
    server = embedded.start(data_dir, durable=False)
    try:
        psycopg.connect(server.app_url).close()
    finally:
        embedded.stop(server)


def test_a_folder_that_cannot_be_made_is_refused(data_dir: Path) -> None:
    data_dir.write_text("a file, not a folder")
    with pytest.raises(CannotStart, match="cannot keep a database"):
        embedded.start(data_dir)


def test_a_path_too_long_for_a_socket_is_refused(data_dir: Path) -> None:
    with pytest.raises(CannotStart, match="too long"):
        embedded.start(data_dir / ("x" * 90))


def test_a_cluster_of_another_version_is_refused(data_dir: Path) -> None:
    embedded.stop(embedded.start(data_dir, durable=False))
    (data_dir / "postgres" / "cluster" / "PG_VERSION").write_text("16\n")
    with pytest.raises(CannotStart, match="made by PostgreSQL 16 and this is 18"):
        embedded.start(data_dir)


def test_a_corrupt_cluster_is_refused_with_the_servers_own_reason(data_dir: Path) -> None:
    embedded.stop(embedded.start(data_dir, durable=False))
    control = data_dir / "postgres" / "cluster" / "global" / "pg_control"
    control.write_bytes(bytes(control.stat().st_size))
    with pytest.raises(CannotStart, match=r"could not start on .*\(.+\): restore a backup"):
        embedded.start(data_dir)


def test_a_folder_closed_to_others_is_named_to_root_and_fine_for_anyone_else(
    data_dir: Path,
) -> None:
    data_dir.parent.chmod(0o700)
    if os.geteuid() == 0:  # only root runs the server under another user
        with pytest.raises(CannotStart, match=f"cannot pass {data_dir.parent}:"):
            embedded.start(data_dir)
    else:
        embedded.stop(embedded.start(data_dir, durable=False))


def test_a_scratch_server_is_gone_afterwards() -> None:
    with embedded.scratch() as server:
        home = server.home
        with psycopg.connect(server.owner_url) as owner:
            assert owner.execute("SHOW fsync").fetchone() == ("off",)
    assert not home.exists()
