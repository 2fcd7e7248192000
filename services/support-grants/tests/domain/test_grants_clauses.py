"""Which target clauses can be kept."""

from collections.abc import Callable
from datetime import date
from typing import Any, get_args

import pytest

from pq_common.contracts.plans import Comparator, OtherReading, Span, TargetClause
from pq_support_grants.domain import clauses

Clause = Callable[..., TargetClause]


def codes(clause: TargetClause) -> list[str]:
    return [fault.code for fault in clauses.refusals(clause, at="/targets/0")]


def test_every_comparator_of_the_contract_is_in_the_table() -> None:
    assert set(clauses.COMPARATORS) == set(get_args(Comparator))


@pytest.mark.parametrize(
    "comparator", [name for name, needs in clauses.COMPARATORS.items() if needs.value]
)
def test_a_comparator_that_needs_a_number_refuses_silence(
    comparator: str, a_clause: Clause
) -> None:
    clause = a_clause(comparator=comparator, value=None, value_high=None, growth_base="not_said")
    assert "clause_value_missing" in codes(clause)


@pytest.mark.parametrize("comparator", ["done", "increase"])
def test_a_comparator_without_number_refuses_one(comparator: str, a_clause: Clause) -> None:
    assert codes(a_clause(comparator=comparator, value="3")) == ["clause_value_unexpected"]


@pytest.mark.parametrize("comparator", ["range", "growth_range"])
def test_a_range_needs_its_upper_bound(comparator: str, a_clause: Clause) -> None:
    clause = a_clause(comparator=comparator, value="1", growth_base="previous_year")
    assert codes(clause) == ["clause_value_high_missing"]


def test_only_a_range_takes_an_upper_bound(a_clause: Clause) -> None:
    assert codes(a_clause(comparator="at_least", value="1", value_high="2")) == [
        "clause_value_high_unexpected"
    ]


def test_a_range_cannot_be_reversed(a_clause: Clause) -> None:
    assert codes(a_clause(comparator="range", value="10", value_high="9")) == [
        "clause_range_reversed"
    ]


def test_growth_needs_its_base(a_clause: Clause) -> None:
    growth: dict[str, Any] = {"comparator": "growth_at_least", "value": "10", "unit": "%/năm"}
    growth["counting"] = "rate"
    assert codes(a_clause(**growth)) == ["clause_growth_base_missing"]
    assert codes(a_clause(**growth, growth_base="not_said")) == []
    assert codes(a_clause(**growth, not_said=("base_year",))) == []


@pytest.mark.parametrize("value", ["-100", "1000.1"])
def test_growth_has_bounds(value: str, a_clause: Clause) -> None:
    clause = a_clause(comparator="growth_more_than", value=value, growth_base="previous_year")
    assert codes(clause) == ["clause_growth_out_of_bounds"]


@pytest.mark.parametrize("value", ["-1", "100.5", "4700"])
def test_a_share_lies_between_nothing_and_all(value: str, a_clause: Clause) -> None:
    clause = a_clause(comparator="reach", value=value, unit="%", counting="rate")
    assert codes(clause) == ["clause_percent_out_of_bounds"]


@pytest.mark.parametrize("value", ["2.5", "-2"])
def test_counts_are_whole_and_not_negative(value: str, a_clause: Clause) -> None:
    assert codes(a_clause(value=value)) == ["clause_count_not_whole"]


def test_a_number_has_a_size_we_can_keep(a_clause: Clause) -> None:
    assert codes(a_clause(value="1" + "0" * 14)) == ["clause_number_too_large"]


def test_a_span_runs_forward(a_clause: Clause) -> None:
    span = Span(first_year=2025, last_year=2021, printed=None)
    assert codes(a_clause(span=span)) == ["clause_span_reversed"]


def test_nothing_is_due_before_its_span(a_clause: Clause) -> None:
    assert codes(a_clause(due=date(2020, 12, 31))) == ["clause_due_before_span"]


def test_another_reading_obeys_the_same_table(a_clause: Clause) -> None:
    other = OtherReading(comparator="exactly", note_vi="đúng 3", note_en="exactly 3")
    found = clauses.refusals(a_clause(alternative_reading=other), at="/targets/0")
    assert [(fault.pointer, fault.code) for fault in found] == [
        ("/targets/0/alternative_reading/value", "clause_value_missing")
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"comparator": "range", "value": "1", "value_high": "1", "counting": "distinct"},
        {"comparator": "reach", "value": "47", "unit": "%", "counting": "rate"},
        {"comparator": "more_than", "value": "172.8", "counting": "level", "unit": None},
        {
            "comparator": "growth_range",
            "value": "10",
            "value_high": "15",
            "growth_base": "previous_year",
        },
        {"comparator": "increase", "value": None},
        {"comparator": "done", "value": None, "due": date(2025, 12, 31)},
        {
            "alternative_reading": OtherReading(
                comparator="exactly", value="20", note_vi="", note_en=""
            )
        },
    ],
)
def test_clauses_of_every_kind_are_kept(changes: dict[str, Any], a_clause: Clause) -> None:
    assert codes(a_clause(**changes)) == []
