"""Plays, at a door, the fault that is planned for a request: what happens to the connection."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request as HttpRequest
from starlette.responses import Response, StreamingResponse

from bookedbarber.sandbox.faults import Fault, Faults, refusal

_A_MOMENT = 0.01
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class DroppedError(Exception):
    """The connection is to break here; the server closes it without another byte."""


def meet(http: HttpRequest, faults: Faults, *, key: str | None = None) -> Fault | None:
    """The fault this request meets; one that refuses before anything happens is raised."""
    fault = faults.meet(http.method, http.url.path)
    refused = refusal(fault, key=key) if fault is not None else None
    if fault is not None and refused is not None:
        faults.play(fault)
        raise refused
    return fault


async def play(
    http: HttpRequest, faults: Faults, fault: Fault | None, respond: Callable[[], Response]
) -> Response:
    """The response, or what the fault makes of it."""
    if fault is None or fault.kind not in _OF_THE_CONNECTION:
        return respond()
    faults.play(fault)
    match fault.kind:
        case "timeout_before":
            return await _held(http, fault.seconds)
        case "slow":
            await asyncio.sleep(fault.seconds)
            return respond()
    response = respond()
    if fault.kind == "timeout_after":
        return await _held(http, fault.seconds)
    return _broken_off(http, response)


_OF_THE_CONNECTION = ("timeout_before", "timeout_after", "slow", "reset_mid_body")


def _broken_off(http: HttpRequest, response: Response) -> Response:
    """The response's head and half of its body; then the connection is reset."""
    body = bytes(response.body)

    async def part() -> AsyncIterator[bytes]:
        yield body[: len(body) // 2]
        await asyncio.sleep(_A_MOMENT)
        _abort(http, reset=True)
        await asyncio.sleep(_A_MOMENT)

    return StreamingResponse(part(), response.status_code, headers=dict(response.headers))


async def _held(http: HttpRequest, seconds: float) -> Response:
    """Keep the socket until the client leaves or time is up, then close it without a byte."""
    try:
        async with asyncio.timeout(seconds):
            while (await http.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        _abort(http)
    return Response()


def _abort(http: HttpRequest, *, reset: bool = False) -> None:
    """Close the connection under the server: ASGI has no word for it, uvicorn has a socket."""
    cycle = getattr(http.receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        raise DroppedError
    if reset:
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE
        )
    transport.abort()
