"""Events: what is told, with which snapshot, in which words."""

from typing import Any

import pytest
import stripe

from tests.sandbox.payments import intent, pay
from tests.sandbox.running import Sandbox


def _last(client: stripe.StripeClient, kind: str) -> dict[str, Any]:
    event: dict[str, Any] = client.v1.events.list({"type": kind}).data[0].to_dict()
    return event


def test_a_payment_tells_its_story_in_order(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    pay(client)
    sandbox.advance(60)
    assert sandbox.told() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
    ]


def test_a_snapshot_does_not_change_afterwards(client: stripe.StripeClient) -> None:
    made = intent(client)
    client.v1.payment_intents.cancel(made.id)
    told = _last(client, "payment_intent.created")
    assert told["data"]["object"]["status"] == "requires_payment_method"


def test_a_change_tells_what_was_before(client: stripe.StripeClient) -> None:
    made = client.v1.customers.create({"email": "a@example.com", "metadata": {"a": "1", "b": "2"}})
    client.v1.customers.update(
        made.id, {"email": "b@example.com", "metadata": {"a": "3", "c": "4"}}
    )
    previous = _last(client, "customer.updated")["data"]["previous_attributes"]
    assert previous == {"email": "a@example.com", "metadata": {"a": "1", "c": None}}


def test_nothing_is_told_when_nothing_changed(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    made = client.v1.customers.create({"email": "a@example.com"})
    client.v1.customers.update(made.id, {"email": "a@example.com"})
    assert sandbox.told() == ["customer.created"]


def test_an_event_names_the_request_that_caused_it(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    made = client.v1.customers.create({}, {"idempotency_key": "mine"})
    told = _last(client, "customer.created")
    assert made.last_response is not None
    assert told["request"] == {"id": made.last_response.request_id, "idempotency_key": "mine"}
    pay(client)
    sandbox.advance(60)
    assert _last(client, "charge.updated")["request"] == {"id": None, "idempotency_key": None}


def test_two_partial_refunds_tell_twice_of_one_charge(client: stripe.StripeClient) -> None:
    paid = pay(client)
    for _ in range(2):
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 100})
    told = client.v1.events.list({"type": "charge.refunded"}).data
    assert [event.data.object["amount_refunded"] for event in told] == [200, 100]
    assert told[0].data.to_dict()["previous_attributes"] == {"amount_refunded": 100}


def test_events_are_kept_for_thirty_days(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    client.v1.customers.create({})
    event = client.v1.events.list().data[0].id
    sandbox.advance(30 * 86400)
    assert client.v1.events.retrieve(event).id == event
    sandbox.advance(1)
    with pytest.raises(stripe.InvalidRequestError) as gone:
        client.v1.events.retrieve(event)
    assert gone.value.http_status == 404
    assert client.v1.events.list().data == []


def test_events_are_found_by_kind(client: stripe.StripeClient) -> None:
    pay(client)

    def kinds(**given: Any) -> set[str]:
        params: Any = given
        return {event.type for event in client.v1.events.list(params).data}

    assert kinds(type="charge.succeeded") == {"charge.succeeded"}
    assert kinds(type="payment_intent.*") == {"payment_intent.created", "payment_intent.succeeded"}
    assert kinds(types=["charge.succeeded", "payment_intent.created"]) == {
        "charge.succeeded",
        "payment_intent.created",
    }
