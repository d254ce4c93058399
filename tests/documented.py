"""What the API's description says an operation may refuse, to hold its answers against."""

import re
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

from bookedbarber.api.app import operations


class Documented:
    """The operations of an OpenAPI document, found by an address."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    @cached_property
    def _operations(self) -> list[tuple[str, re.Pattern[str], str, frozenset[str]]]:
        found = [
            (method.upper(), _pattern(path), path, _codes(about))
            for path, methods in self._document["paths"].items()
            for method, about in methods.items()
        ]
        # `/payments/export` is no payment: what has no parameter comes first.
        return sorted(found, key=lambda one: one[2].count("{"))

    def missing(self, method: str, path: str, code: str) -> str:
        """What is wrong with this refusal; nothing where it is documented, or no operation's."""
        for asked, pattern, shown, codes in self._operations:
            if asked == method and pattern.fullmatch(path):
                return "" if code in codes else f"{method} {shown} does not document {code}"
        return ""


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


def _codes(about: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(
        code
        for answer in about["responses"].values()
        for content in answer.get("content", {}).values()
        for code in content.get("examples", ())
    )


@cache
def documented() -> Documented:
    """The operations as the API describes them."""
    return Documented(operations().openapi())
