"""A tour of every route, so that every kind of answer is seen at least once."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bookedbarber.sandbox.routes import match
from tests.sandbox.running import PUBLISHABLE, SECRET, Answer, Sandbox


@dataclass(frozen=True, slots=True)
class Seen:
    """What a route answered, and whether a browser's key had asked."""

    route: str
    answer: Answer
    by_browser: bool


@dataclass(slots=True)
class Tour:
    """Asks, and remembers which route answered what."""

    sandbox: Sandbox
    seen: list[Seen] = field(default_factory=list)

    def ask(self, method: str, path: str, **given: Any) -> Any:
        """One request; the body of its answer."""
        key, spent = given.pop("key_", SECRET), given.pop("idempotency_key_", None)
        headers = {"Idempotency-Key": spent} if spent else {}
        answer = self.sandbox.ask(method, path, flat(given), key=key, headers=headers)
        found = match(method, path)
        assert found is not None, (method, path)
        self.seen.append(Seen(f"{method} {found[0].path}", answer, key == PUBLISHABLE))
        return answer.body

    def get(self, path: str, **given: Any) -> Any:
        """A GET."""
        return self.ask("GET", path, **given)

    def post(self, path: str, **given: Any) -> Any:
        """A POST."""
        return self.ask("POST", path, **given)


def flat(given: Any, prefix: str = "") -> dict[str, str]:
    """Nested values as form keys."""
    if isinstance(given, dict):
        pairs = [(f"{prefix}[{k}]" if prefix else k, v) for k, v in given.items()]
    elif isinstance(given, list):
        pairs = [(f"{prefix}[{i}]", v) for i, v in enumerate(given)]
    else:
        text = str(given).lower() if isinstance(given, bool) else str(given)
        return {prefix: text}
    return dict(itertools.chain.from_iterable(flat(v, k).items() for k, v in pairs))


def everywhere(sandbox: Sandbox) -> Tour:
    """Walk every route."""
    tour = Tour(sandbox)
    parts = (
        _hooks, _customers, _payments, _processing, _holds, _set_ups, _refunds, _checkout, _beyond,
        _refusals,
    )  # fmt: skip
    for part in parts:
        part(tour)
        sandbox.advance(30)
    _told(tour)
    return tour


_ADDRESS = {"line1": "1 Main St", "city": "Austin", "country": "US", "postal_code": "78701"}


def _hooks(tour: Tour) -> None:
    made = tour.post(
        "/v1/webhook_endpoints",
        url="http://127.0.0.1:9/",
        enabled_events=["charge.succeeded"],
        metadata={"a": "b"},
    )
    path = f"/v1/webhook_endpoints/{made['id']}"
    tour.get(path)
    tour.post(path, description="kept", disabled=True)
    tour.get("/v1/webhook_endpoints")
    tour.ask("DELETE", path)


def _customers(tour: Tour) -> None:
    made = tour.post(
        "/v1/customers",
        email="ada@example.com",
        name="Ada",
        address=_ADDRESS,
        shipping={"name": "Ada", "address": _ADDRESS},
        payment_method="pm_card_visa",
    )
    path = f"/v1/customers/{made['id']}"
    methods = tour.get(f"{path}/payment_methods")
    kept = methods["data"][0]["id"]
    tour.post(path, phone="+1512", invoice_settings={"default_payment_method": kept})
    tour.get(path)
    tour.get(path, expand=["invoice_settings.default_payment_method", "sources", "tax_ids"])
    tour.get(f"{path}/payment_methods/{kept}")
    tour.get("/v1/customers", email="ada@example.com", expand=["data.subscriptions"])
    typed = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    fresh = tour.post("/v1/payment_methods", type="card", card=typed, key_=PUBLISHABLE)
    method = f"/v1/payment_methods/{fresh['id']}"
    tour.post(f"{method}/attach", customer=made["id"])
    tour.post(method, billing_details={"name": "Ada", "address": _ADDRESS})
    tour.get(method, expand=["customer"])
    tour.get("/v1/payment_methods", customer=made["id"])
    tour.post(f"{method}/detach")
    tour.ask("DELETE", path)
    tour.get(path)


