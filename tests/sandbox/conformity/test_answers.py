"""Every answer of every route, against the SDK's annotations and the published description."""

from collections.abc import Iterator
from typing import Any

import pytest

from bookedbarber.sandbox.event_types import EVENT_TYPES
from bookedbarber.sandbox.expansion import EXPANDABLE
from bookedbarber.sandbox.routes import ROUTES
from bookedbarber.sandbox.sight import SHOWN_TO_BROWSER
from bookedbarber.sandbox.wire import words as names
from tests.sandbox.conformity import annotations, description
from tests.sandbox.conformity.differences import EXPANDABLE_NEW_IN_THE_SDK, FIELDS_NEW_IN_THE_SDK
from tests.sandbox.conformity.tour import Tour, everywhere, objects
from tests.sandbox.running import Stages

pytestmark = pytest.mark.proves("R6.2")

STATES: dict[str, set[str]] = {
    "balance_transaction": {"available", "pending"},
    "charge": {"failed", "pending", "succeeded"},
    "checkout.session": {"complete", "expired", "open"},
    "dispute": {"lost", "needs_response", "warning_closed", "warning_needs_response"},
    "payment_intent": {
        "canceled",
        "processing",
        "requires_action",
        "requires_capture",
        "requires_confirmation",
        "requires_payment_method",
        "succeeded",
    },
    "payout": {"canceled", "paid", "pending"},
    "refund": {"canceled", "failed", "pending", "succeeded"},
    "setup_attempt": {"failed", "succeeded"},
    "setup_intent": {
        "canceled",
        "requires_action",
        "requires_confirmation",
        "requires_payment_method",
        "succeeded",
    },
    "webhook_endpoint": {"disabled", "enabled"},
}
"""The states the sandbox plays. Both sources type some of them as plain text."""

TOLD = frozenset(
    names(
        """
        account.updated balance.available charge.captured charge.dispute.closed
        charge.dispute.created charge.dispute.funds_withdrawn charge.dispute.updated charge.expired
        charge.failed charge.pending charge.refund.updated charge.refunded charge.succeeded
        charge.updated checkout.session.async_payment_succeeded checkout.session.completed
        checkout.session.expired customer.created customer.deleted customer.updated
        payment_intent.amount_capturable_updated payment_intent.canceled payment_intent.created
        payment_intent.payment_failed payment_intent.processing payment_intent.requires_action
        payment_intent.succeeded payment_method.attached payment_method.detached
        payment_method.updated payout.canceled payout.created payout.paid payout.updated
        refund.created refund.failed refund.updated setup_intent.canceled setup_intent.created
        setup_intent.requires_action setup_intent.setup_failed setup_intent.succeeded
        transfer.created transfer.updated
        """
    )
)
"""Every type of event the sandbox tells."""


@pytest.fixture(scope="module")
def tour(stages: Stages) -> Iterator[Tour]:
    """The tour, walked once."""
    with stages.running() as sandbox:
        sandbox.control("clock", {"mode": "frozen"})
        yield everywhere(sandbox)


def test_the_tour_sees_every_route_answer_well(tour: Tour) -> None:
    well = {seen.route for seen in tour.seen if seen.answer.status == 200}
    assert {f"{route.method} {route.path}" for route in ROUTES} - well == _NEVER_WELL


_NEVER_WELL = {"POST /v1/refunds/{id}/cancel"}
"""Cancels refunds that wait for their receiver, which those of cards never do."""


def test_the_tour_sees_every_state(tour: Tour) -> None:
    found: dict[str, set[str]] = {}
    for seen in tour.seen:
        for obj in objects(seen.answer.body):
            if "status" in obj:
                found.setdefault(obj["object"], set()).add(obj["status"])
    assert found == STATES


def test_the_tour_hears_everything_that_is_ever_told(tour: Tour) -> None:
    assert set(tour.sandbox.told()) == TOLD
    assert TOLD <= EVENT_TYPES


def test_the_tour_breaks_nothing(tour: Tour) -> None:
    assert tour.sandbox.control("health")["ok"] is True
    assert [seen.answer for seen in tour.seen if seen.answer.status >= 500] == []


def test_objects_fit_the_annotations_of_the_sdk(tour: Tour) -> None:
    assert _complaints(tour, annotations.complaints) == {}


