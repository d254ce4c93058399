"""Every answer of every route, against the SDK's annotations and the published description."""

from collections.abc import Iterator
from typing import Any

import pytest

from bookedbarber.sandbox.routes import ROUTES
from tests.sandbox.conformity import annotations, description
from tests.sandbox.conformity.differences import FIELDS_NEW_IN_THE_SDK
from tests.sandbox.conformity.tour import Tour, everywhere, objects
from tests.sandbox.running import Stages

pytestmark = pytest.mark.proves("R6.2")


@pytest.fixture(scope="module")
def tour(stages: Stages) -> Iterator[Tour]:
    """The tour, walked once."""
    with stages.running() as sandbox:
        sandbox.control("clock", {"mode": "frozen"})
        yield everywhere(sandbox)


def test_the_tour_sees_every_route_answer_well(tour: Tour) -> None:
    well = {route for route, answer in tour.seen if answer.status == 200}
    assert {f"{route.method} {route.path}" for route in ROUTES} - well == set()


def test_the_tour_breaks_nothing(tour: Tour) -> None:
    assert tour.sandbox.control("health")["ok"] is True
    assert [answer for _, answer in tour.seen if answer.status >= 500] == []


def test_answers_fit_the_annotations_of_the_sdk(tour: Tour) -> None:
    found = _complaints(tour, annotations.complaints)
    assert found == {}


def test_answers_fit_the_published_description(tour: Tour) -> None:
    found = _complaints(tour, description.complaints)
    unexplained = {
        (kind, place, words): example
        for (kind, place, words), example in found.items()
        if (kind, place) not in FIELDS_NEW_IN_THE_SDK
    }
    assert unexplained == {}


def test_every_explained_field_is_met(tour: Tour) -> None:
    met = {(kind, place) for kind, place, _ in _complaints(tour, description.complaints)}
    assert FIELDS_NEW_IN_THE_SDK.keys() - met == set()


def test_refund_states_are_those_of_stripe(tour: Tour) -> None:
    """Both descriptions type `refund.status` as plain text, so it is checked here."""
    seen = {row["status"] for row in tour.sandbox.rows("refund")}
    assert seen == {"canceled", "failed", "succeeded"}


def test_every_balance_transaction_adds_up(tour: Tour) -> None:
    rows = tour.sandbox.rows("balance_transaction")
    assert {row["type"] for row in rows} >= {"charge", "refund", "refund_failure", "payout"}
    for row in rows:
        assert row["net"] == row["amount"] - row["fee"]
        assert row["fee"] == sum(part["amount"] for part in row["fee_details"])


def _complaints(tour: Tour, check: Any) -> dict[tuple[str, str, str], str]:
    found: dict[tuple[str, str, str], str] = {}
    for route, answer in tour.seen:
        for obj in objects(answer.body):
            if _seen_by_browser(obj):
                continue
            for place, words in check(obj):
                found.setdefault((obj.get("object", "?"), place, words), route)
    return found


def _seen_by_browser(obj: dict[str, Any]) -> bool:
    """What a publishable key sees is a part of the object: fields are missing on purpose."""
    return obj.get("object") == "payment_intent" and "metadata" not in obj
