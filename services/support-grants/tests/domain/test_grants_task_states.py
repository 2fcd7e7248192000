"""How a task goes on."""

from collections.abc import Callable
from datetime import date
from typing import Any, get_args

import pytest

from pq_common.contracts.support_grants import Evidence, TaskReport, TaskState
from pq_support_grants.domain import task_states
from pq_support_grants.domain.task_states import Need

Report = Callable[..., TaskReport]
TODAY = date(2025, 11, 22)
STATES = get_args(TaskState)
PROOF = {
    "evidence": (Evidence(kind="minutes", reference="BB-01"),),
    "decision": "15/QĐ-UBND, 3/11/2025",
    "note": "Gói thầu bị hủy",
}


def codes(report: TaskReport, previous: TaskReport | None = None) -> list[str]:
    found = task_states.refusals(
        report, previous=previous, today=TODAY, issued_on=date(2021, 12, 1)
    )
    return [fault.code for fault in found]


@pytest.mark.parametrize("after", STATES)
@pytest.mark.parametrize("before", [None, *STATES])
def test_the_table_decides(before: str | None, after: str, a_report: Report) -> None:
    previous = a_report(before) if before else None
    allowed = (before, after) in task_states.TRANSITIONS
    expected = [] if allowed else ["task_transition_illegal"]
    assert codes(a_report(after, **PROOF), previous) == expected


def test_what_is_done_does_not_become_not_started_or_dropped(a_report: Report) -> None:
    for state in ("not_started", "dropped"):
        assert codes(a_report(state, **PROOF), a_report("done")) == ["task_transition_illegal"]


def test_each_language_names_states_in_its_own_words(a_report: Report) -> None:
    report: Any = a_report("dropped", **PROOF)
    done: Any = a_report("done")
    [fault] = task_states.refusals(report, previous=done, today=TODAY, issued_on=None)
    assert fault.message_vi == (
        "Nhiệm vụ “đã hoàn thành” không thể chuyển sang “đã dừng theo quyết định”."
    )
    assert fault.message_en == "The task is done; it cannot become dropped."


@pytest.mark.parametrize(
    ("before", "after", "need"),
    [(*pair, need) for pair, need in task_states.TRANSITIONS.items() if need is not Need.NOTHING],
)
def test_a_step_that_needs_proof_is_refused_without(
    before: str | None, after: str, need: Need, a_report: Report
) -> None:
    previous = a_report(before) if before else None
    assert codes(a_report(after), previous) == [f"task_{need}_missing"]


@pytest.mark.parametrize(("state", "blank"), [("dropped", "decision"), ("under_way", "note")])
def test_blanks_prove_nothing(state: str, blank: str, a_report: Report) -> None:
    previous = a_report("done") if state == "under_way" else None
    assert codes(a_report(state, **{blank: "  "}), previous) == [
        "task_decision_missing" if state == "dropped" else "task_reason_missing"
    ]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2025, 11, 23), "task_report_in_future"),
        (date(2025, 11, 19), "task_report_out_of_order"),
        (date(2021, 11, 30), "task_report_before_plan"),
    ],
)
def test_days_run_forward(day: date, code: str, a_report: Report) -> None:
    assert code in codes(a_report(reported_on=day), a_report())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"note": "Giao cho 001099012345"}, "text_personal"),
        ({"decision": "1/QĐ, CCCD 001099012345"}, "text_personal"),
        ({"evidence": (Evidence(kind="list", reference="001099012345"),)}, "evidence_personal"),
    ],
)
def test_a_report_holds_no_personal_number(
    changes: dict[str, Any], code: str, a_report: Report
) -> None:
    assert codes(a_report(**changes)) == [code]


def test_every_reason_is_said_at_once(a_report: Report) -> None:
    report: Any = a_report("dropped", reported_on=date(2025, 12, 1))
    assert codes(report) == ["task_report_in_future", "task_decision_missing"]


def test_a_plan_without_a_day_limits_nothing(a_report: Report) -> None:
    report = a_report(reported_on=date(2020, 1, 1))
    assert task_states.refusals(report, previous=None, today=TODAY, issued_on=None) == []
