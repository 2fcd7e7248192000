"""Health by progress: something moved, or nothing is left to do, within a time limit.

A client can be alive and yet never fetch again (aiokafka issues 1154, 847, 625); only progress tells.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.events import metrics

_BACKLOG = """
SELECT count(*) FILTER (WHERE held_reason IS NULL) AS pending,
       count(*) FILTER (WHERE held_reason IS NOT NULL) AS held,
       coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0)::float8 AS oldest_s,
       (SELECT count(*) FROM feed_pending) AS unnumbered
FROM outbox_pending
"""


@dataclass(slots=True)
class Progress:
    """What one loop has reached. It is well while ``within_s`` has not passed since it moved or had nothing to do."""

    within_s: float = 60.0
    clock: Callable[[], float] = time.monotonic
    position: int = -1
    lag: int = 0
    well_at: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.well_at = self.clock()

    def seen(self, position: int, lag: int) -> None:
        """Note where the loop is and how much is left."""
        if position != self.position or lag == 0:
            self.well_at = self.clock()
        self.position, self.lag = position, lag

    @property
    def is_well(self) -> bool:
        """Say whether the loop made progress, or had none to make, recently enough."""
        return self.clock() - self.well_at <= self.within_s


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the outbox and before the feed."""

    pending: int
    held: int
    oldest_s: float
    unnumbered: int


async def backlog(connection: AsyncConnection, database: str) -> Backlog:
    """Count what waits, and tell the metrics."""
    found = Backlog(**(await connection.exec_driver_sql(_BACKLOG)).mappings().one())
    metrics.pending.labels(database).set(found.pending)
    metrics.held.labels(database).set(found.held)
    metrics.oldest_pending_s.labels(database).set(found.oldest_s)
    metrics.unnumbered.labels(database).set(found.unnumbered)
    return found
