"""Circuit breakers: one for each operation of each outside part.

A closed breaker lets calls through and watches the last 60 seconds. When at least 20 of them
ended and half failed, or four in five were slow, it opens: calls are refused at once for about
5 seconds, doubling to 60 while it keeps failing. Then it is half open: five probes go through,
and what they show closes it or opens it again.

What counts as a failure is the outside part not answering (`Unavailable`). A refusal is an
answer: a declined card says nothing about Stripe's health, and neither does being asked to slow
down or to wait for an earlier request of ours.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, ParamSpec, TypeVar

from bookedbarber.errors import Unavailable
from bookedbarber.resilience.window import Window

P = ParamSpec("P")
R = TypeVar("R")


class State(StrEnum):
    """Where a breaker stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


MOVES: Final = frozenset(
    {
        (State.CLOSED, State.OPEN),  # too much failed, or was slow
        (State.OPEN, State.HALF_OPEN),  # the wait is over
        (State.HALF_OPEN, State.OPEN),  # the probes failed
        (State.HALF_OPEN, State.CLOSED),  # the probes did well
        (State.OPEN, State.CLOSED),  # an operator reset it
    }
)


class BreakerOpen(Unavailable):
    """The operation failed too often of late; it was not tried. `retry_after` is in seconds."""

    code: ClassVar[str] = "breaker_open"

    def __init__(self, name: str, retry_after: float) -> None:
        super().__init__(f"{name} is not being called for now", name=name, retry_after=retry_after)
        self.name = name
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Rules:
    """When a breaker opens and for how long; times in seconds, rates as parts of 1."""

    least_calls: int = 20
    failure_rate: float = 0.5
    slow_rate: float = 0.8
    slow_after: float = 10.0
    first_wait: float = 5.0
    longest_wait: float = 60.0
    probes: int = 5


@dataclass(frozen=True, slots=True)
class Report:
    """What an operator sees of a breaker. Counts are of the window, or of the probes."""

    name: str
    state: State
    calls: int
    failures: int
    slow: int
    times_opened: int
    retry_after: float


def is_outage(error: BaseException) -> bool:
    """Say whether an error means that the outside part did not answer."""
    return isinstance(error, Unavailable) and error.outage


