"""Stripe's documented test cards do what they are documented to do."""

from typing import Any

import pytest
import stripe

from bookedbarber.sandbox import cards
from tests.sandbox.payments import charge_of, intent, pay
from tests.sandbox.running import PUBLISHABLE, Answer, Sandbox

DECLINES = {
    "4000000000000002": ("card_declined", "generic_decline"),
    "4000000000009995": ("card_declined", "insufficient_funds"),
    "4000000000009987": ("card_declined", "lost_card"),
    "4000000000009979": ("card_declined", "stolen_card"),
    "4000000000000069": ("expired_card", None),
    "4000000000000127": ("incorrect_cvc", None),
    "4000000000000119": ("processing_error", None),
    "4000000000006975": ("card_declined", "card_velocity_exceeded"),
    "4100000000000019": ("card_declined", "fraudulent"),
    "4000000000000341": ("card_declined", "generic_decline"),
}
BRANDS = {
    "4242424242424242": ("visa", "credit"),
    "4000056655665556": ("visa", "debit"),
    "5555555555554444": ("mastercard", "credit"),
    "2223003122003222": ("mastercard", "credit"),
    "5200828282828210": ("mastercard", "debit"),
    "5105105105105100": ("mastercard", "prepaid"),
    "378282246310005": ("amex", "credit"),
    "371449635398431": ("amex", "credit"),
    "6011111111111117": ("discover", "credit"),
    "3056930009020004": ("diners", "credit"),
    "36227206271667": ("diners", "credit"),
    "3566002020360505": ("jcb", "credit"),
    "6200000000000005": ("unionpay", "credit"),
    "6205500000000000004": ("unionpay", "credit"),
}


def _typed(sandbox: Sandbox, number: str, **other: str) -> Answer:
    """A card typed into the card frame."""
    card = {"number": number, "exp_month": "12", "exp_year": "2040", "cvc": "123", **other}
    form = {"type": "card", **{f"card[{name}]": value for name, value in card.items()}}
    return sandbox.ask("POST", "/v1/payment_methods", form, key=PUBLISHABLE)


@pytest.mark.parametrize("number", BRANDS)
def test_a_good_card_is_known_by_its_brand(
    shared: Sandbox, shared_client: stripe.StripeClient, number: str
) -> None:
    method = _typed(shared, number).body
    shown = method["card"]
    assert (shown["brand"], shown["funding"]) == BRANDS[number]
    assert (shown["last4"], shown["exp_year"]) == (number[-4:], 2040)
    paid = intent(shared_client, payment_method=method["id"], confirm=True)
    assert paid.status == "succeeded"


@pytest.mark.parametrize("number", DECLINES)
def test_a_bad_card_declines_as_documented(
    shared: Sandbox, shared_client: stripe.StripeClient, number: str
) -> None:
    method = _typed(shared, number).body
    with pytest.raises(stripe.CardError) as refusal:
        intent(shared_client, payment_method=method["id"], confirm=True)
    assert refusal.value.error is not None
    said = refusal.value.error.to_dict()
    assert (said["code"], said.get("decline_code")) == DECLINES[number]


def test_no_digits_but_the_last_four_are_kept(sandbox: Sandbox) -> None:
    _typed(sandbox, "4000000000009995")
    assert "4000000000009995" not in str(sandbox.rows("payment_method"))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"number": "4242424242424241"}, "incorrect_number"),
        ({"number": "4242"}, "invalid_number"),
        ({"exp_year": "2020"}, "invalid_expiry_year"),
        ({"exp_month": "1", "exp_year": "2026"}, "invalid_expiry_month"),
        ({"cvc": "99"}, "invalid_cvc"),
        ({"number": "4539578763621486"}, "card_declined"),
    ],
)
def test_details_that_cannot_be_right_are_refused(
    shared: Sandbox, given: dict[str, str], code: str
) -> None:
    answer = _typed(shared, **{"number": "4242424242424242", **given})
    assert (answer.status, answer.error["type"], answer.error["code"]) == (402, "card_error", code)


def test_a_server_may_not_send_card_numbers(client: stripe.StripeClient) -> None:
    card: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    with pytest.raises(stripe.StripeError, match="generally unsafe") as refusal:
        client.v1.payment_methods.create({"type": "card", "card": card})
    assert refusal.value.http_status == 402


def test_a_card_declined_when_saved_is_not_saved(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({})
    with pytest.raises(stripe.CardError) as refusal:
        client.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id})
    assert refusal.value.code == "card_declined"
    assert client.v1.customers.payment_methods.list(customer.id).data == []


def test_the_0341_card_is_saved_and_declined_when_charged(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({})
    saved = client.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": customer.id}
    )
    with pytest.raises(stripe.CardError):
        intent(client, customer=customer.id, payment_method=saved.id, confirm=True)


def test_every_short_name_gives_a_card(client: stripe.StripeClient) -> None:
    for name in cards.NAMES:
        assert client.v1.payment_methods.retrieve(f"pm_card_{name}").type == "card"


def test_a_name_stripe_does_not_have_is_missing(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such PaymentMethod"):
        pay(client, "platinum")
    with pytest.raises(stripe.InvalidRequestError, match="No such token"):
        client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_platinum"}})


def test_risk_and_checks_are_told(client: stripe.StripeClient) -> None:
    outcome = charge_of(client, pay(client, "riskLevelElevated")).outcome
    assert outcome is not None
    assert outcome.risk_level == "elevated"
    with pytest.raises(stripe.CardError):
        pay(client, "radarBlock")
    blocked = client.v1.charges.list().data[0].outcome
    assert blocked is not None
    assert (blocked.type, blocked.network_status) == ("blocked", "not_sent_to_network")
    details = charge_of(client, pay(client, "cvcCheckFail")).payment_method_details
    assert details is not None
    assert details.card is not None
    assert details.card.checks is not None
    assert details.card.checks.cvc_check == "fail"
