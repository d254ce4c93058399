"""Stripe's wire format: form-encoded bodies with nested keys in, indented JSON out."""

import json
import re
from collections.abc import Iterable
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from bookedbarber.sandbox.errors import ParameterError

Raw: TypeAlias = str | dict[str, "Raw"]
"""A parameter as it came: text, or a table of parameters. Lists are tables keyed by position."""


def words(text: str) -> tuple[str, ...]:
    """Many names, written as prose."""
    return tuple(text.split())


_KEY = re.compile(r"\A([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_PART = re.compile(r"\[([^\[\]]*)\]")
_DEEPEST = 12


def read_form(text: str) -> dict[str, Raw]:
    """Turn `a[b][0]=x` into nested tables; a repeated plain key keeps its last value, as Stripe
    does.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=4000, errors="strict")
    except ValueError as problem:
        raise ParameterError(f"Invalid request body: {problem}") from problem
    return nest(pairs)


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Raw]:
    """Gather flat `a[b]` pairs into nested tables."""
    form: dict[str, Raw] = {}
    for key, value in pairs:
        match = _KEY.match(key)
        if match is None:
            raise ParameterError(f"Received unknown parameter: {key}", code="parameter_unknown")
        _place(form, [match[1], *_PART.findall(match[2])], value, key)
    return form


def _place(table: dict[str, Raw], path: list[str], value: str, key: str) -> None:
    if len(path) > _DEEPEST:
        raise ParameterError(f"Parameters are nested too deeply: {key}", param=key)
    for part in path[:-1]:
        below = table.setdefault(part or str(len(table)), {})
        if isinstance(below, str):
            raise ParameterError("Invalid object", param=key)
        table = below
    table[path[-1] or str(len(table))] = value


def flatten(raw: Raw, prefix: str = "") -> list[tuple[str, str]]:
    """The pairs of a nested table in one settled order, for comparing two requests."""
    if isinstance(raw, str):
        return [(prefix, raw)]
    pairs: list[tuple[str, str]] = []
    for key in sorted(raw):
        pairs += flatten(raw[key], f"{prefix}[{key}]" if prefix else key)
    return pairs


def write_json(body: Any) -> bytes:
    """The bytes of an answer, indented as Stripe's are."""
    return json.dumps(body, indent=2, ensure_ascii=False).encode()
