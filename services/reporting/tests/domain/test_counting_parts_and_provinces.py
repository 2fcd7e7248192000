"""Bodies under a heading and provinces of the nation: each counted once, and every other reading of the same words is told."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pq_reporting.domain import counting
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.counting import Where
from pq_reporting.domain.facts import Deed, Facts
from pq_reporting.domain.figure import MISSING, number
from pq_reporting.domain.measured import Measure
from pq_reporting.domain.measuring import measure

BAC_LIEU, OLD_CA_MAU, CA_MAU, HUNG_YEN = "vn-95-1997", "vn-96-1997", "vn-96-2025", "vn-33-1997"
BEFORE, AFTER = date(2025, 6, 30), date(2026, 6, 30)


def an_award(**changes: Any) -> Clause:
    told: dict[str, Any] = {
        "plan_code": "bac-lieu", "code": "BL-02", "indicator": "AWD-NQA", "comparator": "at_least",
        "value": Decimal(5), "unit": "doanh nghiệp", "place_id": BAC_LIEU, "first_year": 2021, "last_year": 2025,
        "counting": "distinct", "children": ("BL-03",),
    }  # fmt: skip
    return Clause(**told | changes)


def plans(**changes: Any) -> Clause:
    told: dict[str, Any] = {
        "plan_code": "decision-36", "code": "VN36-05", "indicator": "GOV-PLAN", "comparator": "range",
        "value": Decimal(30), "value_high": Decimal(35), "unit": "địa phương", "place_id": "vn",
        "first_year": 2021, "last_year": 2030, "counting": "distinct",
    }  # fmt: skip
    return Clause(**told | changes)


def a_deed(key: str, quantity: int, *subjects: str, **changes: Any) -> Deed:
    told: dict[str, Any] = {
        "activity_id": key, "place_id": BAC_LIEU, "indicator": "AWD-NQA", "ends_on": date(2023, 5, 1),
        "quantity": Decimal(quantity), "subjects": frozenset(subjects),
    }  # fmt: skip
    return Deed(**told | changes)


def gold(key: str, quantity: int, *subjects: str) -> Deed:
    named = {"plan_code": "bac-lieu", "clause_codes": frozenset({"BL-03"})}
    return a_deed(key, quantity, *subjects, indicator="AWD-NQA-GOLD", **named)


def of(clause: Clause, *deeds: Deed, on: date = AFTER) -> Measure:
    where = Where(None if clause.place_id == "vn" else frozenset({clause.place_id}))
    return measure(clause, Facts(deeds), where, on=on, result_place=clause.place_id)


def told(found: Measure) -> tuple[int, list[tuple[str, int]]]:
    readings = [(one.label.vi, int(one.figure.value or 0)) for one in found.readings]
    return int(found.actual.value or 0), readings


OTHERS = "Nếu phần “trong đó” là những đơn vị khác"


def test_the_gold_winners_are_among_the_winners_unless_more_of_them_are_reported() -> None:
    assert told(of(an_award(), a_deed("a", 5), gold("b", 1))) == (5, [(OTHERS, 6)])
    assert told(of(an_award(), a_deed("a", 1), gold("b", 3))) == (3, [(OTHERS, 4)])
    assert told(of(an_award(), gold("b", 2))) == (2, [])
    assert told(of(an_award(), a_deed("a", 5))) == (5, [])


def test_a_listed_winner_of_gold_is_taken_for_one_of_those_without_a_list() -> None:
    assert told(of(an_award(), a_deed("a", 5), gold("b", 1, "x"))) == (5, [(OTHERS, 6)])
    assert told(of(an_award(), a_deed("a", 2, "x", "y"), gold("b", 1, "x"))) == (2, [])
    assert told(of(an_award(), a_deed("a", 2, "x", "y"), gold("b", 1, "z"))) == (3, [])
    assert told(of(an_award(), a_deed("a", 4, "x", "y"), gold("b", 2, "x"))) == (4, [(OTHERS, 5)])


def test_how_many_came_without_a_list_is_still_said() -> None:
    found = of(an_award(), a_deed("a", 5), gold("b", 1))
    assert found.notes[0].vi.startswith("6 đơn vị báo cáo không kèm danh sách")


@given(
    st.lists(st.tuples(st.booleans(), st.sets(st.sampled_from("uvwxyz")), st.integers(0, 4))),
)
def test_the_figure_is_never_less_than_the_heading_alone_nor_more_than_all_of_them(
    reported: list[tuple[bool, set[str], int]],
) -> None:
    deeds = [
        (gold if part else a_deed)(str(at), len(listed) + more, *listed)
        for at, (part, listed, more) in enumerate(reported)
    ]
    found = counting.count(deeds, "distinct", an_award())
    alone = [deed for deed in deeds if deed.indicator == "AWD-NQA"]
    least = counting.count(alone, "distinct", an_award(children=())).figure.value or 0
    most = sum(deed.quantity for deed in deeds)
    assert least <= (found.figure.value or 0) <= most
    figure, others = told(Measure(actual=found.figure, readings=found.readings))
    assert all(figure < other <= most for _, other in others)


def plan_of(key: str, place: str, quantity: int = 1, **changes: Any) -> Deed:
    return a_deed(key, quantity, place_id=place, indicator="GOV-PLAN", **changes)


def test_no_report_of_a_plan_is_missing_and_a_reported_zero_is_zero() -> None:
    assert of(plans()).actual == MISSING
    assert of(plans(), plan_of("a", HUNG_YEN, 0)).actual == number(0)


def test_a_province_with_two_plans_is_one_province() -> None:
    found = of(plans(), plan_of("a", HUNG_YEN), plan_of("b", HUNG_YEN, 2), on=BEFORE)
    assert told(found) == (1, [])


def test_merged_provinces_are_one_on_the_map_of_today_and_two_on_the_one_before() -> None:
    found = of(plans(), plan_of("a", BAC_LIEU), plan_of("b", OLD_CA_MAU), plan_of("c", HUNG_YEN))
    assert told(found) == (2, [("Theo 63 tỉnh, thành phố trước 01/07/2025", 3)])
    assert found.readings[0].label.en == "On the map of 63 provinces before 1 July 2025"


def test_a_plan_of_the_merged_province_stands_for_it_and_cannot_be_divided_on_the_map_before() -> (
    None
):
    found = of(plans(), plan_of("a", BAC_LIEU), plan_of("b", CA_MAU, ends_on=date(2025, 9, 1)))
    assert told(found) == (1, [("Theo 63 tỉnh, thành phố trước 01/07/2025", 1)])


def test_provinces_that_the_ministry_counts_without_naming_them_are_added_with_the_doubt() -> None:
    found = of(plans(), plan_of("a", "vn", 12), plan_of("b", HUNG_YEN), on=BEFORE)
    assert told(found) == (13, [])
    assert found.notes[0].vi.startswith("12 đơn vị báo cáo không kèm danh sách")


def test_a_province_asked_for_its_own_plan_counts_documents() -> None:
    mine = plans(place_id=HUNG_YEN, comparator="at_least", value=Decimal(2), counting="events")
    assert told(of(mine, plan_of("a", HUNG_YEN), plan_of("b", HUNG_YEN))) == (2, [])
