"""Idempotency keys: one effect per key, whatever the client repeats."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import stripe

from bookedbarber.sandbox.app import FILE
from tests.house.processes import eventually, slowness
from tests.sandbox.payments import intent, pay
from tests.sandbox.running import Answer, Sandbox, Stages

pytestmark = pytest.mark.proves("X2")

_PAYMENT = {
    "amount": "5000",
    "currency": "usd",
    "payment_method": "pm_card_visa",
    "confirm": "true",
    "allowed_payment_method_types[0]": "card",
}


def _post(sandbox: Sandbox, key: str, path: str = "/v1/payment_intents", **given: str) -> Answer:
    return sandbox.ask("POST", path, {**_PAYMENT, **given}, headers={"Idempotency-Key": key})


def test_a_repeated_key_pays_once_and_says_it_is_a_replay(sandbox: Sandbox) -> None:
    first, second = _post(sandbox, "k"), _post(sandbox, "k")
    assert second.body == first.body
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["original-request"] == first.headers["request-id"]
    assert second.headers["request-id"] != first.headers["request-id"]
    assert len(sandbox.rows("charge")) == 1


def test_the_sdk_repeats_safely(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    params: Any = {
        "amount": 5000,
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "confirm": True,
        "allowed_payment_method_types": ["card"],
    }
    made = [
        client.v1.payment_intents.create(params, {"idempotency_key": "once"}).id for _ in range(3)
    ]
    assert len(set(made)) == 1
    assert len(sandbox.rows("payment_intent")) == 1


def test_without_a_key_each_request_is_new(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    pay(client)
    pay(client)
    assert len(sandbox.rows("charge")) == 2


@pytest.mark.parametrize("changed", [{"amount": "5001"}, {"metadata[a]": "b"}])
def test_other_parameters_under_a_key_are_refused(
    sandbox: Sandbox, changed: dict[str, str]
) -> None:
    _post(sandbox, "k")
    refusal = _post(sandbox, "k", **changed)
    assert (refusal.status, refusal.error["type"]) == (400, "idempotency_error")
    assert "same parameters they were first used with" in refusal.error["message"]
    assert len(sandbox.rows("charge")) == 1


def test_a_key_belongs_to_its_endpoint(sandbox: Sandbox) -> None:
    _post(sandbox, "k")
    refusal = _post(sandbox, "k", "/v1/refunds")
    assert (refusal.status, refusal.error["type"]) == (400, "idempotency_error")


def test_the_order_of_parameters_does_not_matter(sandbox: Sandbox) -> None:
    first = _post(sandbox, "k")
    turned = dict(reversed(_PAYMENT.items()))
    again = sandbox.ask("POST", "/v1/payment_intents", turned, headers={"Idempotency-Key": "k"})
    assert again.body == first.body


def test_a_decline_is_kept_and_replayed(sandbox: Sandbox) -> None:
    first = _post(sandbox, "k", payment_method="pm_card_chargeDeclined")
    again = _post(sandbox, "k", payment_method="pm_card_chargeDeclined")
    assert (first.status, again.status) == (402, 402)
    assert again.body == first.body
    assert len(sandbox.rows("charge")) == 1


def test_a_refusal_of_the_business_is_kept(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    paid = pay(client)
    too_much = {"payment_intent": paid.id, "amount": "5001"}
    headers = {"Idempotency-Key": "k"}
    first = sandbox.ask("POST", "/v1/refunds", too_much, headers=headers)
    again = sandbox.ask("POST", "/v1/refunds", too_much, headers=headers)
    assert (first.status, again.status) == (400, 400)
    assert again.headers["idempotent-replayed"] == "true"


def test_a_failed_validation_does_not_spend_the_key(sandbox: Sandbox) -> None:
    assert _post(sandbox, "k", amount="many").status == 400
    assert _post(sandbox, "k").status == 200


def test_a_key_in_flight_is_busy(sandbox: Sandbox) -> None:
    sandbox.fault("POST", "/v1/payment_intents", "slow", seconds=slowness())
    answers: list[Answer] = []
    slow = threading.Thread(target=lambda: answers.append(_post(sandbox, "k")))
    slow.start()
    busy = _wait_for_busy(sandbox)
    slow.join()
    assert (busy.status, busy.error["code"]) == (409, "idempotency_key_in_use")
    assert answers[0].status == 200
    assert _post(sandbox, "k").body == answers[0].body
    assert len(sandbox.rows("charge")) == 1


def _wait_for_busy(sandbox: Sandbox) -> Answer:
    """Ask under another name until the slow request has taken its fault, then with its key."""
    assert eventually(lambda: not sandbox.control("faults")["faults"], within=60)
    return _post(sandbox, "k")


def test_a_key_is_forgotten_after_a_day(sandbox: Sandbox) -> None:
    first = _post(sandbox, "k")
    sandbox.advance(24 * 3600 - 1)
    assert _post(sandbox, "k").body["id"] == first.body["id"]
    sandbox.advance(1)
    assert _post(sandbox, "k").body["id"] != first.body["id"]


def test_a_key_too_long_is_refused(sandbox: Sandbox) -> None:
    assert _post(sandbox, "k" * 256).status == 400
    assert _post(sandbox, "k" * 255).status == 200


def test_keys_mean_nothing_on_reads(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    headers = {"Idempotency-Key": "k"}
    made = intent(client)
    path = f"/v1/payment_intents/{made.id}"
    assert sandbox.ask("GET", path, headers=headers).body["status"] == "requires_payment_method"
    client.v1.payment_intents.cancel(made.id)
    assert sandbox.ask("GET", path, headers=headers).body["status"] == "canceled"


def test_a_mistake_of_the_sandboxs_own_is_kept_like_any_result(
    stages: Stages, tmp_path: Path
) -> None:
    """Its own rows are damaged from outside, since nothing a client does makes one."""
    with stages.running(tmp_path) as sandbox:
        client = sandbox.client()
        card: Any = {"type": "card", "card": {"token": "tok_visa"}}
        method = client.v1.payment_methods.create(card).id
        with closing(sqlite3.connect(tmp_path / FILE)) as database, database:
            database.execute("UPDATE objects SET hidden = '{}' WHERE id = ?", (method,))
        first, second = (_post(sandbox, "k", payment_method=method) for _ in range(2))
        assert (first.status, second.status) == (500, 500)
        assert first.error["type"] == "api_error"
        assert first.headers["request-id"] == second.headers["original-request"]
        assert second.headers["idempotent-replayed"] == "true"
        assert sandbox.rows("payment_intent") == []
        health = sandbox.control("health")
        assert (health["ok"], health["failed_requests"]) == (False, 1)
