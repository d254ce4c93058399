"""Amounts in currencies of 0, 2 and 3 decimals, Stripe's bounds, and whole numbers throughout."""

import pytest
import stripe

from bookedbarber.sandbox import money
from tests.sandbox.payments import charge_of, intent, pay
from tests.sandbox.running import Sandbox


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
