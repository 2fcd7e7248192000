"""Tell a database that will answer again from one that never will."""

from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

_TRANSIENT_CLASSES: Final = ("08", "40", "53", "55", "57", "58")
"""Connection, rollback (deadlock, serialization), resources, object in use, shutdown, system."""
DRIVER_ERRORS: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # A connection broke in the middle of its own clean-up, or the server has taken its leave and the end is not yet seen.
    asyncpg.InternalClientError,
)
"""What the driver says in words of its own; beneath SQLAlchemy, and where SQLAlchemy does not translate it."""
FAILURES: Final = (*DRIVER_ERRORS, OSError)
"""How something said on the driver's connection can fail."""
MAY_PASS: Final = (DBAPIError, PoolExhausted, *FAILURES)
"""What to catch before asking ``is_transient``."""


def is_transient(error: BaseException) -> bool:
    """Say whether the same transaction may succeed when tried again."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        state = getattr(error.orig, "sqlstate", None)
        return _lost(error.orig) if state is None else _passes(state)
    if isinstance(error, asyncpg.PostgresError):
        return _passes(error.sqlstate)
    return isinstance(error, MAY_PASS)


def _passes(state: str | None) -> bool:
    return state is not None and state.startswith(_TRANSIENT_CLASSES)


def _lost(original: BaseException | None) -> bool:
    cause = original.__cause__ if original is not None else None
    return isinstance(cause, MAY_PASS)
