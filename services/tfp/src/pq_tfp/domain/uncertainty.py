"""How sure a TFP figure is: Monte Carlo over what the figures leave open, all draws at once.

α ~ N(α̂, 0.03) cut to (0.2, 0.8); δ ~ U(0.04, 0.08); K0 times a lognormal(0, 0.35); deflator error of output growth N(0, 0.3 points) and
employment error N(0, 0.5 points) a year; draws independent. The widths are judgement, editable, and stored with the result.
Fixed seed: the same inputs give the same band on every machine to 10 digits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pq_common.errors import FieldError
from pq_tfp.domain.accounting import SMALL_GROWTH
from pq_tfp.domain.axes import (
    Axes,
    axes_faults,
    finite_faults,
    placed,
    positive_faults,
    refuse,
    shape_faults,
)
from pq_tfp.domain.capital import delta_faults
from pq_tfp.domain.series import LARGEST_SHARE, Array
from pq_tfp.domain.sharing import shares_of

DRAWS = 10_000
SEED = 20_220_411
LOW, HIGH = 5.0, 95.0
FEWEST_VALID = 0.5
"""Below half of the draws carrying a share, a probability would speak of the rest only."""
NARROWEST = 0.01
"""Between narrower bounds of α hardly any draw would fall, and redrawing would not end."""
Verdict = Literal["met", "not met", "not decidable"]


@dataclass(frozen=True, slots=True)
class Widths:
    """The widths of the draws: standard deviations, (low, high) and, for ε_R, (low, mode, high); growth errors as fractions."""

    alpha_sd: float = 0.03
    alpha_bounds: tuple[float, float] = (0.2, 0.8)
    delta: tuple[float, float] = (0.04, 0.08)
    K0_log_sd: float = 0.35
    output_sd: float = 0.003
    labour_sd: float = 0.005
    epsilon_R: tuple[float, float, float] = (0.02, 0.06, 0.10)
    delta_R: tuple[float, float] = (0.10, 0.20)
    RD_error: float = 0.20


@dataclass(frozen=True, slots=True)
class Case:
    """One place: Y and L above 0, shape (years,); real investment and α of every year but the first, (years − 1,); K0 at the end of the first.

    Capital grows by the stock at the end of the year (timing END).
    """

    axes: Axes
    Y: Array
    L: Array
    investment: Array
    alpha: Array
    K0: float
    delta: float


@dataclass(frozen=True, slots=True)
class Draws:
    """One entry a draw, shape (draws,): compound rates of the period as fractions, the share as a fraction or NaN where it has none."""

    g_Y: Array
    g_K: Array
    g_L: Array
    g_A: Array
    growth_share_A: Array
    alpha: Array


@dataclass(frozen=True, slots=True)
class Band:
    """Median and 5–95 % band."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True)
class TargetCheck:
    """What a target meets: the verdict, the probability that the share reaches it, the band, and the part of draws with a share."""

    verdict: Verdict
    probability: float
    band: Band
    valid: float
    reason: str | None


def implied_investment(K: Array, delta: float) -> Array:
    """Return I_t = K_t − (1 − δ)·K_t−1, so that a declared stock can be redrawn with another δ and K0."""
    return K[1:] - (1 - delta) * K[:-1]


def capital_path(investment: Array, *, K0: Array, delta: Array) -> Array:
    """Return K of shape (draws, years) by PIM, END, from first stocks and rates of shape (draws,) and common flows (years − 1,)."""
    K = np.empty((len(K0), len(investment) + 1))
    K[:, 0] = K0
    for t, flow in enumerate(investment):
        K[:, t + 1] = (1 - delta) * K[:, t] + flow
    return K


def simulate(
    case: Case, widths: Widths | None = None, *, draws: int = DRAWS, seed: int = SEED
) -> Draws:
    """Return draws of the official account of the whole period: compound rates, period mean of α. Raises SeriesRefused."""
    w = widths or Widths()
    refuse(_faults(case, w))
    random = np.random.default_rng(seed)
    n, years = draws, len(case.axes.years) - 1
    centre = float(case.alpha.mean())
    alpha = _truncated(random, centre, w.alpha_sd, w.alpha_bounds, n)
    delta = random.uniform(*w.delta, n)
    K0 = case.K0 * np.exp(random.normal(0, w.K0_log_sd, n))
    error_Y = random.normal(0, w.output_sd, (n, years))
    error_L = random.normal(0, w.labour_sd, (n, years))
    K = capital_path(case.investment, K0=K0, delta=delta)
    g_Y = _compound(case.Y[1:] / case.Y[:-1] + error_Y)
    g_L = _compound(case.L[1:] / case.L[:-1] + error_L)
    lasting = np.where((K > 0).all(axis=1), K[:, -1], np.nan)
    g_K = (lasting / K0) ** (1 / years) - 1
    g_A = g_Y - alpha * g_K - (1 - alpha) * g_L
    return Draws(g_Y, g_K, g_L, g_A, shares_of(g_A, g_Y, small=SMALL_GROWTH), alpha)


