"""Control routes under `/_sandbox/`: for tests and operators, answered to loopback clients only.

All bodies and answers are JSON; paths stand under `/_sandbox/`.

    GET    health                       {"ok", "account", "now", "publishable_key"} and how many
                                        "failed_tasks", "failed_requests", "failed_deliveries"
                                        met a mistake of the sandbox's own
    GET    clock                        {"now", "mode", "next"}: when something falls due, if so
    POST   clock                        {"now": ts} | {"advance": s} | {"mode": "real" | "frozen"};
                                        runs everything due on the way, deliveries included
    GET    settings                     every setting (see `settings.py`)
    POST   settings                     some settings, kept across restarts
    GET    faults                       the faults still planned
    POST   faults                       {"method", "path", "kind", "times", "after", ...};
                                        see `faults.py`
    DELETE faults                       forget them all
    GET    rows?object=KIND&since=SEQ   {"rows": [{"seq", "account", "row"}]}, raw, oldest first
    GET    deliveries?state=&event=     the log with each try; states are pending, delivered,
                                        failed, dropped
    POST   deliveries                   {"mode": "auto" | "held"}
    POST   deliveries/send              {"event", "endpoint"?, "times"?}: at once, in any order
    POST   deliveries/drop              {"number"} or {"event"}: never deliver
    POST   deliveries/settle            try everything due now, wait for it, answer the log
    POST   webhook_endpoints/{id}/roll  {"keep_for": s}: a new secret; the old signs until then
    GET    checkout/{session}           what the hosted page shows: {"session", "line_items", ...}
    POST   checkout/{session}           {"payment_method": "pm_..."}: pay; answers the same, with
                                        "next_action" when a challenge must be passed first;
                                        402 with Stripe's error when the card declines
    POST   refunds/{id}/cancel          {}: take back a refund that waits for funds, as in the
                                        Dashboard; the API takes back none of a card's
    POST   3ds/{intent}                 {"outcome": "succeed" | "fail"} of a challenge

The clock only moves forward.
"""

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from ipaddress import ip_address
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bookedbarber.sandbox import (
    checkout_payment,
    confirmation,
    refunds,
    setup_intents,
    webhook_endpoints,
)
from bookedbarber.sandbox.clock import ClockError
from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.engine import Engine
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.expansion import visible
from bookedbarber.sandbox.store import Object
from bookedbarber.sandbox.timekeeper import Timekeeper

_COUNTED = ("tasks", "requests", "deliveries")
_Handler = Callable[[Request], Awaitable[Response]]


class ControlError(Exception):
    """The control request makes no sense."""


def routes(engine: Engine, timekeeper: Callable[[], Timekeeper], keys: Object) -> list[Route]:
    """The control routes of one sandbox."""
    control = Control(engine, timekeeper, keys)
    table: list[tuple[str, str, _Handler]] = [
        ("GET", "health", control.health),
        ("GET", "clock", control.clock),
        ("POST", "clock", control.set_clock),
        ("GET", "settings", control.settings),
        ("POST", "settings", control.set_settings),
        ("GET", "faults", control.faults),
        ("POST", "faults", control.plan_fault),
        ("DELETE", "faults", control.forget_faults),
        ("GET", "rows", control.rows),
        ("GET", "deliveries", control.deliveries),
        ("POST", "deliveries", control.set_deliveries),
        ("POST", "deliveries/send", control.send),
        ("POST", "deliveries/drop", control.drop),
        ("POST", "deliveries/settle", control.settle),
        ("POST", "webhook_endpoints/{id}/roll", control.roll),
        ("GET", "checkout/{session}", control.look_at_session),
        ("POST", "checkout/{session}", control.pay_session),
        ("POST", "refunds/{id}/cancel", control.withdraw_refund),
        ("POST", "3ds/{intent}", control.complete_challenge),
    ]
    return [
        Route(f"/_sandbox/{path}", _guarded(handler), methods=[method])
        for method, path, handler in table
    ]


def _guarded(handler: _Handler) -> _Handler:
    """Only loopback clients; mistakes answered in one sentence."""

    async def guarded(request: Request) -> Response:
        host = request.client.host if request.client else "127.0.0.1"
        if not _is_loopback(host):
            return JSONResponse({"error": "control routes answer on loopback only"}, 403)
        try:
            return await handler(request)
        except StripeError as problem:
            return JSONResponse(problem.body(), problem.status)
        except (ControlError, ClockError) as problem:
            return JSONResponse({"error": str(problem)}, 400)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in ("localhost", "testclient")


