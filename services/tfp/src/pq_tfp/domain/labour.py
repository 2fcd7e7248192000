"""Labour quality: hours, or persons, of groups that are paid differently.

Δln L = Σ_j v̄_j·Δln h_j, Δln LQ = Δln L − Δln H with H = Σ_j h_j; v_j is the share of group j in the labour bill, two-period mean.
Quality is a line of its own and never moved out of official TFP in silence. Sources: Jorgenson, Gollop and Fraumeni (1987); BLS
publishes the same term as labour composition.
"""

from dataclasses import dataclass

import numpy as np

from pq_tfp.domain.axes import Axes, axes_faults, positive_faults, refuse, shape_faults
from pq_tfp.domain.series import Array


@dataclass(frozen=True, slots=True)
class LabourInput:
    """Log points: ``dln_L``, ``dln_H`` and ``dln_LQ`` have shape (years − 1,); ``part`` (groups, years − 1) sums to dln_L."""

    axes: Axes
    dln_L: Array
    dln_H: Array
    dln_LQ: Array
    share: Array
    part: Array


def quality(h: Array, wage: Array, axes: Axes) -> LabourInput:
    """Return labour input from hours or persons ``h`` and mean wages, both above 0 of shape (groups, years); ``axes.units`` name the groups.

    Raises SeriesRefused.
    """
    refuse(axes_faults(axes) or shape_faults({"h": h, "wage": wage}, axes.shape))
    refuse(positive_faults("h", h, axes) + positive_faults("wage", wage, axes))
    bill = h * wage
    v = bill / bill.sum(axis=0)
    mean = (v[:, 1:] + v[:, :-1]) / 2
    part = mean * np.diff(np.log(h))
    dln_L = part.sum(axis=0)
    dln_H = np.diff(np.log(h.sum(axis=0)))
    return LabourInput(axes.growth(), dln_L, dln_H, dln_L - dln_H, mean, part)
