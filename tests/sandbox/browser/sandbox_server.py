"""The sandbox served over HTTP on a free port, in the loop of the tests."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from bookedbarber.sandbox import app
from bookedbarber.sandbox.browser import routes

PUBLISHABLE = "pk_test_browser"
SECRET = "sk_test_browser"


@asynccontextmanager
async def open_sandbox() -> AsyncIterator[str]:
    """A running sandbox that forgets everything afterwards; the value is its origin."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        sandbox = app.create(
            secret_key=SECRET, publishable_key=PUBLISHABLE, origin=origin, extra_routes=routes
        )
        server = uvicorn.Server(uvicorn.Config(sandbox, log_level="warning"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield origin
        finally:
            server.should_exit = True
            await serving
