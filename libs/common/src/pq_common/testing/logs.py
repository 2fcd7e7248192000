"""Logs of a test run: lines for a person, with plain tracebacks.

structlog's own default draws every frame with all its local variables: ten seconds for one refused request.
"""

import logging
from collections.abc import Iterator

import pytest
import structlog


def pytest_configure() -> None:
    """Configure what programs configure in ``__main__``, before any test."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )


@pytest.fixture(autouse=True)
def _logs_go_on() -> Iterator[None]:
    """Undo what a program configured that ran in this process: its stream ends with its test, and later logs would fail."""
    root, server, configured = (
        logging.getLogger(),
        logging.getLogger("uvicorn.error"),
        structlog.get_config(),
    )
    handlers, level, filters = root.handlers, root.level, [*server.filters]
    yield
    structlog.configure(**configured)
    root.handlers, root.level, server.filters = handlers, level, filters
