"""The second stage of ACF: moments of the news in productivity with lagged free inputs and capital.

ξ(β) is the residual of ω(β) = φ̂ − β'x on 1, ω₋₁, ω₋₁², ω₋₁³; m(β) = E[ξ·z], z = (free inputs₋₁, k); the criterion is m'(Z'Z/n)⁻¹m, z around its mean.
"""

from dataclasses import dataclass

import numpy as np

from pq_tfp.domain.axes import refuse
from pq_tfp.domain.control_function import first_stage
from pq_tfp.domain.firm_panel import FirmPanel, lag_faults
from pq_tfp.domain.least_squares import collinear_faults, triangle
from pq_tfp.domain.markov import CUBIC, Markov, markov
from pq_tfp.domain.series import Array


@dataclass(frozen=True, slots=True)
class Moments:
    """``sums`` over (φ̂₋₁, x₋₁) and (φ̂, x, z), all around their means; the root of the weight; the coefficients of controls in stage 1."""

    sums: Markov
    root: Array
    variance: float
    beta_controls: Array

    @property
    def size(self) -> int:
        return len(self.root)

    def weighted(self, beta: Array) -> Array:
        """Return the moments times the root of their weight: their sum of squares is the criterion."""
        weights = np.concatenate([[1.0], -beta])
        on = np.concatenate([weights, np.zeros(self.size)])
        _, news = self.sums.cubic(weights, on)
        moments: Array = self.sums.gram[-self.size :] @ news / self.sums.rows
        return self.root @ moments


def moments_of(panel: FirmPanel, degree: int) -> Moments:
    """Return the moments of a panel after the first stage. Raises SeriesRefused: too few rows with a lag, collinear columns."""
    roles = panel.roles
    controls, phi = first_stage(panel, roles.controls, (*roles.inputs, str(roles.proxy)), degree)
    for name, b in zip(roles.controls, controls, strict=True):
        phi -= b * panel[name]
    at = panel.with_lag
    refuse(lag_faults(panel, minimum=CUBIC + 2 + len(roles.inputs)))
    both = (phi, *(panel[name] for name in roles.inputs))
    now, lags = np.stack([x[at] for x in both]), np.stack([x[at - 1] for x in both])
    now -= now.mean(axis=1, keepdims=True)
    lags -= lags.mean(axis=1, keepdims=True)
    z = np.concatenate([lags[1:-1], now[-1:]])
    R = triangle(z @ z.T / len(at))
    refuse(collinear_faults(R, [*(f"{name}(-1)" for name in roles.free), roles.state]))
    root = np.asarray(np.linalg.inv(R.T), dtype=np.float64)
    return Moments(markov(lags, np.concatenate([now, z])), root, float(phi.var()), controls)
