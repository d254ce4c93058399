"""What events carry, story by story: their order, the object as it then stood, what was before."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest
import stripe

from tests.sandbox.payments import intent, pay
from tests.sandbox.running import Sandbox


@dataclass(slots=True)
class Stage:
    """A sandbox, and the payment and the refund that a story is about."""

    sandbox: Sandbox
    client: stripe.StripeClient
    payment: str = ""
    refund: str = ""

    def read(self, obj: dict[str, Any]) -> dict[str, Any]:
        """An object as the API shows it now."""
        paths = {"payment_intent": "payment_intents", "setup_intent": "setup_intents"}
        path = paths.get(obj["object"], f"{obj['object']}s")
        return self.sandbox.ask("GET", f"/v1/{path}/{obj['id']}").body


@dataclass(frozen=True, slots=True)
class Told:
    """One event: its type, in what its object then differed from how it stands after the step,
    and its `previous_attributes`.
    """

    kind: str
    then: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] | None = None


Step: TypeAlias = Callable[[Stage], None]
Story: TypeAlias = list[tuple[Step, list[Told]]]


def paying(card: str = "visa", **given: Any) -> Step:
    """Pay, whatever comes of it."""

    def step(stage: Stage) -> None:
        with suppress(stripe.CardError):
            pay(stage.client, card, **given)
        stage.payment = stage.client.v1.payment_intents.list({"limit": 1}).data[0].id

    return step


def opening(stage: Stage) -> None:
    """Only make an intent."""
    stage.payment = intent(stage.client).id


def capturing(**given: Any) -> Step:
    """Take what is held."""

    def step(stage: Stage) -> None:
        params: Any = given
        stage.client.v1.payment_intents.capture(stage.payment, params)

    return step


def canceling(stage: Stage) -> None:
    """Give the payment up."""
    stage.client.v1.payment_intents.cancel(stage.payment, {"cancellation_reason": "abandoned"})


def refunding(**given: Any) -> Step:
    """Give money back."""

    def step(stage: Stage) -> None:
        params: Any = {"payment_intent": stage.payment, **given}
        stage.refund = stage.client.v1.refunds.create(params).id

    return step


def withdrawing(stage: Stage) -> None:
    """Take a waiting refund back."""
    stage.sandbox.control(f"refunds/{stage.refund}/cancel", {})


def answering(outcome: str) -> Step:
    """Answer the challenge."""
    return lambda stage: stage.sandbox.control(f"3ds/{stage.payment}", {"outcome": outcome})


def closing(stage: Stage) -> None:
    """Give the dispute up."""
    stage.client.v1.disputes.close(stage.client.v1.disputes.list().data[0].id)


def earning(stage: Stage) -> None:
    """Another payment brings funds, and what waited for them happens."""
    pay(stage.client, "bypassPending", amount=9000)
    stage.sandbox.advance(0)


def waiting(seconds: float) -> Step:
    """Let time pass."""

    def step(stage: Stage) -> None:
        stage.sandbox.advance(seconds)

    return step


def setting(**wanted: Any) -> Step:
    """Change settings."""

    def step(stage: Stage) -> None:
        stage.sandbox.control("settings", wanted)

    return step


_READY = {"status": "requires_confirmation", "latest_charge": None}
_CREATED = Told("payment_intent.created", {**_READY, "amount_received": 0})
_PAID = [_CREATED, Told("charge.succeeded"), Told("payment_intent.succeeded")]
_HELD = [
    Told("payment_intent.created", {**_READY, "amount_capturable": 0}),
    Told("charge.succeeded"),
    Told("payment_intent.amount_capturable_updated"),
]
_SETTLED = Told("charge.updated", before={"balance_transaction": None})
_REFUNDED = [
    Told("refund.created"),
    Told("charge.refunded", before={"amount_refunded": 0, "refunded": False}),
]


def _changed(**before: Any) -> list[Told]:
    """A refund's change is told under both of its names."""
    return [Told(kind, before=before) for kind in ("refund.updated", "charge.refund.updated")]


_UNREFUNDED = Told("charge.updated", before={"amount_refunded": 5000, "refunded": True})

