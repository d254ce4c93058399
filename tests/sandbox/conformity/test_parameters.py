"""Every parameter of every route: those Stripe knows are played or refused, others are unknown."""

from collections.abc import Iterator
from typing import Any

import pytest

from bookedbarber.sandbox.routes import ROUTES, Route
from bookedbarber.sandbox.shapes import Params
from tests.sandbox.conformity import annotations, description
from tests.sandbox.conformity.differences import (
    PARAMETERS_GONE_FROM_THE_SDK,
    PARAMETERS_NOT_DESCRIBED,
    REQUIRED_HERE_ONLY,
)
from tests.sandbox.running import Sandbox

pytestmark = pytest.mark.proves("R6.2")

_NOT_IN_THE_SDK = {"GET /v1/charges/{id}/refunds", "GET /v1/charges/{id}/refunds/{refund}"}
"""Old addresses of refunds that Stripe still describes."""


def _name(route: Route) -> str:
    return f"{route.method} {route.path}"


each_route = pytest.mark.parametrize("route", ROUTES, ids=_name)


@each_route
def test_parameters_are_exactly_those_described(route: Route) -> None:
    described = description.parameters(route.method, route.path)
    wrong = [
        (path, kind)
        for path, kind in _compare(route.params, described.get("properties", {}), "")
        if path not in PARAMETERS_NOT_DESCRIBED
        and f"{_name(route)} {path}" not in PARAMETERS_NOT_DESCRIBED
    ]
    assert wrong == []


@each_route
def test_what_is_required_is_what_is_described(route: Route) -> None:
    described = set(description.parameters(route.method, route.path).get("required", []))
    here = {name for name, field in route.params.fields.items() if field.required}
    explained = {name for name in here if f"{_name(route)} {name}" in REQUIRED_HERE_ONLY}
    assert here - explained == described


@pytest.mark.parametrize("route", [r for r in ROUTES if _name(r) not in _NOT_IN_THE_SDK], ids=_name)
def test_no_parameter_of_the_sdk_is_unknown(route: Route) -> None:
    offered = annotations.parameters(route.method, route.path)
    assert offered - route.params.names() == set()
    extra = route.params.names() - offered - {"expand"}
    explained = PARAMETERS_GONE_FROM_THE_SDK
    assert {
        n for n in extra if n not in explained and f"{_name(route)} {n}" not in explained
    } == set()


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


def _compare(params: Params, described: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for name in params.names() - described.keys():
        yield f"{place}{name}", "not described"
    for name in described.keys() - params.names():
        yield f"{place}{name}", "forgotten"
    for name, field in params.fields.items():
        if field.inner is not None and name in described:
            yield from _compare(field.inner, _inside(described[name]), f"{place}{name}.")


def _inside(schema: dict[str, Any]) -> dict[str, Any]:
    """The properties of a nested parameter, whatever lists and alternatives it is wrapped in."""
    if "items" in schema:
        return _inside(schema["items"])
    found: dict[str, Any] = dict(schema.get("properties", {}))
    for option in schema.get("anyOf", []):
        found |= _inside(option)
    return found
