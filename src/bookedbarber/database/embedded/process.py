"""The server's process: start it, see that it is ready, end it, end one left behind."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

from bookedbarber import tether
from bookedbarber.database.embedded.account import Account, CannotStart, surroundings
from bookedbarber.database.embedded.layout import BINARIES, PORT, socket_file

_PATIENCE: Final = 60.0  # seconds that crash recovery may take before we call it stuck

_SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "1GB",
    "jit": "off",
    "timezone": "UTC",
    "idle_in_transaction_session_timeout": "60s",
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgresql-%a.log",  # a week of logs, each day overwriting its last
    "log_truncate_on_rotation": "on",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_min_duration_statement": "500ms",
    "log_parameter_max_length": "0",  # values are people's names and addresses: never logged
    "log_error_verbosity": "terse",  # the DETAIL of a broken constraint repeats the row
}
_FRAGILE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def launch(
    home: Path, account: Account, *, durable: bool, connections: int
) -> subprocess.Popen[bytes]:
    """Start the server and wait until it takes connections."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        process: subprocess.Popen[bytes] | None = None
        try:
            with tether.undisturbed():
                process = _spawn(home, account, durable=durable, connections=connections)
            ready = _ready(home, process, deadline)
        except BaseException:
            if process is not None:
                end(process)
            raise
        if ready:
            return process
        reason = _reason(home)
        if "still in use" not in reason or time.monotonic() > deadline:
            raise CannotStart(
                f"PostgreSQL could not start on {home.parent} ({reason}): restore a backup, or "
                f"start over with --fresh; its log is in {home / 'log'}."
            )
        time.sleep(0.1)  # sessions of a killed server are still on their way out


def _spawn(
    home: Path, account: Account, *, durable: bool, connections: int
) -> subprocess.Popen[bytes]:
    settings = {**_SETTINGS, "unix_socket_directories": str(home)}
    settings |= {"max_connections": str(connections)}
    settings |= {} if durable else _FRAGILE
    command = [str(BINARIES / "postgres"), "-D", str(home / "cluster")]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (home / "log" / "start.log").open("wb") as said:
        return subprocess.Popen(  # noqa: S603 # constant but for our own path
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=surroundings(),
            cwd=home,
            start_new_session=True,  # Ctrl-C is for the one who started us
            preexec_fn=tether.to_parent(signal.SIGINT),  # noqa: PLW1509 # a system call, no locks
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )


def _ready(home: Path, process: subprocess.Popen[bytes], deadline: float) -> bool:
    """Whether the server takes connections, as it writes into the eighth line of its pid file."""
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            lines = (home / "cluster" / "postmaster.pid").read_text().splitlines()
            if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return True
        time.sleep(0.01)
    end(process)
    return False


def _reason(home: Path) -> str:
    """The last word of the server on why it would not start."""
    logs = sorted((home / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    lines = [line for path in logs for line in path.read_text(errors="replace").splitlines()]
    for line in reversed(lines[-200:]):
        for weight in ("PANIC:  ", "FATAL:  ", "postgres: "):
            if weight in line:
                return line.split(weight, 1)[1]
    return "it gave no reason"


def end(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: roll open transactions back, write all down, end."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)  # recovery at the next start replays the log
            process.wait()


def end_orphan(home: Path) -> None:
    """End a server whose house was killed, and clear the locks of one that was killed itself.

    PostgreSQL takes a lock for live while any process carries the number in it, which after a
    `kill -9` may be another program. We know better: we hold the folder, and look who is in it.
    """
    locks = (home / "cluster" / "postmaster.pid", Path(f"{socket_file(home)}.lock"))
    if not locks[0].exists():
        return
    if accepts(home):
        with contextlib.suppress(ValueError, IndexError, ProcessLookupError):
            os.kill(int(locks[0].read_text().splitlines()[0]), signal.SIGINT)
    deadline = time.monotonic() + _PATIENCE
    while _inside(home / "cluster") or accepts(home):
        if time.monotonic() > deadline:
            mend = f"end the process named in {locks[0]} with kill -QUIT and start again"
            raise CannotStart(f"A PostgreSQL left behind does not end: {mend}.")
        time.sleep(0.02)
    if Path("/proc/self").exists():  # elsewhere we cannot look, and leave it to PostgreSQL
        for lock in locks:
            lock.unlink(missing_ok=True)


def _inside(cluster: Path) -> list[int]:
    """The processes at work in `cluster`: sessions outlive a killed server by a moment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == cluster:
                found.append(int(entry.name))
    return found


def accepts(home: Path) -> bool:
    """Whether a server takes connections in `home`."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(socket_file(home))) == 0
