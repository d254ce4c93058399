"""What parameters a route takes: declared once, read strictly, with Stripe's own complaints.

A `Params` names every parameter Stripe knows for a place: those the sandbox plays, each with its
reader, and those it does not, which are refused aloud (`sandbox_unsupported_parameter`). Anything
else is Stripe's `parameter_unknown`. So no parameter is ever silently dropped.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from bookedbarber.sandbox.errors import ParameterError, unsupported, unsupported_value
from bookedbarber.sandbox.wire import Raw

Reader: TypeAlias = Callable[[Raw, str], Any]

_INTEGER = re.compile(r"\A-?\d{1,18}\Z")


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter: how it is read, whether it must be there, whether "" unsets it."""

    read: Reader
    required: bool = False
    clearable: bool = False
    inner: "Params | None" = None
    """The table that is read, or that each item of a list is."""
    items: "Field | None" = None
    """What each item of a list is read as."""


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of one place, all of them."""

    fields: Mapping[str, Field]
    unsupported: frozenset[str] = field(default_factory=frozenset)

    def read(self, raw: Mapping[str, Raw], prefix: str = "") -> dict[str, Any]:
        """Read every parameter or raise Stripe's complaint about the first that is wrong."""
        for name in raw:
            if name in self.unsupported:
                raise unsupported(_join(prefix, name))
            if name not in self.fields:
                raise _unknown(_join(prefix, name))
        values: dict[str, Any] = {}
        for name, declared in self.fields.items():
            path = _join(prefix, name)
            if name in raw:
                values[name] = _value(declared, raw[name], path)
            elif declared.required:
                raise _missing(path)
        return values

    def names(self) -> set[str]:
        """Every parameter Stripe knows here, played or refused."""
        return set(self.fields) | self.unsupported

    def plus(self, other: "Params") -> "Params":
        """This and the other's parameters together."""
        return Params({**self.fields, **other.fields}, self.unsupported | other.unsupported)


def params(*, refused: str = "", **fields: Field) -> Params:
    """Declare a place: its fields by keyword, and the refused names in one line of text."""
    return Params(fields, frozenset(refused.split()))


def required(declared: Field) -> Field:
    """The same field, which must be given."""
    return replace(declared, required=True)


def text(*, longest: int = 5000, clearable: bool = False) -> Field:
    """Any text up to a length."""

    def read(raw: Raw, path: str) -> str:
        value = _plain(raw, path, "string")
        if len(value) > longest:
            raise ParameterError(
                f"Invalid string: {value[:12]}...{value[-4:]}; must be at most "
                f"{longest} characters",
                param=path,
            )
        return value

    return Field(read, clearable=clearable)


def integer(*, least: int | None = None, most: int | None = None, clearable: bool = False) -> Field:
    """A whole number within bounds."""

    def read(raw: Raw, path: str) -> int:
        value = _plain(raw, path, "integer")
        if not _INTEGER.match(value):
            raise _not_integer(value, path)
        number = int(value)
        if least is not None and number < least:
            raise _bound(f"greater than or equal to {least}", path)
        if most is not None and number > most:
            raise _bound(f"less than or equal to {most}", path)
        return number

    return Field(read, clearable=clearable)


def boolean() -> Field:
    """`true` or `false`."""

    def read(raw: Raw, path: str) -> bool:
        value = _plain(raw, path, "boolean")
        if value not in ("true", "false"):
            raise ParameterError(f"Invalid boolean: {value}", param=path)
        return value == "true"

    return Field(read)


def one_of(*choices: str, unplayed: str = "", clearable: bool = False) -> Field:
    """One name of a list; those of Stripe's that are not played are refused aloud."""
    not_here = frozenset(unplayed.split())

    def read(raw: Raw, path: str) -> str:
        value = _plain(raw, path, "string")
        if value in not_here:
            raise unsupported_value(value, path)
        if value not in choices:
            raise ParameterError(f"Invalid {path}: must be {_listed(choices)}", param=path)
        return value

    return Field(read, clearable=clearable)


def array(of: Field, *, most: int = 1000, clearable: bool = False) -> Field:
    """A list, given as `name[0]=…` or `name[]=…`."""

    def read(raw: Raw, path: str) -> list[Any]:
        if isinstance(raw, str) or not all(key.isdigit() for key in raw):
            raise ParameterError("Invalid array", param=path)
        if len(raw) > most:
            raise ParameterError(f"Array must have at most {most} items", param=path)
        return [_value(of, raw[key], f"{path}[{key}]") for key in sorted(raw, key=int)]

    return Field(read, clearable=clearable, inner=of.inner, items=of)


def record(inner: Params, *, clearable: bool = False) -> Field:
    """A nested table of parameters."""

    def read(raw: Raw, path: str) -> dict[str, Any]:
        if isinstance(raw, str):
            raise ParameterError("Invalid object", param=path)
        return inner.read(raw, path)

    return Field(read, clearable=clearable, inner=inner)


def either(table: Params, plain: Field) -> Field:
    """A table when one was sent, else a plain value (`created[gte]=1` or `created=1`)."""

    def read(raw: Raw, path: str) -> Any:
        return plain.read(raw, path) if isinstance(raw, str) else table.read(raw, path)

    return Field(read, inner=table)


def metadata() -> Field:
    """Up to 50 keys of 40 characters with values of 500; an empty value unsets its key."""

    def read(raw: Raw, path: str) -> dict[str, str]:
        if isinstance(raw, str):
            raise ParameterError("Invalid object", param=path)
        for key, value in raw.items():
            _check_metadata(key, value, path)
        return {key: value for key, value in raw.items() if isinstance(value, str)}

    return Field(read, clearable=True)


def _check_metadata(key: str, value: Raw, path: str) -> None:
    if not isinstance(value, str):
        raise ParameterError(
            f"Metadata values must be strings, but for key {key} you passed in an object",
            param=f"{path}[{key}]",
        )
    if len(key) > 40:
        raise ParameterError(
            f"Metadata keys must be under 40 characters. Invalid key: {key}", param=path
        )
    if len(value) > 500:
        raise ParameterError(
            f"Metadata values must be under 500 characters. Invalid value for key {key}",
            param=f"{path}[{key}]",
        )


def _value(declared: Field, raw: Raw, path: str) -> Any:
    if raw == "":
        if declared.clearable:
            return None
        raise ParameterError(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to "
            f"unset a parameter; however '{path}' cannot be unset. You should remove '{path}' from "
            "your request or supply a non-empty value.",
            code="parameter_invalid_empty",
            param=path,
        )
    return declared.read(raw, path)


def _plain(raw: Raw, path: str, what: str) -> str:
    if isinstance(raw, str):
        return raw
    raise ParameterError(f"Invalid {what}: {{{', '.join(raw)}}}", param=path)


def _join(prefix: str, name: str) -> str:
    return f"{prefix}[{name}]" if prefix else name


def _listed(choices: tuple[str, ...]) -> str:
    return (
        choices[0] if len(choices) == 1 else f"one of {', '.join(choices[:-1])}, or {choices[-1]}"
    )


def _unknown(path: str) -> ParameterError:
    return ParameterError(
        f"Received unknown parameter: {path}", code="parameter_unknown", param=path
    )


def _missing(path: str) -> ParameterError:
    return ParameterError(f"Missing required param: {path}.", code="parameter_missing", param=path)


def _not_integer(value: str, path: str) -> ParameterError:
    return ParameterError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path)


def _bound(rule: str, path: str) -> ParameterError:
    return ParameterError(
        f"This value must be {rule}.", code="parameter_invalid_integer", param=path
    )
