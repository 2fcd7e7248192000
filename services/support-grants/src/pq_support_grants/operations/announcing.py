"""What is said after a change: the event, and the whole public state for those who join late."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.event import Event, EventData, Mode
from pq_common.contracts.plans import Plan
from pq_common.contracts.support_grants import Activity, ActivityState, PlanState
from pq_common.db.outbox import emit
from pq_support_grants.storage import task_reports
from pq_support_grants.storage.tables import ActivityRow, PlanRow


async def plan_changed(
    session: AsyncSession,
    head: PlanRow,
    plan: Plan,
    data: EventData,
    *,
    now: datetime,
    mode: Mode = "official",
) -> None:
    """Announce a change of a plan. Plans are public, so the event belongs to no place."""
    await session.flush()
    reports = await task_reports.newest_of_all(session, head.code)
    await emit(
        session,
        Event(
            data=data,
            subject=head.code,
            version=head.version,
            occurred_at=now,
            place_id=None,
            mode=mode,
            state=PlanState(plan=plan, task_reports=tuple(reports)),
        ),
    )


async def activity_changed(
    session: AsyncSession, head: ActivityRow, activity: Activity, data: EventData, *, now: datetime
) -> None:
    """Announce a change of an activity to those who may read its place."""
    mode: Mode = "demo" if head.mode == "demo" else "official"
    await emit(
        session,
        Event(
            data=data,
            subject=str(head.id),
            version=head.version,
            occurred_at=now,
            place_id=head.place_id,
            mode=mode,
            state=ActivityState(activity=activity),
        ),
    )
