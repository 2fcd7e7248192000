"""Amend a plan: a new text from a day on; the texts before it stay on record."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.plans import Plan
from pq_common.contracts.support_grants import PlanAmended
from pq_common.dates import legal_day
from pq_support_grants.domain import personal, plan_rules
from pq_support_grants.domain.errors import PlanRefused
from pq_support_grants.operations.announcing import plan_changed
from pq_support_grants.operations.refusing import CheckVersion, refuse
from pq_support_grants.storage import plans
from pq_support_grants.storage.tables import PlanRow


async def amend_plan(
    session: AsyncSession,
    code: str,
    plan: Plan,
    *,
    reason: str,
    valid_from: date | None,
    now: datetime,
    check: CheckVersion,
) -> PlanRow:
    """Amend and announce, or change nothing. ``valid_from`` None means today.

    The same text again is no amendment: the version stays and nothing is said.
    Raises PlanNotFound, PlanRefused and what ``check`` raises.
    """
    head = await plans.lock(session, code)
    check(head.version)
    before = await plans.current_text(session, head)
    if plan == before:
        return head
    today = legal_day(now)
    day = valid_from or today
    faults = plan_rules.change_refusals(before, plan, at="/plan")
    faults += plan_rules.refusals(plan, at="/plan")
    faults += plan_rules.amendment_refusals(before, valid_from=day, today=today)
    faults += personal.in_text(reason, "/reason")
    refuse(PlanRefused, faults)
    head.version += 1
    head.text_version = head.version
    await plans.write_text(
        session, plan, version=head.version, valid_from=day, now=now, reason=reason
    )
    said = PlanAmended(plan=plan, reason=reason, valid_from=day)
    await plan_changed(session, head, plan, said, now=now)
    return head
