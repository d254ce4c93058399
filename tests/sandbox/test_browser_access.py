"""What a browser may do with the publishable key and an intent's client secret, and no more."""

from typing import Any

import pytest
import stripe

from tests.sandbox.payments import intent
from tests.sandbox.running import PUBLISHABLE, Answer, Sandbox


def _ask(sandbox: Sandbox, method: str, path: str, **given: str) -> Answer:
    return sandbox.ask(method, path, dict(given), key=PUBLISHABLE)


def _method(sandbox: Sandbox, number: str = "4242424242424242") -> str:
    form = {
        "type": "card",
        "card[number]": number,
        "card[exp_month]": "12",
        "card[exp_year]": "2040",
        "card[cvc]": "123",
        "billing_details[name]": "Ada",
    }
    return str(_ask(sandbox, "POST", "/v1/payment_methods", **form).body["id"])


def test_a_browser_pays_with_its_secret(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    made = intent(client, metadata={"booking": "apt_1"})
    path, secret = f"/v1/payment_intents/{made.id}", str(made.client_secret)
    seen = _ask(sandbox, "GET", path, client_secret=secret)
    assert (seen.status, seen.body["amount"]) == (200, 5000)
    given = {"client_secret": secret, "payment_method": _method(sandbox)}
    paid = _ask(sandbox, "POST", f"{path}/confirm", **given)
    assert paid.body["status"] == "succeeded"
    hidden = {"customer", "latest_charge", "metadata", "amount_received", "transfer_group"}
    assert hidden.isdisjoint(paid.body)


def test_a_card_may_come_with_the_confirmation(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    made = intent(client)
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2040", "cvc": "123"}
    form = {f"payment_method_data[card][{name}]": value for name, value in card.items()}
    form |= {"payment_method_data[type]": "card", "client_secret": str(made.client_secret)}
    paid = _ask(sandbox, "POST", f"/v1/payment_intents/{made.id}/confirm", **form)
    assert paid.body["status"] == "succeeded"


def test_without_the_right_secret_there_is_nothing_to_see(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    made, other = intent(client), intent(client)
    path = f"/v1/payment_intents/{made.id}"
    assert _ask(sandbox, "GET", path).error["param"] == "client_secret"
    wrong = _ask(sandbox, "GET", path, client_secret=str(other.client_secret))
    assert (wrong.status, wrong.error["code"]) == (404, "resource_missing")
    given = {"client_secret": "x", "payment_method": "pm_card_visa"}
    assert _ask(sandbox, "POST", f"{path}/confirm", **given).status == 404
    assert client.v1.payment_intents.retrieve(made.id).status == "requires_payment_method"


def test_a_server_with_a_wrong_secret_is_told_so(client: stripe.StripeClient) -> None:
    made = intent(client)
    with pytest.raises(stripe.InvalidRequestError, match="client_secret provided does not match"):
        client.v1.payment_intents.retrieve(made.id, {"client_secret": "x"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/charges"),
        ("GET", "/v1/customers"),
        ("POST", "/v1/payment_intents"),
        ("POST", "/v1/refunds"),
        ("GET", "/v1/balance"),
        ("GET", "/v1/events"),
    ],
)
def test_a_publishable_key_opens_nothing_else(sandbox: Sandbox, method: str, path: str) -> None:
    answer = _ask(sandbox, method, path)
    assert (answer.status, answer.error["code"]) == (401, "secret_key_required")


def test_a_browser_cannot_pretend_nobody_is_there(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    made = intent(client)
    given = {
        "client_secret": str(made.client_secret),
        "payment_method": _method(sandbox),
        "off_session": "true",
    }
    assert _ask(sandbox, "POST", f"/v1/payment_intents/{made.id}/confirm", **given).status == 400


def test_a_browser_sets_up_a_card(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    made = client.v1.setup_intents.create({"allowed_payment_method_types": ["card"]})
    given = {"client_secret": str(made.client_secret), "payment_method": _method(sandbox)}
    done = _ask(sandbox, "POST", f"/v1/setup_intents/{made.id}/confirm", **given)
    assert (done.body["status"], "metadata" in done.body) == ("succeeded", False)


def test_the_key_may_come_in_the_form_and_from_another_origin(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    made = intent(client)
    given = {"key": PUBLISHABLE, "client_secret": str(made.client_secret)}
    path = f"/v1/payment_intents/{made.id}"
    answer = sandbox.ask("GET", path, given, key=None)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "*")
    asked = {"Access-Control-Request-Headers": "authorization"}
    preflight = sandbox.ask("OPTIONS", path, key=None, headers=asked)
    assert preflight.headers["access-control-allow-headers"] == "authorization"


@pytest.mark.parametrize("name", ["capture_method", "payment_method_options[card][capture_method]"])
def test_a_browser_does_not_say_how_money_is_taken(
    sandbox: Sandbox, client: stripe.StripeClient, name: str
) -> None:
    made = intent(client)
    given = {"client_secret": str(made.client_secret), "payment_method": _method(sandbox)}
    path = f"/v1/payment_intents/{made.id}/confirm"
    answer = _ask(sandbox, "POST", path, **given, **{name: "manual"})
    assert (answer.status, answer.error["param"]) == (400, "capture_method")
    assert client.v1.payment_intents.retrieve(made.id).status == "requires_payment_method"


def test_an_error_tells_a_browser_no_more_than_an_answer(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    customer = client.v1.customers.create({"payment_method": "pm_card_chargeCustomerFail"}).id
    method = client.v1.customers.payment_methods.list(customer).data[0].id
    made = intent(client, metadata={"booking": "apt_1"}, customer=customer)
    path, given = f"/v1/payment_intents/{made.id}", {"client_secret": str(made.client_secret)}
    seen = _ask(sandbox, "GET", path, **given, **{"expand[0]": "payment_method"}).body
    declined = _ask(sandbox, "POST", f"{path}/confirm", **given, payment_method=method).error
    client.v1.payment_intents.cancel(made.id)
    refused = _ask(sandbox, "POST", f"{path}/confirm", **given, payment_method=method).error
    for error in (declined, refused):
        assert error["payment_intent"].keys() == seen.keys()
        assert customer not in str(error)
        assert "apt_1" not in str(error)


def test_an_error_of_a_set_up_tells_a_browser_no_more(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    params: Any = {"allowed_payment_method_types": ["card"], "metadata": {"booking": "apt_1"}}
    made = client.v1.setup_intents.create(params)
    given = {"client_secret": str(made.client_secret)}
    given["payment_method"] = _method(sandbox, "4000000000000002")
    error = _ask(sandbox, "POST", f"/v1/setup_intents/{made.id}/confirm", **given).error
    assert error["setup_intent"]["status"] == "requires_payment_method"
    assert "apt_1" not in str(error)
