"""What every estimator of a production function answers with, and the productivity of each firm that follows from it."""

from dataclasses import dataclass

import numpy as np

from pq_tfp.domain.axes import Notice
from pq_tfp.domain.firm_panel import FirmPanel
from pq_tfp.domain.series import Array

METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Elasticities ``beta`` in the order of ``names``: free inputs, capital, controls.

    ``covariance`` is clustered by firm; NaN where no formula is offered and a bootstrap must tell. ``rows`` and ``firms`` count what entered the
    last stage.
    """

    method: str
    specification: str
    names: tuple[str, ...]
    beta: Array
    covariance: Array
    rows: int
    firms: int
    notices: tuple[Notice, ...] = ()

    @property
    def standard_error(self) -> Array:
        errors: Array = np.sqrt(np.diag(self.covariance))
        return errors


def firm_tfp(panel: FirmPanel, estimate: Estimate) -> Array:
    """Return ln TFP of each row, ω + ε = y − β'x, in log points; compare firms of the same industry only."""
    explained = sum(b * panel[name] for name, b in zip(estimate.names, estimate.beta, strict=True))
    productivity: Array = panel.y - explained
    return productivity


def unknown_covariance(size: int) -> Array:
    """Return the covariance of an estimator that has none without a bootstrap."""
    return np.full((size, size), np.nan)
