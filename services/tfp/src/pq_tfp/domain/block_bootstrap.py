"""A bootstrap by firm: whole firms are drawn with replacement, so that what binds the years of a firm stays together.

Fixed seed: the same panel gives the same draws everywhere. Source: Cameron and Miller (2015), Journal of Human Resources 50(2), section VI.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from pq_tfp.domain.axes import Notice, refuse
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.estimates import Estimate
from pq_tfp.domain.firm_panel import FirmPanel, resample
from pq_tfp.domain.guards import sample_faults
from pq_tfp.domain.series import Array

REPLICATIONS = 200
SEED = 20_220_411
FEWEST = 20
TOO_MANY_FAILED = 0.10


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """The estimate with the covariance of the draws; the draws, shape (replications that succeeded, coefficients), and how many failed."""

    estimate: Estimate
    draws: Array
    failed: int


def bootstrap(
    panel: FirmPanel,
    estimate: Estimate,
    again: Callable[[FirmPanel], Array],
    *,
    replications: int = REPLICATIONS,
    seed: int = SEED,
) -> Bootstrap:
    """Return the estimate with a covariance from ``again`` on resampled firms, which returns ``beta`` of one draw.

    A draw that is refused or comes to no rest is left out and counted; above 10 % BOOTSTRAP_UNSTABLE is noted. Raises SeriesRefused below 20.
    """
    refuse(sample_faults("replications", replications, minimum=FEWEST))
    random = np.random.default_rng(seed)
    draws = []
    for _ in range(replications):
        picks = random.integers(0, len(panel.firms), len(panel.firms))
        try:
            beta = again(resample(panel, picks))
        except SeriesRefused:
            continue
        if np.isfinite(beta).all():
            draws.append(beta)
    refuse(sample_faults("replications that succeeded", len(draws), minimum=FEWEST))
    failed = replications - len(draws)
    unstable = failed > TOO_MANY_FAILED * replications
    notices = (*estimate.notices, *((Notice("BOOTSTRAP_UNSTABLE"),) if unstable else ()))
    made = np.array(draws)
    covariance = np.atleast_2d(np.cov(made, rowvar=False))
    return Bootstrap(replace(estimate, covariance=covariance, notices=notices), made, failed)
