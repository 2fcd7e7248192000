"""A trace goes from the request that caused an event to whoever applies the event."""

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from pq_common import context
from pq_common.testing.events import Ledger

TRACE, REQUEST = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


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


async def test_what_nobody_asked_for_is_applied_without_a_span(
    ledger: Ledger, spans: InMemorySpanExporter
) -> None:
    spans.clear()
    await ledger.receive("a", 1)
    await ledger.relay_all()
    await ledger.read_all()
    assert await ledger.totals() == {"a": (1, 1)}
    assert not [span for span in spans.get_finished_spans() if span.kind is SpanKind.CONSUMER]


async def test_applying_is_linked_to_the_request_that_caused_the_event(
    ledger: Ledger, spans: InMemorySpanExporter
) -> None:
    spans.clear()
    caused = context.current.set(context.Context(traceparent=f"00-{TRACE}-{REQUEST}-01"))
    await ledger.receive("a", 1, 2)
    context.current.reset(caused)
    await ledger.receive("a", 3)
    await ledger.relay_all()
    await ledger.read_all()
    assert await ledger.totals() == {"a": (6, 3)}
    [span] = [span for span in spans.get_finished_spans() if span.kind is SpanKind.CONSUMER]
    assert (span.name, dict(span.attributes or {})) == ("apply totals_v1000", {"events": 3})
    [link] = span.links
    assert (f"{link.context.trace_id:032x}", f"{link.context.span_id:016x}") == (TRACE, REQUEST)
