"""Requests that would be understood: a body for a shape, and the command that sends it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from bookedbarber.pages.reference.fields import Schema, Shapes

KEY: Final = "bbk_YOUR_KEY"
Parameters = list[Mapping[str, Any]]


def value(shapes: Shapes, schema: Schema) -> Any:
    """What a field could hold: its first example, its default, or the plainest of its kind."""
    schema = shapes.follow(schema)
    if examples := schema.get("examples"):
        return examples[0]
    if "properties" in schema:
        return _object(shapes, schema)
    if "items" in schema:
        return [value(shapes, schema["items"])]
    if "enum" in schema:
        return schema["enum"][0]
    return schema.get("default", "…")


def _object(shapes: Shapes, schema: Schema) -> dict[str, Any]:
    """Every field that is required, and those that have an example."""
    needed = schema.get("required", ())
    return {
        name: value(shapes, field)
        for name, field in schema["properties"].items()
        if name in needed or "examples" in field
    }


def curl(shapes: Shapes, site: str, method: str, path: str, operation: Mapping[str, Any]) -> str:
    """The command that sends a request of this kind."""
    parameters: Parameters = operation.get("parameters", [])
    address = f"{site}{_address(shapes, path, parameters)}"
    # A shell would take a question mark or an ampersand for its own.
    lines = [_command(method) + (f'"{address}"' if "?" in address else address)]
    lines += [f'-H "{name}: {said}"' for name, said in _headers(shapes, operation, parameters)]
    lines += _body(shapes, operation)
    return " \\\n  ".join(lines)


def _command(method: str) -> str:
    return "curl " if method == "GET" else f"curl -X {method} "


def _address(shapes: Shapes, path: str, parameters: Parameters) -> str:
    asked = []
    for one in parameters:
        example = value(shapes, one["schema"])
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(example))
        elif one["in"] == "query" and one["required"]:
            asked.append(f"{one['name']}={example}")
    return f"{path}?{'&'.join(asked)}" if asked else path


def _headers(
    shapes: Shapes, operation: Mapping[str, Any], parameters: Parameters
) -> list[tuple[str, str]]:
    found = [("Authorization", f"Bearer {KEY}")] if operation.get("security") else []
    found += [
        (one["name"], str(value(shapes, one["schema"])))
        for one in parameters
        if one["in"] == "header"
    ]
    if kinds := list(operation.get("requestBody", {}).get("content", {})):
        found.append(("Content-Type", kinds[0]))
    return found


def _body(shapes: Shapes, operation: Mapping[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    for kind, body in content.items():
        if kind != "application/json":
            return ["--data-binary @logo.png"]
        text = json.dumps(value(shapes, body["schema"]), indent=2, ensure_ascii=False)
        return [f"-d '{text}'"]
    return []
