"""Distances: what cannot be solved, that the fast path and HiGHS agree, and what units of measure may not change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pq_tfp.domain import distances
from pq_tfp.domain.distances import Orientation, Returns, Technology, efficiency, own, radial
from pq_tfp.domain.series import Array

X = np.array([[2.0, 4.0, 3.0, 5.0, 6.0]])
Y = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]])
EVERY: list[tuple[Returns, Orientation]] = [
    ("CRS", "output"), ("CRS", "input"), ("VRS", "output"), ("VRS", "input"),
]  # fmt: skip
samples = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(3, 12)).flatmap(
    lambda size: st.tuples(
        arrays(np.float64, (size[0], size[2]), elements=st.floats(0.01, 100)),
        arrays(np.float64, (size[1], size[2]), elements=st.floats(0.01, 100)),
        arrays(np.float64, (size[0], 4), elements=st.floats(0.01, 100)),
        arrays(np.float64, (size[1], 4), elements=st.floats(0.01, 100)),
    )
)


def test_a_unit_beyond_its_own_frontier_is_an_error_of_ours() -> None:
    with pytest.raises(ArithmeticError, match=r"1\.0000001"):
        own(np.array([1.0, 1.0000001]))
    assert own(np.array([1.0 + 1e-10, np.nan])).shape == (2,)


def test_fewer_inputs_than_anybody_had_have_no_output_distance_under_variable_returns() -> None:
    found = radial(Technology(X, Y, "VRS"), np.array([[1.0, 3.0]]), np.array([[1.0, 3.0]]))
    np.testing.assert_allclose(found.phi, [np.nan, 1.0])


def test_more_output_than_anybody_made_has_no_input_distance_under_variable_returns() -> None:
    point = np.array([[6.0, 6.0]]), np.array([[6.0, 5.0]])
    found = radial(Technology(X, Y, "VRS"), *point, orientation="input")
    np.testing.assert_allclose(found.phi, [np.nan, 1.0])
    slow = radial(Technology(X, Y, "VRS"), *point, orientation="input", rounds=0)
    np.testing.assert_allclose(slow.phi, [np.nan, 1.0])


@pytest.mark.parametrize("orientation", ["output", "input"])
@given(sample=samples, seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_how_large_a_unit_is_does_not_matter_under_constant_returns(
    orientation: Orientation, sample: tuple[Array, Array, Array, Array], seed: int
) -> None:
    X, Y, _, _ = sample
    size = 10 ** np.random.default_rng(seed).uniform(-6, 6, X.shape[1])
    alike = radial(Technology(X, Y), X, Y, orientation=orientation).phi
    apart = radial(Technology(X * size, Y * size), X * size, Y * size, orientation=orientation).phi
    np.testing.assert_allclose(apart, alike, rtol=1e-7)


@pytest.mark.parametrize(("returns", "orientation"), EVERY)
@given(sample=samples)
@settings(max_examples=25, deadline=None)
def test_the_fast_path_and_highs_find_the_same_distance(
    returns: Returns, orientation: Orientation, sample: tuple[Array, Array, Array, Array]
) -> None:
    X, Y, x, y = sample
    fast = radial(Technology(X, Y, returns), x, y, orientation=orientation)
    slow = radial(Technology(X, Y, returns), x, y, orientation=orientation, rounds=0)
    np.testing.assert_allclose(fast.phi, slow.phi, rtol=1e-7)


@given(sample=samples)
@settings(max_examples=50, deadline=None)
def test_shadow_prices_value_the_point_at_the_frontier_and_nobody_above_it(
    sample: tuple[Array, Array, Array, Array],
) -> None:
    X, Y, x, y = sample
    found = radial(Technology(X, Y), x, y)
    np.testing.assert_allclose((found.u * y.T).sum(axis=1), 1, rtol=1e-8)
    np.testing.assert_allclose((found.v * x.T).sum(axis=1), found.phi, rtol=1e-8)
    worth, cost = found.u @ Y, found.v @ X
    assert (worth <= cost + 1e-7 * np.maximum(worth, cost)).all()


@pytest.mark.parametrize(("returns", "orientation"), EVERY)
def test_units_of_measure_do_not_matter(returns: Returns, orientation: Orientation) -> None:
    random = np.random.default_rng(4)
    X, Y = np.exp(random.normal(0, 1, (2, 30))), np.exp(random.normal(0, 1, (2, 30)))
    plain = efficiency(Technology(X, Y, returns), X, Y, orientation=orientation)
    X, Y = X * np.array([[1e12], [1e-6]]), Y * np.array([[1e9], [1.0]])
    scaled = efficiency(Technology(X, Y, returns), X, Y, orientation=orientation)
    np.testing.assert_allclose(plain, scaled, rtol=1e-12)


def test_a_large_sample_is_worked_on_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = efficiency(Technology(X, Y, "VRS"), X, Y)
    monkeypatch.setattr(distances, "CHUNK_BYTES", 1)
    np.testing.assert_array_equal(efficiency(Technology(X, Y, "VRS"), X, Y), whole)
