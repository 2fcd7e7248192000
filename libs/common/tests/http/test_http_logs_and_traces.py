"""What is written down about a request: enough to follow it, nothing about a person."""

import io
import json
import logging
import uuid
from typing import Any

import asyncpg
import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind

from pq_common import context
from pq_common.db.session import connect_args
from pq_common.logging import configure
from pq_common.telemetry import consuming
from pq_common.testing.api import command
from pq_common.testing.fixtures import run_apart

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Logs of this process as they go out."""
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    configure("INFO")
    return out


def clear(lines: io.StringIO) -> None:
    lines.seek(0)
    lines.truncate()


def said(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


async def test_a_request_is_one_line_without_path_or_query(
    lines: io.StringIO, stranger: httpx.AsyncClient
) -> None:
    clear(lines)
    response = await stranger.get(
        "/common/v1/words?cursor=012345678901",
        headers={"traceparent": PARENT, "X-Request-Id": "their-own-id"},
    )
    [line] = [entry for entry in said(lines) if entry["event"] == "request"]
    assert line["route"] == "/common/v1/words"
    assert (line["request_id"], response.headers["x-request-id"]) == (
        "their-own-id",
        "their-own-id",
    )
    assert line["trace_id"] == PARENT[3:35] == response.json()["trace_id"]
    assert line["status"] == 422
    assert "012345678901" not in lines.getvalue()


async def test_a_fault_is_logged_once_with_its_trace_and_without_values(lines, stranger) -> None:
    clear(lines)
    response = await stranger.get("/common/v1/faults/boom")
    [fault] = [entry for entry in said(lines) if entry["event"] == "request_failed"]
    assert fault["trace_id"] == response.json()["trace_id"]
    assert fault["request_id"] == response.headers["x-request-id"]
    assert fault["exception"][0]["exc_type"] == "RuntimeError"
    assert "012345678901" not in lines.getvalue()
    assert '"locals"' not in lines.getvalue()


async def test_records_of_libraries_are_json_too(lines: io.StringIO) -> None:
    clear(lines)
    logging.getLogger("alembic").warning("from elsewhere %s", "012345678901")
    assert [entry["event"] for entry in said(lines)] == ["from elsewhere [masked]"]


async def test_ids_that_are_digits_throughout_are_told_whole_and_persons_are_not(
    lines: io.StringIO,
) -> None:
    clear(lines)
    digits = NonRecordingSpan(
        SpanContext(int("0a123456789012b0" * 2, 16), int("a123456789012b00", 16), is_remote=False)
    )
    with trace.use_span(digits):
        logging.getLogger("alembic").warning(
            "job 01a2b3c4-0000-7000-8000-123456789012 of 012345678901"
        )
    [line] = said(lines)
    assert line["event"] == "job 01a2b3c4-0000-7000-8000-123456789012 of [masked]"
    assert (line["trace_id"], line["span_id"]) == ("0a123456789012b0" * 2, "a123456789012b00")


async def test_a_request_id_that_is_no_name_is_replaced(stranger: httpx.AsyncClient) -> None:
    response = await stranger.get("/common/v1/words", headers={"X-Request-Id": 'x"} {'})
    assert uuid.UUID(response.headers["x-request-id"])


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    """Every span of this module; a provider can be set once in a process."""
    exporter = InMemorySpanExporter()
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


async def test_the_trace_crosses_the_bus(
    officer, a_note, urls, spans: InMemorySpanExporter
) -> None:
    spans.clear()
    await officer.post(
        "/common/v1/notes?", json=a_note(), headers={"traceparent": PARENT, **command()}
    )
    [served] = [span for span in spans.get_finished_spans() if span.kind is SpanKind.SERVER]
    assert f"{served.context.trace_id:032x}" == PARENT[3:35]
    [stored] = rows(urls.worker, "SELECT traceparent, actor, correlation_id FROM event_log")
    assert stored["traceparent"] == f"00-{PARENT[3:35]}-{served.context.span_id:016x}-01"
    assert stored["actor"].startswith("dev:province-officer")
    with consuming("apply notes", [stored["traceparent"], None]) as span:
        caused = context.current.get().traceparent
    assert isinstance(span, ReadableSpan)
    [link] = span.links
    assert link.context.span_id == served.context.span_id
    assert caused is not None
    assert caused[3:35] == f"{span.get_span_context().trace_id:032x}"
    assert context.current.get() == context.NOBODY


async def test_a_span_holds_neither_query_nor_personal_code(
    stranger, spans: InMemorySpanExporter
) -> None:
    spans.clear()
    await stranger.get("/common/v1/notes/012345678901?cursor=012345678901")
    attributes = [dict(span.attributes or {}) for span in spans.get_finished_spans()]
    assert attributes
    assert "012345678901" not in str(attributes)


async def test_probes_leave_no_span(stranger, spans: InMemorySpanExporter) -> None:
    spans.clear()
    await stranger.get("/common/healthz")
    assert spans.get_finished_spans() == ()


async def test_a_probe_that_is_answered_well_leaves_no_line_and_a_missing_page_does(
    stranger, lines: io.StringIO
) -> None:
    clear(lines)
    await stranger.get("/common/healthz")
    await stranger.get("/common/readyz")
    assert lines.getvalue() == ""
    await stranger.get("/common/nowhere")
    assert '"status": 404' in lines.getvalue()


def rows(url, query):
    return run_apart(_fetch(url, query))


async def _fetch(url, query):
    connection = await asyncpg.connect(**connect_args(url))
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()
