"""The balance is the sum of its balance transactions, which arrive after their charges."""

import pytest
import stripe

from tests.sandbox.payments import charge_of, pay
from tests.sandbox.running import Sandbox

pytestmark = pytest.mark.proves("X2")


def _balance(client: stripe.StripeClient, currency: str = "usd") -> tuple[int, int]:
    balance = client.v1.balance.retrieve()
    available = sum(part.amount for part in balance.available if part.currency == currency)
    pending = sum(part.amount for part in balance.pending if part.currency == currency)
    return available, pending


def test_a_balance_transaction_arrives_after_its_charge(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    paid = pay(client)
    assert charge_of(client, paid).balance_transaction is None
    assert _balance(client) == (0, 0)
    sandbox.advance(3)
    charge = charge_of(client, paid, "balance_transaction")
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.balance_transaction.net == 5000 - 175
    assert charge.balance_transaction.source == charge.id
    told = client.v1.events.list({"type": "charge.updated"}).data[0].data.to_dict()
    assert told["previous_attributes"] == {"balance_transaction": None}


def test_it_comes_with_the_charge_when_set_so(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    sandbox.control("settings", {"balance_transaction_delay": 0})
    assert charge_of(client, pay(client)).balance_transaction is not None
    assert "charge.updated" not in sandbox.told()


def test_funds_become_available_with_the_days(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    pay(client)
    sandbox.advance(3)
    moved = client.v1.balance_transactions.list().data[0]
    assert (moved.status, _balance(client)) == ("pending", (0, 4825))
    assert moved.available_on % 86400 == 0
    sandbox.advance(3 * 86400)
    assert client.v1.balance_transactions.retrieve(moved.id).status == "available"
    assert _balance(client) == (4825, 0)
    assert sandbox.told()[-1] == "balance.available"


def test_the_bypass_card_is_available_at_once(client: stripe.StripeClient) -> None:
    pay(client, "bypassPending")
    assert _balance(client) == (4825, 0)


def test_the_balance_is_the_sum_of_its_rows(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    for card in ("visa", "createDispute", "refundFail", "bypassPending"):
        pay(client, card)
    paid = pay(client, currency="eur")
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 700})
    sandbox.advance(90)
    for currency in ("usd", "eur"):
        nets = [
            row["net"] for row in sandbox.rows("balance_transaction") if row["currency"] == currency
        ]
        assert sum(_balance(client, currency)) == sum(nets)


def test_a_dispute_takes_the_money_and_a_fee(client: stripe.StripeClient) -> None:
    paid = pay(client, "createDispute")
    dispute = client.v1.disputes.list({"payment_intent": paid.id}).data[0]
    moved = dispute.balance_transactions[0]
    assert (moved.amount, moved.fee, moved.net) == (-5000, 1500, -6500)
    assert moved.reporting_category == "dispute"
    assert charge_of(client, paid).disputed is True
    assert client.v1.disputes.close(dispute.id).status == "lost"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.close(dispute.id)


def test_an_inquiry_takes_nothing(client: stripe.StripeClient) -> None:
    paid = pay(client, "createDisputeInquiry")
    dispute = client.v1.disputes.list({"payment_intent": paid.id}).data[0]
    assert (dispute.status, dispute.balance_transactions) == ("warning_needs_response", [])


def test_no_more_is_paid_out_or_sent_on_than_is_there(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    pay(client, "bypassPending")
    other = client.v1.accounts.create({"type": "express"})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payouts.create({"amount": 4826, "currency": "usd"})
    assert refusal.value.code == "balance_insufficient"
    client.v1.transfers.create({"amount": 825, "currency": "usd", "destination": other.id})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.create({"amount": 4001, "currency": "usd", "destination": other.id})
    out = client.v1.payouts.create({"amount": 4000, "currency": "usd"})
    assert (out.status, _balance(client)) == ("pending", (0, 0))
    sandbox.advance(2 * 86400)
    assert client.v1.payouts.retrieve(out.id).status == "paid"


def test_a_canceled_payout_comes_back(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    pay(client, "bypassPending")
    out = client.v1.payouts.create({"amount": 4000, "currency": "usd"})
    assert client.v1.payouts.cancel(out.id).status == "canceled"
    assert _balance(client) == (4825, 0)
    sandbox.advance(2 * 86400)
    assert client.v1.payouts.retrieve(out.id).status == "canceled"


def test_transfers_of_a_charge_stay_within_it(client: stripe.StripeClient) -> None:
    charge = charge_of(client, pay(client))
    other = client.v1.accounts.create({"type": "express"}).id

    def send(amount: int) -> stripe.Transfer:
        return client.v1.transfers.create(
            {
                "amount": amount,
                "currency": "usd",
                "destination": other,
                "source_transaction": charge.id,
            }
        )

    assert send(3000).transfer_group == f"group_{charge.payment_intent}"
    with pytest.raises(stripe.InvalidRequestError, match="add up to at most"):
        send(2001)
    send(2000)


def test_manual_payouts_cannot_be_itemized(client: stripe.StripeClient) -> None:
    pay(client, "bypassPending")
    out = client.v1.payouts.create({"amount": 4000, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="automatic transfers, not manual"):
        client.v1.balance_transactions.list({"payout": out.id})


def test_a_synchronous_capture_brings_its_balance_transaction_along(
    client: stripe.StripeClient,
) -> None:
    for given, comes in (({}, False), ({"capture_method": "automatic"}, True)):
        charge = charge_of(client, pay(client, **given))
        assert (charge.balance_transaction is not None) == comes


def test_a_captured_hold_of_the_bypassing_card_is_available_at_once(
    client: stripe.StripeClient,
) -> None:
    held = pay(client, "bypassPending", capture_method="manual")
    assert _balance(client) == (0, 0)
    client.v1.payment_intents.capture(held.id)
    assert _balance(client) == (4825, 0)
