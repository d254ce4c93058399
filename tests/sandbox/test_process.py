"""The sandbox as a process: it starts from its folder, survives a kill, and stops at once."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import stripe

from bookedbarber.sandbox.__main__ import main
from tests.house.processes import eventually, free_port, slowness
from tests.sandbox.payments import pay
from tests.sandbox.running import PUBLISHABLE, SECRET, Receiver, Sandbox

pytestmark = pytest.mark.proves("X2")

_SOURCE = str(Path(__file__).parents[2] / "src")


@contextmanager
def _process(data: Path, *, seed: int = 1) -> Iterator[tuple[subprocess.Popen[bytes], Sandbox]]:
    port = free_port()
    command = [sys.executable, "-m", "bookedbarber.sandbox", "--port", str(port)]
    command += ["--seed", str(seed)]
    command += ["--data", str(data), "--secret-key", SECRET, "--publishable-key", PUBLISHABLE]
    env = {**os.environ, "PYTHONPATH": _SOURCE}
    process = subprocess.Popen(command, env=env)  # noqa: S603  # our own module
    sandbox = Sandbox(f"http://127.0.0.1:{port}")
    try:
        _await_health(process, sandbox)
        yield process, sandbox
    finally:
        for client in sandbox.clients:
            client.close()  # type: ignore[no-untyped-call]  # the SDK left it bare
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def _await_health(process: subprocess.Popen[bytes], sandbox: Sandbox) -> None:
    end = time.monotonic() + 60
    while True:
        with suppress(OSError):
            assert sandbox.control("health")["ok"]
            return
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    with _process(tmp_path) as (process, sandbox):
        sandbox.control("clock", {"mode": "frozen"})
        sandbox.control("settings", {"duplicates": 1})
        now = sandbox.advance(86400)
        account = sandbox.control("health")["account"]
        acknowledged: list[str] = []
        writer = threading.Thread(target=_write, args=(sandbox.client(), acknowledged))
        writer.start()
        assert eventually(lambda: len(acknowledged) >= 20, within=60)
        process.send_signal(signal.SIGKILL)
        process.wait()
        writer.join()
    with _process(tmp_path) as (_, sandbox):
        kept = {row["id"] for row in sandbox.rows("payment_intent")}
        assert set(acknowledged) <= kept
        assert sandbox.control("health")["account"] == account
        clock = sandbox.control("clock")
        assert (clock["now"], clock["mode"]) == (now, "frozen")
        assert sandbox.control("settings")["duplicates"] == 1
        again = pay(sandbox.client())
        assert again.id not in kept
        sandbox.advance(60)
        charged = {row["source"] for row in sandbox.rows("balance_transaction")}
        assert charged == {row["id"] for row in sandbox.rows("charge")}


def _write(client: stripe.StripeClient, acknowledged: list[str]) -> None:
    with suppress(stripe.APIConnectionError):
        while True:
            acknowledged.append(pay(client).id)


def test_a_key_spent_before_the_kill_is_remembered_after_it(tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        with _process(tmp_path) as (_, sandbox):
            made = sandbox.client().v1.customers.create({}, {"idempotency_key": "k"})
            ids.append(made.id)
    assert ids[0] == ids[1]


def test_a_clock_does_not_go_back_when_it_is_killed_while_driven(tmp_path: Path) -> None:
    """A receiver that never answers holds the drive up at the hold's end, a week on."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with _process(tmp_path) as (process, sandbox):
            start = sandbox.control("clock", {"mode": "frozen"})["now"]
            client = sandbox.client()
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            client.v1.webhook_endpoints.create(
                {"url": url, "enabled_events": ["payment_intent.canceled"]}
            )
            pay(client, capture_method="manual")
            driver = threading.Thread(target=_drive, args=(sandbox, 8 * 86400))
            driver.start()
            while "payment_intent.canceled" not in sandbox.told():
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            process.wait()
            driver.join()
        with _process(tmp_path) as (_, sandbox):
            clock = sandbox.control("clock")
            assert (clock["now"], clock["mode"]) == (start + 7 * 86400, "frozen")
            assert sandbox.rows("event")[-1]["created"] == int(start + 7 * 86400)


def _drive(sandbox: Sandbox, seconds: float) -> None:
    with suppress(OSError, http.client.HTTPException):
        sandbox.advance(seconds)


def test_deliveries_that_wait_survive_a_kill(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answers.append(500)
    with _process(tmp_path) as (process, sandbox):
        sandbox.control("clock", {"mode": "frozen"})
        client = sandbox.client()
        client.v1.webhook_endpoints.create(
            {"url": receiver.url, "enabled_events": ["customer.created"]}
        )
        client.v1.customers.create({})
        sandbox.control("deliveries/settle", {})
        process.send_signal(signal.SIGKILL)
        process.wait()
    with _process(tmp_path) as (_, sandbox):
        sandbox.advance(299)
        assert len(receiver.letters) == 1
        sandbox.advance(1)
        first, second = receiver.events()
        assert first["id"] == second["id"]
        [log] = sandbox.control("deliveries")["deliveries"]
        assert (log["state"], [one["status"] for one in log["tries"]]) == ("delivered", [500, 200])


def test_the_seed_it_began_with_survives_a_kill(tmp_path: Path) -> None:
    """What it chooses after the kill is what it would have chosen without."""
    with _process(tmp_path / "whole", seed=5) as (_, sandbox):
        whole = [sandbox.client().v1.customers.create({}).id for _ in range(2)]
    made = []
    for seed in (5, 6):
        with _process(tmp_path / "killed", seed=seed) as (process, sandbox):
            made.append(sandbox.client().v1.customers.create({}).id)
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert made == whole


def test_it_stops_within_a_second_even_with_sockets_held(tmp_path: Path) -> None:
    with _process(tmp_path) as (process, sandbox):
        sandbox.fault("GET", "/v1/balance", "timeout_before", seconds=60)
        with socket.create_connection(
            ("127.0.0.1", int(sandbox.origin.rpartition(":")[2]))
        ) as held:
            held.sendall(
                b"GET /v1/balance HTTP/1.1\r\nHost: x\r\n"
                b"Authorization: Bearer " + SECRET.encode() + b"\r\n\r\n"
            )
            assert eventually(lambda: not sandbox.control("faults")["faults"], within=30)
            start = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
            assert time.monotonic() - start < 1 * slowness()


def test_live_keys_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--secret-key", "sk_live_x"]) == 2
    assert "sk_test_" in capsys.readouterr().out
