"""What happened, written in the transaction that made it happen; the relay sends it later.

``event_log`` is the journal: inserted, never changed. ``outbox_pending`` is the queue to the bus: a row
leaves it only after the bus has acknowledged. ``relay_lease`` says which relay owns which shard.
"""

import zlib
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pq_common import context
from pq_common.contracts.event import Event, EventData, StateData, topic_of
from pq_common.db import signals
from pq_common.db.fixed_sql import flush_and_say
from pq_common.db.schema import COMMON, Instant, access
from pq_common.errors import Invalid

SHARDS: Final = 16
LARGEST_PAYLOAD_BYTES: Final = 256 * 1024

event_log = Table(
    "event_log",
    COMMON,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("recorded_at", Instant, primary_key=True, server_default=text("now()")),
    Column("event_id", Uuid, nullable=False),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Text, nullable=False),
    Column("aggregate_version", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition_key", Text, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("schema_version", SmallInteger, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("place_id", Text),
    Column("mode", Text, nullable=False),
    Column("actor", Text),
    Column("traceparent", Text),
    Column("correlation_id", Text),
    Column("causation_id", Text),
    Column("payload", LargeBinary),
    Index(None, "aggregate_id", "aggregate_version"),
    Index(None, "occurred_at", postgresql_using="brin"),
    info=access(
        api="SELECT INSERT",
        worker="SELECT INSERT",
        placed="((place_id IS NULL) OR pq_in_scope(place_id))",
    ),
    postgresql_partition_by="RANGE (recorded_at)",
)

outbox_pending = Table(
    "outbox_pending",
    COMMON,
    Column("shard", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("recorded_at", Instant, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("aggregate_id", Text, nullable=False),
    Column("aggregate_version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("held_reason", Text),
    UniqueConstraint("topic", "aggregate_id", "aggregate_version"),
    Index(
        "ix_outbox_pending_held", "aggregate_id", postgresql_where=text("held_reason IS NOT NULL")
    ),
    info=access(api="INSERT SELECT(seq) SELECT(held_reason)", worker="SELECT INSERT UPDATE DELETE"),
)

relay_lease = Table(
    "relay_lease",
    COMMON,
    Column("shard", SmallInteger, primary_key=True, autoincrement=False),
    Column("owner", Text),
    Column("epoch", BigInteger, nullable=False, server_default=text("0")),
    Column("lease_until", Instant, nullable=False, server_default=text("'-infinity'")),
    info=access(worker="SELECT UPDATE"),
)

_COLUMNS = """event_id, aggregate_type, aggregate_id, aggregate_version, topic, partition_key, shard,
 event_type, schema_version, occurred_at, place_id, mode, actor, traceparent, correlation_id,
 causation_id, payload"""
_SHARED = """$2::text, $3::text, $4::int, {topic}::text, $3::text, $6::smallint, {type}::text,
 {schema}::smallint, $9::timestamptz, $10::text, $11::text, $12::text, $13::text, $14::text, $15::text,
 {payload}::bytea"""
_EVENT_ROW = "($1::uuid, " + _SHARED.format(topic="$5", type="$7", schema="$8", payload="$16") + ")"
_STATE_ROW = (
    "($17::uuid, " + _SHARED.format(topic="$18", type="$19", schema="$20", payload="$21") + ")"
)


def _statement(rows: str) -> str:
    # One statement, one round trip. VALUES keeps the order, so the event's seq is below its state's.
    return f"""WITH logged AS (
 INSERT INTO event_log ({_COLUMNS}) VALUES {rows}
 RETURNING seq, recorded_at, event_id, topic, aggregate_id, aggregate_version, shard
), queued AS (
 INSERT INTO outbox_pending
  (shard, seq, recorded_at, event_id, topic, aggregate_id, aggregate_version)
 SELECT shard, seq, recorded_at, event_id, topic, aggregate_id, aggregate_version FROM logged
)
INSERT INTO feed_pending (seq, recorded_at) SELECT seq, recorded_at FROM logged WHERE topic = $5"""  # noqa: S608 - fixed text, no input


EMIT_EVENT: Final = _statement(_EVENT_ROW)
EMIT_EVENT_AND_STATE: Final = _statement(f"{_EVENT_ROW}, {_STATE_ROW}")


class EventTooLarge(Invalid):
    """The payload would be refused by the bus, so it is refused here, where the change can still be undone."""

    code = "event_too_large"


def shard_of(key: str) -> int:
    """Return the shard of a partition key; the same in every process (``hash()`` is salted)."""
    return zlib.crc32(key.encode()) % SHARDS


@lru_cache(maxsize=1024)  # asked for every event read
def aggregate_type_of(event_type: str) -> str:
    """Return ``registry.enterprise`` of ``pq.registry.enterprise.registered.v1`` or of its topics."""
    _, service, aggregate, _, _ = event_type.split(".")
    return f"{service}.{aggregate}"


def _payload(data: EventData | StateData) -> bytes:
    payload = data.model_dump_json().encode()
    if len(payload) > LARGEST_PAYLOAD_BYTES:
        raise EventTooLarge(
            f"Sự kiện {data.TYPE} có {len(payload)} byte, nhiều nhất là {LARGEST_PAYLOAD_BYTES}",
            f"{data.TYPE} has {len(payload)} bytes, at most {LARGEST_PAYLOAD_BYTES} are allowed",
        )
    return payload


def _major(event_type: str) -> int:
    return int(event_type.rpartition(".v")[2])


def parameters(happened: Event) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that records this event, and its parameters."""
    kind, cause = happened.data.TYPE, context.current.get()
    values: tuple[Any, ...] = (
        happened.id,
        aggregate_type_of(kind),
        happened.subject,
        happened.version,
        topic_of(kind),
        shard_of(happened.subject),
        kind,
        _major(kind),
        happened.occurred_at,
        happened.place_id,
        happened.mode,
        cause.actor,
        cause.traceparent,
        cause.correlation_id,
        cause.causation_id,
        _payload(happened.data),
    )
    if happened.state is None:
        return EMIT_EVENT, values
    state = happened.state
    more = (uuid7(), topic_of(state.TYPE), state.TYPE, _major(state.TYPE), _payload(state))
    return EMIT_EVENT_AND_STATE, values + more


async def emit(session: AsyncSession, event: Event) -> None:
    """Record that something happened, in the caller's transaction.

    Lock the aggregate and raise its version first: SQLAlchemy flushes unrelated tables by name, so without
    the flush here an event could be numbered before its aggregate is locked, and overtake another.
    """
    statement, values = parameters(event)
    await flush_and_say(session, statement, values)
    signals.after_commit(session)
