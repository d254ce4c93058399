"""A declared parameter held to a schema of what may be given for it, by giving it things."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.shapes import Field, Params
from bookedbarber.sandbox.wire import Raw

Schema: TypeAlias = dict[str, Any]
Complaint: TypeAlias = tuple[str, str]
_STRANGE = "zzz_no_such_value"


def complaints(params: Params, schema: Schema, place: str = "") -> Iterator[Complaint]:
    """Where the parameters of a place, and those inside, take other values than the schema."""
    for name, field in params.fields.items():
        if name in schema:
            yield from _of_field(field, schema[name], f"{place}{name}")


def inside(schema: Schema) -> Schema:
    """The properties of a nested parameter, whatever lists and alternatives it is wrapped in."""
    if "items" in schema:
        return inside(schema["items"])
    found: Schema = dict(schema.get("properties", {}))
    for option in schema.get("anyOf", []):
        for name, inner in inside(option).items():
            found[name] = {"anyOf": [found[name], inner]} if name in found else inner
    return found


def _of_field(field: Field, schema: Schema, place: str) -> Iterator[Complaint]:
    if _clearable(schema) != field.clearable:
        yield place, "may not be emptied here" if _clearable(schema) else "may be emptied here only"
    types = _types(schema)
    if "array" in types:
        yield from _of_list(field, schema, place)
        return
    if field.inner is not None:
        yield from complaints(field.inner, inside(schema), f"{place}.")
    for wrong in _WRONG.get(types, ()):
        if _takes(field, wrong):
            yield place, f"takes {wrong!r} for {'/'.join(sorted(types))}"
    for right in _RIGHT.get(types, ()):
        if not _enum(schema) and not _takes(field, right):
            yield place, f"refuses {right!r}"
    if place.endswith("metadata"):
        yield from _of_metadata(field, place)
    yield from _of_names(field, schema, place)
    yield from _of_length(field, schema, place)


def _of_list(field: Field, schema: Schema, place: str) -> Iterator[Complaint]:
    if _takes(field, "x"):
        yield place, "takes a text for a list"
    items = next(option["items"] for option in _options(schema) if "items" in option)
    if field.items is None:
        yield place, "is no list here"
    else:
        yield from _of_field(field.items, items, f"{place}[]")


def _of_metadata(field: Field, place: str) -> Iterator[Complaint]:
    """Keys of 40 characters with values of 500 (docs.stripe.com/api/metadata)."""
    if not _takes(field, {"k" * 40: "v" * 500}):
        yield place, "refuses metadata as long as may be"
    if _takes(field, {"k" * 41: "v"}) or _takes(field, {"k": "v" * 501}):
        yield place, "takes longer metadata"


def _of_names(field: Field, schema: Schema, place: str) -> Iterator[Complaint]:
    names = _enum(schema)
    for name in names:
        if not _takes(field, name) and not _unplayed(field, name):
            yield place, "lacks names"
    if names and _types(schema) == {"string"} and _takes(field, _STRANGE):
        yield place, "takes any name"


def _of_length(field: Field, schema: Schema, place: str) -> Iterator[Complaint]:
    longest = max((option.get("maxLength", 0) for option in _options(schema)), default=0)
    if not longest or _enum(schema) or _types(schema) != {"string"}:
        return
    if not _takes(field, "x" * longest):
        yield place, f"refuses {longest} characters"
    if _takes(field, "x" * (longest + 1)):
        yield place, f"takes more than {longest} characters"


_TEXT, _NUMBER, _SWITCH, _TABLE = ({name} for name in ("string", "integer", "boolean", "object"))
_WRONG: dict[frozenset[str], tuple[Raw, ...]] = {
    frozenset(_TEXT): ({"a": "b"},),
    frozenset(_NUMBER): ("x", "1.5", {"a": "b"}),
    frozenset(_SWITCH): ("x", "1", {"a": "b"}),
    frozenset(_TABLE): ("x",),
}
_RIGHT: dict[frozenset[str], tuple[Raw, ...]] = {
    frozenset(_NUMBER): ("12",),
    frozenset(_SWITCH): ("true", "false"),
}


def _takes(field: Field, raw: Raw) -> bool:
    try:
        Params({"it": field}).read({"it": raw})
    except StripeError:
        return False
    return True


def _unplayed(field: Field, name: str) -> bool:
    try:
        Params({"it": field}).read({"it": name})
    except StripeError as refusal:
        return refusal.code == "sandbox_unsupported_parameter"
    return False


def _options(schema: Schema) -> list[Schema]:
    """The alternatives of a schema, nested ones included."""
    inner = [deeper for option in schema.get("anyOf", []) for deeper in _options(option)]
    return inner or [schema]


def _enum(schema: Schema) -> list[str]:
    return [name for option in _options(schema) for name in option.get("enum", []) if name]


def _types(schema: Schema) -> frozenset[str]:
    """What kinds of value it takes, beside the empty text that unsets it."""
    kept = [option for option in _options(schema) if option.get("enum") != [""]]
    return frozenset(str(option["type"]) for option in kept if "type" in option)


def _clearable(schema: Schema) -> bool:
    return any("" in option.get("enum", []) for option in _options(schema))
