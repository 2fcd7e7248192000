"""Issuing and amending plans, reporting on tasks: against a real PostgreSQL, as the API role."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.plans import Plan, Task
from pq_common.contracts.support_grants import Evidence, TaskReport
from pq_common.db.outbox import event_log
from pq_common.db.session import Database
from pq_support_grants.domain.errors import (
    PlanExists,
    PlanNotFound,
    PlanRefused,
    TaskNotFound,
    TaskReportRefused,
    TaskTransitionIllegal,
)
from pq_support_grants.operations.amend_plan import amend_plan
from pq_support_grants.operations.issue_plan import issue_plan
from pq_support_grants.operations.report_task import report_task
from pq_support_grants.storage import plans
from pq_support_grants.storage.tables import PlanTarget, PlanTask

Opens = Callable[[frozenset[str] | Literal["*"]], AbstractAsyncContextManager[AsyncSession]]
MakePlan = Callable[..., Plan]
Report = Callable[..., TaskReport]
NOW = datetime(2025, 11, 22, 3, tzinfo=UTC)
OFFICER = frozenset({"vn-33-2025", "vn-33-1997", "vn-34-1997"})
CODE = "hung-yen-2021-2030"


def unchecked(version: int) -> None:
    assert version > 0


async def events(owned: Database) -> list[tuple[str, int, str, dict[str, Any]]]:
    """Return what was announced: type, version, mode, payload, in order."""
    async with owned.engine.connect() as connection:
        rows = await connection.execute(select(event_log).order_by(event_log.c.seq))
        return [
            (row.event_type, row.aggregate_version, row.mode, json.loads(row.payload))
            for row in rows
        ]


async def amend(session: AsyncSession, plan: Plan, **changes: Any) -> int:
    options: dict[str, Any] = {"reason": "đính chính", "valid_from": None, "now": NOW}
    return (await amend_plan(session, CODE, plan, **options | changes, check=unchecked)).version


async def test_a_plan_that_breaks_rules_leaves_nothing(
    opened: Opens, owned: Database, a_plan: MakePlan
) -> None:
    with pytest.raises(PlanRefused) as refused:
        async with opened(OFFICER) as session:
            await issue_plan(session, a_plan(place_id="vn-33-2025", first_year=2031), now=NOW)
    assert [fault.code for fault in refused.value.errors] == [
        "plan_years_reversed",
        "place_not_of_that_day",
        "clause_span_outside_plan",
    ]
    assert "2 more reasons" in str(refused.value)
    assert await events(owned) == []


async def test_a_code_is_issued_once_by_whomever(opened: Opens, a_plan: MakePlan) -> None:
    async with opened("*") as session:
        await issue_plan(session, a_plan(), now=NOW)
    for places in (OFFICER, frozenset({"vn-31-1997"})):
        place = "vn-33-1997" if places is OFFICER else "vn-31-1997"
        same_code = a_plan(place_id=place, targets=())
        async with opened(places) as session:
            with pytest.raises(PlanExists):
                await issue_plan(session, same_code, now=NOW)


async def test_the_database_itself_refuses_a_plan_of_another_province(
    opened: Opens, a_plan: MakePlan
) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with opened(frozenset({"vn-31-1997"})) as session:
            await issue_plan(session, a_plan(), now=NOW)


async def test_without_a_scope_nothing_is_seen(opened: Opens, a_plan: MakePlan) -> None:
    async with opened("*") as session:
        await issue_plan(session, a_plan(), now=NOW)
    async with opened(frozenset()) as session:
        for table in ("plan", "plan_text", "plan_target", "plan_task"):
            counted = await session.scalar(text(f"SELECT count(*) FROM {table}"))
            assert counted == 0


async def test_an_issued_plan_is_kept_whole_and_announced_with_its_state(
    opened: Opens, owned: Database, a_plan: MakePlan
) -> None:
    async with opened(OFFICER) as session:
        head = await issue_plan(session, a_plan(), now=NOW)
        kept = await plans.current_text(session, head)
        assert (await session.execute(select(PlanTarget.code))).scalars().all() == ["HY-04"]
        assert (await session.execute(select(PlanTask.task_group))).scalars().all() == [3]
    assert (head.version, kept) == (1, a_plan())
    (issued, state) = await events(owned)
    assert issued[:3] == ("pq.support-grants.plan.issued.v1", 1, "official")
    assert Plan.model_validate(issued[3]["plan"]) == a_plan()
    assert state[:2] == ("pq.support-grants.plan.state.v1", 1)
    assert state[3]["task_reports"] == []


async def test_the_same_text_again_is_no_amendment(
    opened: Opens, owned: Database, a_plan: MakePlan
) -> None:
    async with opened(OFFICER) as session:
        await issue_plan(session, a_plan(), now=NOW)
    async with opened(OFFICER) as session:
        assert await amend(session, a_plan()) == 1
    assert len(await events(owned)) == 2


async def test_what_is_not_in_scope_is_not_there_to_amend(
    opened: Opens, a_plan: MakePlan, a_report: Report
) -> None:
    async with opened("*") as session:
        await issue_plan(session, a_plan(), now=NOW)
    async with opened(frozenset({"vn-31-2025", "vn-31-1997"})) as session:
        with pytest.raises(PlanNotFound):
            await amend(session, a_plan(title="Tên khác"))
        with pytest.raises(PlanNotFound):
            await report_task(session, CODE, a_report(), now=NOW)


async def test_an_amendment_says_every_reason_to_refuse_it(opened: Opens, a_plan: MakePlan) -> None:
    async with opened(OFFICER) as session:
        await issue_plan(session, a_plan(), now=NOW)
        wrong = a_plan("x", targets=(), tasks=())
        why = "Theo đơn của 001099012345"
        with pytest.raises(PlanRefused) as refused:
            await amend(session, wrong, reason=why, valid_from=date(2027, 1, 1))
    assert [fault.pointer for fault in refused.value.errors] == [
        "/plan/code",
        "/plan/targets",
        "/valid_from",
        "/reason",
    ]


async def test_each_day_and_each_knowledge_has_its_text(
    opened: Opens, owned: Database, a_plan: MakePlan
) -> None:
    later = NOW + timedelta(days=10)
    async with opened(OFFICER) as session:
        await issue_plan(session, a_plan(), now=NOW)
    async with opened(OFFICER) as session:
        amended = a_plan(title="Kế hoạch sửa đổi", targets=())
        assert await amend(session, amended, valid_from=date(2024, 1, 1), now=later) == 2
    assert [event[3]["valid_from"] for event in await events(owned) if ".amended." in event[0]] == [
        "2024-01-01"
    ]

    async def title(valid_at: date, known_at: datetime | None = None) -> str:
        async with opened(OFFICER) as session:
            found = await plans.text_at(session, CODE, valid_at=valid_at, known_at=known_at)
            return str(found.document["title"])

    assert await title(date(2025, 1, 1)) == "Kế hoạch sửa đổi"
    assert await title(date(2023, 12, 31)) == a_plan().title
    assert await title(date(2025, 1, 1), NOW + timedelta(days=1)) == a_plan().title
    with pytest.raises(PlanNotFound):
        await title(date(2021, 11, 30))
    with pytest.raises(PlanNotFound):
        await title(date(2025, 1, 1), NOW - timedelta(seconds=1))


async def test_a_clause_dropped_by_an_amendment_may_still_be_referred_to(
    opened: Opens, a_plan: MakePlan
) -> None:
    async with opened(OFFICER) as session:
        await issue_plan(session, a_plan(), now=NOW)
        await amend(session, a_plan(targets=()))
        codes = await plans.codes(session, CODE)
    assert codes is not None
    assert codes.indicators == {"HY-04": frozenset({"HR-CLASS"})}


async def test_a_task_nobody_named_cannot_be_reported(
    opened: Opens, a_plan: MakePlan, a_report: Report
) -> None:
    async with opened(OFFICER) as session:
        await issue_plan(session, a_plan(), now=NOW)
        with pytest.raises(TaskNotFound):
            await report_task(session, CODE, a_report(task_code="HY-T9"), now=NOW)


async def test_a_report_that_cannot_follow_is_refused_and_nothing_is_said(
    opened: Opens, owned: Database, a_plan: MakePlan, a_report: Report
) -> None:
    proof = (Evidence(kind="minutes", reference="BB-01"),)
    async with opened(OFFICER) as session:
        await issue_plan(session, a_plan(), now=NOW)
        await report_task(session, CODE, a_report("done", evidence=proof), now=NOW)
    for report, error in (
        (a_report("not_started"), TaskTransitionIllegal),
        (a_report("under_way"), TaskReportRefused),
    ):
        with pytest.raises(error):
            async with opened(OFFICER) as session:
                await report_task(session, CODE, report, now=NOW)
    assert [event[1] for event in await events(owned)] == [1, 1, 2, 2]


async def test_official_and_demonstration_reports_stand_apart(
    opened: Opens, owned: Database, a_plan: MakePlan, a_report: Report
) -> None:
    async with opened(OFFICER) as session:
        await issue_plan(session, a_plan(), now=NOW)
        await report_task(session, CODE, a_report("under_way"), now=NOW)
        first = await report_task(session, CODE, a_report("not_started", mode="demo"), now=NOW)
        again = await report_task(session, CODE, a_report("not_started", mode="demo"), now=NOW)
    assert (first.number, again.number) == (1, 1)
    said = await events(owned)
    assert [(event[1], event[2]) for event in said if event[0].endswith("task-reported.v1")] == [
        (2, "official"),
        (3, "demo"),
    ]
    states = {(report["mode"], report["state"]) for report in said[-1][3]["task_reports"]}
    assert states == {("official", "under_way"), ("demo", "not_started")}


async def test_a_task_can_be_added_and_reported_later(
    opened: Opens, a_plan: MakePlan, a_task: Callable[..., Task], a_report: Report
) -> None:
    async with opened(OFFICER) as session:
        await issue_plan(session, a_plan(), now=NOW)
        assert await amend(session, a_plan(tasks=(a_task(), a_task("HY-T2")))) == 2
        row = await report_task(session, CODE, a_report(task_code="HY-T2"), now=NOW)
    assert (row.number, row.state) == (1, "under_way")
