"""Which plans can be kept, and what an amendment may touch."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pq_common.contracts.plans import Plan, ReportingCalendar, Slip, Span, TargetClause, Task
from pq_support_grants.domain import plan_rules

MakePlan = Callable[..., Plan]
Clause = Callable[..., TargetClause]
TODAY = date(2025, 11, 22)


def codes(plan: Plan) -> list[str]:
    return [fault.code for fault in plan_rules.refusals(plan)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "Hưng Yên"}, "plan_code_malformed"),
        ({"first_year": 2031}, "plan_years_reversed"),
        ({"level": "national"}, "plan_level_mismatch"),
        ({"place_id": "vn"}, "plan_level_mismatch"),
        ({"place_id": "vn-99-1997"}, "place_unknown"),
        ({"place_id": "vn-33-2025"}, "place_not_of_that_day"),
        ({"issued_on": None, "place_id": "vn-33-2025"}, "place_not_of_that_day"),
        ({"targets": (), "tasks": ()}, "plan_says_nothing"),
        ({"calendar": ReportingCalendar(months=(6, 13))}, "calendar_month_wrong"),
        ({"calendar": ReportingCalendar(month_day="30-11")}, "calendar_day_wrong"),
    ],
)
def test_a_plan_is_refused(changes: dict[str, Any], code: str, a_plan: MakePlan) -> None:
    assert code in codes(a_plan(**changes))


def test_codes_are_unique(a_plan: MakePlan, a_clause: Clause, a_task: Callable[..., Task]) -> None:
    plan = a_plan(targets=(a_clause(), a_clause()), tasks=(a_task(), a_task()))
    assert [(fault.pointer, fault.code) for fault in plan_rules.refusals(plan)] == [
        ("/targets/0/code", "code_repeated"),
        ("/targets/1/code", "code_repeated"),
        ("/tasks/0/code", "code_repeated"),
        ("/tasks/1/code", "code_repeated"),
    ]


@pytest.mark.parametrize("code", ["", "HY 01", "HY/01", "HY-01?"])
def test_a_code_fits_an_address(code: str, a_plan: MakePlan, a_clause: Clause) -> None:
    assert codes(a_plan(targets=(a_clause(code),))) == ["code_malformed"]


def test_a_clause_speaks_of_the_years_of_its_plan(a_plan: MakePlan, a_clause: Clause) -> None:
    late = Span(first_year=2026, last_year=2031, printed="2026-2031")
    assert codes(a_plan(targets=(a_clause(span=late),))) == ["clause_span_outside_plan"]


@pytest.mark.parametrize("field", ["span", "span.last_year", "period"])
def test_unless_the_slip_is_flagged(field: str, a_plan: MakePlan, a_clause: Clause) -> None:
    late = Span(first_year=2026, last_year=2031, printed="2026-2031")
    slip = Slip(
        field=field, printed="2026-2031", read_as=None, note_vi="in sai", note_en="misprint"
    )
    assert codes(a_plan(targets=(a_clause(span=late, slips=(slip,)),))) == []


def test_another_slip_flags_nothing(a_plan: MakePlan, a_clause: Clause) -> None:
    late = Span(first_year=2026, last_year=2031, printed=None)
    slip = Slip(field="unit", printed="x", read_as=None, note_vi="", note_en="")
    assert codes(a_plan(targets=(a_clause(span=late, slips=(slip,)),))) == [
        "clause_span_outside_plan"
    ]


def test_a_clause_is_of_a_place_of_that_day(a_plan: MakePlan, a_clause: Clause) -> None:
    plan = a_plan(targets=(a_clause(place_id="vn-33-2025"), a_clause("HY-05", place_id="x")))
    assert [(fault.pointer, fault.code) for fault in plan_rules.refusals(plan)] == [
        ("/targets/0/place_id", "place_not_of_that_day"),
        ("/targets/1/place_id", "place_unknown"),
    ]


def test_a_part_has_a_whole(a_plan: MakePlan, a_clause: Clause) -> None:
    assert codes(a_plan(targets=(a_clause(parent="HY-99"),))) == ["clause_parent_unknown"]


def test_no_clause_is_its_own_ancestor(a_plan: MakePlan, a_clause: Clause) -> None:
    circle = (a_clause("A", parent="B"), a_clause("B", parent="A"), a_clause("C", parent="A"))
    assert codes(a_plan(targets=circle)) == ["clause_parent_circular"] * 2


def test_a_parent_above_a_missing_one_is_reported_once(a_plan: MakePlan, a_clause: Clause) -> None:
    broken = (a_clause("A", parent="B"), a_clause("B", parent="Z"))
    assert codes(a_plan(targets=broken)) == ["clause_parent_unknown"]


def test_every_reason_is_said_at_once_where_the_caller_wrote_it(
    a_plan: MakePlan, a_clause: Clause
) -> None:
    plan = a_plan(code="X", targets=(a_clause(value=None),))
    found = plan_rules.refusals(plan, at="/plan")
    assert [fault.pointer for fault in found] == ["/plan/code", "/plan/targets/0/value"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"issued_on": None},
        {"targets": ()},
        {"tasks": ()},
        {"calendar": ReportingCalendar(months=(6, 12), month_day="11-30")},
        {"calendar": ReportingCalendar(on_demand=True)},
    ],
)
def test_plans_are_kept(changes: dict[str, Any], a_plan: MakePlan) -> None:
    assert codes(a_plan(**changes)) == []


def test_a_national_programme_is_kept(a_plan: MakePlan, a_clause: Clause) -> None:
    plan = a_plan(
        "decision-1322", level="national", place_id="vn", targets=(a_clause(place_id="vn"),)
    )
    assert codes(plan) == []


def test_an_amendment_cannot_make_another_plan(a_plan: MakePlan) -> None:
    other = a_plan("x", level="national", place_id="vn")
    found = plan_rules.change_refusals(a_plan(), other, at="/plan")
    assert [fault.pointer for fault in found] == ["/plan/code", "/plan/level", "/plan/place_id"]


def test_an_amendment_may_change_the_text(a_plan: MakePlan) -> None:
    assert plan_rules.change_refusals(a_plan(), a_plan(title="Kế hoạch sửa đổi")) == []


def test_the_text_speaks_from_its_day_or_its_first_year(a_plan: MakePlan) -> None:
    assert plan_rules.first_day(a_plan(), today=TODAY) == date(2021, 12, 1)
    assert plan_rules.first_day(a_plan(issued_on=None), today=TODAY) == date(2021, 1, 1)


def test_a_plan_of_coming_years_without_a_day_speaks_from_today(a_plan: MakePlan) -> None:
    coming = a_plan(issued_on=None, first_year=2026)
    assert plan_rules.first_day(coming, today=TODAY) == TODAY


def test_a_text_dated_tomorrow_is_not_kept_today(a_plan: MakePlan) -> None:
    early = a_plan(issued_on=date(2025, 11, 23))
    found = plan_rules.issue_refusals(early, today=TODAY)
    assert [fault.code for fault in found] == ["plan_issued_in_future"]


@pytest.mark.parametrize("day", [TODAY, None])
def test_a_text_of_today_or_without_a_day_is_kept(day: date | None, a_plan: MakePlan) -> None:
    assert plan_rules.issue_refusals(a_plan(issued_on=day), today=TODAY) == []


@pytest.mark.parametrize("day", [date(2021, 11, 30), date(2025, 11, 23)])
def test_an_amendment_holds_from_a_day_between_the_plan_and_today(
    day: date, a_plan: MakePlan
) -> None:
    found = plan_rules.amendment_refusals(a_plan(), valid_from=day, today=TODAY)
    assert [fault.code for fault in found] == ["plan_amendment_day_wrong"]
    assert plan_rules.amendment_refusals(a_plan(), valid_from=TODAY, today=TODAY) == []
