"""Bad input: each row of the method's table that the engines themselves do not already catch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_tfp.domain.axes import Axes
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.guards import (
    additivity_faults,
    break_notices,
    duplicate_faults,
    ends_early,
    faster_than_nation,
    geometric_fill,
    link_bases,
    optional_or_persons,
    price_basis_faults,
    sample_faults,
    swing_notices,
    unit_faults,
    vintage_faults,
    why_not_annual,
)


def test_two_bases_without_a_common_year_are_not_linked() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        link_bases("Y", {2008: 1.0, 2009: 1.1}, {2010: 3.0})
    assert [(e.code, e.pointer) for e in refusal.value.errors] == [("overlap_missing", "/Y")]


def test_a_gap_is_not_filled_from_a_level_of_zero() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        geometric_fill("Y", {2008: 0.0, 2010: 1.1})
    assert refusal.value.errors[0].pointer == "/Y/2008"


def test_mixed_current_or_untold_prices_are_refused_on_each_field() -> None:
    same = {"Y": "constant-2010", "K": "constant-2010"}
    assert price_basis_faults(same) == []
    mixed = price_basis_faults({"Y": "current", "K": "constant-2010"})
    assert [(e.pointer, e.code) for e in mixed] == [
        ("/Y", "price_basis_mixed"),
        ("/K", "price_basis_mixed"),
    ]
    untold = price_basis_faults({"Y": None, "K": "constant-2010"})[0]
    assert untold.message_en.endswith("like constant-2010, got: constant-2010, undeclared.")
    assert untold.message_vi.endswith("như constant-2010, nhận được: chưa khai, constant-2010.")
    assert len(price_basis_faults({"Y": "current"})) == 1


def test_chained_volumes_are_not_summed() -> None:
    assert additivity_faults("Y", "chained")[0].code == "not_additive"
    assert additivity_faults("Y", "constant") == []


def test_a_value_that_fits_the_other_unit_is_refused_with_the_right_one() -> None:
    [slip] = unit_faults("beta", {2020: 0.47, 2021: 47.0}, unit="fraction", kind="share")
    assert (slip.pointer, slip.code) == ("/beta/2021", "share_in_percent")
    assert "0.47" in slip.message_vi
    [growth] = unit_faults("g_Y", {2020: 7.0}, unit="fraction", kind="growth")
    assert growth.code == "growth_in_percent"
    [back] = unit_faults("beta", {2020: 0.47, 2021: 0.5}, unit="percent", kind="share")
    assert back.code == "share_in_fraction"
    assert "47" in back.message_en
    assert unit_faults("beta", {2020: 47.0}, unit="percent", kind="share") == []
    assert unit_faults("g_Y", {2020: 0.4}, unit="percent", kind="growth") == []
    assert unit_faults("beta", {}, unit="percent", kind="share") == []


def test_a_year_of_another_vintage_is_named() -> None:
    found = vintage_faults("Y", {2018: "2019-07", 2019: "2019-07", 2020: "2021-07", 2022: "x"})
    assert [(e.pointer, e.code) for e in found] == [("/Y/2020", "vintages_mixed")]


def test_a_unit_given_twice_for_a_year_is_named_once() -> None:
    found = duplicate_faults([("a", 2020), ("b", 2020), ("a", 2020), ("a", 2020)])
    assert [(e.pointer, e.code) for e in found] == [("/rows/a/2020", "duplicated")]


def test_a_sample_that_is_too_small_is_told_the_minimum() -> None:
    [found] = sample_faults("firms", 2)
    assert "3" in found.message_en
    assert sample_faults("firms", 3) == []


def test_a_stock_that_swings_like_a_flow_is_noted_with_place_and_year() -> None:
    axes = Axes((2020, 2021, 2022), ("a", "b"))
    found = swing_notices(np.array([[100.0, 105.0, 108.0], [100.0, 140.0, 90.0]]), axes)
    assert [(n.unit, n.year) for n in found] == [("b", 2021), ("b", 2022)]


def test_three_years_far_above_the_nation_are_noted_and_two_are_not() -> None:
    nation = dict.fromkeys(range(2018, 2022), 0.06)
    assert len(faster_than_nation(dict.fromkeys(range(2018, 2021), 0.12), nation)) == 3
    assert faster_than_nation({2018: 0.12, 2019: 0.12, 2020: 0.1, 2025: 0.2}, nation) == []


def test_growth_across_a_change_of_definition_is_noted() -> None:
    assert [n.year for n in break_notices("L", (2019, 2020, 2021), [2021])] == [2021]


def test_missing_hours_fall_back_to_persons_and_are_not_zero() -> None:
    found = optional_or_persons({2020: 2000.0}, (2020, 2021), field="H")
    assert [(n.code, n.year) for n in found] == [("FALLS_BACK_TO_PERSONS", 2021)]
    assert len(optional_or_persons(None, (2020, 2021), field="H")) == 2


def test_a_series_that_ends_early_is_noted_with_its_last_year() -> None:
    found = ends_early({"Y": {2020: 1.0, 2021: 1.0}, "L": {2020: 1.0}})
    assert [(n.field, n.year) for n in found] == [("L", 2020)]


def test_filled_years_are_marked_and_have_no_annual_tfp() -> None:
    filled = geometric_fill("K", {2018: 100.0, 2021: 133.1, 2022: 140.0})
    assert filled.imputed == {2019, 2020}
    assert filled.values[2019] == pytest.approx(110.0)
    assert list(filled.values) == [2018, 2019, 2020, 2021, 2022]
    assert why_not_annual((2019, 2020, 2021, 2022), filled.imputed) == (
        "IMPUTED", "IMPUTED", "IMPUTED", None
    )  # fmt: skip


@given(
    st.lists(st.floats(1.0, 100.0), min_size=4, max_size=8), st.floats(0.2, 5.0), st.integers(1, 3)
)
def test_linking_keeps_the_growth_of_the_old_series_and_the_levels_of_the_new(
    values: list[float], ratio: float, overlap: int
) -> None:
    old = {2000 + t: value for t, value in enumerate(values)}
    new = {year: ratio * old[year] for year in sorted(old)[-overlap:]}
    linked = link_bases("Y", old, new)
    assert linked.ratio == pytest.approx(ratio, rel=1e-12)
    assert linked.spread == pytest.approx(0, abs=1e-12)
    assert linked.overlap == tuple(sorted(new))
    for year in sorted(old)[1:]:
        assert linked.values[year] / linked.values[year - 1] == pytest.approx(
            old[year] / old[year - 1], rel=1e-12
        )


def test_an_overlap_whose_years_disagree_shows_its_spread() -> None:
    linked = link_bases("Y", {2009: 100.0, 2010: 100.0}, {2009: 200.0, 2010: 210.0})
    assert linked.spread == pytest.approx(np.sqrt(1.05) - 1, abs=1e-12)
