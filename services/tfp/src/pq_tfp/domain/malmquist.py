"""Malmquist productivity between neighbouring years, split into efficiency, technical and scale change.

    M  = { [E_t(t+1)/E_t(t)] · [E_t+1(t+1)/E_t+1(t)] }^½ ;  EC = E_t+1(t+1)/E_t(t) ;  TC = M/EC ;  EC = PEC·SEC

E_t(s) is the efficiency of the unit as it was in s against the frontier of year t. All four are under constant returns; variable returns
enter PEC, the efficiency change against the VRS frontiers, alone. Source: Färe, Grosskopf, Norris and Zhang (1994), American Economic
Review 84, 66–83. Each pair of years is computed on the units present in both; who is not is told.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pq_tfp.domain.axes import Axes, Notice
from pq_tfp.domain.distances import Orientation, Returns, efficiency, own
from pq_tfp.domain.quantities import (
    Observed,
    Pairs,
    Quantities,
    Units,
    geometric_mean,
    observe,
    pairs_of,
)
from pq_tfp.domain.series import Array

ENGINE = "MALMQUIST"
METHOD_VERSION = "1"
Part = Literal["M", "EC", "TC", "PEC", "SEC"]
PARTS: tuple[Part, ...] = ("M", "EC", "TC", "PEC", "SEC")


@dataclass(frozen=True, slots=True)
class Changes:
    """Ratios by part, shape (units, years − 1): above 1 is progress; NaN where ``reason`` is not empty.

    ``over_units`` (years − 1,), ``over_years`` (units,) and ``overall`` are geometric means of what is there.
    """

    axes: Axes
    parts: dict[Part, Array]
    reason: NDArray[np.str_]
    over_units: dict[Part, Array]
    over_years: dict[Part, Array]
    overall: dict[Part, float]
    notices: tuple[Notice, ...]


def change(
    told: Quantities, *, orientation: Orientation = "output", cross: Returns = "CRS"
) -> Changes:
    """Return M, EC, TC, PEC and SEC of every unit and every year but the first. Raises SeriesRefused.

    ``cross="VRS"`` takes all distances under variable returns, which may not exist across years (LP_INFEASIBLE); SEC is then 1.
    """
    seen = observe(told, years=2)
    pairs = pairs_of(seen)
    parts = {part: np.full(pairs.both.shape, np.nan) for part in PARTS}
    for year in range(pairs.both.shape[1]):
        units = pairs.both[:, year]
        for part, values in _pair(seen, units, year, orientation, cross).items():
            parts[part][units, year] = values
    return _with_means(pairs, parts)


def _pair(
    seen: Observed, units: Units, year: int, orientation: Orientation, cross: Returns
) -> dict[Part, Array]:
    before, after = seen.point(units, year), seen.point(units, year + 1)

    def against(at: int, returns: Returns) -> tuple[Array, Array]:
        """Return the efficiencies of both years' points against one year's frontier."""
        points = tuple(np.concatenate(sides, axis=1) for sides in zip(before, after, strict=True))
        technology = seen.technology(units, at, returns)
        found = efficiency(technology, points[0], points[1], orientation=orientation)
        first, second = np.split(found, 2)
        return first, second

    old_before, old_after = against(year, cross)
    new_before, new_after = against(year + 1, cross)
    EC = own(new_after) / own(old_before)
    M = np.sqrt(old_after / old_before * (new_after / new_before))
    PEC = EC
    if cross == "CRS":
        technologies = (seen.technology(units, at, "VRS") for at in (year, year + 1))
        pure = [
            own(efficiency(technology, *point, orientation=orientation))
            for technology, point in zip(technologies, (before, after), strict=True)
        ]
        PEC = pure[1] / pure[0]
    return {"M": M, "EC": EC, "TC": M / EC, "PEC": PEC, "SEC": EC / PEC}


def _with_means(pairs: Pairs, parts: dict[Part, Array]) -> Changes:
    return Changes(
        pairs.axes, parts, pairs.reasons(parts["M"]),
        over_units={part: geometric_mean(values, axis=0) for part, values in parts.items()},
        over_years={part: geometric_mean(values, axis=1) for part, values in parts.items()},
        overall={part: float(geometric_mean(values)) for part, values in parts.items()},
        notices=pairs.notices,
    )  # fmt: skip
