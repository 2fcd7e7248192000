"""DYN: a production function whose productivity is a firm's own and follows AR(1), in its common-factor form.

y = β_l l + β_k k + η + ω, ω = ρω₋₁ + e gives y = ρ y₋₁ + β_l l − ρβ_l l₋₁ + β_k k − ρβ_k k₋₁ + (1 − ρ)η + years + e. The free form
y = π_0 y₋₁ + Σ(π_x x + π_x' x₋₁) + years is estimated first, clustered by firm; then (ρ, β) come from minimum distance to it, with the inverse of that
covariance as weight. The distance itself tests the restrictions π_x' = −π_0 π_x: χ² with as many degrees of freedom as inputs.
The free form by least squares is consistent only without lasting differences η between firms; with them ρ is biased upwards. GMM sweeps them out:
``Gmm`` says which past instruments it.
Source: Blundell and Bond (2000), Econometric Reviews 19(3), 321–340, equations (2.3)-(2.4) and section 3.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.special import chdtrc

from pq_common.errors import FieldError
from pq_tfp.domain.axes import Notice, placed, refuse
from pq_tfp.domain.estimates import Estimate
from pq_tfp.domain.firm_panel import FirmPanel
from pq_tfp.domain.guards import sample_faults
from pq_tfp.domain.least_squares import CONSTANT, triangle
from pq_tfp.domain.panel_gmm import PanelGmm, Steps, panel_gmm
from pq_tfp.domain.panel_moments import Equations, Lagged, Model, Term
from pq_tfp.domain.panel_regression import fitted, year_dummies
from pq_tfp.domain.series import Array

REJECTED = 0.05
NEAREST = 2
"""What happened a year ago moves with the news of a difference, so instruments begin two years back."""


@dataclass(frozen=True, slots=True)
class Gmm:
    """Output and inputs are instrumented by their past, ``first`` to ``last`` years before (None: all), in differences, under "SYS" in levels too.

    ``first`` 3 where figures are measured with error. ``collapse`` gives one instrument per lag instead of one per lag and year.
    """

    equations: Equations = "SYS"
    steps: Steps = 2
    first: int = NEAREST
    last: int | None = None
    collapse: bool = False
    joint: bool = False


@dataclass(frozen=True, slots=True)
class Free:
    """The free form: names, coefficients, covariance; the rows and firms it stands on, and what GMM says of itself."""

    names: tuple[str, ...]
    beta: Array
    covariance: Array
    rows: int
    firms: int
    gmm: PanelGmm | None = None


@dataclass(frozen=True, slots=True)
class CommonFactor:
    """The restricted elasticities with ρ, the free form, and the test of the restrictions."""

    estimate: Estimate
    rho: float
    rho_se: float
    free: Free
    distance: float
    p_value: float


def common_factor(
    panel: FirmPanel, *, year_effects: bool = True, gmm: Gmm | None = None
) -> CommonFactor:
    """Return DYN, its free form by least squares or by GMM. Raises SeriesRefused.

    Noted at 5 %: COMMON_FACTOR_REJECTED, INSTRUMENTS_REJECTED, SERIAL_CORRELATION (second order); MANY_INSTRUMENTS when they are more than the firms.
    """
    if gmm is None:
        free, how = _by_least_squares(panel, year_effects=year_effects), "least squares"
    else:
        free, how = _by_gmm(panel, gmm, year_effects=year_effects), _told(gmm)
    inputs = len(panel.roles.inputs)
    theta, V, distance = _minimum_distance(free.beta, free.covariance, inputs)
    p_value = float(chdtrc(inputs, distance))
    rejected = [Notice("COMMON_FACTOR_REJECTED", "rho")] if p_value < REJECTED else []
    years = " + year effects" if year_effects else ""
    estimate = Estimate(
        "DYN", f"y = ρy₋₁ + x'β − ρx₋₁'β{years}; free form by {how}",
        (*panel.roles.inputs, *panel.roles.controls), theta[1:], V[1:, 1:],
        free.rows, free.firms, (*rejected, *_notices(free)),
    )  # fmt: skip
    return CommonFactor(estimate, float(theta[0]), float(np.sqrt(V[0, 0])), free, distance, p_value)


def _terms(panel: FirmPanel) -> tuple[Term, ...]:
    """Return the free form in its order: y₋₁, each input and its lag, the controls."""
    roles = panel.roles
    pairs = [Term(name, lag) for name in roles.inputs for lag in (0, 1)]
    return (Term(roles.output, 1), *pairs, *map(Term, roles.controls))


def _by_least_squares(panel: FirmPanel, *, year_effects: bool) -> Free:
    at = panel.with_lag
    told = {CONSTANT: np.ones(len(at))}
    told |= {str(term): panel[term.name][at - term.lag] for term in _terms(panel)}
    kept = len(told)
    told |= year_dummies(panel.year[at]) if year_effects else {}
    firm = panel.firm[at]
    fit, covariance = fitted(list(told.values()), panel.y[at], firm, list(told))
    keep = slice(1, kept)
    return Free(
        fit.names[keep], fit.beta[keep], covariance[keep, keep], len(at), len(np.unique(firm))
    )


def _by_gmm(panel: FirmPanel, gmm: Gmm, *, year_effects: bool) -> Free:
    refuse(_lag_faults(gmm))
    roles = panel.roles
    model = Model(
        roles.output,
        _terms(panel),
        tuple(Lagged(name, gmm.first, gmm.last) for name in (roles.output, *roles.inputs)),
        tuple(map(Term, roles.controls)),
        equations=gmm.equations,
        year_effects=year_effects,
        collapse=gmm.collapse,
    )
    found = panel_gmm(panel, model, steps=gmm.steps, joint=gmm.joint)
    return Free(found.names, found.beta, found.covariance, found.rows, found.firms, found)


def _told(gmm: Gmm) -> str:
    where = "differences and levels" if gmm.equations == "SYS" else "differences"
    past = f"{gmm.first} to {gmm.last}" if gmm.last else f"{gmm.first} and more"
    steps = "two steps" if gmm.steps == 2 else "one step"
    extra = (", collapsed" if gmm.collapse else "") + (", joint weight" if gmm.joint else "")
    return f"GMM in {where}, {steps}, instruments {past} years before{extra}"


def _lag_faults(gmm: Gmm) -> list[FieldError]:
    found = []
    if gmm.first < NEAREST:
        said = (
            f"Biến công cụ bắt đầu {gmm.first} năm trước; cần ít nhất {NEAREST} năm.",
            f"Instruments begin {gmm.first} years back; at least {NEAREST} are needed.",
        )
        found.append(placed("first", None, None, "lag_too_near", said))
    if gmm.last is not None and gmm.last < gmm.first:
        said = (
            f"Biến công cụ kết thúc {gmm.last} năm trước nhưng bắt đầu {gmm.first} năm trước.",
            f"Instruments end {gmm.last} years back but begin {gmm.first} years back.",
        )
        found.append(placed("last", None, None, "lags_out_of_order", said))
    return found


def _notices(free: Free) -> list[Notice]:
    gmm = free.gmm
    if gmm is None:
        return []
    second = gmm.serial[1]
    told = {
        "INSTRUMENTS_REJECTED": gmm.overidentified is not None
        and gmm.overidentified.p_value < REJECTED,
        "SERIAL_CORRELATION": second is not None and second.p_value < REJECTED,
        "MANY_INSTRUMENTS": gmm.instruments > gmm.firms,
    }
    return [Notice(code, "gmm") for code, holds in told.items() if holds]


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