def _pay(tour: Tour, card: str = "visa", **given: Any) -> Any:
    params = {
        "amount": 5000,
        "currency": "usd",
        "confirm": True,
        "payment_method": f"pm_card_{card}",
        "allowed_payment_method_types": ["card"],
    }
    return tour.post("/v1/payment_intents", **{**params, **given})


def _payments(tour: Tour) -> None:
    expand = ["latest_charge.balance_transaction", "payment_method", "customer"]
    paid = _pay(tour, "bypassPending", expand=expand, shipping={"name": "A", "address": _ADDRESS})
    charge = paid["latest_charge"]
    _pay(tour, "createDispute", capture_method="automatic")
    _pay(tour, "authenticationRequired", return_url="https://example.com/")
    _pay(tour, "authenticationRequired", automatic_payment_methods={"enabled": True}, **_NO_TYPES)
    _pay(tour, "chargeDeclined")
    _pay(tour, "authenticationRequired", off_session=True)
    made = tour.post("/v1/payment_intents", amount=900, currency="jpy")
    path = f"/v1/payment_intents/{made['id']}"
    tour.get(path, key_=PUBLISHABLE, client_secret=made["client_secret"])
    tour.post(path, description="A cut", payment_method="pm_card_mastercard")
    tour.post(f"{path}/confirm")
    tour.get("/v1/payment_intents", expand=["data.latest_charge"])
    tour.get(f"/v1/charges/{charge['id']}", expand=["payment_intent", "refunds", "customer"])
    tour.post(f"/v1/charges/{charge['id']}", fraud_details={"user_report": "safe"})
    tour.get("/v1/charges", payment_intent=paid["id"])
    moved = tour.get("/v1/balance_transactions", expand=["data.source"])
    tour.get(f"/v1/balance_transactions/{moved['data'][0]['id']}")
    tour.get("/v1/balance")
    disputes = tour.get("/v1/disputes", expand=["data.charge"])
    path = f"/v1/disputes/{disputes['data'][0]['id']}"
    tour.get(path)
    tour.post(path, metadata={"a": "b"})
    tour.post(f"{path}/close")
    inquired = _pay(tour, "createDisputeInquiry")
    [inquiry] = tour.get("/v1/disputes", payment_intent=inquired["id"])["data"]
    tour.post(f"/v1/disputes/{inquiry['id']}/close")


def _processing(tour: Tour) -> None:
    """Payments that take their time, to the end and canceled."""
    tour.sandbox.control("settings", {"processing_delay": 60})
    slow, canceled = _pay(tour, expand=["latest_charge"]), _pay(tour)
    tour.post(f"/v1/payment_intents/{canceled['id']}/cancel")
    tour.get(f"/v1/charges/{canceled['latest_charge']}")
    tour.sandbox.advance(60)
    tour.get(f"/v1/payment_intents/{slow['id']}", expand=["latest_charge"])
    tour.sandbox.control("settings", {"processing_delay": 0})


_NO_TYPES: dict[str, Any] = {"allowed_payment_method_types": []}


def _holds(tour: Tour) -> None:
    held = _pay(tour, capture_method="manual")
    tour.post(f"/v1/payment_intents/{held['id']}/capture", amount_to_capture=4000)
    other = _pay(tour, capture_method="manual")
    tour.post(f"/v1/payment_intents/{other['id']}/cancel")
    forgotten = _pay(tour, capture_method="manual")
    tour.sandbox.advance(8 * 86400)
    tour.get(f"/v1/payment_intents/{forgotten['id']}", expand=["latest_charge"])


