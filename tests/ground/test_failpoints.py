"""Failpoints: silent until armed, exact when armed, and never armed in production."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bookedbarber import failpoints
from bookedbarber.failpoints import ALLOWED, POINTS, RECORD, FailpointsForbidden, InjectedFault

STORY = """
import os, sys, asyncio
from bookedbarber import failpoints

failpoints.arm(os.environ)

async def story():
    for n in range(3):
        async with failpoints.around("sql", "payments.insert"):
            print("insert", n, flush=True)
    failpoints.hit("settle.before_commit")
    print("committed", flush=True)

try:
    asyncio.run(story())
finally:
    print("unwound", flush=True)
"""


def run_story(**environ: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if "FAILPOINTS" not in name}
    command = [sys.executable, "-c", STORY]
    return subprocess.run(  # noqa: S603 -- our own interpreter
        command, env=inherited | environ, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOWED, "1")


def test_nothing_happens_while_nothing_is_armed() -> None:
    ran = run_story()
    assert ran.returncode == 0
    assert ran.stdout.split("\n")[:4] == ["insert 0", "insert 1", "insert 2", "committed"]


def test_an_exit_at_the_second_hit_leaves_as_a_kill_would() -> None:
    ran = run_story(**{ALLOWED: "1", POINTS: "sql.payments.insert.after=exit@2"})
    assert ran.returncode == 137
    assert ran.stdout == "insert 0\ninsert 1\n"


def test_a_raise_before_the_write_leaves_it_undone() -> None:
    ran = run_story(**{ALLOWED: "1", POINTS: "sql.payments.insert.before=raise"})
    assert ran.returncode == 1
    assert ran.stdout == "unwound\n"
    assert "InjectedFault: sql.payments.insert.before" in ran.stderr


def test_a_recording_names_every_point_in_the_order_of_its_hits(tmp_path: Path) -> None:
    record = tmp_path / "names.txt"
    ran = run_story(**{ALLOWED: "1", RECORD: str(record)})
    assert ran.returncode == 0
    around = ["sql.payments.insert.before", "sql.payments.insert.after"]
    assert record.read_text().split() == around * 3 + ["settle.before_commit"]


def test_every_recorded_point_can_be_died_at(tmp_path: Path) -> None:
    record = tmp_path / "names.txt"
    run_story(**{ALLOWED: "1", RECORD: str(record)})
    for name in dict.fromkeys(record.read_text().split()):
        assert run_story(**{ALLOWED: "1", POINTS: f"{name}=exit"}).returncode == 137


@pytest.mark.parametrize("asked", [{POINTS: "a=exit"}, {RECORD: "names.txt"}])
@pytest.mark.parametrize("permission", [{}, {ALLOWED: "0"}, {ALLOWED: "true"}, {ALLOWED: ""}])
def test_a_process_not_started_for_tests_refuses_to_arm(
    asked: dict[str, str], permission: dict[str, str]
) -> None:
    with pytest.raises(FailpointsForbidden) as refused:
        failpoints.arm(asked | permission)
    assert refused.value.code == "failpoints_forbidden"
    failpoints.hit("a")


def test_a_test_too_needs_the_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALLOWED, raising=False)
    with pytest.raises(FailpointsForbidden), failpoints.armed("a=raise"):
        pass


@pytest.mark.usefixtures("allowed")
def test_a_point_without_a_number_acts_each_time_and_only_while_armed() -> None:
    with failpoints.armed("a=raise; b=raise@2"):
        for _ in range(2):
            with pytest.raises(InjectedFault, match="a"):
                failpoints.hit("a")
        failpoints.hit("b")
        with pytest.raises(InjectedFault, match="b"):
            failpoints.hit("b")
        failpoints.hit("b")
        failpoints.hit("c")
    failpoints.hit("a")


@pytest.mark.usefixtures("allowed")
async def test_a_body_that_fails_never_passes_its_after(tmp_path: Path) -> None:
    record = tmp_path / "names.txt"
    with failpoints.armed(record=record), pytest.raises(KeyError):
        async with failpoints.around("stripe", "refunds.create"):
            raise KeyError
    assert record.read_text() == "stripe.refunds.create.before\n"


@pytest.mark.usefixtures("allowed")
async def test_a_sleep_around_a_call_leaves_the_loop_free() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.005)

    ticking = asyncio.create_task(tick())
    with failpoints.armed("sql.x.before=sleep:0.1"):
        began = time.monotonic()
        async with failpoints.around("sql", "x"):
            assert time.monotonic() - began >= 0.1
    ticking.cancel()
    assert ticks > 2


@pytest.mark.usefixtures("allowed")
def test_a_sleep_between_statements_takes_its_time() -> None:
    with failpoints.armed("a=sleep:0.02"):
        began = time.monotonic()
        failpoints.hit("a")
        assert time.monotonic() - began >= 0.02


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a=",
        "=exit",
        "a=explode",
        "a=exit@0",
        "a=exit@x",
        "a=sleep",
        "a=exit:3",
        "a b=exit",
        "a=sleep:-1",
        "a=sleep:",
        "a=exit@1@2",
        "a=exit=b",
    ],
)
def test_a_misspelt_point_is_refused_and_not_ignored(text: str) -> None:
    with pytest.raises(FailpointsForbidden, match="cannot read"):
        failpoints.parse(text)


def test_points_read_back_from_their_spelling() -> None:
    exit_, sleep = failpoints.parse("settle.before_commit=exit@3 ; http.post./v1/x=sleep:0.5@2;")
    assert (exit_.name, exit_.action, exit_.nth) == ("settle.before_commit", "exit", 3)
    assert (sleep.name, sleep.seconds, sleep.nth) == ("http.post./v1/x", 0.5, 2)
