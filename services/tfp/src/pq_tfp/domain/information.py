"""Standard errors of a stochastic frontier from the observed information: minus the second derivatives of ln L at its maximum."""

import numpy as np

from pq_tfp.domain import composed_error
from pq_tfp.domain.composed_error import Shape
from pq_tfp.domain.series import Array

STEP = 1e-4
"""Of a difference quotient, as a share of what the parameter is measured by."""


def standard_errors(
    y: Array, X: Array, b: Array, shape: Shape, *, free_mu: bool
) -> dict[str, float]:
    """Return the standard error of each estimated parameter by name, nothing where the information matrix is not positive.

    With γ = 0 the model is least squares, and β and σ² alone have one. Where μ is not free it is 0 or moves with σ_u.
    """
    names = [f"beta_{k}" for k in range(len(b))]
    if shape.gamma == 0:
        covariance = np.linalg.inv(X.T @ X) * shape.sigma2
        own = [*np.sqrt(np.diag(covariance)), shape.sigma2 * np.sqrt(2 / len(y))]
        return dict(zip([*names, "sigma2"], map(float, own), strict=True))
    names += ["sigma2", "gamma", *(["mu"] if free_mu else [])]
    ratio = shape.mu / shape.sigma_u
    at = np.array([*b, shape.sigma2, shape.gamma, *([shape.mu] if free_mu else [])])
    k = len(b)

    def slope(at: Array) -> Array:
        sigma2, gamma = float(at[k]), float(at[k + 1])
        mu = float(at[k + 2]) if free_mu else ratio * float(np.sqrt(gamma * sigma2))
        by_e, by_shape = composed_error.gradient(y - X @ at[:k], Shape(sigma2, gamma, mu))
        if not free_mu:  # μ = ratio·√(γσ²)
            by_shape = by_shape[:2] + by_shape[2] * mu / 2 / np.array([sigma2, gamma])
        return np.concatenate([-X.T @ by_e, by_shape])

    noise = np.sqrt(shape.sigma2)
    scales = [
        *(noise / np.sqrt((X**2).mean(axis=0))),
        shape.sigma2,
        min(shape.gamma, 1 - shape.gamma),
    ]
    steps = STEP * np.array([*scales, *([shape.sigma_u] if free_mu else [])])
    rows = [(slope(at - step) - slope(at + step)) / (2 * step.sum()) for step in np.diag(steps)]
    information = (np.array(rows) + np.array(rows).T) / 2
    if np.linalg.eigvalsh(information).min() <= 0:
        return {}
    own = np.sqrt(np.diag(np.linalg.inv(information)))
    return dict(zip(names, own.tolist(), strict=True))
