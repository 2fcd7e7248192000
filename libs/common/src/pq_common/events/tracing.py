"""Traces that cross the bus: applying a batch is linked to the requests that caused its events."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import Final

from opentelemetry import trace

from pq_common.events.incoming import Incoming
from pq_common.telemetry import consuming

MOST_LINKS: Final = 128
"""What a span keeps; to read more of a batch's causes would be for nothing."""
_NOWHERE: Final = nullcontext()
_NO_PROVIDER: Final = (trace.ProxyTracerProvider, trace.NoOpTracerProvider)


def applying(projection: str, events: Sequence[Incoming]) -> AbstractContextManager[object]:
    """Span what is done with these events; cost nothing where spans go nowhere, or where nothing caused them."""
    if isinstance(trace.get_tracer_provider(), _NO_PROVIDER):
        return _NOWHERE
    causes = dict.fromkeys(event.traceparent for event in events if event.traceparent is not None)
    if not causes:
        return _NOWHERE
    linked: list[str | None] = list(islice(causes, MOST_LINKS))
    return consuming(f"apply {projection}", linked, events=len(events))
