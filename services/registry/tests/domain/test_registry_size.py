"""Size classes of Decree 80/2021: people AND (revenue OR capital), bounds inclusive, missing is unknown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_common.dates import NoProvision
from pq_registry.domain.parameters import BILLION
from pq_registry.domain.size import Figures, size_class

DAY = date(2024, 6, 1)
FOOD, TRADE = "10", "46"
CASES = [
    # division, employees, revenue, capital, class
    (FOOD, 10, 3 * BILLION, None, "micro"),
    (FOOD, 10, 3 * BILLION + 1, 3 * BILLION, "micro"),
    (FOOD, 11, 3 * BILLION, 3 * BILLION, "small"),
    (FOOD, 100, 50 * BILLION, 900 * BILLION, "small"),
    (FOOD, 101, 50 * BILLION, 20 * BILLION, "medium"),
    (FOOD, 200, 200 * BILLION, 101 * BILLION, "medium"),
    (FOOD, 201, 0, 0, "large"),
    (FOOD, 200, 201 * BILLION, 101 * BILLION, "large"),
    (TRADE, 10, 10 * BILLION, None, "micro"),
    (TRADE, 50, 100 * BILLION, None, "small"),
    (TRADE, 51, 300 * BILLION, 1000 * BILLION, "medium"),
    (TRADE, 101, 1, 1, "large"),
    (FOOD, None, 1, 1, None),
    (FOOD, 5, None, None, None),
    (FOOD, 5, 4 * BILLION, None, None),
    (FOOD, 201, None, None, "large"),
]


def test_before_the_decree_there_is_no_value_and_asking_raises() -> None:
    with pytest.raises(NoProvision):
        size_class(Figures(1, 1, 1), FOOD, date(2021, 10, 14))


@pytest.mark.parametrize(("division", "employees", "revenue", "capital", "expected"), CASES)
def test_the_first_class_that_holds_wins(
    division: str,
    employees: int | None,
    revenue: int | None,
    capital: int | None,
    expected: str | None,
) -> None:
    found = size_class(Figures(employees, revenue, capital), division, DAY)
    assert found.name == expected
    assert "80/2021" in found.source


ORDER = ["micro", "small", "medium", "large"]
amounts = st.integers(0, 1000 * BILLION)


@given(st.integers(0, 300), amounts, amounts, st.sampled_from([FOOD, TRADE]))
def test_more_people_never_make_an_organisation_smaller(
    people: int, revenue: int, capital: int, division: str
) -> None:
    before = size_class(Figures(people, revenue, capital), division, DAY).name
    after = size_class(Figures(people + 1, revenue, capital), division, DAY).name
    assert before is not None
    assert after is not None
    assert ORDER.index(before) <= ORDER.index(after)
