"""The published contract: one JSON Schema per event type and one AsyncAPI document, made from the shapes.

    python -m pq_common.contracts.documents --write | --check | --freeze

``--write`` brings ``docs/events`` up to date; ``--freeze`` adds each changed schema to those the gate compares with.

A schema describes every payload of its major version, old ones too: what has a default is not required.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from pq_common.contracts.catalogue import Published, every_event
from pq_common.contracts.event import StateData, topic_of
from pq_common.events.bus import Topic
from pq_common.events.cloudevents import SEQUENCE_DIGITS, schema_uri
from pq_common.events.kafka_settings import REPLICAS, settings_of
from pq_common.events.topics import topics_for

ASYNCAPI: Final = "3.0.0"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
BINDING: Final = "0.5.0"
_COMPONENT: Final = "#/components/schemas/{model}"

PUBLISHED: Final = Path("docs/events")
FROZEN: Final = Path("libs/common/tests/contracts/frozen")

Document = dict[str, Any]


def schema_of(shape: Published) -> Document:
    """Return the JSON Schema of one payload."""
    schema = shape.model_json_schema(mode="validation")
    return {"$schema": DIALECT, "$id": schema_uri(shape.TYPE), **schema}


def asyncapi() -> Document:
    """Return the AsyncAPI document of every topic of the house."""
    shapes = every_event()
    _, parts = models_json_schema([(s, "validation") for s in shapes], ref_template=_COMPONENT)
    return {
        "asyncapi": ASYNCAPI,
        "id": "urn:pq:events",
        "info": {
            "title": "PQ events",
            "version": "1.0.0",
            "description": "Events of the productivity and quality system. The promise to consumers: docs/events.md.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, shapes) for topic in topics_for(shapes)},
        "operations": {f"publish.{t.name}": _operation(t) for t in topics_for(shapes)},
        "components": {
            "schemas": {"CloudEventsHeaders": _headers(), **parts["$defs"]},
            "messages": {shape.TYPE: _message(shape) for shape in shapes},
        },
    }


def _channel(topic: Topic, shapes: tuple[Published, ...]) -> Document:
    types = [shape.TYPE for shape in shapes if topic_of(shape.TYPE) == topic.name]
    return {
        "address": topic.name,
        "description": (
            "The latest public state of each key; a null value says the key is gone."
            if topic.compact
            else "Everything that happened, in order for each key, kept for ever."
        ),
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in types},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "replicas": REPLICAS,
                "topicConfiguration": _configuration(topic),
                "bindingVersion": BINDING,
            }
        },
    }


def _configuration(topic: Topic) -> Document:
    settings = settings_of(topic, replication=REPLICAS)
    known: Document = {
        name: int(settings[name])
        for name in ("retention.ms", "delete.retention.ms")
        if name in settings
    }
    return {"cleanup.policy": ["compact" if topic.compact else "delete"], **known}


def _operation(topic: Topic) -> Document:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": f"PQ publishes; others read {topic.name}.",
    }


def _message(shape: Published) -> Document:
    return {
        "name": shape.TYPE,
        "title": shape.__name__,
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/CloudEventsHeaders"},
        "payload": {"$ref": _COMPONENT.format(model=shape.__name__)},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": "the aggregate's id, as in ce_subject"},
                "bindingVersion": BINDING,
            }
        },
        "tags": [{"name": "state" if issubclass(shape, StateData) else "event"}],
    }


def _headers() -> Document:
    text: Document = {"type": "string"}
    return {
        "type": "object",
        "description": "CloudEvents 1.0, binary mode of the Kafka binding. A Kafka header is bytes: UTF-8 here.",
        "required": [
            "content-type", "ce_specversion", "ce_type", "ce_source", "ce_id", "ce_subject", "ce_time",
            "ce_dataschema", "ce_sequence", "ce_mode",
        ],
        "properties": {
            "content-type": {"const": "application/json"},
            "ce_specversion": {"const": "1.0"},
            "ce_type": text,
            "ce_source": {"type": "string", "format": "uri-reference"},
            "ce_id": {"type": "string", "format": "uuid"},
            "ce_subject": {"type": "string", "description": "the aggregate's id"},
            "ce_time": {"type": "string", "format": "date-time"},
            "ce_dataschema": {"type": "string", "format": "uri"},
            "ce_sequence": {
                "type": "string",
                "pattern": f"^[0-9]{{{SEQUENCE_DIGITS}}}$",
                "description": "the aggregate's version after the event, from 1 without gaps",
            },
            "ce_mode": {"enum": ["official", "demo"]},
            "ce_correlationid": text,
            "ce_causationid": text,
            "ce_traceparent": text,
        },
    }  # fmt: skip


@cache
def documents() -> Mapping[str, bytes]:
    """Return every document by its name under ``docs/events``; made once, for the code of a process does not change."""
    made = {f"schemas/{shape.TYPE}.json": schema_of(shape) for shape in every_event()}
    return {name: _written(each) for name, each in {"asyncapi.json": asyncapi(), **made}.items()}


def stale(folder: Path) -> list[str]:
    """Return the names of documents that are missing, changed or no longer made."""
    made = documents()
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.json")}
    return sorted(name for name in made.keys() | found.keys() if made.get(name) != found.get(name))


def write(folder: Path) -> list[str]:
    """Bring the folder up to date and return the names of what changed."""
    changed = stale(folder)
    made = documents()
    for name in changed:
        path = folder / name
        if name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made[name])
        else:
            path.unlink()
    return changed


def freeze(folder: Path) -> list[str]:
    """Add the schemas that differ from the last one kept of their type, numbered after it; return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    added = []
    for shape in every_event():
        kept = sorted(folder.glob(f"{shape.TYPE}.[0-9]*.json"))
        schema = _written(schema_of(shape))
        if not kept or kept[-1].read_bytes() != schema:
            added.append(f"{shape.TYPE}.{len(kept) + 1:03}.json")
            (folder / added[-1]).write_bytes(schema)
    return added


def _written(document: Document) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def main(arguments: list[str]) -> int:
    """Write or check the documents in the checkout; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m pq_common.contracts.documents")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="bring the documents up to date")
    what.add_argument("--check", action="store_true", help="fail when they are not")
    what.add_argument("--freeze", action="store_true", help="keep changed schemas for the gate")
    parser.add_argument("--into", type=Path, help="the folder, if not the usual one")
    given = parser.parse_args(arguments)
    if given.freeze:
        changed = freeze(given.into or FROZEN)
    else:
        changed = (write if given.write else stale)(given.into or PUBLISHED)
    for name in changed:
        sys.stdout.write(f"{'stale' if given.check else 'written'}: {name}\n")
    return 1 if given.check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
