"""The sandbox as a process: it starts from its folder, survives a kill, and stops at once."""

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
from tests.sandbox.running import PUBLISHABLE, SECRET, Sandbox

pytestmark = pytest.mark.proves("X2")

_SOURCE = str(Path(__file__).parents[2] / "src")


@contextmanager
def _process(data: Path) -> Iterator[tuple[subprocess.Popen[bytes], Sandbox]]:
    port = free_port()
    command = [sys.executable, "-m", "bookedbarber.sandbox", "--port", str(port)]
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
        assert sandbox.control("clock")["mode"] == "frozen"
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
