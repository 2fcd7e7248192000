"""The gate between versions of a payload: old readers read new data, and new readers read old data.

``jsoncompat`` alone misleads: its role "both" refuses a new optional field, its "serializer" takes a new
required one. The two questions asked here give the right answer for each of the cases in the tests.
"""

import json
from typing import Any, NamedTuple

from hypothesis import strategies as st
from jsoncompat import check_compat

Schema = dict[str, Any]


class Verdict(NamedTuple):
    """``forward``: old readers take what is written now; ``backward``: readers of now take what was written then."""

    forward: bool
    backward: bool


def compare(old: Schema, new: Schema) -> Verdict:
    """Judge the change from one schema to the other. Their names are left out: jsoncompat would look them up."""
    old, new = ({name: part for name, part in s.items() if name != "$id"} for s in (old, new))
    return Verdict(
        forward=check_compat(json.dumps(old), json.dumps(new), "serializer"),
        backward=check_compat(json.dumps(closed(old)), json.dumps(new), "deserializer"),
    )


def closed(schema: Any) -> Any:
    """Say of every object that it has no other fields: what was written then held no more than these."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: closed(part) for name, part in schema.items()}
    return parts | {"additionalProperties": False} if "properties" in schema else parts


def values_of(schema: Schema) -> st.SearchStrategy[Any]:
    """Draw data that the schema allows, and our shapes could write."""
    return _values(schema, schema.get("$defs", {}))


def _values(schema: Schema, known: Schema) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _values(known[schema["$ref"].rpartition("/")[2]], known)
    if "anyOf" in schema:
        return st.one_of(*(_values(part, known) for part in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _OF_TYPE[schema["type"]](schema, known)


def _texts(schema: Schema, known: Schema) -> st.SearchStrategy[Any]:
    if "pattern" in schema:
        return st.from_regex(
            schema["pattern"], fullmatch=True, alphabet=st.characters(codec="ascii")
        )
    if schema.get("format") == "date":
        return st.dates().map(lambda day: day.isoformat())
    if schema.get("format") == "date-time":
        return st.datetimes().map(lambda instant: instant.isoformat() + "Z")
    return st.text(max_size=schema.get("maxLength", 20), min_size=schema.get("minLength", 0))


def _numbers(schema: Schema, known: Schema) -> st.SearchStrategy[Any]:
    return st.integers(schema.get("minimum", -(2**31)), schema.get("maximum", 2**31))


def _lists(schema: Schema, known: Schema) -> st.SearchStrategy[Any]:
    return st.lists(_values(schema.get("items", {"type": "string"}), known), max_size=2)


def _objects(schema: Schema, known: Schema) -> st.SearchStrategy[Any]:
    fields = {name: _values(part, known) for name, part in schema["properties"].items()}
    required = schema.get("required", [])
    return st.fixed_dictionaries(
        {name: fields[name] for name in required},
        optional={name: field for name, field in fields.items() if name not in required},
    )


_OF_TYPE = {
    "string": _texts,
    "integer": _numbers,
    "boolean": lambda schema, known: st.booleans(),
    "null": lambda schema, known: st.none(),
    "array": _lists,
    "object": _objects,
}
