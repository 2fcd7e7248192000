"""Reports on tasks: written once, the newest of each mode is the state."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.support_grants import TaskReport
from pq_support_grants.storage.tables import PlanRow, TaskReportRow


async def newest(
    session: AsyncSession, plan_code: str, task_code: str, mode: str
) -> TaskReportRow | None:
    """Return the newest report on a task in one mode, None when nobody has reported."""
    statement = (
        select(TaskReportRow)
        .where(
            TaskReportRow.plan_code == plan_code,
            TaskReportRow.task_code == task_code,
            TaskReportRow.mode == mode,
        )
        .order_by(TaskReportRow.number.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def newest_of_all(session: AsyncSession, plan_code: str) -> Sequence[TaskReport]:
    """Return the newest report on each task in each mode."""
    statement = (
        select(TaskReportRow.document)
        .ext(distinct_on(TaskReportRow.task_code, TaskReportRow.mode))
        .where(TaskReportRow.plan_code == plan_code)
        .order_by(TaskReportRow.task_code, TaskReportRow.mode, TaskReportRow.number.desc())
    )
    documents = (await session.execute(statement)).scalars()
    return [TaskReport.model_validate(document) for document in documents]


def write(
    session: AsyncSession, head: PlanRow, report: TaskReport, *, number: int, now: datetime
) -> TaskReportRow:
    """Write a report; numbers count from 1 within a task and mode."""
    row = TaskReportRow(
        plan_code=head.code, task_code=report.task_code, mode=report.mode, number=number,
        place_id=head.place_id, state=report.state, reported_on=report.reported_on,
        recorded_at=now, document=report.model_dump(mode="json"),
    )  # fmt: skip
    session.add(row)
    return row
