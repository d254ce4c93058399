"""Scenarios of Stripe's command-line tool (`stripe trigger …`), each named for what it must cause.

The calls are those of the tool's fixtures (Apache-2.0), made by the SDK's own methods; `$1` stands
for the id of the first answer. They still send `payment_method_types`, or confirm without
`return_url`, so they are played with the setting `strict: false`.
"""

import operator
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe

from tests.sandbox.running import Sandbox

pytestmark = pytest.mark.proves("R6.2")

_TYPES = {"payment_method_types": ["card"], "description": "(created by a scenario)"}
_SHIPPING = {
    "name": "Jenny Rosen",
    "address": {
        "line1": "510 Townsend St",
        "postal_code": "94103",
        "city": "San Francisco",
        "state": "CA",
        "country": "US",
    },
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the SDK: the method's name, its arguments, and the refusal it must meet."""

    method: str
    arguments: tuple[Any, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is called, and what the event that follows must say of its object."""

    calls: list[Call]
    told: dict[str, Any] = field(default_factory=dict)


def _call(method: str, *arguments: Any, error: str | None = None) -> Call:
    return Call(method, arguments, error)


def _pay(amount: int, card: str, *, error: str | None = None, **more: Any) -> Call:
    given = {"amount": amount, "currency": "usd", "confirm": True, "payment_method": card}
    return _call("payment_intents.create", {**given, **_TYPES, **more}, error=error)


_INQUIRY = _pay(100, "pm_card_createDisputeInquiry")
_SET_UP = {"confirm": True, "payment_method": "pm_card_visa", **_TYPES}

SCENARIOS: dict[str, Scenario] = {
    "account.updated": Scenario(
        [
            _call("accounts.create", {"type": "standard"}),
            _call("accounts.update", "$1", {"metadata": {"foo": "bar"}}),
        ],
        {"object": "account", "id": "$1", "metadata": {"foo": "bar"}},
    ),
    "balance.available": Scenario(
        [_pay(2000, "pm_card_bypassPending", shipping=_SHIPPING)],
        {"object": "balance", "livemode": False},
    ),
    "charge.captured": Scenario(
        [
            _pay(2000, "pm_card_visa", capture_method="manual"),
            _call("payment_intents.capture", "$1"),
        ],
        {"object": "charge", "payment_intent": "$1", "captured": True, "amount_captured": 2000},
    ),
    "charge.dispute.closed": Scenario(
        [
            _INQUIRY,
            _call("disputes.list", {"payment_intent": "$1"}),
            _call("disputes.close", "$2"),
        ],
        {"object": "dispute", "id": "$2", "payment_intent": "$1", "status": "warning_closed"},
    ),
    "charge.dispute.created": Scenario(
        [_INQUIRY],
        {"object": "dispute", "payment_intent": "$1", "status": "warning_needs_response"},
    ),
    "charge.failed": Scenario(
        [_pay(100, "pm_card_visa_chargeDeclined", error="card_error")],
        {"object": "charge", "payment_intent": "$1", "status": "failed", "paid": False},
    ),
    "charge.refunded": Scenario(
        [_pay(100, "pm_card_visa"), _call("refunds.create", {"payment_intent": "$1"})],
        {"object": "charge", "payment_intent": "$1", "refunded": True, "amount_refunded": 100},
    ),
    "charge.succeeded": Scenario(
        [_pay(100, "pm_card_visa")],
        {"object": "charge", "payment_intent": "$1", "status": "succeeded", "amount": 100},
    ),
    "customer.created": Scenario(
        [_call("customers.create", {"description": "(a scenario)"})],
        {"object": "customer", "id": "$1", "description": "(a scenario)"},
    ),
    "payment_intent.amount_capturable_updated": Scenario(
        [
            _pay(
                2000,
                "pm_card_visa",
                capture_method="manual",
                confirmation_method="manual",
                return_url="https://stripe.com",
            )
        ],
        {"id": "$1", "status": "requires_capture", "amount_capturable": 2000},
    ),
    "payment_intent.canceled": Scenario(
        [
            _call("payment_intents.create", {"amount": 2000, "currency": "usd"}),
            _call(
                "payment_intents.cancel",
                "$1",
                {"cancellation_reason": "requested_by_customer"},
            ),
        ],
        {"id": "$1", "status": "canceled", "cancellation_reason": "requested_by_customer"},
    ),
    "payment_intent.created": Scenario(
        [_call("payment_intents.create", {"amount": 2000, "currency": "usd", **_TYPES})],
        {"id": "$1", "status": "requires_payment_method", "amount": 2000},
    ),
    "payment_intent.payment_failed": Scenario(
        [_pay(2000, "pm_card_chargeDeclined", error="card_error")],
        {"id": "$1", "status": "requires_payment_method", "payment_method": None},
    ),
    "payment_intent.requires_action": Scenario(
        [_pay(2000, "pm_card_authenticationRequired")],
        {"id": "$1", "status": "requires_action", "amount_received": 0},
    ),
    "payment_intent.succeeded": Scenario(
        [_pay(2000, "pm_card_visa", shipping=_SHIPPING)],
        {"id": "$1", "status": "succeeded", "amount_received": 2000},
    ),
    "payment_method.attached": Scenario(
        [
            _call("customers.create", {"description": "(a scenario)"}),
            _call("payment_methods.attach", "pm_card_visa", {"customer": "$1"}),
        ],
        {"object": "payment_method", "id": "$2", "customer": "$1"},
    ),
    "payout.created": Scenario(
        [
            _pay(2000, "pm_card_bypassPending"),
            _call("payouts.create", {"amount": 1100, "currency": "usd"}),
        ],
        {"object": "payout", "id": "$2", "amount": 1100, "status": "pending"},
    ),
    "setup_intent.created": Scenario(
        [_call("setup_intents.create", _TYPES)],
        {"id": "$1", "status": "requires_payment_method"},
    ),
    "setup_intent.succeeded": Scenario(
        [_call("setup_intents.create", _SET_UP)], {"id": "$1", "status": "succeeded"}
    ),
    "transfer.created": Scenario(
        [
            _call(
                "payment_intents.create",
                {
                    "amount": 1000,
                    "currency": "usd",
                    "payment_method": "pm_card_bypassPending",
                    "confirm": True,
                },
            ),
            _call("accounts.create"),
            _call("transfers.create", {"destination": "$2", "amount": 1000, "currency": "usd"}),
        ],
        {"object": "transfer", "id": "$3", "destination": "$2", "amount": 1000},
    ),
}

_FUNDED = {"transfer.created"}
"""Transfers 1000 of a charge of 1000 less Stripe's fee: it counts on funds from before."""


@pytest.mark.parametrize("event", SCENARIOS)
def test_a_trigger_scenario_causes_its_event(
    sandbox: Sandbox, client: stripe.StripeClient, event: str
) -> None:
    sandbox.control("settings", {"strict": False})
    if event in _FUNDED:
        _play(client, _pay(5000, "pm_card_bypassPending"), [])
    before = len(sandbox.rows("event"))
    answers: list[str] = []
    for call in SCENARIOS[event].calls:
        answers.append(_play(client, call, answers))
    told = [row for row in sandbox.rows("event")[before:] if row["type"] == event]
    assert len(told) == 1
    said = told[0]["data"]["object"]
    expected = _filled(SCENARIOS[event].told, answers)
    assert {name: said[name] for name in expected} == expected


def _play(client: stripe.StripeClient, call: Call, answers: list[str]) -> str:
    """Make a call; the id of what came back (of a list's first item), or of a declined intent."""
    method: Any = operator.attrgetter(call.method)(client.v1)
    arguments = [_filled(argument, answers) for argument in call.arguments]
    if call.error is None:
        answer = method(*arguments)
        return str(answer.data[0].id if isinstance(answer, stripe.ListObject) else answer.id)
    with pytest.raises(stripe.CardError) as refusal:
        method(*arguments)
    error = refusal.value.error
    assert error is not None
    assert error.type == call.error
    assert error.payment_intent is not None
    return error.payment_intent.id


def _filled(given: Any, answers: list[str]) -> Any:
    if isinstance(given, dict):
        return {name: _filled(value, answers) for name, value in given.items()}
    if isinstance(given, str):
        for place, answer in enumerate(answers, start=1):
            given = given.replace(f"${place}", answer)
    return given
