"""Which activities can be kept."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pq_common.contracts.support_grants import Activity, Evidence
from pq_support_grants.domain import activity_rules
from pq_support_grants.domain.activity_rules import PlanCodes

Make = Callable[..., Activity]
TODAY = date(2025, 11, 22)
HUNG_YEN = PlanCodes(
    place_id="vn-33-1997", indicators={"HY-04": frozenset({"HR-CLASS"})}, tasks=frozenset({"HY-T1"})
)


def codes(activity: Activity, plan: PlanCodes | None = None) -> list[str]:
    return [fault.code for fault in activity_rules.refusals(activity, today=TODAY, plan=plan)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_on": date(2025, 9, 7)}, "activity_ends_before_start"),
        ({"ends_on": date(2025, 11, 23)}, "activity_in_future"),
        ({"place_id": "vn-00-1997"}, "place_unknown"),
        ({"starts_on": date(2025, 6, 30)}, "place_not_of_that_day"),
        ({"place_id": "vn-33-1997"}, "place_not_of_that_day"),
        ({"quantity": "0"}, "activity_quantity_out_of_bounds"),
        ({"quantity": "-1"}, "activity_quantity_out_of_bounds"),
        ({"quantity": "1" + "0" * 14}, "activity_quantity_out_of_bounds"),
        ({"quantity": "1.00000"}, "activity_quantity_too_fine"),
        ({"quantity": "1.5", "unit": "Doanh nghiệp"}, "activity_quantity_not_whole"),
        ({"subjects": ("a", "b", "a"), "quantity": "9"}, "activity_subject_repeated"),
        ({"subjects": ("a", "b"), "unit": "người"}, "activity_more_subjects_than_quantity"),
        ({"subjects": ("a", "b"), "unit": "lượt"}, "activity_more_subjects_than_quantity"),
        ({"subjects": ("001099012345",)}, "activity_subject_personal"),
        ({"subjects": ("012345678",)}, "activity_subject_personal"),
        ({"evidence": ()}, "activity_evidence_missing"),
        (
            {"evidence": (Evidence(kind="list", reference="CCCD 001099012345"),)},
            "evidence_personal",
        ),
        ({"evidence": (Evidence(kind="001099012345", reference="x"),)}, "evidence_personal"),
        ({"title": "Tập huấn cho ông A (001099012345)"}, "text_personal"),
        ({"channel": "Zalo 001099012345"}, "text_personal"),
        ({"clause_codes": ("HY-04",)}, "activity_plan_missing"),
        ({"task_code": "HY-T1"}, "activity_plan_missing"),
        ({"plan_code": "x"}, "activity_plan_unknown"),
    ],
)
def test_an_activity_is_refused(changes: dict[str, Any], code: str, an_activity: Make) -> None:
    assert codes(an_activity(**changes)) == [code]


def test_every_reason_is_said_at_once_where_the_caller_wrote_it(an_activity: Make) -> None:
    wrong = an_activity(quantity="0", evidence=(), place_id="x", starts_on=date(2026, 1, 1))
    found = activity_rules.refusals(wrong, today=TODAY, plan=None, at="/activity")
    assert [fault.pointer for fault in found] == [
        "/activity/ends_on",
        "/activity/starts_on",
        "/activity/place_id",
        "/activity/quantity",
        "/activity/evidence",
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"clause_codes": ("HY-99",)}, "activity_clause_unknown"),
        ({"clause_codes": ("HY-04",), "indicator": "COM-TV"}, "activity_clause_of_other_indicator"),
        ({"task_code": "HY-T9"}, "activity_task_unknown"),
        ({"place_id": "vn-31-2025"}, "activity_plan_of_other_place"),
    ],
)
def test_references_to_a_plan_are_refused(
    changes: dict[str, Any], code: str, an_activity: Make
) -> None:
    assert codes(an_activity(plan_code="hung-yen-2021-2030", **changes), HUNG_YEN) == [code]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ends_on": date(2025, 9, 8)},
        {"title": "Mã vạch 8938505974012"},
        {"quantity": "0.0001", "unit": "tỷ đồng"},
        {"quantity": "2.0", "unit": "DN", "subjects": ("a", "b")},
        {"subjects": tuple("abcdefgh"), "unit": "lớp"},
        {"place_id": "vn-33-1997", "starts_on": date(2025, 6, 30)},
        {"place_id": "vn", "starts_on": date(2024, 1, 1)},
    ],
)
def test_activities_are_kept(changes: dict[str, Any], an_activity: Make) -> None:
    assert codes(an_activity(**changes)) == []


def test_a_merged_province_goes_on_with_the_plan_of_its_predecessor(an_activity: Make) -> None:
    activity = an_activity(
        plan_code="hung-yen-2021-2030", clause_codes=("HY-04",), task_code="HY-T1"
    )
    assert codes(activity, HUNG_YEN) == []


def test_a_predecessor_may_act_under_the_plan_of_its_successor(an_activity: Make) -> None:
    plan = PlanCodes(place_id="vn-33-2025", indicators={}, tasks=frozenset())
    old = an_activity(plan_code="x", place_id="vn-34-1997", starts_on=date(2025, 6, 1))
    assert codes(old, plan) == []


def test_everybody_may_act_under_a_national_programme(an_activity: Make) -> None:
    national = PlanCodes(place_id="vn", indicators={}, tasks=frozenset())
    assert codes(an_activity(plan_code="decision-1322"), national) == []


def test_an_unknown_place_is_refused_once(an_activity: Make) -> None:
    wrong = an_activity(place_id="x", plan_code="hung-yen-2021-2030")
    assert codes(wrong, HUNG_YEN) == ["place_unknown"]


def test_a_correction_cannot_move_an_activity(an_activity: Make) -> None:
    before, after = an_activity(), an_activity(place_id="vn-31-2025")
    found = activity_rules.change_refusals(before, after)
    assert [fault.code for fault in found] == ["activity_place_fixed"]
    assert activity_rules.change_refusals(before, an_activity(title="Tên khác")) == []


@pytest.mark.parametrize(
    ("status", "action", "expected"),
    [
        ("reported", "correct", "reported"),
        ("reported", "withdraw", "withdrawn"),
        ("withdrawn", "correct", None),
        ("withdrawn", "withdraw", None),
    ],
)
def test_what_is_withdrawn_stays_withdrawn(status: str, action: str, expected: str | None) -> None:
    assert activity_rules.after(status, action) == expected
