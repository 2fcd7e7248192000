"""Bands of Malmquist: what is refused and what cannot be drawn, then the draws, then what the bands must keep to.

No published bands with all their inputs could be had; the algorithm is held by its invariants and by simulated worlds whose changes are known.
"""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pq_tfp.domain.axes import Axes, Notice
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.malmquist import change
from pq_tfp.domain.malmquist_bootstrap import BANDED, Bands, bands, smoothed
from pq_tfp.domain.quantities import Quantities
from pq_tfp.domain.series import Array

SEEDS = st.integers(0, 2**32 - 1)
FEW = 30


def world(units: int = 20, years: int = 2, seed: int = 7) -> Quantities:
    """A frontier that stands still, Y = K^0.4·L^0.6, and units below it that move a little."""
    random = np.random.default_rng(seed)

    def moving(spread: float) -> Array:
        return np.exp(random.normal(0, spread, (units, 1)) + random.normal(0, 0.05, (units, years)))

    K, L = moving(0.5), moving(0.5)
    below = np.exp(
        -np.abs(random.normal(0, 0.25, (units, 1)) + random.normal(0, 0.05, (units, years)))
    )
    names = tuple(f"u{at}" for at in range(units))
    axes = Axes(tuple(range(2020, 2020 + years)), names)
    return Quantities(axes, {"K": K, "L": L}, {"Y": K**0.4 * L**0.6 * below})


def tables(found: Bands) -> list[Array]:
    return [
        getattr(found, name)[part] for name, part in product(("low", "corrected", "high"), BANDED)
    ]


def test_a_pair_of_years_with_too_few_units_is_refused() -> None:
    two = world(units=2)
    with pytest.raises(SeriesRefused) as refused:
        bands(two, replications=FEW)
    assert {error.code for error in refused.value.errors} == {"units_too_few"}


def test_where_every_unit_is_efficient_there_is_nothing_to_draw_and_it_is_said() -> None:
    K = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    alike = Quantities(Axes((1, 2), ("a", "b", "c")), {"K": K}, {"Y": 2 * K})
    found = bands(alike, replications=FEW)
    assert found.notices == (Notice("NO_SPREAD", "M", None, 2),)
    for values in tables(found):
        np.testing.assert_allclose(values, 1.0, atol=1e-12)


def test_a_unit_that_is_absent_from_a_pair_has_no_band_there() -> None:
    told = world(years=3)
    for values in (*told.x.values(), *told.y.values()):
        values[4, 2] = np.nan
    found = bands(told, replications=FEW)
    for values in tables(found):
        assert np.isnan(values[4]).tolist() == [False, True]
        assert np.isfinite(np.delete(values, 4, axis=0)).all()


@settings(deadline=None, max_examples=50)
@given(SEEDS, st.integers(3, 40))
def test_no_draw_lies_beyond_the_frontier_in_either_year(seed: int, units: int) -> None:
    random = np.random.default_rng(seed)
    delta = 1 + np.abs(random.normal(0, random.uniform(0, 2), (units, 2)))
    delta[random.random(units) < 0.3] = 1.0
    drawn = smoothed(delta, replications=20, random=random)
    assert drawn.shape == (20, units, 2)
    assert (drawn >= 1).all()


def test_draws_keep_the_spread_of_the_expansions_and_that_the_years_belong_together() -> None:
    random = np.random.default_rng(3)
    first = 1 + np.abs(random.normal(0, 0.3, 400))
    second = np.maximum(first + random.normal(0, 0.02, 400), 1.0)
    delta = np.column_stack([first, second])
    drawn = smoothed(delta, replications=200, random=random).reshape(-1, 2)
    np.testing.assert_allclose((drawn - 1).std(axis=0), (delta - 1).std(axis=0), rtol=0.15)
    assert np.asarray(np.corrcoef(drawn.T))[0, 1] > 0.8
    turned = smoothed(delta[:, ::-1], replications=200, random=random).reshape(-1, 2)
    np.testing.assert_allclose(turned[:, ::-1].mean(axis=0), drawn.mean(axis=0), rtol=0.02)


def test_the_same_seed_gives_the_same_bands_and_another_seed_others() -> None:
    told = world(years=3)
    first, again, other = (bands(told, replications=FEW, seed=seed) for seed in (1, 1, 2))
    for one, same, differs in zip(tables(first), tables(again), tables(other), strict=True):
        np.testing.assert_array_equal(one, same)
        assert not np.allclose(one, differs, rtol=1e-12, atol=0)
    assert (first.replications, first.seed) == (FEW, 1)


def test_a_pair_of_years_has_the_band_it_has_alone_whatever_follows() -> None:
    three, two = world(years=3), world(years=3)
    alone = Quantities(
        Axes(two.axes.years[:2], two.axes.units),
        {name: values[:, :2] for name, values in two.x.items()},
        {name: values[:, :2] for name, values in two.y.items()},
    )
    for long, short in zip(
        tables(bands(three, replications=FEW)), tables(bands(alone, replications=FEW)), strict=True
    ):
        np.testing.assert_array_equal(long[:, :1], short)


@settings(deadline=None, max_examples=3)
@given(SEEDS)
def test_a_band_holds_the_estimate_less_its_bias(seed: int) -> None:
    found = bands(world(seed=seed), replications=100)
    for part in BANDED:
        low, corrected, high = (getattr(found, name)[part] for name in ("low", "corrected", "high"))
        assert (low <= high).all()
        assert (low <= corrected).all()
        assert (corrected <= high).all()


def test_units_of_measure_do_not_matter() -> None:
    told = world()
    scaled = Quantities(
        told.axes, {"K": told.x["K"] * 1e6, "L": told.x["L"]}, {"Y": told.y["Y"] / 1e3}
    )
    for one, other in zip(
        tables(bands(told, replications=FEW)), tables(bands(scaled, replications=FEW)), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_bands_stand_about_the_estimates_of_either_orientation_and_narrow_with_more_units() -> None:
    widths = []
    for units in (12, 80):
        told = world(units=units)
        found = bands(told, replications=FEW)
        for orientation in ("output", "input"):
            estimate = change(told, orientation=orientation).parts["M"]
            middle = (found.low["M"] + found.high["M"]) / 2
            assert np.abs(estimate - middle).mean() < 0.1
        widths.append(float(np.median(found.high["M"] - found.low["M"])))
    assert widths[1] < widths[0]


def test_it_tells_how_far_it_is() -> None:
    heard: list[tuple[int, int]] = []
    bands(world(years=3), replications=FEW, tell=lambda *far: heard.append(far))
    assert heard == [(1, 2), (2, 2)]
