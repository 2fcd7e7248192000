"""The gate refuses what would break a reader, in either direction, and is seen to do so."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pq_common.contracts.catalogue import Published, every_event
from pq_common.contracts.documents import schema_of
from pq_common.testing.compatibility import Verdict, closed, compare, values_of

pytestmark = pytest.mark.untraced

FROZEN = Path(__file__).parent / "frozen"

OLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string"},
        "name": {"type": "string"},
        "status": {"enum": ["active", "closed"]},
        "part": {"$ref": "#/$defs/Part"},
    },
    "required": ["code", "name", "status", "part"],
    "$defs": {
        "Part": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    },
}


def with_optional(new: dict[str, Any]) -> None:
    new["properties"]["note"] = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}


def with_optional_in_a_part(new: dict[str, Any]) -> None:
    new["$defs"]["Part"]["properties"]["m"] = {"type": "integer", "default": 0}


def with_required(new: dict[str, Any]) -> None:
    new["properties"]["note"] = {"type": "string"}
    new["required"].append("note")


def with_required_in_a_part(new: dict[str, Any]) -> None:
    new["$defs"]["Part"]["properties"]["m"] = {"type": "integer"}
    new["$defs"]["Part"]["required"].append("m")


def with_a_further_enum_value(new: dict[str, Any]) -> None:
    new["properties"]["status"]["enum"].append("merged")


def without_a_field(new: dict[str, Any]) -> None:
    del new["properties"]["name"]
    new["required"].remove("name")


def with_a_field_made_nullable(new: dict[str, Any]) -> None:
    new["properties"]["name"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def with_a_tighter_length(new: dict[str, Any]) -> None:
    new["properties"]["name"]["maxLength"] = 10


def with_another_type(new: dict[str, Any]) -> None:
    new["properties"]["name"] = {"type": "integer"}


def with_other_words(new: dict[str, Any]) -> None:
    new["properties"]["name"] |= {"description": "as printed", "examples": ["Gốm"]}


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (with_required, Verdict(forward=True, backward=False)),
        (with_required_in_a_part, Verdict(forward=True, backward=False)),
        (with_a_further_enum_value, Verdict(forward=False, backward=True)),
        (without_a_field, Verdict(forward=False, backward=True)),
        (with_a_field_made_nullable, Verdict(forward=False, backward=True)),
        (with_a_tighter_length, Verdict(forward=True, backward=False)),
        (with_another_type, Verdict(forward=False, backward=False)),
        (with_optional, Verdict(forward=True, backward=True)),
        (with_optional_in_a_part, Verdict(forward=True, backward=True)),
        (with_other_words, Verdict(forward=True, backward=True)),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_the_gate_judges_each_kind_of_change(change: Any, verdict: Verdict) -> None:
    new = copy.deepcopy(OLD)
    change(new)
    assert compare(OLD, new) == verdict


def test_closing_a_schema_leaves_the_schema_itself_open() -> None:
    before = copy.deepcopy(OLD)
    assert closed(OLD)["$defs"]["Part"]["additionalProperties"] is False
    assert before == OLD


def frozen_of(shape: Published) -> list[dict[str, Any]]:
    """Return every schema this type ever had, oldest first."""
    return [
        json.loads(path.read_bytes()) for path in sorted(FROZEN.glob(f"{shape.TYPE}.[0-9]*.json"))
    ]


@cache  # hypothesis looks through a strategy once, which takes longer than to draw from it
def written_of(shape: Published) -> st.SearchStrategy[Any]:
    return values_of(schema_of(shape))


@cache
def once_written_of(shape: Published) -> list[st.SearchStrategy[Any]]:
    return [values_of(earlier) for earlier in frozen_of(shape)]


@pytest.mark.parametrize("shape", every_event(), ids=lambda shape: shape.TYPE)
def test_no_change_breaks_a_reader_old_or_new(shape: Published) -> None:
    for old in frozen_of(shape):
        assert compare(old, schema_of(shape)) == Verdict(forward=True, backward=True)


@pytest.mark.parametrize("shape", every_event(), ids=lambda shape: shape.TYPE)
def test_the_last_frozen_schema_is_the_one_in_force(shape: Published) -> None:
    """A changed shape needs a new file in ``frozen``, numbered after the last; the old ones stay as they are."""
    assert frozen_of(shape)[-1:] == [schema_of(shape)]


def test_no_type_that_was_ever_published_disappears() -> None:
    types = {shape.TYPE for shape in every_event()}
    assert {path.name.rsplit(".", 2)[0] for path in FROZEN.glob("*.json")} <= types


@pytest.mark.parametrize("shape", every_event(), ids=lambda shape: shape.TYPE)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_written_today_every_earlier_schema_takes(
    shape: Published, data: st.DataObject
) -> None:
    drawn = data.draw(written_of(shape))
    written = json.loads(shape.model_validate(drawn).model_dump_json())
    for earlier in [*frozen_of(shape), schema_of(shape)]:
        Draft202012Validator(earlier).validate(written)


@pytest.mark.parametrize("shape", every_event(), ids=lambda shape: shape.TYPE)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_any_earlier_schema_allowed_is_read_today(
    shape: Published, data: st.DataObject
) -> None:
    for earlier in once_written_of(shape):
        drawn = data.draw(earlier)
        assert drawn.keys() <= shape.model_validate(drawn).model_dump().keys()
