"""Engine ``VN-OFFICIAL`` for many places at once: the arithmetic of ``accounting`` on arrays of shape (units, years).

The shares of a year weigh the growth from the year before to it, as in ``accounting``. Source: the same indicator metadata.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pq_tfp.domain.axes import (
    Axes,
    axes_faults,
    positive_faults,
    refuse,
    shape_faults,
)
from pq_tfp.domain.series import Array
from pq_tfp.domain.sharing import reasons, share_faults, shares_of


@dataclass(frozen=True, slots=True)
class PanelGrowth:
    """Arrays of shape (units, years − 1) or (years − 1,): rates as fractions, contributions in percentage points.

    ``growth_share_*`` are fractions, NaN where ``reason`` is not empty.
    """

    axes: Axes
    g_Y: Array
    g_K: Array
    g_L: Array
    g_A: Array
    contribution_K: Array
    contribution_L: Array
    contribution_A: Array
    growth_share_K: Array
    growth_share_L: Array
    growth_share_A: Array
    reason: NDArray[np.str_]


def account_panel(levels: dict[str, Array], alpha: Array, beta: Array, axes: Axes) -> PanelGrowth:
    """Return the official accounting of every unit and every year but the first.

    ``levels`` holds Y, K, L above 0, shape ``axes.shape``; ``alpha`` and ``beta`` are fractions of shape
    ``axes.growth().shape`` summing to 1. Raises SeriesRefused naming field, unit and year of every fault.
    """
    refuse(axes_faults(axes))
    known = {name: levels[name] for name in ("Y", "K", "L")}
    rows = axes.growth()
    refuse(
        shape_faults(known, axes.shape) + shape_faults({"alpha": alpha, "beta": beta}, rows.shape)
    )
    found = [
        fault for name, values in known.items() for fault in positive_faults(name, values, axes)
    ]
    refuse(found + share_faults({"alpha": alpha, "beta": beta}, rows, blame="beta"))
    g_Y, g_K, g_L = (values[..., 1:] / values[..., :-1] - 1 for values in known.values())
    part_K, part_L = alpha * g_K, beta * g_L
    g_A = g_Y - part_K - part_L
    return PanelGrowth(
        axes=rows, g_Y=g_Y, g_K=g_K, g_L=g_L, g_A=g_A,
        contribution_K=100 * part_K, contribution_L=100 * part_L, contribution_A=100 * g_A,
        growth_share_K=shares_of(part_K, g_Y), growth_share_L=shares_of(part_L, g_Y),
        growth_share_A=shares_of(g_A, g_Y), reason=reasons(g_Y),
    )  # fmt: skip
