"""How a task goes on: what may follow what, and what must be said for it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pq_common.errors import FieldError
from pq_support_grants.domain import personal
from pq_support_grants.domain.facts import TaskReportFacts


class Need(StrEnum):
    """What a report must bring so that the step is believed."""

    NOTHING = "nothing"
    EVIDENCE = "evidence"
    DECISION = "decision"
    REASON = "reason"


NOT_REPORTED = None
"""Nobody has said anything: neither "not started" nor zero."""

STATES: Mapping[str | None, tuple[str, str]] = {
    NOT_REPORTED: ("chưa báo cáo", "not reported"),
    "not_started": ("chưa thực hiện", "not started"),
    "under_way": ("đang thực hiện", "under way"),
    "done": ("đã hoàn thành", "done"),
    "dropped": ("đã dừng theo quyết định", "dropped by a decision"),
}
"""What a state is called in Vietnamese and in English."""

TRANSITIONS: Mapping[tuple[str | None, str], Need] = {
    (NOT_REPORTED, "not_started"): Need.NOTHING,
    (NOT_REPORTED, "under_way"): Need.NOTHING,
    (NOT_REPORTED, "done"): Need.EVIDENCE,
    (NOT_REPORTED, "dropped"): Need.DECISION,
    ("not_started", "not_started"): Need.NOTHING,
    ("not_started", "under_way"): Need.NOTHING,
    ("not_started", "done"): Need.EVIDENCE,
    ("not_started", "dropped"): Need.DECISION,
    ("under_way", "under_way"): Need.NOTHING,
    ("under_way", "not_started"): Need.REASON,
    ("under_way", "done"): Need.EVIDENCE,
    ("under_way", "dropped"): Need.DECISION,
    ("done", "done"): Need.EVIDENCE,
    ("done", "under_way"): Need.REASON,
    ("dropped", "dropped"): Need.DECISION,
    # What a decision dropped only a decision takes up again.
    ("dropped", "under_way"): Need.DECISION,
    ("dropped", "not_started"): Need.DECISION,
}

_MISSING = {
    Need.EVIDENCE: (
        "/evidence",
        "Nhiệm vụ hoàn thành phải có ít nhất một minh chứng (evidence).",
        "A task that is done needs at least one piece of evidence.",
    ),
    Need.DECISION: (
        "/decision",
        "Phải ghi số, ngày của quyết định (decision) bỏ hoặc tiếp tục nhiệm vụ.",
        "Name the decision that dropped the task or takes it up again.",
    ),
    Need.REASON: (
        "/note",
        "Chuyển nhiệm vụ về bước trước phải ghi lý do (note).",
        "Taking a task back to an earlier step needs a reason (note).",
    ),
}


def refusals(
    report: TaskReportFacts,
    *,
    previous: TaskReportFacts | None,
    today: date,
    issued_on: date | None,
) -> list[FieldError]:
    """List every reason to refuse the report; an empty list means it may follow ``previous``.

    ``issued_on`` is the day of the plan, None where the text does not say it.
    """
    found = _refused_days(report, previous, today, issued_on)
    found += personal.in_text(report.note, "/note")
    found += personal.in_text(report.decision, "/decision")
    found += personal.in_evidence(report.evidence, "")
    before = previous.state if previous else NOT_REPORTED
    need = TRANSITIONS.get((before, report.state))
    if need is None:
        vi = f"Nhiệm vụ “{STATES[before][0]}” không thể chuyển sang “{STATES[report.state][0]}”."
        en = f"The task is {before}; it cannot become {report.state}."
        return [*found, FieldError("/state", "task_transition_illegal", vi, en)]
    if not _is_met(need, report):
        pointer, vi, en = _MISSING[need]
        found.append(FieldError(pointer, f"task_{need}_missing", vi, en))
    return found


def _is_met(need: Need, report: TaskReportFacts) -> bool:
    met = {
        Need.NOTHING: True,
        Need.EVIDENCE: bool(report.evidence),
        Need.DECISION: bool((report.decision or "").strip()),
        Need.REASON: bool((report.note or "").strip()),
    }
    return met[need]


def _refused_days(
    report: TaskReportFacts, previous: TaskReportFacts | None, today: date, issued_on: date | None
) -> list[FieldError]:
    day, found = report.reported_on, []
    if day > today:
        vi = f"Ngày báo cáo {day} sau ngày hôm nay {today}."
        en = f"The day of the report, {day}, is after today, {today}."
        found.append(FieldError("/reported_on", "task_report_in_future", vi, en))
    if previous and day < previous.reported_on:
        vi = f"Đã có báo cáo ngày {previous.reported_on}; báo cáo sau không được đề ngày trước đó."
        en = f"There is a report of {previous.reported_on}; a later one cannot bear an earlier day."
        found.append(FieldError("/reported_on", "task_report_out_of_order", vi, en))
    if issued_on and day < issued_on:
        vi = f"Kế hoạch ban hành ngày {issued_on}; không thể báo cáo trước ngày đó."
        en = f"The plan was issued on {issued_on}; nothing can be reported before."
        found.append(FieldError("/reported_on", "task_report_before_plan", vi, en))
    return found
