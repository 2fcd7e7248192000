"""Färe-Primont: refusals, the definition solved a second way, then transitivity and the parts of the whole.

Printed figures with one input and one output are in test_tfp_published_indices. For several none could be had; the programs below are the multiplier forms of O'Donnell's DPIN guide, in
original units, solved one at a time. The engine solves the other side of the pair of programs.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from pq_tfp.domain.axes import Axes
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.fare_primont import compare, relative
from pq_tfp.domain.quantities import Quantities
from pq_tfp.domain.series import Array

AXES = Axes((2021, 2022, 2023), tuple("abcdefg"))


def told(values: Array) -> Quantities:
    """Two inputs and two outputs from an array (4, units, years)."""
    K, L, Y, Z = values
    return Quantities(AXES, {"K": K, "L": L}, {"Y": Y, "Z": Z})


def drawn(seed: int) -> Array:
    return np.exp(np.random.default_rng(seed).normal(3, 0.5, (4, 7, 3)))


def test_missing_and_negative_figures_are_refused_with_unit_and_year() -> None:
    values = drawn(1)
    values[0, 2, 1], values[3, 6, 2] = np.nan, -5.0
    with pytest.raises(SeriesRefused) as refusal:
        compare(told(values))
    assert [(error.code, error.pointer) for error in refusal.value.errors] == [
        ("quantity_missing", "/K/c/2022"),
        ("level_not_positive", "/Z/g/2023"),
    ]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_multiplier_programs_give_the_same_aggregates(seed: int) -> None:
    values = drawn(seed)
    X, Y = values[:2].reshape(2, -1), values[2:].reshape(2, -1)
    x, y, n = X.mean(axis=1), Y.mean(axis=1), X.shape[1]
    free = [(0, None)] * 4 + [(None, None)]
    # min γ + x'β with γ + X'β − Y'α ≥ 0 and y'α = 1: outputs are valued at α over the optimum.
    outward = linprog(
        np.r_[0, 0, x, 1], A_ub=np.c_[Y.T, -X.T, -np.ones(n)], b_ub=np.zeros(n),
        A_eq=[np.r_[y, 0, 0, 0]], b_eq=[1.0], bounds=free, method="highs",
    )  # fmt: skip
    # max y'φ − δ with Y'φ − δ − X'η ≤ 0 and x'η = 1: inputs are valued at η over the optimum.
    inward = linprog(
        np.r_[-y, 0, 0, 1], A_ub=np.c_[Y.T, -X.T, -np.ones(n)], b_ub=np.zeros(n),
        A_eq=[np.r_[0, 0, x, 0]], b_eq=[1.0], bounds=free, method="highs",
    )  # fmt: skip
    AO = np.tensordot(outward.x[:2] / outward.fun, values[2:], axes=1)
    AI = np.tensordot(inward.x[2:4] / -inward.fun, values[:2], axes=1)
    found = compare(told(values))
    np.testing.assert_allclose(found.AO, AO, rtol=1e-9)
    np.testing.assert_allclose(found.AI, AI, rtol=1e-9)
    np.testing.assert_allclose(found.TFP, AO / AI, rtol=1e-9)


panels = arrays(np.float64, (4, 7, 3), elements=st.floats(0.1, 10))


@given(values=panels)
@settings(deadline=None, max_examples=30)
def test_levels_are_transitive_and_the_parts_multiply_to_tfp_efficiency(values: Array) -> None:
    found = compare(told(values))
    against_a, against_g = relative(found, "a", 2021), relative(found, "g", 2023)
    np.testing.assert_allclose(against_a, against_g * against_a[6, 2], rtol=1e-9)
    for parts in (found.OTE * found.OME * found.ROSE, found.OTE * found.OSE * found.RME):
        np.testing.assert_allclose(parts, found.TFPE, rtol=1e-9)
    for part in (found.OTE, found.OSE, found.OME, found.ROSE, found.RME, found.TFPE):
        assert (part <= 1 + 1e-7).all()
        assert (part > 0).all()


def test_with_one_input_and_one_output_it_is_their_ratio_and_there_is_no_mix_to_choose() -> None:
    K, _, Y, _ = drawn(6)
    found = compare(Quantities(AXES, {"K": K}, {"Y": Y}))
    np.testing.assert_allclose(relative(found, "a", 2021), (Y / K) / (Y / K)[0, 0], rtol=1e-12)
    np.testing.assert_allclose(found.OME, 1, rtol=1e-9)
    np.testing.assert_allclose(found.RME, 1, rtol=1e-9)


def test_units_of_measure_do_not_matter_for_the_relative_level() -> None:
    values = drawn(7)
    plain = relative(compare(told(values)), "a", 2021)
    scaled = values * np.array([1e9, 1e-3, 1e6, 7.0]).reshape(4, 1, 1)
    np.testing.assert_allclose(relative(compare(told(scaled)), "a", 2021), plain, rtol=1e-9)


@pytest.mark.parametrize("unit", [1e15, 1.0, 1e-15])
def test_a_price_per_dong_is_small_and_still_a_price(unit: float) -> None:
    # K alone limits everybody, so that L has no price at all.
    Y = np.array([[2.0, 2.0, 2.0], [3.0, 3.0, 3.0], [4.0, 4.0, 4.0]])
    L = np.array([[9.0, 9.0, 9.0], [1.0, 1.0, 1.0], [9.0, 9.0, 9.0]])
    quantities = Quantities(
        Axes(AXES.years, tuple("abc")), {"K": Y * unit, "L": L}, {"Y": Y * unit}
    )
    found = compare(quantities)
    assert [(notice.code, notice.field) for notice in found.notices] == [("ZERO_SHADOW_PRICE", "L")]


@pytest.mark.parametrize(("middle", "codes"), [(1.5, ["PRICES_NOT_UNIQUE"]), (1.9, [])])
def test_a_mean_unit_on_an_edge_has_no_prices_of_its_own_and_says_so(
    middle: float, codes: list[str]
) -> None:
    K, L = np.array([[1.0, 1.5, 4.0, 2.2]]).T, np.array([[4.0, middle, 1.0, 2.2]]).T
    Y = np.array([[2.0, 2.0, 2.0, 1.0]]).T
    found = compare(Quantities(Axes((2023,), tuple("abcd")), {"K": K, "L": L}, {"Y": Y}))
    assert [notice.code for notice in found.notices] == codes


def test_an_unbalanced_panel_is_pooled_and_who_is_absent_has_no_level() -> None:
    values = drawn(8)
    values[:, 4, 1] = np.nan
    found = compare(told(values))
    assert np.isnan(found.TFP[4, 1])
    assert np.isnan(found.TFPE[4, 1])
    assert np.isfinite(np.delete(found.TFP.ravel(), 4 * 3 + 1)).all()
    assert set(found.price_y) == {"Y", "Z"}
    assert set(found.price_x) == {"K", "L"}
