"""What each clause asks for, read a second time by hand; and the traps in the originals, one by one."""

from collections import Counter
from datetime import date

import pytest

from pq_common.contracts.plans import Plan, Slip, TargetClause, Task

# code, indicator, comparator, number(s), cadence (blank: once, by the end), counting, last year it speaks of
READINGS = """
HY-G1 TFP-SHARE increase - - rate 2030
HY-G2 LP-LEVEL increase - - level 2030
HY-01 HR-EXP-PQ range 1..2 - distinct 2025
HY-02 HR-EXP-CA range 1..2 - distinct 2025
HY-03 HR-SCHOOL at_least 1 - distinct 2025
HY-04 HR-CLASS about 20 - events 2025
HY-05 COM-EVENT range 2..4 - events 2025
HY-06 ENT-SUP range 20..30 - distinct 2025
HY-07 TFP-MEAS done - each_year yes_no 2025
HY-08 STD-CAB-NEW exactly 1 - distinct 2025
HY-09 STD-LAB at_least 1 - distinct 2025
HY-10 ENT-RND at_least 3 - distinct 2025
HY-11 STD-QCDP at_least 2 - events 2025
HY-12 COM-CONTEST done - - events 2025
HY-13 COM-TV at_least 2 - events 2025
HY-14 COM-PRESS at_least 3 - events 2025
HY-15 HR-EXP-PQ at_least 2 - distinct 2030
HY-16 HR-EXP-CA at_least 2 - distinct 2030
HY-17 HR-SCHOOL at_least 2 - distinct 2030
HY-18 HR-CLASS about 25 - events 2030
HY-19 COM-EVENT at_least 5 - events 2030
HY-20 ENT-SUP range 30..35 - distinct 2030
HY-21 TFP-MEAS done - each_year yes_no 2029
HY-21b TFP-MEAS done - - yes_no 2029
HY-22 STD-LAB at_least 1 - distinct 2030
HY-23 ENT-RND at_least 5 - distinct 2030
HY-24 COM-TV at_least 3 - events 2030
HY-25 COM-PRESS range 3..5 - events 2030
HY-26 STD-HITECH exactly 2 - distinct 2030
HY-27 ENT-RND at_least 8 - distinct 2030
HY-28 TFP-STI-MEAS done - each_year yes_no 2029
HY-29 ENT-GREEN done - - events 2025
HY-30 ENT-GREEN done - - events 2030
HP-G1 LP-LEVEL increase - - level 2025
HP-01 TFP-SHARE reach 47 - rate 2025
BL-G1 TFP-SHARE increase - - rate 2025
BL-G2 LP-LEVEL increase - - level 2025
BL-G3 TFP-SHARE increase - - rate 2025
BL-01 ENT-SUP at_least 2 each_year distinct 2025
BL-02 AWD-NQA at_least 5 - distinct 2025
BL-03 AWD-NQA-GOLD at_least 1 - distinct 2025
BL-04 STD-CAB-FORMED exactly 1 - distinct 2025
BL-05 LP-GROWTH growth_more_than 7 average_over_years rate 2025
BL-06 TFP-SHARE about 30 - rate 2025
BL-07 COM-EVENT done - - events 2025
BL-08 ENT-SUP done - - distinct 2025
BL-09 IP-REG done - - turns 2025
BL-10 IP-COM done - - turns 2025
BL-11 ENT-TURN done - - turns 2025
QB-G1 TFP-SHARE increase - - rate 2030
QB-G2 LP-LEVEL increase - - level 2030
QB-01 HR-EXP-PQ about 5 - distinct 2025
QB-02 HR-MGR more_than 200 - turns 2025
QB-03 HR-EXP-PQ about 10 - distinct 2030
QB-04 HR-MGR more_than 300 - turns 2030
QB-05 ENT-SUP-G growth_range 10..15 each_year rate 2030
QB-06 CRT-9001-G growth_at_least 10 each_year rate 2030
QB-07 CRT-14001-G growth_at_least 10 each_year rate 2030
QB-08 ENT-MODEL at_least 10 - distinct 2030
QB-09 STD-CAB-UP done - - distinct 2030
QB-10 HR-EXP-PQ done - - events 2025
QB-11 HR-EXP-PQ done - - events 2030
HG-G1 TFP-SHARE increase - - rate 2022
HG-G2 LP-LEVEL increase - - level 2022
HG-G3 LP-LEVEL increase - - level 2022
VN-G1 TFP-SHARE increase - - rate 2030
VN-G2 LP-LEVEL increase - - level 2030
VN-01 STD-HARM about 65 - rate 2025
VN-02 HR-EXP-PQ about 600 - distinct 2025
VN-03 STD-HARM range 70..75 - rate 2030
VN-04 HR-EXP-PQ about 1000 - distinct 2030
VN-05 HR-EXP-PQ-INT about 200 - distinct 2030
VN-06 ENT-SUP-G growth_range 10..15 each_year rate 2030
VN-07 CRT-9001-G growth_at_least 10 - rate 2030
VN-08 CRT-14001-G growth_at_least 10 - rate 2030
VN-09 ENT-MODEL at_least 100 - distinct 2030
VN-10 STD-CAB-UP done - - distinct 2030
VN36-01 LP-GROWTH growth_more_than 7 average_over_years rate 2025
VN36-02 TFP-SHARE about 45 - rate 2025
VN36-03 LP-GROWTH growth_more_than 7.5 average_over_years rate 2030
VN36-04 TFP-SHARE about 50 - rate 2030
VN36-05 GOV-PLAN range 30..35 - distinct 2030
VN36-06 GOV-PLAN-SOE range 5..7 - distinct 2030
VN36-07 ENT-PILOT at_least 500 - distinct 2030
"""

