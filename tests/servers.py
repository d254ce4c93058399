"""Real servers for tests: an ASGI application on a loopback port, in the test's own loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn


def free_socket() -> socket.socket:
    """A listening socket on a free loopback port."""
    # Named TCP, or asyncio leaves Nagle's delay on: 40 ms for each answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    return listener


def url_of(listener: socket.socket) -> str:
    """The address of a listening socket."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


class _Quiet(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """The test runner keeps its own."""


@asynccontextmanager
async def serving(app: Any, listener: socket.socket) -> AsyncIterator[None]:
    """The application, answering on the socket until the block ends."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=120,  # a busy test is no idle client
    )
    server = _Quiet(config)
    running = asyncio.create_task(server._serve([listener]))
    try:
        while not server.started:
            if running.done():
                await running
                raise RuntimeError("the server ended before it started")
            await asyncio.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        await running
        listener.close()


class Wire:
    """A wire to a server's unix socket that can be cut and joined again: a small proxy."""

    def __init__(self, there: str) -> None:
        self._there = there
        self._door: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def join(self) -> None:
        """Carry everything from now on."""
        self._door = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._door.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break every line, and refuse new ones."""
        if self._door is not None:
            self._door.close()
        for line in list(self._lines):
            line.close()
        self._door = None

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, there = await asyncio.open_unix_connection(self._there)
        self._lines |= {back, there}
        await asyncio.gather(_pour(near, there), _pour(far, back), return_exceptions=True)
        self._lines -= {back, there}


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    finally:
        target.close()
