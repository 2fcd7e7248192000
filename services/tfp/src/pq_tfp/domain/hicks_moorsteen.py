"""Hicks-Moorsteen productivity after Bjurek: growth of outputs over growth of inputs, both by distance functions.

    HM = { D_o,t(x_t, y_t+1)/D_o,t(x_t, y_t) · D_o,t+1(x_t+1, y_t+1)/D_o,t+1(x_t+1, y_t) }^½
       / { D_i,t(x_t+1, y_t)/D_i,t(x_t, y_t) · D_i,t+1(x_t+1, y_t+1)/D_i,t+1(x_t, y_t+1) }^½

Every distance exists under either returns: the output ones keep inputs that somebody had that year, the input ones outputs that somebody
made. Under constant returns and one output it equals Malmquist. The shadow-price form that also goes by this name is another index.
Source: Bjurek (1996), Scandinavian Journal of Economics 98, 303–313.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pq_tfp.domain.axes import Axes, Notice
from pq_tfp.domain.distances import Orientation, Returns, efficiency
from pq_tfp.domain.quantities import (
    Observed,
    Quantities,
    Units,
    geometric_mean,
    observe,
    pairs_of,
)
from pq_tfp.domain.series import Array

ENGINE = "HM_BJUREK"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Productivity:
    """Ratios of shape (units, years − 1), HM_BJUREK = outputs / inputs; NaN where ``reason`` is not empty.

    ``over_units`` (years − 1,), ``over_years`` (units,) and ``overall`` are geometric means of HM_BJUREK.
    """

    axes: Axes
    HM_BJUREK: Array
    output_change: Array
    input_change: Array
    reason: NDArray[np.str_]
    over_units: Array
    over_years: Array
    overall: float
    notices: tuple[Notice, ...]


def change(told: Quantities, *, returns: Returns = "VRS") -> Productivity:
    """Return the index of every unit and every year but the first, on the units present in both. Raises SeriesRefused."""
    seen = observe(told, years=2)
    pairs = pairs_of(seen)
    outputs, inputs = (np.full(pairs.both.shape, np.nan) for _ in range(2))
    for year in range(pairs.both.shape[1]):
        units = pairs.both[:, year]
        outputs[units, year], inputs[units, year] = _pair(seen, units, year, returns)
    index = outputs / inputs
    return Productivity(
        pairs.axes, index, outputs, inputs, pairs.reasons(index),
        over_units=geometric_mean(index, axis=0), over_years=geometric_mean(index, axis=1),
        overall=float(geometric_mean(index)), notices=pairs.notices,
    )  # fmt: skip


def _pair(seen: Observed, units: Units, year: int, returns: Returns) -> tuple[Array, Array]:
    """Return the output and the input quantity index of the pair of years that begins at ``year``."""
    (x, y), (x_next, y_next) = seen.point(units, year), seen.point(units, year + 1)

    def score(at: int, x: Array, y: Array, orientation: Orientation) -> Array:
        return efficiency(seen.technology(units, at, returns), x, y, orientation=orientation)

    outputs = score(year, x, y_next, "output") / score(year, x, y, "output")
    outputs *= score(year + 1, x_next, y_next, "output") / score(year + 1, x_next, y, "output")
    # D_i is 1 / efficiency, so the ratio of distances turns over.
    inputs = score(year, x, y, "input") / score(year, x_next, y, "input")
    inputs *= score(year + 1, x, y_next, "input") / score(year + 1, x_next, y_next, "input")
    return np.sqrt(outputs), np.sqrt(inputs)