TASKS_BY_GROUP = {
    "hung-yen-2021-2030": {1: 6, 2: 6, 3: 8, 4: 3, 5: 1, 6: 1},
    "hai-phong-2021-2025": {1: 3, 2: 5, 3: 5, 4: 4, 5: 3, 6: 3},
    "bac-lieu-2021-2025": {1: 2, 2: 1, 3: 1, 4: 1, 5: 1},
    "quang-binh-2021-2030": {2: 1, 3: 1, 4: 1},
    "hau-giang-2022": {2: 2, 3: 6, 4: 2},
    "decision-1322": {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 1},
    "decision-36": {},
}


def summary(clause: TargetClause) -> str:
    numbers = "..".join(value for value in (clause.value, clause.value_high) if value is not None)
    cadence = "-" if clause.cadence == "once_by_end" else clause.cadence
    return " ".join(
        (clause.code, clause.indicator, clause.comparator, numbers or "-", cadence,
         clause.counting, str(clause.span.last_year))
    )  # fmt: skip


@pytest.fixture(scope="session")
def clause(plans: dict[str, Plan]) -> dict[str, TargetClause]:
    return {one.code: one for plan in plans.values() for one in plan.targets}


@pytest.fixture(scope="session")
def task(plans: dict[str, Plan]) -> dict[str, Task]:
    return {one.code: one for plan in plans.values() for one in plan.tasks}


def read_as(slips: tuple[Slip, ...], printed: str) -> str | None:
    """Return how the slip that quotes ``printed`` is read; fail when none does."""
    found = [slip.read_as for slip in slips if printed in slip.printed]
    assert len(found) == 1, printed
    return found[0]


def test_every_clause_asks_for_what_the_second_reading_found(
    clause: dict[str, TargetClause],
) -> None:
    assert sorted(map(summary, clause.values())) == sorted(READINGS.strip().splitlines())


@pytest.mark.parametrize("code", sorted(TASKS_BY_GROUP))
def test_every_plan_has_its_tasks_in_their_groups(code: str, plans: dict[str, Plan]) -> None:
    assert Counter(task.group for task in plans[code].tasks) == TASKS_BY_GROUP[code]


def test_hai_phong_prints_six_headings_and_twenty_three_lettered_points(
    plans: dict[str, Plan], originals: dict[str, str]
) -> None:
    tasks = plans["hai-phong-2021-2025"].tasks
    letters = ["abc", "abcdđ", "abcdđ", "abcd", "abc", "abc"]
    codes = [f"HP-{group}{letter}" for group, row in enumerate(letters, 1) for letter in row]
    assert [task.code for task in tasks] == codes
    assert not any(task.is_group_inferred for task in tasks)
    headings = {task.group: task.heading for task in tasks}
    assert len(headings) == 6
    for group, heading in headings.items():
        assert f"{group}. {heading}" in originals["hai-phong-2021-2025"]
    assert all(
        f"{task.letter}) {task.sentence[:20]}" in originals["hai-phong-2021-2025"] for task in tasks
    )


