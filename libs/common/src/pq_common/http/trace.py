"""The trace a request belongs to: the current span's, else the caller's, else a new one; every log line and problem has it."""

import re
import secrets
from collections.abc import MutableMapping
from typing import Any

from opentelemetry import trace

Scope = MutableMapping[str, Any]

_KEY = "pq.traceparent"
REQUEST_ID = "pq.request_id"  # in the ASGI scope, for handlers outside of the edge
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


def traceparent(scope: Scope) -> str:
    """Return the W3C traceparent of this request, the same one however often it is asked for."""
    if _KEY not in scope:
        scope[_KEY] = _of_span() or _of_caller(scope) or _new()
    found: str = scope[_KEY]
    return found


def sent(scope: Scope, name: bytes) -> str:
    """Return a header as it was sent, its name in lower case; empty when it was not."""
    return next((value.decode("latin-1") for each, value in scope["headers"] if each == name), "")


def trace_id(scope: Scope) -> str:
    """Return the 32 hexadecimal digits that name the trace."""
    return traceparent(scope)[3:35]


def _of_span() -> str | None:
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


def _of_caller(scope: Scope) -> str | None:
    found = _TRACEPARENT.fullmatch(sent(scope, b"traceparent"))
    if found is None or set(found[1]) == {"0"} or set(found[2]) == {"0"}:
        return None
    # A span of our own: we do not record it, yet what we send on must not claim to be the caller.
    return f"00-{found[1]}-{secrets.token_hex(8)}-{found[3]}"


def _new() -> str:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
