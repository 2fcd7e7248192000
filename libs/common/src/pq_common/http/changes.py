"""Everything that ever happened in a service, in one order, from any position: ``GET /changes?after=``."""

import json
from datetime import datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Row, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.event import Mode
from pq_common.db.feed import feed
from pq_common.db.outbox import event_log
from pq_common.db.scoping import in_scope
from pq_common.http import job_store
from pq_common.http.auth import Actor, require
from pq_common.http.modes import AskedMode
from pq_common.http.session import Session

SCOPE = "changes:read"
_LOG = event_log.c


class Change(BaseModel):
    """One event, as the bus carries it, with its position in the feed."""

    position: int = Field(examples=[41])
    id: UUID = Field(examples=["0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c10"])
    type: str = Field(examples=["pq.registry.enterprise.registered.v1"])
    subject: str = Field(examples=["0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c11"])
    sequence: int = Field(description="Version of the subject after this event", examples=[1])
    time: datetime = Field(description="When it happened", examples=["2026-03-01T02:00:00Z"])
    recorded_at: datetime = Field(
        description="When it was written here", examples=["2026-03-01T02:00:01Z"]
    )
    mode: Mode = Field(examples=["official"])
    place_id: str | None = Field(examples=["vn-33-2025"])
    data: dict[str, Any] | None = Field(examples=[{"name": "Công ty TNHH Ví dụ"}])


class Changes(BaseModel):
    """Some events and the position to ask after next."""

    items: list[Change]
    after: int = Field(
        description="Give this as `after` next time; it moves past what you may not see",
        examples=[41],
    )
    more: bool = Field(description="Ask again at once; if false, wait a little", examples=[False])


@cache
def changes_router(service: str) -> APIRouter:
    """Return the route ``/changes`` of a service."""
    router = APIRouter(tags=["changes"])

    @router.get("/changes", summary=f"Everything that happened in {service}, in order")
    async def list_changes(
        session: Session,
        actor: Annotated[
            Actor,
            require(
                "ministry-admin", "ministry-analyst", "province-officer", "agency", scope=SCOPE
            ),
        ],
        mode: AskedMode,
        after: Annotated[
            int, Query(ge=0, le=2**62, description="Position of the last change that you have")
        ] = 0,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Changes:
        """Read on from ``after``: nothing ever expires, closures and mergers included. Events of one subject come in order."""
        # Taken before the rows: a change numbered in between is read next time.
        end = await job_store.feed_position(session)
        rows = await _read(session, after=after, end=end, limit=limit, mode=mode)
        full = len(rows) == limit
        last = rows[-1].position if full else max(end, after)
        return Changes(items=[_change(row) for row in rows], after=last, more=full)

    return router


async def _read(
    session: AsyncSession, *, after: int, end: int, limit: int, mode: Mode
) -> list[Row[Any]]:
    statement = (
        select(feed.c.position, *_LOG)
        .join_from(
            feed, event_log, and_(_LOG.seq == feed.c.seq, _LOG.recorded_at == feed.c.recorded_at)
        )
        .where(feed.c.position > after, feed.c.position <= end, _LOG.mode == mode)
        .where(in_scope(session, _LOG.place_id))
        .order_by(feed.c.position)
        .limit(limit)
    )
    return list((await session.execute(statement)).all())


def _change(row: Row[Any]) -> Change:
    return Change(
        position=row.position,
        id=row.event_id,
        type=row.event_type,
        subject=row.aggregate_id,
        sequence=row.aggregate_version,
        time=row.occurred_at,
        recorded_at=row.recorded_at,
        mode=row.mode,
        place_id=row.place_id,
        data=None if row.payload is None else json.loads(row.payload),
    )