def test_the_group_of_a_task_in_prose_is_marked_as_our_reading(plans: dict[str, Plan]) -> None:
    for code in (
        "hung-yen-2021-2030",
        "bac-lieu-2021-2025",
        "quang-binh-2021-2030",
        "hau-giang-2022",
    ):
        assert all(task.is_group_inferred and task.letter is None for task in plans[code].tasks)


def test_only_hau_giang_names_one_lead_and_a_reporting_calendar(plans: dict[str, Plan]) -> None:
    provincial = [plan for plan in plans.values() if plan.level == "provincial"]
    led = {plan.code for plan in provincial for task in plan.tasks if task.lead_units}
    assert led == {plan.code for plan in provincial if plan.calendar} == {"hau-giang-2022"}
    calendar = plans["hau-giang-2022"].calendar
    assert calendar is not None
    assert (calendar.months, calendar.month_day, calendar.on_demand) == ((6, 12), None, True)
    assert calendar.recipients == ("Bộ Khoa học và Công nghệ", "UBND Tỉnh")


def test_a_unit_is_either_named_or_listed_as_not_said(task: dict[str, Task]) -> None:
    for one in task.values():
        assert ("lead_unit" in one.not_said) == (not one.lead_units), one.code
        assert ("coordinating_units" in one.not_said) <= (not one.coordinating_units), one.code


def test_hai_phong_names_the_duties_of_four_kinds_of_unit_and_a_committee(
    plans: dict[str, Plan],
) -> None:
    plan = plans["hai-phong-2021-2025"]
    assert [duty.unit for duty in plan.duties] == [
        "Sở Khoa học và Công nghệ",
        "Sở Kế hoạch và Đầu tư",
        "Sở Tài chính",
        "Các cơ quan, đơn vị có liên quan",
    ]
    assert plan.steering_body is not None
    assert len(plan.legal_bases) == 5
    assert len(plan.recipients) == 8
    assert plan.issued_on is None


@pytest.mark.parametrize("code", ["HY-14", "HY-16"])
def test_at_least_governs_both_numbers_and_the_other_reading_is_kept(
    code: str, clause: dict[str, TargetClause]
) -> None:
    one = clause[code]
    assert one.comparator == "at_least"
    assert one.alternative_reading is not None
    assert (one.alternative_reading.comparator, one.alternative_reading.value) == (
        "exactly",
        one.value,
    )


@pytest.mark.parametrize("code", ["HY-01", "HY-02", "HY-15", "HY-16"])
def test_experts_of_hung_yen_wait_for_a_central_course(
    code: str, clause: dict[str, TargetClause]
) -> None:
    condition = clause[code].condition
    assert condition is not None
    assert condition.startswith("khi có đơn vị ở Trung ương mở khóa")


@pytest.mark.parametrize(
    ("code", "hedge"),
    [
        ("HY-08", "tiếp tục"), ("HY-09", "phấn đấu"), ("HY-22", None), ("HP-01", "góp phần"),
        ("BL-02", "vận động, hỗ trợ"), ("BL-05", "góp phần"), ("BL-06", "góp phần"), ("HG-G1", None),
    ],
)  # fmt: skip
def test_a_hedge_is_kept_and_none_is_invented(
    code: str, hedge: str | None, clause: dict[str, TargetClause]
) -> None:
    assert clause[code].hedge == hedge


def test_certificates_grow_against_two_different_bases(clause: dict[str, TargetClause]) -> None:
    assert {clause[code].growth_base for code in ("QB-06", "QB-07")} == {"previous_year"}
    assert {clause[code].growth_base for code in ("VN-07", "VN-08")} == {"period:2011-2020"}
    for code in ("QB-06", "QB-07", "VN-07", "VN-08"):
        assert (clause[code].population, clause[code].measure) == ("all", "issued_in_year")
        assert clause[code].alternative_reading is not None


def test_the_eight_of_hung_yen_have_no_period_of_their_own(clause: dict[str, TargetClause]) -> None:
    one = clause["HY-27"]
    assert (one.due, one.span.printed, one.span.is_inferred) == (None, None, True)
    assert {"due", "period"} <= set(one.not_said)


