"""A published rate against its band: every answer, on its day and before, refusals to conclude first."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_reporting.domain.boundaries import beside
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.deciding import Answer, Span, answer, chance
from pq_reporting.domain.facts import Band, Facts, Period, Result, Sureness
from pq_reporting.domain.figure import not_comparable, number
from pq_reporting.domain.measured import Measure
from pq_reporting.domain.progress import judge
from pq_reporting.domain.status import Status

DUE, BEFORE = date(2025, 12, 31), date(2024, 6, 30)
WHOLE = Span(2021, 2025)


def a_rate(**changes: Any) -> Clause:
    given_: dict[str, Any] = {
        "plan_code": "p", "code": "HP-01", "indicator": "TFP-SHARE", "comparator": "reach", "value": Decimal(47),
        "unit": "%", "place_id": "vn-31-1997", "first_year": 2021, "last_year": 2025, "counting": "rate",
    }  # fmt: skip
    return Clause(**given_ | changes)


def sure(low: str, high: str, valid: str = "1", quantiles: tuple[str, ...] = ()) -> Sureness:
    return Sureness(
        Band(Decimal(low), Decimal(high)), Decimal(valid), tuple(map(Decimal, quantiles))
    )


def measured(value: str = "45.2", *, given_: Sureness | None, span: Span | None = WHOLE) -> Measure:
    return Measure(actual=number(Decimal(value)), sure=given_, span=span)


@pytest.mark.parametrize(
    ("low", "high", "strict", "found"),
    [
        ("4", "72", False, Answer.NOT_DECIDABLE),
        ("47", "72", False, Answer.MET),
        ("47", "72", True, Answer.NOT_DECIDABLE),
        ("47.1", "72", True, Answer.MET),
        ("4", "46.9", False, Answer.NOT_MET),
        ("4", "47", False, Answer.NOT_DECIDABLE),
        ("4", "47", True, Answer.NOT_MET),
    ],
)
def test_a_target_inside_the_band_is_not_decidable(
    low: str, high: str, *, strict: bool, found: Answer
) -> None:
    assert answer(Decimal(47), sure(low, high), strict=strict) is found


def test_a_band_of_the_few_draws_that_grow_concludes_nothing() -> None:
    few = sure("50", "60", valid="0.49")
    assert answer(Decimal(47), few, strict=False) is Answer.NOT_DECIDABLE
    verdict = judge(a_rate(), measured(given_=few), on=DUE)
    assert verdict.status is Status.NOT_DECIDABLE
    assert "quá nhỏ" in verdict.reason.vi


@pytest.mark.parametrize(
    ("low", "high", "on", "status"),
    [
        ("4", "72", DUE, Status.NOT_DECIDABLE),
        ("48", "72", DUE, Status.MET),
        ("4", "40", DUE, Status.MISSED),
        ("48", "72", BEFORE, Status.ON_TRACK),
        ("4", "72", BEFORE, Status.NOT_DUE),
        ("4", "40", BEFORE, Status.NOT_DUE),
    ],
)
def test_a_level_is_judged_on_its_day_by_its_band(
    low: str, high: str, on: date, status: Status
) -> None:
    assert judge(a_rate(), measured(given_=sure(low, high)), on=on).status is status


@pytest.mark.parametrize(
    ("low", "high", "on", "status"),
    [
        ("6", "8", DUE, Status.NOT_DECIDABLE),
        ("7.1", "8", DUE, Status.MET),
        ("5", "7", DUE, Status.MISSED),
        ("6", "8", BEFORE, Status.NOT_DECIDABLE),
        ("5", "6", BEFORE, Status.LATE),
    ],
)
def test_an_average_over_years_is_asked_for_all_the_time(
    low: str, high: str, on: date, status: Status
) -> None:
    clause = a_rate(
        indicator="LP-GROWTH", comparator="growth_more_than", value=Decimal(7), unit="%/năm",
        cadence="average_over_years", growth_base="previous_year",
    )  # fmt: skip
    assert judge(clause, measured("6.9", given_=sure(low, high)), on=on).status is status


def test_about_thirty_is_compared_with_what_still_meets_it() -> None:
    clause = a_rate(comparator="about", value=Decimal(30))
    verdict = judge(clause, measured("31.2", given_=sure("27", "60")), on=DUE)
    assert verdict.status is Status.MET
    assert "mức cần đạt 27%" in verdict.reason.vi


@pytest.mark.parametrize("given_", [None, sure("48", "72")])
def test_a_part_of_the_years_decides_nothing_once_all_are_due(given_: Sureness | None) -> None:
    early = measured(given_=given_, span=Span(2021, 2023))
    verdict = judge(a_rate(), early, on=DUE)
    assert (verdict.status, "2021-2023" in verdict.reason.vi) == (Status.NOT_DECIDABLE, True)
    assert judge(a_rate(), early, on=BEFORE).status is not Status.NOT_DECIDABLE


def test_a_result_of_before_bands_were_told_is_compared_as_a_point() -> None:
    assert judge(a_rate(), measured(given_=None), on=DUE).status is Status.MISSED
    assert judge(a_rate(), measured("47", given_=None), on=DUE).status is Status.MET


def test_growth_without_a_share_is_not_comparable_whatever_the_band() -> None:
    none = Measure(actual=not_comparable("Âm.", "Negative."), sure=sure("4", "72"), span=WHOLE)
    assert judge(a_rate(), none, on=DUE).status is Status.NOT_COMPARABLE


def test_the_reason_names_point_band_level_and_how_often() -> None:
    told = sure("4", "72", quantiles=("4", "30", "50", "72"))
    reason = judge(a_rate(), measured(given_=told), on=DUE).reason
    assert reason.vi.startswith("Số tính được 45,2%; khoảng 5–95% từ 4% đến 72%; mức cần đạt 47%: ")
    assert "Khoảng 43% số lần mô phỏng đạt mức này." in reason.vi
    assert "About 43 % of the draws reach it." in reason.en


def test_a_missed_target_names_how_far_and_never_a_negative_gap() -> None:
    word = judge(a_rate(), measured("40", given_=sure("20", "46")), on=DUE).word
    assert word.vi == "Không đạt, thiếu 7 điểm phần trăm"
    odd = judge(a_rate(), measured("48", given_=sure("20", "46")), on=DUE).word
    assert "−" not in odd.vi


@pytest.mark.parametrize(
    ("asked", "part"), [("1", "0.8"), ("2", "0.8"), ("3", "0.7"), ("4", "0.6"), ("9", "0.2"), ("11", "0.2")]
)  # fmt: skip
def test_the_part_that_reaches_a_target_is_read_off_the_quantiles(asked: str, part: str) -> None:
    assert chance(Decimal(asked), tuple(map(Decimal, ("2", "4", "6", "9")))) == Decimal(part)


def test_without_quantiles_nothing_is_said_of_how_often() -> None:
    assert chance(Decimal(1), ()) is None


@given(
    st.lists(st.decimals(-100, 100, places=2), min_size=1, max_size=19).map(sorted),
    st.decimals(-120, 120, places=2),
    st.decimals(0, 40, places=2),
)
def test_a_higher_target_is_never_reached_more_often(
    drawn: list[Decimal], asked: Decimal, more: Decimal
) -> None:
    lower, higher = chance(asked, tuple(drawn)), chance(asked + more, tuple(drawn))
    assert lower is not None
    assert higher is not None
    assert 0 <= higher <= lower <= 1


def test_equal_quantiles_are_no_division_by_zero() -> None:
    assert chance(Decimal(5), (Decimal(5), Decimal(5), Decimal(5))) == Decimal("0.75")


@pytest.fixture
def merged() -> Callable[..., Facts]:
    def make(share: str | None, band: Band | None) -> Facts:
        sureness = None if band is None else Sureness(band)
        period = Period(
            first_year=2021, last_year=2025, share=None if share is None else Decimal(share),
            reason="NEGATIVE_GROWTH", share_sure=sureness,
        )  # fmt: skip
        then = datetime(2026, 3, 1)  # noqa: DTZ001 - only its order matters
        result = Result(
            result_id="r", place_id="vn-31-2025", years=frozenset({2025}), published_at=then, period=period,
            shares={2025: Decimal("0.4")},
        )  # fmt: skip
        return Facts(results=(result,))

    return make


def test_the_successor_is_held_against_the_clause_for_comparison_only(
    merged: Callable[..., Facts],
) -> None:
    found = beside(a_rate(), merged("0.435", Band(Decimal("0.1"), Decimal("0.4"))), on=DUE)
    assert found is not None
    assert found.verdict is not None
    assert (found.place_id, found.verdict.status) == ("vn-31-2025", Status.MISSED)
    silent = beside(a_rate(), merged(None, None), on=DUE)
    assert silent is not None
    assert silent.verdict is None


RAISE = {"comparator": "increase", "value": None, "growth_base": "period:2016-2020"}


def raised(low: str, high: str, *, span: Span = WHOLE, on: date = DUE) -> Status:
    found = Measure(actual=number(33), base=number(32), sure=sure(low, high), span=span)
    return judge(a_rate(**RAISE), found, on=on).status


def test_raising_a_rate_is_not_decidable_while_its_base_lies_inside_the_band() -> None:
    assert raised("10", "55") is Status.NOT_DECIDABLE
    assert raised("32.5", "55") is Status.MET
    assert raised("32.5", "55", on=BEFORE) is Status.ON_TRACK


def test_raising_a_rate_that_few_draws_carry_is_not_decidable_and_says_so() -> None:
    found = Measure(
        actual=number(33), base=number(32), sure=sure("32.5", "55", valid="0.4"), span=WHOLE
    )
    verdict = judge(a_rate(**RAISE), found, on=DUE)
    assert (verdict.status, "mô phỏng" in verdict.reason.vi) == (Status.NOT_DECIDABLE, True)


def test_raising_a_rate_is_not_judged_on_a_part_of_its_years() -> None:
    assert raised("32.5", "55", span=Span(2021, 2022)) is Status.NOT_DECIDABLE
    assert raised("32.5", "55", span=Span(2021, 2022), on=BEFORE) is Status.ON_TRACK
