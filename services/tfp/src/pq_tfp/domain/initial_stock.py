"""The stock to begin with: five rules, all real, in the prices of the base year.

STEADY K0 = I_1/(g + δ), the stock at the end of the year before the first flow, where it is exact on a path of steady growth
(Harberger 1978); END_OF_FIRST puts the same amount at the end of the first year, as some studies do.
STEADY_N the same with g and I_1 from the fitted trend ln I = a + g·t over the first n years (in the manner of Berlemann and
Wesselhöft 2014, Review of Economics 65, 1–34); the preferred default.
FIXED_RATIO K0 = I_1/0.10 at the end of the first year (Zhang, Wu and Zhang 2004, Economic Research Journal 10, for Chinese provinces).
KY K0 = κ·Y_0 with κ from 1.5 to 3.5. BENCH a census or survey value, deflated.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pq_tfp.domain.axes import Axes, axes_faults, placed, positive_faults, refuse, shape_faults
from pq_tfp.domain.series import Array

At = Literal["BEFORE_FIRST", "END_OF_FIRST"]
FIXED_RATIO = 0.10
SMALLEST_TREND = 3
KY_RANGE = (1.5, 3.5)


@dataclass(frozen=True, slots=True)
class InitialStock:
    """K0 at the end of ``year``: a number, or an array of shape (units,)."""

    K0: float | Array
    year: int
    method: str


def steady(
    investment: Array,
    axes: Axes,
    *,
    growth: float | Array,
    delta: float,
    at: At = "BEFORE_FIRST",
) -> InitialStock:
    """Return I_1/(g + δ) for the end of the year before ``axes`` begins; ``growth`` a fraction per year.

    Raises SeriesRefused with K0_UNDEFINED when g + δ ≤ 0: the stock would be negative.
    """
    _check(investment, axes, minimum=1)
    g = np.broadcast_to(growth, investment.shape[:-1])
    return InitialStock(_steady(investment[..., 0], axes, g, delta), _year(axes, at), "STEADY")


def steady_trend(
    investment: Array, axes: Axes, *, delta: float, n: int = 5, at: At = "BEFORE_FIRST"
) -> InitialStock:
    """Return the steady-state stock with g and the first flow read off the log trend of the first ``n`` years.

    Raises SeriesRefused: fewer than 3 years, a flow of the trend that is not above 0, or K0_UNDEFINED.
    """
    _check(
        investment,
        Axes(axes.years[:n], axes.units),
        minimum=SMALLEST_TREND,
        whole=investment[..., :n],
    )
    logs = np.log(investment[..., :n])
    t = np.arange(logs.shape[-1]) - (logs.shape[-1] - 1) / 2
    slope = (logs * t).sum(axis=-1) / (t * t).sum()
    first = np.exp(logs.mean(axis=-1) + slope * t[0])
    # A slope of logs is a log rate; the formula wants the discrete one.
    K0 = _steady(first, axes, np.expm1(slope), delta)
    return InitialStock(K0, _year(axes, at), "STEADY_N")


def fixed_ratio(investment: Array, axes: Axes, *, ratio: float = FIXED_RATIO) -> InitialStock:
    """Return I_1/ratio for the end of the first year. For comparison with older studies only. Raises SeriesRefused."""
    _check(investment, axes, minimum=1)
    return InitialStock(investment[..., 0] / ratio, axes.years[0], "FIXED_RATIO")


def capital_output(Y0: float | Array, *, kappa: float, year: int) -> InitialStock:
    """Return κ·Y_0 for the end of ``year``; use it when the history of investment is short. Raises SeriesRefused for κ outside 1.5–3.5."""
    low, high = KY_RANGE
    if not low <= kappa <= high:
        said = (
            f"kappa = {kappa:g}; hệ số vốn trên sản lượng phải từ {low:g} đến {high:g}.",
            f"kappa = {kappa:g}; a capital-output ratio from {low:g} to {high:g} is needed.",
        )
        refuse([placed("kappa", None, None, "kappa_outside_range", said)])
    return _positive(kappa * np.asarray(Y0, dtype=np.float64), year, "KY")


def benchmark(K0: float | Array, *, year: int) -> InitialStock:
    """Return a census or survey value as it is, already deflated. Raises SeriesRefused unless above 0."""
    return _positive(np.asarray(K0, dtype=np.float64), year, "BENCH")


def _positive(K0: Array, year: int, method: str) -> InitialStock:
    if not np.all(np.isfinite(K0) & (K0 > 0)):
        said = (
            f"K0 năm {year} phải lớn hơn 0.",
            f"K0 in {year} must be above 0.",
        )
        refuse([placed("K0", None, year, "level_not_positive", said)])
    return InitialStock(K0, year, method)


def _check(investment: Array, axes: Axes, *, minimum: int, whole: Array | None = None) -> None:
    seen = investment if whole is None else whole
    refuse(axes_faults(axes, minimum=minimum) or shape_faults({"I": seen}, axes.shape))
    used = seen if whole is not None else seen[..., :1]
    refuse(positive_faults("I", used, Axes(axes.years[: used.shape[-1]], axes.units)))


def _year(axes: Axes, at: At) -> int:
    return axes.years[0] - 1 if at == "BEFORE_FIRST" else axes.years[0]


def _steady(first: Array, axes: Axes, growth: Array, delta: float) -> Array:
    bad = ~(growth + delta > 0)
    start = Axes(axes.years[:1], axes.units)
    refuse(
        [
            placed(
                "K0", unit, year, "K0_UNDEFINED",
                (
                    f"g + delta = {growth[position[:-1]] + delta:.4f} không lớn hơn 0 nên K0 sẽ âm; hãy dùng STEADY_N hoặc KY.",
                    f"g + delta = {growth[position[:-1]] + delta:.4f} is not above 0, K0 would be negative; use STEADY_N or KY.",
                ),
            )
            for position, unit, year in start.where(bad[..., np.newaxis])
        ]
    )  # fmt: skip
    return first / (growth + delta)
