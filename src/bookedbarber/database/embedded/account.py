"""Who runs the server: we ourselves, or a system user when we are root."""

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SYSTEM_USER: Final = "bookedbarber"
_SURROUNDINGS: Final = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR")


class CannotStart(Exception):
    """The embedded PostgreSQL cannot run here; the text says why and names the mend."""


@dataclass(frozen=True, slots=True)
class Account:
    """Arguments of `subprocess` that say under whom to run; all None means as we are."""

    user: int | None = None
    group: int | None = None
    extra_groups: list[int] | None = None

    def own(self, path: Path) -> None:
        """Give `path` to this account."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)


def choose() -> Account:
    """The account to run under: ours, or as root a system user's, which is made when missing."""
    if os.geteuid() != 0:
        return Account()
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not _exists() and useradd:
        _make_user(useradd)
    if not _exists():
        raise CannotStart(
            f"PostgreSQL refuses to run as root and the system user {SYSTEM_USER} could not be "
            "made: add it, or run as an ordinary user, or set DATABASE_URL."
        )
    found = pwd.getpwnam(SYSTEM_USER)
    return Account(user=found.pw_uid, group=found.pw_gid, extra_groups=[])


def surroundings() -> dict[str, str]:
    """All that the server's programs may know of our environment: no setting and no secret."""
    return {name: os.environ[name] for name in _SURROUNDINGS if name in os.environ}


def check_reaches(account: Account, path: Path) -> None:
    """Refuse when `account` cannot pass every folder on the way to `path` and open or run it."""
    reached = subprocess.run(  # noqa: S603 # a constant but for our own path
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        check=False,
        cwd="/",
        user=account.user,
        group=account.group,
        extra_groups=account.extra_groups,
    )
    if reached.returncode != 0:
        closed = (p for p in reversed(path.parents) if not p.stat().st_mode & 0o001)
        raise CannotStart(
            f"As root, PostgreSQL runs under the user {SYSTEM_USER}, who cannot pass "
            f"{next(closed, path)}: run as an ordinary user, or work in a folder open to others, "
            "or set DATABASE_URL."
        )


def _make_user(useradd: str) -> None:
    """Make the system user, one house at a time: two useradd at once can make it twice."""
    command = [useradd, "--system", "--no-create-home", "--user-group", SYSTEM_USER]
    with Path("/etc/passwd").open("rb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not _exists():
            subprocess.run(command, check=False, capture_output=True)  # noqa: S603 # constant arguments


def _exists() -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(SYSTEM_USER))
    return False
