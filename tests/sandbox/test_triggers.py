"""Scenarios of Stripe's command-line tool (`stripe trigger …`), each named for what it must cause.

The calls are those of the tool's fixtures (Apache-2.0), written here as SDK calls; `$name` stands
for the id of an earlier answer. They still send `payment_method_types`, so the default setting
`strict: false` applies.
"""

import json
from typing import Any

import pytest
import stripe

from tests.sandbox.conformity.tour import flat
from tests.sandbox.running import Sandbox

pytestmark = pytest.mark.proves("R6.2")

_TYPES = {"payment_method_types": ["card"], "description": "(created by a scenario)"}
_SHIPPING = {"name": "Jenny Rosen", "address": {"line1": "510 Townsend St", "country": "US"}}


def _intent(amount: int, card: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
    given = {"amount": amount, "currency": "usd", "confirm": True, "payment_method": card}
    return ("POST", "/v1/payment_intents", {**given, **_TYPES, **more})


SCENARIOS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "account.updated": [
        ("POST", "/v1/accounts", {"type": "standard"}),
        ("POST", "/v1/accounts/$1", {"metadata": {"foo": "bar"}}),
    ],
    "balance.available": [_intent(2000, "pm_card_bypassPending", shipping=_SHIPPING)],
    "charge.captured": [
        _intent(2000, "pm_card_visa", capture_method="manual"),
        ("POST", "/v1/payment_intents/$1/capture", {}),
    ],
    "charge.dispute.closed": [
        _intent(100, "pm_card_createDisputeInquiry"),
        ("GET", "/v1/disputes", {"payment_intent": "$1"}),
        ("POST", "/v1/disputes/$2/close", {}),
    ],
    "charge.dispute.created": [_intent(100, "pm_card_createDisputeInquiry")],
    "charge.failed": [_intent(100, "pm_card_visa_chargeDeclined")],
    "charge.refunded": [
        _intent(100, "pm_card_visa"),
        ("POST", "/v1/refunds", {"payment_intent": "$1"}),
    ],
    "charge.succeeded": [_intent(100, "pm_card_visa")],
    "customer.created": [("POST", "/v1/customers", {"description": "(a scenario)"})],
    "payment_intent.amount_capturable_updated": [
        _intent(
            2000,
            "pm_card_visa",
            capture_method="manual",
            confirmation_method="manual",
            return_url="https://stripe.com",
        )
    ],
    "payment_intent.canceled": [
        ("POST", "/v1/payment_intents", {"amount": 2000, "currency": "usd"}),
        (
            "POST",
            "/v1/payment_intents/$1/cancel",
            {"cancellation_reason": "requested_by_customer"},
        ),
    ],
    "payment_intent.created": [
        ("POST", "/v1/payment_intents", {"amount": 2000, "currency": "usd", **_TYPES})
    ],
    "payment_intent.payment_failed": [_intent(2000, "pm_card_chargeDeclined")],
    "payment_intent.requires_action": [_intent(2000, "pm_card_authenticationRequired")],
    "payment_intent.succeeded": [_intent(2000, "pm_card_visa", shipping=_SHIPPING)],
    "payment_method.attached": [
        ("POST", "/v1/customers", {"description": "(a scenario)"}),
        ("POST", "/v1/payment_methods/pm_card_visa/attach", {"customer": "$1"}),
    ],
    "payout.created": [
        _intent(2000, "pm_card_bypassPending"),
        ("POST", "/v1/payouts", {"amount": 1100, "currency": "usd"}),
    ],
    "setup_intent.created": [("POST", "/v1/setup_intents", _TYPES)],
    "setup_intent.succeeded": [
        (
            "POST",
            "/v1/setup_intents",
            {"confirm": True, "payment_method": "pm_card_visa", **_TYPES},
        )
    ],
    "transfer.created": [
        (
            "POST",
            "/v1/payment_intents",
            {
                "amount": 1000,
                "currency": "usd",
                "payment_method": "pm_card_bypassPending",
                "confirm": True,
            },
        ),
        ("POST", "/v1/accounts", {}),
        ("POST", "/v1/transfers", {"destination": "$2", "amount": 1000, "currency": "usd"}),
    ],
}

_FUNDED = {"transfer.created"}
"""Transfers 1000 of a charge of 1000 less Stripe's fee: it counts on funds from before."""


@pytest.mark.parametrize("event", SCENARIOS)
def test_a_trigger_scenario_causes_its_event(
    sandbox: Sandbox, client: stripe.StripeClient, event: str
) -> None:
    if event in _FUNDED:
        client.raw_request("post", *_intent(5000, "pm_card_bypassPending")[1:2], **_funding())
    before = len(sandbox.told())
    answers: list[str] = []
    for method, path, params in SCENARIOS[event]:
        answers.append(_play(client, method, _filled(path, answers), _filled(params, answers)))
    assert event in sandbox.told()[before:]


def _funding() -> dict[str, Any]:
    return flat(_intent(5000, "pm_card_bypassPending")[2])


def _play(client: stripe.StripeClient, method: str, path: str, params: dict[str, Any]) -> str:
    """One call; the id of what came back (of the first item of a list), or of a declined intent."""
    try:
        answer = client.raw_request(method.lower(), path, **flat(params))
    except stripe.CardError as refusal:
        return str(json.loads(str(refusal.http_body))["error"]["payment_intent"]["id"])
    body = answer.data
    return str(body["data"][0]["id"] if body["object"] == "list" else body["id"])


def _filled(given: Any, answers: list[str]) -> Any:
    if isinstance(given, dict):
        return {name: _filled(value, answers) for name, value in given.items()}
    if isinstance(given, str):
        for place, answer in enumerate(answers, start=1):
            given = given.replace(f"${place}", answer)
    return given
