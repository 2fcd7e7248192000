"""Growth accounting as official statistics do it: engine ``VN-OFFICIAL``.

G_A = G_Y − α·G_K − β·G_L on discrete rates, α + β = 1. Source: national statistical indicator metadata, "Tốc độ tăng năng suất
các nhân tố tổng hợp (TFP)" and "Tỷ trọng đóng góp của các yếu tố vốn, lao động, TFP vào tốc độ tăng trưởng chung".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pq_common.errors import FieldError
from pq_tfp.domain.errors import SeriesRefused, fault
from pq_tfp.domain.series import Array, Yearly, common_years, level_faults, levels, share_faults

ENGINE = "VN-OFFICIAL"
METHOD_VERSION = "1"
SMALL_GROWTH = 0.005
"""Growth below half a percentage point carries no share: the quotient explodes."""
ROUNDING = 1e-12
"""1005/1000 − 1 is half a point, and comes out of a division a little below it."""
SUM_TOLERANCE = 1e-6
INVESTMENT_LIKE_SWING = 0.3


@dataclass(frozen=True, slots=True)
class Inputs:
    """Y, K, L by year, levels above 0 in constant prices or persons; ``alpha`` and ``beta`` fractions by year.

    The share of a year weighs the growth from the year before to it.
    """

    Y: Yearly
    K: Yearly
    L: Yearly
    alpha: Yearly
    beta: Yearly


@dataclass(frozen=True, slots=True)
class Growth:
    """Arrays of shape (years − 1,), one entry per growth year. Rates are fractions, contributions percentage points.

    ``growth_share_A`` is NaN where ``reasons`` says why.
    """

    years: tuple[int, ...]
    g_Y: Array
    g_K: Array
    g_L: Array
    g_A: Array
    alpha: Array
    beta: Array
    contribution_K: Array
    contribution_L: Array
    contribution_A: Array
    growth_share_K: Array
    growth_share_L: Array
    growth_share_A: Array
    reasons: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class PeriodGrowth:
    """One period: compound rates per year, period means of the shares, shares of growth as ratios of period quantities."""

    first_year: int
    last_year: int
    g_Y: float
    g_K: float
    g_L: float
    g_A: float
    alpha: float
    beta: float
    growth_share_K: float | None
    growth_share_L: float | None
    growth_share_A: float | None
    g_LP: float
    reason: str | None


def faults(inputs: Inputs) -> list[FieldError]:
    """List every reason why these inputs cannot be computed with."""
    years = common_years({"Y": inputs.Y, "K": inputs.K, "L": inputs.L})
    found: list[FieldError] = []
    for name in ("Y", "K", "L"):
        found += level_faults(name, getattr(inputs, name), years)
    growth_years = years[1:]
    for name in ("alpha", "beta"):
        shares = getattr(inputs, name)
        found += share_faults(name, shares, growth_years)
        found += [
            fault(name, year, "year_missing", f"{name} thiếu năm {year}.", f"{name} lacks {year}.")
            for year in growth_years
            if year not in shares
        ]
    if found:
        return found
    return [
        fault(
            "beta", year, "shares_do_not_sum_to_one",
            f"Năm {year}: alpha + beta = {total:.6f}; phải bằng 1.",
            f"In {year} alpha + beta = {total:.6f}; it must be 1.",
        )
        for year in growth_years
        if abs((total := inputs.alpha[year] + inputs.beta[year]) - 1) > SUM_TOLERANCE
    ]  # fmt: skip


def warnings_of(inputs: Inputs) -> tuple[str, ...]:
    """Return codes of what is suspicious but allowed: ``K_LOOKS_LIKE_INVESTMENT``."""
    years = common_years({"Y": inputs.Y, "K": inputs.K, "L": inputs.L})
    capital = levels(inputs.K, years)
    swings = np.abs(np.diff(capital) / capital[:-1])
    return ("K_LOOKS_LIKE_INVESTMENT",) if bool(np.any(swings > INVESTMENT_LIKE_SWING)) else ()


def why_no_share(growth: float) -> str | None:
    """Return why growth of this size has no shares, or None when it has."""
    if growth < 0:
        return "NEGATIVE_GROWTH"
    return "GROWTH_TOO_SMALL" if growth < SMALL_GROWTH - ROUNDING else None


def _rates(series: Yearly, years: Sequence[int]) -> Array:
    values = levels(series, years)
    return values[1:] / values[:-1] - 1


def account(inputs: Inputs) -> Growth:
    """Return the accounting of every year but the first. Raises SeriesRefused with all faults."""
    found = faults(inputs)
    if found:
        raise SeriesRefused.because(found)
    years = common_years({"Y": inputs.Y, "K": inputs.K, "L": inputs.L})
    g_Y, g_K, g_L = (_rates(series, years) for series in (inputs.Y, inputs.K, inputs.L))
    alpha, beta = levels(inputs.alpha, years[1:]), levels(inputs.beta, years[1:])
    part_K, part_L = alpha * g_K, beta * g_L
    g_A = g_Y - part_K - part_L
    reasons = tuple(why_no_share(float(rate)) for rate in g_Y)
    shown = np.array([reason is None for reason in reasons])
    denominator = np.where(shown, g_Y, np.nan)
    return Growth(
        years=tuple(years[1:]),
        g_Y=g_Y, g_K=g_K, g_L=g_L, g_A=g_A, alpha=alpha, beta=beta,
        contribution_K=100 * part_K, contribution_L=100 * part_L, contribution_A=100 * g_A,
        growth_share_K=part_K / denominator, growth_share_L=part_L / denominator,
        growth_share_A=g_A / denominator,
        reasons=reasons,
    )  # fmt: skip


def _compound(series: Yearly, first: int, last: int) -> float:
    return float((series[last] / series[first]) ** (1 / (last - first)) - 1)


def account_period(inputs: Inputs, first_year: int, last_year: int) -> PeriodGrowth:
    """Return the accounting of growth from ``first_year`` to ``last_year``, from end points, never a mean of yearly shares.

    Source: Tăng Văn Khiên's variant: mean annual rates, period means of α and β. Raises SeriesRefused.
    """
    grown = account(inputs)
    if not (grown.years[0] - 1 <= first_year < last_year <= grown.years[-1]):
        raise SeriesRefused.because(
            [
                fault(
                    "period", None, "period_outside_series",
                    f"Giai đoạn {first_year}-{last_year} nằm ngoài số liệu {grown.years[0] - 1}-{grown.years[-1]}.",
                    f"The period {first_year}-{last_year} lies outside the data {grown.years[0] - 1}-{grown.years[-1]}.",
                )
            ]
        )  # fmt: skip
    inside = [first_year < year <= last_year for year in grown.years]
    alpha, beta = float(np.mean(grown.alpha[inside])), float(np.mean(grown.beta[inside]))
    g_Y, g_K, g_L = (
        _compound(series, first_year, last_year) for series in (inputs.Y, inputs.K, inputs.L)
    )
    g_A = g_Y - alpha * g_K - beta * g_L
    reason = why_no_share(g_Y)

    def share(part: float) -> float | None:
        return None if reason else part / g_Y

    return PeriodGrowth(
        first_year=first_year, last_year=last_year, g_Y=g_Y, g_K=g_K, g_L=g_L, g_A=g_A,
        alpha=alpha, beta=beta, growth_share_K=share(alpha * g_K), growth_share_L=share(beta * g_L),
        growth_share_A=share(g_A), g_LP=(1 + g_Y) / (1 + g_L) - 1, reason=reason,
    )  # fmt: skip
