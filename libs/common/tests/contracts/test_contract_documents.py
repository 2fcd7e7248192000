"""The committed documents say what the code does, and others' tools can read them."""

import json
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pq_common.contracts.catalogue import every_event
from pq_common.contracts.documents import asyncapi, documents, freeze, main, schema_of, stale, write
from pq_common.contracts.event import EventData, topic_of
from pq_common.testing.alone import alone
from pq_common.testing.parts import not_run, require
from pq_common.testing.report import used

pytestmark = pytest.mark.untraced

ROOT = Path(__file__).resolve().parents[4]
PUBLISHED = ROOT / "docs" / "events"


def test_the_committed_documents_are_up_to_date() -> None:
    """`python -m pq_common.contracts.documents --write` brings them up to date."""
    assert stale(PUBLISHED) == []


def test_a_changed_a_missing_and_a_superfluous_document_are_noticed(tmp_path: Path) -> None:
    assert set(write(tmp_path)) == documents().keys()
    (tmp_path / "asyncapi.json").write_text("{}")
    (tmp_path / "schemas" / "pq.registry.enterprise.closed.v1.json").unlink()
    (tmp_path / "schemas" / "of-nobody.json").write_text("{}")
    names = [
        "asyncapi.json",
        "schemas/of-nobody.json",
        "schemas/pq.registry.enterprise.closed.v1.json",
    ]
    assert stale(tmp_path) == names
    assert main(["--check", "--into", str(tmp_path)]) == 1
    assert main(["--write", "--into", str(tmp_path)]) == 0
    assert main(["--check", "--into", str(tmp_path)]) == 0


def test_freezing_adds_what_changed_and_leaves_the_rest(tmp_path: Path) -> None:
    assert len(freeze(tmp_path)) == len(every_event())
    kept = tmp_path / "pq.registry.enterprise.closed.v1.001.json"
    kept.write_text("{}")
    assert freeze(tmp_path) == ["pq.registry.enterprise.closed.v1.002.json"]
    assert (kept.read_text(), freeze(tmp_path)) == ("{}", [])


@pytest.mark.parametrize("shape", every_event(), ids=lambda shape: shape.TYPE)
def test_every_schema_is_a_valid_schema_with_a_name(shape: type[EventData]) -> None:
    schema = schema_of(shape)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:pq:schema:{shape.TYPE}"


@pytest.mark.parametrize("shape", every_event(), ids=lambda shape: shape.TYPE)
def test_readers_are_told_to_ignore_what_they_do_not_know(shape: type[EventData]) -> None:
    assert shape.model_config["extra"] == "ignore"
    assert '"additionalProperties": false' not in json.dumps(schema_of(shape))


def test_every_type_is_a_message_of_its_topic() -> None:
    document = asyncapi()
    for shape in every_event():
        assert shape.TYPE in document["channels"][topic_of(shape.TYPE)]["messages"]
        assert shape.TYPE in document["components"]["messages"]


@pytest.mark.node
def test_the_reference_parser_finds_nothing_wrong() -> None:
    validated = validate(PUBLISHED / "asyncapi.json")
    assert (validated.returncode, validated.stdout) == (0, "")


@pytest.mark.node
def test_the_reference_parser_notices_a_planted_fault(tmp_path: Path) -> None:
    document = asyncapi()
    next(iter(document["operations"].values()))["action"] = "shout"
    (tmp_path / "planted.json").write_text(json.dumps(document))
    validated = validate(tmp_path / "planted.json")
    assert validated.returncode == 1
    assert "action" in validated.stdout


def validate(document: Path) -> subprocess.CompletedProcess[str]:
    require("node")
    command = [ROOT / "scripts" / "asyncapi.sh", document]
    with alone("asyncapi"):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 3:
        not_run(
            f"not run: the AsyncAPI parser could not be fetched; `scripts/asyncapi.sh` says why: {done.stderr[-300:]}"
        )
    used("validator", "@asyncapi/parser")
    return done


@pytest.mark.parametrize("shape", every_event(), ids=lambda shape: shape.TYPE)
def test_every_event_is_documented(shape: type[EventData]) -> None:
    page = (PUBLISHED.parent / "events.md").read_text(encoding="utf-8")
    assert f"| `{shape.TYPE}` |" in page
