"""Report on a task of a plan: what its state is, and what proves it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.support_grants import PlanTaskReported, TaskReport
from pq_common.dates import legal_day
from pq_support_grants.domain import task_states
from pq_support_grants.domain.errors import TaskReportRefused, TaskTransitionIllegal
from pq_support_grants.operations.announcing import plan_changed
from pq_support_grants.operations.refusing import refuse
from pq_support_grants.storage import plans, task_reports
from pq_support_grants.storage.tables import TaskReportRow


async def report_task(
    session: AsyncSession, plan_code: str, report: TaskReport, *, now: datetime
) -> TaskReportRow:
    """Record the report and announce it, or change nothing.

    The newest report said again is no report: it is returned and nothing is said.
    Raises PlanNotFound, TaskNotFound, TaskTransitionIllegal, TaskReportRefused.
    """
    head = await plans.lock(session, plan_code)
    plan = await plans.current_text(session, head)
    if report.task_code not in {task.code for task in plan.tasks}:
        raise plans.task_not_found(plan_code, report.task_code)
    newest = await task_reports.newest(session, plan_code, report.task_code, report.mode)
    previous = TaskReport.model_validate(newest.document) if newest else None
    if newest and report == previous:
        return newest
    faults = task_states.refusals(
        report, previous=previous, today=legal_day(now), issued_on=plan.issued_on
    )
    is_illegal = any(fault.code == TaskTransitionIllegal.code for fault in faults)
    refuse(TaskTransitionIllegal if is_illegal else TaskReportRefused, faults)
    head.version += 1
    number = newest.number + 1 if newest else 1
    row = task_reports.write(session, head, report, number=number, now=now)
    said = PlanTaskReported(plan_code=plan_code, place_id=head.place_id, report=report)
    await plan_changed(session, head, plan, said, now=now, mode=report.mode)
    return row
