"""Replay a parked key in order after the fix; other keys and readers wait only while it lasts."""

from collections.abc import Collection
from typing import Any

from pq_common.db import offsets, parked
from pq_common.db.offsets import Held, Key
from pq_common.db.session import Database
from pq_common.errors import NotFound
from pq_common.events.bus import Received
from pq_common.events.incoming import read
from pq_common.events.projection import Projection, transaction


async def replay(
    database: Database, projection: Projection, key: Key, *, skip: Collection[int] = ()
) -> int:
    """Apply what is parked of one key, oldest first, and let the key flow again; all or nothing.

    ``skip`` names ids in the park that the operator gives up; they stay there as the record.
    Raises NotFound, or what ``apply`` raises: then everything stays parked.
    """
    async with transaction(database, projection) as connection:
        await offsets.hold_readers(connection, projection.id)
        rows = await parked.waiting(connection, projection.id, *key)
        if not rows:
            raise NotFound(f"Không có sự kiện chờ của {key}", f"Nothing is parked of {key}")
        aggregate_type, aggregate_id = key
        before = await offsets.held_of(connection, projection.id, aggregate_type, [aggregate_id])
        version = before.versions.get(aggregate_id, 0)
        fresh = []
        for row in rows:
            event = None if row.id in skip else read(_received(row))
            if event is not None and event.version > version:
                fresh.append(event)
                version = event.version
        if fresh:
            await projection.apply(connection, fresh)
        after = Held({aggregate_id: version})
        await offsets.remember(connection, projection.id, aggregate_type, after)
        await parked.done(connection, [row.id for row in rows])
    return len(fresh)


def _received(row: Any) -> Received:
    said = parked.headers_of(row.headers)
    return Received(
        row.topic, row.key, row.value, said, row.partition, row.position, row.recorded_at
    )
