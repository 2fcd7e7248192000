"""Clauses that ask for something each year, growth, and averages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.counting import Where
from pq_reporting.domain.facts import Certificate, Deed, Facts, Period, Result, Spell
from pq_reporting.domain.figure import MISSING, Kind, number
from pq_reporting.domain.measured import Measure
from pq_reporting.domain.measuring import measure
from pq_reporting.domain.progress import judge
from pq_reporting.domain.status import Status, Verdict

QB = "vn-44-1997"
AT_HOME = Where(frozenset({QB}))
END = date(2025, 12, 31)


def a_clause(**changes: Any) -> Clause:
    given: dict[str, Any] = {
        "plan_code": "p", "code": "BL-01", "indicator": "ENT-SUP", "comparator": "at_least",
        "value": Decimal(2), "unit": "DN/năm", "place_id": QB, "first_year": 2021, "last_year": 2025,
        "counting": "distinct", "cadence": "each_year",
    }  # fmt: skip
    return Clause(**(given | changes))


def supported(year: int, *bodies: str) -> Deed:
    return Deed(activity_id=f"s{year}", place_id=QB, indicator="ENT-SUP", ends_on=date(year, 6, 30),
                quantity=Decimal(len(bodies)), subjects=frozenset(bodies))  # fmt: skip


def many(year: int, how_many: int) -> Deed:
    return supported(year, *(f"e{index}" for index in range(how_many)))


def judged(clause: Clause, facts: Facts, *, on: date) -> tuple[Verdict, Measure]:
    found = measure(clause, facts, AT_HOME, on=on, result_place=QB)
    return judge(clause, found, on=on), found


def test_a_failed_year_makes_it_late_and_past_the_end_not_met() -> None:
    facts = Facts((many(2021, 2), many(2022, 1), many(2023, 3)))
    running, _ = judged(a_clause(), facts, on=date(2023, 12, 31))
    assert (running.status, running.word.vi) == (Status.LATE, "Chậm ở năm 2022")
    assert "Đạt: 2021, 2023" in running.reason.vi
    ended, found = judged(a_clause(), facts, on=END)
    assert (ended.status, ended.word.en) == (Status.MISSED, "Not met in 2022")
    assert (found.year, found.actual) == (2023, number(3))


def test_a_silent_year_is_named_and_is_not_a_zero() -> None:
    facts = Facts((many(2021, 2), many(2023, 2)))
    verdict, found = judged(a_clause(), facts, on=date(2023, 12, 31))
    assert (verdict.status, verdict.word.vi) == (Status.UNREPORTED, "Chưa báo cáo năm 2022")
    assert found.years[2022] == MISSING


def test_the_running_year_is_judged_by_its_days() -> None:
    asked = a_clause(value=Decimal(10))
    facts = Facts((many(2021, 10), many(2022, 3)))
    behind, _ = judged(asked, facts, on=date(2022, 7, 1))
    assert (behind.status, behind.word.vi, behind.needed) == (
        Status.LATE,
        "Chậm 1 DN/năm",
        number(4),
    )
    on_track, _ = judged(asked, Facts((many(2021, 10), many(2022, 4))), on=date(2022, 7, 1))
    assert on_track.status is Status.ON_TRACK
    not_yet_told, _ = judged(asked, Facts((many(2021, 10),)), on=date(2022, 7, 1))
    assert not_yet_told.status is Status.ON_TRACK


def test_all_years_passed_is_met_at_the_end() -> None:
    facts = Facts(tuple(many(year, 2) for year in range(2021, 2026)))
    assert judged(a_clause(), facts, on=END)[0].status is Status.MET


def test_in_its_first_days_a_yearly_count_is_on_track_and_says_only_the_plan() -> None:
    verdict, _ = judged(a_clause(), Facts((supported(2021, "a"),)), on=date(2021, 6, 30))
    assert verdict.status is Status.ON_TRACK
    assert verdict.reason.vi == "Kế hoạch: ít nhất 2 DN mỗi năm."


def a_result(first: int, last: int, share: str | None = "0.48", **changes: Any) -> Result:
    given: dict[str, Any] = {
        "result_id": f"r{first}{last}", "place_id": QB, "years": frozenset(range(first, last + 1)),
        "published_at": datetime(2026, 3, 1, tzinfo=UTC),
        "period": Period(first_year=first, last_year=last, share=None if share is None else Decimal(share),
                         reason=None if share else "NEGATIVE_GROWTH", labour_productivity=Decimal("0.075")),
    }  # fmt: skip
    return Result(**(given | changes))


MEASURED = {
    "indicator": "TFP-MEAS",
    "comparator": "done",
    "value": None,
    "unit": None,
    "counting": "yes_no",
}


def test_productivity_measured_each_year_comes_from_published_results() -> None:
    verdict, found = judged(
        a_clause(**MEASURED), Facts(results=(a_result(2021, 2023),)), on=date(2023, 12, 31)
    )
    assert (verdict.status, found.years[2022], found.year) == (Status.ON_TRACK, number(1), 2023)
    late, _ = judged(a_clause(**MEASURED), Facts(results=(a_result(2021, 2023),)), on=END)
    assert (late.status, late.word.vi) == (Status.UNREPORTED, "Chưa báo cáo năm 2024, 2025")
    assert judged(a_clause(**MEASURED), Facts(), on=END)[0].status is Status.UNREPORTED
    early, _ = judged(a_clause(**MEASURED), Facts(), on=date(2021, 7, 1))
    assert (early.status, early.reason.vi) == (Status.NOT_DUE, "Năm đầu tiên chưa kết thúc.")


def test_productivity_measured_for_the_period_needs_a_result_that_covers_it() -> None:
    once = a_clause(**MEASURED | {"cadence": "once_by_end"})
    whole, part = a_result(2021, 2025), a_result(2021, 2024)
    assert judged(once, Facts(results=(whole,)), on=END)[0].status is Status.MET
    assert judged(once, Facts(results=(part,)), on=END)[0].status is Status.UNREPORTED
    assert judged(once, Facts(results=(whole,)), on=date(2024, 6, 1))[0].status is Status.UNREPORTED
    without_period = a_result(2021, 2025, period=None)
    assert judged(once, Facts(results=(without_period,)), on=END)[0].status is Status.UNREPORTED


SHARE = {"indicator": "TFP-SHARE", "comparator": "reach", "value": Decimal(47), "unit": "%",
         "counting": "rate", "cadence": "once_by_end"}  # fmt: skip


def test_the_share_of_productivity_is_the_published_one_of_the_longest_period_inside_the_span() -> (
    None
):
    facts = Facts(
        results=(a_result(2021, 2023, "0.60"), a_result(2021, 2025), a_result(2016, 2020, "0.9"))
    )
    verdict, found = judged(a_clause(**SHARE), facts, on=END)
    assert (found.actual, verdict.status) == (number(Decimal("48.00")), Status.MET)
    assert "2021-2025" in found.notes[0].vi
    missed, _ = judged(a_clause(**SHARE), Facts(results=(a_result(2021, 2025, "0.4512"),)), on=END)
    assert missed.word.vi == "Không đạt, thiếu 1,9 điểm phần trăm"


def test_of_two_publications_of_one_period_the_later_counts() -> None:
    old = a_result(2021, 2025, "0.40", result_id="a", published_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert judged(a_clause(**SHARE), Facts(results=(old, a_result(2021, 2025))), on=END)[
        1
    ].actual == number(48)


@pytest.mark.parametrize(
    ("reason", "words"), [("NEGATIVE_GROWTH", "Tăng trưởng âm"), ("?", "Không nêu lý do")]
)
def test_where_growth_gives_no_share_there_is_none_and_the_reason_is_said(
    reason: str, words: str
) -> None:
    period = Period(first_year=2021, last_year=2025, share=None, reason=reason)
    verdict, _ = judged(
        a_clause(**SHARE), Facts(results=(a_result(2021, 2025, period=period),)), on=END
    )
    assert verdict.status is Status.NOT_COMPARABLE
    assert words in verdict.reason.vi


def test_a_share_published_for_nobody_is_unreported() -> None:
    assert judged(a_clause(**SHARE), Facts(), on=END)[0].status is Status.UNREPORTED


def test_raising_the_share_is_judged_against_the_period_the_text_names() -> None:
    clause = a_clause(
        **SHARE | {"comparator": "increase", "value": None, "growth_base": "period:2016-2020"}
    )
    both = Facts(results=(a_result(2021, 2025), a_result(2016, 2020, "0.40")))
    assert judged(clause, both, on=END)[0].status is Status.MET
    alone = judged(clause, Facts(results=(a_result(2021, 2025),)), on=END)[0]
    assert (alone.status, "hướng tăng" in alone.reason.vi) == (Status.NOT_COMPARABLE, True)


LABOUR = {"indicator": "LP-GROWTH", "comparator": "growth_more_than", "value": Decimal(7), "unit": "%/năm",
          "counting": "rate", "cadence": "average_over_years"}  # fmt: skip


def test_an_average_is_needed_in_full_all_the_time() -> None:
    verdict, found = judged(
        a_clause(**LABOUR), Facts(results=(a_result(2021, 2023),)), on=date(2024, 2, 1)
    )
    assert (found.actual, verdict.status, verdict.needed) == (
        number(Decimal("7.5")),
        Status.ON_TRACK,
        number(7),
    )
    slow = Period(first_year=2021, last_year=2023, share=None, labour_productivity=Decimal("0.05"))
    behind, _ = judged(
        a_clause(**LABOUR), Facts(results=(a_result(2021, 2023, period=slow),)), on=date(2024, 2, 1)
    )
    assert (behind.status, behind.word.vi) == (Status.LATE, "Chậm 2 điểm phần trăm")
    level = Period(first_year=2021, last_year=2023, share=None, labour_productivity=Decimal("0.07"))
    equal, _ = judged(
        a_clause(**LABOUR),
        Facts(results=(a_result(2021, 2023, period=level),)),
        on=date(2024, 2, 1),
    )
    assert equal.word.vi == "Chậm, phải vượt mức nêu"


def test_a_result_without_labour_productivity_cannot_be_compared() -> None:
    bare = Period(first_year=2021, last_year=2025, share=Decimal("0.4"))
    verdict, _ = judged(
        a_clause(**LABOUR), Facts(results=(a_result(2021, 2025, period=bare),)), on=END
    )
    assert verdict.status is Status.NOT_COMPARABLE


GROWING = {"indicator": "ENT-SUP-G", "comparator": "growth_range", "value": Decimal(10), "value_high": Decimal(15),
           "unit": "%/năm", "counting": "rate"}  # fmt: skip


def test_growth_is_over_the_year_before_and_the_first_year_needs_a_base() -> None:
    facts = Facts((many(2021, 20), many(2022, 23), many(2023, 24)))
    verdict, found = judged(a_clause(**GROWING), facts, on=date(2024, 6, 1))
    assert found.years[2021].kind is Kind.NOT_COMPARABLE
    assert "2020" in (found.years[2021].reason or number(0)).vi  # type: ignore[union-attr]
    assert found.years[2022] == number(15)
    assert (verdict.status, verdict.word.vi) == (Status.LATE, "Chậm ở năm 2023")
    assert "Không so sánh được: 2021" in verdict.reason.vi
    assert verdict.needed == number(10)


def test_growth_from_nothing_is_no_rate() -> None:
    facts = Facts((supported(2020), many(2021, 20)))
    verdict, found = judged(a_clause(**GROWING), facts, on=date(2021, 12, 31))
    assert (verdict.status, found.years[2021].kind) == (Status.NOT_COMPARABLE, Kind.NOT_COMPARABLE)


def test_a_silent_year_of_growth_is_missing() -> None:
    verdict, _ = judged(
        a_clause(**GROWING), Facts((many(2020, 20), many(2021, 23))), on=date(2022, 12, 31)
    )
    assert verdict.word.vi == "Chưa báo cáo năm 2022"


def test_years_that_cannot_be_compared_do_not_hide_those_that_pass() -> None:
    facts = Facts((many(2021, 20), many(2022, 23)))
    assert judged(a_clause(**GROWING), facts, on=date(2023, 1, 5))[0].status is Status.ON_TRACK


def test_growth_of_a_period_over_a_period() -> None:
    clause = a_clause(indicator="HR-PERS", comparator="growth_at_least", value=Decimal(50), unit="%", counting="turns",
                      cadence="once_by_end", growth_base="period:2016-2020")  # fmt: skip
    attended = [Deed(activity_id=str(year), place_id=QB, indicator="HR-PERS", ends_on=date(year, 1, 1), quantity=Decimal(turns))
                for year, turns in ((2018, 100), (2022, 160))]  # fmt: skip
    verdict, found = judged(clause, Facts(tuple(attended)), on=END)
    assert (found.actual, verdict.status) == (number(60), Status.MET)


def a_certificate(key: str, year: int, **changes: Any) -> Certificate:
    given: dict[str, Any] = {
        "certificate_id": key, "enterprise_id": f"e-{key}", "place_id": QB, "scheme": "ISO 9001",
        "decided_on": date(year, 3, 1), "valid_from": date(year, 3, 1), "valid_before": date(year + 3, 3, 1),
    }  # fmt: skip
    return Certificate(**(given | changes))


CERTIFICATES = {"indicator": "CRT-9001-G", "comparator": "growth_at_least", "value": Decimal(10),
                "unit": "%/năm", "counting": "rate"}  # fmt: skip


def test_growth_of_certificates_is_shown_in_every_reading() -> None:
    issued = [
        a_certificate(f"{year}-{index}", year)
        for year, many_ in ((2020, 4), (2021, 5))
        for index in range(many_)
    ]
    facts = Facts((supported(2020, "e-2020-0", "e-2021-0"),), tuple(issued))
    verdict, found = judged(a_clause(**CERTIFICATES), facts, on=date(2021, 12, 31))
    assert (found.actual, verdict.status) == (number(25), Status.ON_TRACK)
    labels = {reading.label.vi: reading.figure for reading in found.readings}
    assert labels["còn hiệu lực cuối năm, mọi tổ chức"] == number(125)
    assert labels["cấp trong năm, tổ chức được hỗ trợ"] == number(0)
    assert "cấp trong năm, mọi tổ chức" in found.notes[0].vi
    valid = a_clause(**CERTIFICATES | {"measure": "valid_at_year_end", "population": "supported"})
    assert judged(valid, facts, on=date(2021, 12, 31))[1].actual == number(100)


@pytest.mark.parametrize("what", ["certificates", "bodies"])
def test_growth_of_a_merged_place_is_not_judged_from_the_year_of_the_merger_on(what: str) -> None:
    numbers = {
        2023: 10,
        2024: 12,
        2025: 6,
    }  # of 2025 the first half: then it is the new place that reports
    issued = tuple(
        a_certificate(f"{year}-{index}", year)
        for year, count in numbers.items()
        for index in range(count)
    )
    facts = Facts(tuple(many(year, count) for year, count in numbers.items()), issued)
    asked = CERTIFICATES if what == "certificates" else CERTIFICATES | {"indicator": "ENT-SUP-G"}
    clause = a_clause(**asked | {"first_year": 2024, "last_year": 2030})
    verdict, found = judged(clause, facts, on=date(2026, 12, 31))
    assert (found.year, found.actual, verdict.status) == (2024, number(20), Status.ON_TRACK)
    assert found.years[2025].kind is found.years[2026].kind is Kind.NOT_COMPARABLE
    assert "sáp nhập từ 01/07/2025" in str(found.years[2025].reason)
    begun, _ = judged(a_clause(**asked | {"first_year": 2023}), facts, on=date(2026, 12, 31))
    said = [part in begun.reason.vi for part in ("2023, 2025", "gốc 2022", "sáp nhập từ")]
    assert said == [True, True, True]  # of each year that is apart, why
    whole = measure(
        clause, facts, Where(frozenset({QB, "vn-44-2025"})), on=date(2026, 12, 31), result_place=QB
    )
    assert whole.years[2025] == number(-50)


def test_certificates_of_nobody_are_missing_and_of_a_quiet_year_zero() -> None:
    clause = a_clause(**CERTIFICATES | {"indicator": "CRT-9001", "comparator": "at_least", "cadence": "once_by_end",
                                        "counting": "events", "unit": "giấy"})  # fmt: skip
    assert judged(clause, Facts(), on=END)[0].status is Status.UNREPORTED
    old = Facts(certificates=(a_certificate("a", 2019),))
    assert judged(clause, old, on=END)[1].actual == number(0)


def test_growth_of_certificates_over_a_named_period() -> None:
    clause = a_clause(
        **CERTIFICATES | {"cadence": "once_by_end", "growth_base": "period:2011-2020"}
    )
    facts = Facts(
        certificates=(a_certificate("a", 2015), a_certificate("b", 2022), a_certificate("c", 2023))
    )
    assert judged(clause, facts, on=END)[1].actual == number(100)
    assert (
        judged(clause, Facts(certificates=(a_certificate("b", 2022),)), on=END)[0].status
        is Status.NOT_COMPARABLE
    )


def test_a_certificate_is_valid_inside_its_dates_and_neither_suspended_nor_ended() -> None:
    spells = (
        Spell(date(2021, 3, 1), "active"),
        Spell(date(2022, 1, 1), "suspended"),
        Spell(date(2022, 6, 1), "active"),
    )
    one = a_certificate("a", 2021, spells=spells)
    days = (
        date(2021, 2, 28),
        date(2021, 3, 1),
        date(2022, 3, 1),
        date(2022, 6, 1),
        date(2024, 3, 1),
    )
    assert [one.is_valid_on(day) for day in days] == [False, True, False, True, False]
    assert a_certificate("b", 2021, valid_before=None).is_valid_on(date(2040, 1, 1))
