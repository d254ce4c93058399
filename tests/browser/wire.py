"""Every byte a browser sends, as it came off the wire: a forward proxy that keeps a copy.

One request for each connection, so that no byte passes unseen behind an upgrade or a pipeline.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_KEPT_ALIVE = re.compile(rb"\r\n(?:proxy-)?connection:[^\r]*", re.IGNORECASE)


@dataclass(slots=True)
class Wire:
    """What was sent, by the origin it was sent to."""

    address: str = ""
    sent: dict[str, bytearray] = field(default_factory=dict)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length[1])) if length else b""
            if head.startswith(b"CONNECT "):  # encrypted: kept by name, and not let through
                self.sent.setdefault(head.split(b" ")[1].decode(), bytearray()).extend(head)
                return
            await self._pass_on(head, body, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # a browser opens connections ahead of need, and drops those it gave up
        finally:
            writer.close()

    async def _pass_on(self, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        method, target, rest = head.split(b" ", 2)
        url = urlsplit(target.decode())
        origin = f"{url.scheme}://{url.netloc}"
        self.sent.setdefault(origin, bytearray()).extend(head + body + b"\r\n")
        path = url._replace(scheme="", netloc="").geturl() or "/"
        there, out = await asyncio.open_connection(url.hostname, url.port)
        try:
            line, fields = rest.split(b"\r\n", 1)
            kept = _KEPT_ALIVE.sub(b"", b"\r\n" + fields.rstrip(b"\r\n"))
            out.write(b" ".join((method, path.encode(), line)) + kept)
            out.write(b"\r\nConnection: close\r\n\r\n" + body)
            while block := await there.read(65_536):
                writer.write(block)
                await writer.drain()
        finally:
            out.close()


@asynccontextmanager
async def tapped() -> AsyncIterator[Wire]:
    """A wire to run a browser's traffic over, until the block ends."""
    wire = Wire()
    server = await asyncio.start_server(wire._carry, "127.0.0.1", 0)
    wire.address = "http://{}:{}".format(*server.sockets[0].getsockname())
    async with server:
        yield wire
