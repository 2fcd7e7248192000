"""An economy, or a merged place, from its parts: the weighted sum of their productivity, and what moving between them added.

Δln A = Σ_j w̄_j·Δln A_j + REALL_Y + REALL_K + REALL_L, w_j the share of part j in nominal value added, two-period mean; with Domar weights
GO_j/VA for gross-output productivity. The reallocation terms are economic restructuring, not technology.
Sources: Jorgenson, Gollop and Fraumeni (1987), chapter 2; Hulten (1978) for Domar weights.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pq_tfp.domain.axes import Axes, placed, refuse, shape_faults
from pq_tfp.domain.industries import Industries
from pq_tfp.domain.series import Array
from pq_tfp.domain.tornqvist import LogGrowth

SMALLEST_MERGER = 2


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Log points, shape (years − 1,). ``dln_A`` of the whole equals ``within`` plus the three reallocation terms.

    ``part`` (parts, years − 1) is w̄_j·Δln A_j and sums to ``within``; reallocation_Y is 0 when the whole's output is the Törnqvist
    sum of its parts.
    """

    axes: Axes
    dln_A: Array
    within: Array
    reallocation_Y: Array
    reallocation_K: Array
    reallocation_L: Array
    weight: Array
    part: Array

    @property
    def reallocation(self) -> Array:
        return self.reallocation_Y + self.reallocation_K + self.reallocation_L


def mean_weights(nominal: Array) -> Array:
    """Return two-period mean shares of each part in the sum, shape (parts, years) to (parts, years − 1)."""
    share = nominal / nominal.sum(axis=0)
    mean: Array = (share[:, 1:] + share[:, :-1]) / 2
    return mean


def aggregate(
    whole: LogGrowth, parts: LogGrowth, nominal_VA: Array, *, minimum: int = SMALLEST_MERGER
) -> Aggregate:
    """Return the productivity of ``whole`` (years − 1,) split over ``parts`` (parts, years − 1), both with inputs K and L.

    ``nominal_VA`` has shape (parts, years). Raises SeriesRefused: fewer parts than ``minimum``
    (2 places can merge; ask 3 of industries), other years, or a wrong shape.
    """
    axes = parts.axes
    refuse(
        shape_faults({"VA": nominal_VA}, (len(axes.units), len(axes.years) + 1))
        + shape_faults({"A": whole.dln_A}, (len(axes.years),))
    )
    if len(axes.units) < minimum:
        said = (f"Cần ít nhất {minimum} phần.", f"At least {minimum} parts are needed.")
        refuse([placed("units", None, None, "units_too_few", said)])
    w = mean_weights(nominal_VA)
    part = w * parts.dln_A
    moved = {
        name: (w * parts.contribution[name]).sum(axis=0) - whole.contribution[name] for name in "KL"
    }
    return Aggregate(
        axes=Axes(axes.years), dln_A=whole.dln_A, within=part.sum(axis=0),
        reallocation_Y=whole.dln_Y - (w * parts.dln_Y).sum(axis=0),
        reallocation_K=moved["K"], reallocation_L=moved["L"], weight=w, part=part,
    )  # fmt: skip


def domar(industries: Industries, nominal: Mapping[str, Array]) -> dict[str, Array]:
    """Return Σ d̄_j·Δln A_j^GO as ``domar``, Σ w̄_j·Δln A_j^VA as ``within``, and ``weighting``, what the means of ratios leave between them.

    ``nominal`` holds GO and VA of shape (industries, years); d_j = GO_j / Σ VA.
    """
    weight = nominal["GO"] / nominal["VA"].sum(axis=0)
    mean = (weight[:, 1:] + weight[:, :-1]) / 2
    summed = (mean * industries.gross_output.dln_A).sum(axis=0)
    within = (mean_weights(nominal["VA"]) * industries.value_added.dln_A).sum(axis=0)
    return {"domar": summed, "within": within, "weighting": within - summed}


def tornqvist_output(dln_Y: Array, nominal_VA: Array) -> Array:
    """Return the output index (years,) of the whole whose growth is Σ w̄_j·Δln Y_j, 1 in the first year."""
    growth = (mean_weights(nominal_VA) * dln_Y).sum(axis=0)
    index: Array = np.exp(np.concatenate([[0.0], np.cumsum(growth)]))
    return index
