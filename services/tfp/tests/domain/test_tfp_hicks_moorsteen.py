"""Hicks-Moorsteen after Bjurek: refusals, a published index where the theory makes the two equal, an independent derivation.

Printed figures of Bjurek's index itself are in test_tfp_published_indices. Under constant returns with one output it equals Malmquist, so the total
factor productivity column of example 4 of DEAP 2.1 is published for it too. For several outputs each of the eight distances is solved here
once more, one program at a time, written straight from the definition.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from pq_tfp.domain import malmquist
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.distances import Returns
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.hicks_moorsteen import change
from pq_tfp.domain.quantities import Quantities
from pq_tfp.domain.series import Array

AXES = Axes((2022, 2023), tuple("abcdef"))


def told(values: Array, axes: Axes = AXES) -> Quantities:
    """Two inputs and two outputs from an array (4, units, years)."""
    K, L, Y, Z = values
    return Quantities(axes, {"K": K, "L": L}, {"Y": Y, "Z": Z})


def test_too_few_common_units_and_figures_of_zero_are_refused() -> None:
    values = np.ones((4, 6, 2))
    values[:, :4, 0] = np.nan
    with pytest.raises(SeriesRefused) as refusal:
        change(told(values))
    assert [error.pointer for error in refusal.value.errors] == ["/units/2022"]
    values = np.ones((4, 6, 2))
    values[3, 5, 1] = 0
    with pytest.raises(SeriesRefused) as refusal:
        change(told(values))
    assert [error.pointer for error in refusal.value.errors] == ["/Z/f/2023"]


def test_the_published_tfp_change_of_deap_example_4_is_reproduced() -> None:
    x = np.array([[2, 2], [4, 4], [3, 3], [5, 5], [6, 5]], dtype=float)
    y = np.array([[1, 1], [2, 3], [3, 4], [4, 3], [5, 5]], dtype=float)
    panel = Quantities(Axes((1, 2), tuple("12345")), {"x": x}, {"y": y})
    found = change(panel, returns="CRS")
    np.testing.assert_allclose(found.HM_BJUREK[:, 0], [1, 1.5, 1.333, 0.75, 1.2], atol=5e-4)
    np.testing.assert_allclose(found.over_units, [1.125], atol=5e-4)


panels = arrays(np.float64, (4, 6, 2), elements=st.floats(0.1, 10))


@given(values=panels)
@settings(deadline=None, max_examples=25)
def test_under_constant_returns_and_with_one_output_it_equals_malmquist(values: Array) -> None:
    K, L, Y, _ = values
    panel = Quantities(AXES, {"K": K, "L": L}, {"Y": Y})
    np.testing.assert_allclose(
        change(panel, returns="CRS").HM_BJUREK, malmquist.change(panel).parts["M"], rtol=1e-7
    )


def distance(X: Array, Y: Array, x: Array, y: Array, returns: Returns, side: str) -> float:
    """One distance by one program, in the primal form of the text books."""
    inputs, outputs, n = len(x), len(y), X.shape[1]
    if side == "output":
        objective = np.r_[-1, np.zeros(n)]
        upper = np.block([[y[:, None], -Y], [np.zeros((inputs, 1)), X]])
        limit = np.r_[np.zeros(outputs), x]
    else:
        objective = np.r_[1, np.zeros(n)]
        upper = np.block([[np.zeros((outputs, 1)), -Y], [-x[:, None], X]])
        limit = np.r_[-y, np.zeros(inputs)]
    convex = {"A_eq": np.r_[0, np.ones(n)][None], "b_eq": [1.0]} if returns == "VRS" else {}
    found = linprog(objective, A_ub=upper, b_ub=limit, method="highs", **convex)
    assert found.status == 0
    return float(1 / -found.fun if side == "output" else 1 / found.fun)


@pytest.mark.parametrize("returns", ["CRS", "VRS"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_eight_distances_solved_one_by_one_give_the_same_index(
    returns: Returns, seed: int
) -> None:
    values = np.exp(np.random.default_rng(seed).normal(0, 0.5, (4, 6, 2)))
    found = change(told(values), returns=returns)
    X, Y = values[:2], values[2:]

    def near(at: int, of_x: int, of_y: int, unit: int, side: str) -> float:
        return distance(X[..., at], Y[..., at], X[:, unit, of_x], Y[:, unit, of_y], returns, side)

    for unit in range(6):
        outputs = near(0, 0, 1, unit, "output") / near(0, 0, 0, unit, "output")
        outputs *= near(1, 1, 1, unit, "output") / near(1, 1, 0, unit, "output")
        inputs = near(0, 1, 0, unit, "input") / near(0, 0, 0, unit, "input")
        inputs *= near(1, 1, 1, unit, "input") / near(1, 0, 1, unit, "input")
        assert found.output_change[unit, 0] == pytest.approx(outputs**0.5, rel=1e-9)
        assert found.input_change[unit, 0] == pytest.approx(inputs**0.5, rel=1e-9)
        assert found.HM_BJUREK[unit, 0] == pytest.approx((outputs / inputs) ** 0.5, rel=1e-9)


@given(values=panels)
@settings(deadline=None, max_examples=25)
def test_it_exists_under_variable_returns_whatever_the_panel(values: Array) -> None:
    assert (change(told(values)).reason == "").all()


def test_a_unit_absent_in_one_year_is_told() -> None:
    values = np.exp(np.random.default_rng(5).normal(0, 0.5, (4, 6, 2)))
    values[:, 1, 0] = np.nan
    found = change(told(values))
    assert [(notice.code, notice.unit, notice.year) for notice in found.notices] == [
        ("DROPPED_FROM_PAIR", "b", 2023)
    ]
    assert found.reason[1].tolist() == ["NOT_IN_BOTH_YEARS"]
    assert np.isnan(found.over_years[1])
    assert np.isfinite(found.overall)
