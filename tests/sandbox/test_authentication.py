"""3-D Secure: who must authenticate, how it is asked for, and what each outcome leads to."""

from typing import Any

import pytest
import stripe

from tests.sandbox.payments import charge_of, intent, pay
from tests.sandbox.running import ControlRefusedError, Sandbox


@pytest.mark.parametrize(
    ("card", "status"),
    [
        ("authenticationRequired", "requires_action"),
        ("authenticationRequiredOnSetup", "requires_action"),
        ("authenticationRequiredSetupForOffSession", "requires_action"),
        ("threeDSecureRequired", "requires_action"),
        ("threeDSecure2Required", "requires_action"),
        ("threeDSecureOptional", "succeeded"),
        ("amex_threeDSecureNotSupported", "succeeded"),
        ("visa", "succeeded"),
    ],
)
def test_each_card_asks_as_documented(
    shared_client: stripe.StripeClient, card: str, status: str
) -> None:
    assert pay(shared_client, card).status == status


def test_a_challenge_can_be_asked_for(client: stripe.StripeClient) -> None:
    options = {"card": {"request_three_d_secure": "any"}}
    asked = pay(client, "threeDSecureOptional", payment_method_options=options)
    assert asked.status == "requires_action"
    vain = pay(client, "amex_threeDSecureNotSupported", payment_method_options=options)
    details = charge_of(client, vain).payment_method_details
    assert details is not None
    assert details.card is not None
    assert details.card.three_d_secure is not None
    assert details.card.three_d_secure.result == "not_supported"


