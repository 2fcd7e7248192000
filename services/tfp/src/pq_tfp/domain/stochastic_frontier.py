"""Stochastic frontier: ln y = β₀ + Σ β_k ln x_k + v − u, so that noise is not taken for inefficiency.

Pooled by maximum likelihood: every unit and year is an observation of its own. Half-normal or truncated-normal u. Efficiency is Battese and
Coelli's E[exp(−u)|e]. The one-sided test of γ = 0 has a mixed χ² distribution: the parameter lies on the edge of its range. Sources: Battese and
Coelli (1988), (1992); Coelli (1995), Journal of Productivity Analysis 6, 247–268; Kodde and Palm (1986), Econometrica 54, 1243–1248.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import OptimizeResult, minimize
from scipy.special import chdtrc

from pq_common.errors import FieldError
from pq_tfp.domain import composed_error, information
from pq_tfp.domain.axes import Axes, Notice, placed, refuse
from pq_tfp.domain.composed_error import Shape
from pq_tfp.domain.quantities import Quantities, observe
from pq_tfp.domain.series import Array

ENGINE = "SFA"
METHOD_VERSION = "1"
Distribution = Literal["HALF_NORMAL", "TRUNCATED_NORMAL"]
MU_BOUND = 10.0
"""Bound of |μ|/σ_u: a likelihood that still rises there has no maximum in μ worth the name. FRONTIER 4.1 stops at 2."""
STARTS = (0.05, 0.3, 0.6, 0.8, 0.95)
"""Values of γ the search begins with; the best end counts."""
AT_BOUND = 1e-6
COLLINEAR = 1e-8
"""What may be left of ln x after a regression on the inputs before it, or of ln y on all, to call it a combination of them."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """``beta`` and ``se`` by name (beta_0 is the constant); ``efficiency`` (units, years), NaN where a unit is absent.

    ``lnL_ols`` belongs to γ = 0; ``LR`` = 2(lnL − lnL_ols) and ``LR_p`` its mixed-χ² probability. ``se`` lacks what
    was not estimated (γ at 0, μ at its bound) and is empty where the information matrix is singular. ``mu`` is 0 for half-normal.
    """

    axes: Axes
    distribution: Distribution
    beta: dict[str, float]
    inputs: dict[str, str]
    sigma2: float
    gamma: float
    mu: float
    lnL: float
    lnL_ols: float
    LR: float
    LR_p: float
    se: dict[str, float]
    efficiency: Array
    mean_efficiency: float
    observations: int
    notices: tuple[Notice, ...]


def estimate(
    told: Quantities, *, distribution: Distribution = "HALF_NORMAL", mu_bound: float = MU_BOUND
) -> Frontier:
    """Return the frontier of one output. Raises SeriesRefused: more outputs, too few observations, collinear inputs, an output without residual.

    Residuals skewed to the wrong side give γ = 0 and the notice WRONG_SKEWNESS: there is no inefficiency to be seen, and every
    unit counts as efficient. μ at its bound gives MU_AT_BOUND; γ at 1, no noise at all, GAMMA_AT_BOUND.
    """
    seen = observe(told)
    refuse(_one_output(told))
    y = np.log(seen.Y[0][seen.present])
    X = np.column_stack([np.ones(len(y)), *np.log(seen.X[:, seen.present])])
    refuse(_regressor_faults(X, tuple(told.x), distribution) or _output_faults(y, X, *told.y))
    bound = mu_bound if distribution == "TRUNCATED_NORMAL" else 0.0
    b, shape, lnL_ols, notices = fit(y, X, mu_bound=bound)
    e = y - X @ b
    lnL = lnL_ols if shape.gamma == 0 else composed_error.log_likelihood(e, shape)
    efficiency = np.full(seen.present.shape, np.nan)
    efficiency[seen.present] = 1.0 if shape.gamma == 0 else composed_error.efficiency(e, shape)
    LR = max(0.0, 2 * (lnL - lnL_ols))
    return Frontier(
        seen.axes, distribution,
        beta={f"beta_{k}": value for k, value in enumerate(b.tolist())},
        inputs={f"beta_{k}": name for k, name in enumerate(told.x, start=1)},
        sigma2=shape.sigma2, gamma=shape.gamma, mu=shape.mu, lnL=lnL, lnL_ols=lnL_ols, LR=LR,
        LR_p=mixed_chi2(LR, 1 if distribution == "HALF_NORMAL" else 2),
        se=information.standard_errors(y, X, b, shape, free_mu=bound > 0 and Notice("MU_AT_BOUND") not in notices),
        efficiency=efficiency, mean_efficiency=float(np.nanmean(efficiency)),
        observations=len(y), notices=notices,
    )  # fmt: skip


def mixed_chi2(statistic: float, restrictions: int) -> float:
    """Return the probability of a larger one-sided statistic: half χ²(restrictions − 1), half χ²(restrictions).

    χ²(0) is 0 for sure. 5 % of it lies above 2.706 for one restriction, 5.138 for two (Kodde and Palm, table 1).
    """
    if statistic <= 0:
        return 1.0
    fewer = chdtrc(restrictions - 1, statistic) if restrictions > 1 else 0.0
    return float((fewer + chdtrc(restrictions, statistic)) / 2)


def fit(y: Array, X: Array, *, mu_bound: float) -> tuple[Array, Shape, float, tuple[Notice, ...]]:
    """Return β, the shape of the error, ln L of γ = 0 and notices; ``y`` (n,) and ``X`` (n, k) are in logs, X with its constant.

    The search runs over β on orthonormal regressors, ln σ², logit γ and μ/σ_u within ±``mu_bound`` (0 is half-normal), from
    several γ, on the residuals of least squares in units of their own spread, however small; the best end counts.
    """
    n = len(y)
    Q, R = np.linalg.qr(X)
    Q, R = Q * np.sqrt(n), R / np.sqrt(n)
    centre = Q.T @ y / n
    e = y - Q @ centre
    variance = float((e**2).mean())
    lnL_ols = float(-n / 2 * (composed_error.LN_2_PI + np.log(variance) + 1))
    if (e**3).mean() >= 0:
        least_squares = np.linalg.solve(R, centre)
        return least_squares, Shape(variance, 0.0), lnL_ols, (Notice("WRONG_SKEWNESS"),)
    constant = Q.T @ np.ones(n) / n
    spread = np.sqrt(variance)
    ends = [_search(e / spread, Q, _start(constant, gamma), mu_bound) for gamma in STARTS]
    best: Array = min(ends, key=lambda end: float(end.fun)).x
    found = _shape(best)
    shape = Shape(found.sigma2 * variance, found.gamma, found.mu * float(spread))
    reached = {
        "MU_AT_BOUND": mu_bound > 0 and mu_bound - abs(best[-1]) < AT_BOUND,
        "GAMMA_AT_BOUND": 1 - shape.gamma < AT_BOUND,
    }
    notices = tuple(Notice(code) for code, hit in reached.items() if hit)
    return np.linalg.solve(R, centre + spread * best[:-3]), shape, lnL_ols, notices


def _start(constant: Array, gamma: float) -> Array:
    """Return where the search begins: least squares, whose residuals vary by 1, moved up by the mean of a half-normal u with this γ."""
    sigma2 = 1 / (1 - 2 * gamma / np.pi)
    up = np.sqrt(2 * gamma * sigma2 / np.pi)
    return np.array([*(up * constant), np.log(sigma2), np.log(gamma / (1 - gamma)), 0.0])


def _shape(at: Array) -> Shape:
    sigma2, gamma = float(np.exp(at[-3])), float(1 / (1 + np.exp(-at[-2])))
    return Shape(sigma2, gamma, float(at[-1] * np.sqrt(gamma * sigma2)))


def _search(residual: Array, Q: Array, start: Array, mu_bound: float) -> OptimizeResult:
    def objective(at: Array) -> tuple[float, Array]:
        shape = _shape(at)
        e = residual - Q @ at[:-3]
        by_e, (by_s2, by_g, by_mu) = composed_error.gradient(e, shape)
        g, half = shape.gamma, by_mu * shape.mu / 2
        slope = [
            *(-Q.T @ by_e), by_s2 * shape.sigma2 + half, (by_g * g + half) * (1 - g), by_mu * shape.sigma_u,
        ]  # fmt: skip
        return -composed_error.log_likelihood(e, shape) / len(e), -np.array(slope) / len(e)

    bounds = [(None, None)] * Q.shape[1] + [(-20.0, 20.0)] * 2 + [(-mu_bound, mu_bound)]
    options = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 2000}
    return minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)


def _one_output(told: Quantities) -> list[FieldError]:
    if len(told.y) == 1:
        return []
    said = (
        f"Có {len(told.y)} đầu ra; biên ngẫu nhiên chỉ nhận một.",
        f"There are {len(told.y)} outputs; a stochastic frontier takes one.",
    )
    return [placed("y", None, None, "one_output_only", said)]


def _output_faults(y: Array, X: Array, name: str) -> list[FieldError]:
    """Refuse an output that the inputs explain but for rounding: nothing is left to tell noise from inefficiency."""
    left = y - X @ np.linalg.lstsq(X, y)[0]
    if np.abs(left).max() >= COLLINEAR:
        return []
    said = (
        f"ln {name} do các đầu vào quyết định hoàn toàn, không còn phần dư để ước lượng.",
        f"The inputs explain ln {name} wholly; no residual is left to estimate from.",
    )
    return [placed(name, None, None, "output_explained", said)]


def _regressor_faults(
    X: Array, names: tuple[str, ...], distribution: Distribution
) -> list[FieldError]:
    """Refuse too few observations, and name each input that the constant and those before it already explain."""
    needed = X.shape[1] + (3 if distribution == "HALF_NORMAL" else 4)
    if len(X) < needed:
        said = (
            f"Có {len(X)} quan sát; cần ít nhất {needed}.",
            f"There are {len(X)} observations; at least {needed} are needed.",
        )
        return [placed("units", None, None, "sample_too_small", said)]
    found = []
    for k, name in enumerate(names, start=1):
        left = X[:, k] - X[:, :k] @ np.linalg.lstsq(X[:, :k], X[:, k])[0]
        if np.abs(left).max() < COLLINEAR:
            said = (
                f"ln {name} không đổi hoặc là tổ hợp của các đầu vào trước; hãy bỏ nó.",
                f"ln {name} is constant or a combination of the inputs before it; leave it out.",
            )
            found.append(placed(name, None, None, "input_collinear", said))
    return found
