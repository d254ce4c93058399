"""Starts children in tiers, restarts one that dies, and stops them in reverse, in seconds.

Knows nothing of what its children do. The processes are real and its own: each leads a session, so
that Ctrl-C reaches only us, and each is tied to us, so that `kill -9` leaves nothing behind.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Final, Self

import structlog

from bookedbarber import tether
from bookedbarber.cli.household import CannotRun

_LOG = structlog.stdlib.get_logger(__name__)

_CALM: Final = 60.0  # seconds a child must live for its earlier deaths to be forgotten
_LONGEST_PAUSE: Final = 30.0
_START_PATIENCE: Final = 60.0  # seconds until a child that is not ready counts as stuck


class StopAsked(KeyboardInterrupt):
    """SIGTERM or Ctrl-C arrived: end what is going on, event loops included, and stop."""


@dataclass(frozen=True, slots=True)
class Child:
    """One process to keep alive: how to start it, when it is ready, and how to end it."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    ready: Callable[[], bool] = lambda: True
    gentle: signal.Signals = signal.SIGTERM
    harsh: signal.Signals = signal.SIGKILL
    sees_to_itself: bool = False  # its start takes long, and ends what it began when told to stop
    grace: float = 1.6  # seconds between the two, and whatever tiers stopped earlier left over


