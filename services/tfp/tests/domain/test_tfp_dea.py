"""Data envelopment: refusals, then published numbers, then what must hold for any data.

Published numbers: the listing of example 1 of DEAP 2.1 (Coelli, 1996: five firms, two inputs, input orientation, CRS), whose data are its
input and output targets with the radial movement undone; and the eleven firms of Färe, Grosskopf and Lovell's book as solved in R and kept
as reference values by the package DataEnvelopmentAnalysis.jl (Barbero), all four combinations, ten digits.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pq_tfp.domain.axes import Axes
from pq_tfp.domain.dea import Efficiencies, measure
from pq_tfp.domain.distances import Orientation
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.quantities import Quantities
from pq_tfp.domain.series import Array

FIRMS = ("Hải Phòng", "Bạc Liêu", "Hưng Yên", "Quảng Bình")
AXES = Axes((2022, 2023), FIRMS)
K = np.array([[700.0, 780.0], [120.0, 130.0], [320.0, 350.0], [110.0, 118.0]])
L = np.array([[110.0, 112.0], [50.0, 50.5], [70.0, 71.0], [45.0, 45.2]])
Y = np.array([[300.0, 330.0], [60.0, 63.0], [150.0, 160.0], [50.0, 52.0]])


def panel(K: Array = K, L: Array = L, Y: Array = Y, axes: Axes = AXES) -> Quantities:
    return Quantities(axes, {"K": K, "L": L}, {"Y": Y})


def column(x: list[tuple[float, ...]], y: list[float]) -> Quantities:
    inputs = np.array(x).T
    axes = Axes((1,), tuple(f"firm {n}" for n in range(1, len(y) + 1)))
    named = {f"x{n}": values[:, np.newaxis] for n, values in enumerate(inputs, start=1)}
    return Quantities(axes, named, {"y": np.array(y)[:, np.newaxis]})


def codes(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def test_zero_negative_and_missing_figures_are_refused_together_with_field_unit_and_year() -> None:
    bad_K, bad_L, bad_Y = K.copy(), L.copy(), Y.copy()
    bad_K[0, 1], bad_L[2, 0], bad_Y[3, 1] = 0.0, -1.0, np.nan
    with pytest.raises(SeriesRefused) as refusal:
        measure(panel(bad_K, bad_L, bad_Y))
    assert codes(refusal) == [
        "level_not_positive /K/Hải Phòng/2023",
        "level_not_positive /L/Hưng Yên/2022",
        "quantity_missing /Y/Quảng Bình/2023",
    ]
    assert refusal.value.errors[0].message_en == (
        "Hải Phòng: K in 2023 is 0; a number above 0 is needed."
    )


def test_fewer_than_three_units_in_a_year_are_refused() -> None:
    alone = [values.copy() for values in (K, L, Y)]
    for values in alone:
        values[:2, 1] = np.nan
    with pytest.raises(SeriesRefused) as refusal:
        measure(panel(alone[0], alone[1], alone[2]))
    assert codes(refusal) == ["units_too_few /units/2023"]


def test_a_panel_without_inputs_or_with_a_field_on_both_sides_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        measure(Quantities(AXES, {}, {}))
    assert codes(refusal) == ["series_missing /x", "series_missing /y"]
    with pytest.raises(SeriesRefused) as refusal:
        measure(Quantities(AXES, {"K": K}, {"K": K}))
    assert codes(refusal) == ["series_twice /K"]
    with pytest.raises(SeriesRefused) as refusal:
        measure(Quantities(AXES, {"K": K[:, :1]}, {"Y": Y}))
    assert codes(refusal) == ["shape_wrong /K"]


def test_the_published_listing_of_deap_example_1_is_reproduced() -> None:
    told = column([(2, 5), (2, 4), (6, 6), (3, 2), (6, 2)], [1, 2, 3, 1, 2])
    found = measure(told, orientation="input")
    np.testing.assert_allclose(found.crs[:, 0], [0.5, 1, 0.833, 0.714, 1], atol=5e-4)
    np.testing.assert_allclose(found.crs.mean(), 0.810, atol=5e-4)


ELEVEN = column(
    [(5, 13), (16, 12), (16, 26), (17, 15), (18, 14), (23, 6), (25, 10), (27, 22), (37, 14), (42, 25), (5, 17)],
    [12, 14, 25, 26, 8, 9, 27, 30, 31, 26, 12],
)  # fmt: skip
CRS = [
    1, 0.6222896791, 0.8198562444, 1, 0.3103709311, 0.5555555556, 1, 0.7576690896, 0.8201058201,
    0.4905660377, 1,
]  # fmt: skip
VRS_INPUT = [1, 0.8699861687, 1, 1, 0.7116402116, 1, 1, 1, 1, 0.4931209269, 1]
VRS_OUTPUT = [1, 1.507518797, 1, 1, 3.203947368, 1, 1, 1, 1, 1.192307692, 1]


def test_the_published_efficiencies_of_the_eleven_firms_are_reproduced() -> None:
    inward, outward = measure(ELEVEN, orientation="input"), measure(ELEVEN)
    np.testing.assert_allclose(inward.crs[:, 0], CRS, atol=5e-11)
    np.testing.assert_allclose(outward.crs[:, 0], CRS, atol=5e-11)
    np.testing.assert_allclose(inward.vrs[:, 0], VRS_INPUT, atol=5e-11)
    np.testing.assert_allclose(1 / outward.vrs[:, 0], VRS_OUTPUT, atol=5e-10)


def test_a_unit_that_is_absent_in_a_year_has_no_score_and_is_nobodys_peer() -> None:
    gone = [values.copy() for values in (K, L, Y)]
    for values in gone:
        values[0, 1] = np.nan
    found = measure(panel(gone[0], gone[1], gone[2]))
    assert np.isnan(found.vrs[0, 1])
    left = [values[1:, 1:] for values in gone]
    rest = panel(left[0], left[1], left[2], Axes((2023,), FIRMS[1:]))
    np.testing.assert_allclose(found.vrs[1:, 1], measure(rest).vrs[:, 0], rtol=1e-12)


def test_means_are_geometric() -> None:
    found = measure(panel())
    np.testing.assert_allclose(found.mean_crs, np.exp(np.log(found.crs).mean(axis=0)), rtol=1e-12)


@pytest.mark.parametrize("orientation", ["output", "input"])
@given(values=arrays(np.float64, (3, 7, 1), elements=st.floats(0.1, 10)))
@settings(deadline=None, max_examples=40)
def test_scores_lie_in_0_1_somebody_is_best_and_scale_takes_away(
    orientation: Orientation, values: Array
) -> None:
    axes = Axes((1,), tuple("abcdefg"))
    found: Efficiencies = measure(
        panel(values[0], values[1], values[2], axes), orientation=orientation
    )
    for scores in (found.crs, found.vrs, found.scale):
        assert (scores > 0).all()
        assert (scores <= 1 + 1e-9).all()
    assert np.isclose(found.crs.max(), 1)
