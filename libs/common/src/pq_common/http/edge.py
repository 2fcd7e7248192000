"""The outermost layer: names the request, bounds and inspects the body, and writes down how it went."""

import re
import time
from collections.abc import Iterable, Mapping
from typing import Final

import structlog
from fastapi import Request
from opentelemetry import trace
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from pq_common import context
from pq_common.errors import PqError
from pq_common.http import bodies, metrics
from pq_common.http.admission import RATE
from pq_common.http.problems import mask, problem, with_faults
from pq_common.http.refusals import BodyTooLarge
from pq_common.http.routes import RouteBook
from pq_common.http.trace import REQUEST_ID, sent, trace_id, traceparent
from pq_common.settings import CommonSettings

CLIENT_GONE: Final = 499
"""In log and metrics, for a caller who left before the whole request had come; no answer is sent."""
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"cache-control",
        b"private, no-cache",
    ),  # keep it if you like, ask with If-None-Match each time
)
log = structlog.get_logger("pq.http")
PROBES = ("/healthz", "/readyz", "/metrics")


class Edge:
    """ASGI middleware around one service's application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        settings: CommonSettings,
        routes: RouteBook,
        body_limits: Mapping[str, int],
    ) -> None:
        self._app = app
        self._service = service
        self._settings = settings
        self._routes = routes
        self._body_limits = body_limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; everything that is not HTTP passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        scope[REQUEST_ID] = exchange.request_id
        _hide_query(scope)
        token = context.current.set(
            context.Context(correlation_id=exchange.request_id, traceparent=traceparent(scope))
        )
        bound = structlog.contextvars.bind_contextvars(
            service=self._service, request_id=exchange.request_id, trace_id=trace_id(scope)
        )
        try:
            await self._serve(scope, receive, exchange)
        finally:
            context.current.reset(token)
            self._record(scope, exchange)
            structlog.contextvars.reset_contextvars(**bound)

    async def _serve(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        refusal: PqError | None = _unstorable_target(scope)
        if refusal is None:
            try:
                body, refusal = await self._body(scope, receive)
            except ClientDisconnect:
                exchange.status = CLIENT_GONE
                return
        if refusal is not None:
            await problem(Request(scope), refusal)(scope, receive, exchange.send)
            return
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
            exchange.scope = scope
        await self._app(scope, replay(body, receive), exchange.send)

    async def _body(self, scope: Scope, receive: Receive) -> tuple[bytes, PqError | None]:
        if scope["method"] in ("GET", "HEAD"):
            return b"", None
        limit = self._limit(scope["path"])
        announced = sent(scope, b"content-length")
        if announced.isdecimal() and int(announced) > limit:
            return b"", _too_large(limit)
        chunks, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                # What came is not what was sent: half a table reads as a whole one. The server counts the bytes
                # that were announced, and says this when fewer came; more than that are another request.
                raise ClientDisconnect
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > limit:
                return b"", _too_large(limit)
            more = message.get("more_body", False)
        body = b"".join(chunks)
        is_json = "json" in sent(scope, b"content-type") and not scope["path"].endswith("/imports")
        if not is_json:
            return body, None
        once = not any(scope["path"].startswith(start) for start in self._body_limits)
        return body, bodies.inspect(body, max_depth=self._settings.max_json_depth, once=once)

    def _limit(self, path: str) -> int:
        if path.endswith("/imports"):
            return self._settings.max_import_bytes
        own = (limit for start, limit in self._body_limits.items() if path.startswith(start))
        return next(own, self._settings.max_body_bytes)

    def _record(self, scope: Scope, exchange: "_Exchange") -> None:
        seconds = time.perf_counter() - exchange.started
        operation = self._routes.of(exchange.scope.get("endpoint"))
        route = operation.path if operation else "(none)"
        metrics.REQUESTS.labels(
            self._service, scope["method"], route, str(exchange.status)
        ).observe(seconds)
        # Whoever asks every few seconds whether we live is worth a line only when we do not.
        say = log.debug if exchange.status < 400 and route.endswith(PROBES) else log.info
        # The route's template, never the path or the query: those may hold a person's code.
        say(
            "request",
            method=scope["method"],
            route=route,
            status=exchange.status,
            duration_ms=round(seconds * 1000, 1),
        )


class _Exchange:
    """What is known of one request and its answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        given = sent(scope, b"x-request-id")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid7())
        self.scope = scope
        self.head = scope["method"] == "HEAD"
        self.status = 500
        self.started = time.perf_counter()
        self._send = send

    async def send(self, message: Message) -> None:
        """Add the headers that every answer has; send no body to a HEAD."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._completed(message.get("headers", ()))
        elif self.head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _completed(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        ours = [(b"x-request-id", self.request_id.encode())]
        verdict = self.scope.get(RATE)
        if verdict is not None:
            ours += verdict.headers()
        replaced = {name for name, _ in ours}
        made = [pair for pair in headers if pair[0].lower() not in replaced]
        there = {name.lower() for name, _ in made}
        return made + ours + [pair for pair in _HEADERS if pair[0] not in there]


def replay(body: bytes, receive: Receive) -> Receive:
    """Return what gives this body once more, and then what comes after it."""
    pending = True

    async def replayed() -> Message:
        nonlocal pending
        if pending:
            pending = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replayed


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"Nội dung lớn hơn {limit:,} byte: hãy chia nhỏ.",
        f"The body is larger than {limit:,} bytes: split it.",
        limit_bytes=limit,
    )


def _unstorable_target(scope: Scope) -> PqError | None:
    if bodies.unstorable(scope["path"]):
        return with_faults(bodies.TextUnstorable, [bodies.fault_of("#path")])
    query: bytes = scope.get("query_string", b"")
    if b"%00" in query or b"\x00" in query:
        return with_faults(bodies.TextUnstorable, [bodies.fault_of("#query")])
    return None


def _hide_query(scope: Scope) -> None:
    # FastAPI's own span carries path and query as sent; a search by tax code has no business there.
    span = trace.get_current_span()
    if span.is_recording():
        span.set_attribute("url.path", mask(scope["path"]))
        if scope.get("query_string"):
            span.set_attribute("url.query", "REDACTED")
