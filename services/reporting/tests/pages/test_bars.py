"""The small bars stay inside their box, whatever the numbers."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.figure import MISSING, number
from pq_reporting.domain.measured import Measure
from pq_reporting.pages.bars import WIDTH, Bar, bar_of

VALUES = st.none() | st.decimals(-1000, 1000, places=1)


def bar(actual: Decimal | None, needed: Decimal | None, asked: Decimal | None) -> Bar:
    clause = Clause(
        plan_code="p", code="HG-G1", indicator="TFP-SHARE", comparator="increase" if asked is None else "reach",
        place_id="vn-93-2004", first_year=2022, last_year=2025, counting="rate", unit="%", value=asked,
    )  # fmt: skip
    target: Any = SimpleNamespace(
        clause=clause,
        measure=Measure(actual=MISSING if actual is None else number(actual)),
        verdict=SimpleNamespace(needed=MISSING if needed is None else number(needed)),
    )
    question: Any = SimpleNamespace(on=date(2025, 12, 31))
    return bar_of(target, question)


def test_a_figure_below_zero_is_drawn_from_zero_to_the_left() -> None:
    found = bar(Decimal(-3), None, None)
    assert (found.zero, found.bar) == (WIDTH, (0, WIDTH))


@given(actual=VALUES, needed=VALUES, asked=VALUES)
def test_nothing_is_drawn_outside_of_the_box(
    actual: Decimal | None, needed: Decimal | None, asked: Decimal | None
) -> None:
    found = bar(actual, needed, asked)
    begin, width = found.bar or (0, 0)
    places = [found.zero, begin, begin + width, found.goal or 0, found.needed or 0]
    assert all(0 <= place <= WIDTH + 1 for place in places)  # the shortest bar is one wide
