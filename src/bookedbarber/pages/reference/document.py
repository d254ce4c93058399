"""The OpenAPI document as the page shows it: groups of operations in the order of its tags."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar, Final

from bookedbarber.api.problems import CATALOGUE, PAGE
from bookedbarber.pages.reference import examples, words
from bookedbarber.pages.reference.fields import Field, Shapes, reference
from bookedbarber.pages.reference.words import Paragraph, Section

METHODS: Final = ("get", "post", "put", "delete")
_BROAD: Final = ("4XX", "5XX")


class Caller(StrEnum):
    """Who may ask."""

    KEY = "key"  # a system of the shop, with its key
    LINK = "link"  # the client, with the link that was sent to them
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A code that an answer may carry, and where it is explained."""

    code: str
    status: int
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back when it was done; `shape` is empty where that is a file."""

    status: str
    kind: str
    shape: str
    many: bool
    said: tuple[Paragraph, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing the API does."""

    anchor: str
    method: str
    path: str
    title: str
    said: tuple[Paragraph, ...]
    caller: Caller
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    files: tuple[str, ...]
    answer: Answer
    refusals: tuple[Refusal, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together."""

    anchor: str
    title: str
    said: tuple[Paragraph, ...]
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field of an answer holds, where that has fields of its own."""

    name: str
    said: tuple[Paragraph, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """`/api/v2`: everything that the document says."""

    template: ClassVar[str] = "reference.html"
    version: str
    opening: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    everywhere: tuple[Refusal, ...]
    groups: tuple[Group, ...]
    shapes: tuple[Shape, ...]
    locale: str = "en"

    def shows(self, name: str) -> bool:
        """Whether a shape has a place of its own on the page."""
        return any(shape.name == name for shape in self.shapes)


def read(document: Mapping[str, Any], *, site: str) -> ReferencePage:
    """The page of a document, with examples that are sent to `site`."""
    shapes = Shapes(document["components"]["schemas"])
    there = [
        (operation["tags"][0], _operation(shapes, site, method, path, operation))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    opening, *sections = words.sections(document["info"]["description"])
    return ReferencePage(
        version=document["info"]["version"],
        opening=opening.paragraphs,
        sections=tuple(sections),
        everywhere=_everywhere(document),
        groups=tuple(
            Group(
                anchor=words.anchor(tag["name"]),
                title=tag["name"].capitalize(),
                said=words.paragraphs(tag["description"]),
                operations=tuple(one for name, one in there if name == tag["name"]),
            )
            for tag in document["tags"]
        ),
        shapes=_held(shapes, [one.answer for _, one in there]),
    )


def _operation(
    shapes: Shapes, site: str, method: str, path: str, about: Mapping[str, Any]
) -> Operation:
    content = about.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema", {})
    parameters = about.get("parameters", [])
    return Operation(
        anchor=words.anchor(about["operationId"]),
        method=method.upper(),
        path=path,
        title=about["summary"],
        said=words.paragraphs(about["description"]),
        caller=_caller(about, parameters),
        parameters=tuple(_parameter(shapes, one) for one in parameters),
        body=tuple(shapes.within(reference(body))) if body else (),
        files=tuple(kind for kind in content if kind != "application/json"),
        answer=_answer(shapes, about["responses"]),
        refusals=_refusals(about["responses"]),
        curl=examples.curl(shapes, site, method.upper(), path, about),
    )


def _caller(about: Mapping[str, Any], parameters: list[Mapping[str, Any]]) -> Caller:
    if about.get("security"):
        return Caller.KEY
    return Caller.LINK if any(one["name"] == "link" for one in parameters) else Caller.ANYBODY


def _parameter(shapes: Shapes, one: Mapping[str, Any]) -> Field:
    schema = {**one["schema"], "description": one.get("description", "")}
    field = shapes.field(one["name"], schema, required=one["required"])
    return replace(field, nullable=False)  # it is left out rather than sent as null


def _answer(shapes: Shapes, responses: Mapping[str, Any]) -> Answer:
    status = next(status for status in responses if status.startswith("2"))
    [(kind, content)] = responses[status]["content"].items()
    field = shapes.field("", content["schema"], required=True)
    return Answer(
        status=status,
        kind=kind,
        shape=field.shape,
        many=field.many,
        said=words.paragraphs(shapes.named[field.shape]["description"]) if field.shape else (),
        fields=shapes.fields(field.shape) if field.shape else (),
    )


def _refusals(responses: Mapping[str, Any]) -> tuple[Refusal, ...]:
    return tuple(
        _refusal(code)
        for status, answer in responses.items()
        if not status.startswith("2") and status not in _BROAD
        for code in _codes(answer)
    )


def _everywhere(document: Mapping[str, Any]) -> tuple[Refusal, ...]:
    """What any operation may answer."""
    found = dict.fromkeys(
        code
        for methods in document["paths"].values()
        for about in methods.values()
        for status in _BROAD
        for code in _codes(about["responses"][status])
    )
    return tuple(_refusal(code) for code in found)


def _codes(answer: Mapping[str, Any]) -> list[str]:
    return [code for content in answer["content"].values() for code in content["examples"]]


def _refusal(code: str) -> Refusal:
    problem = CATALOGUE[code]
    return Refusal(code, problem.status, problem.title, f"{PAGE}#{code}")


def _held(shapes: Shapes, answers: list[Answer]) -> tuple[Shape, ...]:
    """The shapes below the answers' own, each once."""
    found: dict[str, Shape] = {}
    waiting = [field.shape for answer in answers for field in answer.fields]
    while waiting:
        name = waiting.pop(0)
        if not name or name in found:
            continue
        fields = shapes.fields(name)
        said = words.paragraphs(shapes.named[name]["description"])
        found[name] = Shape(name, said, fields)
        waiting += [field.shape for field in fields]
    return tuple(found[name] for name in sorted(found))
