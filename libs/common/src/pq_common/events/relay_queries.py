"""What the relay asks of the outbox. Only the database's clock decides about leases (``docs/events.md``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg

Shard = int
Epoch = int
Leases = Mapping[Shard, Epoch]

# A relay that dies leaves its leases to run out. The oldest expired go first, so that none starves.
CLAIM: Final = """
UPDATE relay_lease SET owner = $1, epoch = epoch + 1, lease_until = clock_timestamp() + $2
WHERE shard IN (SELECT shard FROM relay_lease WHERE lease_until < clock_timestamp()
                ORDER BY lease_until, shard FOR UPDATE SKIP LOCKED LIMIT $3)
RETURNING shard, epoch
"""
# The owner is compared too: after a crash of the server an epoch given without waiting for disk may be given again.
FENCE: Final = """
UPDATE relay_lease l SET lease_until = clock_timestamp() + $2
FROM unnest($3::smallint[], $4::bigint[]) AS mine (shard, epoch)
WHERE l.shard = mine.shard AND l.epoch = mine.epoch AND l.owner = $1
RETURNING l.shard
"""
# Not a new epoch and not "never": the moment of release keeps the order of claiming fair.
RELEASE: Final = """
UPDATE relay_lease l SET lease_until = clock_timestamp()
FROM unnest($2::smallint[], $3::bigint[]) AS mine (shard, epoch)
WHERE l.shard = mine.shard AND l.epoch = mine.epoch AND l.owner = $1
"""
READ: Final = """
SELECT p.shard, p.seq, p.aggregate_id, e.event_id, e.topic, e.partition_key, e.event_type,
       e.schema_version, e.aggregate_version, e.occurred_at, e.place_id, e.mode, e.traceparent,
       e.correlation_id, e.causation_id, e.payload
FROM unnest($1::smallint[]) AS mine (shard)
CROSS JOIN LATERAL (
    SELECT * FROM outbox_pending q
    WHERE q.shard = mine.shard AND NOT EXISTS (
        SELECT 1 FROM outbox_pending held
        WHERE held.aggregate_id = q.aggregate_id AND held.held_reason IS NOT NULL)
    ORDER BY q.seq LIMIT $2
) p
JOIN event_log e ON e.seq = p.seq AND e.recorded_at = p.recorded_at
ORDER BY p.seq
"""
DELETE: Final = """
DELETE FROM outbox_pending p
USING unnest($2::smallint[], $3::bigint[]) AS sent (shard, seq),
      unnest($4::smallint[], $5::bigint[]) AS mine (shard, epoch), relay_lease l
WHERE p.shard = sent.shard AND p.seq = sent.seq
  AND l.shard = sent.shard AND mine.shard = sent.shard AND l.epoch = mine.epoch AND l.owner = $1
"""
FAILED: Final = """
UPDATE outbox_pending p SET attempts = p.attempts + 1
FROM unnest($1::smallint[], $2::bigint[]) AS failed (shard, seq)
WHERE p.shard = failed.shard AND p.seq = failed.seq
"""
HOLD: Final = "UPDATE outbox_pending SET held_reason = $3 WHERE shard = $1 AND seq = $2"
LET_GO: Final = """
UPDATE outbox_pending SET held_reason = NULL WHERE aggregate_id = $1::text AND held_reason IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """The outbox as one relay sees it."""

    connection: asyncpg.Connection
    owner: str
    lease: timedelta

    async def claim(self, at_most: int) -> dict[Shard, Epoch]:
        """Take shards that nobody holds."""
        rows = await self.connection.fetch(CLAIM, self.owner, self.lease, at_most)
        return {row["shard"]: row["epoch"] for row in rows}

    async def fence(self, leases: Leases) -> set[Shard]:
        """Prolong the leases and return the shards that are still ours."""
        rows = await self.connection.fetch(FENCE, self.owner, self.lease, *_columns(leases))
        return {row["shard"] for row in rows}

    async def release(self, leases: Leases) -> None:
        """Give shards back at once, so that nobody waits for a lease to run out."""
        await self.connection.execute(RELEASE, self.owner, *_columns(leases))

    async def read(self, leases: Leases, per_shard: int) -> list[asyncpg.Record]:
        """Return the first waiting rows of each shard, without those behind a held one."""
        rows: list[asyncpg.Record] = await self.connection.fetch(READ, list(leases), per_shard)
        return rows

    async def delete(self, rows: Sequence[asyncpg.Record], leases: Leases) -> None:
        """Take rows off the queue where the lease is still ours."""
        await self.connection.execute(DELETE, self.owner, *_places(rows), *_columns(leases))

    async def count_failure(self, rows: Sequence[asyncpg.Record]) -> None:
        """Count one more attempt for each row."""
        await self.connection.execute(FAILED, *_places(rows))

    async def hold(self, row: asyncpg.Record, reason: str) -> None:
        """Stop the aggregate of this row until an operator lets it go; other keys flow on."""
        await self.connection.execute(HOLD, row["shard"], row["seq"], reason)


def _columns(leases: Leases) -> tuple[list[Shard], list[Epoch]]:
    return list(leases.keys()), list(leases.values())


def _places(rows: Sequence[asyncpg.Record]) -> tuple[list[int], list[int]]:
    return [row["shard"] for row in rows], [row["seq"] for row in rows]
