"""What an operation may refuse, as the description of the API tells it: for each status the codes
it comes with, each an example that says what it means and what to do."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bookedbarber.api.problems import CATALOGUE, MEDIA_TYPE, Problem, members

Responses = dict[int | str, dict[str, Any]]

AMOUNT: Final = ("amount_invalid", "amount_not_exact", "amount_too_large", "currency_unknown")
"""An amount that was sent cannot be read."""
NAMED: Final = ("idempotency_key_invalid", "idempotency_key_reused", "idempotency_key_in_use")
"""A request that may carry an idempotency key."""
MUST_BE_NAMED: Final = ("idempotency_key_missing", *NAMED)
"""A request that must carry one."""


def refuses(*codes: str) -> Responses:
    """The answers of an operation that may refuse with these codes."""
    by_status: dict[int | str, list[Problem]] = {}
    for problem in (CATALOGUE[code] for code in dict.fromkeys(codes)):
        by_status.setdefault(problem.status, []).append(problem)
    return {status: _answer(found) for status, found in sorted(by_status.items(), key=str)}


def _answer(found: Iterable[Problem]) -> dict[str, Any]:
    found = tuple(found)
    return {
        "description": " ".join(f"`{problem.code}`: {problem.title}" for problem in found),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/ProblemOut"},
                "examples": {
                    problem.code: {"$ref": f"#/components/examples/{problem.code}"}
                    for problem in found
                },
            }
        },
    }


KEYED: Final = refuses("key_missing", "key_invalid")
"""Of every operation that asks for the shop's key."""
ANYWHERE: Final[Responses] = {
    "4XX": _answer(
        CATALOGUE[code]
        for code in ("request_invalid", "id_invalid", "body_too_large", "rate_limited")
    ),
    "5XX": _answer(
        CATALOGUE[code]
        for code in (
            "database_unavailable",
            "limiter_unavailable",
            "clock_unreadable",
            "vault_master_key_missing",
            "internal",
        )
    ),
}
"""Of every operation there is."""


def examples() -> Mapping[str, dict[str, Any]]:
    """An answer for each code of the catalogue, which the operations' answers name."""
    return {
        code: {"summary": f"{problem.title} {problem.next_step}", "value": members(problem)}
        for code, problem in CATALOGUE.items()
    }
