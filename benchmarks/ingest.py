"""Webhooks a second through the real door, beside the same server without the insert, and beside
one that commits each event by itself.

Each server is a process of its own under uvicorn; the sender is this process: keep-alive sockets
that each send a signed body of a kilobyte and wait for its answer. What is sent is written and
signed before the time is taken: on two cores the sender would else measure itself.
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
LETTERS: Final = 120  # of each socket in a round
WARMING: Final = 20
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
            await _rate(ports[kind], f"warm-{kind}", each=WARMING)
        for turn in range(ROUNDS):
            for kind in (*KINDS[turn % 3 :], *KINDS[: turn % 3]):
                rates[kind].append(await _rate(ports[kind], f"{turn}-{kind}", each=LETTERS))
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


async def _rate(port: int, name: str, *, each: int) -> float:
    """Send so many from each of many sockets; answers a second."""
    letters = [[_letter(f"{name}-{n}-{i}") for i in range(each)] for n in range(SOCKETS)]
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(SOCKETS)]
    began = time.perf_counter()
    await asyncio.gather(*(_send(*line, sent) for line, sent in zip(lines, letters, strict=True)))
    rate = SOCKETS * each / (time.perf_counter() - began)
    for _, writer in lines:
        writer.close()
    return rate


def _letter(name: str) -> bytes:
    """A whole request with an event of its own, signed."""
    now = int(time.time())
    body = json.dumps({**BODY, "id": f"evt_{name}", "created": now}).encode()
    return (
        b"POST /webhooks/stripe HTTP/1.1\r\nhost: bench\r\ncontent-length: %d\r\n"
        b"stripe-signature: %s\r\n\r\n%s" % (len(body), signed(body, now), body)
    )


async def _send(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, letters: list[bytes]
) -> None:
    for letter in letters:
        writer.write(letter)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the door said {head.decode()}")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
