"""Ties a child process to its parent: none is left behind, however the parent ends."""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Final

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_ASKING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Put off being asked to stop, until this block ends: a handler that raised while a child is
    being started would leave a process that nobody knows. Keep the child before the block ends.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ASKING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def to_parent(on_death: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` that has the kernel send `on_death` to the child when its parent ends.

    The kernel means the parent's *thread*: start such children from the main thread. Elsewhere
    than on Linux there is no such call; the next start then recovers.
    """
    parent = os.getpid()

    def tie() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(on_death))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ASKING)
        if os.getppid() != parent:  # it ended before the knot was tied
            os.kill(os.getpid(), on_death)

    return tie
