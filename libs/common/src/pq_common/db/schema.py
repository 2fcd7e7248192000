"""Names of constraints, the type of instants, and the one catalogue of the common tables."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A point in time, aware and in UTC. A naive value is refused: nobody knows what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what carries no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC whatever the session's zone is."""
        if value is None:
            return None
        return value.astimezone(UTC)


def new_metadata() -> MetaData:
    """Return an empty catalogue whose constraints will have predictable names."""
    return MetaData(naming_convention=NAMING)


COMMON = new_metadata()
"""The tables every service has: log, outbox, feed, offsets, parked events, jobs, answers kept."""

ALL = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})


def access(
    *, api: str = "", worker: str = "", placed: str | None = None, also_read: str | None = None
) -> dict[str, Any]:
    """Describe for ``migrate.check`` who may do what: ``api="SELECT INSERT"``, ``api="SELECT(name)"`` of a column.

    ``placed`` is the expression that the policy of the API role uses, if rows belong to places or callers;
    ``also_read`` that of further rows which it reads and never writes.
    """
    return {
        "api": frozenset(api.split()),
        "worker": frozenset(worker.split()),
        "placed": placed,
        "also_read": also_read,
    }
