"""How far each projection has read, and which version of each aggregate it holds (``docs/events.md``)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic_core import to_json
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db.schema import COMMON, Instant, access

_WORKER_ONLY = access(api="SELECT", worker="SELECT INSERT UPDATE DELETE")

projection_offset = Table(
    "projection_offset",
    COMMON,
    Column("projection", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
    Column("updated_at", Instant, nullable=False, server_default=text("now()")),
    info=_WORKER_ONLY,
)

projection_version = Table(
    "projection_version",
    COMMON,
    Column("projection", Text, primary_key=True),
    Column("aggregate_type", Text, primary_key=True),
    Column("aggregate_id", Text, primary_key=True),
    Column("last_version", Integer, nullable=False),
    Column("parked", Boolean, nullable=False, server_default=text("false")),
    info=_WORKER_ONLY,
)

projection_gap = Table(
    "projection_gap",
    COMMON,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("projection", Text, nullable=False),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Text, nullable=False),
    Column("expected_version", Integer, nullable=False),
    Column("seen_version", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("noticed_at", Instant, nullable=False, server_default=text("now()")),
    Index(None, "projection", "noticed_at"),
    info=_WORKER_ONLY,
)

active_projection = Table(
    "active_projection",
    COMMON,
    Column("projection", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("previous_version", Integer),
    Column("wanted_version", Integer),
    Column("switched_at", Instant, nullable=False, server_default=text("now()")),
    info=access(api="SELECT UPDATE", worker="SELECT INSERT UPDATE DELETE"),
)

_OPEN: Final = """
INSERT INTO projection_offset (projection, topic, partition, next_offset)
VALUES ($1::text, $2::text, $3::int, 0) ON CONFLICT DO NOTHING
"""
_LOADED: Final = """
SELECT topic, partition, next_offset FROM projection_offset WHERE projection = $1::text
"""
# Locked in one order, so that two readers of the same partitions wait for each other and never for ever.
_ADVANCE: Final = """
WITH mine AS (
    SELECT o.topic, o.partition, m.expected, m.following
    FROM projection_offset o
    JOIN unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[])
        AS m (topic, partition, expected, following) USING (topic, partition)
    WHERE o.projection = $1::text ORDER BY o.topic, o.partition FOR UPDATE OF o
)
UPDATE projection_offset o SET next_offset = mine.following, updated_at = now()
FROM mine
WHERE o.projection = $1::text AND o.topic = mine.topic AND o.partition = mine.partition
  AND o.next_offset = mine.expected
"""
# Names travel as one JSON text: the driver looks at every element of an array, which costs it three times as much.
_VERSIONS: Final = """
SELECT array_agg(aggregate_id), array_agg(last_version), array_agg(aggregate_id) FILTER (WHERE parked)
FROM projection_version
WHERE projection = $1::text AND aggregate_type = $2::text
  AND aggregate_id = ANY (ARRAY(SELECT json_array_elements_text($3::text::json)))
"""
_REMEMBER: Final = """
INSERT INTO projection_version (projection, aggregate_type, aggregate_id, last_version, parked)
SELECT $1::text, $2::text, n.key, n.value::int, $4::boolean FROM json_each_text($3::text::json) AS n
ORDER BY n.key
ON CONFLICT (projection, aggregate_type, aggregate_id)
DO UPDATE SET last_version = excluded.last_version, parked = excluded.parked
"""
_GAPS: Final = """
INSERT INTO projection_gap (projection, aggregate_type, aggregate_id, expected_version, seen_version,
                            topic, partition, position)
SELECT $1::text, n.* FROM unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::int[],
                                 $8::bigint[]) AS n
"""
_HOLD_READERS: Final = """
SELECT count(*) FROM (SELECT 1 FROM projection_offset WHERE projection = $1::text
                      ORDER BY topic, partition FOR UPDATE) held
"""
Place = tuple[str, int]
Key = tuple[str, str]
"""Aggregate type and aggregate id."""


@dataclass(slots=True)
class Held:
    """What a projection holds of the aggregates of one type: their versions, and which of them are parked."""

    versions: dict[str, int] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Gap:
    """A version that should have come before the one that was seen."""

    key: Key
    expected: int
    seen: int
    place: Place
    position: int


async def open_at(connection: AsyncConnection, projection: str, place: Place) -> int:
    """Return where the projection goes on in this partition; from the oldest when it was never there."""
    await connection.exec_driver_sql(_OPEN, (projection, *place))
    return (await loaded(connection, projection))[place]


async def loaded(connection: AsyncConnection, projection: str) -> dict[Place, int]:
    """Return the next offset of every partition the projection has opened."""
    rows = await connection.exec_driver_sql(_LOADED, (projection,))
    return {(row.topic, row.partition): row.next_offset for row in rows}


async def advance(
    connection: AsyncConnection, projection: str, moves: Mapping[Place, tuple[int, int]]
) -> bool:
    """Move each partition from the offset that was loaded to the next one; False when another reader was here."""
    moved = await connection.exec_driver_sql(
        _ADVANCE,
        (
            projection,
            [topic for topic, _ in moves],
            [partition for _, partition in moves],
            [expected for expected, _ in moves.values()],
            [following for _, following in moves.values()],
        ),
    )
    return moved.rowcount == len(moves)


async def held_of(
    connection: AsyncConnection, projection: str, aggregate_type: str, ids: Collection[str]
) -> Held:
    """Return what is held of these aggregates; those never seen are absent."""
    wanted = to_json(list(ids)).decode()
    found = await connection.exec_driver_sql(_VERSIONS, (projection, aggregate_type, wanted))
    names, versions, parked = tuple(found.one())
    return Held(dict(zip(names or (), versions or (), strict=True)), set(parked or ()))


async def remember(
    connection: AsyncConnection, projection: str, aggregate_type: str, held: Held
) -> None:
    """Write what is held now."""
    flowing = held.versions
    if held.parked:
        flowing = {name: n for name, n in flowing.items() if name not in held.parked}
    standing = {name: held.versions.get(name, 0) for name in held.parked}
    for versions, parked in ((flowing, False), (standing, True)):
        if versions:
            said = to_json(versions).decode()
            row = (projection, aggregate_type, said, parked)
            await connection.exec_driver_sql(_REMEMBER, row)


async def record_gaps(connection: AsyncConnection, projection: str, gaps: Sequence[Gap]) -> None:
    """Write down the versions that never came: an alarm, not a stop."""
    if gaps:
        columns = (
            [gap.key[0] for gap in gaps],
            [gap.key[1] for gap in gaps],
            [gap.expected for gap in gaps],
            [gap.seen for gap in gaps],
            [gap.place[0] for gap in gaps],
            [gap.place[1] for gap in gaps],
            [gap.position for gap in gaps],
        )
        await connection.exec_driver_sql(_GAPS, (projection, *columns))


async def hold_readers(connection: AsyncConnection, projection: str) -> None:
    """Keep every reader of the projection waiting until this transaction ends."""
    await connection.exec_driver_sql(_HOLD_READERS, (projection,))