def _set_ups(tour: Tour) -> None:
    made = tour.post("/v1/setup_intents", allowed_payment_method_types=["card"])
    path = f"/v1/setup_intents/{made['id']}"
    tour.get(path, key_=PUBLISHABLE, client_secret=made["client_secret"])
    tour.post(path, description="later")
    tour.post(f"{path}/confirm", payment_method="pm_card_visa")
    tour.get(path, expand=["latest_attempt.payment_method"])
    other = tour.post("/v1/setup_intents")
    tour.post(f"/v1/setup_intents/{other['id']}/cancel")
    chosen = tour.post("/v1/setup_intents", payment_method="pm_card_visa")
    tour.post(f"/v1/setup_intents/{chosen['id']}", payment_method="")
    now = {"confirm": True, "allowed_payment_method_types": ["card"]}
    asked = tour.post("/v1/setup_intents", payment_method="pm_card_authenticationRequired", **now)
    tour.sandbox.control(f"3ds/{asked['id']}", {"outcome": "fail"})
    tour.get(f"/v1/setup_intents/{asked['id']}", expand=["latest_attempt"])
    tour.post("/v1/setup_intents", payment_method="pm_card_chargeDeclined", **now)
    tour.get("/v1/setup_intents")


def _refunds(tour: Tour) -> None:
    paid = _pay(tour)
    made = tour.post("/v1/refunds", payment_intent=paid["id"], amount=100, metadata={"a": "b"})
    tour.get(f"/v1/refunds/{made['id']}", expand=["charge", "balance_transaction"])
    tour.post(f"/v1/refunds/{made['id']}", metadata={"a": ""})
    tour.get("/v1/refunds", charge=made["charge"])
    tour.get(f"/v1/charges/{made['charge']}/refunds")
    tour.get(f"/v1/charges/{made['charge']}/refunds/{made['id']}")
    for card in ("refundFail", "pendingRefund"):
        tour.post("/v1/refunds", payment_intent=_pay(tour, card)["id"])
    tour.sandbox.advance(60)
    tour.post(f"/v1/refunds/{made['id']}/cancel")
    tour.get("/v1/refunds", expand=["data.failure_balance_transaction"])
    tour.sandbox.control("settings", {"overdraft": 0})
    rich = _pay(tour, amount=90_000_000)
    waiting = tour.post("/v1/refunds", payment_intent=rich["id"])
    tour.sandbox.control(f"refunds/{waiting['id']}/cancel", {})
    tour.get(f"/v1/refunds/{waiting['id']}")
    tour.sandbox.control("settings", {"overdraft": None})


def _checkout(tour: Tour) -> None:
    def session(**given: Any) -> Any:
        product = {"name": "Haircut", "description": "With wash"}
        price = {"currency": "usd", "unit_amount": 2500, "product_data": product}
        return tour.post(
            "/v1/checkout/sessions",
            mode="payment",
            success_url="https://example.com/{CHECKOUT_SESSION_ID}",
            line_items=[{"price_data": price, "quantity": 2}],
            **given,
        )

    made = session(customer_creation="always", payment_intent_data={"metadata": {"a": "b"}})
    path = f"/v1/checkout/sessions/{made['id']}"
    card = tour.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})
    tour.sandbox.control(f"checkout/{made['id']}", {"payment_method": card["id"]})
    tour.get(path, expand=["line_items", "payment_intent", "customer"])
    tour.get(f"{path}/line_items")
    tour.post(path, metadata={"c": "d"})
    soon = int(tour.sandbox.control("clock")["now"]) + 7200
    other = session(customer_email="ada@example.com", expires_at=soon)
    tour.post(f"/v1/checkout/sessions/{other['id']}/expire")
    tour.get("/v1/checkout/sessions", status="expired")
    tour.sandbox.control("settings", {"processing_delay": 60})
    slow = session(payment_intent_data={"setup_future_usage": "off_session"})
    again = tour.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})
    tour.sandbox.control(f"checkout/{slow['id']}", {"payment_method": again["id"]})
    tour.get(f"/v1/checkout/sessions/{slow['id']}", expand=["payment_intent"])
    tour.sandbox.advance(60)
    tour.get(f"/v1/checkout/sessions/{slow['id']}", expand=["payment_intent"])
    tour.sandbox.control("settings", {"processing_delay": 0})


