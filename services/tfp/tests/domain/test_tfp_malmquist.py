"""Malmquist: refusals, the published listing of DEAP, reference values, then identities.

Published numbers: listing of example 4 of DEAP 2.1 (Coelli, 1996), output orientation: five firms, three years, distances and indices to three
decimals. The data follow from its distances, one input and one output. Further: the reference values of DataEnvelopmentAnalysis.jl
(Barbero), three periods, ten digits.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pq_tfp.domain.axes import Axes, Notice
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.malmquist import PARTS, change
from pq_tfp.domain.quantities import Quantities
from pq_tfp.domain.series import Array

FIRMS = tuple("12345")


def panel(x: Array, y: Array) -> Quantities:
    years = tuple(range(1, x.shape[1] + 1))
    return Quantities(Axes(years, FIRMS), {"x": x}, {"y": y})


DEAP = panel(
    np.array([[2, 2, 2], [4, 4, 4], [3, 3, 3], [5, 5, 5], [6, 5, 5]], dtype=float),
    np.array([[1, 1, 1], [2, 3, 3], [3, 4, 4], [4, 3, 3], [5, 5, 5]], dtype=float),
)


def codes(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def without(told: Quantities, *absent: tuple[int, int]) -> Quantities:
    x, y = told.x["x"].copy(), told.y["y"].copy()
    for at in absent:
        x[at] = y[at] = np.nan
    return panel(x, y)


def test_one_year_and_years_with_a_gap_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        change(panel(DEAP.x["x"][:, :1], DEAP.y["y"][:, :1]))
    assert codes(refusal) == ["years_too_few /years"]
    gap = Axes((1, 2, 4), FIRMS)
    with pytest.raises(SeriesRefused) as refusal:
        change(Quantities(gap, DEAP.x, DEAP.y))
    assert codes(refusal) == ["years_not_consecutive /years/4"]


def test_a_pair_of_years_with_fewer_than_three_common_units_is_refused_at_its_later_year() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        change(without(DEAP, (0, 1), (1, 1), (2, 2)))
    assert codes(refusal) == ["units_too_few /units/3"]


def test_a_negative_output_is_refused_with_unit_and_year() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        change(panel(DEAP.x["x"], DEAP.y["y"] - 1.5))
    assert codes(refusal) == [f"level_not_positive /y/1/{year}" for year in (1, 2, 3)]


def test_the_published_listing_of_deap_example_4_is_reproduced() -> None:
    found = change(DEAP)
    published: dict[str, list[float]] = {
        "EC": [0.750, 1.125, 1.000, 0.562, 0.900], "TC": [1.333] * 5,
        "PEC": [1.000, 1.222, 1.000, 0.650, 1.000], "SEC": [0.750, 0.920, 1.000, 0.865, 0.900],
        "M": [1.000, 1.500, 1.333, 0.750, 1.200],
    }  # fmt: skip
    means = {"EC": 0.844, "TC": 1.333, "PEC": 0.955, "SEC": 0.883, "M": 1.125}
    overall = {"EC": 0.918, "TC": 1.155, "PEC": 0.977, "SEC": 0.940, "M": 1.061}
    for part in PARTS:
        # 0.5625 is printed as 0.562.
        np.testing.assert_allclose(found.parts[part][:, 0], published[part], atol=5.1e-4)
        np.testing.assert_allclose(found.parts[part][:, 1], 1.0, atol=1e-12)
        np.testing.assert_allclose(found.over_units[part][0], means[part], atol=5e-4)
        np.testing.assert_allclose(found.overall[part], overall[part], atol=5.1e-4)


def test_the_published_indices_of_three_periods_are_reproduced() -> None:
    found = change(
        panel(
            np.array([[2, 1, 0.5], [3, 2, 1.5], [5, 4, 3], [4, 3, 2], [4, 4, 4]]),
            np.array([[1, 1, 2], [4, 4, 4], [6, 6, 6], [3, 3, 3], [5, 3, 1]], dtype=float),
        )
    )
    M: list[list[float]] = [
        [2, 4],
        [1.5, 1.3333333],
        [1.25, 1.3333333],
        [1.3333333, 1.5],
        [0.6, 0.3333333],
    ]
    EC: list[list[float]] = [
        [1.3333333, 2], [1, 0.6666667], [0.8333333, 0.6666667], [0.8888889, 0.75], [0.4, 0.1666667],
    ]  # fmt: skip
    np.testing.assert_allclose(found.parts["M"], M, atol=5e-8)
    np.testing.assert_allclose(found.parts["EC"], EC, atol=5e-8)
    np.testing.assert_allclose(found.parts["TC"], np.tile([1.5, 2.0], (5, 1)), atol=5e-8)


def test_a_unit_absent_in_one_year_is_told_and_leaves_both_frontiers_of_the_pair() -> None:
    found = change(without(DEAP, (2, 2)))
    assert found.notices == (Notice("DROPPED_FROM_PAIR", None, "3", 3),)
    assert found.reason[2].tolist() == ["", "NOT_IN_BOTH_YEARS"]
    assert np.isnan(found.parts["M"][2, 1])
    np.testing.assert_allclose(found.parts["M"][:, 0], change(DEAP).parts["M"][:, 0])
    rest = change(
        Quantities(
            Axes((2, 3), ("1", "2", "4", "5")),
            {"x": np.delete(DEAP.x["x"], 2, axis=0)[:, 1:]},
            {"y": np.delete(DEAP.y["y"], 2, axis=0)[:, 1:]},
        )
    )
    np.testing.assert_allclose(np.delete(found.parts["TC"][:, 1], 2), rest.parts["TC"][:, 0])


def test_a_distance_across_years_that_does_not_exist_under_variable_returns_is_null_with_a_reason() -> (
    None
):
    # Firm 1 comes to need less than anybody did: last year's VRS frontier says nothing of it.
    x = DEAP.x["x"].copy()
    x[0, 1:] = 1.0
    told = panel(x, DEAP.y["y"])
    found = change(told, cross="VRS")
    assert found.reason[:, 0].tolist() == ["LP_INFEASIBLE", "", "", "", ""]
    assert np.isnan(found.parts["M"][0, 0])
    assert np.isfinite(found.over_units["M"]).all()
    np.testing.assert_allclose(found.parts["SEC"], 1)
    assert (change(told).reason == "").all()


panels = arrays(np.float64, (3, 6, 3), elements=st.floats(0.1, 10))


@given(values=panels)
@settings(deadline=None, max_examples=30)
def test_parts_multiply_to_the_whole_and_orientation_moves_only_the_scale_part(
    values: Array,
) -> None:
    axes = Axes((1, 2, 3), tuple("abcdef"))
    told = Quantities(axes, {"K": values[0], "L": values[1]}, {"Y": values[2]})
    out, into = change(told).parts, change(told, orientation="input").parts
    np.testing.assert_allclose(out["EC"] * out["TC"], out["M"], rtol=1e-9)
    np.testing.assert_allclose(out["PEC"] * out["SEC"], out["EC"], rtol=1e-9)
    np.testing.assert_allclose(into["M"], out["M"], rtol=1e-7)
    np.testing.assert_allclose(into["EC"], out["EC"], rtol=1e-7)


def test_more_of_everything_by_the_same_factor_is_no_progress_and_more_output_alone_is() -> None:
    x, y = DEAP.x["x"][:, :1], DEAP.y["y"][:, :1]
    same = change(panel(np.hstack([x, 3 * x]), np.hstack([y, 3 * y]))).parts
    np.testing.assert_allclose(same["M"], 1, rtol=1e-12)
    more = change(panel(np.hstack([x, x]), np.hstack([y, 1.1 * y]))).parts
    np.testing.assert_allclose(more["TC"], 1.1, rtol=1e-12)
    np.testing.assert_allclose(more["EC"], 1, rtol=1e-12)
