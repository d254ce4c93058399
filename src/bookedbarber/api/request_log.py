"""One canonical line in the log for each request.

It says the method, the route and not the address (links in addresses are keys), the status, the
time taken, the error's code and the ids that are known; no query, no body, nothing of a person.
Whatever else is logged on the way carries the same `request_id`.
"""

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GONE: Final = 499  # whoever asked did not wait for the answer
_SECRET: Final = frozenset({"link", "path"})
_ID: Final = re.compile(r"[a-z]{3}_[0-9a-z]{1,40}|[a-z0-9][a-z0-9-]{1,62}", re.ASCII)
log = structlog.get_logger("request")


def request_id(request: Request) -> str:
    """A name for this request, to find it in the log."""
    return _named(request.scope)


def note(request: Request, **facts: str) -> None:
    """Have the request's line say this as well: a code, an id, never anything of a person."""
    request.scope.setdefault("state", {}).setdefault("noted", {}).update(facts)


class RequestLog:
    """Writes the line when the answer has been sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), GONE

        async def noticing(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=_named(scope)):
            try:
                await self._app(scope, receive, noticing)
            except Exception:
                status = 500  # answered further out
                raise
            finally:
                _tell(scope, status, time.perf_counter() - began)


def _named(scope: Scope) -> str:
    state: dict[str, Any] = scope.setdefault("state", {})
    return str(state.setdefault("request_id", f"req_{secrets.token_hex(8)}"))


def _tell(scope: Scope, status: int, seconds: float) -> None:
    given: Mapping[str, object] = scope.get("path_params", {})
    tell = log.warning if status >= 500 else log.info
    tell(
        "request",
        method=scope["method"],
        route=_route(scope["path"], given) if "endpoint" in scope else None,
        status=status,
        ms=round(seconds * 1000, 1),
        **{**dict(_ids(given)), **scope["state"].get("noted", {})},
    )


def _route(path: str, given: Mapping[str, object]) -> str:
    """The address with the names of its parts in their places."""
    for name, value in given.items():
        before, found, after = path.rpartition(f"/{value}")
        path = f"{before}/{{{name}}}{after}" if found else path
    return path


def _ids(given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        if name not in _SECRET and _ID.fullmatch(str(value)):
            yield ("shop" if name == "slug" else name), str(value)
