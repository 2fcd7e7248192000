"""Lists of plans, of the clauses and tasks of one text, and of the reports on a task."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from pq_common.keyset import Slice
from pq_support_grants.domain.errors import TargetNotFound
from pq_support_grants.storage import plans
from pq_support_grants.storage.tables import PlanTarget, PlanTask, PlanText, TaskReportRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFilter:
    """Which plans, on which day and by which knowledge. ``places`` None means all."""

    valid_at: date
    known_at: datetime | None = None
    places: frozenset[str] | None = None
    programme: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks, and whose reports on them. ``state`` "not_reported" asks for silence."""

    mode: str
    valid_at: date
    known_at: datetime | None = None
    group: int | None = None
    state: str | None = None
    indicator: str | None = None


NOT_REPORTED = "not_reported"
Heading = Row[Any]


async def plan_page(session: AsyncSession, wanted: PlanFilter, page: Slice) -> Sequence[Heading]:
    """Return headings of plans by code: ``heading`` is the text without its clauses and tasks."""
    chosen = plans.texts_at(valid_at=wanted.valid_at, known_at=wanted.known_at).subquery()
    text = aliased(PlanText, chosen)
    statement = select(
        text.plan_code,
        text.version,
        text.valid_from,
        text.recorded_at,
        text.document.op("-")("targets").op("-")("tasks").label("heading"),
        func.jsonb_array_length(text.document["targets"]).label("target_count"),
        func.jsonb_array_length(text.document["tasks"]).label("task_count"),
    )
    if wanted.places is not None:
        statement = statement.where(text.place_id.in_(wanted.places))
    if wanted.programme is not None:
        statement = statement.where(text.programmes.contains([wanted.programme]))
    if wanted.level is not None:
        statement = statement.where(text.level == wanted.level)
    return (await session.execute(page.of(statement, text.plan_code))).all()


async def target_page(
    session: AsyncSession,
    text: PlanText,
    page: Slice,
    *,
    indicator: str | None = None,
    year: int | None = None,
) -> Sequence[PlanTarget]:
    """Return clauses of a text in the order of the document."""
    statement = select(PlanTarget).where(
        PlanTarget.plan_code == text.plan_code, PlanTarget.version == text.version
    )
    if indicator is not None:
        statement = statement.where(PlanTarget.indicators.contains([indicator]))
    if year is not None:
        statement = statement.where(PlanTarget.first_year <= year, PlanTarget.last_year >= year)
    return (await session.execute(page.of(statement, PlanTarget.position))).scalars().all()


async def target(session: AsyncSession, text: PlanText, code: str) -> PlanTarget:
    """Return one clause of a text; raise TargetNotFound."""
    row = await session.get(PlanTarget, (text.plan_code, text.version, code))
    if row is None:
        raise TargetNotFound(
            f"Kế hoạch {text.plan_code} không có mục tiêu {code!r}.",
            f"The plan {text.plan_code} has no target {code!r}.",
        )
    return row


async def task_page(
    session: AsyncSession, text: PlanText, wanted: TaskFilter, page: Slice
) -> Sequence[Row[PlanTask, TaskReportRow | None]]:
    """Return tasks of a text in the order of the document, each with its newest report or None."""
    statement = _with_report(text, wanted)
    if wanted.group is not None:
        statement = statement.where(PlanTask.task_group == wanted.group)
    if wanted.indicator is not None:
        statement = statement.where(PlanTask.indicators.contains([wanted.indicator]))
    if wanted.state == NOT_REPORTED:
        statement = statement.where(TaskReportRow.state.is_(None))
    elif wanted.state is not None:
        statement = statement.where(TaskReportRow.state == wanted.state)
    return (await session.execute(page.of(statement, PlanTask.position))).all()


def _with_report(text: PlanText, wanted: TaskFilter) -> Any:
    report = TaskReportRow
    newest = (
        select(report.task_code, func.max(report.number).label("number"))
        .where(
            report.plan_code == text.plan_code,
            report.mode == wanted.mode,
            report.reported_on <= wanted.valid_at,
        )
        .group_by(report.task_code)
    )
    if wanted.known_at is not None:
        newest = newest.where(report.recorded_at <= wanted.known_at)
    found = newest.subquery()
    return (
        select(PlanTask, report)
        .outerjoin(found, found.c.task_code == PlanTask.code)
        .outerjoin(
            report,
            and_(
                report.plan_code == text.plan_code,
                report.mode == wanted.mode,
                report.task_code == found.c.task_code,
                report.number == found.c.number,
            ),
        )
        .where(PlanTask.plan_code == text.plan_code, PlanTask.version == text.version)
    )


async def report_page(
    session: AsyncSession, plan_code: str, task_code: str, page: Slice, *, mode: str
) -> Sequence[TaskReportRow]:
    """Return the reports on a task, newest first."""
    report = TaskReportRow
    statement = select(report).where(
        report.plan_code == plan_code, report.task_code == task_code, report.mode == mode
    )
    return (
        (await session.execute(page.of(statement, report.number, descending=True))).scalars().all()
    )
