"""The engine: opens the store, answers API requests, and runs what the clock makes due.

Every request and every task is one SQLite transaction, done without awaiting in the middle, so that
on the single event loop nothing comes between. What a transaction writes is kept together with
the moment it was written at, so that a killed sandbox never starts at an earlier one.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from bookedbarber.sandbox import accounts, idempotency, ids
from bookedbarber.sandbox.clock import Clock
from bookedbarber.sandbox.context import Context, Request
from bookedbarber.sandbox.errors import AttemptError, ParameterError, StripeError
from bookedbarber.sandbox.expansion import expand
from bookedbarber.sandbox.faults import Fault, Faults, broken
from bookedbarber.sandbox.idempotency import Kept, Use
from bookedbarber.sandbox.routes import Route
from bookedbarber.sandbox.settings import Settings
from bookedbarber.sandbox.sight import narrowed
from bookedbarber.sandbox.store import Object, Store
from bookedbarber.sandbox.tasks import TASKS
from bookedbarber.sandbox.wire import Raw, flatten, write_json

_LOG = logging.getLogger(__name__)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Call:
    """One API request after its key was accepted and its route found."""

    route: Route
    ids: dict[str, str]
    raw: dict[str, Raw]
    path: str
    request: Request

    def act(self, ctx: Context) -> Object:
        """Do what is asked and give the object, expanded as asked."""
        asked = self.route.params.read(self.raw)
        paths = asked.pop("expand", [])
        return expand(ctx, self.route.action(ctx, {**asked, **self.ids}), paths)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Engine:
    """One sandbox: its store, clock, settings, planned faults and keys in flight."""

    def __init__(
        self, path: Path | None, *, seed: int, origin: str, begin_at: float | None = None
    ) -> None:
        self.store = Store(path)
        self.origin = origin
        self.faults = Faults()
        self.in_flight: set[tuple[str, str]] = set()
        self.changed: Callable[[], None] = lambda: None
        kept_seed = self.store.fact("seed")
        self.seed: int = seed if kept_seed is None else kept_seed
        self.clock = Clock.resumed(self.store.fact("clock"), begin_at=begin_at)
        self.settings = Settings().changed(self.store.fact("settings") or {})
        self._start()

    def _start(self) -> None:
        with self._transaction():
            self.store.set_fact("seed", self.seed)
            self._run_number = self.store.count("runs")
            self.account = self.store.fact("account") or ""
            if not self.account:
                self.account = ids.make("account", seed=self.seed, number=0)
                self.store.set_fact("account", self.account)
                accounts.open_own(self.context(), self.account)
        self._requests = 0

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All of what is inside or none of it, and the moment it happened at."""
        with self.store.transaction():
            before = self.store.changes
            yield
            if self.store.changes != before:
                self.store.set_fact("clock", self.clock.kept())

    def context(self, request: Request | None = None) -> Context:
        """A context for one transaction at the present moment."""
        return Context(
            self.store,
            self.account,
            self.clock.now(),
            self.seed,
            self.settings,
            self.origin,
            request,
        )

    def change(self, act: Callable[[Context], _Result]) -> _Result:
        """Do something in one transaction now; a failed attempt stays on record and is raised."""
        refusals: list[AttemptError] = []
        with self._transaction():
            try:
                return act(self.context())
            except AttemptError as problem:
                refusals.append(problem)
            finally:
                self.changed()
        raise refusals[0]

    def request_id(self) -> str:
        """A fresh request id."""
        self._requests += 1
        number = self._run_number * 10**9 + self._requests
        return ids.make("request", seed=self.seed, number=number)

    def move_clock(self, moment: float) -> None:
        """Move the clock forward."""
        self.clock.move_to(moment)
        self.save_clock()

    def save_clock(self) -> None:
        """Keep where the clock stands, for the next start."""
        with self._transaction():
            self.store.set_fact("clock", self.clock.kept())
        self.changed()

    def set(self, wanted: dict[str, Any]) -> Settings:
        """Change settings and keep them; raises `ValueError`."""
        self.settings = self.settings.changed(wanted)
        with self._transaction():
            self.store.set_fact("settings", self.settings.as_dict())
        self.changed()
        return self.settings

    def answer(self, call: Call, *, fault: Fault | None = None) -> Answer:
        """Answer a request: from its idempotency key if that is known, else by doing it."""
        key = call.request.idempotency_key
        use = None
        if key is not None:
            pairs = tuple(flatten(call.raw))
            use = Use(self.account, key, call.route.method, call.path, pairs)
        with self._transaction():
            now = self.clock.now()
            if use is not None and (kept := idempotency.recall(self.store, use, now=now)):
                return _replayed(kept)
            answer, began = self._perform(call.act, call.request, fault)
            if use is not None and began:
                kept = Kept(answer.status, answer.body, call.request.id)
                idempotency.keep(self.store, use, kept, now=now)
        self.changed()
        return answer

    def serve(self, act: Callable[[Context], Object], *, fault: Fault | None = None) -> Answer:
        """Do what a page of the sandbox's own asks for, and answer as the API would a browser."""
        with self._transaction():
            answer, _ = self._perform(act, None, fault)
        self.changed()
        return answer

    def run_due(self, until: float) -> None:
        """Run every task due by a moment, in order, each in a transaction of its own.

        A task that fails is set aside and counted, so that the others go on and health can tell.
        """
        while (task := self.next_task()) is not None and task["at"] <= until:
            try:
                with self._transaction():
                    self._drop_task(task["number"])
                    TASKS[task["task"]](self.context(), task["ref"])
            except Exception:  # noqa: BLE001  # a broken task must not stop the clock
                _LOG.exception("the task %s of %s failed and is set aside", *task[3:5])
                self.count_failure("tasks")
                with self._transaction():
                    self._drop_task(task["number"])

    def count_failure(self, of: str) -> None:
        """Count a mistake of the sandbox itself, for health to tell of."""
        with self._transaction():
            self.store.count(f"failed_{of}")

    def next_task(self) -> Any | None:
        """The task that is due next."""
        rows = self.store.query("SELECT * FROM due ORDER BY at, number LIMIT 1")
        return rows[0] if rows else None

    def _drop_task(self, number: int) -> None:
        self.store.execute("DELETE FROM due WHERE number = ?", number)

    def _perform(
        self, act: Callable[[Context], Object], request: Request | None, fault: Fault | None
    ) -> tuple[Answer, bool]:
        """The answer, and whether execution began (so that a key must remember it)."""
        ctx = replace(self.context(request), take_decline=lambda: self.faults.take_decline(fault))
        to_browser = request is None or request.publishable
        try:
            with self.store.undoing(unless=AttemptError):
                body = act(ctx)
            answer = Answer(200, write_json(narrowed(body) if to_browser else body))
        except ParameterError as problem:
            return refuse(problem), False
        except StripeError as problem:
            answer = refuse(problem, to_browser=to_browser)
        except Exception:  # noqa: BLE001  # Stripe answers 500; the log and health tell of it
            _LOG.exception("a request met a mistake of the sandbox's own")
            self.store.count("failed_requests")
            answer = refuse(broken())
        if fault is not None and fault.kind == "error_after_effect":
            self.faults.play(fault)
            answer = refuse(broken())
        return answer, True


def refuse(problem: StripeError, *, to_browser: bool = False) -> Answer:
    """The answer that a refusal becomes; a browser sees no more in it than elsewhere."""
    retry = {"stripe-should-retry": "false"} if problem.status in (400, 402, 404) else {}
    body = narrowed(problem.body()) if to_browser else problem.body()
    return Answer(problem.status, write_json(body), {**retry, **problem.headers})


def _replayed(kept: Kept) -> Answer:
    headers = {"idempotent-replayed": "true", "original-request": kept.request_id}
    return Answer(kept.status, kept.body, headers)
