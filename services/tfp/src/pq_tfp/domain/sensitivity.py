"""What one assumption at a time does to a TFP figure: the table that goes with every headline.

Exact recalculation, not a derivative; for α the derivative is −(G_K − G_L), which the table shows to first order.
"""

from dataclasses import dataclass

import numpy as np

from pq_tfp.domain.series import Array
from pq_tfp.domain.sharing import shares_of
from pq_tfp.domain.uncertainty import Case, capital_path

ALPHA_STEPS = (-0.05, 0.05)
DELTAS = (0.04, 0.08)
K0_FACTORS = (0.5, 1.0, 2.0)
DEFLATOR_STEPS = (-0.003, 0.003)


@dataclass(frozen=True, slots=True)
class Row:
    """One changed assumption: period rates as fractions, the share as a fraction or NaN, and the change of g_A in percentage points."""

    assumption: str
    value: float
    g_Y: float
    g_K: float
    g_A: float
    growth_share_A: float
    change_pp: float


def table(case: Case) -> tuple[Row, ...]:
    """Return the base row first, then α ± 0.05, δ at 0.04 and 0.08, K0 times 0.5, 1 and 2, the deflator's growth ± 0.3 points.

    A higher deflator lowers real growth. Capital that would not stay above 0 gives NaN.
    """
    base = _row(case, "BASE", 0.0)
    rows = [base]
    alpha = float(case.alpha.mean())
    rows += [_row(case, "alpha", alpha + step, alpha=alpha + step) for step in ALPHA_STEPS]
    rows += [_row(case, "delta", delta, delta=delta) for delta in DELTAS]
    rows += [_row(case, "K0", factor, K0=factor) for factor in K0_FACTORS]
    rows += [_row(case, "deflator", step, deflator=step) for step in DEFLATOR_STEPS]
    return tuple(
        Row(r.assumption, r.value, r.g_Y, r.g_K, r.g_A, r.growth_share_A, 100 * (r.g_A - base.g_A))
        for r in rows
    )


def _row(
    case: Case,
    assumption: str,
    value: float,
    *,
    alpha: float | None = None,
    delta: float | None = None,
    K0: float = 1.0,
    deflator: float = 0.0,
) -> Row:
    years = len(case.axes.years) - 1
    share = float(case.alpha.mean()) if alpha is None else alpha
    K = capital_path(
        case.investment,
        K0=np.array([K0 * case.K0]),
        delta=np.array([case.delta if delta is None else delta]),
    )[0]
    g_K = float((K[-1] / K[0]) ** (1 / years) - 1) if (K > 0).all() else float("nan")
    g_Y = _rate(case.Y, years) - deflator
    g_A = g_Y - share * g_K - (1 - share) * _rate(case.L, years)
    part = float(shares_of(np.array(g_A), np.array(g_Y)))
    return Row(assumption, value, g_Y, g_K, g_A, part, 0.0)


def _rate(values: Array, years: int) -> float:
    return float((values[-1] / values[0]) ** (1 / years) - 1)
