"""Real processes of the house, started and watched from outside as an operator would."""

import contextlib
import functools
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOUSE = [sys.executable, "-m", "bookedbarber.cli"]
QUIET = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("BOOKEDBARBER_", "STRIPE_", "DATABASE_URL", "REDIS_URL"))
}

_RANGE, _BLOCK = (20_000, 32_000), 40
_flags: list[socket.socket] = []


def free_port() -> int:
    """A port that nobody else is given: no other test process on this machine, and no outgoing
    connection, since it lies below the ports that the kernel hands out."""
    for _ in range(_BLOCK):
        port = next(_ports())
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise RuntimeError("every port of this process is taken")


@functools.cache
def _ports() -> Iterator[int]:
    """The ports of this process, round and round: a block whose first port it keeps as a flag."""
    for first in range(*_RANGE, _BLOCK):
        with contextlib.suppress(OSError):
            _flags.append(socket.create_server(("127.0.0.1", first)))
            return itertools.cycle(range(first + 1, first + _BLOCK))
    raise RuntimeError("every block of ports is taken")


def house(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the house to its end."""
    return subprocess.run(  # noqa: S603 # our own interpreter
        [*HOUSE, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={**QUIET, **environment},
    )


@dataclass(slots=True)
class House:
    """A running house and what it printed until it was ready."""

    data_dir: Path
    port: int
    process: subprocess.Popen[str]
    said: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def site_url(self) -> str:
        """Where clients reach it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """Where its Stripe is."""
        return f"http://127.0.0.1:{self.environment['BOOKEDBARBER_SANDBOX_PORT']}"

    def page(self) -> str:
        """Something that a web process answers from the database."""
        address = f"{self.site_url}/api/v2/shops/fade-street"
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 # our own http
            body: bytes = answer.read()
            return body.decode()

    def page_or_error(self) -> str:
        """The same, or the error that came instead: parts of the house may be away."""
        try:
            return self.page()
        except OSError as error:
            return str(error)

    def stripe(self, path: str, **fields: str) -> Any:
        """Ask the sandbox as Stripe's API, posting when there are fields."""
        key = (self.data_dir / "secrets" / "sandbox.secret_key").read_text().strip()
        request = urllib.request.Request(  # noqa: S310 # our own http address
            f"{self.sandbox_url}{path}",
            data=urllib.parse.urlencode(fields).encode() if fields else None,
            headers={"Authorization": f"Bearer {key}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 # as above
            return json.load(answer)

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> float:
        """Ask the house to stop; the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(with_signal)
        self.process.wait(timeout=30)
        return time.monotonic() - began

    def children(self, part: str) -> list[int]:
        """The processes of this house whose command line has `part` in it."""
        return [pid for pid, command in living(self.data_dir).items() if part in command]


@contextmanager
def running_house(data_dir: Path, **environment: str) -> Iterator[House]:
    """`bookedbarber up` on free ports, ready when this yields, ended afterwards."""
    port = int(environment.pop("PORT", free_port()))
    arguments = environment.pop("ARGUMENTS", "").split()
    settings = {
        "BOOKEDBARBER_DATA_DIR": str(data_dir),
        "BOOKEDBARBER_PORT": str(port),
        "BOOKEDBARBER_SANDBOX_PORT": str(free_port()),
        "BOOKEDBARBER_WEB_WORKERS": "1",
        "BOOKEDBARBER_HISTORY_DAYS": "0",
        **environment,
    }
    log = data_dir.parent / "house.log"
    with (
        log.open("a") as errors,
        subprocess.Popen(  # noqa: S603 # our own interpreter
            [*HOUSE, "up", *arguments],
            env={**QUIET, **settings},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        running = House(data_dir, port, process, environment=settings)
        try:
            assert process.stdout is not None
            for line in process.stdout:
                running.said += line
                if line.startswith("Ready"):
                    break
            else:
                raise AssertionError(f"the house was never ready: {log.read_text()}")
            yield running
        finally:
            if process.poll() is None:
                running.stop()


def living(data_dir: Path) -> dict[int, str]:
    """The processes at work for the house of `data_dir`, with their command lines."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            variables = (entry / "environ").read_bytes().split(b"\0")
            at_work = (entry / "cwd").readlink()
        except OSError:
            continue
        ours = f"BOOKEDBARBER_DATA_DIR={data_dir}".encode() in variables
        # PostgreSQL's own children show neither a folder nor a setting: they work in it.
        ours |= str(data_dir) in command or str(at_work).startswith(str(data_dir))
        if ours and int(entry.name) != os.getpid():
            found[int(entry.name)] = command
    return found


def eventually(condition: Callable[[], bool], *, within: float = 10.0) -> bool:
    """Whether `condition` came true in time."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def slowness() -> float:
    """How many times slower than by itself a process is on this machine now, at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
