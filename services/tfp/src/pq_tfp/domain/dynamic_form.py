"""DYN: a production function whose productivity is a firm's own and follows AR(1), in its common-factor form.

y = β_l l + β_k k + ω, ω = ρω₋₁ + e gives y = ρ y₋₁ + β_l l − ρβ_l l₋₁ + β_k k − ρβ_k k₋₁ + years + e. The free form y = π_0 y₋₁ + Σ(π_x x + π_x' x₋₁) + years is estimated by
least squares, clustered by firm; then (ρ, β) come from minimum distance to it, with the inverse of that covariance as weight. The distance itself tests
the restrictions π_x' = −π_0 π_x: χ² with as many degrees of freedom as inputs.
Source: Blundell and Bond (2000), Econometric Reviews 19(3), 321–340, equations (2.3)-(2.4). Least squares is consistent only without lasting
differences between firms; with them ρ is biased upwards, and GMM is the remedy.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.special import chdtrc

from pq_tfp.domain.axes import Notice, refuse
from pq_tfp.domain.estimates import Estimate
from pq_tfp.domain.firm_panel import FirmPanel
from pq_tfp.domain.guards import sample_faults
from pq_tfp.domain.least_squares import CONSTANT, triangle
from pq_tfp.domain.panel_regression import fitted, year_dummies
from pq_tfp.domain.series import Array

REJECTED = 0.05


@dataclass(frozen=True, slots=True)
class CommonFactor:
    """The restricted elasticities with ρ, and the free form: names, coefficients, covariance; the test of the restrictions."""

    estimate: Estimate
    rho: float
    rho_se: float
    free_names: tuple[str, ...]
    free_beta: Array
    free_covariance: Array
    distance: float
    p_value: float


def common_factor(panel: FirmPanel, *, year_effects: bool = True) -> CommonFactor:
    """Return DYN. Raises SeriesRefused. COMMON_FACTOR_REJECTED is noted when the restrictions fail at 5 %."""
    at, roles = panel.with_lag, panel.roles
    pairs = {f"{roles.output}(-1)": panel.y[at - 1]}
    for name in roles.inputs:
        pairs |= {name: panel[name][at], f"{name}(-1)": panel[name][at - 1]}
    other = {name: panel[name][at] for name in roles.controls}
    other |= year_dummies(panel.year[at]) if year_effects else {}
    told = {CONSTANT: np.ones(len(at)), **pairs, **other}
    firm = panel.firm[at]
    fit, covariance = fitted(list(told.values()), panel.y[at], firm, list(told))
    keep = np.arange(1, 1 + len(pairs) + len(roles.controls))
    free, free_covariance = fit.beta[keep], covariance[np.ix_(keep, keep)]
    theta, V, distance = _minimum_distance(free, free_covariance, len(roles.inputs))
    p_value = float(chdtrc(len(roles.inputs), distance))
    notices = (Notice("COMMON_FACTOR_REJECTED", "rho"),) if p_value < REJECTED else ()
    estimate = Estimate(
        "DYN", "y = ρy₋₁ + x'β − ρx₋₁'β" + (" + year effects" if year_effects else ""),
        (*roles.inputs, *roles.controls), theta[1:], V[1:, 1:], len(at), len(np.unique(firm)), notices,
    )  # fmt: skip
    return CommonFactor(
        estimate, float(theta[0]), float(np.sqrt(V[0, 0])),
        (*pairs, *roles.controls), free, free_covariance, distance, p_value,
    )  # fmt: skip


def _minimum_distance(free: Array, covariance: Array, inputs: int) -> tuple[Array, Array, float]:
    """Return (ρ, β, controls), their covariance and the distance; the controls are not restricted.

    Fewer firms than coefficients cannot tell their covariance, and are refused.
    """
    R = triangle(covariance)
    independent = int((np.diag(R) > 0).sum())
    refuse(sample_faults("independent firms", independent, minimum=len(free)))
    root = np.linalg.inv(R.T)

    def gap(theta: Array) -> Array:
        weighted: Array = root @ (free - _implied(theta, inputs))
        return weighted

    start = np.concatenate([free[:1], free[1 : 1 + 2 * inputs : 2], free[1 + 2 * inputs :]])
    found = least_squares(gap, start, jac="3-point", xtol=1e-14, ftol=1e-14, gtol=1e-14)
    spread = np.linalg.inv(found.jac.T @ found.jac)
    return np.asarray(found.x), spread, float(2 * found.cost)


def _implied(theta: Array, inputs: int) -> Array:
    """Return the free form that (ρ, β, controls) imply, in its order: y₋₁, then each input and its lag, then controls."""
    rho, beta = theta[0], theta[1 : 1 + inputs]
    pairs = np.stack([beta, -rho * beta], axis=1).ravel()
    return np.concatenate([[rho], pairs, theta[1 + inputs :]])
