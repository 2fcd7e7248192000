"""Tasks of a plan and the reports on them over HTTP: read by everybody, reported by those in charge."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from pq_common.contracts.event import Mode
from pq_common.contracts.plans import Task
from pq_common.contracts.support_grants import TaskReport, TaskState
from pq_common.http.idempotency import Answer, Once
from pq_common.http.modes import AskedMode
from pq_common.http.pages import Page, Paging
from pq_common.http.planned import PlannedRoute
from pq_common.http.session import PublicSession, Session
from pq_support_grants.api.activity_bodies import EvidenceIn
from pq_support_grants.api.callers import Writer
from pq_support_grants.api.clocks import AskedTimes
from pq_support_grants.api.examples import REPORT, TASK, Example, shown
from pq_support_grants.api.plan_bodies import composed
from pq_support_grants.domain.task_states import STATES
from pq_support_grants.operations.report_task import report_task
from pq_support_grants.storage import plan_lists, plans
from pq_support_grants.storage.plan_lists import TaskFilter
from pq_support_grants.storage.tables import PlanTask, TaskReportRow

router = APIRouter(route_class=PlannedRoute, prefix="/plans/{code}/tasks", tags=["tasks"])


class ReportIn(BaseModel):
    """A report on a task; ``mode`` is that of the instance when absent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=shown(REPORT))

    state: TaskState
    reported_on: date
    note: Annotated[str, Field(max_length=4000)] | None = None
    decision: Annotated[str, Field(max_length=400)] | None = Field(
        default=None, description="needed for dropped, and to take up again what was dropped"
    )
    evidence: Annotated[tuple[EvidenceIn, ...], Field(max_length=100)] = ()
    mode: Mode | None = None

    def told(self, task_code: str, mode: Mode) -> TaskReport:
        """Return the report as it is kept and published."""
        said = {**self.model_dump(), "task_code": task_code, "mode": self.mode or mode}
        return TaskReport.model_validate(composed(said))


REPORTED: Example = {
    **REPORT,
    "task_code": "HP-3a",
    "number": 1,
    "recorded_at": "2026-01-05T02:00:00Z",
    "state_text_vi": "đã hoàn thành",
}


class ReportBody(TaskReport):
    """A report with its number and when it was recorded."""

    model_config = ConfigDict(json_schema_extra=shown(REPORTED))

    number: int = Field(description="from 1 within a task and mode")
    recorded_at: datetime
    state_text_vi: str


class TaskBody(Task):
    """A task with its state: null where nobody has reported."""

    model_config = ConfigDict(
        json_schema_extra=shown(
            TASK, plan_code="hai-phong-2021-2025", text_version=1, position=4, state="done",
            state_text_vi="đã hoàn thành", state_text_en="done", mode="official", report=REPORTED,
        )
    )  # fmt: skip

    plan_code: str
    text_version: int
    position: int = Field(description="place in the text, from 0")
    state: TaskState | None
    state_text_vi: str
    state_text_en: str
    mode: Mode = Field(description="whose reports give the state")
    report: ReportBody | None = Field(description="the newest report; null: nobody has reported")


def report_body(row: TaskReportRow) -> ReportBody:
    """Return a report as everybody may read it."""
    return ReportBody(
        **row.document, number=row.number, recorded_at=row.recorded_at,
        state_text_vi=STATES[row.state][0],
    )  # fmt: skip


@router.get("", operation_id="listTasks", summary="Tasks of a plan, each with its state")
async def list_tasks(
    code: str,
    session: PublicSession,
    paging: Paging,
    mode: AskedMode,
    *,
    times: AskedTimes,
    group: Annotated[
        int | None, Query(ge=1, le=6, description="Task group of Decision 1322")
    ] = None,
    state: Literal["not_reported", "not_started", "under_way", "done", "dropped"] | None = None,
    indicator: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[TaskBody]:
    """List tasks in the order of the text. A task nobody has reported on has state null: "chưa báo cáo"."""
    text = await plans.text_at(session, code, valid_at=times.valid_at, known_at=times.known_at)
    wanted = TaskFilter(
        mode=mode,
        valid_at=times.valid_at,
        known_at=times.known_at,
        group=group,
        state=state,
        indicator=indicator,
    )
    rows = await plan_lists.task_page(session, text, wanted, paging.slice)
    return paging.page(
        rows, lambda row: _task(row[0], row[1], mode), key=lambda row: (row[0].position,)
    )


@router.get(
    "/{task}/reports", operation_id="listTaskReports", summary="Reports on a task, newest first"
)
async def list_reports(
    code: str, task: str, session: PublicSession, paging: Paging, mode: AskedMode
) -> Page[ReportBody]:
    """List what has been reported, in one mode."""
    await plans.require_task(session, code, task)
    rows = await plan_lists.report_page(session, code, task, paging.slice, mode=mode)
    return paging.page(rows, report_body, key=lambda row: (row.number,))


@router.post(
    "/{task}/reports", operation_id="reportTask", summary="Report on a task", status_code=201,
    response_model=ReportBody,
)  # fmt: skip
async def report(
    code: str,
    task: str,
    told: ReportIn,
    request: Request,
    session: Session,
    *,
    once: Once,
    actor: Writer,
) -> Response:
    """Say what the state of the task is and what proves it; which state may follow which is one table."""

    async def make() -> Answer:
        said = told.told(task, request.app.state.settings.mode)
        row = await report_task(session, code, said, now=datetime.now(UTC))
        return Answer(201, report_body(row))

    return await once.do(make)


def _task(row: PlanTask, newest: TaskReportRow | None, mode: Mode) -> TaskBody:
    vi, en = STATES[newest.state if newest else None]
    return TaskBody.model_validate(
        {
            **row.document, "plan_code": row.plan_code, "text_version": row.version,
            "position": row.position, "state": newest.state if newest else None,
            "state_text_vi": vi, "state_text_en": en, "mode": mode,
            "report": report_body(newest) if newest else None,
        }
    )  # fmt: skip