class Breaker:
    """The breaker of one operation. Not for several threads: one event loop owns it.

    `seconds` tells the time; only differences matter, so the doors pass `time.monotonic` and
    simulations their clock.
    """

    def __init__(
        self,
        name: str,
        seconds: Callable[[], float],
        *,
        rules: Rules = Rules(),
        counts_as_failure: Callable[[BaseException], bool] = is_outage,
        jitter: Callable[[], float] = random.random,
        on_move: Callable[[Report], None] | None = None,
    ) -> None:
        self.name = name
        self._seconds = seconds
        self._rules = rules
        self._counts_as_failure = counts_as_failure
        self._jitter = jitter
        self._on_move = on_move
        self._state = State.CLOSED
        self._window = Window()
        self._times_opened = 0
        self._openings_in_a_row = 0
        self._open_until = 0.0
        self._half_open_since = 0.0
        self._last_probe_began = 0.0
        self._probes_begun = 0
        # Grows with each move, so that a call begun before a move cannot count after it.
        self._generation = 0

    async def call(
        self, operation: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Await the operation and note how it went; BreakerOpen without trying when open."""
        began = self._seconds()
        if self._state is not State.CLOSED:
            self._admit(began)
        generation = self._generation
        try:
            result = await operation(*args, **kwargs)
        except (asyncio.CancelledError, GeneratorExit):
            # Our side gave up: that says nothing of theirs. A probe gives its place back.
            if generation == self._generation and self._probes_begun:
                self._probes_begun -= 1
            raise
        except BaseException as error:
            self._note(generation, began, failed=self._counts_as_failure(error))
            raise
        self._note(generation, began, failed=False)
        return result

    def report(self) -> Report:
        """Say how the breaker stands now."""
        now = self._seconds()
        if self._state is State.CLOSED:
            self._window.forget_before(now)
        window = self._window
        return Report(
            name=self.name,
            state=self._state,
            calls=window.calls,
            failures=window.failures,
            slow=window.slow,
            times_opened=self._times_opened,
            retry_after=max(0.0, self._open_until - now) if self._state is State.OPEN else 0.0,
        )

    def reset(self) -> None:
        """Close the breaker and forget what it saw, as an operator asks."""
        if self._state is State.HALF_OPEN:
            self._move(State.OPEN)
        if self._state is State.OPEN:
            self._move(State.CLOSED)
        self._window = Window()

    def _admit(self, now: float) -> None:
        if self._state is State.OPEN:
            if now < self._open_until:
                raise BreakerOpen(self.name, self._open_until - now)
            self._half_open_since = now
            self._move(State.HALF_OPEN)
        if self._probes_begun >= self._rules.probes:
            lost_at = self._last_probe_began + self._rules.longest_wait
            if now >= lost_at:
                # Probes that never come back would keep it half open for ever.
                self._open(now)
                raise BreakerOpen(self.name, self._open_until - now)
            raise BreakerOpen(self.name, min(self._rules.first_wait, lost_at - now))
        self._last_probe_began = now
        self._probes_begun += 1

    def _note(self, generation: int, began: float, *, failed: bool) -> None:
        if generation != self._generation:
            return
        now = self._seconds()
        slow = now - began >= self._rules.slow_after
        if self._state is State.HALF_OPEN:
            # Probes count until judged, however few callers come by: all stand in one second.
            self._window.add(self._half_open_since, failed=failed, slow=slow)
            self._judge_probes(now)
            return
        self._window.add(now, failed=failed, slow=slow)
        if (failed or slow) and self._window.calls >= self._rules.least_calls and self._is_bad():
            self._open(now)

    def _judge_probes(self, now: float) -> None:
        if self._window.calls < self._rules.probes:
            return
        if self._is_bad():
            self._open(now)
        else:
            self._openings_in_a_row = 0
            self._move(State.CLOSED)

    def _is_bad(self) -> bool:
        seen, rules = self._window, self._rules
        return (
            seen.failures >= rules.failure_rate * seen.calls
            or seen.slow >= rules.slow_rate * seen.calls
        )

    def _open(self, now: float) -> None:
        rules = self._rules
        wait = min(rules.longest_wait, rules.first_wait * 2**self._openings_in_a_row)
        # Up to a quarter shorter, so that many processes do not probe in step.
        self._open_until = now + wait * (1 - self._jitter() / 4)
        self._openings_in_a_row += 1
        self._times_opened += 1
        self._move(State.OPEN)

    def _move(self, to: State) -> None:
        if (self._state, to) not in MOVES:
            raise AssertionError(f"a breaker does not move from {self._state} to {to}")
        self._state = to
        self._generation += 1
        self._probes_begun = 0
        self._window = Window()
        if self._on_move:
            self._on_move(self.report())


class Breakers:
    """The breakers of a process, one for each dependency and operation, made when first met."""

    def __init__(
        self,
        seconds: Callable[[], float],
        *,
        rules: Rules = Rules(),
        on_move: Callable[[Report], None] | None = None,
    ) -> None:
        self._seconds = seconds
        self._rules = rules
        self._on_move = on_move
        self._by_name: dict[str, Breaker] = {}

    def of(self, dependency: str, operation: str) -> Breaker:
        """Return the breaker of this operation, the same one every time."""
        name = f"{dependency}.{operation}"
        found = self._by_name.get(name)
        if found is None:
            found = Breaker(name, self._seconds, rules=self._rules, on_move=self._on_move)
            self._by_name[name] = found
        return found

    def __iter__(self) -> Iterator[Breaker]:
        return iter(list(self._by_name.values()))
