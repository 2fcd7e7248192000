"""The 5–95 % band of the three definitions: the draws of TFP growth, with the knowledge term drawn beside them.

ε_R triangular, δ_R uniform, R&D spending of each year off by up to ±20 %, independently; labour and capital quality move with the
drawn α. All widths come from ``uncertainty.Widths``.
"""

from dataclasses import dataclass, replace

import numpy as np

from pq_tfp.domain.axes import Axes, Notice
from pq_tfp.domain.series import Array
from pq_tfp.domain.sti import Terms, define, knowledge_stock, knowledge_term
from pq_tfp.domain.uncertainty import SEED, Band, Draws, Widths, band


@dataclass(frozen=True, slots=True)
class Banded:
    """One definition: percentage points a year, and fractions of g_A and of g_Y, each with its band."""

    pp: Band
    of_g_A: Band
    of_g_Y: Band


def compound_growth(values: Array) -> float:
    """Return the compound growth a year from the first to the last value."""
    return float((values[-1] / values[0]) ** (1 / (len(values) - 1)) - 1)


def drawn_knowledge(
    RD: Array, axes: Axes, *, draws: int, widths: Widths, random: np.random.Generator
) -> Array:
    """Return draws of the mean yearly knowledge term, shape (draws,), from real R&D spending (years,). Raises SeriesRefused."""
    error = random.uniform(1 - widths.RD_error, 1 + widths.RD_error, (draws, len(axes.years)))
    delta_R = random.uniform(*widths.delta_R, draws)
    epsilon = random.triangular(*widths.epsilon_R, draws)
    # The growth that gives R0 stays that of the series told: noise in it would be noise counted twice.
    R = knowledge_stock(RD * error, axes, delta_R=delta_R, growth=compound_growth(RD))
    term: Array = knowledge_term(R, epsilon=epsilon).mean(axis=-1)
    return term


def with_band(
    point: Terms, drawn: Draws, RD: Array, axes: Axes, *, alpha: float, widths: Widths | None = None
) -> tuple[dict[str, Banded], tuple[Notice, ...]]:
    """Return the three definitions with low, mid and high, and the notices of ``define`` on the point values.

    ``point`` holds numbers; ``alpha`` is the share it was computed with; ``RD`` (years,) is real R&D spending. Raises SeriesRefused.
    """
    w = widths or Widths()
    random = np.random.default_rng(SEED + 1)
    c_RD = drawn_knowledge(RD, axes, draws=len(drawn.g_A), widths=w, random=random)
    labour, capital = (1 - drawn.alpha) / (1 - alpha), drawn.alpha / alpha
    terms = replace(
        point,
        g_Y=drawn.g_Y,
        g_A=drawn.g_A,
        c_LQ=point.c_LQ * labour,
        c_KQ=point.c_KQ * capital,
        c_ICT=point.c_ICT * capital,
        c_RD=c_RD,
    )
    found = {
        name: Banded(
            band(np.asarray(one.pp)), band(np.asarray(one.of_g_A)), band(np.asarray(one.of_g_Y))
        )
        for name, one in define(terms).by_name.items()
    }
    return found, define(point).notices