class Control:
    """The handlers, over one engine."""

    def __init__(self, engine: Engine, timekeeper: Callable[[], Timekeeper], keys: Object) -> None:
        self.engine = engine
        self.timekeeper = timekeeper
        self.keys = keys

    async def health(self, _request: Request) -> Response:
        """The sandbox answers, and whether any task of it failed."""
        rows = self.engine.store.query("SELECT * FROM counters WHERE name GLOB 'failed_*'")
        counted = {row["name"]: row["value"] for row in rows}
        return JSONResponse(
            {
                "ok": not counted,
                "account": self.engine.account,
                "now": self.engine.clock.now(),
                **{f"failed_{of}": counted.get(f"failed_{of}", 0) for of in _COUNTED},
                "publishable_key": self.keys["publishable"],
            }
        )

    async def clock(self, _request: Request) -> Response:
        """Where the clock stands."""
        clock = self.engine.clock
        due = self.timekeeper().next_stop()
        return JSONResponse({"now": clock.now(), "mode": clock.mode, "next": due})

    async def set_clock(self, request: Request) -> Response:
        """Drive the clock."""
        wanted = await _json(request)
        clock = self.engine.clock
        _only(wanted, "now", "advance", "mode")
        given_now, advance = _number(wanted, "now"), _number(wanted, "advance")
        match wanted.get("mode"):
            case "frozen":
                clock.freeze()
            case "real":
                clock.run()
            case None:
                pass
            case other:
                raise ControlError(f"no such mode: {other}")
        moment = (clock.now() if given_now is None else given_now) + (advance or 0)
        if moment < clock.now() - 1:
            raise ClockError(f"the clock stands at {clock.now():.0f} and cannot go back")
        await self.timekeeper().drive_to(moment)
        return await self.clock(request)

    async def settings(self, _request: Request) -> Response:
        """Every setting."""
        return JSONResponse(self.engine.settings.as_dict())

    async def set_settings(self, request: Request) -> Response:
        """Change some settings."""
        wanted = await _json(request)
        with _refusing(ValueError):
            changed = self.engine.set(wanted)
        return JSONResponse(changed.as_dict())

    async def faults(self, _request: Request) -> Response:
        """The faults still planned."""
        return JSONResponse({"faults": [asdict(fault) for fault in self.engine.faults.planned]})

    async def plan_fault(self, request: Request) -> Response:
        """Plan a fault."""
        wanted = await _json(request)
        with _refusing(ValueError, TypeError):
            planned = self.engine.faults.plan(wanted)
        return JSONResponse(asdict(planned))

    async def forget_faults(self, _request: Request) -> Response:
        """Forget all planned faults."""
        self.engine.faults.planned.clear()
        return JSONResponse({"faults": []})

    async def rows(self, request: Request) -> Response:
        """Raw rows of a kind in the order they were made, for an independent check of the books."""
        with _refusing(KeyError, ValueError):
            kind = request.query_params["object"]
            since = int(request.query_params.get("since", 0))
        sql = "SELECT seq, account, body FROM objects WHERE kind = ? AND seq > ? ORDER BY seq"
        ctx = self.engine.context()
        found = [
            {
                "seq": row["seq"],
                "account": row["account"],
                "row": visible(ctx, json.loads(row["body"])),
            }
            for row in self.engine.store.query(sql, kind, since)
        ]
        return JSONResponse({"rows": found})

    async def deliveries(self, request: Request) -> Response:
        """The delivery log."""
        sql = "SELECT * FROM deliveries WHERE 1 = 1"
        values: list[str] = []
        for name in ("state", "event", "endpoint"):
            if name in request.query_params:
                sql += f" AND {name} = ?"
                values.append(request.query_params[name])
        found = [
            {**dict(row), "type": self._type(row["event"]), "tries": self._tries(row["number"])}
            for row in self.engine.store.query(f"{sql} ORDER BY number", *values)
        ]
        mode = self.engine.settings.delivery_mode
        return JSONResponse({"mode": mode, "deliveries": found})

    async def set_deliveries(self, request: Request) -> Response:
        """Hold deliveries back, or let them go again."""
        wanted = await _json(request)
        _only(wanted, "mode")
        with _refusing(ValueError):
            self.engine.set({"delivery_mode": _needed(wanted, "mode")})
        return JSONResponse({"mode": wanted["mode"]})

    async def send(self, request: Request) -> Response:
        """Deliver an event now, to one endpoint or to all that want it, any number of times."""
        wanted = await _json(request)
        _only(wanted, "event", "endpoint", "times")
        store = self.engine.store
        event, times = _needed(wanted, "event"), wanted.get("times", 1)
        if type(times) is not int or times < 1:
            raise ControlError("times must be a whole number from 1 on")
        sql = "SELECT DISTINCT endpoint FROM deliveries WHERE event = ? ORDER BY endpoint"
        known = [row["endpoint"] for row in store.query(sql, event)]
        if "endpoint" not in wanted and not known:
            raise ControlError(f"nothing was to be delivered for {event}")
        answers = []
        for endpoint in [wanted["endpoint"]] if "endpoint" in wanted else known:
            for _ in range(times):
                status, trouble = await self.timekeeper().courier.deliver_by_hand(event, endpoint)
                answers.append({"endpoint": endpoint, "status": status, "error": trouble})
        return JSONResponse({"answers": answers})

    async def drop(self, request: Request) -> Response:
        """Never deliver something."""
        wanted = await _json(request)
        _only(wanted, "number", "event")
        name = "number" if "number" in wanted else "event"
        which = _needed(wanted, name)
        sql = f"UPDATE deliveries SET state = 'dropped' WHERE {name} = ? AND state = 'pending'"  # noqa: S608  # the name is one of two of ours
        dropped = self.engine.change(lambda ctx: ctx.store.execute(sql, which).rowcount)
        return JSONResponse({"dropped": dropped})

    async def settle(self, request: Request) -> Response:
        """Wait until everything due now has been tried."""
        await self.timekeeper().drive_to(self.engine.clock.now())
        return await self.deliveries(request)

    async def roll(self, request: Request) -> Response:
        """Roll an endpoint's secret."""
        keep_for = _number(await _json(request), "keep_for") or 0
        endpoint = request.path_params["id"]
        secret = self.engine.change(
            lambda ctx: webhook_endpoints.roll_secret(ctx, endpoint, keep_for=keep_for)
        )
        return JSONResponse({"secret": secret})

    async def complete_challenge(self, request: Request) -> Response:
        """Answer a 3-D Secure challenge."""
        wanted = await _json(request)
        if wanted.get("outcome") not in ("succeed", "fail"):
            raise ControlError("outcome must be succeed or fail")
        passed = wanted["outcome"] == "succeed"
        intent = request.path_params["intent"]
        done = self.engine.change(lambda ctx: _complete(ctx, intent, passed=passed))
        return JSONResponse(done)

    async def withdraw_refund(self, request: Request) -> Response:
        """Take back a refund that waits for funds."""
        refund = request.path_params["id"]
        return JSONResponse(self.engine.change(lambda ctx: refunds.withdraw(ctx, refund)))

    async def look_at_session(self, request: Request) -> Response:
        """What a hosted page shows."""
        session = request.path_params["session"]
        return JSONResponse(checkout_payment.look(self.engine.context(), session))

    async def pay_session(self, request: Request) -> Response:
        """Pay a session as its hosted page does."""
        wanted = await _json(request)
        _only(wanted, "payment_method")
        session = request.path_params["session"]
        method = str(_needed(wanted, "payment_method"))
        done = self.engine.change(
            lambda ctx: checkout_payment.pay(ctx, session, payment_method=method)
        )
        return JSONResponse(done)

    def _type(self, event: str) -> str | None:
        found = self.engine.store.get(self.engine.account, event)
        return found["type"] if found else None

    def _tries(self, number: int) -> list[Object]:
        sql = "SELECT at, status, error FROM attempts WHERE delivery = ? ORDER BY rowid"
        return [dict(row) for row in self.engine.store.query(sql, number)]