def test_the_customer_is_sent_to_the_challenge_and_back(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    asked = pay(client, "authenticationRequired", return_url="https://shop.example/back")
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    assert asked.next_action.redirect_to_url.return_url == "https://shop.example/back"
    assert asked.next_action.redirect_to_url.url == f"{sandbox.origin}/browser/3ds/{asked.id}"
    done = sandbox.control(f"3ds/{asked.id}", {"outcome": "succeed"})
    assert (done["intent"]["status"], done["return_url"]) == (
        "succeeded",
        "https://shop.example/back",
    )
    details = charge_of(client, asked_again(client, asked)).payment_method_details
    assert details is not None
    assert details.card is not None
    assert details.card.three_d_secure is not None
    assert details.card.three_d_secure.result == "authenticated"


def asked_again(client: stripe.StripeClient, asked: stripe.PaymentIntent) -> stripe.PaymentIntent:
    """The intent as it stands now."""
    return client.v1.payment_intents.retrieve(asked.id)


def test_the_script_gets_a_challenge_of_its_own(client: stripe.StripeClient) -> None:
    asked = pay(
        client, "authenticationRequired", return_url="https://shop.example", use_stripe_sdk=True
    )
    assert asked.next_action is not None
    assert asked.next_action.type == "use_stripe_sdk"


def test_a_failed_challenge_leaves_the_intent_open(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    asked = pay(client, "authenticationRequired")
    sandbox.control(f"3ds/{asked.id}", {"outcome": "fail"})
    failed = asked_again(client, asked)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error is not None
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    assert failed.latest_charge is None
    assert sandbox.told()[-1] == "payment_intent.payment_failed"
    again = client.v1.payment_intents.confirm(asked.id, {"payment_method": "pm_card_visa"})
    assert again.status == "succeeded"


def test_a_passed_challenge_may_still_be_declined(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    asked = pay(client, "authenticationRequiredChargeDeclinedInsufficientFunds")
    sandbox.control(f"3ds/{asked.id}", {"outcome": "succeed"})
    failed = asked_again(client, asked)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error is not None
    assert failed.last_payment_error.decline_code == "insufficient_funds"


def test_a_challenge_is_answered_once(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    asked = pay(client, "authenticationRequired")
    sandbox.control(f"3ds/{asked.id}", {"outcome": "succeed"})
    with pytest.raises(ControlRefusedError):
        sandbox.control(f"3ds/{asked.id}", {"outcome": "succeed"})
    with pytest.raises(ControlRefusedError):
        sandbox.control(f"3ds/{asked.id}", {"outcome": "perhaps"})
    assert len(sandbox.rows("charge")) == 1


@pytest.mark.parametrize(
    "card", ["authenticationRequired", "authenticationRequiredOnSetup", "threeDSecureRequired"]
)
def test_without_the_customer_authentication_is_a_decline(
    client: stripe.StripeClient, card: str
) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        pay(client, card, off_session=True)
    assert refusal.value.http_status == 402
    assert refusal.value.code == "authentication_required"
    assert refusal.value.error is not None
    assert refusal.value.error.payment_intent is not None
    assert refusal.value.error.payment_intent.status == "requires_payment_method"


def test_a_card_ready_for_off_session_pays_without_its_owner(client: stripe.StripeClient) -> None:
    paid = pay(client, "authenticationRequiredSetupForOffSession", off_session=True)
    assert paid.status == "succeeded"


def test_an_action_may_be_declared_unwanted(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        pay(client, "authenticationRequired", error_on_requires_action=True)
    assert refusal.value.code == "authentication_required"


def test_a_lookup_that_breaks_declines(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError):
        pay(client, "threeDSecureRequiredProcessingError")


def test_manual_confirmation_confirms_again_after_the_challenge(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    asked = pay(client, "authenticationRequired", confirmation_method="manual")
    sandbox.control(f"3ds/{asked.id}", {"outcome": "succeed"})
    assert asked_again(client, asked).status == "requires_confirmation"
    assert client.v1.payment_intents.confirm(asked.id).status == "succeeded"


def _set_up(client: stripe.StripeClient, card: str, **given: Any) -> stripe.SetupIntent:
    params: Any = {
        "payment_method": f"pm_card_{card}",
        "confirm": True,
        "allowed_payment_method_types": ["card"],
        **given,
    }
    return client.v1.setup_intents.create(params)


def test_a_card_set_up_once_is_charged_later(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    customer = client.v1.customers.create({})
    asked = _set_up(client, "authenticationRequiredOnSetup", customer=customer.id)
    assert asked.status == "requires_action"
    sandbox.control(f"3ds/{asked.id}", {"outcome": "succeed"})
    done = client.v1.setup_intents.retrieve(asked.id, {"expand": ["latest_attempt"]})
    assert done.status == "succeeded"
    assert isinstance(done.latest_attempt, stripe.SetupAttempt)
    assert done.latest_attempt.status == "succeeded"
    paid = intent(
        client,
        customer=customer.id,
        payment_method=str(done.payment_method),
        off_session=True,
        confirm=True,
    )
    assert paid.status == "succeeded"
    assert [k for k in sandbox.told() if k.startswith(("setup", "payment_method"))] == [
        "setup_intent.created",
        "setup_intent.requires_action",
        "payment_method.attached",
        "setup_intent.succeeded",
    ]


def test_a_set_up_that_fails_says_why(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        _set_up(client, "chargeDeclined")
    assert refusal.value.error is not None
    assert refusal.value.error.setup_intent is not None
    assert refusal.value.error.setup_intent.status == "requires_payment_method"
    asked = _set_up(client, "authenticationRequired")
    sandbox.control(f"3ds/{asked.id}", {"outcome": "fail"})
    failed = client.v1.setup_intents.retrieve(asked.id)
    assert failed.last_setup_error is not None
    assert failed.last_setup_error.code == "setup_intent_authentication_failure"
    assert sandbox.told()[-1] == "setup_intent.setup_failed"


def test_a_finished_set_up_cannot_be_done_again(client: stripe.StripeClient) -> None:
    done = _set_up(client, "visa")
    for again in (client.v1.setup_intents.confirm, client.v1.setup_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            again(done.id)
        assert refusal.value.code == "setup_intent_unexpected_state"
