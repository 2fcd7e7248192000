"""Withdraw an activity: it counts no more, and stays on record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.support_grants import Activity, ActivityWithdrawn
from pq_support_grants.domain import personal
from pq_support_grants.domain.errors import ActivityRefused
from pq_support_grants.operations.announcing import activity_changed
from pq_support_grants.operations.refusing import refuse, status_after
from pq_support_grants.storage import activities
from pq_support_grants.storage.tables import ActivityRevision


async def withdraw_activity(
    session: AsyncSession, activity_id: UUID, *, reason: str, now: datetime
) -> ActivityRevision:
    """Withdraw and announce. Raises ActivityNotFound, ActivityTransitionIllegal, ActivityRefused."""
    head = await activities.lock(session, activity_id)
    current = await activities.revision(session, activity_id)
    status = status_after(current.status, "withdraw")
    refuse(ActivityRefused, list(personal.in_text(reason, "/reason")))
    activity = Activity.model_validate({**current.document, "status": status})
    head.version += 1
    row = await activities.write(session, head, activity, now=now, reason=reason)
    said = ActivityWithdrawn(activity=activity, reason=reason)
    await activity_changed(session, head, activity, said, now=now)
    return row
