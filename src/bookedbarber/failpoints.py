"""Named failpoints, before and after every write and outside call.

A failpoint costs one comparison until a test process arms it. Then it can end the process as
`kill -9` would, raise, or sleep, at its N-th hit; or every hit is recorded, so that a sweep
finds the names by running the story, not from a list. Production refuses to arm: points are
taken only by a process started with `BOOKEDBARBER_FAILPOINTS_ALLOWED=1`.

    BOOKEDBARBER_FAILPOINTS="settle.before_commit=exit@3;stripe.refunds.create.after=sleep:0.5"
    BOOKEDBARBER_FAILPOINTS_RECORD=names.txt
"""

import asyncio
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final, Self, assert_never

from bookedbarber.errors import Refused

ALLOWED: Final = "BOOKEDBARBER_FAILPOINTS_ALLOWED"
POINTS: Final = "BOOKEDBARBER_FAILPOINTS"
RECORD: Final = "BOOKEDBARBER_FAILPOINTS_RECORD"

_POINT: Final = re.compile(
    r"(?P<name>[^\s=;@]+)=(?P<action>exit|raise|sleep(?=:))"
    r"(?::(?P<seconds>[0-9]+(?:\.[0-9]+)?))?(?:@(?P<nth>[1-9][0-9]*))?"
)
_KILLED: Final = 137


class FailpointsForbidden(Refused):
    """Failpoints were asked for in a process that was not started for tests, or misspelt."""

    code: ClassVar[str] = "failpoints_forbidden"


class InjectedFault(RuntimeError):
    """Raised by an armed point. No error of ours, so that it is met as a defect would be."""


class Action(StrEnum):
    """What an armed point does."""

    EXIT = "exit"
    RAISE = "raise"
    SLEEP = "sleep"


@dataclass(frozen=True, slots=True)
class Point:
    """One armed point: acts at its `nth` hit only, or at every hit when that is None."""

    name: str
    action: Action
    seconds: float = 0.0
    nth: int | None = None


class _Armed:
    """The points of a process that has any, with the count of hits by name."""

    def __init__(self, points: tuple[Point, ...], record: Path | None) -> None:
        self._points = {point.name: point for point in points}
        self._record = record
        self._hits: dict[str, int] = {}
        self._lock = threading.Lock()

    def due(self, name: str) -> Point | None:
        """Count a hit, record it, and return the point if it must act now."""
        with self._lock:
            hits = self._hits[name] = self._hits.get(name, 0) + 1
            if self._record is not None:
                # One short append: lines of several processes do not mix.
                with self._record.open("a") as file:
                    file.write(f"{name}\n")
        point = self._points.get(name)
        return point if point and point.nth in {None, hits} else None


_armed: _Armed | None = None


def arm(environ: Mapping[str, str]) -> None:
    """Arm what the environment asks for; each door calls this once at its start.

    Raises FailpointsForbidden when points are asked for and not allowed, or are misspelt.
    """
    global _armed  # noqa: PLW0603 -- a process has one set of points; hit() must find it in one load
    points, record = environ.get(POINTS, ""), environ.get(RECORD, "")
    if not points and not record:
        return
    _demand_allowed(environ)
    _armed = _Armed(parse(points), Path(record) if record else None)


@contextmanager
def armed(points: str = "", record: Path | None = None) -> Iterator[None]:
    """Arm these points, in the same spelling, for the length of a test."""
    global _armed  # noqa: PLW0603 -- as in arm()
    _demand_allowed(os.environ)
    before, _armed = _armed, _Armed(parse(points), record)
    try:
        yield
    finally:
        _armed = before


def parse(text: str) -> tuple[Point, ...]:
    """Read `name=exit@3;other=raise;third=sleep:0.5`; FailpointsForbidden when misspelt."""
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        read = _POINT.fullmatch(part)
        if read is None or (read["seconds"] is not None and read["action"] != Action.SLEEP):
            raise FailpointsForbidden(f"{POINTS}: cannot read {part!r}, expected name=action[@n]")
        nth = int(read["nth"]) if read["nth"] else None
        found.append(Point(read["name"], Action(read["action"]), float(read["seconds"] or 0), nth))
    return tuple(found)


def hit(name: str) -> None:
    """Pass a failpoint: nothing happens unless it is armed."""
    if _armed is not None and (point := _armed.due(name)):
        _act(point)
        if point.action is Action.SLEEP:
            time.sleep(point.seconds)


async def pass_by(name: str) -> None:
    """Pass a failpoint without holding up the event loop while it sleeps."""
    if _armed is not None and (point := _armed.due(name)):
        _act(point)
        if point.action is Action.SLEEP:
            await asyncio.sleep(point.seconds)


class around:  # noqa: N801 -- reads as the function it is at every call: `async with around(...)`
    """Pass `kind.name.before`, then the body, then (if the body succeeded) `kind.name.after`."""

    __slots__ = ("_kind", "_name")

    def __init__(self, kind: str, name: str) -> None:
        self._kind, self._name = kind, name

    async def __aenter__(self) -> Self:
        if _armed is not None:
            await pass_by(f"{self._kind}.{self._name}.before")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if _armed is not None and error is None:
            await pass_by(f"{self._kind}.{self._name}.after")


def _act(point: Point) -> None:
    match point.action:
        case Action.EXIT:
            # No handlers, no flushing, no finally: what a kill leaves behind.
            os._exit(_KILLED)
        case Action.RAISE:
            raise InjectedFault(point.name)
        case Action.SLEEP:
            return
        case _:
            assert_never(point.action)


def _demand_allowed(environ: Mapping[str, str]) -> None:
    if environ.get(ALLOWED) != "1":
        raise FailpointsForbidden(f"failpoints are for tests: start the process with {ALLOWED}=1")
