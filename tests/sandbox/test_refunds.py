"""Refunds: never too much, waiting when funds are short, undone when they fail."""

from typing import Any

import pytest
import stripe

from tests.sandbox.payments import charge_of, pay
from tests.sandbox.running import ControlRefusedError, Sandbox


def _net(sandbox: Sandbox) -> int:
    return sum(row["net"] for row in sandbox.rows("balance_transaction"))


def test_an_over_refund_is_refused_in_stripes_words(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    paid = pay(client, amount=500)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 600})
    assert refusal.value.http_status == 400
    assert refusal.value.error is not None
    assert refusal.value.error.message == (
        "Refund amount ($6.00) is greater than unrefunded amount on charge ($5.00)"
    )
    assert sandbox.rows("refund") == []


def test_parts_add_up_to_the_whole_and_no_further(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    paid = pay(client)
    for amount in (2000, 2500):
        client.v1.refunds.create({"payment_intent": paid.id, "amount": amount})
    with pytest.raises(stripe.InvalidRequestError, match=r"unrefunded amount on charge \(\$5.00\)"):
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 501})
    client.v1.refunds.create({"payment_intent": paid.id})
    charge = charge_of(client, paid)
    assert (charge.amount_refunded, charge.refunded) == (5000, True)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 1})
    assert refusal.value.code == "charge_already_refunded"
    assert sandbox.told().count("charge.refunded") == 3


def test_stripe_keeps_its_fee(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    paid = pay(client)
    sandbox.advance(10)
    client.v1.refunds.create({"payment_intent": paid.id})
    assert _net(sandbox) == -(5000 * 29 // 1000 + 30)
    moved = {row["type"]: row for row in sandbox.rows("balance_transaction")}
    assert (moved["refund"]["amount"], moved["refund"]["fee"]) == (-5000, 0)
    assert moved["refund"]["reporting_category"] == "refund"


def test_what_was_not_taken_cannot_be_given_back(client: stripe.StripeClient) -> None:
    held = pay(client, capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": held.id})
    with pytest.raises(stripe.InvalidRequestError, match="should be provided"):
        client.v1.refunds.create({"amount": 1})


def test_a_refund_waits_for_funds_and_is_paid_when_they_come(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    sandbox.control("settings", {"overdraft": 0})
    paid = pay(client)
    sandbox.advance(10)
    waiting = client.v1.refunds.create({"payment_intent": paid.id})
    assert (waiting.status, waiting.pending_reason) == ("pending", "insufficient_funds")
    assert waiting.balance_transaction is None
    pay(client, amount=1000)
    sandbox.advance(10)
    settled = client.v1.refunds.retrieve(waiting.id)
    assert settled.status == "succeeded"
    assert settled.balance_transaction is not None
    assert "refund.updated" in sandbox.told()


def test_a_waiting_refund_is_taken_back_in_the_dashboard_only(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    sandbox.control("settings", {"overdraft": 0})
    paid = pay(client)
    waiting = client.v1.refunds.create({"payment_intent": paid.id})
    with pytest.raises(stripe.InvalidRequestError, match="requires_action"):
        client.v1.refunds.cancel(waiting.id)
    assert client.v1.refunds.retrieve(waiting.id).status == "pending"
    taken = sandbox.control(f"refunds/{waiting.id}/cancel", {})
    assert (taken["status"], taken["failure_reason"]) == ("canceled", "merchant_request")
    assert client.v1.refunds.retrieve(waiting.id).status == "canceled"
    assert charge_of(client, paid).amount_refunded == 0


def test_a_paid_refund_is_not_taken_back(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    done = client.v1.refunds.create({"payment_intent": pay(client).id})
    with pytest.raises(stripe.InvalidRequestError, match="requires_action"):
        client.v1.refunds.cancel(done.id)
    with pytest.raises(ControlRefusedError):
        sandbox.control(f"refunds/{done.id}/cancel", {})


def test_a_refund_names_its_payment_once(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    one, other = pay(client), pay(client, amount=700)
    params: Any = {"charge": one.latest_charge, "payment_intent": other.id}
    with pytest.raises(stripe.InvalidRequestError, match="only one"):
        client.v1.refunds.create(params)
    made = client.v1.refunds.create({"payment_intent": other.id})
    path = f"/v1/charges/{one.latest_charge}/refunds/{made.id}"
    assert sandbox.ask("GET", path).status == 404


def test_a_pending_refund_succeeds_later(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    made = client.v1.refunds.create({"payment_intent": pay(client, "pendingRefund").id})
    assert made.status == "pending"
    sandbox.advance(60)
    assert client.v1.refunds.retrieve(made.id).status == "succeeded"


def test_a_failed_refund_brings_the_money_back(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    paid = pay(client, "refundFail")
    sandbox.advance(10)
    before = _net(sandbox)
    made = client.v1.refunds.create({"payment_intent": paid.id, "amount": 3000})
    assert made.status == "succeeded"
    assert _net(sandbox) == before - 3000
    sandbox.advance(60)
    failed = client.v1.refunds.retrieve(made.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert isinstance(failed.failure_balance_transaction, stripe.BalanceTransaction)
    assert failed.failure_balance_transaction.type == "refund_failure"
    assert _net(sandbox) == before
    assert charge_of(client, paid).amount_refunded == 0
    assert "refund.failed" in sandbox.told()


def test_a_disputed_charge_is_not_refunded_but_an_inquiry_may_be(
    client: stripe.StripeClient,
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": pay(client, "createDispute").id})
    assert refusal.value.code == "charge_disputed"
    inquired = pay(client, "createDisputeInquiry")
    assert client.v1.refunds.create({"payment_intent": inquired.id}).status == "succeeded"
