"""Tells the tale in a process of its own that dies at one failpoint, and in a second that goes on.

The processes are forked from a server that has everything imported, so that one costs little. The
sandbox lives in the test's own process and survives, as Stripe would.
"""

import asyncio
import multiprocessing
import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bookedbarber import failpoints
from tests.faults import tale
from tests.faults.house import Joint, joining
from tests.faults.tale import Setting

KILLED: Final = 137
DONE: Final = 0
_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.faults.sweep"])


@dataclass(frozen=True, slots=True)
class Point:
    """The n-th hit of a failpoint."""

    name: str
    nth: int

    @property
    def area(self) -> str:
        """What the point is about: all but its last words."""
        kind, about, *_ = self.name.split(".")
        return f"{kind}.{about}"

    def __str__(self) -> str:
        return f"{self.name}=exit@{self.nth}"


async def record(joint: Joint, setting: Setting, folder: Path) -> list[Point]:
    """Tell the tale undisturbed; every point that statements and requests passed, in order."""
    names = folder / "names.txt"
    assert await _run(joint, setting, folder, record=names) == DONE, _said(folder)
    hits: dict[str, int] = {}
    found = []
    for name in names.read_text().splitlines():
        hits[name] = hits.get(name, 0) + 1
        found.append(Point(name, hits[name]))
    return found


async def die_and_go_on(joint: Joint, setting: Setting, point: Point, folder: Path) -> bool:
    """Die at the point, start again, and prove the tale; whether the point was met at all."""
    first = await _run(joint, setting, folder, points=str(point))
    assert first in (KILLED, DONE), f"{point}: {_said(folder)}"
    second = await _run(joint, setting, folder)
    assert second == DONE, f"after {point}: {_said(folder)}"
    return first == KILLED


async def _run(
    joint: Joint, setting: Setting, folder: Path, *, points: str = "", record: Path | None = None
) -> int | None:
    """How a process ended that told the tale, and proved it if it came so far."""
    process = _FORKS.Process(target=_tell, args=(joint, setting, folder, points, record))
    process.start()
    try:
        await asyncio.to_thread(process.join, 120)
        return process.exitcode
    finally:
        if process.is_alive():
            process.kill()
            process.join()


def _tell(joint: Joint, setting: Setting, folder: Path, points: str, record: Path | None) -> None:
    os.environ[failpoints.ALLOWED] = "1"
    try:
        asyncio.run(_telling(joint, setting, points, record))
    except BaseException:  # noqa: BLE001 # whatever it is, the test that waits outside is told
        (folder / "said.txt").write_text(traceback.format_exc())
        sys.exit(1)


async def _telling(joint: Joint, setting: Setting, points: str, record: Path | None) -> None:
    async with joining(joint, connections=2) as world:
        with failpoints.armed(points, record):
            await tale.tell(world, setting)
        await tale.prove(world, setting)


def _said(folder: Path) -> str:
    said = folder / "said.txt"
    return said.read_text() if said.exists() else "it said nothing"
