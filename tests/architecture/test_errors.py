"""Every error has its entry in the catalogue, and every entry is raised by something."""

import html
import importlib
import json
import pkgutil
from collections.abc import Iterator

import pytest

import bookedbarber
from bookedbarber.api import problems
from bookedbarber.api.problems import CATALOGUE
from bookedbarber.errors import BookedBarberError, Refused, Unavailable
from tests.world import World

# Codes that no error of ours carries: the door gives them itself.
BY_THE_DOOR = {
    "internal": "a defect: anything that is none of our errors",
    "not_found": "the router knows no such address",
    "method_not_allowed": "the router knows the address, not the method",
    "request_invalid": "the shapes refuse the request before any function of ours sees it",
}


def modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(bookedbarber.__path__, "bookedbarber."):
        # The sandbox is a separate building; a __main__ runs when imported, and Alembic's
        # environment outside of Alembic cannot be.
        if not found.name.startswith("bookedbarber.sandbox") and not found.name.endswith(
            (".__main__", ".env")
        ):
            yield found.name


def errors(root: type[BookedBarberError] = BookedBarberError) -> Iterator[type[BookedBarberError]]:
    for error in root.__subclasses__():
        yield error
        yield from errors(error)


@pytest.fixture(scope="module")
def raised() -> dict[str, list[type[BookedBarberError]]]:
    for name in modules():
        importlib.import_module(name)
    found: dict[str, list[type[BookedBarberError]]] = {}
    for error in dict.fromkeys(errors()):
        if error.__module__.startswith("bookedbarber.") and error not in (Refused, Unavailable):
            found.setdefault(error.code, []).append(error)
    return found


@pytest.mark.proves("R3.1")
def test_every_error_has_an_entry_and_every_entry_an_error(
    raised: dict[str, list[type[BookedBarberError]]],
) -> None:
    assert len(raised) > 40
    assert set(raised) | set(BY_THE_DOOR) == set(CATALOGUE)
    assert not set(raised) & set(BY_THE_DOOR), "a reason that no longer holds"


@pytest.mark.proves("R3.1")
async def test_the_type_of_every_answer_leads_to_its_entry(world: World) -> None:
    refusal = (await world.http.get("/api/v2/shops/nobody")).json()
    assert refusal["type"] == "/docs/errors#shop_unknown"
    page = await world.http.get(refusal["type"])
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for code, problem in CATALOGUE.items():
        assert json.loads(bytes(problems.answer(problem).body))["type"] == f"/docs/errors#{code}"
        _, found, entry = html.unescape(page.text).partition(f'id="{code}"')
        assert found, code
        assert problem.title in entry.partition("</section>")[0], code


@pytest.mark.proves("R3.1")
def test_no_two_errors_share_a_code(raised: dict[str, list[type[BookedBarberError]]]) -> None:
    shared = {code: found for code, found in raised.items() if len(found) > 1}
    assert not shared


@pytest.mark.proves("R3.1")
def test_an_entry_says_what_happened_what_to_do_and_whether_to_try_again(
    raised: dict[str, list[type[BookedBarberError]]],
) -> None:
    for code, problem in CATALOGUE.items():
        assert problem.code == code
        assert problem.title.endswith(".")
        assert problem.next_step.endswith(".")
        assert 400 <= problem.status < 600
        for error in raised.get(code, []):
            # A refusal stays a refusal however often it is sent; an outage passes.
            if issubclass(error, Unavailable):
                assert problem.retryable, code
                assert problem.status in (409, 503), code
            elif problem.retryable:
                assert problem.status == 429, code
