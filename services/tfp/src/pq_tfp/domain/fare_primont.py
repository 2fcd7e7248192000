"""Färe-Primont productivity: levels that compare every unit of every year with every other, and where they come from.

    TFP = AO / AI,  AO = p₀·y,  AI = w₀·x

p₀ and w₀ are the shadow prices of D_o and D_i at the mean unit (x₀, y₀) of the sample, against one VRS frontier of all units and years:
the prices are the same for all, so the index is transitive. Against the VRS frontier of its own year, a unit's TFP efficiency is

    TFPE = TFP / max TFP of the year = OTE·OME·ROSE = OTE·OSE·RME

technical (OTE), mix (OME), residual scale (ROSE), scale (OSE) and residual mix (RME) efficiency of outputs. Source: O'Donnell (2012), Journal of
Productivity Analysis 37, 255–272; O'Donnell (2011), DPIN 3.0. Where the mean unit lies on an edge of the frontier, its prices are not
unique and one vertex is taken, which is noted.
"""

from dataclasses import dataclass

import numpy as np

from pq_tfp.domain.axes import Axes, Notice
from pq_tfp.domain.dea import own_efficiency
from pq_tfp.domain.distances import Technology, radial
from pq_tfp.domain.quantities import Observed, Quantities, observe
from pq_tfp.domain.series import Array

ENGINE = "FARE_PRIMONT"
METHOD_VERSION = "1"
ZERO = 1e-12
"""Below this the value of a field at the mean unit is rounding: prices are per unit of measure and may be of any size."""

NUDGE, JUMP = 1e-6, 1e-3
"""How far the mean unit is moved, and by how much the value of a field may change with it before its price is not one."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Shape (units, years), NaN where a unit is absent; ``TFP_max`` (years,); prices per unit of each output and input."""

    axes: Axes
    TFP: Array
    AO: Array
    AI: Array
    TFP_max: Array
    TFPE: Array
    OTE: Array
    OSE: Array
    OME: Array
    ROSE: Array
    RME: Array
    price_y: dict[str, float]
    price_x: dict[str, float]
    notices: tuple[Notice, ...]


def compare(told: Quantities) -> Levels:
    """Return the level of TFP of every unit of every year and its parts. Raises SeriesRefused.

    An input or output whose shadow price is 0 has no weight in the index, and is noted as ZERO_SHADOW_PRICE; PRICES_NOT_UNIQUE says
    that the mean unit lies on an edge, where the levels depend on which of its prices the solver met.
    """
    seen = observe(told)
    p, w = shadow_prices(seen)
    AO, AI = np.tensordot(p, seen.Y, axes=1), np.tensordot(w, seen.X, axes=1)
    TFP = AO / AI
    TFP_max = np.nanmax(TFP, axis=0)
    TFPE = TFP / TFP_max
    OTE = own_efficiency(seen, returns="VRS", orientation="output")
    OSE = own_efficiency(seen, returns="CRS", orientation="output") / OTE
    # Against its aggregate output alone a unit may also choose its mix: what is missing there is OTE·OME.
    one_output = Observed(seen.axes, seen.X, AO[np.newaxis], seen.present)
    OME = own_efficiency(one_output, returns="VRS", orientation="output") / OTE
    return Levels(
        seen.axes, TFP, AO, AI, TFP_max, TFPE, OTE, OSE, OME,
        ROSE=TFPE / (OTE * OME), RME=TFPE / (OTE * OSE),
        price_y=dict(zip(told.y, p.tolist(), strict=True)),
        price_x=dict(zip(told.x, w.tolist(), strict=True)),
        notices=(
            *(() if prices_unique(seen) else (Notice("PRICES_NOT_UNIQUE"),)),
            *(Notice("ZERO_SHADOW_PRICE", name)
            for name, value in zip([*told.y, *told.x], _values(seen, p, w), strict=True)
            if value <= ZERO),
        ),
    )  # fmt: skip


def shadow_prices(seen: Observed) -> tuple[Array, Array]:
    """Return p₀ (outputs,) and w₀ (inputs,), scaled so that p₀·y₀ = D_o(x₀, y₀) and w₀·x₀ = D_i(x₀, y₀)."""
    X, Y = seen.X[:, seen.present], seen.Y[:, seen.present]
    pooled = Technology(X, Y, "VRS")
    mean_x, mean_y = X.mean(axis=1, keepdims=True), Y.mean(axis=1, keepdims=True)
    outward = radial(pooled, mean_x, mean_y, orientation="output")
    inward = radial(pooled, mean_x, mean_y, orientation="input")
    return outward.u[0] / outward.phi[0], inward.v[0]


def prices_unique(seen: Observed) -> bool:
    """Tell whether the shadow prices stay when the mean unit moves by a millionth in each field: on an edge of the frontier they jump."""
    X, Y = seen.X[:, seen.present], seen.Y[:, seen.present]
    pooled = Technology(X, Y, "VRS")
    mean = np.concatenate([Y.mean(axis=1), X.mean(axis=1)])[:, np.newaxis]
    steps = np.eye(len(mean)) * NUDGE
    y, x = np.split(mean * (1 + np.concatenate([steps, -steps], axis=1)), [len(Y)])
    outward = radial(pooled, x, y, orientation="output").u * y.T
    inward = radial(pooled, x, y, orientation="input").v * x.T
    return bool(np.ptp(np.concatenate([outward, inward], axis=1), axis=0).max() <= JUMP)


def _values(seen: Observed, p: Array, w: Array) -> list[float]:
    """Return price times quantity of each output and input at the mean unit: of the order of 1 in any unit of measure."""
    means = (table[:, seen.present].mean(axis=1) for table in (seen.Y, seen.X))
    return [value for price, mean in zip((p, w), means, strict=True) for value in price * mean]


def relative(levels: Levels, unit: str, year: int) -> Array:
    """Return TFP over that of one unit in one year, which is a member of the sample."""
    axes = levels.axes
    base: Array = levels.TFP / levels.TFP[axes.units.index(unit), axes.years.index(year)]
    return base
