"""The sandbox served over HTTP on a free port, in the loop of the tests."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

import sys; sys.path.insert(0, "/tmp/w/sjs")
from stub import create_app


@asynccontextmanager
async def open_sandbox() -> AsyncIterator[str]:
    """A running sandbox; the value is its origin."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        config = uvicorn.Config(create_app(), log_level="warning")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            await serving