def _complete(ctx: Context, intent_id: str, *, passed: bool) -> Object:
    if intent_id.startswith("seti_"):
        intent = ctx.find("setup_intent", intent_id)
        done = setup_intents.complete_challenge(ctx, intent, passed=passed)
    else:
        intent = ctx.find("payment_intent", intent_id)
        done = confirmation.complete_challenge(ctx, intent, passed=passed)
        session = ctx.store.hidden(intent_id).get("checkout_session")
        if session:
            checkout_payment.settle(ctx, session)
    return_url = ctx.store.hidden(intent_id).get("return_url")
    return {"intent": done, "return_url": return_url}


async def _json(request: Request) -> dict[str, Any]:
    body = await request.body()
    with _refusing(ValueError):
        wanted = json.loads(body or b"{}")
    if not isinstance(wanted, dict):
        raise ControlError("the body must be a JSON object")
    return wanted


@contextmanager
def _refusing(*mistakes: type[Exception]) -> Iterator[None]:
    """Answer these as the caller's mistakes; anything else is the sandbox's own."""
    try:
        yield
    except mistakes as problem:
        raise ControlError(str(problem)) from problem


def _needed(wanted: dict[str, Any], name: str) -> Any:
    if name not in wanted:
        raise ControlError(f"{name} is missing")
    return wanted[name]


def _number(wanted: dict[str, Any], name: str) -> float | None:
    value = wanted.get(name)
    if value is not None and type(value) not in (int, float):
        raise ControlError(f"{name} must be a number")
    return value


def _only(wanted: dict[str, Any], *names: str) -> None:
    unknown = wanted.keys() - set(names)
    if unknown:
        raise ControlError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
