"""Ties a child process to its parent, so that a parent ended by `kill -9` leaves nothing behind."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def to_parent(on_death: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` that has the kernel send `on_death` to the child when its parent ends.

    The kernel means the parent's *thread*: start such children from the main thread. Elsewhere
    than on Linux there is no such call and None is answered; the next start then recovers.
    """
    if _LIBC is None:
        return None
    libc, parent = _LIBC, os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(on_death))
        if os.getppid() != parent:  # it ended before the knot was tied
            os.kill(os.getpid(), on_death)

    return tie
