"""What is told beside the official account of a period: its index, how far chain and end points differ, and a mean under its own name."""

import numpy as np

from pq_tfp.domain.accounting import Growth, PeriodGrowth
from pq_tfp.domain.series import Array


def A_index(grown: Growth) -> Array:  # noqa: N802 - the key of the output contract
    """Return A_T/A_0 chained from yearly growth, shape (years,), 1 in the first year."""
    return np.concatenate([[1.0], np.cumprod(1 + grown.g_A)])


def chain_difference(grown: Growth, period: PeriodGrowth) -> float:
    """Return the index chained over the years of ``period`` less that of its compound rates, to be told with every period.

    Under TORNQVIST the two are equal; here they are not, because shares and rates are averaged before they are multiplied: about
    1e-3 in an ordinary case.
    """
    inside = [period.first_year < year <= period.last_year for year in grown.years]
    chained = float(np.prod(1 + grown.g_A[inside]))
    return chained - (1 + period.g_A) ** (period.last_year - period.first_year)


def mean_of_annual_shares(grown: Growth) -> dict[str, float | None]:
    """Return the plain mean of the yearly shares of growth of K, L and A over the years that have one; None when none has.

    Older provincial reports print it as the share of the period. It is not: a year near zero growth decides it alone.
    """
    known = np.isfinite(grown.growth_share_A)
    if not known.any():
        return {"K": None, "L": None, "A": None}
    return {
        "K": float(grown.growth_share_K[known].mean()),
        "L": float(grown.growth_share_L[known].mean()),
        "A": float(grown.growth_share_A[known].mean()),
    }
