"""Clocks: one that stands still, one that many processes share."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bookedbarber.clock import (
    ClockUnreadable,
    ManualClock,
    SharedClock,
    SystemClock,
    seconds_of,
)

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAIVE = NEW_YEAR.replace(tzinfo=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clock.json"


def close_to(instant: datetime, other: datetime) -> bool:
    return abs(instant - other) < timedelta(seconds=5)


def test_the_system_clock_tells_utc() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta()
    assert close_to(now, datetime.fromtimestamp(time.time(), UTC))


def test_a_manual_clock_stands_still_until_moved() -> None:
    clock = ManualClock(NEW_YEAR)
    assert clock.now() == clock.now() == NEW_YEAR
    assert clock.advance(HOUR) == clock.now() == NEW_YEAR + HOUR
    clock.set(NEW_YEAR - HOUR)
    assert clock.now() == NEW_YEAR - HOUR
    assert seconds_of(clock)() == NEW_YEAR.timestamp() - 3600


def test_instants_without_a_zone_are_a_defect_and_others_become_utc(path: Path) -> None:
    clock = ManualClock(NEW_YEAR.astimezone(timezone(HOUR)))
    assert clock.now().utcoffset() == timedelta()
    for wrong in (ManualClock, clock.set, SharedClock(path).set, SharedClock(path).freeze):
        with pytest.raises(ValueError, match="zone"):
            wrong(NAIVE)


def test_threads_that_advance_together_lose_no_step() -> None:
    clock = ManualClock(NEW_YEAR)
    start = threading.Barrier(4)

    def step() -> None:
        start.wait()
        for _ in range(500):
            clock.advance(timedelta(seconds=1))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(step) for _ in range(4)]:
            done.result()
    assert clock.now() == NEW_YEAR + timedelta(seconds=2000)


def test_without_a_file_the_shared_clock_is_the_machines(path: Path) -> None:
    assert close_to(SharedClock(path).now(), datetime.now(UTC))


def test_what_one_reader_sets_every_reader_sees(path: Path) -> None:
    ours, theirs = SharedClock(path), SharedClock(path)
    theirs.now()
    ours.freeze(NEW_YEAR)
    assert theirs.now() == ours.now() == NEW_YEAR
    assert theirs.advance(HOUR) == ours.now() == NEW_YEAR + HOUR
    ours.set(NEW_YEAR)
    assert close_to(theirs.now(), NEW_YEAR)
    theirs.advance(30 * 24 * HOUR)
    assert close_to(ours.now(), NEW_YEAR + timedelta(days=30))
    ours.reset()
    assert close_to(theirs.now(), datetime.now(UTC))


def test_a_running_clock_runs_and_a_frozen_one_does_not(path: Path) -> None:
    clock = SharedClock(path)
    clock.freeze(NEW_YEAR)
    time.sleep(0.01)
    assert clock.now() == NEW_YEAR
    clock.run()
    time.sleep(0.01)
    first = clock.now()
    assert NEW_YEAR < first < NEW_YEAR + timedelta(seconds=5)
    clock.run()
    assert close_to(clock.now(), first)
    clock.freeze()
    assert clock.now() == clock.now() > first


def test_changes_faster_than_the_file_systems_clock_are_all_seen(path: Path) -> None:
    ours, theirs = SharedClock(path), SharedClock(path)
    for step in range(300):
        at = NEW_YEAR + step * timedelta(seconds=1)
        ours.freeze(at)
        assert theirs.now() == at


def test_the_files_time_of_change_only_grows_whatever_the_file_systems_clock(path: Path) -> None:
    clock = SharedClock(path)
    clock.freeze(NEW_YEAR)
    ahead = path.stat().st_mtime_ns + 3_600_000_000_000
    os.utime(path, ns=(ahead, ahead))
    clock.freeze(NEW_YEAR + HOUR)
    assert path.stat().st_mtime_ns > ahead


def test_processes_that_advance_together_lose_no_step(path: Path) -> None:
    SharedClock(path).freeze(NEW_YEAR)
    script = (
        "import sys, pathlib, datetime; from bookedbarber.clock import SharedClock\n"
        "clock = SharedClock(pathlib.Path(sys.argv[1]))\n"
        "for _ in range(50): clock.advance(datetime.timedelta(seconds=1))\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, path]) for _ in range(3)]  # noqa: S603 -- our own interpreter
    assert [process.wait(30) for process in running] == [0, 0, 0]
    assert SharedClock(path).now() == NEW_YEAR + timedelta(seconds=150)
    assert sorted(found.name for found in path.parent.iterdir()) == [
        "clock.json",
        "clock.json.lock",
    ]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"offset_us": 1.5}',
        '{"offset": 1}',
        '{"frozen_us": "1"}',
        "\xff",
        "9" * 30,
        '{"frozen_us": 999999999999999999}',
        '{"offset_us": 999999999999999999}',
    ],
)
def test_a_file_that_says_no_time_stops_the_clock_and_names_the_mend(
    path: Path, content: str
) -> None:
    path.write_text(content, encoding="latin-1")
    with pytest.raises(ClockUnreadable, match=r"remove it for system time") as stopped:
        SharedClock(path).now()
    assert stopped.value.code == "clock_unreadable"
