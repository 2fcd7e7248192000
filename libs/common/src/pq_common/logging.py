"""Logs as JSON lines with request and trace ids; ours and the libraries' alike."""

import json
import logging
import sys
from collections.abc import MutableMapping
from functools import cache, partial
from typing import Any, Final, TextIO

import structlog
from opentelemetry import trace

from pq_common.codes import PERSONAL_NUMBER


def configure(level: str = "INFO") -> None:
    """Send every record of this process to standard error, one JSON object a line."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendered: list[structlog.typing.Processor] = [
        _tracebacks,
        _mask,
        _trace,  # after masking: an id is digits as well
        structlog.processors.JSONRenderer(serializer=_json),
    ]
    # Ours go straight out: through the library's records and handlers a line costs twice as much.
    structlog.configure(
        processors=[*shared, _name, *rendered],
        logger_factory=cache(partial(_Lines, sys.stderr)),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Alembic announces itself whenever a probe asks whether migrations are current.
    for chatty in ("httpx", "httpcore", "aiokafka", "asyncio", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # The handler of 500 has logged the fault with its trace id already.
    logging.getLogger("uvicorn.error").addFilter(_not_logged_yet)


class _Lines(structlog.WriteLogger):
    """Writes lines to a stream, and knows what the logger is called."""

    def __init__(self, stream: TextIO, name: str = "") -> None:
        super().__init__(stream)
        self.name = name


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, default=repr)


def _json(event: Any, **_: Any) -> str:
    return _ENCODER.encode(event)


def _name(logger: _Lines, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["logger"] = logger.name
    return event


# Never the values of local variables: a frame of ours may hold a person's data.
_tracebacks = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
)


def _not_logged_yet(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Exception in ASGI application")


def _trace(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = f"{context.trace_id:032x}"
        event["span_id"] = f"{context.span_id:016x}"
    return event


def _mask(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {
        key: PERSONAL_NUMBER.sub("[masked]", value) if isinstance(value, str) else _masked(value)
        for key, value in event.items()
    }


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return PERSONAL_NUMBER.sub("[masked]", value)
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    return value
