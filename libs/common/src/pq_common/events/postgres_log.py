"""The tables and statements of the log on PostgreSQL, and how headers lie in a column."""

from collections.abc import Iterator
from struct import Struct

from pq_common.events.bus import Headers

# Publishers change bus_partition for every batch: half-empty pages let those changes stay in place.
INSTALL = """
SELECT pg_advisory_xact_lock(hashtext('pq bus install'));
CREATE TABLE IF NOT EXISTS bus_topic (
    topic text PRIMARY KEY,
    partitions integer NOT NULL CHECK (partitions > 0),
    is_compact boolean NOT NULL,
    retention interval
);
CREATE TABLE IF NOT EXISTS bus_partition (
    topic text NOT NULL REFERENCES bus_topic,
    partition integer NOT NULL,
    first_position bigint NOT NULL DEFAULT 0,
    next_position bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition),
    CHECK (first_position BETWEEN 0 AND next_position)
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS bus_log (
    topic text NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    key bytea NOT NULL,
    headers bytea NOT NULL,
    value bytea,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (topic, partition, position)
);
"""

DECLARE_TOPIC = """
INSERT INTO bus_topic (topic, partitions, is_compact, retention)
VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""

DECLARE_PARTITIONS = """
INSERT INTO bus_partition (topic, partition)
SELECT topic, generate_series(0, partitions - 1) FROM bus_topic WHERE topic = $1
ON CONFLICT DO NOTHING
"""

TOPICS = "SELECT topic, partitions FROM bus_topic"

# Locks are taken in one order by everybody, so publishers wait for one another and never in a circle.
# The lock is held until commit: positions are given in commit order and without gaps, and that is
# what lets a reader follow a plain cursor.
LOCK = """
SELECT p.topic, p.partition, p.next_position
FROM bus_partition p JOIN unnest($1::text[], $2::int[]) AS wanted (topic, partition)
  ON p.topic = wanted.topic AND p.partition = wanted.partition
ORDER BY p.topic, p.partition FOR UPDATE OF p
"""

APPEND = """
WITH moved AS (
    UPDATE bus_partition p SET next_position = p.next_position + added.n
    FROM unnest($1::text[], $2::int[], $3::bigint[]) AS added (topic, partition, n)
    WHERE p.topic = added.topic AND p.partition = added.partition
)
INSERT INTO bus_log (topic, partition, position, key, headers, value, recorded_at)
SELECT topic, partition, position, key, headers, value, clock_timestamp()
FROM unnest($4::text[], $5::int[], $6::bigint[], $7::bytea[], $8::bytea[], $9::bytea[])
  AS m (topic, partition, position, key, headers, value)
"""

HEADS = """
SELECT topic, partition, first_position, next_position FROM bus_partition WHERE topic = ANY($1::text[])
"""

READ = """
SELECT l.topic, l.partition, l.position, l.key, l.headers, l.value, l.recorded_at
FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) AS wanted (topic, partition, first, n)
CROSS JOIN LATERAL (
    SELECT * FROM bus_log b
    WHERE b.topic = wanted.topic AND b.partition = wanted.partition AND b.position >= wanted.first
    ORDER BY b.position LIMIT wanted.n
) l
"""

SWEEP_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('pq bus sweep'))"

# What is too old leaves from the front of a partition only, so what remains has no hole.
FORGET_OLD = """
WITH kept AS (
    SELECT p.topic, p.partition, coalesce(
        (SELECT min(l.position) FROM bus_log l
         WHERE l.topic = p.topic AND l.partition = p.partition AND l.recorded_at >= $1::timestamptz - t.retention),
        p.next_position) AS first_position
    FROM bus_partition p JOIN bus_topic t USING (topic) WHERE t.retention IS NOT NULL
), moved AS (
    UPDATE bus_partition p SET first_position = k.first_position FROM kept k
    WHERE p.topic = k.topic AND p.partition = k.partition AND p.first_position < k.first_position
)
DELETE FROM bus_log l USING kept k
WHERE l.topic = k.topic AND l.partition = k.partition AND l.position < k.first_position
"""

COMPACT = """
DELETE FROM bus_log old USING bus_topic t
WHERE t.topic = old.topic AND t.is_compact AND old.recorded_at < $1
  AND EXISTS (SELECT FROM bus_log later WHERE later.topic = old.topic AND later.partition = old.partition
              AND later.key = old.key AND later.position > old.position)
"""

_LENGTHS = Struct("<HI")


def pack(headers: Headers) -> bytes:
    """Lay headers one after the other, each behind the lengths of its name and its value."""
    parts: list[bytes] = []
    for name, value in headers:
        raw = name.encode()
        parts += (_LENGTHS.pack(len(raw), len(value)), raw, value)
    return b"".join(parts)


def unpack(packed: bytes) -> Headers:
    """Return the headers as they were packed, to the byte."""
    return tuple(_each(packed))


def _each(packed: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(packed):
        name_length, value_length = _LENGTHS.unpack_from(packed, at)
        name_at = at + _LENGTHS.size
        value_at = name_at + name_length
        at = value_at + value_length
        yield packed[name_at:value_at].decode(), packed[value_at:at]
