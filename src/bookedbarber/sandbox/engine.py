"""The engine: opens the store, answers API requests, and runs what the clock makes due.

Every request and every task is one SQLite transaction, done without awaiting in the middle, so that
on the single event loop nothing comes between.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bookedbarber.sandbox import accounts, idempotency, ids
from bookedbarber.sandbox.clock import Clock
from bookedbarber.sandbox.context import Context, Request
from bookedbarber.sandbox.errors import CardError, ParameterError, StripeError
from bookedbarber.sandbox.expansion import expand
from bookedbarber.sandbox.faults import Fault, Faults, broken
from bookedbarber.sandbox.idempotency import Kept, Use
from bookedbarber.sandbox.routes import Route
from bookedbarber.sandbox.settings import Settings
from bookedbarber.sandbox.store import Object, Store
from bookedbarber.sandbox.tasks import TASKS
from bookedbarber.sandbox.wire import Raw, flatten, write_json

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Call:
    """One API request after its key was accepted and its route found."""

    route: Route
    ids: dict[str, str]
    raw: dict[str, Raw]
    path: str
    request: Request


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Engine:
    """One sandbox: its store, clock, settings, planned faults and keys in flight."""

    def __init__(self, path: Path | None, *, seed: int, origin: str) -> None:
        self.store = Store(path)
        self.origin = origin
        self.faults = Faults()
        self.in_flight: set[tuple[str, str]] = set()
        self.changed: Callable[[], None] = lambda: None
        kept_seed = self.store.fact("seed")
        self.seed: int = seed if kept_seed is None else kept_seed
        self.clock = Clock(**(self.store.fact("clock") or {}))
        self.settings = Settings().changed(self.store.fact("settings") or {})
        self._start()

    def _start(self) -> None:
        with self.store.transaction():
            self.store.set_fact("seed", self.seed)
            self._run_number = self.store.count("runs")
            self.account = self.store.fact("account") or ""
            if not self.account:
                self.account = ids.make("account", seed=self.seed, number=0)
                self.store.set_fact("account", self.account)
                accounts.open_own(self.context(), self.account)
        self._requests = 0

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
        """Do something in one transaction now; a card's refusal stays on record and is raised."""
        refusals: list[CardError] = []
        with self.store.transaction():
            try:
                return act(self.context())
            except CardError as problem:
                refusals.append(problem)
            finally:
                self.changed()
        raise refusals[0]

    def request_id(self) -> str:
        """A fresh request id."""
        self._requests += 1
        number = self._run_number * 10**9 + self._requests
        return ids.make("request", seed=self.seed, number=number)

    def save_clock(self) -> None:
        """Keep where the clock stands, for the next start."""
        kept = {"offset": self.clock.offset, "frozen_at": self.clock.frozen_at}
        with self.store.transaction():
            self.store.set_fact("clock", kept)
        self.changed()

    def set(self, wanted: dict[str, Any]) -> Settings:
        """Change settings and keep them; raises `ValueError`."""
        self.settings = self.settings.changed(wanted)
        with self.store.transaction():
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
        with self.store.transaction():
            now = self.clock.now()
            if use is not None and (kept := idempotency.recall(self.store, use, now=now)):
                return _replayed(kept)
            answer, began = self._perform(call, fault)
            if use is not None and began:
                kept = Kept(answer.status, answer.body, call.request.id)
                idempotency.keep(self.store, use, kept, now=now)
        self.changed()
        return answer

    def run_due(self, until: float) -> None:
        """Run every task due by a moment, in order, each in a transaction of its own."""
        while (task := self.next_task()) is not None and task["at"] <= until:
            with self.store.transaction():
                self.store.execute("DELETE FROM due WHERE number = ?", task["number"])
                TASKS[task["task"]](self.context(), task["ref"])

    def set_aside_task(self) -> None:
        """Take a task that failed out of the way and count it, so that health can tell."""
        task = self.next_task()
        with self.store.transaction():
            self.store.count("failed_tasks")
            if task is not None:
                self.store.execute("DELETE FROM due WHERE number = ?", task["number"])

    def next_task(self) -> Any | None:
        """The task that is due next."""
        rows = self.store.query("SELECT * FROM due ORDER BY at, number LIMIT 1")
        return rows[0] if rows else None

    def _perform(self, call: Call, fault: Fault | None) -> tuple[Answer, bool]:
        """The answer, and whether execution began (so that a key must remember it)."""
        try:
            with self.store.undoing(unless=CardError):
                body = self._act(call, fault)
        except ParameterError as problem:
            return refuse(problem), False
        except StripeError as problem:
            return refuse(problem), True
        if fault is not None and fault.kind == "error_after_effect":
            return refuse(broken()), True
        return Answer(200, write_json(body)), True

    def _act(self, call: Call, fault: Fault | None) -> Object:
        asked = call.route.params.read(call.raw)
        paths = asked.pop("expand", [])
        ctx = self.context(call.request)
        if fault is not None and fault.decline is not None:
            ctx = dataclasses.replace(ctx, decline=fault.decline)
        done = call.route.action(ctx, {**asked, **call.ids})
        return expand(ctx, done, paths)


def refuse(problem: StripeError) -> Answer:
    """The answer that a refusal becomes."""
    retry = {"stripe-should-retry": "false"} if problem.status in (400, 402, 404) else {}
    return Answer(problem.status, write_json(problem.body()), {**retry, **problem.headers})


def _replayed(kept: Kept) -> Answer:
    headers = {"idempotent-replayed": "true", "original-request": kept.request_id}
    return Answer(kept.status, kept.body, headers)
