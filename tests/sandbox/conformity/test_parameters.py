"""Every parameter of every route: those Stripe knows are played or refused, others are unknown.

Names, names of values, kinds and lengths are held to the SDK's annotations and to the published
description, down to the innermost table.
"""

from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any, TypeAlias

import pytest

from bookedbarber.sandbox.routes import ROUTES, Route
from bookedbarber.sandbox.shapes import Params
from tests.sandbox.conformity import annotations, description, values
from tests.sandbox.conformity.differences import (
    PARAMETERS_GONE_FROM_THE_SDK,
    PARAMETERS_NOT_DESCRIBED,
    REQUIRED_HERE_ONLY,
    VALUES,
)
from tests.sandbox.conformity.values import Schema
from tests.sandbox.running import Sandbox

pytestmark = pytest.mark.proves("R6.2")

Found: TypeAlias = tuple[str, str, str]
"""A route, a place in its parameters, and what is wrong there."""

_NOT_IN_THE_SDK = {"GET /v1/charges/{id}/refunds", "GET /v1/charges/{id}/refunds/{refund}"}
"""Old addresses of refunds that Stripe still describes."""


def _name(route: Route) -> str:
    return f"{route.method} {route.path}"


_IN_THE_SDK = [route for route in ROUTES if _name(route) not in _NOT_IN_THE_SDK]
each_route = pytest.mark.parametrize("route", ROUTES, ids=_name)
each_of_the_sdk = pytest.mark.parametrize("route", _IN_THE_SDK, ids=_name)


def _described(route: Route) -> Schema:
    return description.parameters(route.method, route.path)


def _annotated(route: Route) -> Schema:
    return annotations.parameters(route.method, route.path)


@each_route
def test_names_are_exactly_those_described(route: Route) -> None:
    found = _strange_names(route, _described(route))
    assert [one for one in found if not _explained(one, PARAMETERS_NOT_DESCRIBED)] == []


@each_of_the_sdk
def test_names_are_exactly_those_of_the_sdk(route: Route) -> None:
    found = _strange_names(route, _annotated(route))
    assert [one for one in found if not _explained(one, PARAMETERS_GONE_FROM_THE_SDK)] == []


@each_route
def test_values_are_exactly_those_described(route: Route) -> None:
    found = _strange_values(route, _described(route))
    assert [one for one in found if not _explained_value(one)] == []


@each_of_the_sdk
def test_values_are_exactly_those_of_the_sdk(route: Route) -> None:
    found = _strange_values(route, _annotated(route))
    assert [one for one in found if not _explained_value(one)] == []


@each_route
def test_what_is_required_is_what_is_described(route: Route) -> None:
    here = {name for name, field in route.params.fields.items() if field.required}
    explained = {name for name in here if f"{_name(route)} {name}" in REQUIRED_HERE_ONLY}
    assert here - explained == set(_described(route).get("required", []))


def test_every_explained_difference_is_met() -> None:
    by_description = [one for r in ROUTES for one in _strange_names(r, _described(r))]
    by_sdk = [one for r in _IN_THE_SDK for one in _strange_names(r, _annotated(r))]
    of_values = [one for r in ROUTES for one in _strange_values(r, _described(r))]
    of_values += [one for r in _IN_THE_SDK for one in _strange_values(r, _annotated(r))]
    assert _unmet(PARAMETERS_NOT_DESCRIBED, by_description) == []
    assert _unmet(PARAMETERS_GONE_FROM_THE_SDK, by_sdk) == []
    met = {key for key in VALUES for one in of_values if _meets_value(one, key)}
    assert VALUES.keys() - met == set()


@each_route
def test_what_is_not_played_is_refused_aloud_and_strangers_are_unknown(
    route: Route, shared: Sandbox
) -> None:
    path = route.path.replace("{", "").replace("}", "")
    for name in sorted(route.params.unsupported):
        answer = shared.ask(route.method, path, {name: "x"})
        assert (answer.status, answer.error["code"], answer.error["param"]) == (
            400,
            "sandbox_unsupported_parameter",
            name,
        )
    answer = shared.ask(route.method, path, {"no_such_parameter": "x"})
    assert (answer.status, answer.error["code"], answer.error["param"]) == (
        400,
        "parameter_unknown",
        "no_such_parameter",
    )
    assert shared.rows("event") == []


def test_a_value_that_is_not_played_is_refused_aloud(shared: Sandbox) -> None:
    given = {"amount": "1000", "currency": "usd", "method": "instant"}
    answer = shared.ask("POST", "/v1/payouts", given)
    assert (answer.error["code"], answer.error["param"]) == (
        "sandbox_unsupported_parameter",
        "method",
    )


def _strange_names(route: Route, schema: Schema) -> list[Found]:
    found = _compare(route.params, schema.get("properties", {}), "")
    return [(_name(route), place, words) for place, words in found]


def _compare(params: Params, known: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for name in params.names() - known.keys():
        yield f"{place}{name}", "here only"
    for name in known.keys() - params.names():
        yield f"{place}{name}", "forgotten"
    for name, field in params.fields.items():
        if field.inner is not None and name in known:
            yield from _compare(field.inner, values.inside(known[name]), f"{place}{name}.")


def _strange_values(route: Route, schema: Schema) -> list[Found]:
    found = values.complaints(route.params, schema.get("properties", {}))
    return [(_name(route), place, words) for place, words in found]


def _explained(found: Found, explanations: dict[str, str]) -> bool:
    return any(_meets(found, key) for key in explanations)


def _meets(found: Found, key: str) -> bool:
    """Only what is here in excess can be explained, never what was forgotten."""
    route, place, words = found
    return words == "here only" and key in (place, f"{route} {place}")


def _unmet(explanations: dict[str, str], found: list[Found]) -> list[str]:
    return [key for key in explanations if not any(_meets(one, key) for one in found)]


def _explained_value(found: Found) -> bool:
    return any(_meets_value(found, key) for key in VALUES)


def _meets_value(found: Found, key: tuple[str, str]) -> bool:
    route, place, words = found
    pattern, explained = key
    return words == explained and (fnmatch(place, pattern) or f"{route} {place}" == pattern)