def _beyond(tour: Tour) -> None:
    _pay(tour, "bypassPending", amount=900_000)
    tour.get("/v1/account")
    other = tour.post("/v1/accounts", type="standard", country="US", email="shop@example.com")
    tour.post(f"/v1/accounts/{other['id']}", metadata={"a": "b"})
    tour.get(f"/v1/accounts/{other['id']}")
    tour.get("/v1/accounts")
    sent = tour.post("/v1/transfers", amount=1000, currency="usd", destination=other["id"])
    tour.get(f"/v1/transfers/{sent['id']}", expand=["destination", "balance_transaction"])
    tour.post(f"/v1/transfers/{sent['id']}", description="share")
    tour.get("/v1/transfers", destination=other["id"])
    out = tour.post("/v1/payouts", amount=1100, currency="usd")
    tour.get(f"/v1/payouts/{out['id']}", expand=["balance_transaction"])
    tour.post(f"/v1/payouts/{out['id']}", metadata={"a": "b"})
    tour.post(f"/v1/payouts/{out['id']}/cancel")
    tour.post("/v1/payouts", amount=1200, currency="usd")
    tour.sandbox.advance(3 * 86400)
    tour.get("/v1/payouts", status="paid")


def _refusals(tour: Tour) -> None:
    """What Stripe refuses, each in its own words, to a server and to a browser."""
    intents = "/v1/payment_intents"
    for wrong in (
        {"amount": "many", "currency": "usd"},
        {"amount": 10, "currency": "usd"},
        {"amount": 999_999_999, "currency": "usd"},
        {"amount": 500, "currency": "shells"},
        {"amount": 500},
        {"amount": 500, "currency": "usd", "customer": "cus_none"},
        {"amount": 500, "currency": "usd", "payment_method": ""},
        {"amount": 500, "currency": "usd", "payment_method_types": ["card"]},
        {"amount": 500, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"},
        {"amount": 500, "currency": "usd", "no_such_parameter": 1},
    ):
        tour.post(intents, **wrong)
    for card in ("chargeDeclinedInsufficientFunds", "chargeDeclinedExpiredCard", "radarBlock"):
        _pay(tour, card)
    _pay(tour, "authenticationRequired", error_on_requires_action=True)
    tour.get(f"{intents}/pi_none")
    for amount in (600, 700):
        tour.post("/v1/customers", idempotency_key_="once", metadata={"amount": amount})
    paid = _pay(tour)
    for again in ("confirm", "capture", "cancel"):
        tour.post(f"{intents}/{paid['id']}/{again}")
    tour.post("/v1/refunds", payment_intent=paid["id"], amount=5001)
    tour.post("/v1/payouts", amount=99_999_999, currency="usd")
    tour.post("/v1/payment_methods", type="card", card={"number": "4242424242424242"})
    tour.post("/v1/payment_methods/pm_none/attach", customer=tour.post("/v1/customers")["id"])
    _refusals_of_a_browser(tour)


def _refusals_of_a_browser(tour: Tour) -> None:
    tour.get("/v1/charges", key_=PUBLISHABLE)
    made = tour.post(
        "/v1/payment_intents", amount=500, currency="usd", allowed_payment_method_types=["card"]
    )
    path = f"/v1/payment_intents/{made['id']}"
    tour.get(path, key_=PUBLISHABLE)
    secret = {"client_secret": made["client_secret"], "key_": PUBLISHABLE}
    tour.post(f"{path}/confirm", payment_method="pm_card_chargeDeclined", **secret)
    tour.post(f"{path}/confirm", payment_method="pm_card_authenticationRequired", **secret)
    tour.post(f"{path}/cancel")
    tour.post(f"{path}/confirm", payment_method="pm_card_visa", **secret)


def _told(tour: Tour) -> None:
    page = tour.get("/v1/events", limit=100)
    while page["has_more"]:
        page = tour.get("/v1/events", limit=100, starting_after=page["data"][-1]["id"])
    tour.get(f"/v1/events/{page['data'][-1]['id']}")


def objects(body: Any) -> Iterator[dict[str, Any]]:
    """Every API object in an answer, however deep it lies: in lists, events, errors, expanded."""
    if isinstance(body, list):
        for item in body:
            yield from objects(item)
    elif isinstance(body, dict):
        kind = body.get("object")
        if isinstance(kind, str) and kind not in _PARTS:
            yield body
        for value in body.values():
            yield from objects(value)


_PARTS = {"list", "price"}
"""Not objects of a route of their own here."""
