"""Traces that survive the bus: the request's traceparent is stored with the event and linked where it is consumed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from pq_common import context

_W3C = TraceContextTextMapPropagator()


@contextmanager
def tracing(service: str, otlp_endpoint: str | None) -> Iterator[None]:
    """Export spans of this process to the collector while entered; with no endpoint, do nothing."""
    if otlp_endpoint is None:
        yield
        return
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: f"pq-{service}"}))
    exporter = OTLPSpanExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


@contextmanager
def consuming(
    name: str, traceparents: Mapping[str, str | None] | list[str | None], **attributes: Any
) -> Iterator[Span]:
    """Span the handling of a batch, linked to the requests that caused its events.

    A link and not a parent: one batch has many causes, and a replay years later is no part of them.
    """
    given = traceparents.values() if isinstance(traceparents, Mapping) else traceparents
    links = [link for link in map(_link, dict.fromkeys(given)) if link is not None]
    tracer = trace.get_tracer("pq_common")
    with tracer.start_as_current_span(
        name, kind=SpanKind.CONSUMER, links=links, attributes=attributes
    ) as span:
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        caused = context.Context(traceparent=carrier.get("traceparent"))
        token = context.current.set(caused)
        try:
            yield span
        finally:
            context.current.reset(token)


def _link(traceparent: str | None) -> Link | None:
    if traceparent is None:
        return None
    extracted = _W3C.extract({"traceparent": traceparent})
    cause = trace.get_current_span(extracted).get_span_context()
    return Link(cause) if cause.is_valid else None
