"""Faults: what goes wrong between the client and Stripe, and what is true afterwards."""

import re
import socket
import time
from typing import Any

import pytest
import stripe

from tests.sandbox.payments import pay
from tests.sandbox.running import SECRET, ControlRefusedError, Sandbox

pytestmark = pytest.mark.proves("X2")

_PATH = "/v1/payment_intents"
_PARAMS: Any = {
    "amount": 5000,
    "currency": "usd",
    "payment_method": "pm_card_visa",
    "confirm": True,
    "allowed_payment_method_types": ["card"],
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


def _by_hand(sandbox: Sandbox, card: str, key: str) -> tuple[bytes, str]:
    """What a socket reads of an answer, and how it ended."""
    port = int(sandbox.origin.rpartition(":")[2])
    form = "amount=5000&currency=usd&confirm=true&allowed_payment_method_types[0]=card"
    body = f"{form}&payment_method=pm_card_{card}"
    head = (
        f"POST {_PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Authorization: Bearer {SECRET}\r\nIdempotency-Key: {key}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    read = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall((head + body).encode())
        try:
            while part := line.recv(65536):
                read += part
        except ConnectionResetError:
            return read, "reset"
    return read, "closed"


@pytest.mark.parametrize(("card", "status"), [("visa", 200), ("chargeDeclined", 402)])
def test_a_broken_answer_begins_as_it_should_and_is_reset(
    sandbox: Sandbox, card: str, status: int
) -> None:
    sandbox.fault("POST", _PATH, "reset_mid_body")
    read, end = _by_hand(sandbox, card, "k")
    assert end == "reset"
    head, _, body = read.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"request-id: req_" in head.lower()
    [length] = re.findall(rb"content-length: (\d+)", head.lower())
    assert 0 < len(body) < int(length)
    again, end = _by_hand(sandbox, card, "k")
    assert (again.startswith(f"HTTP/1.1 {status} ".encode()), end) == (True, "closed")
    assert len(sandbox.rows("charge")) == 1


def test_a_broken_answer_is_no_answer_but_the_effect_stands(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    sandbox.fault("POST", _PATH, "reset_mid_body")
    with pytest.raises(stripe.APIConnectionError):
        _create(client)
    assert _create(client).status == "succeeded"
    assert len(sandbox.rows("charge")) == 1


def test_an_error_after_a_decline_is_kept_in_its_place(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    sandbox.fault("POST", _PATH, "error_after_effect")
    params: Any = {**_PARAMS, "payment_method": "pm_card_chargeDeclined"}
    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            client.v1.payment_intents.create(params, {"idempotency_key": "k"})
        assert broken.value.http_status == 500
    assert [row["status"] for row in sandbox.rows("charge")] == ["failed"]


def test_a_fault_counts_down_only_when_it_is_played(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    """Failed validation and a replayed key have no effect for an error to come after."""
    _create(client, "before")
    sandbox.fault("POST", _PATH, "error_after_effect")
    assert _create(client, "before").status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create({"amount": 5000, "currency": "shells"})
    assert len(sandbox.control("faults")["faults"]) == 1
    with pytest.raises(stripe.APIError):
        _create(client, "after")
    assert sandbox.control("faults")["faults"] == []


def test_a_decline_waits_for_a_card_to_be_tried(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    sandbox.fault("POST", "/v1/payment_intents**", "decline")
    made = client.v1.payment_intents.create({"amount": 5000, "currency": "usd"})
    client.v1.payment_intents.cancel(made.id)
    with pytest.raises(stripe.CardError):
        pay(client)
    assert pay(client).status == "succeeded"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/customers"), ("POST", "/v1/payment_intents/*/cancel"), ("GET", "/v1/**")],
)
def test_a_decline_is_refused_where_no_card_is_tried(
    sandbox: Sandbox, method: str, path: str
) -> None:
    with pytest.raises(ControlRefusedError):
        sandbox.fault(method, path, "decline")


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
