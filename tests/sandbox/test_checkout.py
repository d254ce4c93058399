"""Checkout Sessions: opened by the server, paid on the hosted page, closed by the clock."""

from typing import Any

import pytest
import stripe

from tests.sandbox.running import ControlRefusedError, Sandbox


def _open(client: stripe.StripeClient, **given: Any) -> stripe.checkout.Session:
    price = {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "Haircut"}}
    params: Any = {
        "mode": "payment",
        "success_url": "https://shop.example/done?s={CHECKOUT_SESSION_ID}",
        "line_items": [{"price_data": price, "quantity": 2}],
        **given,
    }
    return client.v1.checkout.sessions.create(params)


def _card(client: stripe.StripeClient, name: str = "visa") -> str:
    card: Any = {"token": f"tok_{name}"}
    return client.v1.payment_methods.create({"type": "card", "card": card}).id


def _pay(sandbox: Sandbox, session: stripe.checkout.Session, method: str) -> dict[str, Any]:
    done: dict[str, Any] = sandbox.control(f"checkout/{session.id}", {"payment_method": method})
    return done


def test_a_session_is_paid_on_its_page(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    session = _open(client, payment_intent_data={"metadata": {"booking": "apt_1"}})
    assert (session.status, session.payment_intent) == ("open", None)
    assert session.url == f"{sandbox.origin}/browser/checkout/{session.id}"
    done = _pay(sandbox, session, _card(client))
    assert done["success_url"] == f"https://shop.example/done?s={session.id}"
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert isinstance(paid.payment_intent, stripe.PaymentIntent)
    assert paid.payment_intent.amount_received == 5000
    assert paid.payment_intent.metadata.to_dict() == {"booking": "apt_1"}
    assert sandbox.told() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_declined_card_leaves_the_session_open_for_another(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    session = _open(client)
    with pytest.raises(ControlRefusedError) as refusal:
        _pay(sandbox, session, _card(client, "chargeDeclined"))
    answer = refusal.value.args[0]
    assert (answer.status, answer.error["code"]) == (402, "card_declined")
    assert _pay(sandbox, session, _card(client))["session"]["status"] == "complete"
    assert [row["status"] for row in sandbox.rows("charge")] == ["failed", "succeeded"]
    assert len(sandbox.rows("payment_intent")) == 1


def test_a_challenge_completes_the_session(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    session = _open(client)
    asked = _pay(sandbox, session, _card(client, "authenticationRequired"))
    assert asked["next_action"]["redirect_to_url"]["return_url"] == session.url
    intent = asked["session"]["payment_intent"]
    sandbox.control(f"3ds/{intent}", {"outcome": "succeed"})
    assert client.v1.checkout.sessions.retrieve(session.id).status == "complete"
    assert sandbox.told().count("checkout.session.completed") == 1


def test_a_session_is_paid_once(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    session = _open(client)
    _pay(sandbox, session, _card(client))
    with pytest.raises(ControlRefusedError):
        _pay(sandbox, session, _card(client))
    assert len(sandbox.rows("charge")) == 1


def test_a_session_nobody_pays_expires(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    session = _open(client)
    sandbox.advance(86400)
    gone = client.v1.checkout.sessions.retrieve(session.id)
    assert (gone.status, gone.url) == ("expired", None)
    assert sandbox.told() == ["checkout.session.expired"]


def test_expiring_gives_up_an_attempt_under_way(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    session = _open(client)
    asked = _pay(sandbox, session, _card(client, "authenticationRequired"))
    client.v1.checkout.sessions.expire(session.id)
    intent = client.v1.payment_intents.retrieve(asked["session"]["payment_intent"])
    assert intent.status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        client.v1.checkout.sessions.expire(session.id)


def test_a_sessions_intent_is_not_canceled_by_itself(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    session = _open(client)
    asked = _pay(sandbox, session, _card(client, "authenticationRequired"))
    with pytest.raises(stripe.InvalidRequestError, match="created by a Checkout Session"):
        client.v1.payment_intents.cancel(asked["session"]["payment_intent"])


def test_held_money_completes_the_session_unpaid(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    session = _open(client, payment_intent_data={"capture_method": "manual"})
    done = _pay(sandbox, session, _card(client))["session"]
    assert (done["status"], done["payment_status"]) == ("complete", "unpaid")


def test_a_slow_payment_is_told_when_it_arrives(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    sandbox.control("settings", {"processing_delay": 60})
    session = _open(client)
    assert _pay(sandbox, session, _card(client))["session"]["payment_status"] == "unpaid"
    sandbox.advance(61)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert sandbox.told()[-1] == "checkout.session.async_payment_succeeded"


@pytest.mark.parametrize(
    "given",
    [
        {"mode": "subscription"},
        {"line_items": []},
        {"line_items": [{"price": "price_1"}]},
        {"expires_at": 1},
        {"customer": "cus_no"},
        {"success_url": ""},
    ],
)
def test_sessions_that_cannot_be_played_are_refused(
    client: stripe.StripeClient, given: dict[str, Any]
) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        _open(client, **given)
