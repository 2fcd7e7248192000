"""What may be stored: refusals first, each naming field and year; then linking over an overlap, and whether a set is whole."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, get_args

import pytest

from pq_tfp.api.series_bodies import MeasureName
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.store import declaring
from pq_tfp.domain.store.completeness import examine
from pq_tfp.domain.store.declaring import Description
from pq_tfp.domain.store.linking import choose
from pq_tfp.domain.store.measures import MEASURES, NAMES
from pq_tfp.domain.store.stored import Stored, stored_from
from pq_tfp.domain.store.units import UNITS, names_of, unit_of

HAI_PHONG, HAI_DUONG, MERGED = "vn-31-1997", "vn-30-1997", "vn-31-2025"


def described(**changes: Any) -> Description:
    values = changes.pop("values", {2020: "100", 2021: "107"})
    told: dict[str, Any] = {
        "place_id": HAI_PHONG, "industry": "total", "measure": "Y", "kind": "flow",
        "price_basis": "constant-2010", "unit": "tỷ đồng", "vintage": "v1", "source": "niên giám",
        "values": {year: Decimal(text) for year, text in values.items()}, **changes,
    }  # fmt: skip
    return Description(**told)


def found(**changes: Any) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in declaring.faults(described(**changes))]


SHARE: dict[str, Any] = {
    "measure": "beta", "kind": "share", "price_basis": None, "unit": "phần của 1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"place_id": "vn-99-1997"}, [("/place_id", "place_unknown")]),
        ({"measure": "Z"}, [("/measure", "measure_unknown")]),
        ({"price_basis": "current"}, [("/price_basis", "price_basis_not_constant")]),
        ({"price_basis": "2010"}, [("/price_basis", "price_basis_unknown")]),
        ({"measure": "VA"}, [("/price_basis", "price_basis_not_current")]),
        ({"measure": "I", "price_basis": None}, [("/price_basis", "price_basis_missing")]),
        (
            {"measure": "L", "kind": "stock", "unit": "người"},
            [("/price_basis", "price_basis_superfluous")],
        ),
        ({"measure": "K"}, [("/kind", "capital_is_a_stock")]),
        ({"kind": "stock"}, [("/kind", "kind_wrong")]),
        ({"item": "ict"}, [("/item", "item_superfluous")]),
        (
            {"measure": "h", "price_basis": None, "unit": "giờ"},
            [("/item", "item_missing")],
        ),
        ({"unit": "người"}, [("/unit", "unit_unknown")]),
        ({"unit": "bao"}, [("/unit", "unit_unknown")]),
        ({"breaks": (2019,)}, [("/breaks/2019", "break_outside_series")]),
        ({"values": {2020: "0"}}, [("/values/2020", "level_not_positive")]),
        (
            {"measure": "MI", "price_basis": "current", "values": {2020: "-1"}},
            [("/values/2020", "level_negative")],
        ),
        ({**SHARE, "values": {2020: "47"}}, [("/values/2020", "share_in_percent")]),
        (
            {**SHARE, "unit": "%", "values": {2020: "0.47"}},
            [("/values/2020", "share_in_fraction")],
        ),
        ({**SHARE, "values": {2020: "1.2"}}, [("/values/2020", "share_outside_unit_interval")]),
        ({"values": {2020: "100", 2021: "107000"}}, [("/values/2021", "unit_slip")]),
        ({"values": {2020: "100000", 2021: "107"}}, [("/values/2021", "unit_slip")]),
    ],
)  # fmt: skip
def test_what_cannot_be_stored_is_named(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert found(**changes) == expected


def test_every_fault_is_told_at_once() -> None:
    said = found(place_id="x", price_basis="current", kind="stock", unit="bao")
    assert [code for _, code in said] == [
        "place_unknown", "price_basis_not_constant", "kind_wrong", "unit_unknown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"price_basis": "chained-2020"},
        {"values": {2018: "1", 2020: "100"}, "breaks": (2020,)},
        {"measure": "I", "item": "ict", "price_basis": "current", "values": {2020: "-3", 2021: "90"}},
        {"measure": "T", "price_basis": "current", "values": {2020: "-3"}},
        {"measure": "MI", "price_basis": "current", "values": {2020: "0"}},
        {**SHARE, "unit": "phần trăm", "values": {2020: "47"}},
        {**SHARE, "unit": "Fraction"},
    ],
)  # fmt: skip
def test_what_is_right_is_stored(changes: dict[str, Any]) -> None:
    given = changes | (
        {"values": {2020: "0.47"}} if changes == {**SHARE, "unit": "Fraction"} else {}
    )
    assert found(**given) == []


def test_a_level_after_a_zero_is_one_fault_not_two() -> None:
    assert found(values={2020: "0", 2021: "5"}) == [("/values/2020", "level_not_positive")]


def test_the_door_knows_the_measures_of_the_catalogue() -> None:
    assert get_args(MeasureName) == NAMES


def test_every_measure_has_a_unit_and_every_unit_is_found_by_its_name() -> None:
    for measure in MEASURES.values():
        assert names_of(*measure.dimensions)
    for unit in UNITS.values():
        assert unit_of(unit.name) == unit
    assert unit_of("TY DONG") == unit_of("tỉ đồng") == unit_of("billion VND")


# --- reading and linking


def stored(values: dict[int, str], **changes: Any) -> Stored:
    told: dict[str, Any] = {
        "id": "1", "place_id": HAI_PHONG, "industry": "total", "measure": "Y", "item": "",
        "kind": "flow", "price_basis": "constant-2010", "unit": "tỷ đồng", "vintage": "v1",
        "definition": None, "breaks": (), "is_synthetic": False, "texts": values, **changes,
    }  # fmt: skip
    return Stored(**told)


def test_values_are_read_in_the_computing_unit_and_kept_as_declared() -> None:
    one = stored({2021: "107.5", 2020: "100"}, unit="triệu đồng")
    assert one.values == {2020: 0.1, 2021: 0.1075}
    assert (one.factor, one.dimension) == (0.001, "money")
    assert stored_from(one.told()) == one
    unknown = stored({2020: "3"}, unit="bao")
    assert (unknown.values, unknown.dimension) == ({2020: 3.0}, None)


def test_two_bases_without_a_common_year_are_refused() -> None:
    old = stored({2008: "90", 2009: "95"}, price_basis="constant-1994")
    with pytest.raises(SeriesRefused) as refused:
        choose([old, stored({2010: "250", 2011: "270"})])
    assert refused.value.errors[0].code == "overlap_missing"


def test_current_prices_are_not_linked_to_constant_ones() -> None:
    now = stored({2010: "90", 2011: "95"}, price_basis="current")
    with pytest.raises(SeriesRefused) as refused:
        choose([now, stored({2010: "250", 2012: "270"})])
    assert refused.value.errors[0].code == "price_basis_mixed"


def test_two_bases_are_linked_over_their_overlap_and_told() -> None:
    old = stored({2009: "80", 2010: "100"}, price_basis="constant-1994")
    new = stored({2010: "250", 2011: "275"})
    chosen = choose([new, old])
    assert chosen.values == {2009: 200.0, 2010: 250.0, 2011: 275.0}
    assert (chosen.basis, chosen.breaks) == ("constant-2010", ())
    (link,) = chosen.links
    assert (link.from_basis, link.ratio, link.overlap) == ("constant-1994", 2.5, (2010,))
    asked = choose([new, old], base_year=1994)
    assert (asked.basis, asked.values[2010]) == ("constant-1994", 100.0)


def test_a_change_of_definition_is_linked_and_marked_as_a_break() -> None:
    old = stored({2018: "100", 2019: "102"}, definition="ICLS-13", breaks=(2018,))
    new = stored({2019: "80", 2020: "81"}, definition="ICLS-19")
    chosen = choose([old, new])
    assert chosen.breaks == (2018, 2019)
    assert (chosen.links[0].from_definition, chosen.links[0].to_definition) == (
        "ICLS-13",
        "ICLS-19",
    )


# --- completeness


def of(
    place: str, make: Callable[[int], float], years: range = range(2020, 2023), **changes: Any
) -> Stored:
    return stored({year: str(make(year)) for year in years}, place_id=place, **changes)


def reported(*series: Stored) -> tuple[bool, list[tuple[str, str]]]:
    report = examine(MERGED, series)
    return report.complete, [(one.pointer, one.code) for one in report.faults]


def test_a_predecessor_without_the_series_is_named() -> None:
    assert reported(of(HAI_PHONG, lambda y: 100)) == (
        False, [(f"/Y/{HAI_DUONG}", "series_missing")],
    )  # fmt: skip


def test_a_year_that_one_predecessor_lacks_is_named() -> None:
    short = of(HAI_DUONG, lambda y: 50, range(2020, 2022))
    assert reported(of(HAI_PHONG, lambda y: 100), short) == (
        False, [(f"/Y/{HAI_DUONG}/2022", "year_missing")],
    )  # fmt: skip


def test_a_total_that_the_parts_do_not_reach_is_named() -> None:
    parts = [of(HAI_PHONG, lambda y: 100), of(HAI_DUONG, lambda y: 50)]
    assert reported(*parts, of(MERGED, lambda y: 150.1)) == (True, [])
    complete, faults = reported(*parts, of(MERGED, lambda y: 160 if y == 2021 else 150))
    assert (complete, faults) == (False, [("/Y/2021", "sum_differs_from_published")])
    assert reported(*parts, of(MERGED, lambda y: 150, range(2023, 2025)))[1] == [
        ("/Y", "overlap_missing")
    ]


def test_what_was_compared_is_told() -> None:
    parts = [of(HAI_PHONG, lambda y: 100), of(HAI_DUONG, lambda y: 50)]
    report = examine(MERGED, [*parts, of(MERGED, lambda y: 150, range(2022, 2024))])
    assert [(s.measure, s.year, s.summed, s.published) for s in report.sums] == [
        ("Y", 2022, 150.0, 150.0)
    ]
    assert (report.measures, report.parts) == (("Y",), (HAI_DUONG, HAI_PHONG))


def test_a_total_without_any_part_is_no_sum_and_a_single_place_has_no_parts() -> None:
    only = examine(MERGED, [of(HAI_PHONG, lambda y: 100), of(MERGED, lambda y: 1, measure="GRDP")])
    assert [one.code for one in only.faults] == ["series_missing"]
    alone = examine(HAI_PHONG, [of(HAI_PHONG, lambda y: 100, item="")])
    assert (alone.complete, alone.sums) == (True, ())
