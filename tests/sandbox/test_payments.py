"""PaymentIntents through every state."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.sandbox.payments import charge_of, intent, pay
from tests.sandbox.running import Sandbox


def test_a_good_card_pays_at_once(client: stripe.StripeClient) -> None:
    paid = pay(client, metadata={"booking": "apt_1"})
    charge = charge_of(client, paid)
    assert (paid.status, paid.amount_received, paid.last_payment_error) == ("succeeded", 5000, None)
    assert (charge.status, charge.captured, charge.paid) == ("succeeded", True, True)
    assert charge.metadata.to_dict() == {"booking": "apt_1"}


def test_states_are_walked_one_by_one(client: stripe.StripeClient) -> None:
    made = intent(client)
    assert made.status == "requires_payment_method"
    with_card = client.v1.payment_intents.update(made.id, {"payment_method": "pm_card_visa"})
    assert with_card.status == "requires_confirmation"
    assert client.v1.payment_intents.confirm(made.id).status == "succeeded"


def test_a_declined_card_never_succeeds_and_says_why(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        pay(client, "chargeDeclined")
    error = refusal.value
    assert error.error is not None
    assert (error.http_status, error.code, error.error.decline_code) == (
        402,
        "card_declined",
        "generic_decline",
    )
    held = client.v1.payment_intents.list().data[0]
    assert held.status == "requires_payment_method"
    assert held.payment_method is None
    assert held.last_payment_error is not None
    assert held.last_payment_error.charge == held.latest_charge
    assert charge_of(client, held).status == "failed"
    assert sandbox.rows("balance_transaction") == []


def test_another_card_may_follow_a_decline(client: stripe.StripeClient) -> None:
    made = intent(client)
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.confirm(
            made.id, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"}
        )
    paid = client.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    assert paid.status == "succeeded"
    assert paid.last_payment_error is None
    charges = client.v1.charges.list({"payment_intent": made.id}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


def test_a_paid_intent_cannot_be_paid_or_canceled_again(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    paid = pay(client)
    for again in (client.v1.payment_intents.confirm, client.v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            again(paid.id)
        assert refusal.value.code == "payment_intent_unexpected_state"
        assert refusal.value.error is not None
        assert refusal.value.error.payment_intent is not None
        assert refusal.value.error.payment_intent.status == "succeeded"
    assert len(sandbox.rows("charge")) == 1


def test_a_paid_intent_keeps_its_amount_but_takes_metadata(client: stripe.StripeClient) -> None:
    paid = pay(client)
    with pytest.raises(stripe.InvalidRequestError, match="could not be updated"):
        client.v1.payment_intents.update(paid.id, {"amount": 100})
    noted = client.v1.payment_intents.update(paid.id, {"metadata": {"a": "b"}})
    assert noted.metadata.to_dict() == {"a": "b"}


def test_a_canceled_intent_stays_canceled(client: stripe.StripeClient) -> None:
    made = intent(client)
    gone = client.v1.payment_intents.cancel(made.id, {"cancellation_reason": "abandoned"})
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        client.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"})


def test_an_intent_without_a_method_cannot_be_confirmed(client: stripe.StripeClient) -> None:
    made = intent(client)
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        client.v1.payment_intents.confirm(made.id)


def test_what_is_held_is_captured_later(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    held = pay(client, capture_method="manual")
    charge = charge_of(client, held)
    assert (held.status, held.amount_capturable, held.amount_received) == (
        "requires_capture",
        5000,
        0,
    )
    assert charge.captured is False
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.card is not None
    assert charge.payment_method_details.card.capture_before == charge.created + 7 * 86400
    sandbox.advance(3600)
    assert sandbox.rows("balance_transaction") == []
    taken = client.v1.payment_intents.capture(held.id)
    assert (taken.status, taken.amount_received, taken.amount_capturable) == ("succeeded", 5000, 0)


def test_a_part_is_captured_and_the_rest_goes_back(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    held = pay(client, capture_method="manual")
    taken = client.v1.payment_intents.capture(held.id, {"amount_to_capture": 3000})
    sandbox.advance(60)
    charge = charge_of(client, taken, "balance_transaction")
    assert (taken.amount_received, charge.amount_captured, charge.amount_refunded) == (
        3000,
        3000,
        0,
    )
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.balance_transaction.amount == 3000
    with pytest.raises(
        stripe.InvalidRequestError, match=r"unrefunded amount on charge \(\$30.00\)"
    ):
        client.v1.refunds.create({"charge": charge.id, "amount": 3001})
    client.v1.refunds.create({"charge": charge.id, "amount": 3000})
    assert charge_of(client, taken).refunded is True


def test_no_more_than_was_held_is_captured_nor_twice(client: stripe.StripeClient) -> None:
    held = pay(client, capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.capture(held.id, {"amount_to_capture": 5001})
    assert refusal.value.code == "amount_too_large"
    client.v1.payment_intents.capture(held.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.capture(held.id)
    assert refusal.value.code == "payment_intent_unexpected_state"


def test_a_hold_given_up_moves_no_money(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    held = pay(client, capture_method="manual")
    client.v1.payment_intents.cancel(held.id)
    sandbox.advance(30 * 86400)
    charge = charge_of(client, held)
    assert (charge.refunded, charge.amount_captured) == (False, 0)
    assert sandbox.rows("balance_transaction") == []


@pytest.mark.parametrize(
    ("given", "lasts"),
    [({}, 7 * 86400), ({"off_session": True}, 4 * 86400 + 18 * 3600)],
    ids=["with the customer", "without, on Visa"],
)
def test_a_hold_nobody_captures_expires(
    client: stripe.StripeClient, sandbox: Sandbox, given: dict[str, bool], lasts: int
) -> None:
    customer = client.v1.customers.create({"payment_method": "pm_card_visa"})
    method = client.v1.customers.payment_methods.list(customer.id).data[0].id
    held = intent(
        client,
        capture_method="manual",
        customer=customer.id,
        payment_method=method,
        confirm=True,
        **given,
    )
    sandbox.advance(lasts - 1)
    assert client.v1.payment_intents.retrieve(held.id).status == "requires_capture"
    sandbox.advance(2)
    gone = client.v1.payment_intents.retrieve(held.id)
    assert (gone.status, gone.cancellation_reason) == ("canceled", "expired")
    assert sandbox.told()[-2:] == ["charge.expired", "payment_intent.canceled"]


def test_a_payment_may_stay_in_processing_for_a_while(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    sandbox.control("settings", {"processing_delay": 60})
    waiting = pay(client)
    assert waiting.status == "processing"
    assert charge_of(client, waiting).status == "pending"
    sandbox.advance(61)
    assert client.v1.payment_intents.retrieve(waiting.id).status == "succeeded"
    assert sandbox.told().count("payment_intent.succeeded") == 1


def test_a_method_used_without_a_customer_is_spent(client: stripe.StripeClient) -> None:
    method = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    intent(client, payment_method=method.id, confirm=True)
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        intent(client, payment_method=method.id, confirm=True)


def test_a_card_saved_while_paying_pays_again_without_its_owner(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    customer = client.v1.customers.create({})
    first = intent(
        client,
        customer=customer.id,
        payment_method="pm_card_authenticationRequiredOnSetup",
        setup_future_usage="off_session",
        confirm=True,
    )
    assert first.status == "requires_action"
    sandbox.control(f"3ds/{first.id}", {"outcome": "succeed"})
    saved = client.v1.customers.payment_methods.list(customer.id).data[0]
    later = intent(
        client, customer=customer.id, payment_method=saved.id, off_session=True, confirm=True
    )
    assert later.status == "succeeded"
    again = intent(client, customer=customer.id, payment_method=saved.id, confirm=True)
    assert again.status == "requires_action"


def test_somebody_elses_card_is_refused(client: stripe.StripeClient) -> None:
    owner = client.v1.customers.create({"payment_method": "pm_card_visa"})
    method = client.v1.customers.payment_methods.list(owner.id).data[0].id
    other = client.v1.customers.create({})
    with pytest.raises(stripe.InvalidRequestError, match="different Customer"):
        intent(client, customer=other.id, payment_method=method, confirm=True)


def test_a_changed_note_leaves_a_pending_challenge_alone(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    asked = pay(client, "authenticationRequired")
    noted = client.v1.payment_intents.update(
        asked.id, {"metadata": {"a": "b"}, "description": "A cut", "amount": 5000}
    )
    assert (noted.status, noted.next_action) == ("requires_action", asked.next_action)
    sandbox.control(f"3ds/{asked.id}", {"outcome": "succeed"})
    assert client.v1.payment_intents.retrieve(asked.id).status == "succeeded"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"amount": 4000}, "requires_confirmation"),
        ({"currency": "eur"}, "requires_confirmation"),
        ({"payment_method": "pm_card_visa"}, "requires_confirmation"),
        ({"payment_method": ""}, "requires_payment_method"),
        ({"capture_method": "manual"}, "requires_confirmation"),
        (
            {"payment_method_options": {"card": {"capture_method": "manual"}}},
            "requires_confirmation",
        ),
    ],
    ids=str,
)
def test_what_the_challenge_was_about_ends_it(
    client: stripe.StripeClient, change: Any, status: str
) -> None:
    asked = pay(client, "authenticationRequired")
    changed = client.v1.payment_intents.update(asked.id, change)
    assert (changed.status, changed.next_action) == (status, None)


def test_the_last_error_is_forgotten_when_the_intent_is_changed_or_confirmed(
    client: stripe.StripeClient,
) -> None:
    made = intent(client)
    challenged: Any = {"payment_method": "pm_card_authenticationRequired"}
    going_on: list[Callable[[], stripe.PaymentIntent]] = [
        lambda: client.v1.payment_intents.update(made.id, {"description": "again"}),
        lambda: client.v1.payment_intents.confirm(made.id, challenged),
    ]
    for go_on in going_on:
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_chargeDeclined"})
        assert client.v1.payment_intents.retrieve(made.id).last_payment_error is not None
        assert go_on().last_payment_error is None
        assert client.v1.payment_intents.retrieve(made.id).last_payment_error is None


def _method(client: stripe.StripeClient) -> str:
    return client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).id


@pytest.mark.parametrize("again", [{}, {"off_session": True}], ids=["there", "away"])
def test_a_card_that_was_not_saved_is_not_charged_again(
    client: stripe.StripeClient, again: dict[str, bool]
) -> None:
    """Naming the customer saves nothing: a method belongs to nobody until it is attached."""
    customer, method = client.v1.customers.create({}).id, _method(client)
    intent(client, customer=customer, payment_method=method, confirm=True)
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        intent(client, customer=customer, payment_method=method, confirm=True, **again)
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        client.v1.payment_methods.attach(method, {"customer": customer})


def test_a_card_meant_for_later_is_attached_after_a_payment_without_a_customer(
    client: stripe.StripeClient,
) -> None:
    method = _method(client)
    intent(client, payment_method=method, confirm=True, setup_future_usage="off_session")
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        intent(client, payment_method=method, confirm=True)
    customer = client.v1.customers.create({}).id
    assert client.v1.payment_methods.attach(method, {"customer": customer}).customer == customer
    again = intent(client, customer=customer, payment_method=method, confirm=True, off_session=True)
    assert again.status == "succeeded"


def test_a_refused_creation_leaves_nothing_behind(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    with pytest.raises(stripe.CardError):
        client.v1.customers.create({"payment_method": "pm_card_chargeDeclined"})
    assert client.v1.customers.list().data == []
    assert sandbox.told() == []


def test_a_customer_is_not_exchanged_under_anothers_card(client: stripe.StripeClient) -> None:
    owner = client.v1.customers.create({"payment_method": "pm_card_visa"}).id
    method = client.v1.customers.payment_methods.list(owner).data[0].id
    other = client.v1.customers.create({}).id
    made = intent(client, customer=owner, payment_method=method)
    with pytest.raises(stripe.InvalidRequestError, match="different Customer"):
        client.v1.payment_intents.update(made.id, {"customer": other})
    saved = client.v1.setup_intents.create({"customer": owner, "payment_method": method})
    with pytest.raises(stripe.InvalidRequestError, match="different Customer"):
        client.v1.setup_intents.update(saved.id, {"customer": other})


def test_options_for_cards_come_before_the_intents_own(client: stripe.StripeClient) -> None:
    options: Any = {"card": {"capture_method": "manual"}}
    held = pay(client, payment_method_options=options)
    assert (held.status, held.capture_method) == ("requires_capture", "automatic_async")
    assert charge_of(client, held).captured is False
    client.v1.payment_intents.capture(held.id)
    with pytest.raises(stripe.InvalidRequestError, match="could not be updated"):
        client.v1.payment_intents.update(held.id, {"payment_method_options": options})


def test_a_method_is_unset_by_updating_only(client: stripe.StripeClient) -> None:
    made = intent(client, payment_method="pm_card_visa")
    made = client.v1.payment_intents.update(made.id, {"payment_method": ""})
    assert (made.status, made.payment_method) == ("requires_payment_method", None)
    saved = client.v1.setup_intents.create({"payment_method": "pm_card_visa"})
    saved = client.v1.setup_intents.update(saved.id, {"payment_method": ""})
    assert (saved.status, saved.payment_method) == ("requires_payment_method", None)
    for refused in (
        lambda: intent(client, payment_method=""),
        lambda: client.v1.setup_intents.create({"payment_method": ""}),
        lambda: client.v1.payment_intents.confirm(made.id, {"payment_method": ""}),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            refused()
        assert refusal.value.code == "parameter_invalid_empty"


def test_a_charge_is_given_to_a_customer_once(client: stripe.StripeClient) -> None:
    charge = str(pay(client).latest_charge)
    one, other = (client.v1.customers.create({}).id for _ in range(2))
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.charges.update(charge, {"customer": "cus_none"})
    assert client.v1.charges.update(charge, {"customer": one}).customer == one
    with pytest.raises(stripe.InvalidRequestError, match="already has one"):
        client.v1.charges.update(charge, {"customer": other})
