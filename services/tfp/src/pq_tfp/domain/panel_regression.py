"""Production functions by least squares on a panel of firms: OLS, FE (within), FD (first differences).

y_it = Σ_j β_j x_jit (+ year effects) (+ firm effects under FE, swept out by FD) + e_it; covariance clustered by firm. Under OLS all of a firm's
productivity is in the error, and it moves the inputs too: β of free inputs is biased upwards. FE and FD remove what does not change.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pq_tfp.domain.axes import refuse
from pq_tfp.domain.estimates import Estimate
from pq_tfp.domain.firm_panel import FirmPanel, Rows
from pq_tfp.domain.guards import sample_faults
from pq_tfp.domain.least_squares import CONSTANT, Design, Fit, around, clustered, regress
from pq_tfp.domain.series import Array

Method = Literal["OLS", "FE", "FD"]
_SAID = {
    "OLS": "y = 1 + x'β + e",
    "FE": "y = x'β + firm effect + e",
    "FD": "Δy = Δx'β + e",
}


def linear_estimate(panel: FirmPanel, method: Method, *, year_effects: bool = False) -> Estimate:
    """Return the elasticities by OLS, FE or FD. Raises SeriesRefused naming constant or collinear columns.

    Under FE a column must vary within firms; under FD rows without the year before are left out.
    """
    names = (*panel.roles.inputs, *panel.roles.controls)
    columns = [panel[name] for name in names]
    y, firm, year = panel.y, panel.firm, panel.year
    if method == "FD":
        at = panel.with_lag
        columns, y = [x[at] - x[at - 1] for x in columns], y[at] - y[at - 1]
        firm, year = firm[at], year[at]
    dummies = year_dummies(year, drop_first=method != "FD") if year_effects else {}
    told = list(names)
    if method == "OLS":
        # There is a constant, so means cancel; without them the sums lose fewer digits.
        columns = [np.ones(len(y)), *(around(x, x.mean()) for x in columns)]
        told, y = [CONSTANT, *told], y - y.mean()
    told, columns = [*told, *dummies], [*columns, *dummies.values()]
    if method == "FE":
        repeated = int((np.bincount(firm) > 1).sum())
        refuse(sample_faults("firms with two years or more", repeated))
        columns, y = [within(x, firm) for x in columns], within(y, firm)
    fit, covariance = fitted(columns, y, firm, told)
    keep = np.array([told.index(name) for name in names])
    years = " + year effects" if year_effects else ""
    return Estimate(
        method, _SAID[method] + years, names, fit.beta[keep], covariance[np.ix_(keep, keep)],
        len(y), len(np.unique(firm)),
    )  # fmt: skip


def fitted(
    columns: Sequence[Array], y: Array, firm: Rows, names: Sequence[str]
) -> tuple[Fit, Array]:
    """Return the fit of y on the columns, and its covariance clustered by firm."""
    design = stacked([*columns, y])
    fit = regress(design, firm, names)
    return fit, clustered(design, firm, fit)


def stacked(columns: Sequence[Array]) -> Design:
    """Return a design that lays the columns side by side, block by block."""

    def design(rows: slice) -> Array:
        return np.stack([column[rows] for column in columns], axis=1)

    return design


def within(values: Array, firm: Rows) -> Array:
    """Return the values around the mean of their firm, zeros where they do not vary within firms."""
    begins = np.flatnonzero(np.diff(firm, prepend=-1))
    lengths = np.diff(np.append(begins, len(firm)))
    return around(values, np.repeat(np.add.reduceat(values, begins) / lengths, lengths))


def year_dummies(year: NDArray[np.int64], *, drop_first: bool = True) -> dict[str, Array]:
    """Return a column of zeros and ones per year; without the first where a constant or firm effects are present."""
    years = np.unique(year)[1 if drop_first else 0 :]
    return {f"year {when}": (year == when).astype(np.float64) for when in years.tolist()}
