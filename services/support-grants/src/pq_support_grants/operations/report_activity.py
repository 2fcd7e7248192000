"""Report an activity: one thing done, with what proves it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.event import Mode
from pq_common.contracts.support_grants import Activity, ActivityReported
from pq_common.dates import legal_day
from pq_support_grants.domain import activity_rules
from pq_support_grants.domain.errors import ActivityRefused
from pq_support_grants.operations.announcing import activity_changed
from pq_support_grants.operations.refusing import refuse
from pq_support_grants.storage import activities, plans
from pq_support_grants.storage.tables import ActivityRevision, ActivityRow


async def report_activity(
    session: AsyncSession, activity: Activity, *, mode: Mode, now: datetime
) -> ActivityRevision:
    """Record and announce, or change nothing. Raises ActivityRefused with every reason."""
    plan = await plans.codes(session, activity.plan_code) if activity.plan_code else None
    refuse(ActivityRefused, activity_rules.refusals(activity, today=legal_day(now), plan=plan))
    head = ActivityRow(
        id=UUID(activity.activity_id), version=1, place_id=activity.place_id, mode=mode
    )
    session.add(head)
    await session.flush()
    row = await activities.write(session, head, activity, now=now)
    await activity_changed(session, head, activity, ActivityReported(activity=activity), now=now)
    return row
