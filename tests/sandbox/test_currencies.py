"""Amounts in currencies of 0, 2 and 3 decimals, Stripe's bounds, and whole numbers throughout."""

import pytest
import stripe

from bookedbarber.sandbox import money
from tests.sandbox.payments import charge_of, intent, pay
from tests.sandbox.running import ControlRefusedError, Sandbox


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (500, "usd", "$5.00"),
        (123456789, "usd", "$1,234,567.89"),
        (500, "jpy", "¥500"),
        (5000, "kwd", "5.000 kwd"),
        (-5, "eur", "-€0.05"),
    ],
)
def test_amounts_are_shown_in_their_decimals(amount: int, currency: str, shown: str) -> None:
    assert money.display(amount, currency) == shown


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(50, "usd"), (30, "gbp"), (50, "jpy"), (300, "sek"), (17500, "huf"), (99_999_999, "usd")],
)
def test_bounds_may_be_reached(
    shared_client: stripe.StripeClient, amount: int, currency: str
) -> None:
    assert intent(shared_client, amount=amount, currency=currency).amount == amount


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (29, "gbp", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (100_000_000, "usd", "amount_too_large"),
        (5001, "kwd", "parameter_invalid_integer"),
        (5050, "isk", "parameter_invalid_integer"),
        (5050, "ugx", "parameter_invalid_integer"),
    ],
)
def test_bounds_may_not_be_passed(
    shared_client: stripe.StripeClient, amount: int, currency: str, code: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        intent(shared_client, amount=amount, currency=currency)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [(5000, "usd", 175), (5000, "jpy", 180), (5000, "kwd", 235), (5000, "sek", 325)],
)
def test_fees_are_whole_and_in_the_charges_currency(
    client: stripe.StripeClient, sandbox: Sandbox, amount: int, currency: str, fee: int
) -> None:
    paid = pay(client, amount=amount, currency=currency)
    sandbox.advance(10)
    moved = charge_of(client, paid, "balance_transaction").balance_transaction
    assert isinstance(moved, stripe.BalanceTransaction)
    assert (moved.fee, moved.net, moved.currency) == (fee, amount - fee, currency)


def test_the_fee_schedule_can_be_set(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.control("settings", {"fees": {"usd": [150, 5]}, "balance_transaction_delay": 0})
    pay(client, amount=333)
    assert [row["fee"] for row in sandbox.rows("balance_transaction")] == [10]


def test_a_float_is_no_amount(sandbox: Sandbox) -> None:
    given = {"amount": "50.00", "currency": "usd"}
    answer = sandbox.ask("POST", "/v1/payment_intents", given)
    assert answer.error["code"] == "parameter_invalid_integer"


def test_some_currencies_are_paid_out_in_whole_units(client: stripe.StripeClient) -> None:
    pay(client, "bypassPending", amount=100_050, currency="huf")
    with pytest.raises(stripe.InvalidRequestError, match="divisible by 100"):
        client.v1.payouts.create({"amount": 20_050, "currency": "huf"})
    assert client.v1.payouts.create({"amount": 20_000, "currency": "huf"}).amount == 20_000


def test_an_account_may_keep_another_currency_than_it_charges(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """amount in the one, multiplied by `exchange_rate`, is the amount in the other."""
    settings = {"settlement": {"eur": ["usd", 1.234]}, "balance_transaction_delay": 0}
    sandbox.control("settings", settings)
    paid = pay(client, amount=1001, currency="eur")
    charge = charge_of(client, paid, "balance_transaction")
    assert (charge.amount, charge.currency) == (1001, "eur")
    taken = charge.balance_transaction
    assert isinstance(taken, stripe.BalanceTransaction)
    assert (taken.amount, taken.currency, taken.exchange_rate) == (1235, "usd", 1.234)
    assert (taken.fee, taken.net) == (66, 1235 - 66)
    assert [detail.currency for detail in taken.fee_details] == ["usd"]
    sandbox.control("settings", {"settlement": {"eur": ["usd", 1.3]}})
    made = client.v1.refunds.create({"payment_intent": paid.id, "expand": ["balance_transaction"]})
    back = made.balance_transaction
    assert isinstance(back, stripe.BalanceTransaction)
    assert (made.amount, made.currency) == (1001, "eur")
    assert (back.amount, back.currency, back.exchange_rate) == (-1301, "usd", 1.3)
    balance = sandbox.ask("GET", "/v1/balance").body
    assert {part["currency"] for part in balance["available"] + balance["pending"]} == {"usd"}


def test_a_failed_refund_brings_back_what_was_taken_at_its_own_rate(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    sandbox.control("settings", {"settlement": {"eur": ["usd", 1.1]}})
    paid = pay(client, "refundFail", amount=1000, currency="eur")
    sandbox.advance(10)
    client.v1.refunds.create({"payment_intent": paid.id})
    sandbox.control("settings", {"settlement": {"eur": ["usd", 1.5]}})
    sandbox.advance(60)
    moved = {row["type"]: row for row in sandbox.rows("balance_transaction")}
    assert (moved["refund"]["amount"], moved["refund_failure"]["amount"]) == (-1100, 1100)
    assert moved["refund_failure"]["exchange_rate"] == 1.1


def test_a_converted_refund_waits_for_funds_of_the_currency_that_is_kept(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    sandbox.control("settings", {"settlement": {"eur": ["usd", 2]}, "overdraft": 0})
    paid = pay(client, amount=1000, currency="eur")
    sandbox.advance(10)
    waiting = client.v1.refunds.create({"payment_intent": paid.id})
    assert waiting.pending_reason == "insufficient_funds"
    pay(client, amount=5000, currency="usd")
    sandbox.advance(10)
    assert client.v1.refunds.retrieve(waiting.id).status == "succeeded"


def test_a_dispute_is_withdrawn_in_the_currency_that_is_kept(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    sandbox.control("settings", {"settlement": {"jpy": ["usd", 0.65]}})
    pay(client, "createDispute", amount=10_000, currency="jpy")
    sandbox.advance(10)
    moved = {row["type"]: row for row in sandbox.rows("balance_transaction")}
    assert [moved[kind]["amount"] for kind in ("charge", "adjustment")] == [6500, -6500]
    assert (moved["adjustment"]["fee"], moved["adjustment"]["currency"]) == (1500, "usd")


@pytest.mark.parametrize(
    "wrong", [{"eur": "usd"}, {"eur": ["usd", 0]}, {"eur": ["shells", 1]}, {"shells": ["usd", 1]}]
)
def test_a_settlement_that_makes_no_sense_is_refused(sandbox: Sandbox, wrong: object) -> None:
    with pytest.raises(ControlRefusedError):
        sandbox.control("settings", {"settlement": wrong})
