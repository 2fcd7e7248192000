"""Issue a plan: its text enters the record as printed, once."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.plans import Plan
from pq_common.contracts.support_grants import PlanIssued
from pq_common.dates import legal_day
from pq_support_grants.domain import plan_rules
from pq_support_grants.domain.errors import PlanExists, PlanRefused
from pq_support_grants.operations.announcing import plan_changed
from pq_support_grants.operations.refusing import refuse
from pq_support_grants.storage import plans
from pq_support_grants.storage.tables import PlanRow


async def issue_plan(session: AsyncSession, plan: Plan, *, now: datetime) -> PlanRow:
    """Issue and announce, or change nothing. Raises PlanRefused, PlanExists."""
    today = legal_day(now)
    refuse(PlanRefused, [*plan_rules.refusals(plan), *plan_rules.issue_refusals(plan, today=today)])
    if not await plans.claim(session, plan):
        raise PlanExists(
            f"Kế hoạch {plan.code} đã được ban hành; sửa bằng PUT với If-Match.",
            f"The plan {plan.code} has been issued; amend it by PUT with If-Match.",
        )
    head = await plans.lock(session, plan.code)
    first = plan_rules.first_day(plan, today=today)
    await plans.write_text(session, plan, version=head.version, valid_from=first, now=now)
    await plan_changed(session, head, plan, PlanIssued(plan=plan), now=now)
    return head
