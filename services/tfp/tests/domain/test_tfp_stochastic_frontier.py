"""Stochastic frontier: refusals, published estimates, then what the maximum must satisfy.

Published numbers. Half-normal: the output listing of FRONTIER 4.1 (Coelli, 1996) for its own 60 firms, with the efficiency of each.
Truncated normal: at the bound |μ| ≤ 2σ_u the listing that the R package frontier keeps of the same program, which stops short of the
maximum (two starts end 0.002 apart), so three decimals; without the bound the maximum that the test script of the R package spfrontier
states, five decimals. Standard errors: FRONTIER's come from its search direction, not from second derivatives; they agree to 2 %, and the
second derivatives are checked by scipy's own differences of ln L.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.differentiate import jacobian
from scipy.integrate import simpson
from scipy.optimize import approx_fprime
from scipy.stats import norm, truncnorm

from pq_tfp.domain import composed_error
from pq_tfp.domain.axes import Axes, Notice
from pq_tfp.domain.composed_error import Shape
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.quantities import Quantities
from pq_tfp.domain.series import Array
from pq_tfp.domain.stochastic_frontier import Distribution, estimate, mixed_chi2

FIRMS = np.genfromtxt(Path(__file__).parent / "data" / "front41.csv", delimiter=",", skip_header=3)
OUTPUT, CAPITAL, LABOUR, HALF, TRUNCATED = FIRMS[:, 1:].T


def one_year(output: Array, **inputs: Array) -> Quantities:
    axes = Axes((1996,), tuple(f"firm {n}" for n in range(1, len(output) + 1)))
    return Quantities(
        axes,
        {name: values[:, np.newaxis] for name, values in inputs.items()},
        {"Y": output[:, np.newaxis]},
    )


COELLI = one_year(OUTPUT, K=CAPITAL, L=LABOUR)


def codes(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def test_an_output_of_zero_is_refused_with_unit_and_year() -> None:
    output = OUTPUT.copy()
    output[3] = 0
    with pytest.raises(SeriesRefused) as refusal:
        estimate(one_year(output, K=CAPITAL))
    assert codes(refusal) == ["level_not_positive /Y/firm 4/1996"]


def test_two_outputs_and_too_few_observations_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        estimate(Quantities(COELLI.axes, COELLI.x, {**COELLI.y, "Z": COELLI.y["Y"]}))
    assert codes(refusal) == ["one_output_only /y"]
    with pytest.raises(SeriesRefused) as refusal:
        estimate(one_year(OUTPUT[:5], K=CAPITAL[:5], L=LABOUR[:5]))
    assert codes(refusal) == ["sample_too_small /units"]


def test_an_input_that_others_explain_or_that_never_changes_is_named() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        estimate(one_year(OUTPUT, K=CAPITAL, same=np.full(60, 7.0), double=5 * CAPITAL**2))
    assert codes(refusal) == ["input_collinear /same", "input_collinear /double"]


def test_an_output_that_the_inputs_explain_wholly_is_refused() -> None:
    for output in (np.full(60, 3.0), CAPITAL**0.4 * LABOUR**0.6):
        with pytest.raises(SeriesRefused) as refusal:
            estimate(one_year(output, K=CAPITAL, L=LABOUR))
        assert codes(refusal) == ["output_explained /Y"]


@pytest.mark.parametrize("distribution", ["HALF_NORMAL", "TRUNCATED_NORMAL"])
@pytest.mark.parametrize("spread", [1e-6, 1e-3, 100.0])
def test_gamma_is_the_same_however_small_or_large_the_error_is(
    distribution: Distribution, spread: float
) -> None:
    random = np.random.default_rng(0)
    k, labour = random.normal(3, 1, (2, 60))
    e = random.normal(0, 0.1, 60) - np.abs(random.normal(0, 0.25, 60))
    plain, other = (
        estimate(
            one_year(np.exp(0.4 * k + 0.5 * labour + scale * e), K=np.exp(k), L=np.exp(labour)),
            distribution=distribution,
        )
        for scale in (1.0, spread)
    )
    assert other.gamma == pytest.approx(plain.gamma, abs=1e-5)
    assert pytest.approx(plain.LR, abs=1e-5) == other.LR
    assert other.sigma2 == pytest.approx(plain.sigma2 * spread**2, rel=1e-4)
    assert 0.5 < plain.gamma < 0.999


def test_the_published_half_normal_frontier_is_reproduced() -> None:
    found = estimate(COELLI)
    published = {"beta_0": 0.56161963, "beta_1": 0.28110205, "beta_2": 0.53647981}
    for name, value in published.items():
        assert found.beta[name] == pytest.approx(value, abs=5e-6)
    assert found.inputs == {"beta_1": "K", "beta_2": "L"}
    assert found.sigma2 == pytest.approx(0.21700046, abs=5e-6)
    assert found.gamma == pytest.approx(0.79720730, abs=5e-6)
    assert found.lnL == pytest.approx(-17.027229, abs=5e-6)
    assert found.lnL_ols == pytest.approx(-18.446849, abs=1e-5)
    assert pytest.approx(2.8392402, abs=2e-5) == found.LR
    assert found.LR_p == pytest.approx(0.046, abs=5e-4)
    np.testing.assert_allclose(found.efficiency[:, 0], HALF, atol=5e-6)
    assert found.mean_efficiency == pytest.approx(0.74056772, abs=5e-6)
    errors = {"beta_0": 0.2026, "beta_1": 0.04764, "beta_2": 0.04525, "sigma2": 0.06391, "gamma": 0.13642}  # fmt: skip
    assert found.se == pytest.approx(errors, rel=0.02)
    assert found.notices == ()


def test_the_published_truncated_normal_frontier_is_reproduced() -> None:
    found = estimate(COELLI, distribution="TRUNCATED_NORMAL")
    published = {"beta_0": 0.46453, "beta_1": 0.28327, "beta_2": 0.54098}
    assert found.beta == pytest.approx(published, abs=5e-6)
    assert np.sqrt(found.gamma * found.sigma2) == pytest.approx(0.91568, abs=2e-5)
    assert np.sqrt((1 - found.gamma) * found.sigma2) == pytest.approx(0.22762, abs=1e-5)
    assert found.mu == pytest.approx(-2.84150, abs=5e-5)
    assert set(found.se) == {"beta_0", "beta_1", "beta_2", "sigma2", "gamma", "mu"}


def test_the_published_truncated_normal_frontier_at_the_bound_of_frontier_41_is_reproduced() -> (
    None
):
    found = estimate(COELLI, distribution="TRUNCATED_NORMAL", mu_bound=2)
    assert found.notices == (Notice("MU_AT_BOUND"),)
    published = {"beta_0": 0.47771, "beta_1": 0.28386, "beta_2": 0.53994}
    assert found.beta == pytest.approx(published, abs=4e-3)
    assert found.gamma == pytest.approx(0.90843, abs=1e-3)
    assert found.mu == pytest.approx(-1.41257, abs=1e-2)
    assert found.lnL == pytest.approx(-16.795, abs=2e-3)
    assert found.lnL > -16.795  # a higher maximum than the listing found
    np.testing.assert_allclose(found.efficiency[:, 0], TRUNCATED, atol=4e-3)
    assert "mu" not in found.se


def test_residuals_skewed_the_wrong_way_give_no_inefficiency_and_say_so() -> None:
    # 1 / output turns the skewness round.
    found = estimate(one_year(1 / OUTPUT, K=1 / CAPITAL, L=1 / LABOUR))
    assert found.notices == (Notice("WRONG_SKEWNESS"),)
    assert (found.gamma, found.LR, found.LR_p) == (0.0, 0.0, 1.0)
    assert (found.efficiency == 1).all()
    assert found.lnL == found.lnL_ols == pytest.approx(-18.446841, abs=5e-6)
    # Least squares: FRONTIER prints these errors with n − k in the place of n.
    assert found.se["beta_1"] == pytest.approx(0.048066617 * np.sqrt(57 / 60), rel=1e-6)
    assert set(found.se) == {"beta_0", "beta_1", "beta_2", "sigma2"}


def test_one_sided_probabilities_are_those_of_kodde_and_palm() -> None:
    for statistic, restrictions in ((2.706, 1), (5.138, 2)):
        assert mixed_chi2(statistic, restrictions) == pytest.approx(0.05, abs=5e-5)
    assert mixed_chi2(0.0, 1) == 1.0


def test_years_are_pooled_and_an_absent_unit_has_no_efficiency() -> None:
    halves = [np.column_stack(np.split(values, 2)) for values in (OUTPUT, CAPITAL, LABOUR)]
    for values in halves:
        values[7, 1] = np.nan
    axes = Axes((2021, 2022), tuple(f"unit {n}" for n in range(30)))
    found = estimate(Quantities(axes, {"K": halves[1], "L": halves[2]}, {"Y": halves[0]}))
    left = np.arange(60) != 37
    flat = estimate(one_year(OUTPUT[left], K=CAPITAL[left], L=LABOUR[left]))
    assert found.observations == 59
    assert np.isnan(found.efficiency[7, 1])
    assert found.beta == pytest.approx(flat.beta, abs=1e-6)
    assert found.efficiency[8, 1] == pytest.approx(flat.efficiency[37, 0], abs=1e-6)


@pytest.mark.parametrize("distribution", ["HALF_NORMAL", "TRUNCATED_NORMAL"])
def test_standard_errors_are_those_of_the_second_derivatives(distribution: Distribution) -> None:
    found = estimate(COELLI, distribution=distribution)
    X = np.column_stack([np.ones(60), np.log(CAPITAL), np.log(LABOUR)])
    y = np.log(OUTPUT)
    free = "mu" in found.se
    at = np.array([*found.beta.values(), found.sigma2, found.gamma, *([found.mu] if free else [])])

    def slope(one: Array) -> Array:
        by_e, by_shape = composed_error.gradient(y - X @ one[:3], Shape(*one[3:]))
        return np.concatenate([-X.T @ by_e, by_shape[: len(one) - 3]])

    def slopes(points: Array) -> Array:
        flat = points.reshape(len(points), -1)
        columns = np.array([slope(one) for one in flat.T]).T
        return columns.reshape(len(points), *points.shape[1:])

    curvature = jacobian(slopes, at, initial_step=1e-3).df
    own = np.sqrt(np.diag(np.linalg.inv(-curvature)))
    np.testing.assert_allclose(list(found.se.values()), own, rtol=1e-4)


def test_a_singular_information_matrix_gives_no_standard_errors() -> None:
    # No noise at all: γ runs to 1, where ln L has no second derivative worth the name.
    random = np.random.default_rng(3)
    K = np.exp(random.normal(0, 1, 40))
    found = estimate(one_year(K**0.5 * np.exp(-np.abs(random.normal(0, 0.5, 40))), K=K))
    assert found.notices == (Notice("GAMMA_AT_BOUND"),)
    assert found.gamma > 0.999999
    assert found.se == {}


shapes = st.builds(Shape, st.floats(0.05, 2), st.floats(0.05, 0.95), st.floats(-2, 2))


@given(shape=shapes, e=st.floats(-2, 2))
@settings(deadline=None, max_examples=40)
def test_the_density_of_the_error_is_the_convolution_of_noise_and_inefficiency(
    shape: Shape, e: float
) -> None:
    u = truncnorm(-shape.mu / shape.sigma_u, np.inf, shape.mu, shape.sigma_u)
    v = norm(0, np.sqrt((1 - shape.gamma) * shape.sigma2))
    x = np.linspace(0, max(shape.mu, 0) + 10 * shape.sigma_u, 60_001)
    # In logs, less their largest: far in the tail the density itself is below the smallest number.
    logs = u.logpdf(x) + v.logpdf(e + x)
    joint = np.exp(logs - logs.max())
    density, weighted = simpson(joint, x=x), simpson(np.exp(-x) * joint, x=x)
    residual = np.array([e])
    assert composed_error.log_likelihood(residual, shape) == pytest.approx(
        np.log(density) + logs.max(), abs=1e-6
    )
    assert composed_error.efficiency(residual, shape)[0] == pytest.approx(
        weighted / density, rel=1e-6
    )


@given(shape=shapes)
@settings(deadline=None, max_examples=30)
def test_the_gradient_is_that_of_the_likelihood(shape: Shape) -> None:
    e = np.linspace(-1.5, 1.0, 9)
    by_e, by_shape = composed_error.gradient(e, shape)
    at = np.array([shape.sigma2, shape.gamma, shape.mu])
    slope = approx_fprime(at, lambda to: composed_error.log_likelihood(e, Shape(*to)), 1e-7)
    np.testing.assert_allclose(by_shape, slope, rtol=1e-3, atol=1e-3)
    moved = approx_fprime(e, lambda to: composed_error.log_likelihood(to, shape), 1e-7)
    np.testing.assert_allclose(by_e, moved, rtol=1e-3, atol=1e-4)
