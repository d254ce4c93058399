"""Faults: what goes wrong between the client and Stripe, and what is true afterwards."""

import time
from typing import Any

import pytest
import stripe

from tests.sandbox.payments import pay
from tests.sandbox.running import ControlRefusedError, Sandbox

pytestmark = pytest.mark.proves("X2")

_PATH = "/v1/payment_intents"
_PARAMS: Any = {
    "amount": 5000,
    "currency": "usd",
    "payment_method": "pm_card_visa",
    "confirm": True,
}


def _create(client: stripe.StripeClient, key: str = "k") -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(_PARAMS, {"idempotency_key": key})


def test_an_error_before_the_effect_leaves_the_key_free(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    sandbox.fault("POST", _PATH, "error_before_effect")
    with pytest.raises(stripe.APIError) as broken:
        _create(client)
    assert broken.value.http_status == 500
    assert sandbox.rows("payment_intent") == []
    assert _create(client).status == "succeeded"


def test_an_error_after_the_effect_is_replayed(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    sandbox.fault("POST", _PATH, "error_after_effect")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            _create(client)
    assert broken.value.headers is not None
    assert broken.value.headers["idempotent-replayed"] == "true"
    assert [row["status"] for row in sandbox.rows("payment_intent")] == ["succeeded"]


@pytest.mark.parametrize(("kind", "effects"), [("timeout_before", 0), ("timeout_after", 1)])
def test_a_held_socket_tells_nothing(
    sandbox: Sandbox, client: stripe.StripeClient, kind: str, effects: int
) -> None:
    sandbox.fault("POST", _PATH, kind, seconds=0.2)
    with pytest.raises(stripe.APIConnectionError):
        _create(client)
    assert len(sandbox.rows("charge")) == effects
    assert _create(client).status == "succeeded"
    assert len(sandbox.rows("charge")) == 1


def test_a_broken_answer_is_no_answer_but_the_effect_stands(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    sandbox.fault("POST", _PATH, "reset_mid_body")
    with pytest.raises((stripe.APIConnectionError, stripe.APIError)):
        _create(client)
    assert _create(client).status == "succeeded"
    assert len(sandbox.rows("charge")) == 1


def test_a_slow_answer_is_a_good_one(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    sandbox.fault("POST", _PATH, "slow", seconds=0.3)
    start = time.monotonic()
    assert _create(client).status == "succeeded"
    assert time.monotonic() - start >= 0.3


def test_a_rate_limit_says_which(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    sandbox.fault("POST", _PATH, "rate_limit", reason="endpoint-rate")
    with pytest.raises(stripe.RateLimitError) as refusal:
        _create(client)
    assert refusal.value.headers is not None
    assert refusal.value.headers["stripe-rate-limited-reason"] == "endpoint-rate"
    assert _create(client).status == "succeeded"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("lock_timeout", 429, "lock_timeout"), ("conflict", 409, "idempotency_key_in_use")],
)
def test_contention_is_refused_without_effect(
    sandbox: Sandbox, client: stripe.StripeClient, kind: str, status: int, code: str
) -> None:
    sandbox.fault("POST", _PATH, kind)
    with pytest.raises(stripe.StripeError) as refusal:
        _create(client)
    assert refusal.value.error is not None
    assert (refusal.value.http_status, refusal.value.error.code) == (status, code)
    assert sandbox.rows("payment_intent") == []


def test_the_sdk_retries_what_may_be_retried(sandbox: Sandbox) -> None:
    sandbox.fault("POST", _PATH, "conflict", times=2)
    assert _create(sandbox.client(retries=2)).status == "succeeded"


def test_a_decline_may_be_asked_for(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    sandbox.fault("POST", _PATH, "decline", decline_code="insufficient_funds")
    with pytest.raises(stripe.CardError) as refusal:
        pay(client)
    assert refusal.value.error is not None
    assert refusal.value.error.decline_code == "insufficient_funds"
    assert [row["status"] for row in sandbox.rows("charge")] == ["failed"]


def test_faults_count_and_wait_and_keep_to_their_route(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    sandbox.fault("GET", "/v1/customers/*", "error_before_effect", after=1, times=2)
    made = client.v1.customers.create({})
    fails = []
    for _ in range(4):
        try:
            client.v1.customers.retrieve(made.id)
            fails.append(False)
        except stripe.APIError:
            fails.append(True)
    assert fails == [False, True, True, False]


def test_planned_faults_can_be_seen_and_forgotten(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    sandbox.fault("*", "/v1/**", "error_before_effect", times=99)
    assert len(sandbox.control("faults")["faults"]) == 1
    sandbox.control("faults", method="DELETE")
    assert pay(client).status == "succeeded"


def test_a_fault_that_makes_no_sense_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ControlRefusedError):
        sandbox.fault("POST", _PATH, "meteor")
    with pytest.raises(ControlRefusedError):
        sandbox.fault("POST", _PATH, "slow", times=0)
