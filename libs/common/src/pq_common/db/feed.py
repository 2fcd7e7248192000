"""The changes feed: what is committed, in one gap-free order that keeps every key's order.

A cursor on ``event_log.seq`` would lose the events of slow transactions: sequence values are taken before
commit. So ``emit`` leaves a note in ``feed_pending`` and the sequencer numbers what it finds committed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Table, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncConnection

from pq_common.db.schema import COMMON, Instant, access

feed_pending = Table(
    "feed_pending",
    COMMON,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("recorded_at", Instant, nullable=False),
    info=access(api="INSERT", worker="SELECT INSERT DELETE"),
)

feed = Table(
    "feed",
    COMMON,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("seq"),
    info=access(api="SELECT", worker="SELECT INSERT"),
)

feed_counter = Table(
    "feed_counter",
    COMMON,
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    Column("position", BigInteger, nullable=False),
    CheckConstraint("single", name="one_row"),
    info=access(api="SELECT", worker="SELECT UPDATE"),
)

_ANY: Final = "SELECT EXISTS (SELECT 1 FROM feed_pending)"
_TAKE: Final = "SELECT position FROM feed_counter FOR UPDATE SKIP LOCKED"
# A statement of its own after the lock: its snapshot shows all that earlier holders of the lock numbered.
_NUMBER: Final = """
WITH batch AS (
    DELETE FROM feed_pending WHERE seq IN (SELECT seq FROM feed_pending ORDER BY seq LIMIT $2::int)
    RETURNING seq, recorded_at
), numbered AS (
    INSERT INTO feed (position, seq, recorded_at)
    SELECT $1::bigint + row_number() OVER (ORDER BY seq), seq, recorded_at FROM batch
    RETURNING position
)
UPDATE feed_counter SET position = position + (SELECT count(*) FROM numbered)
WHERE EXISTS (SELECT 1 FROM numbered)
RETURNING position
"""
# By ``occurred_at``, which travels as ``ce_time``: every reader can count the same. A late event changes an
# earlier day's count, on both sides.
_COUNTS: Final = """
SELECT e.topic, (e.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day, count(*) AS events,
       encode(sha256(string_agg(uuid_send(e.event_id), ''::bytea ORDER BY e.event_id)), 'hex') AS sha256
FROM event_log e JOIN feed f ON f.seq = e.seq
WHERE e.occurred_at >= ($1::date)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
  AND e.occurred_at < ($2::date)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class DayCount:
    """What happened on one civil day (Hanoi) for one topic. ``sha256`` is of the 16-byte event ids in ascending order."""

    topic: str
    day: date
    events: int
    sha256: str


async def number(connection: AsyncConnection, at_most: int) -> int:
    """Give the next positions to committed events; 0 when another sequencer holds the counter."""
    # Asked first, because a lock is a write: an idle feed would flush the log ten times a second.
    if not (await connection.exec_driver_sql(_ANY)).scalar_one():
        return 0
    position = (await connection.exec_driver_sql(_TAKE)).scalar_one_or_none()
    if position is None:
        return 0
    last = (await connection.exec_driver_sql(_NUMBER, (position, at_most))).scalar_one_or_none()
    return 0 if last is None else int(last) - int(position)


async def daily_counts(connection: AsyncConnection, since: date, before: date) -> list[DayCount]:
    """Return, per topic and civil day (Hanoi), what readers can reconcile against. Days half-open."""
    rows = await connection.exec_driver_sql(_COUNTS, (since, before))
    return [DayCount(**row) for row in rows.mappings()]
