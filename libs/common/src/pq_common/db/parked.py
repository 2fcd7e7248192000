"""Events that a projection could not read, kept in order per key until an operator replays them."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db.schema import COMMON, Instant, access

parked_event = Table(
    "parked_event",
    COMMON,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("projection", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("value", LargeBinary),
    Column("reason", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("parked_at", Instant, nullable=False, server_default=text("now()")),
    Column("replayed_at", Instant),
    UniqueConstraint("projection", "topic", "partition", "position"),
    Index(None, "projection", "aggregate_type", "aggregate_id", "id"),
    # The API counts them and reads none: what they carry belongs to places.
    info=access(api="SELECT(projection) SELECT(replayed_at)", worker="SELECT INSERT UPDATE DELETE"),
)

# Ids follow the order of the batch, and so the order of each key. What is read again and refused again waits again,
# under its old id: else its key would stand with nothing to replay.
_ADD: Final = """
INSERT INTO parked_event (projection, topic, partition, position, aggregate_type, aggregate_id, key,
                          headers, value, reason, recorded_at)
SELECT $1::text, n.topic, n.partition, n.position, n.aggregate_type, n.aggregate_id, n.key,
       n.headers, n.value, n.reason, n.recorded_at
FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::bytea[], $8::text[]::jsonb[],
            $9::bytea[], $10::text[], $11::timestamptz[])
    WITH ORDINALITY AS n (topic, partition, position, aggregate_type, aggregate_id, key, headers, value,
                          reason, recorded_at, turn)
ORDER BY n.turn
ON CONFLICT (projection, topic, partition, position)
DO UPDATE SET reason = excluded.reason, replayed_at = NULL
"""
_WAITING: Final = """
SELECT id, topic, partition, position, key, headers::text AS headers, value, reason, recorded_at
FROM parked_event
WHERE projection = $1::text AND aggregate_type = $2::text AND aggregate_id = $3::text
  AND replayed_at IS NULL
ORDER BY id FOR UPDATE
"""
_DONE: Final = "UPDATE parked_event SET replayed_at = now() WHERE id = ANY ($1::bigint[])"
_COUNT: Final = """
SELECT count(*) FROM parked_event WHERE projection = $1::text AND replayed_at IS NULL
"""


_NUL: Final = "\u0100"  # no byte of Latin-1


class Parking(NamedTuple):
    """One message on its way into the park. ``headers`` is JSON text: pairs of name and value."""

    topic: str
    partition: int
    position: int
    aggregate_type: str
    aggregate_id: str
    key: bytes
    headers: str
    value: bytes | None
    reason: str
    recorded_at: datetime


def headers_text(headers: Iterable[tuple[str, bytes]]) -> str:
    """Return headers as JSON that PostgreSQL keeps: bytes as Latin-1, and a NUL, which it refuses, as U+0100."""
    return json.dumps(
        [
            [name.replace("\0", "\\0"), value.decode("latin-1").replace("\0", _NUL)]
            for name, value in headers
        ]
    )


def headers_of(text: str) -> tuple[tuple[str, bytes], ...]:
    """Return the headers that were parked, byte for byte."""
    return tuple(
        (name, value.replace(_NUL, "\0").encode("latin-1")) for name, value in json.loads(text)
    )


async def add(connection: AsyncConnection, projection: str, parkings: Sequence[Parking]) -> None:
    """Park these messages, in this order, in the transaction that moves the offset."""
    if parkings:
        columns = [list(column) for column in zip(*parkings, strict=True)]
        await connection.exec_driver_sql(_ADD, (projection, *columns))


async def waiting(
    connection: AsyncConnection, projection: str, aggregate_type: str, aggregate_id: str
) -> Sequence[Any]:
    """Return the parked messages of one key, oldest first, locked."""
    rows = await connection.exec_driver_sql(_WAITING, (projection, aggregate_type, aggregate_id))
    return rows.all()


async def done(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Mark messages as replayed; they stay as the record of what happened."""
    await connection.exec_driver_sql(_DONE, (list(ids),))


async def count(connection: AsyncConnection, projection: str) -> int:
    """Return how many messages wait in the park."""
    return int((await connection.exec_driver_sql(_COUNT, (projection,))).scalar_one())
