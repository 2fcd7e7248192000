"""Correct an activity: what was said before stays on record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.support_grants import Activity, ActivityCorrected
from pq_common.dates import legal_day
from pq_support_grants.domain import activity_rules, personal
from pq_support_grants.domain.errors import ActivityRefused
from pq_support_grants.operations.announcing import activity_changed
from pq_support_grants.operations.refusing import CheckVersion, refuse, status_after
from pq_support_grants.storage import activities, plans
from pq_support_grants.storage.tables import ActivityRevision


async def correct_activity(
    session: AsyncSession,
    activity: Activity,
    *,
    reason: str,
    now: datetime,
    check: CheckVersion,
) -> ActivityRevision:
    """Correct and announce, or change nothing; the same facts again change nothing either.

    Raises ActivityNotFound, ActivityTransitionIllegal, ActivityRefused and what ``check`` raises.
    """
    activity_id = UUID(activity.activity_id)
    head = await activities.lock(session, activity_id)
    check(head.version)
    current = await activities.revision(session, activity_id)
    status_after(current.status, "correct")
    before = Activity.model_validate(current.document)
    if activity == before:
        return current
    plan = await plans.codes(session, activity.plan_code) if activity.plan_code else None
    faults = activity_rules.change_refusals(before, activity)
    faults += activity_rules.refusals(activity, today=legal_day(now), plan=plan)
    faults += personal.in_text(reason, "/reason")
    refuse(ActivityRefused, faults)
    head.version += 1
    row = await activities.write(session, head, activity, now=now, reason=reason)
    changed = tuple(name for name, value in activity if value != getattr(before, name))
    said = ActivityCorrected(activity=activity, changed=changed, reason=reason)
    await activity_changed(session, head, activity, said, now=now)
    return row
