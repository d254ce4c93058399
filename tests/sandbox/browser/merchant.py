"""A merchant on an origin of its own, who keeps every byte that ever reaches the server.

Its payment page runs under the policy the product's page will have, and shows what a payment page
of a merchant can know: the element's events, the messages of other windows, the results.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_HERE = Path(__file__).parent
_PLACES = {
    "/merchant.js": ("text/javascript", _HERE / "merchant_page.js"),
    "/merchant.css": ("text/css", _HERE / "merchant_page.css"),
}


@dataclass(slots=True)
class Merchant:
    """The server: `received` is everything it was ever sent, as it came off the wire."""

    sandbox: str
    origin: str = ""
    received: bytearray = field(default_factory=bytearray)
    pages: dict[str, bytes] = field(default_factory=dict)

    def page(self, setup: Mapping[str, Any], *, scheme: str = "light") -> str:
        """Puts up a payment page with this set-up; the answer is its address."""
        path = f"/pay/{secrets.token_hex(4)}"
        nonce = secrets.token_urlsafe(12)
        body = _HERE.joinpath("merchant_page.html").read_text("utf-8")
        for name, value in {
            "sandbox": self.sandbox,
            "nonce": nonce,
            "scheme": scheme,
            "setup": json.dumps(setup).replace("<", "\\u003c"),
        }.items():
            body = body.replace(f"[[{name}]]", value if name == "setup" else escape(value))
        self.pages[path] = _answer(body.encode(), "text/html", policy(self.sandbox, nonce))
        return self.origin + path

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.received += head
            self.received += await reader.readexactly(_length(head))
            writer.write(self._find(head.split(b" ")[1].decode()))
            await writer.drain()
        except asyncio.IncompleteReadError as cut_off:  # a browser opens connections ahead of need
            self.received += cut_off.partial
        finally:
            writer.close()

    def _find(self, target: str) -> bytes:
        path = urlsplit(target).path
        if path in _PLACES:
            kind, file = _PLACES[path]
            return _answer(file.read_bytes(), kind)
        blank = b"<!doctype html><html lang=en><title>Back at the merchant</title><h1>Back</h1>"
        return self.pages.get(path) or _answer(blank, "text/html", "default-src 'none'")


def policy(sandbox: str, nonce: str) -> str:
    """The policy of the product's payment page."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; "
        f"img-src 'self' data:; connect-src 'self' {sandbox}; frame-src {sandbox}; "
        "form-action 'self'"
    )


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _answer(body: bytes, kind: str, security: str = "") -> bytes:
    lines = [
        "HTTP/1.1 200 OK",
        f"Content-Type: {kind}; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *([f"Content-Security-Policy: {security}"] if security else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def open_merchant(sandbox: str) -> AsyncIterator[Merchant]:
    """A merchant's server on a free port."""
    merchant = Merchant(sandbox)
    server = await asyncio.start_server(merchant._serve, "127.0.0.1", 0)
    merchant.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield merchant
    finally:
        server.close()
        await server.wait_closed()
