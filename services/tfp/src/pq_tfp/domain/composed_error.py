"""The composed error e = v − u of a stochastic frontier: its likelihood, gradient and what it says of u.

v ~ N(0, σ_v²), u ~ N(μ, σ_u²) truncated at 0 from below (half-normal with μ = 0); σ² = σ_u² + σ_v², γ = σ_u²/σ². With μ* = (1−γ)μ − γe and
σ*² = γ(1−γ)σ²,

    ln f(e) = −½ ln 2πσ² − (e+μ)²/2σ² − ln Φ(μ/σ_u) + ln Φ(μ*/σ*)
    E[exp(−u)|e] = exp(−μ* + σ*²/2) · Φ(μ*/σ* − σ*) / Φ(μ*/σ*)

Sources: Aigner, Lovell and Schmidt (1977), Journal of Econometrics 6, 21–37; Stevenson (1980), same 13, 57–66; Battese and Coelli (1988), same
38, 387–399.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from pq_tfp.domain.series import Array

LN_2_PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, slots=True)
class Shape:
    """The distribution: ``sigma2`` above 0, ``gamma`` in (0, 1), ``mu`` any number."""

    sigma2: float
    gamma: float
    mu: float = 0.0

    @property
    def sigma_u(self) -> float:
        return float(np.sqrt(self.gamma * self.sigma2))

    @property
    def sigma_star(self) -> float:
        return float(np.sqrt(self.gamma * (1 - self.gamma) * self.sigma2))

    def mu_star(self, e: Array) -> Array:
        """Return the mode of u before truncation, given e."""
        return (1 - self.gamma) * self.mu - self.gamma * e


def log_likelihood(e: Array, shape: Shape) -> float:
    """Return the sum of ln f over the residuals."""
    quadratic = (e + shape.mu) ** 2 / (2 * shape.sigma2)
    tails = log_ndtr(shape.mu_star(e) / shape.sigma_star) - log_ndtr(shape.mu / shape.sigma_u)
    return float((-0.5 * (LN_2_PI + np.log(shape.sigma2)) - quadratic + tails).sum())


def gradient(e: Array, shape: Shape) -> tuple[Array, Array]:
    """Return ∂lnf/∂e of each residual, and ∂lnL/∂(σ², γ, μ)."""
    s2, g, mu, star = shape.sigma2, shape.gamma, shape.mu, shape.sigma_star
    a, b = mu / shape.sigma_u, shape.mu_star(e) / star
    at_a, at_b = _mills(np.array(a)), _mills(b)
    by_e = -(e + mu) / s2 - at_b * g / star
    by_s2 = (-1 + (e + mu) ** 2 / s2 + at_a * a - at_b * b) / (2 * s2)
    db_dg = -(mu + e) / star - b * (1 - 2 * g) / (2 * g * (1 - g))
    by_g = at_a * a / (2 * g) + at_b * db_dg
    by_mu = -(e + mu) / s2 - at_a / shape.sigma_u + at_b * (1 - g) / star
    return by_e, np.array([by_s2.sum(), by_g.sum(), by_mu.sum()])


def efficiency(e: Array, shape: Shape) -> Array:
    """Return E[exp(−u)|e] of each residual, in (0, 1)."""
    star = shape.sigma_star
    z = shape.mu_star(e) / star
    found: Array = np.exp(star * (star / 2 - z) + log_ndtr(z - star) - log_ndtr(z))
    return found


def _mills(z: Array) -> Array:
    """Return φ(z)/Φ(z), also where Φ(z) is not representable."""
    ratio: Array = np.exp(-(z**2 + LN_2_PI) / 2 - log_ndtr(z))
    return ratio