def band(values: Array) -> Band:
    """Return median and 5–95 % of the draws that are numbers; NaN when there is none."""
    known = values[np.isfinite(values)]
    if not known.size:
        return Band(np.nan, np.nan, np.nan)
    low, mid, high = np.percentile(known, [LOW, 50.0, HIGH]).tolist()
    return Band(low, mid, high)


def bands(drawn: Draws) -> Mapping[str, Band]:
    """Return the band of each rate in percentage points, and of the share of growth as a fraction."""
    rates = {name: band(100 * getattr(drawn, name)) for name in ("g_Y", "g_K", "g_L", "g_A")}
    return {**rates, "growth_share_A": band(drawn.growth_share_A)}


def check_target(share: Array, target: float) -> TargetCheck:
    """Return whether the drawn shares of growth reach ``target``, a fraction: not decidable while it lies inside the 5–95 % band.

    Raises SeriesRefused for a target in percent.
    """
    if not 0 < target <= LARGEST_SHARE:
        hint = f" {target / 100:g}?" if target > LARGEST_SHARE else ""
        said = (
            f"Chỉ tiêu là {target:g}; cần một phần của 1.{hint}",
            f"The target is {target:g}; a fraction is needed.{hint}",
        )
        refuse([placed("target", None, None, "target_not_a_fraction", said)])
    known = share[np.isfinite(share)]
    valid = known.size / share.size
    found = band(known)
    if valid < FEWEST_VALID:
        return TargetCheck("not decidable", np.nan, found, valid, "GROWTH_TOO_SMALL_IN_MOST_DRAWS")
    probability = float((known >= target).mean())
    if target <= found.low:
        return TargetCheck("met", probability, found, valid, None)
    if target > found.high:
        return TargetCheck("not met", probability, found, valid, None)
    return TargetCheck("not decidable", probability, found, valid, "TARGET_INSIDE_BAND")


def width_faults(w: Widths) -> list[FieldError]:
    """Name each range of the draws whose ends are in the wrong order, too close, or outside what the quantity can be."""
    low, high = w.alpha_bounds
    least, mode, most = w.epsilon_R
    wrong = {
        "alpha_bounds": not (low > 0 and low + NARROWEST <= high < 1),
        "delta": not 0 <= w.delta[0] <= w.delta[1] < 1,
        "delta_R": not 0 < w.delta_R[0] <= w.delta_R[1] < 1,
        "epsilon_R": not (least <= mode <= most and least < most),
    }
    return [
        placed(
            name, None, None, "width_wrong",
            (f"{name}: cần khoảng tăng dần trong giới hạn cho phép.", f"{name}: an ascending range inside its bounds is needed."),
        )
        for name, is_wrong in wrong.items()
        if is_wrong
    ]  # fmt: skip


def _compound(ratios: Array) -> Array:
    # A drawn error can swallow what is left of a collapsed level: such a draw has no rate.
    known = np.where(ratios > 0, ratios, np.nan)
    rate: Array = np.exp(np.log(known).mean(axis=1)) - 1
    return rate


def _truncated(
    random: np.random.Generator, mean: float, sd: float, bounds: tuple[float, float], n: int
) -> Array:
    """Redraw what falls outside: exact, and short as long as the mean lies inside, which is checked before."""
    values = random.normal(mean, sd, n)
    outside: NDArray[np.bool_] = (values <= bounds[0]) | (values >= bounds[1])
    while outside.any():
        values[outside] = random.normal(mean, sd, int(outside.sum()))
        outside = (values <= bounds[0]) | (values >= bounds[1])
    return values


def _faults(case: Case, w: Widths) -> list[FieldError]:
    later = case.axes.growth()
    found = axes_faults(case.axes) or shape_faults(
        {"Y": case.Y, "L": case.L}, case.axes.shape
    ) + shape_faults({"I": case.investment, "alpha": case.alpha}, later.shape)
    if found:
        return found
    for name in ("Y", "L"):
        found += positive_faults(name, getattr(case, name), case.axes)
    found += finite_faults("I", case.investment, later) + delta_faults(case.delta)
    found += positive_faults("K0", np.array([case.K0]), Axes(case.axes.years[:1]))
    low, high = w.alpha_bounds
    if not low < case.alpha.mean() < high:
        said = (
            f"alpha trung bình là {case.alpha.mean():g}; cần trong ({low:g}, {high:g}).",
            f"The mean alpha is {case.alpha.mean():g}; it must lie in ({low:g}, {high:g}).",
        )
        found.append(placed("alpha", None, None, "alpha_outside_bounds", said))
    return found
