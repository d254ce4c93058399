"""A sandbox on a free port, driven by its control routes, and a receiver for its webhooks."""

import asyncio
import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import stripe
import uvicorn

from bookedbarber.sandbox import app

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

SECRET = "sk_test_51SandboxSecret"
PUBLISHABLE = "pk_test_51SandboxPublishable"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over plain HTTP."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def error(self) -> dict[str, Any]:
        """The error in the body."""
        error: dict[str, Any] = self.body["error"]
        return error


@dataclass(slots=True)
class Sandbox:
    """A running sandbox seen from outside."""

    origin: str
    clients: list[stripe.HTTPClient] = field(default_factory=list)

    def client(self, key: str = SECRET, *, retries: int = 0) -> stripe.StripeClient:
        """The official SDK, pointed here."""
        http = stripe.RequestsClient(timeout=10, async_fallback_client=None)
        self.clients.append(http)
        return stripe.StripeClient(
            key,
            base_addresses={"api": self.origin},
            http_client=http,
            max_network_retries=retries,
        )

    def ask(
        self,
        method: str,
        path: str,
        params: dict[str, Any] | None = None,
        *,
        key: str | None = SECRET,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """A request over plain HTTP, for what the SDK hides."""
        form = urlencode(params or {})
        url = self.origin + path
        if method != "POST" and form:
            url += f"?{form}"
        given = dict(headers or {})
        if key is not None:
            given["Authorization"] = f"Bearer {key}"
        body = form.encode() if method == "POST" else None
        return _send(urllib.request.Request(url, body, given, method=method))  # noqa: S310  # our own address

    def control(
        self, path: str, wanted: dict[str, Any] | None = None, *, method: str | None = None
    ) -> Any:
        """A control route: GET without a body, POST with one."""
        body = None if wanted is None else json.dumps(wanted).encode()
        request = urllib.request.Request(f"{self.origin}/_sandbox/{path}", body, method=method)  # noqa: S310  # our own address
        answer = _send(request)
        if answer.status >= 400:
            raise ControlRefusedError(answer)
        return answer.body

    def advance(self, seconds: float) -> float:
        """Move the clock on; the new moment."""
        return float(self.control("clock", {"advance": seconds})["now"])

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """Raw rows of a kind."""
        return [row["row"] for row in self.control(f"rows?object={kind}")["rows"]]

    def told(self) -> list[str]:
        """The types of all events so far, oldest first."""
        return [event["type"] for event in self.rows("event")]

    def fault(self, method: str, path: str, kind: str, **more: Any) -> None:
        """Plan a fault."""
        self.control("faults", {"method": method, "path": path, "kind": kind, **more})


class ControlRefusedError(Exception):
    """A control route said no."""


def _send(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  # our own address
            return _answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return _answer(refusal.code, refusal.headers, refusal.read())


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    parsed = json.loads(body) if body else {}
    return Answer(status, {name.lower(): value for name, value in headers.items()}, parsed)


class _Stage:
    """A server in a thread of its own that serves whichever sandbox is on it now."""

    def __init__(self) -> None:
        # asyncio switches Nagle's delay off only for sockets that say they are TCP
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(128)
        self.origin = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.loop = asyncio.new_event_loop()
        self.playing: Starlette | None = None
        config = uvicorn.Config(
            self._dispatch,
            interface="asgi3",
            lifespan="off",
            log_level="critical",
            timeout_graceful_shutdown=0,
            timeout_keep_alive=120,
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()
        _await(lambda: self.server.started)

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.server.serve(sockets=[self.listener]))
        self.loop.close()

    async def _dispatch(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        assert self.playing is not None
        await self.playing(scope, receive, send)

    @contextmanager
    def play(self, data: Path | None, seed: int) -> Iterator[None]:
        """Put a fresh sandbox on the stage."""
        leave = AsyncExitStack()

        async def enter() -> None:
            self.playing = app.create(
                secret_key=SECRET,
                publishable_key=PUBLISHABLE,
                data=data,
                seed=seed,
                origin=self.origin,
            )
            await leave.enter_async_context(self.playing.router.lifespan_context(self.playing))

        asyncio.run_coroutine_threadsafe(enter(), self.loop).result()
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(leave.aclose(), self.loop).result()

    def close(self) -> None:
        """Stop serving."""
        self.server.should_exit = True
        self.thread.join()
        self.listener.close()


class Stages:
    """Stages kept for the next test, since starting a server takes longer than most tests."""

    def __init__(self) -> None:
        self.free: list[_Stage] = []

    @contextmanager
    def running(self, data: Path | None = None, *, seed: int = 7) -> Iterator[Sandbox]:
        """A fresh sandbox."""
        stage = self.free.pop() if self.free else _Stage()
        sandbox = Sandbox(stage.origin)
        try:
            with stage.play(data, seed):
                yield sandbox
        finally:
            for client in sandbox.clients:
                client.close()  # type: ignore[no-untyped-call]  # the SDK left it bare
            self.free.append(stage)

    def close(self) -> None:
        """Stop all servers."""
        while self.free:
            self.free.pop().close()


def _await(condition: Any, *, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.005)


@dataclass(slots=True)
class Receiver:
    """A webhook endpoint that keeps what it gets and answers as told."""

    url: str
    answers: list[int] = field(default_factory=list)
    letters: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    moved_to: str | None = None
    pause: float = 0
    under_way: int = 0
    most_at_once: int = 0

    def events(self) -> list[dict[str, Any]]:
        """The events received, in order of arrival."""
        return [json.loads(body) for _, body in self.letters]

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count how many letters are being taken at the same time."""
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        time.sleep(self.pause)
        try:
            yield
        finally:
            self.under_way -= 1

    def types(self) -> list[str]:
        """Their types."""
        return [event["type"] for event in self.events()]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with receiver.counted():
                receiver.letters.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.answer()  # the sender may go on before this thread does

        def answer(self) -> None:
            self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
            if receiver.moved_to:
                self.send_header("location", receiver.moved_to)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hooks")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
