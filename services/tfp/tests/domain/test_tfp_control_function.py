"""Olley-Pakes and Levinsohn-Petrin: refusals, an independent objective, then a published Monte Carlo.

Published: Ackerberg, Caves and Frazer (2015), Table I, no measurement error: mean and standard deviation of LP over 1,000 simulated panels of 1,000
firms and 10 years, for three ways the world may be. The world is simulated anew from the model of the article (conftest), so the tolerance is three
standard errors of a mean of that many panels, plus half a printed digit. Outputs of
prodest are in test_tfp_prodest.
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from pq_tfp.domain.ackerberg import ackerberg
from pq_tfp.domain.control_function import Method, Profiled, proxy_estimate
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.firm_panel import FirmPanel, Roles, firm_panel
from pq_tfp.domain.series import Array

World = Callable[..., FirmPanel]
PANELS = 8


def investing(firms: int, *, seed: int, beta_k: float = 0.4, years: int = 10) -> FirmPanel:
    """Return a world for Olley and Pakes: investment rises with productivity given capital, firms open at different sizes."""
    random = np.random.default_rng(seed)
    omega, K = random.normal(0, 0.4, firms), np.exp(random.normal(0, 1, firms))
    kept = []
    for _ in range(years):
        omega, k = 0.7 * omega + random.normal(0, 0.3, firms), np.log(K)
        labour = omega + 0.5 * k + random.normal(0, 0.4, firms)
        invested = 1.5 * omega + 0.4 * k - 1
        y = 0.6 * labour + beta_k * k + omega + random.normal(0, 0.1, firms)
        kept.append((y, labour, k, invested, 0.1 * labour + random.normal(size=firms)))
        K = 0.85 * K + np.exp(invested)
    told = {n: np.array([row[at] for row in kept]).T.ravel() for at, n in enumerate("YLKIC")}
    firm, year = np.repeat(np.arange(firms), years), np.tile(np.arange(2010, 2010 + years), firms)
    return firm_panel(firm, year, told, roles=Roles(proxy="I", controls=("C",)), units="logs")


def faults(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def codes(found: Profiled) -> list[str]:
    return [notice.code for notice in found.estimate.notices]


def test_one_firm_alone_with_the_year_before_is_refused() -> None:
    random = np.random.default_rng(3)
    told = {name: random.normal(3, 1, 12) for name in "YLKI"}
    years = [*range(2000, 2010), 2001, 2002]
    firms = ["a"] * 10 + ["b", "c"]
    panel = firm_panel(firms, years, told, roles=Roles(proxy="I"), units="logs")
    with pytest.raises(SeriesRefused) as refusal:
        proxy_estimate(panel, "OP", degree=2)
    assert faults(refusal) == ["sample_too_small /firms with the year before"]
    with pytest.raises(SeriesRefused) as refusal:
        ackerberg(panel, degree=2)
    assert faults(refusal) == ["sample_too_small /firms with the year before"]


def by_hand(panel: FirmPanel, degree: int) -> tuple[Array, Callable[[float], float]]:
    """Return the first-stage coefficients and the second-stage objective, straight from the definition, on raw powers."""
    k, i = panel["K"], panel["I"]
    terms = [k**a * i**b for a in range(degree + 1) for b in range(degree + 1 - a)]
    X = np.stack([panel["L"], panel["C"], *terms], axis=1)
    beta = np.linalg.lstsq(X, panel.y, rcond=None)[0]
    phi, at = X @ beta, panel.with_lag
    outer = beta[0] * panel["L"] + beta[1] * panel["C"]

    def objective(beta_k: float) -> float:
        omega = (phi - outer)[at - 1] - beta_k * k[at - 1]
        W = np.stack([omega**power for power in range(4)], axis=1)
        left = (panel.y - outer)[at] - beta_k * k[at]
        residual = left - W @ np.linalg.lstsq(W, left, rcond=None)[0]
        return float(residual @ residual) / len(at)

    return np.asarray(beta[:2], dtype=np.float64), objective


def test_a_missing_proxy_and_a_degree_that_is_not_offered_are_refused_together() -> None:
    panel = investing(10, seed=1)
    bare = FirmPanel(panel.firms, panel.firm, panel.year, panel.values, Roles(), panel.lagged)
    with pytest.raises(SeriesRefused) as refusal:
        proxy_estimate(bare, "OP", degree=4)
    assert faults(refusal) == ["column_missing /proxy", "degree_not_offered /degree"]


def test_a_proxy_that_is_a_multiple_of_capital_is_refused_with_both_names() -> None:
    panel = investing(20, seed=1)
    same = panel.values | {"I": 2 * panel["K"]}
    with pytest.raises(SeriesRefused) as refusal:
        proxy_estimate(
            FirmPanel(panel.firms, panel.firm, panel.year, same, panel.roles, panel.lagged), "OP"
        )
    assert faults(refusal)[0] == "columns_collinear /I"
    assert "combination of K" in refusal.value.errors[0].message_en


def test_a_panel_without_neighbouring_years_is_refused() -> None:
    panel = investing(20, seed=1)
    gaps = FirmPanel(
        panel.firms, panel.firm, panel.year, panel.values, panel.roles, np.zeros(panel.rows, bool)
    )
    with pytest.raises(SeriesRefused) as refusal:
        proxy_estimate(gaps, "OP")
    rows, firms = "rows with the year before", "firms with the year before"
    assert faults(refusal) == [f"sample_too_small /{rows}", f"sample_too_small /{firms}"]


@pytest.mark.parametrize("degree", [2, 3])
def test_the_estimate_is_that_of_the_definition_computed_another_way(degree: int) -> None:
    panel = investing(200, seed=5)
    found = proxy_estimate(panel, "OP", degree=degree)
    outer, objective = by_hand(panel, degree)
    best = minimize_scalar(objective, bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-10})
    assert found.estimate.names == ("L", "K", "C")
    np.testing.assert_allclose(found.estimate.beta[[0, 2]], outer, rtol=1e-8)
    assert found.estimate.beta[1] == pytest.approx(best.x, abs=1e-6)
    np.testing.assert_allclose(found.curve, [objective(b) for b in found.curve_beta], rtol=1e-7)


def test_olley_pakes_recovers_the_elasticities_of_a_world_it_assumes() -> None:
    draws = np.array([proxy_estimate(investing(500, seed=s), "OP").estimate.beta for s in range(6)])
    spread = draws.std(axis=0, ddof=1) / np.sqrt(len(draws))
    assert (np.abs(draws.mean(axis=0) - [0.6, 0.4, 0.0]) < 3 * spread + 1e-3).all()


def test_a_minimum_at_the_edge_of_what_is_searched_is_said_to_be_there() -> None:
    found = proxy_estimate(investing(200, seed=2, beta_k=2.5), "OP")
    assert codes(found) == ["AT_THE_EDGE"]
    assert found.estimate.beta[1] == pytest.approx(1.5, abs=1e-3)


def test_the_covariance_is_left_to_a_bootstrap() -> None:
    assert np.isnan(proxy_estimate(investing(50, seed=1), "OP").estimate.covariance).all()


PUBLISHED = [
    (1, (0.000, 1.121), (0.005, 0.028)),
    (2, (0.600, 0.400), (0.003, 0.013)),
    (3, (0.473, 0.588), (0.003, 0.016)),
]


@pytest.mark.parametrize(("dgp", "mean", "deviation"), PUBLISHED)
def test_levinsohn_petrin_has_the_published_bias_in_each_world(
    dgp: int, mean: tuple[float, ...], deviation: tuple[float, ...], world: World
) -> None:
    method: Method = "LP"
    draws = [
        proxy_estimate(world(dgp, seed=seed), method, degree=2).estimate.beta
        for seed in range(100, 100 + PANELS)
    ]
    tolerance = 3 * np.array(deviation) / np.sqrt(PANELS) + 5e-4
    assert (np.abs(np.mean(draws, axis=0) - mean) < tolerance).all()
