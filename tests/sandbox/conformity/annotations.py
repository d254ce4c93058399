"""The SDK's own annotations, as a check of answers: types, enums, required and unknown fields."""

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import types
import typing
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe import ListObject, StripeObject
from stripe._error_object import ErrorObject
from stripe._stripe_object import UntypedStripeObject

Complaint = tuple[str, str]


def complaints(obj: dict[str, Any]) -> set[Complaint]:
    """What the annotations have against an object: (where, what)."""
    kind = obj.get("object", "")
    if kind not in _classes():
        return {("object", f"the SDK has no class for {kind}")}
    return set(_check_object(obj, _classes()[kind], ""))


@cache
def _classes() -> dict[str, type[StripeObject]]:
    """Every class of the SDK that stands for an API object, by the name on the wire."""
    found: dict[str, type[StripeObject]] = {}
    checkout = pkgutil.iter_modules(stripe.checkout.__path__, "stripe.checkout.")
    for module in (*pkgutil.iter_modules(stripe.__path__, "stripe."), *checkout):
        if module.ispkg or module.name.endswith("_service"):
            continue
        loaded = importlib.import_module(module.name)
        for value in vars(loaded).values():
            if isinstance(value, type) and issubclass(value, StripeObject):
                name = vars(value).get("OBJECT_NAME")
                if name:
                    found.setdefault(name, value)
    return found


