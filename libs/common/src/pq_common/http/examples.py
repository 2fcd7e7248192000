"""Examples for the OpenAPI document, put together from the examples of the fields."""

from collections.abc import Mapping
from typing import Any, Final

_OF_FORMAT: Final[Mapping[str, str]] = {
    "uuid": "0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c10",
    "date": "2026-03-01",
    "date-time": "2026-03-01T02:00:00Z",
    "uri": "https://example.vn/",
    "email": "lien-he@example.vn",
    "duration": "P1D",
    "time": "08:00:00",
}
DEEPEST: Final = 12


class NoExample(LookupError):
    """Nothing in the schema tells what a value may look like; give the field ``examples=[…]``."""


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> Any:
    """Return a value that the schema allows, the field's own example where it has one. Raises NoExample."""
    if depth > DEEPEST:
        raise NoExample("a schema that contains itself needs an example of its own")
    if "$ref" in schema and "examples" not in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth + 1)
    for said, pick in (("examples", 0), ("enum", 0)):
        if schema.get(said):
            return schema[said][pick]
    for said in ("example", "const", "default"):
        if said in schema:
            return schema[said]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return _first(schema[choice], schemas, depth)
    if "allOf" in schema:
        return _merged(schema["allOf"], schemas, depth)
    return _of_type(schema, schemas, depth)


def _of_type(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        properties = schema.get("properties", {})
        return {name: example_of(inner, schemas, depth + 1) for name, inner in properties.items()}
    if kind == "array":
        return [example_of(schema.get("items", {}), schemas, depth + 1)]
    if kind == "string":
        return _text(schema)
    simple = {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": True, "null": None}
    if kind in simple:
        return simple[kind]
    return {}


def _text(schema: Mapping[str, Any]) -> str:
    if "pattern" in schema:
        raise NoExample(f"a text with the pattern {schema['pattern']} needs an example")
    return _OF_FORMAT.get(schema.get("format", ""), "…")


def _first(choices: list[Mapping[str, Any]], schemas: Mapping[str, Any], depth: int) -> Any:
    for choice in sorted(choices, key=lambda one: one.get("type") == "null"):
        try:
            return example_of(choice, schemas, depth + 1)
        except NoExample:
            continue
    raise NoExample("none of the choices has an example")


def _merged(parts: list[Mapping[str, Any]], schemas: Mapping[str, Any], depth: int) -> Any:
    merged: dict[str, Any] = {}
    for part in parts:
        value = example_of(part, schemas, depth + 1)
        if isinstance(value, dict):
            merged |= value
    return merged