STORIES: dict[str, Story] = {
    "a payment": [(paying(), _PAID), (waiting(3), [_SETTLED])],
    "a capture": [
        (paying(capture_method="manual"), _HELD),
        (
            capturing(),
            [
                Told("charge.captured", before={"amount_captured": 0, "captured": False}),
                Told("payment_intent.succeeded"),
            ],
        ),
        (waiting(3), [_SETTLED]),
    ],
    "a capture of a part": [
        (paying(capture_method="manual"), _HELD),
        (
            capturing(amount_to_capture=3000, metadata={"a": "b"}),
            [
                Told("charge.captured", before={"amount_captured": 0, "captured": False}),
                Told("payment_intent.succeeded"),
            ],
        ),
        (waiting(3), [_SETTLED]),
    ],
    "a hold given up": [
        (paying(capture_method="manual"), _HELD),
        (canceling, [Told("payment_intent.canceled")]),
        (waiting(30 * 86400), []),
    ],
    "a hold that expires": [
        (paying(capture_method="manual"), _HELD),
        (waiting(7 * 86400), [Told("charge.expired"), Told("payment_intent.canceled")]),
    ],
    "an intent given up": [
        (opening, [Told("payment_intent.created")]),
        (canceling, [Told("payment_intent.canceled")]),
    ],
    "a decline": [
        (
            paying("chargeDeclined"),
            [
                Told(
                    "payment_intent.created",
                    {**_READY, "last_payment_error": None, "payment_method": "$method"},
                ),
                Told("charge.failed"),
                Told("payment_intent.payment_failed"),
            ],
        )
    ],
    "a challenge passed": [
        (
            paying("authenticationRequired"),
            [
                Told(
                    "payment_intent.created",
                    {"status": "requires_confirmation", "next_action": None},
                ),
                Told("payment_intent.requires_action"),
            ],
        ),
        (answering("succeed"), [Told("charge.succeeded"), Told("payment_intent.succeeded")]),
    ],
    "a challenge failed": [
        (
            paying("authenticationRequired"),
            [
                Told(
                    "payment_intent.created",
                    {"status": "requires_confirmation", "next_action": None},
                ),
                Told("payment_intent.requires_action"),
            ],
        ),
        (answering("fail"), [Told("payment_intent.payment_failed")]),
    ],
    "a payment that takes its time": [
        (setting(processing_delay=60), []),
        (
            paying(),
            [
                Told("payment_intent.created", _READY),
                Told("charge.pending"),
                Told("payment_intent.processing"),
            ],
        ),
        (waiting(60), [Told("charge.succeeded"), Told("payment_intent.succeeded")]),
    ],
    "a payment canceled on its way": [
        (setting(processing_delay=60), []),
        (
            paying(),
            [
                Told("payment_intent.created", _READY),
                Told("charge.pending"),
                Told("payment_intent.processing"),
            ],
        ),
        (canceling, [Told("charge.failed"), Told("payment_intent.canceled")]),
        (waiting(120), []),
    ],
    "a refund": [
        (paying(), _PAID),
        (waiting(3), [_SETTLED]),
        (refunding(), _REFUNDED),
        (waiting(600), []),
    ],
    "a refund of a part": [
        (paying(), _PAID),
        (
            refunding(amount=1000),
            [Told("refund.created"), Told("charge.refunded", before={"amount_refunded": 0})],
        ),
    ],
    "a refund that takes its time": [
        (paying("pendingRefund"), _PAID),
        (waiting(3), [_SETTLED]),
        (refunding(), _REFUNDED),
        (waiting(5), _changed(pending_reason="processing", status="pending")),
    ],
    "a refund that fails": [
        (paying("refundFail"), _PAID),
        (waiting(3), [_SETTLED]),
        (refunding(), _REFUNDED),
        (
            waiting(5),
            [
                _UNREFUNDED,
                Told("refund.failed"),
                *_changed(
                    destination_details={"card": {"reference_status": "pending"}},
                    failure_balance_transaction=None,
                    failure_reason=None,
                    status="succeeded",
                ),
            ],
        ),
    ],
    "a refund that waits for funds": [
        (setting(overdraft=0), []),
        (paying(), _PAID),
        (waiting(3), [_SETTLED]),
        (refunding(), _REFUNDED),
        (
            earning,
            [
                *_PAID,
                *_changed(
                    balance_transaction=None, pending_reason="insufficient_funds", status="pending"
                ),
            ],
        ),
    ],
    "a waiting refund taken back": [
        (setting(overdraft=0), []),
        (paying(), _PAID),
        (waiting(3), [_SETTLED]),
        (refunding(), _REFUNDED),
        (
            withdrawing,
            [
                _UNREFUNDED,
                *_changed(
                    failure_reason=None, pending_reason="insufficient_funds", status="pending"
                ),
            ],
        ),
    ],
    "a dispute": [
        (
            paying("createDispute"),
            [
                _CREATED,
                Told("charge.succeeded", {"disputed": False}),
                Told("payment_intent.succeeded"),
                Told("charge.dispute.created"),
                Told("charge.dispute.funds_withdrawn"),
            ],
        ),
        (closing, [Told("charge.dispute.closed", before={"status": "needs_response"})]),
        (waiting(3), [_SETTLED]),
    ],
    "an inquiry after a capture": [
        (paying("createDisputeInquiry", capture_method="manual"), _HELD),
        (
            capturing(amount_to_capture=2000),
            [
                Told(
                    "charge.captured",
                    {"disputed": False},
                    before={"amount_captured": 0, "captured": False},
                ),
                Told("payment_intent.succeeded"),
                Told("charge.dispute.created"),
            ],
        ),
        (closing, [Told("charge.dispute.closed", before={"status": "warning_needs_response"})]),
    ],
}


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_told_as_it_happened(
    sandbox: Sandbox, client: stripe.StripeClient, story: str
) -> None:
    stage = Stage(sandbox, client)
    for number, (step, expected) in enumerate(STORIES[story]):
        before = len(sandbox.rows("event"))
        step(stage)
        told = [row for row in sandbox.rows("event")[before:] if row["type"] != _ASIDE]
        assert [row["type"] for row in told] == [one.kind for one in expected], number
        for row, one in zip(told, expected, strict=True):
            _check(stage, row, one)


_ASIDE = "balance.available"
"""Told of the whole account; funds from elsewhere would tell of it too."""


def _check(stage: Stage, row: dict[str, Any], expected: Told) -> None:
    said = row["data"]["object"]
    then = dict(expected.then)
    if then.get("payment_method") == "$method":
        then["payment_method"] = said["payment_method"]
        assert str(said["payment_method"]).startswith("pm_")
    assert said == {**stage.read(said), **then}, row["type"]
    assert row["data"].get("previous_attributes") == expected.before, row["type"]
