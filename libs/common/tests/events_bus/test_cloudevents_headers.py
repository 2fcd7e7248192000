"""Our CloudEvents headers, with the ``cloudevents`` package as the judge."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st

from pq_common.events.bus import Headers
from pq_common.events.cloudevents import Envelope, NotAnEvent, headers_of, message_of, parse

ID = UUID("01936b0e-7c3d-7000-8000-000000000001")
ROW: dict[str, Any] = {
    "event_id": ID,
    "aggregate_id": "ent-42",
    "aggregate_version": 7,
    "topic": "pq.registry.enterprise.events.v1",
    "partition_key": "ent-42",
    "event_type": "pq.registry.enterprise.registered.v1",
    "occurred_at": datetime(2026, 11, 22, 9, 30, 0, 125000, tzinfo=timezone(timedelta(hours=7))),
    "mode": "demo",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "correlation_id": "req-1",
    "causation_id": "evt-1",
    "payload": b'{"enterprise": {"name": "G\\u1ed1m"}}',
}
OPTIONAL = ("ce_correlationid", "ce_causationid", "ce_traceparent")
WITHOUT_CAUSE = parse(headers_of(ROW | {"traceparent": None}))


def changed(**headers: bytes | None) -> Headers:
    found: dict[str, bytes | None] = dict(headers_of(ROW))
    found |= {
        name.replace("content_type", "content-type"): value for name, value in headers.items()
    }
    return tuple((name, value) for name, value in found.items() if value is not None)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"ce_specversion": None}, "specversion"),
        ({"ce_specversion": b"0.3"}, "specversion"),
        ({"content_type": b"application/cloudevents+json; charset=utf-8"}, "structured"),
        ({"ce_type": None}, "ce_type"),
        ({"ce_subject": b"\xff"}, "utf-8"),
        ({"ce_sequence": b"-1"}, "ce_sequence"),
        ({"ce_sequence": b"0"}, "ce_sequence"),
        ({"ce_sequence": b"1_0"}, "ce_sequence"),
        ({"ce_sequence": b"9" * 5000}, "limit"),
        ({"ce_sequence": b"2147483648"}, "ce_sequence"),  # more than a column of versions holds
        ({"ce_mode": b"test"}, "test"),
        ({"ce_mode": None}, "ce_mode"),
        ({"ce_time": b"yesterday"}, "yesterday"),
        ({"ce_time": b"2026-11-22T09:30:00"}, "zone"),
        ({"ce_id": b"not-a-uuid"}, "UUID"),
        ({"ce_id": str(ID).encode() + b"0"}, "UUID"),
        ({"ce_id": None}, "ce_id"),
        ({"ce_traceparent": b"\xff"}, "utf-8"),
    ],
)
def test_headers_that_are_not_ours_are_refused_with_the_reason(
    headers: dict[str, bytes | None], reason: str
) -> None:
    for each in (changed(**headers), changed(**headers)[::-1]):
        with pytest.raises(NotAnEvent) as refused:
            parse(each)
        assert reason in refused.value.message_en


@pytest.mark.parametrize("name", [name for name, _ in headers_of(ROW)])
def test_a_header_without_a_value_never_stops_a_reader(name: str) -> None:
    nulled: Any = tuple((each, None if each == name else value) for each, value in headers_of(ROW))
    for headers in (nulled, nulled[::-1]):
        with suppress(NotAnEvent):
            assert parse(headers)._replace(traceparent=None) == WITHOUT_CAUSE


def test_no_headers_at_all_are_refused() -> None:
    with pytest.raises(NotAnEvent):
        parse(())


def test_the_cloudevents_package_reads_what_we_write() -> None:
    headers = dict(headers_of(ROW))
    event = from_binary(KafkaMessage(headers, b"ent-42", ROW["payload"]), JSONFormat())
    assert event.get_id() == str(ID)
    assert event.get_type() == "pq.registry.enterprise.registered.v1"
    assert event.get_source() == "/pq/registry"
    assert event.get_subject() == "ent-42"
    assert event.get_time() == ROW["occurred_at"]
    assert event.get_datacontenttype() == "application/json"
    assert event.get_dataschema() == "urn:pq:schema:pq.registry.enterprise.registered.v1"
    assert event.get_extension("sequence") == "00000000000000000007"
    assert event.get_extension("mode") == "demo"
    assert event.get_extension("correlationid") == "req-1"
    assert event.get_extension("causationid") == "evt-1"
    assert event.get_extension("traceparent") == ROW["traceparent"]
    assert event.get_data() == json.loads(ROW["payload"])


def test_we_read_what_the_cloudevents_package_writes() -> None:
    theirs = from_binary(KafkaMessage(dict(headers_of(ROW)), None, ROW["payload"]), JSONFormat())
    written = to_binary(theirs, JSONFormat()).headers
    assert written == dict(headers_of(ROW))
    assert parse(tuple(written.items())) == parse(headers_of(ROW))


def test_what_we_write_we_read_again() -> None:
    assert parse(headers_of(ROW)) == Envelope(
        type="pq.registry.enterprise.registered.v1",
        subject="ent-42",
        sequence=7,
        mode="demo",
        time=datetime(2026, 11, 22, 2, 30, 0, 125000, tzinfo=UTC),
        id=str(ID),
        traceparent=ROW["traceparent"],
    )


@given(st.permutations(headers_of(ROW)), st.sets(st.sampled_from(OPTIONAL)))
def test_headers_in_any_order_say_the_same(
    headers: list[tuple[str, bytes]], gone: set[str]
) -> None:
    known = tuple(header for header in headers_of(ROW) if header[0] not in gone)
    said = parse(tuple(header for header in headers if header[0] not in gone))
    assert said == parse(known)
    assert (said.traceparent is None) == ("ce_traceparent" in gone)
    assert said._replace(traceparent=None) == WITHOUT_CAUSE


def test_headers_of_others_are_ignored() -> None:
    assert parse((*headers_of(ROW), ("x-hop", b"\xff"))) == parse(headers_of(ROW))


def test_versions_sort_as_text() -> None:
    texts = [dict(headers_of(ROW | {"aggregate_version": n}))["ce_sequence"] for n in (9, 10, 101)]
    assert texts == sorted(texts)


def test_a_tombstone_keeps_its_key_and_its_headers() -> None:
    message = message_of(ROW | {"payload": None})
    assert (message.key, message.value, message.headers) == (b"ent-42", None, headers_of(ROW))
