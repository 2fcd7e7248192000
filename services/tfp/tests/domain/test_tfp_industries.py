"""Industries, aggregation and mergers: refusals, then a published account, then identities.

Published: BEA/BLS production account, computer and electronic products (NAICS 334), 2017, millions of dollars: gross output 353,926
= value added 248,364 + energy 1,960 + materials 70,585 + services 33,018 (to the rounding of the account, 1), and value added =
capital 97,659 + labour 150,706. One year has no growth, so the growth account is held against an independent derivation.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pq_tfp.domain.aggregation import aggregate, domar, mean_weights, tornqvist_output
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.industries import account_industries, deflated_levels
from pq_tfp.domain.mergers import (
    completeness_faults,
    merge,
    official_reallocation,
    summed,
)
from pq_tfp.domain.series import Array
from pq_tfp.domain.tornqvist import account_costs

YEARS = (2020, 2021, 2022, 2023)
AXES = Axes(YEARS, ("farming", "industry"))
VOLUMES = {
    "GO": np.array([[100.0, 104.0, 107.0, 109.0], [300.0, 330.0, 352.0, 380.0]]),
    "K": np.array([[50.0, 52.0, 53.0, 55.0], [200.0, 225.0, 250.0, 280.0]]),
    "L": np.array([[90.0, 88.0, 86.0, 84.0], [60.0, 63.0, 66.0, 68.0]]),
    "II": np.array([[40.0, 42.0, 43.0, 44.0], [190.0, 210.0, 226.0, 245.0]]),
}
COSTS = {
    "K": np.array([[20.0, 22.0, 23.0, 24.0], [70.0, 80.0, 90.0, 99.0]]),
    "L": np.array([[45.0, 47.0, 49.0, 50.0], [45.0, 52.0, 60.0, 66.0]]),
    "II": np.array([[41.0, 44.0, 46.0, 48.0], [195.0, 222.0, 245.0, 270.0]]),
}
PLACES = Axes(YEARS, ("Hải Phòng", "Hải Dương"))
LEVELS = {
    "Y": VOLUMES["GO"],
    "K": VOLUMES["K"],
    "L": VOLUMES["L"],
    "VA": COSTS["K"] + COSTS["L"],
    "labour_income": COSTS["L"],
}


def codes(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def test_missing_intermediate_inputs_are_named() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        account_industries(
            {name: VOLUMES[name] for name in ("GO", "K", "L")},
            {name: COSTS[name] for name in "KL"},
            AXES,
        )
    assert codes(refusal) == ["series_missing /II", "series_missing /cost_II"]


@pytest.mark.parametrize("capital_income", [-40.0, -90.0])
def test_an_industry_without_value_added_is_refused_by_that_name(capital_income: float) -> None:
    volumes = {name: np.array([100.0, 110.0]) for name in ("GO", "K", "L", "II")}
    paid = {"K": [20.0, capital_income], "L": [40.0, 40.0], "II": [60.0, 95.0]}
    costs = {name: np.array(values) for name, values in paid.items()}
    with pytest.raises(SeriesRefused) as refusal:
        account_industries(volumes, costs, Axes((2021, 2022)))
    assert codes(refusal) == ["level_not_positive /VA/2022"]


def test_double_deflation_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        deflated_levels(
            {"GO": np.array([100.0, 100.0]), "II": np.array([60.0, 90.0])},
            {"GO": np.array([1.0, 1.2]), "II": np.array([1.0, 1.0])},
            Axes((2020, 2021)),
        )
    assert codes(refusal) == ["level_not_positive /VA/2021"]


def test_one_part_is_no_aggregate() -> None:
    one = Axes(YEARS, ("farming",))
    alone = account_industries(
        {name: values[:1] for name, values in VOLUMES.items()},
        {name: values[:1] for name, values in COSTS.items()},
        one,
    ).value_added
    whole = account_costs(
        VOLUMES["GO"][0],
        {name: VOLUMES[name][0] for name in "KL"},
        {name: COSTS[name][0] for name in "KL"},
        Axes(YEARS),
    )
    with pytest.raises(SeriesRefused) as refusal:
        aggregate(whole, alone, LEVELS["VA"][:1])
    assert codes(refusal) == ["units_too_few /units"]


def test_an_incomplete_set_of_predecessors_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        merge(LEVELS, PLACES, expected=("Hải Phòng", "Hải Dương", "Thái Bình"))
    assert codes(refusal) == ["predecessors_incomplete /units/Thái Bình"]


def test_a_predecessor_counted_twice_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        summed({"K0": np.ones(3)}, ["a", "b", "b"], expected=["a", "b"])
    assert codes(refusal) == ["predecessors_incomplete /units/b"]


def test_first_stocks_and_flows_are_summed_over_the_same_predecessors() -> None:
    parts = {"K0": np.array([50.0, 70.0]), "I": np.array([[5.0, 6.0], [7.0, 8.0]])}
    both = summed(parts, PLACES.units, expected=PLACES.units)
    assert both["K0"] == 120
    assert both["I"].tolist() == [12.0, 14.0]
    with pytest.raises(SeriesRefused) as refusal:
        summed({"K0": np.array([50.0])}, PLACES.units, expected=PLACES.units)
    assert codes(refusal) == ["shape_wrong /K0"]


def test_a_sum_that_lacks_a_predecessor_fails_against_the_published_total() -> None:
    axes = Axes((2022, 2023))
    summed = np.array([400.0, 410.0])
    assert completeness_faults("Y", summed, {2023: 411.0}, axes) == []
    [wrong] = completeness_faults("Y", summed, {2022: 900.0, 2023: 411.0}, axes)
    assert (wrong.code, wrong.pointer) == ("sum_differs_from_published", "/Y/2022")
    [unknown] = completeness_faults("Y", np.array([np.nan, 410.0]), {2022: 400.0}, axes)
    assert unknown.pointer == "/Y/2022"
    [unchecked] = completeness_faults("Y", summed, {1999: 1.0}, axes)
    assert unchecked.code == "overlap_missing"


def test_the_published_account_of_an_industry_adds_up_to_its_rounding() -> None:
    inputs = {"E": 1960, "M": 70585, "S": 33018}
    assert abs(353926 - 248364 - sum(inputs.values())) <= 1
    assert abs(248364 - 97659 - 150706) <= 1
    volumes = {
        "GO": np.array([353926.0, 353926.0 * 1.05]),
        "K": np.array([1.0, 1.02]),
        "L": np.array([1.0, 1.01]),
        "II": np.array([1.0, 1.03]),
    }
    paid = {"K": 97659.0, "L": 150706.0, "II": float(sum(inputs.values()))}
    costs = {name: np.array([value, value]) for name, value in paid.items()}
    both = account_industries(volumes, costs, Axes((2017, 2018)))
    assert both.gross_output.share["II"][0] == pytest.approx(105563 / 353928, abs=1e-12)
    expected = (np.log(1.05) - 105563 / 353928 * np.log(1.03)) / (248365 / 353928)
    assert both.dln_VA[0] == pytest.approx(expected, abs=1e-12)
    # With constant shares the productivity of value added is that of gross output over the share of value added.
    assert both.value_added.dln_A[0] == pytest.approx(
        both.gross_output.dln_A[0] * 353928 / 248365, abs=1e-12
    )


def test_constant_price_double_deflation_by_hand() -> None:
    real = deflated_levels(
        {"GO": np.array([100.0, 126.0]), "II": np.array([60.0, 66.0])},
        {"GO": np.array([1.0, 1.05]), "II": np.array([1.0, 1.1])},
        Axes((2020, 2021)),
    )
    np.testing.assert_allclose(real, [40.0, 60.0])


def test_the_economy_is_its_industries_and_what_moved_between_them() -> None:
    both = account_industries(VOLUMES, COSTS, AXES)
    output = tornqvist_output(both.dln_VA, LEVELS["VA"])
    whole = account_costs(
        output,
        {name: VOLUMES[name].sum(axis=0) for name in "KL"},
        {name: COSTS[name].sum(axis=0) for name in "KL"},
        Axes(YEARS),
    )
    split = aggregate(whole, both.value_added, LEVELS["VA"])
    np.testing.assert_allclose(split.reallocation_Y, 0.0, atol=1e-12)
    np.testing.assert_allclose(
        split.within + split.reallocation_K + split.reallocation_L, whole.dln_A, atol=1e-12
    )
    weighed = domar(both, {"GO": VOLUMES["GO"], "VA": LEVELS["VA"]})
    np.testing.assert_allclose(weighed["domar"] + weighed["weighting"], split.within, atol=1e-12)
    np.testing.assert_allclose(weighed["within"], split.within, atol=1e-12)


def test_a_merged_place_is_its_summed_levels_and_not_the_mean_of_rates() -> None:
    merged = merge(LEVELS, PLACES, expected=("Hải Dương", "Hải Phòng"))
    np.testing.assert_array_equal(merged.levels["Y"], LEVELS["Y"].sum(axis=0))
    np.testing.assert_allclose(
        merged.beta, LEVELS["labour_income"].sum(axis=0) / LEVELS["VA"].sum(axis=0)
    )
    np.testing.assert_allclose(
        merged.split.within + merged.split.reallocation, merged.whole.dln_A, atol=1e-12
    )
    assert np.abs(merged.parts.dln_A.mean(axis=0) - merged.whole.dln_A).max() > 1e-3


def test_the_official_reallocation_is_what_the_weighted_parts_leave() -> None:
    rest = official_reallocation(0.03, np.array([0.02, 0.04]), np.array([0.75, 0.25]))
    assert rest == pytest.approx(0.005, abs=1e-15)


cells = arrays(np.float64, (7, 3, 5), elements=st.floats(0.5, 3.0))


@given(cells)
def test_parts_and_reallocation_always_make_the_whole(values: Array) -> None:
    axes = Axes(tuple(range(2000, 2005)), ("a", "b", "c"))
    GO, K, L, II, cost_K, cost_L, cost_II = values
    both = account_industries(
        {"GO": GO, "K": K, "L": L, "II": II}, {"K": cost_K, "L": cost_L, "II": cost_II}, axes
    )
    total = np.sum(list(both.gross_output.contribution.values()), axis=0)
    np.testing.assert_allclose(total, both.gross_output.dln_Y, atol=1e-12)
    VA = cost_K + cost_L
    whole = account_costs(
        GO.sum(axis=0),
        {"K": K.sum(axis=0), "L": L.sum(axis=0)},
        {"K": cost_K.sum(axis=0), "L": cost_L.sum(axis=0)},
        Axes(axes.years),
    )
    split = aggregate(whole, both.value_added, VA)
    np.testing.assert_allclose(split.within + split.reallocation, whole.dln_A, atol=1e-12)
    np.testing.assert_allclose(split.part.sum(axis=0), split.within, atol=1e-12)
    np.testing.assert_allclose(mean_weights(VA).sum(axis=0), 1.0, atol=1e-12)
