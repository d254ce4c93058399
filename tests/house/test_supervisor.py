"""The supervisor alone, over small real processes."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bookedbarber.cli.household import CannotRun
from bookedbarber.cli.supervisor import Child, Supervisor, program
from tests.house.processes import eventually, free_port, slowness

# A child that writes down when it starts and when it is asked to stop.
_DIARY = """
import signal, sys, time
def write(word):
    with open(sys.argv[1], "a") as diary:
        diary.write(f"{word} {sys.argv[2]}\\n")
def stop(*_):
    write("stopped")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
write("started")
time.sleep(60)
"""

# A supervisor of two diaries, in a process of its own that can be signalled and killed.
_HOUSE = """
import os, sys
from bookedbarber.cli.supervisor import Child, Supervisor, program
diary, child = sys.argv[1], sys.argv[2]
def one(name):
    start = program(["-c", child, diary, name], environment=os.environ)
    return Child(name=name, start=start, ready=lambda: f"started {name}" in open(diary).read())
with Supervisor() as supervisor:
    supervisor.start(one("first"))
    supervisor.start(one("second"))
    supervisor.settle()
    print("up", flush=True)
    supervisor.watch()
"""

_STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""


def diarist(diary: Path, name: str, *, grace: float = 1.5) -> Child:
    diary.touch()
    return Child(
        name=name,
        start=program(["-c", _DIARY, str(diary), name], environment=os.environ),
        ready=lambda: f"started {name}" in diary.read_text(),
        grace=grace,
    )


def house(diary: Path) -> subprocess.Popen[str]:
    diary.touch()
    started = subprocess.Popen(  # noqa: S603 # our own interpreter
        [sys.executable, "-c", _HOUSE, str(diary), _DIARY], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "up\n"
    return started


def test_tiers_start_in_order_and_stop_in_reverse(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    with Supervisor() as supervisor:
        for name in ("database", "sandbox", "pages"):
            supervisor.start(diarist(diary, name))
            supervisor.settle()
    words = diary.read_text().splitlines()
    assert words == [
        "started database", "started sandbox", "started pages",
        "stopped pages", "stopped sandbox", "stopped database",
    ]  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_each_way_of_asking_stops_it_with_exit_code_0(
    tmp_path: Path, number: signal.Signals
) -> None:
    with house(tmp_path / "diary") as running:
        running.send_signal(number)
        running.send_signal(number)  # the impatient press twice; it changes nothing
        assert running.wait(timeout=10) == 0
    assert (tmp_path / "diary").read_text().split("\n")[2:4] == ["stopped second", "stopped first"]


def test_a_request_that_python_drops_is_heeded_all_the_same() -> None:
    program_text = (
        "import time\n"
        "from bookedbarber.cli.supervisor import Supervisor\n"
        "class Callback:\n"
        "    def __del__(self):\n"  # what is raised in here goes nowhere, as in an import's own
        "        print('up', flush=True)\n"
        "        time.sleep(60)\n"
        "with Supervisor() as supervisor:\n"
        "    Callback()\n"
        "    supervisor.watch()\n"
    )
    with subprocess.Popen(  # noqa: S603 # our own interpreter
        [sys.executable, "-c", program_text],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "up\n"
        running.terminate()
        try:
            assert running.communicate(timeout=20)[1] == ""  # it is not shown to anybody
        finally:
            running.kill()
        assert running.returncode == 0


def test_a_request_in_the_midst_of_starting_a_child_leaves_nobody_behind() -> None:
    program_text = (
        "import os, signal, subprocess, sys\n"
        "from bookedbarber.cli.supervisor import Child, Supervisor\n"
        "def start():\n"
        "    listening = lambda: signal.pthread_sigmask(signal.SIG_SETMASK, [])\n"
        "    sleep = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "    process = subprocess.Popen(sleep, preexec_fn=listening)\n"
        "    print(process.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    return process\n"
        "with Supervisor() as supervisor:\n"
        "    supervisor.start(Child(name='late', start=start))\n"
    )
    ended = subprocess.run(  # noqa: S603 # our own interpreter
        [sys.executable, "-c", program_text],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(ended.stdout), 0)


def test_children_of_a_killed_supervisor_end_by_themselves(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    with house(diary) as running:
        running.kill()
    assert eventually(lambda: diary.read_text().count("stopped") == 2, within=60)


def test_a_child_that_ignores_the_request_is_made_to_stop(tmp_path: Path) -> None:
    deaf = tmp_path / "deaf"
    child = Child(
        name="stubborn",
        start=program(["-c", _STUBBORN, str(deaf)], environment=os.environ),
        ready=deaf.exists,
        grace=0.2,
    )
    with Supervisor() as supervisor:
        supervisor.start(child)
        supervisor.settle()
        began = time.monotonic()
    assert 0.15 < time.monotonic() - began < slowness() * 2


def test_a_child_that_ends_at_once_is_told_and_the_others_are_stopped(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    broken = Child(
        name="worker",
        start=program(["-c", "raise SystemExit(7)"], environment=os.environ),
        ready=lambda: False,
    )
    with Supervisor() as supervisor:
        supervisor.start(diarist(diary, "first"))
        supervisor.settle()
        supervisor.start(broken)
        with pytest.raises(CannotRun, match=r"The worker ended at once \(exit code 7\)"):
            supervisor.settle()
    assert diary.read_text().splitlines() == ["started first", "stopped first"]


def test_a_child_that_keeps_dying_is_started_ever_more_patiently(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    dying = "import sys, time; open(sys.argv[1], 'a').write(f'{time.monotonic()}\\n')"
    program_text = (
        "import os, sys\n"
        "from bookedbarber import log\n"
        "from bookedbarber.cli.supervisor import Child, Supervisor, program\n"
        # Without site nothing else speaks in the dying one's name, coverage say.
        "start = program(['-S', '-c', sys.argv[2], sys.argv[1]], environment=os.environ)\n"
        "log.configure(plain=False)\n"
        "with Supervisor() as supervisor:\n"
        "    supervisor.start(Child(name='dying', start=start))\n"
        "    supervisor.watch()\n"
    )
    diary.touch()
    with (
        (tmp_path / "said").open("w") as said,
        subprocess.Popen(  # noqa: S603 # our own interpreter
            [sys.executable, "-c", program_text, str(diary), dying], stderr=said
        ) as running,
    ):
        assert eventually(lambda: diary.read_text().count("\n") >= 4, within=60)
        running.terminate()
        try:
            running.wait(timeout=30)
        finally:
            running.kill()
    times = [float(line) for line in diary.read_text().splitlines()]
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    lines = map(json.loads, (tmp_path / "said").read_text().splitlines())
    told = [line["again_in_seconds"] for line in lines if line["event"] == "child_died"][:3]
    assert told[2] >= 2 * told[1] >= 4 * told[0] > 0
    assert told[2] > 1.5
    # And it is never started sooner; how much later depends on the machine.
    assert all(pause >= promised for pause, promised in zip(pauses, told, strict=False))


def test_a_request_to_stop_tears_nothing_that_is_going_on_while_children_are_watched() -> None:
    diary: list[str] = []

    class Polled(subprocess.Popen[bytes]):
        def poll(self) -> int | None:
            if "went on" not in diary:
                diary.append("asked")
                os.kill(os.getpid(), signal.SIGTERM)
                diary.append("went on")
            return super().poll()

    with Supervisor() as supervisor:
        sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
        supervisor.start(Child("sleeper", start=lambda: Polled(sleeping)))
        supervisor.watch()
    assert diary == ["asked", "went on"]


def test_a_live_page_that_stays_open_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    (tmp_path / "live.py").write_text(
        "import asyncio\n"
        "async def app(scope, receive, send):\n"
        "    if scope['type'] != 'http': return\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "    while True:\n"
        "        await send({'type': 'http.response.body', 'body': b'tick', 'more_body': True})\n"
        "        await asyncio.sleep(0.1)\n"
        "def build():\n"
        "    return app\n"
    )
    port = free_port()
    serving = (
        "import sys; from bookedbarber import config; from bookedbarber.cli import ports, serve\n"
        "settings = config.load({}, port=int(sys.argv[1]))\n"
        "listener = ports.listen('127.0.0.1', settings.port, variable='BOOKEDBARBER_PORT')\n"
        "serve.serve(settings, listener, site='live:build')\n"
    )
    paths = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(  # noqa: S603 # our own interpreter
        [sys.executable, "-c", serving, str(port)], env={**os.environ, "PYTHONPATH": paths}
    ) as running:
        live = None

        def reach() -> bool:
            nonlocal live
            try:
                live = socket.create_connection(("127.0.0.1", port), timeout=10)
            except ConnectionRefusedError:
                return False
            return True

        assert eventually(reach, within=20)
        assert live is not None
        with live:
            live.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200" in live.recv(100)
            began = time.monotonic()
            running.terminate()
            running.wait(timeout=10)
            assert time.monotonic() - began < slowness() * 2.5
