"""Webhooks: signed, tried again, duplicated and scattered on request, logged."""

import itertools
import json
import time
from typing import Any

import pytest
import stripe

from tests.sandbox.payments import pay
from tests.sandbox.running import ControlRefusedError, Receiver, Sandbox, Stages

pytestmark = pytest.mark.proves("X2")


def _listen(client: stripe.StripeClient, receiver: Receiver, *kinds: str) -> stripe.WebhookEndpoint:
    params: Any = {"url": receiver.url, "enabled_events": list(kinds or ("*",))}
    return client.v1.webhook_endpoints.create(params)


def _settle(sandbox: Sandbox) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = sandbox.control("deliveries/settle", {})["deliveries"]
    return log


def test_the_official_library_accepts_the_signature(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    endpoint = _listen(client, receiver, "payment_intent.succeeded")
    paid = pay(client)
    _settle(sandbox)
    headers, body = receiver.letters[0]
    assert endpoint.secret
    event = client.construct_event(body, headers["stripe-signature"], endpoint.secret)
    assert (event.type, event.data.object["id"]) == ("payment_intent.succeeded", paid.id)
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(body + b" ", headers["stripe-signature"], endpoint.secret)


def test_only_what_was_asked_for_is_delivered(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    _listen(client, receiver, "charge.succeeded", "charge.updated")
    pay(client)
    sandbox.advance(60)
    assert receiver.types() == ["charge.succeeded", "charge.updated"]


def test_a_secret_is_shown_once(client: stripe.StripeClient, receiver: Receiver) -> None:
    endpoint = _listen(client, receiver)
    assert str(endpoint.secret).startswith("whsec_")
    again = client.v1.webhook_endpoints.retrieve(endpoint.id).to_dict()
    assert "secret" not in again


def test_a_failed_delivery_is_tried_again_and_signed_anew(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    _listen(client, receiver, "charge.succeeded")
    receiver.answers += [500, 404]
    pay(client)
    assert _settle(sandbox)[0]["state"] == "pending"
    sandbox.advance(300)
    sandbox.advance(1800)
    assert receiver.types() == ["charge.succeeded"] * 3
    signatures = {headers["stripe-signature"] for headers, _ in receiver.letters}
    assert len(signatures) == 3
    log = _settle(sandbox)[0]
    assert (log["state"], [one["status"] for one in log["tries"]]) == ("delivered", [500, 404, 200])


def test_a_long_leap_waits_for_what_is_under_way(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    """Each try is made at its own moment, also when the first is still on its way at the start."""
    pauses = sandbox.control("settings")["retries"]
    _listen(client, receiver, "customer.created")
    receiver.answers += [500] * 20
    receiver.pause = 0.1
    client.v1.customers.create({})
    _await_first(receiver)
    sandbox.advance(4 * 86400)
    log = sandbox.control("deliveries")["deliveries"][0]
    tries = [one["at"] for one in log["tries"]]
    gaps = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert log["state"] == "failed"
    assert gaps == pytest.approx(pauses)
    signed = [
        int(headers["stripe-signature"][2:].partition(",")[0]) for headers, _ in receiver.letters
    ]
    assert signed == [int(moment) for moment in tries]


def _await_first(receiver: Receiver) -> None:
    end = time.monotonic() + 10
    while not receiver.under_way:
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_dead_endpoint_is_given_up_after_three_days(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    client.v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/", "enabled_events": ["charge.succeeded"]}
    )
    pay(client)
    sandbox.advance(3 * 86400 + 3600)
    log = sandbox.control("deliveries")["deliveries"][0]
    assert (log["state"], len(log["tries"])) == ("failed", 10)
    assert log["tries"][-1]["at"] - log["tries"][0]["at"] <= 3 * 86400


def test_a_redirect_is_a_failure(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    _listen(client, receiver, "charge.succeeded")
    receiver.answers.append(302)
    receiver.moved_to = receiver.url
    pay(client)
    assert _settle(sandbox)[0]["tries"][0]["status"] == 302
    assert len(receiver.letters) == 1


def test_held_deliveries_go_out_by_hand_in_any_order_and_number(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    _listen(client, receiver, "charge.succeeded", "payment_intent.succeeded")
    sandbox.control("deliveries", {"mode": "held"})
    pay(client)
    sandbox.advance(86400)
    assert receiver.letters == []
    first, second = sandbox.control("deliveries?state=pending")["deliveries"]
    sandbox.control("deliveries/send", {"event": second["event"], "times": 2})
    sandbox.control("deliveries/send", {"event": first["event"]})
    assert receiver.types() == ["payment_intent.succeeded"] * 2 + ["charge.succeeded"]
    states = {one["state"] for one in sandbox.control("deliveries")["deliveries"]}
    assert states == {"delivered"}


def test_a_dropped_delivery_never_comes(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    _listen(client, receiver, "charge.succeeded")
    sandbox.control("deliveries", {"mode": "held"})
    pay(client)
    event = sandbox.control("deliveries")["deliveries"][0]["event"]
    assert sandbox.control("deliveries/drop", {"event": event})["dropped"] == 1
    sandbox.control("deliveries", {"mode": "auto"})
    sandbox.advance(86400)
    assert receiver.letters == []
    assert client.v1.events.retrieve(event).type == "charge.succeeded"


def test_each_event_may_come_several_times(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    sandbox.control("settings", {"duplicates": 2})
    _listen(client, receiver, "charge.succeeded")
    pay(client)
    _settle(sandbox)
    assert len({event["id"] for event in receiver.events()}) == 1
    assert len(receiver.letters) == 3


def test_events_arrive_one_by_one_in_the_order_they_happened(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    sandbox.control("deliveries", {"mode": "held"})
    _listen(client, receiver, "customer.created")
    made = [client.v1.customers.create({}).id for _ in range(40)]
    sandbox.control("deliveries", {"mode": "auto"})
    _settle(sandbox)
    assert [event["data"]["object"]["id"] for event in receiver.events()] == made
    assert receiver.most_at_once == 1


def test_several_deliveries_may_be_under_way_at_once(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    sandbox.control("settings", {"deliveries_at_once": 4, "delivery_mode": "held"})
    _listen(client, receiver, "customer.created")
    made = {client.v1.customers.create({}).id for _ in range(12)}
    receiver.pause = 0.05
    sandbox.control("deliveries", {"mode": "auto"})
    _settle(sandbox)
    assert {event["data"]["object"]["id"] for event in receiver.events()} == made
    assert 1 < receiver.most_at_once <= 4


def test_some_events_come_twice_as_the_seed_has_it(stages: Stages, receiver: Receiver) -> None:
    stories = []
    for seed in (3, 3, 4):
        receiver.letters.clear()
        with stages.running(seed=seed) as sandbox:
            sandbox.control("clock", {"mode": "frozen"})
            sandbox.control("settings", {"duplicates": 0.5, "shuffle": 60})
            client = sandbox.client()
            _listen(client, receiver, "customer.created")
            made = [client.v1.customers.create({}).id for _ in range(12)]
            sandbox.advance(60)
            stories.append([made.index(e["data"]["object"]["id"]) for e in receiver.events()])
    assert set(stories[0]) == set(range(12))
    assert 12 < len(stories[0]) < 24
    assert stories[0] == stories[1] != stories[2]


def test_scattered_deliveries_lose_their_order(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    sandbox.control("settings", {"shuffle": 600})
    _listen(client, receiver, "payment_intent.created")
    made = [pay(client).id for _ in range(8)]
    sandbox.advance(600)
    arrived = [event["data"]["object"]["id"] for event in receiver.events()]
    assert sorted(arrived) == sorted(made)
    assert arrived != made


def test_a_rolled_secret_signs_beside_the_old_one_for_a_while(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    endpoint = _listen(client, receiver, "charge.succeeded")
    path = f"webhook_endpoints/{endpoint.id}/roll"
    fresh = sandbox.control(path, {"keep_for": 3600})["secret"]
    pay(client)
    _settle(sandbox)
    sandbox.advance(3600)
    pay(client)
    _settle(sandbox)
    both, alone = receiver.letters
    for secret in (fresh, str(endpoint.secret)):
        client.construct_event(both[1], both[0]["stripe-signature"], secret)
    client.construct_event(alone[1], alone[0]["stripe-signature"], fresh)
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(alone[1], alone[0]["stripe-signature"], str(endpoint.secret))


def test_disabled_and_deleted_endpoints_hear_nothing(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    endpoint = _listen(client, receiver)
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    pay(client)
    client.v1.webhook_endpoints.delete(endpoint.id)
    pay(client)
    sandbox.advance(86400)
    assert receiver.letters == []


def test_an_endpoint_disabled_before_a_retry_is_never_tried_again(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    endpoint = _listen(client, receiver, "charge.succeeded")
    receiver.answers += [500]
    pay(client)
    _settle(sandbox)
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    sandbox.advance(300)
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": False})
    sandbox.advance(4 * 86400)
    assert len(receiver.letters) == 1
    assert sandbox.control("deliveries")["deliveries"][0]["state"] == "dropped"


def test_an_endpoint_enabled_again_before_a_retry_is_tried(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    endpoint = _listen(client, receiver, "charge.succeeded")
    receiver.answers += [500]
    pay(client)
    _settle(sandbox)
    for disabled in (True, False):
        client.v1.webhook_endpoints.update(endpoint.id, {"disabled": disabled})
    sandbox.advance(300)
    assert len(receiver.letters) == 2


def test_an_event_waits_for_its_webhooks(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    _listen(client, receiver, "charge.succeeded")
    receiver.answers.append(500)
    pay(client)
    _settle(sandbox)
    event = client.v1.events.list({"type": "charge.succeeded"}).data[0]
    assert event.pending_webhooks == 1
    undelivered = client.v1.events.list({"delivery_success": False}).data
    assert [one.id for one in undelivered] == [event.id]
    sandbox.advance(300)
    assert client.v1.events.retrieve(event.id).pending_webhooks == 0


def test_the_body_tells_what_the_api_tells(
    sandbox: Sandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    _listen(client, receiver, "payment_intent.succeeded")
    pay(client)
    _settle(sandbox)
    told = json.loads(receiver.letters[0][1])
    kept = client.v1.events.retrieve(told["id"]).to_dict()
    assert told["data"] == kept["data"]
    assert told["api_version"] == "2026-10-28.endive"


@pytest.mark.parametrize("wanted", [{"event": "evt_no"}, {}, {"event": "evt_no", "shape": "round"}])
def test_nonsense_is_refused(sandbox: Sandbox, wanted: dict[str, str]) -> None:
    with pytest.raises(ControlRefusedError):
        sandbox.control("deliveries/send", wanted)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"url": "ftp://x", "enabled_events": ["*"]}, "Invalid URL"),
        ({"url": "http://x", "enabled_events": ["charge.eaten"]}, "not an event type"),
        ({"url": "http://x", "enabled_events": ["*", "charge.failed"]}, "only entry"),
        (
            {"url": "http://x", "enabled_events": ["*"], "api_version": "2026-05-27.dahlia"},
            "Invalid api_version",
        ),
    ],
)
def test_endpoints_that_cannot_work_are_refused(
    client: stripe.StripeClient, given: Any, message: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=message):
        client.v1.webhook_endpoints.create(given)
