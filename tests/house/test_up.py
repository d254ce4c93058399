"""The whole house as real processes: it starts, survives its parts, and leaves nothing behind."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from bookedbarber import config
from bookedbarber.cli import household
from bookedbarber.database import embedded
from tests.house.processes import (
    HOUSE,
    QUIET,
    House,
    eventually,
    free_port,
    house,
    living,
    running_house,
    slowness,
)


def test_a_house_starts_serves_and_stops_and_a_restart_finds_everything(data_dir: Path) -> None:
    sandbox = {"BOOKEDBARBER_SANDBOX_PORT": str(free_port())}
    with running_house(data_dir, **sandbox) as up:
        assert "Fade Street" in up.page()
        assert f"http://127.0.0.1:{up.port}/" in up.said
        assert "4242 4242 4242 4242" in up.said
        assert "\x1b" not in up.said  # nobody looks at a terminal: no colours
        addresses = embedded.locate(data_dir)
        endpoints = up.stripe("/v1/webhook_endpoints")["data"]
        customer = up.stripe("/v1/customers", name="Ada")["id"]
        key = (data_dir / "secrets" / "master.key").read_text()
        assert up.stop() < slowness() * 3
        assert up.process.returncode == 0
    assert living(data_dir) == {}
    assert not (data_dir / "running").exists()

    with running_house(data_dir, **sandbox) as moved:  # to another port of its own
        assert "Fade Street" in moved.page()
        assert embedded.locate(data_dir) == addresses
        assert (data_dir / "secrets" / "master.key").read_text() == key
        assert moved.stripe(f"/v1/customers/{customer}")["name"] == "Ada"
        told = moved.stripe("/v1/webhook_endpoints")["data"]
        assert [e["url"] for e in told] == [f"http://127.0.0.1:{moved.port}/webhooks/stripe"]
        assert told[0]["id"] == endpoints[0]["id"]  # what it still had to deliver goes along
        assert moved.stop(signal.SIGINT) < slowness() * 3
        assert moved.process.returncode == 0


def test_parts_that_are_killed_come_back_and_so_does_a_killed_house(data_dir: Path) -> None:
    sandbox = {"BOOKEDBARBER_SANDBOX_PORT": str(free_port()), "BOOKEDBARBER_WEB_WORKERS": "2"}
    with running_house(data_dir, **sandbox) as up:

        def parts_of(one: House) -> list[int]:
            return one.children("cli worker") + one.children("web --fd")

        assert eventually(lambda: len(parts_of(up)) == 3), living(data_dir)
        parts = parts_of(up)
        postmaster = (data_dir / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0]
        killed = [*parts, *up.children("bookedbarber.sandbox"), int(postmaster)]
        assert len(killed) == 5
        for pid in killed:
            os.kill(pid, signal.SIGKILL)

        def all_back() -> bool:
            back = parts_of(up)
            ended = not set(killed) & set(living(data_dir))
            return len(back) == 3 and ended and embedded.locate(data_dir) is not None

        assert eventually(all_back, within=slowness() * 20)
        # Callers queue in the socket that the supervisor holds, until a process is there again.
        assert eventually(lambda: "Fade Street" in up.page_or_error(), within=slowness() * 20)
        said = (data_dir.parent / "house.log").read_text()
        for part in ("PostgreSQL", "sandbox", "web process 1", "web process 2", "worker"):
            assert f'{{"child": "{part}", "how": "signal SIGKILL"' in said

        up.process.kill()
        with running_house(data_dir, PORT=str(up.port), **sandbox) as again:
            assert "Fade Street" in again.page()
            assert up.process.pid not in living(data_dir)
            assert eventually(lambda: len(parts_of(again)) == 3), living(data_dir)
    assert eventually(lambda: living(data_dir) == {})


def test_a_second_house_on_the_folder_is_refused_in_one_sentence(data_dir: Path) -> None:
    with household.claim(data_dir):
        answer = house("up", "--data-dir", str(data_dir))
    assert answer.returncode == 2
    assert "already runs on" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_busy_port_is_refused_before_anything_starts(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        answer = house(
            "up", "--port", str(port), "--fresh",
            BOOKEDBARBER_DATA_DIR=str(data_dir),
            BOOKEDBARBER_SANDBOX_PORT=str(free_port()),
        )  # fmt: skip
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"bookedbarber: Port {port} is already taken: ")
    assert f"BOOKEDBARBER_PORT={port + 1}" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not (data_dir / "postgres").exists()


def test_a_host_of_another_machine_is_refused(data_dir: Path) -> None:
    for host in ("192.0.2.1", "no-such-host.invalid"):
        answer = house("up", "--host", host, "--data-dir", str(data_dir))
        assert answer.returncode == 2
        assert "is no address of this machine" in answer.stderr


def test_a_folder_of_other_files_is_never_emptied(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "thesis.txt").write_text("years of work")
    for arguments in ([], ["--fresh"]):
        answer = house("up", "--data-dir", str(data_dir), "--port", str(free_port()), *arguments)
        assert answer.returncode == 2
        assert "holds files that are not BookedBarber's" in answer.stderr
    assert (data_dir / "thesis.txt").read_text() == "years of work"


def test_a_data_folder_that_is_a_file_is_refused(data_dir: Path) -> None:
    data_dir.write_text("")
    answer = house("up", "--data-dir", str(data_dir), "--port", str(free_port()))
    assert answer.returncode == 2
    assert "cannot be the data folder" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_corrupt_cluster_is_refused_in_one_sentence_and_fresh_mends_it(data_dir: Path) -> None:
    with household.claim(data_dir):
        household.complete(config.load({}, data_dir=data_dir))
        server = embedded.start(data_dir, durable=False)
        with psycopg.connect(server.owner_url) as owner:
            owner.execute("CREATE TABLE kept (n int)")
        embedded.stop(server)
    shutil.rmtree(data_dir / "postgres" / "cluster" / "global")
    answer = house(
        "up",
        BOOKEDBARBER_DATA_DIR=str(data_dir),
        BOOKEDBARBER_PORT=str(free_port()),
        BOOKEDBARBER_SANDBOX_PORT=str(free_port()),
    )
    assert answer.returncode == 2
    assert "PostgreSQL could not start" in answer.stderr
    assert answer.stderr.count("\n") == 1
    with running_house(data_dir, ARGUMENTS="--fresh") as up:
        assert "Fade Street" in up.page()
        fresh = embedded.locate(data_dir)
        assert fresh is not None
        with psycopg.connect(fresh.owner_url) as owner:
            assert owner.execute("SELECT to_regclass('kept')").fetchone() == (None,)


def test_a_bad_setting_is_one_sentence_and_exit_code_2() -> None:
    answer = house("up", STRIPE_API_KEY="sk_live_hush")
    assert answer.returncode == 2
    assert answer.stderr.startswith("bookedbarber: STRIPE_API_KEY is a live key")
    assert answer.stderr.count("\n") == 1
    assert "hush" not in answer.stdout + answer.stderr


def test_a_part_started_alone_without_a_house_says_what_it_needs(data_dir: Path) -> None:
    for part in ("web", "worker"):
        answer = house(part, BOOKEDBARBER_DATA_DIR=str(data_dir))
        assert answer.returncode == 2
        assert "No database runs on" in answer.stderr


def test_secrets_are_made_once_and_readable_by_us_alone(data_dir: Path) -> None:
    settings = config.load({}, data_dir=data_dir)
    with household.claim(data_dir):
        first = household.complete(settings)
        again = household.complete(settings)
    assert first == again
    assert first.master_key is not None
    assert first.stripe_api_key is not None
    for path in (data_dir / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other = config.load({}, data_dir=data_dir.parent / "other")
    with household.claim(other.data_dir):
        assert household.complete(other).master_key != first.master_key


def test_production_gets_nothing_made_up(data_dir: Path) -> None:
    settings = config.load({"BOOKEDBARBER_ENVIRONMENT": "production"}, tolerant=True)
    settings = settings.model_copy(update={"data_dir": data_dir})
    with household.claim(data_dir):
        complete = household.complete(settings)
    assert complete.master_key is None
    assert complete.stripe_api_key is None
    assert not (data_dir / "secrets").exists()


def test_a_redis_that_is_silent_is_told_before_anything_starts(data_dir: Path) -> None:
    answer = house(
        "up",
        BOOKEDBARBER_DATA_DIR=str(data_dir),
        BOOKEDBARBER_PORT=str(free_port()),
        REDIS_URL=f"redis://:hush@127.0.0.1:{free_port()}",
    )
    assert answer.returncode == 2
    assert answer.stderr.startswith("bookedbarber: The Redis of REDIS_URL does not answer (")
    assert answer.stderr.count("\n") == 1
    assert "hush" not in answer.stderr
    assert not data_dir.exists()


def test_a_mail_server_that_cannot_be_is_told_before_anything_starts(data_dir: Path) -> None:
    answer = house(
        "up",
        BOOKEDBARBER_DATA_DIR=str(data_dir),
        BOOKEDBARBER_SMTP_URL="smtp://mail.example?hush=1",
        BOOKEDBARBER_MAIL_FROM="shop@example.com",
    )
    assert answer.returncode == 2
    assert "BOOKEDBARBER_SMTP_URL or BOOKEDBARBER_MAIL_FROM: the only option" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not data_dir.exists()


def test_a_part_that_ends_while_the_first_page_is_awaited_is_told_at_once(data_dir: Path) -> None:
    answer = house(
        "up",
        BOOKEDBARBER_DATA_DIR=str(data_dir),
        BOOKEDBARBER_PORT=str(free_port()),
        BOOKEDBARBER_SANDBOX_PORT=str(free_port()),
        BOOKEDBARBER_FAILPOINTS="sql.begin.before=exit",  # whoever works on the database dies
        BOOKEDBARBER_FAILPOINTS_ALLOWED="1",
    )
    assert answer.returncode == 2
    assert "ended at once (exit code 137): what it said stands above." in answer.stderr
    assert "Traceback" not in answer.stderr
    assert eventually(lambda: living(data_dir) == {})


def test_a_house_on_an_ipv6_address_is_reached_there(data_dir: Path) -> None:
    with running_house(data_dir, BOOKEDBARBER_HOST="::1") as up:
        assert f"http://[::1]:{up.port}/b/fade-street" in up.said
        sandbox = f"http://localhost:{up.environment['BOOKEDBARBER_SANDBOX_PORT']}/"
        assert sandbox in up.said  # a page's policy cannot name an IPv6 address
        with urllib.request.urlopen(f"http://[::1]:{up.port}/b/fade-street", timeout=30) as page:
            assert page.status == 200
        assert house("books", "--data-dir", str(data_dir)).returncode == 0


@pytest.mark.parametrize("sign", ["postgres/cluster/postmaster.pid", "sandbox", "running pages"])
def test_a_house_that_is_still_starting_stops_as_fast_and_leaves_nothing(
    data_dir: Path, sign: str
) -> None:
    def come() -> bool:
        if sign != "running pages":
            return (data_dir / sign).exists()
        return any("web --fd" in command for command in living(data_dir).values())

    environment = {
        "BOOKEDBARBER_DATA_DIR": str(data_dir),
        "BOOKEDBARBER_PORT": str(free_port()),
        "BOOKEDBARBER_SANDBOX_PORT": str(free_port()),
    }
    with subprocess.Popen(  # noqa: S603 # our own interpreter
        [*HOUSE, "up"],
        env={**QUIET, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as starting:
        assert eventually(come, within=60)
        began = time.monotonic()
        starting.send_signal(signal.SIGTERM)
        try:
            said = starting.communicate(timeout=30)[1]
        finally:
            starting.kill()
        assert time.monotonic() - began < slowness() * 3
    assert starting.returncode == 0, said
    assert "Traceback" not in said
    assert living(data_dir) == {}
    assert not (data_dir / "running").exists()
    with running_house(data_dir, **environment, PORT=environment["BOOKEDBARBER_PORT"]) as up:
        assert "Fade Street" in up.page()
