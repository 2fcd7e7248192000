"""Reporting, correcting and withdrawing activities: against a real PostgreSQL, as the API role."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.plans import Plan, TargetClause
from pq_common.contracts.support_grants import Activity
from pq_common.db.outbox import event_log
from pq_common.db.session import Database
from pq_support_grants.domain.errors import (
    ActivityNotFound,
    ActivityRefused,
    ActivityTransitionIllegal,
)
from pq_support_grants.operations.correct_activity import correct_activity
from pq_support_grants.operations.issue_plan import issue_plan
from pq_support_grants.operations.report_activity import report_activity
from pq_support_grants.operations.withdraw_activity import withdraw_activity
from pq_support_grants.storage import activities

Opens = Callable[[frozenset[str] | Literal["*"]], AbstractAsyncContextManager[AsyncSession]]
Make = Callable[..., Activity]
NOW = datetime(2025, 11, 22, 3, tzinfo=UTC)
OFFICER = frozenset({"vn-33-2025", "vn-33-1997", "vn-34-1997"})
HAI_PHONG = frozenset({"vn-31-2025", "vn-31-1997", "vn-30-1997"})


class Stale(Exception):
    """The caller has not seen this version."""


def seen(expected: int) -> Callable[[int], None]:
    def check(version: int) -> None:
        if version != expected:
            raise Stale

    return check


async def events(owned: Database) -> list[tuple[str, int, str | None, dict[str, Any]]]:
    """Return what was announced as events: type, version, place, payload, in order."""
    async with owned.engine.connect() as connection:
        rows = await connection.execute(
            select(event_log)
            .where(~event_log.c.topic.contains(".state."))
            .order_by(event_log.c.seq)
        )
        return [
            (row.event_type, row.aggregate_version, row.place_id, json.loads(row.payload))
            for row in rows
        ]


async def correct(session: AsyncSession, activity: Activity, *, version: int = 1) -> int:
    row = await correct_activity(
        session, activity, reason="nhập sai", now=NOW + timedelta(hours=1), check=seen(version)
    )
    return row.version


async def test_an_activity_that_breaks_rules_leaves_nothing(
    opened: Opens, owned: Database, an_activity: Make
) -> None:
    wrong = an_activity(quantity="0", evidence=(), plan_code="x")
    with pytest.raises(ActivityRefused) as refused:
        async with opened(OFFICER) as session:
            await report_activity(session, wrong, mode="official", now=NOW)
    assert [fault.code for fault in refused.value.errors] == [
        "activity_quantity_out_of_bounds",
        "activity_evidence_missing",
        "activity_plan_unknown",
    ]
    assert await events(owned) == []


async def test_tomorrow_begins_at_midnight_in_hanoi(opened: Opens, an_activity: Make) -> None:
    evening = datetime(2025, 11, 22, 17, tzinfo=UTC)
    tomorrow = an_activity(ends_on=date(2025, 11, 23))
    with pytest.raises(ActivityRefused):
        async with opened(OFFICER) as session:
            await report_activity(
                session, tomorrow, mode="official", now=evening - timedelta(minutes=1)
            )
    async with opened(OFFICER) as session:
        assert (await report_activity(session, tomorrow, mode="official", now=evening)).version == 1


async def test_the_database_itself_keeps_provinces_apart(opened: Opens, an_activity: Make) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with opened(HAI_PHONG) as session:
            await report_activity(session, an_activity(), mode="official", now=NOW)
    async with opened(OFFICER) as session:
        await report_activity(session, an_activity(), mode="official", now=NOW)
    activity_id = UUID(an_activity().activity_id)
    async with opened(HAI_PHONG) as session:
        with pytest.raises(ActivityNotFound):
            await activities.revision(session, activity_id)
        with pytest.raises(ActivityNotFound):
            await correct(session, an_activity(title="Của người khác"))
        with pytest.raises(ActivityNotFound):
            await withdraw_activity(session, activity_id, reason="x", now=NOW)


async def test_without_a_scope_nothing_is_seen(opened: Opens, an_activity: Make) -> None:
    async with opened(OFFICER) as session:
        await report_activity(session, an_activity(), mode="official", now=NOW)
    async with opened(frozenset()) as session:
        for table in ("activity", "activity_revision", "evidence", "event_log"):
            counted = await session.scalar(text(f"SELECT count(*) FROM {table}"))
            assert counted == 0


async def test_a_clause_about_growth_is_reported_by_what_grows(
    opened: Opens,
    an_activity: Make,
    a_plan: Callable[..., Plan],
    a_clause: Callable[..., TargetClause],
) -> None:
    faster = a_clause(
        "HY-30",
        indicator="ENT-SUP-G",
        comparator="growth_at_least",
        counting="rate",
        growth_base="previous_year",
    )
    async with opened(OFFICER) as session:
        await issue_plan(session, a_plan(targets=(faster,)), now=NOW)
    aimed = {"plan_code": "hung-yen-2021-2030", "clause_codes": ("HY-30",)}
    other = an_activity(indicator="HR-CLASS", **aimed)
    with pytest.raises(ActivityRefused) as refused:
        async with opened(OFFICER) as session:
            await report_activity(session, other, mode="official", now=NOW)
    assert [fault.code for fault in refused.value.errors] == ["activity_clause_of_other_indicator"]
    supported = an_activity(indicator="ENT-SUP", unit="DN", **aimed)
    async with opened(OFFICER) as session:
        assert (await report_activity(session, supported, mode="official", now=NOW)).version == 1


async def test_an_activity_under_a_national_programme_needs_no_national_scope(
    opened: Opens,
    an_activity: Make,
    a_plan: Callable[..., Plan],
    a_clause: Callable[..., TargetClause],
) -> None:
    national = a_plan(
        "decision-1322",
        level="national",
        place_id="vn",
        targets=(a_clause("VN-01", place_id="vn"),),
    )
    async with opened("*") as session:
        await issue_plan(session, national, now=NOW)
    activity = an_activity(plan_code="decision-1322", clause_codes=("VN-01",))
    async with opened(OFFICER) as session:
        assert (await report_activity(session, activity, mode="demo", now=NOW)).mode == "demo"


async def test_a_correction_needs_the_version_seen(opened: Opens, an_activity: Make) -> None:
    async with opened(OFFICER) as session:
        await report_activity(session, an_activity(), mode="official", now=NOW)
        with pytest.raises(Stale):
            await correct(session, an_activity(quantity="2"), version=2)


async def test_a_correction_cannot_break_what_a_report_could_not(
    opened: Opens, an_activity: Make
) -> None:
    async with opened(OFFICER) as session:
        await report_activity(session, an_activity(), mode="official", now=NOW)
        with pytest.raises(ActivityRefused) as refused:
            await correct(session, an_activity(place_id="vn-31-2025", evidence=()))
    assert [fault.pointer for fault in refused.value.errors] == ["/place_id", "/evidence"]


async def test_the_same_facts_again_are_no_correction(
    opened: Opens, owned: Database, an_activity: Make
) -> None:
    async with opened(OFFICER) as session:
        await report_activity(session, an_activity(), mode="official", now=NOW)
        assert await correct(session, an_activity()) == 1
    assert len(await events(owned)) == 1


async def test_what_was_known_before_a_correction_can_be_asked(
    opened: Opens, owned: Database, an_activity: Make
) -> None:
    activity_id = UUID(an_activity().activity_id)
    async with opened(OFFICER) as session:
        await report_activity(session, an_activity(), mode="official", now=NOW)
    async with opened(OFFICER) as session:
        assert await correct(session, an_activity(quantity="2", subjects=("a",))) == 2
    async with opened(OFFICER) as session:
        assert (await activities.revision(session, activity_id)).document["quantity"] == "2"
        old = await activities.revision(session, activity_id, known_at=NOW + timedelta(minutes=30))
        assert (old.version, old.document["quantity"]) == (1, "1")
        with pytest.raises(ActivityNotFound):
            await activities.revision(session, activity_id, known_at=NOW - timedelta(seconds=1))
    said = await events(owned)
    assert [event[:3] for event in said] == [
        ("pq.support-grants.activity.reported.v1", 1, "vn-33-2025"),
        ("pq.support-grants.activity.corrected.v1", 2, "vn-33-2025"),
    ]
    assert said[1][3]["changed"] == ["quantity", "subjects"]


async def test_what_is_withdrawn_stays_on_record_and_is_left_alone(
    opened: Opens, owned: Database, an_activity: Make
) -> None:
    activity_id = UUID(an_activity().activity_id)
    async with opened(OFFICER) as session:
        await report_activity(session, an_activity(), mode="official", now=NOW)
        row = await withdraw_activity(session, activity_id, reason="trùng", now=NOW)
        assert (row.version, row.status, row.reason) == (2, "withdrawn", "trùng")
    async with opened(OFFICER) as session:
        with pytest.raises(ActivityTransitionIllegal):
            await withdraw_activity(session, activity_id, reason="lại", now=NOW)
        with pytest.raises(ActivityTransitionIllegal):
            await correct(session, an_activity(quantity="3"), version=2)
    said = await events(owned)
    assert (said[-1][0], said[-1][3]["activity"]["status"]) == (
        "pq.support-grants.activity.withdrawn.v1",
        "withdrawn",
    )
