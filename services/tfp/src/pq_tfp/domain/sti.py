"""What science, technology and innovation contribute: three named definitions, never one unlabelled number.

From official TFP growth g_A: labour quality c_LQ = β̄·Δln LQ, capital composition c_KQ = ᾱ·(Δln K_services − Δln K_stock), reallocation
c_RE, knowledge c_RD = ε_R·Δln R_t−1, and what is left. STI_CORE = c_RD + ICT part of c_KQ; STI_VNPI = g_A − c_RE − c_DEM, the five-factor
convention; STI_PLAN = g_A, the definition in plans and resolutions. They are meant to be ordered and need not be: NOT_NESTED.
Sources: NASATI's overview of the contribution of science and technology (2018) for the five factors; Griliches (1979) for R.
"""

from dataclasses import dataclass

import numpy as np

from pq_tfp.domain.axes import (
    Axes,
    Notice,
    axes_faults,
    placed,
    positive_faults,
    refuse,
    shape_faults,
)
from pq_tfp.domain.capital import delta_faults
from pq_tfp.domain.series import Array
from pq_tfp.domain.sharing import shares_of

DELTA_R = 0.15
EPSILON_R = (0.02, 0.06, 0.10)
"""Triangular prior of the elasticity of output to knowledge: low, mode, high. A published range for firm panels, not an estimate of ours."""
DEFINITIONS = ("STI_CORE", "STI_VNPI", "STI_PLAN")
Number = float | Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one period, fractions of growth per year (0.024 = 2.4 points): numbers, or arrays of draws.

    ``c_ICT`` is the part of c_KQ that information and communication assets carry; ``c_DEM`` is None where no series of capacity
    use exists, counted as 0 and noted as DEMAND_UNKNOWN.
    """

    g_Y: Number
    g_A: Number
    c_LQ: Number
    c_KQ: Number
    c_ICT: Number
    c_RE: Number
    c_RD: Number
    c_DEM: Number | None = None

    @property
    def c_RES(self) -> Number:  # noqa: N802 - the symbol of the method
        """Return what no term explains; with the others it sums to g_A."""
        return self.g_A - self.c_LQ - self.c_KQ - self.c_RE - self.c_RD


@dataclass(frozen=True, slots=True)
class Contribution:
    """One definition: percentage points a year, and as a fraction of g_A and of g_Y (NaN where growth carries no share)."""

    pp: Number
    of_g_A: Number
    of_g_Y: Number


@dataclass(frozen=True, slots=True)
class Definitions:
    """All three by name, always together."""

    by_name: dict[str, Contribution]
    notices: tuple[Notice, ...]


def define(terms: Terms) -> Definitions:
    """Return the three definitions. Notes NOT_NESTED when core ≤ VNPI ≤ plan fails anywhere, DEMAND_UNKNOWN without c_DEM."""
    demand = 0.0 if terms.c_DEM is None else terms.c_DEM
    amounts = {
        "STI_CORE": terms.c_RD + terms.c_ICT,
        "STI_VNPI": terms.g_A - terms.c_RE - demand,
        "STI_PLAN": terms.g_A + np.zeros(np.shape(terms.c_RD)),
    }
    core, middle, plan = (np.asarray(amounts[name]) for name in DEFINITIONS)
    notices = [] if bool(np.all((core <= middle) & (middle <= plan))) else [Notice("NOT_NESTED")]
    if terms.c_DEM is None:
        notices.append(Notice("DEMAND_UNKNOWN", "c_DEM"))
    return Definitions(
        {name: _contribution(np.asarray(amount), terms) for name, amount in amounts.items()},
        tuple(notices),
    )


def knowledge_stock(
    RD: Array, axes: Axes, *, delta_R: Number = DELTA_R, growth: float | None = None
) -> Array:
    """Return R_t = (1 − δ_R)·R_t−1 + RD_t with R of the first year RD_0/(g + δ_R).

    g is the compound growth of RD over the series unless ``growth`` tells it. ``RD`` is real spending above 0 of shape
    (..., years), the answer has its shape; ``delta_R`` may be an array of its leading shape. Raises SeriesRefused: fewer than 3
    years, or K0_UNDEFINED when g + δ_R ≤ 0.
    """
    refuse(
        axes_faults(axes, minimum=3) or shape_faults({"RD": RD}, (*RD.shape[:-1], len(axes.years)))
    )
    least = RD.reshape(-1, RD.shape[-1]).min(axis=0)
    refuse(positive_faults("RD", least, Axes(axes.years)))
    refuse(delta_faults(float(np.max(delta_R)), "delta_R"))
    g = (RD[..., -1] / RD[..., 0]) ** (1 / (RD.shape[-1] - 1)) - 1 if growth is None else growth
    if not np.all(g + delta_R > 0):
        said = (
            "g + delta_R không lớn hơn 0 nên vốn tri thức ban đầu sẽ âm.",
            "g + delta_R is not above 0, the first stock of knowledge would be negative.",
        )
        refuse([placed("RD", None, axes.years[0], "K0_UNDEFINED", said)])
    R = np.empty(RD.shape)
    R[..., 0] = RD[..., 0] / (g + delta_R)
    for t in range(1, RD.shape[-1]):
        R[..., t] = (1 - delta_R) * R[..., t - 1] + RD[..., t]
    return R


def knowledge_term(R: Array, *, epsilon: Number) -> Array:
    """Return c_RD,t = ε_R·(ln R_t−1 − ln R_t−2) for every year but the first two, shape (..., years − 2): knowledge works a year later."""
    lagged = np.diff(np.log(R))[..., :-1]
    term: Array = np.asarray(epsilon)[..., np.newaxis] * lagged
    return term


def return_term(RD: Array, R: Array, Y: Array, *, rho: float, delta_R: float = DELTA_R) -> Array:
    """Return c_RD,t = ρ·(RD_t − δ_R·R_t−1)/Y_t, shape (years − 1,): the same term from a gross rate of return ρ.

    Use it when R/Y is small or the series short; with ρ = ε_R·Y/R the two agree to first order, but for the lag.
    """
    return rho * (RD[..., 1:] - delta_R * R[..., :-1]) / Y[..., 1:]


def _contribution(amount: Array, terms: Terms) -> Contribution:
    g_A = np.asarray(terms.g_A)
    return Contribution(
        100 * amount,
        amount / np.where(g_A > 0, g_A, np.nan),
        shares_of(amount, np.asarray(terms.g_Y)),
    )
