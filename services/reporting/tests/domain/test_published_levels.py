"""What a published result says of clauses beyond rates: that labour productivity rose, that science's part was determined."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pq_reporting.domain.boundaries import beside
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.counting import Where
from pq_reporting.domain.facts import Band, Deed, Facts, Level, Period, Result, Sureness
from pq_reporting.domain.figure import Kind, number
from pq_reporting.domain.measured import Measure
from pq_reporting.domain.measuring import measure
from pq_reporting.domain.progress import judge
from pq_reporting.domain.status import Status, Verdict

HY, MERGED = "vn-33-1997", "vn-33-2025"
END = date(2025, 12, 31)
UNIT = "triệu đồng/người"


def a_clause(**changes: Any) -> Clause:
    told: dict[str, Any] = {
        "plan_code": "hung-yen", "code": "HY-G2", "indicator": "LP-LEVEL", "comparator": "increase",
        "place_id": HY, "first_year": 2021, "last_year": 2025, "counting": "level",
    }  # fmt: skip
    return Clause(**told | changes)


def a_result(growth: str = "0.25", sure: tuple[str, str] | None = None, **changes: Any) -> Result:
    """Return a result of 2021-2025 whose level of 2021 is 100 and grows by ``growth`` each year."""
    pace = Decimal(growth)
    band = None if sure is None else Sureness(Band(Decimal(sure[0]), Decimal(sure[1])))
    years = range(2021, 2026)
    told: dict[str, Any] = {
        "result_id": "r", "place_id": HY, "years": frozenset(years), "published_at": datetime(2026, 3, 1, tzinfo=UTC),
        "period": Period(first_year=2021, last_year=2025, share=None, labour_sure=band),
        "levels": {year: Level(100 * (1 + pace) ** (year - 2021), pace) for year in years},
        "level_unit": UNIT,
    }  # fmt: skip
    return Result(**told | changes)


def judged(clause: Clause, *results: Result, on: date = END) -> tuple[Verdict, Measure]:
    where = Where(frozenset({clause.place_id}))
    found = measure(clause, Facts(results=results), where, on=on, result_place=clause.place_id)
    return judge(clause, found, on=on), found


def a_deed(indicator: str, place: str = HY, **changes: Any) -> Deed:
    told: dict[str, Any] = {
        "activity_id": "d", "place_id": place, "indicator": indicator, "ends_on": date(2023, 5, 1), "quantity": Decimal(1),
    }  # fmt: skip
    return Deed(**told | changes)


# --- the level of labour productivity


def test_without_a_published_level_nothing_can_be_said() -> None:
    assert judged(a_clause())[0].status is Status.UNREPORTED
    assert judged(a_clause(), a_result(levels={}))[0].status is Status.UNREPORTED


def test_a_level_that_rose_meets_the_promise_to_raise_it_and_the_figures_are_told() -> None:
    verdict, found = judged(a_clause(), a_result())
    assert (verdict.status, verdict.reason.vi) == (
        Status.MET,
        "So với gốc 80 triệu đồng/người: tăng 164,1 triệu đồng/người.",
    )
    assert (found.base, found.actual) == (number(80, UNIT), number(Decimal("244.140625"), UNIT))
    assert "(triệu đồng/người): năm 2020 là 80, năm 2025 là 244,1" in found.notes[0].vi
    assert "80 in 2020, 244.1 in 2025" in found.notes[0].en


def test_a_level_that_fell_or_stood_still_misses_it_and_the_difference_is_told() -> None:
    fell, stood = (judged(a_clause(), a_result(pace))[0] for pace in ("-0.5", "0"))
    assert (fell.status, stood.status) == (Status.MISSED, Status.MISSED)
    assert fell.reason.vi == "So với gốc 200 triệu đồng/người: giảm 193,8 triệu đồng/người."
    assert fell.reason.en.startswith("Against the base, 200 triệu đồng/người: down 193.8")
    assert stood.reason.vi == "Bằng gốc 100 triệu đồng/người."


@pytest.mark.parametrize(
    ("sure", "status"),
    [(("0.01", "0.04"), Status.MET), (("-0.01", "0.05"), Status.NOT_DECIDABLE)],
)
def test_a_rise_whose_band_holds_no_growth_is_not_decidable(
    sure: tuple[str, str], status: Status
) -> None:
    verdict, found = judged(a_clause(), a_result("0.02", sure))
    assert verdict.status is status
    assert found.sure is not None
    assert found.base.value is not None
    assert found.sure.band.low == found.base.value * (1 + Decimal(sure[0])) ** 5


def test_a_band_of_other_years_says_nothing_of_these() -> None:
    shorter = a_result(
        "0.02", ("-0.01", "0.05"), period=Period(first_year=2021, last_year=2023, share=None)
    )
    assert judged(a_clause(), shorter)[1].sure is None
    assert judged(a_clause(), a_result(period=None))[1].sure is None
    assert judged(a_clause(), a_result())[1].sure is None


def test_one_year_is_judged_by_that_year_of_a_longer_result() -> None:
    of_2022 = a_clause(first_year=2022, last_year=2022)
    verdict, found = judged(of_2022, a_result(), on=date(2023, 1, 1))
    assert (verdict.status, found.base, found.actual) == (
        Status.MET,
        number(100, UNIT),
        number(125, UNIT),
    )


def test_half_a_span_is_not_the_whole_one() -> None:
    half = a_result(levels={2021: Level(Decimal(100), Decimal("0.25"))})
    verdict, _ = judged(a_clause(), half)
    assert verdict.status is Status.NOT_DECIDABLE
    assert judged(a_clause(), half, on=date(2022, 6, 1))[0].status is Status.ON_TRACK


def test_the_result_that_tells_most_years_speaks_and_of_two_the_later_publication() -> None:
    half = a_result("-0.5", levels={2021: Level(Decimal(100), Decimal("-0.5"))}, result_id="half",
                    published_at=datetime(2026, 5, 1, tzinfo=UTC))  # fmt: skip
    revised = a_result("0.1", result_id="new", published_at=datetime(2026, 4, 1, tzinfo=UTC))
    _, found = judged(a_clause(), a_result(), half, revised)
    assert [source.id for source in found.sources] == ["new"]


def test_a_level_asked_for_in_money_is_not_met_by_one_in_constant_prices() -> None:
    asked = a_clause(comparator="at_least", value=Decimal(90), unit="triệu đồng/lao động")
    assert judged(asked, a_result())[0].status is Status.UNREPORTED


def test_the_successors_published_level_stands_beside_and_a_reported_one_does_not() -> None:
    mine = a_deed("LP-LEVEL", quantity=Decimal(120))
    reported = beside(a_clause(), Facts((mine,)), on=END)
    assert reported is not None
    assert reported.figure.kind is Kind.NOT_COMPARABLE
    merged = a_result(place_id=MERGED)
    published = beside(a_clause(), Facts((mine,), results=(merged,)), on=END)
    assert published is not None
    assert published.figure == number(Decimal("244.140625"), UNIT)


# --- the part of science, technology and innovation

SCIENCE = {
    "indicator": "TFP-STI-MEAS",
    "comparator": "done",
    "cadence": "each_year",
    "counting": "yes_no",
}


def test_a_result_without_the_part_of_science_does_not_determine_it() -> None:
    assert judged(a_clause(**SCIENCE), a_result())[0].status is Status.UNREPORTED


def test_a_result_that_tells_the_part_of_science_determines_it_for_its_years() -> None:
    verdict, found = judged(a_clause(**SCIENCE), a_result(has_science=True))
    assert (verdict.status, set(found.years)) == (Status.MET, set(range(2021, 2026)))
    assert "bình quân của cả giai đoạn" in found.notes[0].vi


def test_where_no_result_tells_it_a_report_may() -> None:
    found = measure(
        a_clause(**SCIENCE), Facts((a_deed("TFP-STI-MEAS"),), results=(a_result(),)),
        Where(frozenset({HY})), on=END, result_place=HY,
    )  # fmt: skip
    assert (found.years[2023], found.sources[0].kind) == (number(1), "activity")
