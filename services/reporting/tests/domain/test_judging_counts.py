"""Clauses of counts: what is needed by today, and what may be said."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pq_common.dates import NoProvision
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.counting import Where
from pq_reporting.domain.facts import Deed, Facts
from pq_reporting.domain.figure import MISSING, Figure, Kind, Words, number, suppressed
from pq_reporting.domain.measured import Measure
from pq_reporting.domain.measuring import measure
from pq_reporting.domain.needed import goal
from pq_reporting.domain.progress import judge
from pq_reporting.domain.status import Status, Verdict
from pq_reporting.domain.wording import plan_value

HY = "vn-33-1997"
AT_HOME = Where(frozenset({HY}))
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def a_clause(**changes: Any) -> Clause:
    given: dict[str, Any] = {
        "plan_code": "hung-yen", "code": "HY-04", "indicator": "HR-CLASS", "comparator": "at_least",
        "value": Decimal(20), "unit": "lớp", "place_id": HY, "first_year": 2021, "last_year": 2025,
        "counting": "events",
    }  # fmt: skip
    return Clause(**(given | changes))


def a_deed(key: str, on: date, quantity: int = 1, **changes: Any) -> Deed:
    given: dict[str, Any] = {
        "activity_id": key, "place_id": HY, "indicator": "HR-CLASS", "ends_on": on, "quantity": Decimal(quantity),
    }  # fmt: skip
    return Deed(**(given | changes))


def judged(clause: Clause, *deeds: Deed, on: date) -> tuple[Verdict, Measure]:
    found = measure(clause, Facts(deeds), AT_HOME, on=on, result_place=HY)
    return judge(clause, found, on=on), found


def test_a_target_nobody_has_reported_on_is_unreported_and_its_figure_is_missing_not_zero() -> None:
    verdict, found = judged(a_clause(), on=date(2023, 6, 30))
    assert (verdict.status, found.actual) == (Status.UNREPORTED, MISSING)
    assert (verdict.word.vi, verdict.word.en) == ("Chưa báo cáo", "Not reported")
    assert verdict.needed == number(9)


def test_a_reported_zero_is_a_zero_and_is_late() -> None:
    verdict, found = judged(a_clause(), a_deed("a", date(2021, 5, 1), 0), on=date(2022, 12, 31))
    assert (found.actual, verdict.status, verdict.word.vi) == (number(0), Status.LATE, "Chậm 7 lớp")


def test_before_its_span_a_target_is_not_due_whatever_was_done() -> None:
    verdict, _ = judged(
        a_clause(first_year=2026, last_year=2030),
        a_deed("a", date(2024, 1, 1)),
        on=date(2025, 12, 31),
    )
    assert verdict.status is Status.NOT_DUE
    assert "01/01/2026" in verdict.reason.vi


def test_what_the_earlier_period_did_does_not_meet_the_later_one() -> None:
    later = a_clause(first_year=2026, last_year=2030)
    verdict, found = judged(later, a_deed("a", date(2024, 1, 1), 50), on=date(2026, 12, 31))
    assert (verdict.status, found.actual) == (Status.UNREPORTED, MISSING)


@pytest.mark.parametrize(
    ("done", "on", "status", "word"),
    [
        (20, date(2022, 1, 1), Status.MET, "Đạt"),
        (8, date(2022, 12, 31), Status.ON_TRACK, "Đúng tiến độ"),
        (6, date(2022, 12, 31), Status.LATE, "Chậm 1 lớp"),
        (19, date(2025, 12, 30), Status.ON_TRACK, "Đúng tiến độ"),
        (18, date(2025, 12, 31), Status.MISSED, "Không đạt, thiếu 2 lớp"),
        (18, date(2027, 3, 1), Status.MISSED, "Không đạt, thiếu 2 lớp"),
    ],
)
def test_a_count_is_needed_day_by_day(done: int, on: date, status: Status, word: str) -> None:
    verdict, _ = judged(a_clause(), a_deed("a", date(2021, 5, 1), done), on=on)
    assert (verdict.status, verdict.word.vi) == (status, word)


@pytest.mark.parametrize(
    ("comparator", "value", "least"),
    [
        ("at_least", "2", "2"), ("reach", "47", "47"), ("exactly", "1", "1"), ("range", "2", "2"),
        ("more_than", "200", "201"), ("about", "20", "18"), ("about", "5", "5"), ("done", None, "1"),
        ("increase", None, None), ("increase", "3", None), ("at_least", None, None),
    ],
)  # fmt: skip
def test_the_least_that_meets_a_count(
    comparator: str, value: str | None, least: str | None
) -> None:
    clause = a_clause(comparator=comparator, value=None if value is None else Decimal(value))
    assert goal(clause, date(2024, 1, 1)) == (None if least is None else Decimal(least))


def test_about_has_no_meaning_before_the_programme() -> None:
    with pytest.raises(NoProvision):
        goal(a_clause(comparator="about"), date(2019, 1, 1))


def test_of_a_range_the_low_end_is_needed_and_more_than_the_high_end_is_shown_but_not_late() -> (
    None
):
    clause = a_clause(comparator="range", value=Decimal(1), value_high=Decimal(2), unit="người")
    verdict, _ = judged(clause, a_deed("a", date(2021, 5, 1), 5), on=date(2025, 12, 31))
    assert verdict.status is Status.MET
    assert "Vượt 3 người" in verdict.reason.vi
    assert "3 people above" in verdict.reason.en
    assert plan_value(clause).vi == "từ 1 đến 2 người"
    inside, _ = judged(clause, a_deed("a", date(2021, 5, 1), 2), on=date(2025, 12, 31))
    assert "Vượt" not in inside.reason.vi


def test_more_than_an_exact_number_is_shown_too() -> None:
    clause = a_clause(comparator="exactly", value=Decimal(1))
    verdict, _ = judged(clause, a_deed("a", date(2021, 5, 1), 2), on=date(2025, 12, 31))
    assert (verdict.status, "Vượt 1 lớp" in verdict.reason.vi) == (Status.MET, True)


def test_one_body_counts_once_a_turn_each_time() -> None:
    twice = (
        a_deed("a", date(2021, 5, 1), 2, subjects=frozenset({"x", "y"}), indicator="ENT-SUP"),
        a_deed("b", date(2023, 5, 1), 2, subjects=frozenset({"y", "z"}), indicator="ENT-SUP"),
    )
    bodies = a_clause(indicator="ENT-SUP", counting="distinct")
    turns = a_clause(indicator="ENT-SUP", counting="turns")
    assert judged(bodies, *twice, on=date(2024, 1, 1))[1].actual == number(3)
    assert judged(turns, *twice, on=date(2024, 1, 1))[1].actual == number(4)


def test_bodies_without_a_list_are_counted_and_the_doubt_is_said() -> None:
    clause = a_clause(counting="distinct")
    _, found = judged(
        clause, a_deed("a", date(2021, 5, 1), 5, subjects=frozenset({"x"})), on=date(2024, 1, 1)
    )
    assert found.actual == number(5)
    assert "4 đơn vị" in found.notes[0].vi


def test_a_level_is_the_last_one_reported() -> None:
    clause = a_clause(
        counting="level", comparator="about", value=Decimal(65), unit="%", indicator="STD-HARM"
    )
    deeds = [a_deed(key, day, level, indicator="STD-HARM") for key, day, level in
             (("b", date(2023, 1, 1), 63), ("a", date(2021, 1, 1), 60))]  # fmt: skip
    verdict, found = judged(clause, *deeds, on=date(2024, 1, 1))
    assert (found.actual, verdict.status) == (number(63), Status.ON_TRACK)
    assert verdict.needed.kind is Kind.NOT_APPLICABLE
    ended, _ = judged(clause, *deeds, on=date(2025, 12, 31))
    assert (ended.status, ended.needed) == (Status.MET, number(Decimal("58.5")))


def test_a_level_of_a_province_is_not_the_level_of_the_nation() -> None:
    clause = a_clause(
        counting="level",
        comparator="about",
        value=Decimal(65),
        unit="%",
        indicator="STD-HARM",
        place_id="vn",
    )
    said = Facts((a_deed("a", date(2025, 11, 30), 63, indicator="STD-HARM", place_id="vn"),
                  a_deed("b", date(2025, 12, 20), 40, indicator="STD-HARM")))  # fmt: skip
    found = measure(clause, said, Where(None), on=date(2025, 12, 31), result_place="vn")
    assert (found.actual, [one.id for one in found.sources]) == (number(63), ["a"])


def test_a_level_below_its_goal_before_the_day_is_not_yet_due_and_after_it_not_met() -> None:
    clause = a_clause(
        counting="level", comparator="more_than", value=Decimal(65), unit="%", indicator="STD-HARM"
    )
    level = a_deed("a", date(2023, 1, 1), 65, indicator="STD-HARM")
    before, _ = judged(clause, level, on=date(2024, 1, 1))
    after, _ = judged(clause, level, on=date(2026, 1, 1))
    assert (before.status, before.word.vi) == (Status.NOT_DUE, "Chưa đến hạn")
    assert (after.status, after.word.vi) == (Status.MISSED, "Không đạt, phải vượt mức nêu")


def test_a_thing_to_do_is_done_by_one_report_and_not_done_by_a_zero() -> None:
    contest = a_clause(
        comparator="done", value=None, unit=None, counting="yes_no", indicator="COM-CONTEST"
    )
    held = a_deed("a", date(2022, 1, 1), 3, indicator="COM-CONTEST")
    not_held = a_deed("a", date(2022, 1, 1), 0, indicator="COM-CONTEST")
    verdict, found = judged(contest, held, on=date(2023, 1, 1))
    assert (verdict.status, found.actual, "31/12/2025" in verdict.reason.vi) == (
        Status.MET,
        number(1),
        True,
    )
    later, _ = judged(contest, not_held, on=date(2023, 1, 1))
    assert (later.status, "chưa thực hiện" in later.reason.vi) == (Status.NOT_DUE, True)
    assert judged(contest, not_held, on=date(2026, 1, 1))[0].status is Status.MISSED
    assert judged(contest, on=date(2026, 1, 1))[0].status is Status.UNREPORTED


def test_a_condition_that_no_report_shows_to_be_true_makes_a_zero_not_applicable_yet_the_zero_stays() -> (
    None
):
    clause = a_clause(condition="khi Trung ương mở khóa")
    verdict, found = judged(clause, a_deed("a", date(2022, 1, 1), 0), on=date(2025, 12, 31))
    assert (verdict.status, found.actual) == (Status.NOT_APPLICABLE, number(0))
    assert "khi Trung ương mở khóa" in verdict.reason.vi


def test_silence_about_a_conditional_target_is_silence_and_names_the_condition() -> None:
    verdict, _ = judged(a_clause(condition="khi Trung ương mở khóa"), on=date(2023, 1, 1))
    assert verdict.status is Status.UNREPORTED
    assert "khi Trung ương mở khóa" in verdict.reason.vi


def test_a_target_without_a_number_cannot_be_judged_and_says_so() -> None:
    clause = a_clause(comparator="increase", value=None)
    verdict, _ = judged(clause, a_deed("a", date(2022, 1, 1), 3), on=date(2023, 1, 1))
    assert verdict.status is Status.NOT_COMPARABLE
    assert judged(clause, on=date(2023, 1, 1))[0].needed.kind is Kind.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("value", "on", "status"),
    [
        (40, date(2024, 1, 1), Status.ON_TRACK), (30, date(2024, 1, 1), Status.LATE),
        (40, date(2026, 1, 1), Status.MET), (29, date(2026, 1, 1), Status.MISSED),
    ],
)  # fmt: skip
def test_a_direction_is_judged_against_a_base_that_was_published(
    value: int, on: date, status: Status
) -> None:
    clause = a_clause(comparator="increase", value=None, unit="%", counting="rate")
    verdict = judge(clause, Measure(actual=number(value), base=number(30)), on=on)
    assert verdict.status is status


def test_a_withheld_figure_is_withheld() -> None:
    reason = Words("Dưới 3 đơn vị.", "Fewer than 3 bodies.")
    verdict = judge(
        a_clause(), Measure(actual=suppressed(reason.vi, reason.en)), on=date(2023, 1, 1)
    )
    assert (verdict.status, verdict.reason) == (Status.SUPPRESSED, reason)


def test_what_is_not_applicable_stays_so() -> None:
    actual = Figure(Kind.NOT_APPLICABLE, reason=Words("Không thuộc diện.", "Out of scope."))
    verdict = judge(a_clause(), Measure(actual=actual), on=date(2023, 1, 1))
    assert verdict.status is Status.NOT_APPLICABLE


def test_a_heading_is_done_by_what_is_done_under_it() -> None:
    heading = a_clause(code="QB-10", indicator="HR-PERS", comparator="done", counting="yes_no",
                       value=None, children=("HY-04",))  # fmt: skip
    named = a_deed("a", date(2022, 1, 1), plan_code="hung-yen", clause_codes=frozenset({"HY-04"}))
    assert judged(heading, named, on=date(2023, 1, 1))[0].status is Status.MET


def test_a_report_of_another_place_counts_only_when_it_names_the_clause() -> None:
    silent = a_deed("a", date(2022, 1, 1), place_id="vn-33-2025")
    named = a_deed("b", date(2022, 1, 1), place_id="vn-33-2025", plan_code="hung-yen", clause_codes=frozenset({"HY-04"}))  # fmt: skip
    assert judged(a_clause(), silent, on=date(2023, 1, 1))[1].actual == MISSING
    assert judged(a_clause(), named, on=date(2023, 1, 1))[1].actual == number(1)


def test_every_state_has_a_sign_and_a_word_in_both_languages() -> None:
    assert len({status.sign for status in Status}) == len(Status)
    assert all(status.word.vi and status.word.en for status in Status)


@pytest.mark.parametrize(
    ("changes", "vi", "en"),
    [
        ({"comparator": "increase", "value": None}, "tăng, không nêu con số", "an increase, no number given"),
        ({"comparator": "more_than", "value": Decimal(200), "unit": "lượt"}, "trên 200 lượt", "more than 200 attendances"),
        ({"unit": "DN/năm", "value": Decimal(2), "cadence": "each_year"}, "ít nhất 2 DN mỗi năm", "at least 2 enterprises each year"),
        ({"comparator": "done", "value": None, "cadence": "each_year"}, "thực hiện mỗi năm", "to be done each year"),
        ({"comparator": "growth_range", "value": Decimal(10), "value_high": Decimal(15), "unit": "%"},
         "tăng từ 10 đến 15%", "grow by 10 to 15%"),
    ],
)  # fmt: skip
def test_the_number_of_the_plan_is_written_with_its_comparator(
    changes: dict[str, Any], vi: str, en: str
) -> None:
    said = plan_value(a_clause(**changes))
    assert (said.vi, said.en) == (vi, en)