@dataclass(slots=True)
class _Ward:
    """A child and its present process."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = field(default=0.0)  # when to start it again, while it has no process


def program(
    arguments: Sequence[str], *, environment: Mapping[str, str], pass_fds: Sequence[int] = ()
) -> Callable[[], subprocess.Popen[bytes]]:
    """A way to start this Python on `arguments` with exactly this environment, tied to us."""

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 # our own interpreter and arguments
            [sys.executable, *arguments],
            env=environment,
            pass_fds=pass_fds,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=tether.to_parent(signal.SIGTERM),  # noqa: PLW1509 # a system call, no locks
        )

    return start


class Supervisor:
    """Children in the order of their start. Use as a context: leaving it stops them all."""

    def __init__(self) -> None:
        self._tiers: list[list[_Ward]] = []
        self._asked: float | None = None  # since when we are to stop
        self._heeding = False  # whether we look by ourselves whether we are to stop
        self._handlers: dict[int, object] = {}
        self._unraisable = sys.unraisablehook
        self._wake = os.pipe()

    def __enter__(self) -> Self:
        for end in self._wake:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        self._handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._ask)
        self._unraisable, sys.unraisablehook = sys.unraisablehook, self._drop
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> bool:
        if self._asked is None:
            self._asked = time.monotonic()  # a signal changes nothing now: we are stopping
        self.stop()
        for number, handler in self._handlers.items():
            # Stopped as asked, we are on our way out: an impatient second press changes nothing.
            leave = signal.SIG_IGN if kind is StopAsked and number != signal.SIGCHLD else handler
            signal.signal(number, leave)  # type: ignore[arg-type] # what signal.signal gave us
        sys.unraisablehook = self._unraisable
        signal.set_wakeup_fd(-1)
        for end in self._wake:
            os.close(end)
        return kind is StopAsked

    def start(self, *children: Child) -> None:
        """Start a tier of children, which stop together, before those started earlier."""
        tier: list[_Ward] = []
        self._tiers.append(tier)
        for child in children:
            self._heed()
            ward = _Ward(child)
            tier.append(ward)
            self._begin(ward)

    def settle(self) -> None:
        """Wait until every child started so far is ready. Raises `CannotRun`."""
        for ward in self._wards():
            self._await(ward)

    def until(self, ready: Callable[[], bool], patience: float) -> bool:
        """Wait for something that the children bring about; False when it took too long.

        Raises `CannotRun` when a child ends instead.
        """
        deadline = time.monotonic() + patience
        while not ready():
            self._heed()
            if time.monotonic() > deadline:
                return False
            for ward in self._wards():
                _demand_alive(ward)
            time.sleep(0.02)
        return True

    def watch(self) -> None:
        """Keep every child alive until someone asks to stop, which raises `StopAsked`."""
        self._heeding = True
        while True:
            self._heed()
            now = time.monotonic()
            for ward in self._wards():
                self._look_after(ward, now)
            due = [ward.due for ward in self._wards() if ward.process is None]
            pause = max(0.0, min(due) - time.monotonic()) if due else None
            if select.select([self._wake[0]], [], [], pause)[0]:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake[0], 4096)

    def stop(self) -> None:
        """End every child, the last tier first; a child that will not is made to.

        The graces of the tiers add up to one deadline, counted from when we were asked: what one
        tier leaves over the next may use, and time lost before is made good by none of them.
        """
        deadline = self._asked or time.monotonic()
        for tier in reversed(self._tiers):
            deadline += max((ward.child.grace for ward in tier), default=0.0)
            alive = [(w.child, w.process) for w in tier if w.process and w.process.poll() is None]
            for child, process in alive:
                process.send_signal(child.gentle)
            for child, process in alive:
                _end(child, process, deadline)
        self._tiers.clear()

    def _wards(self) -> list[_Ward]:
        return [ward for tier in self._tiers for ward in tier]

    def _begin(self, ward: _Ward) -> None:
        ward.started = time.monotonic()
        if ward.child.sees_to_itself:
            ward.process = ward.child.start()
            return
        with tether.undisturbed():
            ward.process = ward.child.start()

    def _await(self, ward: _Ward) -> None:
        if not self.until(ward.child.ready, ward.started + _START_PATIENCE - time.monotonic()):
            raise CannotRun(
                f"The {ward.child.name} was not ready after {_START_PATIENCE:.0f} seconds: "
                "try again with BOOKEDBARBER_LOG_LEVEL=debug."
            )

    def _look_after(self, ward: _Ward, now: float) -> None:
        if ward.process is not None:
            code = ward.process.poll()
            if code is None:
                return
            ward.deaths = 0 if now - ward.started > _CALM else ward.deaths
            pause = _pause(ward.deaths)
            ward.process, ward.due, ward.deaths = None, now + pause, ward.deaths + 1
            _LOG.error(
                "child_died", child=ward.child.name, how=_ending(code), again_in_seconds=pause
            )
        elif now >= ward.due:
            self._revive(ward, now)

    def _revive(self, ward: _Ward, now: float) -> None:
        try:
            self._begin(ward)
        except Exception as error:  # noqa: BLE001 # whatever hinders one child, the others go on
            pause = _pause(ward.deaths)
            ward.due, ward.deaths = now + pause, ward.deaths + 1
            _LOG.error(
                "child_not_started", child=ward.child.name, why=str(error), again_in_seconds=pause
            )
        else:
            pid = ward.process.pid if ward.process else None
            _LOG.info("child_restarted", child=ward.child.name, pid=pid)

    def _heed(self) -> None:
        """Stop if asked to.

        Raising in the signal handler ends most work at once, but Python drops what is raised there
        while it happens to be in a callback of its own, as it is a hundred times in an import.
        """
        if self._asked is not None:
            raise StopAsked

    def _drop(self, dropped: "sys.UnraisableHookArgs") -> None:
        """Say nothing of a request to stop that Python dropped: `_heed` sees to it."""
        if dropped.exc_type is not StopAsked:
            self._unraisable(dropped)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        """End what is going on, except where we look by ourselves and the pipe has woken us: what
        is raised between taking a lock and holding it leaves the lock taken for good."""
        del number, frame
        if self._asked is None:
            self._asked = time.monotonic()
            if not self._heeding:
                raise StopAsked


def _demand_alive(ward: _Ward) -> None:
    code = ward.process.poll() if ward.process else None
    if code is not None:
        said = "what it said stands above"
        raise CannotRun(f"The {ward.child.name} ended at once ({_ending(code)}): {said}.")


def _end(child: Child, process: subprocess.Popen[bytes], deadline: float) -> None:
    try:
        process.wait(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        _LOG.warning("child_would_not_stop", child=child.name, pid=process.pid)
        process.send_signal(child.harsh)
        process.wait()


def _pause(deaths: int) -> float:
    """Seconds to wait after so many deaths: at once, then ever more patiently."""
    return min(_LONGEST_PAUSE, 0.1 * 4.0 ** min(deaths, 5))


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