@cache
def _names(module: str) -> dict[str, Any]:
    """What the names in a module's annotations mean, those imported only for typing included."""
    names: dict[str, Any] = {}
    for node in ast.walk(ast.parse(inspect.getsource(sys.modules[module]))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stripe."):
            origin = importlib.import_module(str(node.module))
            names |= {a.asname or a.name: getattr(origin, a.name, Any) for a in node.names}
    return {**vars(sys.modules[module]), **names}


@cache
def _fields(cls: type[StripeObject]) -> dict[str, Any]:
    """The annotated fields of a class, resolved."""
    fields: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base in (object, StripeObject) or not issubclass(base, StripeObject):
            continue
        scope = {**_names(base.__module__), **vars(base)}
        for name, hint in vars(base).get("__annotations__", {}).items():
            if not name.startswith("_") and get_origin(hint) is not ClassVar:
                fields[name] = _resolved(hint, scope)
    return fields


def _resolved(hint: Any, scope: dict[str, Any]) -> Any:
    """A hint with the names in it replaced by what they stand for."""
    if isinstance(hint, ForwardRef):
        hint = hint.__forward_arg__
    if isinstance(hint, str):
        hint = eval(hint, scope)  # noqa: S307  # the SDK's own annotations
    origin, inner = get_origin(hint), get_args(hint)
    if origin is None or origin is Literal:
        return hint
    parts = tuple(_resolved(part, scope) for part in inner)
    return (origin, parts)


def _check(value: Any, hint: Any, place: str) -> list[Complaint]:
    if hint is Any or hint is object or isinstance(hint, typing.TypeVar):
        return []
    if isinstance(hint, tuple):
        origin, parts = hint
        return _check_generic(value, origin, parts, place)
    if get_origin(hint) is Literal:
        known = value in get_args(hint)
        return [] if known else [(place, f"{value!r} is none of the {len(get_args(hint))} names")]
    if isinstance(hint, type) and issubclass(hint, StripeObject):
        return _check_nested(value, hint, place)
    on_the_wire = {Decimal: str}.get(hint, hint)
    good = type(value) is on_the_wire or (hint is float and type(value) is int)
    return [] if good else [(place, f"{value!r:.40} is not {getattr(hint, '__name__', hint)}")]


def _check_generic(value: Any, origin: Any, parts: tuple[Any, ...], place: str) -> list[Complaint]:
    if origin is Union:
        return _check_union(value, parts, place)
    if origin is list:
        if not isinstance(value, list):
            return [(place, "not a list")]
        return [c for item in value for c in _check(item, parts[0], f"{place}[]")]
    if origin in (dict, UntypedStripeObject):
        return [] if isinstance(value, dict) else [(place, "not a hash")]
    if isinstance(origin, type) and issubclass(origin, ListObject):
        if not isinstance(value, dict) or value.get("object") != "list":
            return [(place, "not a list object")]
        return [c for item in value["data"] for c in _check(item, parts[0], f"{place}.data[]")]
    raise TypeError(f"an annotation this check cannot read: {origin}")


def _check_union(value: Any, options: tuple[Any, ...], place: str) -> list[Complaint]:
    """Open enums (`Literal[...] | str`) are closed: the sandbox has no reason to leave the list."""
    if value is None:
        return [] if type(None) in options else [(place, "null is not allowed")]
    named = any(get_origin(option) is Literal for option in options)
    kept = [o for o in options if o is not type(None) and not (named and o is str)]
    found = [_check(value, option, place) for option in kept]
    return min(found, key=lambda complaints: (len(complaints), -len(str(complaints))))


def _check_nested(value: Any, cls: type[StripeObject], place: str) -> list[Complaint]:
    if not isinstance(value, dict):
        return [(place, f"not an object ({cls.__name__})")]
    name = vars(cls).get("OBJECT_NAME")
    if name and value.get("object") != name:
        return [(place, f"{value.get('object')!r} is not {name}")]
    return _check_object(value, cls, f"{place}.")


def _check_object(obj: dict[str, Any], cls: type[StripeObject], place: str) -> list[Complaint]:
    fields = _fields(cls)  # type: ignore[arg-type]  # classes hash; mypy looks at their objects
    if "Untyped" in cls.__name__ or not fields:
        return []
    found: list[Complaint] = []
    for name, hint in fields.items():
        if name in obj:
            found += _check(obj[name], hint, place + name)
        elif not _may_be_missing(hint) and name != "deleted":
            found.append((place + name, "missing"))
    if obj.get("deleted"):
        found = [complaint for complaint in found if complaint[1] != "missing"]
    unknown = obj.keys() - fields.keys()
    return found + [(place + name, "unknown field") for name in unknown]


def _may_be_missing(hint: Any) -> bool:
    return isinstance(hint, tuple) and hint[0] is Union and type(None) in hint[1]


def of_error(error: dict[str, Any]) -> set[Complaint]:
    """What the annotations have against the body of a refusal."""
    return set(_check_object(error, ErrorObject, "error."))


def expandable(kind: str) -> set[str]:
    """The fields of a kind that hold an id or, expanded, the object it names."""
    fields = _fields(_classes()[kind])  # type: ignore[arg-type]  # classes hash; mypy looks at their objects
    return {name for name, hint in fields.items() if _may_be_id_or_object(list(_leaves(hint)))}


def _may_be_id_or_object(leaves: list[Any]) -> bool:
    objects = [leaf for leaf in leaves if isinstance(leaf, type) and issubclass(leaf, StripeObject)]
    return str in leaves and bool(objects)


def _leaves(hint: Any) -> Iterator[Any]:
    if isinstance(hint, tuple):
        for part in hint[1]:
            yield from _leaves(part)
    else:
        yield hint


def parameters(method: str, path: str) -> dict[str, Any]:
    """The schema of the parameters that the SDK lets one give to an operation."""
    shape = re.sub(r"\{\w+\}", "{}", path)
    name = _operations()[method, shape]
    folder = "stripe.params.checkout" if name.startswith("checkout") else "stripe.params"
    given = getattr(importlib.import_module(folder), name.split(".")[-1])
    schema = _table(given)
    for ours in stripe.RequestOptions.__annotations__:
        schema["properties"].pop(ours, None)
    return schema


def _table(given: Any) -> dict[str, Any]:
    scope = {**_names(given.__module__), **vars(typing), "TypedDict": object}
    hints = {
        name: _resolved(hint, scope)
        for name, hint in given.__annotations__.items()
        if name not in stripe.RequestOptions.__annotations__
    }
    required = [name for name, hint in hints.items() if not _is(hint, "NotRequired")]
    return {
        "type": "object",
        "properties": {name: _schema(hint) for name, hint in hints.items()},
        "required": required,
    }


def _is(hint: Any, wrapper: str) -> bool:
    return isinstance(hint, tuple) and wrapper in str(hint[0])


def _schema(hint: Any) -> dict[str, Any]:
    """A hint of a parameter, as the description would put it."""
    plain = {str: "string", int: "integer", bool: "boolean", float: "number", Decimal: "string"}
    if hint in plain:
        return {"type": plain[hint]}
    if get_origin(hint) is Literal:
        return {"type": "string", "enum": list(get_args(hint))}
    if isinstance(hint, tuple):
        return _schema_of_generic(*hint)
    if hasattr(hint, "__total__"):
        return _table(hint)
    raise TypeError(f"a parameter this check cannot read: {hint}")


def _schema_of_generic(origin: Any, parts: tuple[Any, ...]) -> dict[str, Any]:
    if origin in (Union, types.UnionType):
        named = any(get_origin(part) is Literal and get_args(part) != ("",) for part in parts)
        kept = [part for part in parts if not (named and part is str)]
        return {"anyOf": [_schema(part) for part in kept]}
    if origin is list:
        return {"type": "array", "items": _schema(parts[0])}
    if origin in (dict, UntypedStripeObject):
        return {"type": "object"}
    return _schema(parts[0])  # Required, NotRequired


@cache
def _operations() -> dict[tuple[str, str], str]:
    """The class of parameters behind each operation, read from the SDK's services."""
    found: dict[tuple[str, str], str] = {}
    for package in ("", "checkout/"):
        folder = Path(stripe.__path__[0]) / package
        for file in folder.glob("_*_service.py"):
            for function in ast.walk(ast.parse(file.read_text())):
                if isinstance(function, ast.FunctionDef):
                    found |= _operation(function, "checkout." if package else "")
    return found


def _operation(function: ast.FunctionDef, prefix: str) -> dict[tuple[str, str], str]:
    hints = [a.annotation for a in function.args.args if a.arg == "params" and a.annotation]
    named = re.findall(r"\w+Params", " ".join(ast.unparse(hint) for hint in hints))
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "self._request" and named:
            method = str(ast.literal_eval(call.args[0])).upper()
            path = re.findall(r"'(/v\d/[^']*)'", ast.unparse(call.args[1]))[0]
            return {(method, re.sub(r"\{\w+\}", "{}", path)): prefix + named[0]}
    return {}
