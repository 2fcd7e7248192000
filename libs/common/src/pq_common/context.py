"""Who acts, and because of what: carried beside the call, written beside every event."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """The cause of a change. ``traceparent`` follows W3C Trace Context."""

    actor: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None


NOBODY = Context()
current: ContextVar[Context] = ContextVar("pq_context", default=NOBODY)
