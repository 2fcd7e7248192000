"""Whose territory answers, and what the successor of a merger reached."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pq_reporting.domain.boundaries import beside, is_sibling, on_boundary
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.facts import Deed, Facts, Period, Result
from pq_reporting.domain.figure import MISSING, Kind, number

OLD, NEIGHBOUR, NEW = "vn-33-1997", "vn-34-1997", "vn-33-2025"
END = date(2026, 6, 30)


def a_clause(**changes: Any) -> Clause:
    given: dict[str, Any] = {
        "plan_code": "hung-yen", "code": "HY-06", "indicator": "ENT-SUP", "comparator": "at_least",
        "value": Decimal(20), "unit": "DN", "place_id": OLD, "first_year": 2021, "last_year": 2030, "counting": "distinct",
    }  # fmt: skip
    return Clause(**(given | changes))


def supported(key: str, place_id: str, *bodies: str, year: int = 2024, **changes: Any) -> Deed:
    given: dict[str, Any] = {"activity_id": key, "place_id": place_id, "indicator": "ENT-SUP", "ends_on": date(year, 5, 1),
             "quantity": Decimal(len(bodies)), "subjects": frozenset(bodies)}  # fmt: skip
    return Deed(**(given | changes))


FACTS = Facts((
    supported("a", OLD, "x", "y"),
    supported("b", NEIGHBOUR, "y", "z"),
    supported("c", NEW, "w", year=2026, plan_code="hung-yen", clause_codes=frozenset({"HY-06"})),
))  # fmt: skip


def test_shares_of_two_places_are_never_added() -> None:
    share = a_clause(
        indicator="TFP-SHARE", comparator="reach", value=Decimal(47), unit="%", counting="rate"
    )
    results = tuple(
        Result(result_id=place, place_id=place, years=frozenset({2021}), published_at=datetime(2026, 1, 1, tzinfo=UTC),
               period=Period(first_year=2021, last_year=2025, share=Decimal("0.4")))
        for place in (OLD, NEIGHBOUR)
    )  # fmt: skip
    found = beside(share, Facts(results=results), on=END)
    assert found is not None
    assert found.figure.kind is Kind.NOT_COMPARABLE
    assert [part.figure for part in found.parts] == [number(40), number(40), MISSING]


def test_a_share_published_for_the_merged_place_is_taken() -> None:
    share = a_clause(
        indicator="TFP-SHARE", comparator="reach", value=Decimal(47), unit="%", counting="rate"
    )
    one = Result(result_id="n", place_id=NEW, years=frozenset({2021}), published_at=datetime(2026, 1, 1, tzinfo=UTC),
                 period=Period(first_year=2021, last_year=2025, share=Decimal("0.5")))  # fmt: skip
    found = beside(share, Facts(results=(one,)), on=END)
    assert found is not None
    assert found.figure == number(50)


def test_levels_are_not_comparable_and_where_nobody_reported_they_are_missing() -> None:
    reached = a_clause(
        indicator="ENT-REACH", comparator="reach", value=Decimal(70), unit="%", counting="level"
    )
    unknown = a_clause(
        indicator="ZZ-NEW", comparator="reach", value=Decimal(70), unit="%", counting="level"
    )
    for clause in (reached, unknown):
        told = Facts((supported("a", OLD, "x", indicator=clause.indicator),))
        found, silent = beside(clause, told, on=END), beside(clause, Facts(), on=END)
        assert found is not None
        assert silent is not None
        assert (found.figure.kind, silent.figure) == (Kind.NOT_COMPARABLE, MISSING)


def test_parts_of_a_yearly_figure_are_of_the_same_year() -> None:
    clause = a_clause(cadence="each_year")
    facts = Facts(
        (supported("a", OLD, "x", year=2023), supported("b", NEIGHBOUR, "y", "z", year=2024))
    )
    found = beside(clause, facts, on=date(2024, 12, 31))
    assert found is not None
    assert (found.year, found.figure) == (2024, number(2))
    assert {part.place_id: part.figure for part in found.parts} == {
        OLD: MISSING,
        NEIGHBOUR: number(2),
        NEW: MISSING,
    }


def test_counts_of_the_merged_place_are_summed_over_all_of_it_each_body_once() -> None:
    found = beside(a_clause(), FACTS, on=END)
    assert found is not None
    assert (found.place_id, found.figure) == (NEW, number(4))
    assert {part.place_id: part.figure for part in found.parts} == {
        OLD: number(2),
        NEIGHBOUR: number(2),
        NEW: number(1),
    }


def test_growth_of_the_merged_place_is_recomputed_on_summed_counts() -> None:
    clause = a_clause(indicator="ENT-SUP-G", comparator="growth_at_least", value=Decimal(10), unit="%", counting="rate",
                      cadence="each_year")  # fmt: skip
    facts = Facts((supported("a", OLD, "x", year=2023), supported("b", NEIGHBOUR, "y", year=2023),
                   supported("c", OLD, "x", "u", "v", year=2024)))  # fmt: skip
    found = beside(clause, facts, on=date(2024, 12, 31))
    assert found is not None
    assert found.figure == number(50)


def test_a_place_that_was_not_merged_has_nothing_beside_it() -> None:
    assert beside(a_clause(place_id="vn-01-2008"), FACTS, on=END) is None
    assert beside(a_clause(place_id="vn"), FACTS, on=END) is None


def test_a_clause_belongs_to_the_territory_that_set_it_and_takes_the_reports_that_name_it() -> None:
    assert on_boundary(a_clause(), FACTS, "as_reported", on=END).actual == number(3)
    assert on_boundary(a_clause(), FACTS, "2025-07-01", on=END).actual == number(3)


def test_on_the_map_of_2021_reports_of_the_merged_place_are_left_out_and_counted_in_a_note() -> (
    None
):
    found = on_boundary(a_clause(), FACTS, "2021", on=END)
    assert found.actual == number(2)
    assert "1 báo cáo" in found.notes[-1].vi
    assert on_boundary(a_clause(), Facts(FACTS.deeds[:2]), "2021", on=END).notes == ()


def test_the_nation_counts_everybody_once() -> None:
    assert on_boundary(
        a_clause(place_id="vn", plan_code="1322"), FACTS, "2021", on=END
    ).actual == number(4)


def test_siblings_ask_the_same_of_another_part_of_the_same_successor_in_the_same_years() -> None:
    mine = a_clause()
    assert is_sibling(mine, a_clause(place_id=NEIGHBOUR))
    assert not is_sibling(mine, mine)
    assert not is_sibling(mine, a_clause(place_id=NEIGHBOUR, indicator="HR-CLASS"))
    assert not is_sibling(mine, a_clause(place_id="vn-31-1997"))
    assert not is_sibling(mine, a_clause(place_id=NEIGHBOUR, first_year=2031, last_year=2035))
    assert not is_sibling(a_clause(first_year=2026), a_clause(place_id=NEIGHBOUR, last_year=2025))
