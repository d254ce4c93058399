"""The fields of a shape, from its JSON schema: what each carries, of which kind and within which
bounds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bookedbarber.pages.reference.words import Paragraph, paragraphs

Schema = Mapping[str, Any]
_MONEY: Final = {"amount", "currency"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Within which a value must lie; None where there is no such bound."""

    least: float | None
    most: float | None
    longest: int | None
    most_of_them: int | None
    pattern: str
    choices: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `kind` is its type in JSON's words; `shape` names the shape of what it holds."""

    name: str
    kind: str
    shape: str
    many: bool
    required: bool
    nullable: bool
    said: tuple[Paragraph, ...]
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes that the document names, by which references are followed."""

    named: Mapping[str, Schema]

    def follow(self, schema: Schema) -> Schema:
        """The schema itself, or what it refers to with what is said beside the reference."""
        name = reference(schema)
        if not name:
            return schema
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return {**self.named[name], **beside}

    def fields(self, name: str) -> tuple[Field, ...]:
        """The fields of a shape, as the document orders them."""
        schema = self.named[name]
        needed = schema.get("required", ())
        return tuple(
            self.field(field, about, required=field in needed)
            for field, about in schema.get("properties", {}).items()
        )

    def within(self, name: str, path: str = "") -> Iterator[Field]:
        """The fields of a shape and, below each, those of the shapes that it holds."""
        for field in self.fields(name):
            yield replace(field, name=path + field.name)
            if field.shape:
                below = f"{path}{field.name}{'[]' if field.many else ''}."
                yield from self.within(field.shape, below)

    def field(self, name: str, schema: Schema, *, required: bool) -> Field:
        """One field, or one parameter."""
        said, nullable = said_of(self, schema), False
        if "anyOf" in schema:
            options = [one for one in schema["anyOf"] if one.get("type") != "null"]
            nullable = len(options) < len(schema["anyOf"])
            schema = {**schema, **options[0]}
        inner, many = (schema["items"], True) if "items" in schema else (schema, False)
        held, shape = self.follow(inner), reference(inner)
        return Field(
            name=name,
            kind=_kind(held),
            shape=shape if "properties" in held and not _is_money(held) else "",
            many=many,
            required=required,
            nullable=nullable,
            said=paragraphs(said),
            bounds=_bounds(schema, held),
        )


def reference(schema: Schema) -> str:
    """The name of the shape that a schema refers to."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def said_of(shapes: Shapes, schema: Schema) -> str:
    """What is said of a field: beside it, or by the shape that it holds."""
    if said := schema.get("description"):
        return str(said)
    if reference(schema):
        return str(shapes.follow(schema).get("description", ""))
    return next((found for one in schema.get("anyOf", ()) if (found := said_of(shapes, one))), "")


def _is_money(schema: Schema) -> bool:
    return set(schema.get("properties", ())) == _MONEY


def _kind(schema: Schema) -> str:
    if _is_money(schema):
        return "money"
    kind = str(schema.get("format") or schema.get("type", "object"))
    return {"date-time": "instant", "time": "time of day", "date": "day", "binary": "file"}.get(
        kind, kind
    )


def _bounds(outer: Schema, held: Schema) -> Bounds:
    default = outer.get("default")
    return Bounds(
        least=held.get("minimum") if not _is_money(held) else None,
        most=held.get("maximum"),
        longest=held.get("maxLength"),
        most_of_them=outer.get("maxItems"),
        pattern=str(held.get("pattern", "")),
        choices=tuple(str(one) for one in held.get("enum", ())),
        default="" if default in (None, "") or isinstance(default, dict) else str(default),
    )
