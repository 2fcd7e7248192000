"""Data envelopment analysis: each unit of a year against the frontier of all units of that year.

Radial efficiency E = 1/φ in (0, 1]: under ``output`` the share of the possible output that is produced, under ``input`` the share of the
inputs that would do. Under both returns, scale efficiency = E_CRS / E_VRS. Sources: Charnes, Cooper and Rhodes (1978), European
Journal of Operational Research 2, 429–444; Banker, Charnes and Cooper (1984), Management Science 30, 1078–1092.
"""

from dataclasses import dataclass

import numpy as np

from pq_tfp.domain.axes import Axes
from pq_tfp.domain.distances import Orientation, Returns, efficiency, own
from pq_tfp.domain.quantities import Observed, Quantities, geometric_mean, observe
from pq_tfp.domain.series import Array

ENGINE = "DEA"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Efficiencies:
    """Shape (units, years), NaN where a unit is absent; ``mean_*`` (years,) are geometric means over units."""

    axes: Axes
    orientation: Orientation
    crs: Array
    vrs: Array
    scale: Array
    mean_crs: Array
    mean_vrs: Array
    mean_scale: Array


def measure(told: Quantities, *, orientation: Orientation = "output") -> Efficiencies:
    """Return the efficiency of every unit of every year under constant and variable returns. Raises SeriesRefused."""
    seen = observe(told)
    crs = own_efficiency(seen, returns="CRS", orientation=orientation)
    vrs = own_efficiency(seen, returns="VRS", orientation=orientation)
    scale = crs / vrs
    means = (geometric_mean(values, axis=0) for values in (crs, vrs, scale))
    return Efficiencies(seen.axes, orientation, crs, vrs, scale, *means)


def own_efficiency(seen: Observed, *, returns: Returns, orientation: Orientation) -> Array:
    """Return each unit's efficiency against the frontier of its own year, shape (units, years)."""
    found = np.full(seen.present.shape, np.nan)
    for year in range(len(seen.axes.years)):
        units = seen.present[:, year]
        technology = seen.technology(units, year, returns)
        found[units, year] = own(
            efficiency(technology, *seen.point(units, year), orientation=orientation)
        )
    return found
