"""The rules of the house that run: floors, one clock, generated files in step."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bookedbarber
from bookedbarber.database.embedded import Addresses
from bookedbarber.database.generate import generate
from tests.conftest import TEMPLATE, named

SOURCE = Path(bookedbarber.__file__).parent
ROOT = SOURCE.parent.parent
# Doors, and the one module that is the clock. Whoever else wants the time is given it.
CLOCK_READERS = ("clock.py", "cli/", "sandbox/")
# What measures how long something takes, not when it is.
STOPWATCHES = {
    "api/request_log.py": "says how long a request took",
    "checkout/means.py": "hands the breakers their stopwatch",
    "demo/hands.py": "says when the worker is slow",
    "demo/race.py": "measures how fast a history goes",
    "demo/stream.py": "waits between two visitors",
    "database/embedded/process.py": "waits for a server to start",
}
WALL = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time",
        "time.time_ns", "time.localtime", "time.gmtime"}  # fmt: skip
WATCH = {"time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns"}


def readings() -> dict[str, set[str]]:
    """Which files of the product name which clocks."""
    found: dict[str, set[str]] = {}
    for file in SOURCE.rglob("*.py"):
        tree = ast.parse(file.read_text())
        names = {ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        used = {name for name in names if any(name.endswith(clock) for clock in WALL | WATCH)}
        imported = {
            f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module in ("time", "datetime")
            for alias in node.names
        } & (WALL | WATCH)
        if used | imported:
            found[file.relative_to(SOURCE).as_posix()] = used | imported
    return found


def test_the_clock_is_read_by_doors_and_the_clock_alone() -> None:
    found = readings()
    assert any("datetime.now" in name for name in found["clock.py"])
    for file, clocks in found.items():
        if file.startswith(CLOCK_READERS):
            continue
        wall = {c for c in clocks if any(c.endswith(name) for name in WALL)}
        assert not wall, f"{file} reads {wall}: time is an argument below the doors"
        assert file in STOPWATCHES, f"{file} uses {clocks}"
    assert set(STOPWATCHES) <= set(found), "a reason that no longer holds"


def test_imports_go_down_only() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(  # noqa: S603 # our own tool, no input
        [str(lint), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def test_every_query_is_in_step_with_its_sql_and_the_schema(postgres: Addresses) -> None:
    url = named(postgres.owner_url, TEMPLATE)
    written = await generate(url)
    assert len(written) > 8
    behind = [path.name for path, text in written.items() if path.read_text() != text]
    assert not behind, f"run `python -m bookedbarber.database.generate`: {behind}"


@pytest.mark.parametrize("page", ["settings", "errors"])
def test_a_generated_page_is_in_step_with_the_code(page: str) -> None:
    command = [sys.executable, "-m", "bookedbarber.cli", "docs", page]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 # our own command
    assert done.returncode == 0, done.stderr
    assert done.stdout == (ROOT / "docs" / f"{page}.md").read_text()