def test_objects_fit_the_published_description(tour: Tour) -> None:
    found = _complaints(tour, description.complaints)
    unexplained = {
        (kind, place, words): example
        for (kind, place, words), example in found.items()
        if (kind, place) not in FIELDS_NEW_IN_THE_SDK
    }
    assert unexplained == {}


def test_answers_fit_their_operations(tour: Tour) -> None:
    """Lists and refusals included, envelope and all."""
    found = set()
    for seen in tour.seen:
        method, _, path = seen.route.partition(" ")
        for place, words in description.of_answer(method, path, seen.answer.body):
            if not (seen.by_browser and words.endswith(_LEFT_OUT)):
                found.add((seen.route, place, words))
    assert found == set()


def test_refusals_fit_the_annotations_of_the_sdk(tour: Tour) -> None:
    found = set()
    for seen in tour.seen:
        if "error" in seen.answer.body:
            for place, words in annotations.of_error(seen.answer.error):
                if not (seen.by_browser and words in _LEFT_OUT):
                    found.add((seen.route, place, words))
    assert found == set()


def test_the_tour_meets_every_kind_of_refusal(tour: Tour) -> None:
    refused = [seen.answer for seen in tour.seen if "error" in seen.answer.body]
    assert {answer.error["type"] for answer in refused} == {
        "card_error",
        "idempotency_error",
        "invalid_request_error",
    }
    assert {answer.status for answer in refused} == {400, 401, 402, 404}


def test_every_explained_field_is_met(tour: Tour) -> None:
    met = {(kind, place) for kind, place, _ in _complaints(tour, description.complaints)}
    assert FIELDS_NEW_IN_THE_SDK.keys() - met == set()


@pytest.mark.parametrize("kind", EXPANDABLE)
def test_what_can_be_expanded_is_what_stripe_says(kind: str) -> None:
    described, annotated = description.expandable(kind), annotations.expandable(kind)
    new = {name for of, name in EXPANDABLE_NEW_IN_THE_SDK if of == kind}
    assert annotated - described == new
    assert EXPANDABLE[kind] == annotated | described


def test_a_browser_is_shown_less_and_nothing_else(tour: Tour) -> None:
    """What is left out for a browser is left out of every answer to it, and of no other."""
    for seen in tour.seen:
        for obj in objects(seen.answer.body):
            if obj["object"] in SHOWN_TO_BROWSER and seen.by_browser:
                assert obj.keys() <= set(SHOWN_TO_BROWSER[obj["object"]]), seen.route
    kinds = {obj["object"] for s in tour.seen if s.by_browser for obj in objects(s.answer.body)}
    assert SHOWN_TO_BROWSER.keys() - kinds == set()


def test_texts_with_documented_values_have_those(tour: Tour) -> None:
    """Typed as plain text by both sources; their values stand in the descriptions' words."""
    outcomes = [row["outcome"] for row in tour.sandbox.rows("charge") if row["outcome"]]
    assert {outcome["type"] for outcome in outcomes} == {
        "authorized",
        "blocked",
        "issuer_declined",
    }
    assert {outcome["network_status"] for outcome in outcomes} == {
        "approved_by_network",
        "declined_by_network",
        "not_sent_to_network",
    }
    assert {outcome["risk_level"] for outcome in outcomes} == {"highest", "normal"}


def test_every_balance_transaction_adds_up(tour: Tour) -> None:
    rows = tour.sandbox.rows("balance_transaction")
    assert {row["type"] for row in rows} >= {"charge", "refund", "refund_failure", "payout"}
    for row in rows:
        assert row["net"] == row["amount"] - row["fee"]
        assert row["fee"] == sum(part["amount"] for part in row["fee_details"])


def _complaints(tour: Tour, check: Any) -> dict[tuple[str, str, str], str]:
    found: dict[tuple[str, str, str], str] = {}
    for seen in tour.seen:
        for obj in objects(seen.answer.body):
            for place, words in check(obj):
                if not (seen.by_browser and words.endswith(_LEFT_OUT)):
                    found.setdefault((obj.get("object", "?"), place, words), seen.route)
    return found


_LEFT_OUT = ("missing", "is a required property")
"""To a browser a part of an object is shown: fields are missing on purpose."""
