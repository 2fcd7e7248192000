"""Capital by the perpetual inventory method, for one asset or several, geometric depreciation.

``END``: K_t = (1 − δ)·K_t−1 + I_t. ``MID``: K_t = (1 − δ)·K_t−1 + (1 − δ/2)·I_t, the investment of a year being in use half of it on
average. Source of MID: BEA, Survey of Current Business, box "Basic formulas for the perpetual inventory method".
I is real: nominal flow over the price index of the asset in the base year. K_t stands at the end of year t.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pq_common.errors import FieldError
from pq_tfp.domain.axes import (
    Axes,
    Notice,
    axes_faults,
    finite_faults,
    placed,
    positive_faults,
    refuse,
    shape_faults,
)
from pq_tfp.domain.initial_stock import InitialStock
from pq_tfp.domain.series import Array

Timing = Literal["END", "MID"]
HIGH_MEMORY = 0.2
"""Above this part of the stock that is still the assumed K0, growth says more of the assumption than of investment."""


@dataclass(frozen=True, slots=True)
class Stock:
    """The stock of one asset: K of shape (..., years) at the end of each year of ``axes``, the first being K0.

    ``investment`` (..., years − 1) is the real investment that was added; ``memory`` has the shape of K: the fraction of K that is still K0.
    """

    axes: Axes
    K: Array
    investment: Array
    delta: float
    timing: Timing
    K0_method: str
    memory: Array
    notices: tuple[Notice, ...]


def real_flows(nominal: Array, P_I: Array, axes: Axes, *, base_year: int) -> Array:
    """Return nominal / P_I with the price index rescaled to 1 in ``base_year``. Raises SeriesRefused.

    Shapes ``axes.shape``; a price index above 0. Without the base year in ``axes`` nothing can be rescaled.
    """
    refuse(axes_faults(axes, minimum=1) or shape_faults({"I": nominal, "P_I": P_I}, axes.shape))
    refuse(finite_faults("I", nominal, axes) + positive_faults("P_I", P_I, axes))
    if base_year not in axes.years:
        said = (
            f"Năm gốc {base_year} không có trong chỉ số giá {axes.years[0]}-{axes.years[-1]}.",
            f"The base year {base_year} is not in the price index {axes.years[0]}-{axes.years[-1]}.",
        )
        refuse([placed("P_I", None, base_year, "base_year_missing", said)])
    at = axes.years.index(base_year)
    return nominal / (P_I / P_I[..., at : at + 1])


def accumulate(
    investment: Array,
    axes: Axes,
    *,
    start: InitialStock,
    delta: float,
    timing: Timing = "END",
) -> Stock:
    """Return the stock from the year of ``start`` on; only investment after that year is added.

    ``investment`` real, shape ``axes.shape``, may be negative while K stays above 0 (noted as NEGATIVE_INVESTMENT); ``delta`` a fraction
    per year, 0 ≤ δ < 1. Notes K0_MEMORY_HIGH when K0 is over 20 % of the stock at the end of the first growth year.
    Raises SeriesRefused.
    """
    refuse(axes_faults(axes, minimum=1) or shape_faults({"I": investment}, axes.shape))
    refuse(finite_faults("I", investment, axes) + delta_faults(delta) + _start_faults(start, axes))
    used = Axes((start.year, *(y for y in axes.years if y > start.year)), axes.units)
    added = investment[..., [year > start.year for year in axes.years]]
    weight = 1.0 if timing == "END" else 1 - delta / 2
    K = np.empty((*added.shape[:-1], added.shape[-1] + 1))
    K[..., 0] = start.K0
    for t in range(added.shape[-1]):
        K[..., t + 1] = (1 - delta) * K[..., t] + weight * added[..., t]
    refuse(_exhausted(K, used))
    memory = (1 - delta) ** np.arange(K.shape[-1]) * K[..., :1] / K
    late = np.zeros(K.shape, dtype=bool)
    late[..., 1:2] = memory[..., 1:2] > HIGH_MEMORY
    notices = [
        Notice("NEGATIVE_INVESTMENT", "I", unit, year)
        for _, unit, year in used.growth().where(added < 0)
    ] + [Notice("K0_MEMORY_HIGH", "K0", unit, year) for _, unit, year in used.where(late)]
    return Stock(used, K, added, delta, timing, start.method, memory, tuple(notices))


def rebased(stock: Stock, relative: float) -> Stock:
    """Return the whole stock, K0 and flows included, in the prices of another base year; ``relative`` is P_b / P_a.

    Dividing only the flows leaves K0 in old prices, which spoils decades. Raises SeriesRefused unless relative > 0.
    """
    if not (np.isfinite(relative) and relative > 0):
        said = (
            f"Tỷ lệ giá là {relative:g}; cần một số lớn hơn 0.",
            f"The price relative is {relative:g}; a number above 0 is needed.",
        )
        refuse([placed("P_I", None, None, "level_not_positive", said)])
    return replace(stock, K=stock.K * relative, investment=stock.investment * relative)


def total(stocks: Mapping[str, Stock]) -> Array:
    """Return the sum over assets, shape (..., years); they must share years, units and base year. Raises SeriesRefused."""
    first = next(iter(stocks.values()))
    refuse(
        [
            placed(
                name, None, None, "years_differ",
                (f"Tài sản {name} có năm hoặc đơn vị khác.", f"The asset {name} has other years or units."),
            )
            for name, stock in stocks.items()
            if stock.axes != first.axes
        ]
    )  # fmt: skip
    summed: Array = np.sum([stock.K for stock in stocks.values()], axis=0)
    return summed


def year_average(K: Array) -> Array:
    """Return ½(K_t + K_t−1), the stock in use during a year, one year shorter. Declare it: growth differs from end-of-year K."""
    return (K[..., 1:] + K[..., :-1]) / 2


def delta_faults(delta: float, field: str = "delta") -> list[FieldError]:
    """Refuse a rate outside [0, 1), and say so when it looks like percent."""
    if 0 <= delta < 1:
        return []
    vietnamese = f"{field} = {delta:g}; cần một phần của 1 mỗi năm, từ 0 đến dưới 1"
    english = f"{field} = {delta:g}; a fraction per year from 0 to below 1 is needed"
    if 1 < delta < 100:
        vietnamese += f": có lẽ là phần trăm, hãy viết {delta / 100:g}"
        english += f": this looks like percent, write {delta / 100:g}"
    messages = (vietnamese + ".", english + ".")
    return [placed(field, None, None, "delta_outside_unit_interval", messages)]


def _start_faults(start: InitialStock, axes: Axes) -> list[FieldError]:
    if axes.years[0] - 1 <= start.year <= axes.years[-1]:
        return []
    said = (
        f"K0 của năm {start.year}; cần một năm từ {axes.years[0] - 1} đến {axes.years[-1]}.",
        f"K0 stands in {start.year}; a year from {axes.years[0] - 1} to {axes.years[-1]} is needed.",
    )
    return [placed("K0", None, start.year, "K0_outside_series", said)]


def _exhausted(K: Array, axes: Axes) -> list[FieldError]:
    return [
        placed(
            "K", unit, year, "capital_not_positive",
            (
                f"K cuối năm {year} là {K[position]:g}: đầu tư âm vượt quá vốn còn lại.",
                f"K at the end of {year} is {K[position]:g}: disinvestment exceeds the stock.",
            ),
        )
        for position, unit, year in axes.where(~(K > 0))
    ]  # fmt: skip