def test_the_menu_of_support_and_the_choices_are_kept(clause: dict[str, TargetClause]) -> None:
    assert len(clause["HY-06"].menu) == len(clause["HY-20"].menu) == 6
    assert clause["HY-13"].either_or == ("phóng sự", "chuyên mục")
    assert clause["HY-13"].channel == "Đài Phát thanh và Truyền hình Hưng Yên"
    assert clause["HY-24"].channel == "Đài Phát thanh và Truyền hình tỉnh Hưng Yên"


def test_years_printed_wrongly_are_flagged_and_only_the_overlap_is_changed(
    clause: dict[str, TargetClause],
) -> None:
    for code in ("QB-03", "QB-04", "QB-11"):
        span = clause[code].span
        assert (span.printed, span.first_year, span.is_inferred) == (
            "Giai đoạn 2025 - 2030",
            2026,
            True,
        )
        assert read_as(clause[code].slips, "2025 - 2030") == "Giai đoạn 2026 - 2030"
    for code in ("HY-21", "HY-21b", "HY-28"):
        assert clause[code].span.last_year == 2029
        assert read_as(clause[code].slips, "2026-2029") is None
        assert clause[code].due == date(2029, 12, 31)


@pytest.mark.parametrize(
    ("code", "printed", "read"),
    [
        ("hung-yen-2021-2030", "2021-2021", "giai đoạn 2021-2030"),
        ("hung-yen-2021-2030", "UNBD", "UBND tỉnh Hưng Yên"),
        ("hung-yen-2021-2030", "tông tin", "thông tin, tuyên truyền"),
        ("hai-phong-2021-2025", "11/ 01/21", None),
        ("hai-phong-2021-2025", "KI. CHỦ TỊCH", "KT. CHỦ TỊCH"),
        ("hau-giang-2022", "70/KD-UBND", "70/KH-UBND"),
        ("hau-giang-2022", "các các", "các doanh nghiệp"),
        ("hau-giang-2022", "giày da, hàng tiêu dùng…", "giữ một lần"),
    ],
)
def test_a_slip_of_a_plan_is_kept_and_read(
    code: str, printed: str, read: str | None, plans: dict[str, Plan]
) -> None:
    assert read_as(plans[code].slips, printed) == read


@pytest.mark.parametrize(
    ("code", "printed", "read"),
    [
        ("HP-1b", "11/ 01/21", "áp dụng tiêu chuẩn quốc tế, tiêu chuẩn của các nước"),
        ("HP-3a", "ISO 14000", "ISO 14001"),
        ("HP-3a", "ISO 22.000", "ISO 22000"),
        ("HP-3d", "M ngành nghiệp", "an toàn và sức khỏe nghề nghiệp"),
        ("HP-6c", "thăm quan", "tham quan"),
        ("HG-T02", "SA 8000", "SA8000"),
    ],
)
def test_a_slip_of_a_task_is_kept_and_read(
    code: str, printed: str, read: str, task: dict[str, Task]
) -> None:
    assert read_as(task[code].slips, printed) == read


def test_a_share_in_grdp_is_flagged_as_a_share_of_growth(clause: dict[str, TargetClause]) -> None:
    one = clause["HP-01"]
    assert read_as(one.slips, "trong GRDP") == "trong tăng trưởng GRDP"
    assert one.alternative_reading is not None
    assert one.due == date(2025, 12, 31)


def test_standards_are_named_one_way_and_tools_are_not_standards(task: dict[str, Task]) -> None:
    named = {name for one in task.values() for name in one.standards}
    assert {"ISO 14001", "ISO 22000", "ISO/IEC 17025", "SA8000"} <= named
    assert (
        named & {"ISO 14000", "ISO 22.000", "SA 8000", "ISO 17025", "G.A.P", "5S", "TQM"} == set()
    )
    assert task["HP-3a"].tools == ("TQM", "5S", "Kaizen", "QCC")
    assert "tiêu chuẩn nước ngoài" in task["HG-T07"].standards


def test_hung_yen_ties_in_eight_other_programmes(task: dict[str, Task]) -> None:
    linked = [name for one in task.values() for name in one.linked_programmes]
    assert len(linked) == 8
    assert "Chương trình chuyển đổi số của tỉnh" in linked
