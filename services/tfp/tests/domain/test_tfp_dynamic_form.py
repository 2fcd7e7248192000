"""The common-factor form: refusals, the free form by statsmodels, the restricted one by a grid over ρ, then recovery.

No published table of the restricted form came with its data (the firms of Blundell and Bond, 2000, are in no text that could be read). The free form by
GMM is held against published outputs in test_tfp_panel_gmm.
"""

import numpy as np
import pytest
import statsmodels.api as sm

from pq_tfp.domain.dynamic_form import Gmm, common_factor
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.firm_panel import FirmPanel, Roles, firm_panel
from pq_tfp.domain.panel_moments import Equations
from pq_tfp.domain.series import Array

NAMES = ("Y(-1)", "L", "L(-1)", "K", "K(-1)")


def autoregressive(
    *, seed: int, firms: int = 800, years: int = 8, jump: float = 0.0, lasting: float = 0.0
) -> FirmPanel:
    """Return a world with ρ = 0.7, β_l = 0.6, β_k = 0.3 and a common shock each year; ``jump`` adds what last year's labour does by itself, ``lasting``
    what a firm always has, which draws labour and capital too.
    """
    random = np.random.default_rng(seed)
    omega, labour, k = random.normal(0, 1, (3, firms))
    eta = lasting * random.normal(0, 1, firms)
    labour, k = labour + eta, k + eta
    omega *= 0.42
    kept = []
    for year in range(years):
        before = labour
        omega = 0.7 * omega + random.normal(0, 0.3, firms)
        labour, k = (
            0.8 * labour + 0.2 * eta + random.normal(0, 0.5, firms),
            0.9 * k + 0.1 * eta + random.normal(0, 0.4, firms),
        )
        y = 0.6 * labour + 0.3 * k + omega + eta + jump * before + 0.1 * (year % 3)
        kept.append((y, labour, k, random.normal(size=firms)))
    told = {name: np.array([row[at] for row in kept]).T.ravel() for at, name in enumerate("YLKC")}
    firm, when = np.repeat(np.arange(firms), years), np.tile(np.arange(2010, 2010 + years), firms)
    return firm_panel(firm, when, told, roles=Roles(controls=("C",)), units="logs")


def regressors(panel: FirmPanel, *, years: bool) -> Array:
    at = panel.with_lag
    pairs = [panel.y[at - 1]]
    for name in panel.roles.inputs:
        pairs += [panel[name][at], panel[name][at - 1]]
    dummies = [(panel.year[at] == year).astype(float) for year in np.unique(panel.year[at])[1:]]
    return np.stack([*pairs, panel["C"][at], np.ones(len(at)), *(dummies if years else [])], axis=1)


def test_inputs_that_never_move_are_refused() -> None:
    panel = autoregressive(seed=1, firms=50)
    told = panel.values | {"K": panel.firm.astype(float)}
    with pytest.raises(SeriesRefused) as refusal:
        common_factor(
            FirmPanel(panel.firms, panel.firm, panel.year, told, panel.roles, panel.lagged)
        )
    assert [f"{error.code} {error.pointer}" for error in refusal.value.errors] == [
        "columns_collinear /K(-1)"
    ]


def test_fewer_firms_than_coefficients_are_refused_with_the_minimum() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        common_factor(autoregressive(seed=1, firms=5, years=12), year_effects=False)
    assert [error.pointer for error in refusal.value.errors] == ["/independent firms"]
    assert "at least 6" in refusal.value.errors[0].message_en


@pytest.mark.parametrize("years", [True, False])
def test_the_free_form_is_that_of_statsmodels_clustered_by_firm(years: bool) -> None:
    panel = autoregressive(seed=2, firms=100)
    at = panel.with_lag
    groups = {"groups": panel.firm[at]}
    other = sm.OLS(panel.y[at], regressors(panel, years=years)).fit(
        cov_type="cluster", cov_kwds=groups
    )
    found = common_factor(panel, year_effects=years)
    assert found.free.names == (*NAMES, "C")
    np.testing.assert_allclose(found.free.beta, other.params[:6], rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(found.free.covariance)), other.bse[:6], rtol=1e-8)


