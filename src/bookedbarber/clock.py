"""One clock, read at the doors only; below them time is an argument.

`SharedClock` lets several processes live in one virtual time. Its file holds one JSON object,
`{"offset_us": N}` (system time plus N microseconds) or `{"frozen_us": N}` (always that many
microseconds after 1970, UTC), replaced by an atomic rename; no file means system time.
"""

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final, Protocol

from bookedbarber.errors import Unavailable

FILE: Final = "clock.json"  # the shared clock's, in the data folder
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class ClockUnreadable(Unavailable):
    """The file of the shared clock holds something else; guessing the time would misdate money."""

    code: ClassVar[str] = "clock_unreadable"


def seconds_of(clock: Clock) -> Callable[[], float]:
    """Return a reader of the clock in seconds since 1970, for what measures durations."""
    return lambda: clock.now().timestamp()


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """Return the machine's present instant in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until told otherwise; safe to share between threads."""

    def __init__(self, start: datetime) -> None:
        self._now = _utc(start)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the instant last set."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Go to an instant, earlier or later."""
        with self._lock:
            self._now = _utc(instant)

    def advance(self, by: timedelta) -> datetime:
        """Move on by a duration and return the new instant."""
        with self._lock:
            self._now += by
            return self._now


@dataclass(frozen=True, slots=True)
class _Setting:
    """What the shared file says: a frozen instant, or an offset from system time."""

    frozen: datetime | None
    offset: timedelta

    def now(self) -> datetime:
        return self.frozen or datetime.now(UTC) + self.offset


_SYSTEM_TIME: Final = _Setting(None, timedelta())


class SharedClock:
    """System time bent by a file that every process sees at its next reading.

    Changes are made one at a time, also by several processes. A reading costs one `stat` unless
    the file has changed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int], _Setting] | None = None

    def now(self) -> datetime:
        """Return the present virtual instant in UTC."""
        return self._setting().now()

    def set(self, instant: datetime) -> None:
        """Go to an instant and run on from there."""
        with self._changing():
            self._write(offset=_utc(instant) - datetime.now(UTC))

    def freeze(self, instant: datetime | None = None) -> None:
        """Stand still at an instant, or at the present one."""
        with self._changing():
            self._write(frozen=_utc(instant) if instant else self.now())

    def run(self) -> None:
        """Run on from the present virtual instant; a running clock is left as it is."""
        with self._changing():
            frozen = self._setting().frozen
            if frozen:
                self._write(offset=frozen - datetime.now(UTC))

    def advance(self, by: timedelta) -> datetime:
        """Move on by a duration, standing or running, and return the new instant."""
        with self._changing():
            setting = self._setting()
            if setting.frozen:
                self._write(frozen=setting.frozen + by)
            else:
                self._write(offset=setting.offset + by)
            return self.now()

    def reset(self) -> None:
        """Return to system time."""
        with self._changing():
            self._write(offset=timedelta())

    def _setting(self) -> _Setting:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return _SYSTEM_TIME
        version = (found.st_mtime_ns, found.st_ino)
        known = self._read
        if known and known[0] == version:
            return known[1]
        setting = _parsed(self._path)
        self._read = (version, setting)
        return setting

    def _write(self, frozen: datetime | None = None, offset: timedelta = timedelta()) -> None:
        key, value = (
            ("frozen_us", (frozen - _EPOCH) // _MICROSECOND)
            if frozen
            else ("offset_us", offset // _MICROSECOND)
        )
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        draft.write_text(json.dumps({key: value}))
        # Two changes within one tick of the file system's clock, the second reusing the first's
        # inode, would look the same to a reader; so the time of change always grows.
        if self._path.exists():
            later = max(draft.stat().st_mtime_ns, self._path.stat().st_mtime_ns + 1)
            os.utime(draft, ns=(later, later))
        draft.replace(self._path)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._path.with_name(f"{self._path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _parsed(path: Path) -> _Setting:
    try:
        match json.loads(path.read_bytes()):
            case {"frozen_us": int(micros)}:
                setting = _Setting(_EPOCH + micros * _MICROSECOND, timedelta())
            case {"offset_us": int(micros)}:
                setting = _Setting(None, micros * _MICROSECOND)
            case other:
                raise ValueError(other)
        setting.now()
    except (ValueError, OverflowError) as wrong:
        detail = f"{path.name} holds neither offset_us nor frozen_us: remove it for system time"
        raise ClockUnreadable(detail) from wrong
    return setting


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return instant.astimezone(UTC)
