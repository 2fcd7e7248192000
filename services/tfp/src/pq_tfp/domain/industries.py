"""One industry: productivity of gross output and of value added, which double deflation ties together.

Δln A^GO = Δln GO − s̄_K·Δln K − s̄_L·Δln L − s̄_II·Δln II with shares in GO; Δln VA = (Δln GO − s̄_II·Δln II)/(1 − s̄_II);
Δln A^VA = Δln VA − s̄_K^VA·Δln K − s̄_L^VA·Δln L with shares in VA. The two are not each other times a share: the mean of a ratio is not the
ratio of means. Source: Jorgenson, Gollop and Fraumeni (1987); the BEA/BLS integrated industry accounts use this form.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pq_common.errors import FieldError
from pq_tfp.domain.axes import Axes, axes_faults, placed, positive_faults, refuse, shape_faults
from pq_tfp.domain.series import Array
from pq_tfp.domain.tornqvist import LogGrowth, account_costs

VOLUMES = ("GO", "K", "L", "II")
COSTS = ("K", "L", "II")


@dataclass(frozen=True, slots=True)
class Industries:
    """Shape (industries, years − 1) or (years − 1,), log points; ``VA_index`` one year more, 1 in the first year."""

    axes: Axes
    gross_output: LogGrowth
    value_added: LogGrowth
    dln_VA: Array
    VA_index: Array


def double_deflated(dln_GO: Array, dln_II: Array, share_II: Array) -> Array:
    """Return Δln VA from log growth and the two-period mean share of intermediate inputs in gross output, below 1."""
    return (dln_GO - share_II * dln_II) / (1 - share_II)


def account_industries(
    volumes: Mapping[str, Array], costs: Mapping[str, Array], axes: Axes
) -> Industries:
    """Return both accounts from volumes GO, K, L, II and the money paid to K, L, II, all of shape ``axes.shape``.

    Costs sum to nominal gross output, those of K and L to value added, above 0. Raises SeriesRefused naming field, industry and year.
    """
    refuse(_missing(volumes, costs))
    GO, X = volumes["GO"], {name: volumes[name] for name in COSTS}
    paid = {name: costs[name] for name in COSTS}
    gross = account_costs(GO, X, paid, axes)
    refuse(positive_faults("VA", paid["K"] + paid["L"], axes))
    dln_VA = double_deflated(gross.dln_Y, gross.dln_X["II"], gross.share["II"])
    start = np.zeros((*dln_VA.shape[:-1], 1))
    index = np.exp(np.concatenate([start, np.cumsum(dln_VA, axis=-1)], axis=-1))
    primary = {name: X[name] for name in ("K", "L")}
    added = account_costs(index, primary, {name: paid[name] for name in primary}, axes)
    return Industries(axes.growth(), gross, added, dln_VA, index)


def deflated_levels(nominal: Mapping[str, Array], prices: Mapping[str, Array], axes: Axes) -> Array:
    """Return constant-price value added GO/P_GO − II/P_II, the official double deflation of a fixed base year.

    Raises SeriesRefused where nothing is left: a price index or an input figure is wrong, or the base year is too far away.
    """
    arrays = {"GO": nominal["GO"], "II": nominal["II"], "P_GO": prices["GO"], "P_II": prices["II"]}
    refuse(axes_faults(axes, minimum=1) or shape_faults(arrays, axes.shape))
    refuse([f for name, values in arrays.items() for f in positive_faults(name, values, axes)])
    VA = nominal["GO"] / prices["GO"] - nominal["II"] / prices["II"]
    refuse(positive_faults("VA", VA, axes))
    return VA


def _missing(volumes: Mapping[str, Array], costs: Mapping[str, Array]) -> list[FieldError]:
    absent = [name for name in VOLUMES if name not in volumes]
    absent += [f"cost_{name}" for name in COSTS if name not in costs]
    return [
        placed(
            name, None, None, "series_missing",
            (f"Thiếu chuỗi {name}.", f"The series {name} is missing."),
        )
        for name in absent
    ]  # fmt: skip