def test_the_restricted_form_is_the_nearest_one_on_a_grid_over_rho() -> None:
    found = common_factor(autoregressive(seed=3, firms=150))
    W = np.linalg.inv(found.free.covariance)

    def distance(rho: float) -> float:
        """Given ρ the restrictions are linear, so the rest is weighted least squares."""
        H = np.zeros((6, 3))
        H[1, 0], H[2, 0], H[3, 1], H[4, 1], H[5, 2] = 1, -rho, 1, -rho, 1
        gap = found.free.beta - np.array([rho, 0, 0, 0, 0, 0])
        rest = gap - H @ np.linalg.solve(H.T @ W @ H, H.T @ W @ gap)
        return float(rest @ W @ rest)

    grid = np.linspace(found.rho - 1e-3, found.rho + 1e-3, 201)
    lowest = grid[int(np.argmin([distance(rho) for rho in grid]))]
    assert found.rho == pytest.approx(lowest, abs=1.1e-5)
    assert found.distance == pytest.approx(distance(found.rho), rel=1e-6)


def test_the_elasticities_of_a_world_it_assumes_are_recovered_within_their_errors() -> None:
    found = common_factor(autoregressive(seed=4))
    assert found.estimate.names == ("L", "K", "C")
    gap = np.abs(found.estimate.beta - [0.6, 0.3, 0.0])
    assert (gap < 3 * found.estimate.standard_error).all()
    assert abs(found.rho - 0.7) < 3 * found.rho_se
    assert found.p_value > 0.05
    assert found.estimate.notices == ()


def test_a_world_with_other_dynamics_fails_the_restrictions_and_it_is_said() -> None:
    found = common_factor(autoregressive(seed=5, jump=0.2))
    assert found.p_value < 0.001
    assert [notice.code for notice in found.estimate.notices] == ["COMMON_FACTOR_REJECTED"]


def test_instruments_too_near_and_out_of_order_are_refused_at_once() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        common_factor(autoregressive(seed=1, firms=50), gmm=Gmm(first=1, last=0))
    assert [f"{error.code} {error.pointer}" for error in refusal.value.errors] == [
        "lag_too_near /first",
        "lags_out_of_order /last",
    ]


@pytest.mark.parametrize("equations", ["DIF", "SYS"])
def test_lasting_differences_mislead_least_squares_and_not_gmm(equations: Equations) -> None:
    panel = autoregressive(seed=6, lasting=1.0)
    biased = common_factor(panel)
    assert biased.rho > 0.9
    found = common_factor(panel, gmm=Gmm(equations=equations, last=4))
    assert abs(found.rho - 0.7) < 3 * found.rho_se
    gap = np.abs(found.estimate.beta - [0.6, 0.3, 0.0])
    assert (gap < 3 * found.estimate.standard_error).all()
    assert found.estimate.notices == ()
    assert found.estimate.specification.endswith("two steps, instruments 2 to 4 years before")


def test_instruments_that_fail_and_what_stays_in_the_news_are_noted() -> None:
    """Last year's labour counts by itself in a way that the free form does not hold: that of two years ago."""
    panel = autoregressive(seed=7)
    at = panel.with_lag
    late = at[panel.lagged[at - 1]]
    y = panel.y.copy()
    y[late] += 0.5 * panel["L"][late - 2]
    told = panel.values | {"Y": y}
    moved = FirmPanel(panel.firms, panel.firm, panel.year, told, panel.roles, panel.lagged)
    found = common_factor(moved, gmm=Gmm(equations="DIF"))
    codes = [notice.code for notice in found.estimate.notices]
    assert "INSTRUMENTS_REJECTED" in codes
    assert "SERIAL_CORRELATION" in codes


def test_more_instruments_than_firms_are_noted_after_one_step() -> None:
    panel = autoregressive(seed=8, firms=50)
    found = common_factor(panel, gmm=Gmm(steps=1, collapse=False))
    assert "MANY_INSTRUMENTS" in [notice.code for notice in found.estimate.notices]
    few = common_factor(panel, gmm=Gmm(steps=1, collapse=True, joint=True))
    assert few.estimate.notices == ()
    assert few.estimate.specification.endswith("2 and more years before, collapsed, joint weight")
