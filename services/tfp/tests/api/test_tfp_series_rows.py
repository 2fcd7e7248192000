"""A row of the form of series: every cell is read as one thing or named, and nothing changes in silence."""

from typing import Any

import pytest
from pydantic import ValidationError

from pq_common.errors import Invalid
from pq_common.tables_io.numbers import Typed
from pq_tfp.api.series_imports import parse

ROW = {
    "place_id": "vn-31-1997", "measure": "Y", "price_basis": "constant-2010", "unit": "tỷ đồng",
    "vintage": "v1", "source": "Niên giám",
}  # fmt: skip
SHARE = {**ROW, "measure": "beta", "price_basis": None}


def values_of(row: dict[str, Any]) -> dict[int, str]:
    return {year: str(value) for year, value in parse(row).declaration.described.values.items()}


def refused(row: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        parse(row)
    return [(fault.pointer, fault.code) for fault in refusal.value.errors]


def test_thousands_or_thousandths_typed_as_text_are_refused_at_each_year() -> None:
    asked = {**ROW, "2020": "1.234", "2021": "1,300", "2022": "1400"}
    assert refused(asked) == [("/2020", "number_ambiguous"), ("/2021", "number_ambiguous")]


def test_a_number_of_the_spreadsheet_is_one_number() -> None:
    assert values_of({**ROW, "2020": Typed("2.125"), "2021": Typed("1.125")}) == {
        2020: "2.125",
        2021: "1.125",
    }


def test_a_row_shows_by_its_own_cells_what_stands_before_decimals() -> None:
    assert values_of({**ROW, "2020": "1.234,5", "2021": "1.400"}) == {2020: "1234.5", 2021: "1400"}


@pytest.mark.parametrize(("unit", "read"), [("%", "60"), ("phần của 1", "0.60")])
def test_a_percent_sign_is_read_in_the_unit_of_the_row(unit: str, read: str) -> None:
    [value] = values_of({**SHARE, "unit": unit, "2020": "60 %"}).values()
    assert float(value) == float(read)
    assert refused({**ROW, "2020": "60 %"}) == [("/2020", "number_unreadable")]


@pytest.mark.parametrize("figures", [{}, {"2020": "…", "2021": "…"}])
def test_a_row_without_a_figure_says_how_years_are_headed(figures: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="headed 2021") as refusal:
        parse({**ROW, **figures})
    assert refusal.value.errors[0].code == "series_empty"


def test_a_blank_place_under_a_merged_cell_is_not_filled_in() -> None:
    with pytest.raises(Invalid, match="merged cell"):
        parse({**ROW, "place_id": None, "2020": "100"})


def test_a_mark_that_is_neither_yes_nor_no_is_refused() -> None:
    assert refused({**ROW, "2020": "100", "is_synthetic": "có thể"}) == [("/is_synthetic", "bool_parsing")]  # fmt: skip
    assert parse({**ROW, "2020": "100", "is_synthetic": "Có"}).declaration.described.is_synthetic


def test_what_a_formula_left_is_kept_with_all_its_digits() -> None:
    assert values_of({**ROW, "2020": Typed("33.333333333333336")}) == {2020: "33.333333333333336"}
    with pytest.raises(ValidationError):
        parse({**ROW, "2020": Typed("1e300")})
