"""Webhooks a second through the real door, beside the same server without the insert, and beside
one that commits each event by itself.

Each server is a process of its own under uvicorn; the sender is this process: keep-alive sockets
that each send a signed body of a kilobyte and wait for its answer.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from benchmarks.figures import Figure
from benchmarks.ground import Ground
from benchmarks.ingest_server import ADDRESSES, KINDS, signed

ROUNDS: Final = 5
SOCKETS: Final = 32
SECONDS: Final = 1.5
BODY: Final = {
    "object": "event",
    "type": "payment_intent.succeeded",
    "data": {"object": {"id": "pi_bench", "object": "payment_intent", "note": "x" * 900}},
}


async def ingesting(ground: Ground) -> list[Figure]:
    """Grouped commits against nothing stored, and against one commit for each event."""
    with _serving(ground) as ports:
        rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for kind in KINDS:
            await _rate(ports[kind], f"warm-{kind}", seconds=0.5)
        for turn in range(ROUNDS):
            for kind in (*KINDS[turn % 3 :], *KINDS[: turn % 3]):
                rates[kind].append(await _rate(ports[kind], f"{turn}-{kind}", seconds=SECONDS))
    return [
        Figure("store webhooks, against the same without insert", rates["door"], rates["nothing"],
               0.60),
        Figure("store webhooks, against one commit for each", rates["door"], rates["single"], 1.70),
    ]  # fmt: skip


@contextmanager
def _serving(ground: Ground) -> Iterator[dict[str, int]]:
    running, ports = [], {}
    environment = {
        **os.environ,
        ADDRESSES[0]: ground.addresses.app_url,
        ADDRESSES[1]: ground.addresses.platform_url,
    }
    try:
        for kind in KINDS:
            with socket.create_server(("127.0.0.1", 0)) as free:
                ports[kind] = free.getsockname()[1]
            command = [sys.executable, "-m", "benchmarks.ingest_server", kind, str(ports[kind])]
            running.append(subprocess.Popen(command, env=environment))
        for port in ports.values():
            _await(port)
        yield ports
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def _await(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("a server of the benchmark did not start")


async def _rate(port: int, name: str, *, seconds: float) -> float:
    """Send from many sockets for so long; answers a second."""
    deadline = time.perf_counter() + seconds
    counts = await asyncio.gather(
        *(_send(port, f"{name}-{number}", deadline) for number in range(SOCKETS))
    )
    return sum(counts) / seconds


async def _send(port: int, name: str, deadline: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = 0
    while time.perf_counter() < deadline:
        now = int(time.time())
        body = json.dumps({**BODY, "id": f"evt_{name}_{sent}", "created": now}).encode()
        writer.write(
            b"POST /webhooks/stripe HTTP/1.1\r\nhost: bench\r\ncontent-length: %d\r\n"
            b"stripe-signature: %s\r\n\r\n%s" % (len(body), signed(body, now), body)
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the door said {head.decode()}")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        sent += 1
    writer.close()
    return sent
