"""Questions that an operator asks of the journal and of the projections; all answers come from one reading."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from uuid_utils.compat import uuid7

from pq_common.db.parked import parked_event
from pq_common.db.work import job

REPLAY = "projection.replay"
RELEASE = "outbox.release"

# A version that is missing or doubled shows as count, distinct count and span not agreeing.
_JOURNAL = text("""
WITH per_aggregate AS (
    SELECT count(*) AS events, count(DISTINCT aggregate_version) AS versions,
           min(aggregate_version) AS first, max(aggregate_version) AS last
    FROM event_log WHERE topic LIKE '%.events.v%' GROUP BY topic, aggregate_id
)
SELECT coalesce(sum(events), 0)::bigint AS events,
       count(*) AS aggregates,
       count(*) FILTER (WHERE first <> 1 OR versions <> last OR events <> versions) AS version_gaps,
       (SELECT count(*) FROM event_log l WHERE l.topic LIKE '%.events.v%'
           AND NOT EXISTS (SELECT 1 FROM feed f WHERE f.seq = l.seq)) AS unnumbered,
       (SELECT count(*) FROM event_log l WHERE l.topic LIKE '%.events.v%'
           AND l.recorded_at < now() - interval '1 minute'
           AND NOT EXISTS (SELECT 1 FROM feed f WHERE f.seq = l.seq)) AS overdue,
       (SELECT count(*) FROM outbox_pending WHERE held_reason IS NULL) AS unsent,
       (SELECT count(*) FROM outbox_pending p JOIN event_log l ON l.seq = p.seq
           WHERE p.held_reason IS NULL
           AND l.recorded_at < now() - interval '1 minute') AS unsent_overdue,
       (SELECT coalesce(max(position), 0) FROM feed) AS feed_position,
       (SELECT coalesce(max(position), 0) - count(*) FROM feed) AS feed_gaps
FROM per_aggregate
""")

_PROJECTIONS = text("""
SELECT a.projection AS name, a.version AS version, a.wanted_version AS wanted_version,
       (SELECT coalesce(sum(o.next_offset), 0)::bigint FROM projection_offset o
           WHERE o.projection = n.full_name) AS read,
       (SELECT max(o.updated_at) FROM projection_offset o WHERE o.projection = n.full_name) AS updated_at,
       (SELECT count(*) FROM projection_version v WHERE v.projection = n.full_name) AS keys,
       (SELECT count(*) FROM projection_gap g WHERE g.projection = n.full_name) AS gaps,
       (SELECT count(*) FROM parked_event p
           WHERE p.projection = n.full_name AND p.replayed_at IS NULL) AS parked
FROM active_projection a, LATERAL (SELECT concat(a.projection, '_v', a.version)) AS n (full_name)
ORDER BY a.projection
""")

# Whose event it is, the journal says, to those who may see it: of the queue the API's role reads the reason alone.
_HELD = text("""
SELECT l.topic, l.aggregate_id AS key, l.aggregate_version AS version, p.held_reason AS reason
FROM outbox_pending p JOIN event_log l ON l.seq = p.seq
WHERE p.held_reason IS NOT NULL ORDER BY p.seq
""")


async def journal(session: AsyncSession) -> RowMapping:
    """Count what the journal holds, what is missing in it, what the feed has not numbered and the bus not taken yet."""
    return (await session.execute(_JOURNAL)).mappings().one()


async def held(session: AsyncSession) -> Sequence[RowMapping]:
    """Return the events that the relay holds, with every later one of their key, and why."""
    return (await session.execute(_HELD)).mappings().all()


async def projections(session: AsyncSession) -> Sequence[RowMapping]:
    """Return how far each projection has read, and what it could not apply."""
    return (await session.execute(_PROJECTIONS)).mappings().all()


async def order(session: AsyncSession, kind: str, about: Mapping[str, str], *, actor: str) -> UUID:
    """Leave an order for the worker, such as to replay what a projection has parked; return its number."""
    number = uuid7()
    row = {
        "id": number,
        "kind": kind,
        "state": "queued",
        "actor": actor,
        "result": about,
    }
    await session.execute(insert(job).values(row))
    return number


async def ordered(session: AsyncSession, kind: str, number: UUID) -> RowMapping | None:
    """Return an order as it stands."""
    found = await session.execute(select(job).where(job.c.id == number, job.c.kind == kind))
    return found.mappings().one_or_none()


async def take(connection: AsyncConnection, kinds: Collection[str]) -> RowMapping | None:
    """Take the oldest order of these kinds that nobody works on; its lock lasts as long as the transaction."""
    oldest = (
        select(job)
        .where(job.c.kind.in_(kinds), job.c.state == "queued")
        .order_by(job.c.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await connection.execute(oldest)).mappings().one_or_none()


async def finish(
    connection: AsyncConnection, number: UUID, *, done: int, error: dict[str, Any] | None = None
) -> None:
    """Write down how an order ended."""
    state = "failed" if error else "done"
    await connection.execute(
        update(job).where(job.c.id == number).values(state=state, done=done, error=error)
    )


async def parked_keys(connection: AsyncConnection, projection_id: str) -> list[tuple[str, str]]:
    """Return the keys (aggregate type and id) of which something is parked, in the order in which they stopped."""
    keys = (parked_event.c.aggregate_type, parked_event.c.aggregate_id)
    found = await connection.execute(
        select(*keys)
        .where(parked_event.c.projection == projection_id, parked_event.c.replayed_at.is_(None))
        .group_by(*keys)
        .order_by(func.min(parked_event.c.id))
    )
    return [(kind, name) for kind, name in found]
