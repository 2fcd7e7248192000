"""The events that are measured with: enterprises registered and then changed, as the registry tells them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
from uuid_utils.compat import uuid7

from pq_common.contracts.event import topic_of
from pq_common.contracts.registry import (
    Enterprise,
    EnterpriseChanged,
    EnterpriseRegistered,
    EnterpriseState,
    Industry,
)
from pq_common.db.outbox import aggregate_type_of, shard_of
from pq_common.events.bus import Message
from pq_common.events.cloudevents import message_of

EVENTS = topic_of(EnterpriseRegistered.TYPE)
STATES = topic_of(EnterpriseState.TYPE)
VERSIONS = 4
"""Of each enterprise: registered once, changed three times."""

_COLUMNS = (
    "event_id", "aggregate_type", "aggregate_id", "aggregate_version", "topic", "partition_key",
    "shard", "event_type", "schema_version", "occurred_at", "place_id", "mode", "actor",
    "traceparent", "correlation_id", "payload",
)  # fmt: skip


def enterprise(number: int, enterprise_id: str) -> Enterprise:
    """Return an enterprise like those of the demonstration year."""
    return Enterprise(
        enterprise_id=enterprise_id,
        tax_code=f"{number:010d}",
        name=f"Doanh nghiệp minh họa {number:05d} (Hưng Yên)",
        legal_form="TNHH1",
        place_id="vn-33-2025",
        status="ACTIVE",
        main_industry=Industry(version="VSIC2018", code="10"),
        size_class="small",
        is_synthetic=True,
        valid_from=date(2025, 8, 1),
    )


def rows(count: int, *, states: bool) -> Iterator[dict[str, Any]]:
    """Yield ``count`` rows of ``event_log``, all first versions first; with ``states`` every second one is a state."""
    per_version = count // VERSIONS // (2 if states else 1)
    ids = [str(uuid7()) for _ in range(per_version)]
    began = datetime(2026, 11, 1, tzinfo=UTC)
    for version in range(1, VERSIONS + 1):
        for number, enterprise_id in enumerate(ids):
            what = enterprise(number, enterprise_id)
            at = began + timedelta(days=version, milliseconds=number)
            happened: Any = (
                EnterpriseRegistered(enterprise=what)
                if version == 1
                else EnterpriseChanged(enterprise=what, changed=("name",))
            )
            yield _row(happened, enterprise_id, version, at)
            if states:
                yield _row(EnterpriseState(enterprise=what), enterprise_id, version, at)


def _row(data: Any, subject: str, version: int, at: datetime) -> dict[str, Any]:
    correlation = uuid7()
    return {
        "event_id": uuid7(),
        "aggregate_type": aggregate_type_of(data.TYPE),
        "aggregate_id": subject,
        "aggregate_version": version,
        "topic": topic_of(data.TYPE),
        "partition_key": subject,
        "shard": shard_of(subject),
        "event_type": data.TYPE,
        "schema_version": 1,
        "occurred_at": at,
        "place_id": "vn-33-2025",
        "mode": "demo",
        "actor": "dev:province-officer:vn-33-2025",
        "traceparent": f"00-{correlation.hex}-{correlation.hex[:16]}-01",
        "correlation_id": str(correlation),
        "causation_id": None,
        "payload": data.model_dump_json().encode(),
    }


def messages(count: int, *, states: bool) -> list[Message]:
    """Return the same rows as they travel."""
    return [message_of(row) for row in rows(count, states=states)]


async def fill(connection: asyncpg.Connection, count: int) -> tuple[list[Message], range]:
    """Write rows to ``event_log``; return what should travel and the rows' range of ``seq``."""
    made = list(rows(count, states=True))
    records = [[row[name] for name in _COLUMNS] for row in made]
    await connection.copy_records_to_table("event_log", records=records, columns=_COLUMNS)
    first, last = await connection.fetchrow("SELECT min(seq), max(seq) FROM event_log")
    return [message_of(row) for row in made], range(first, last + 1)
