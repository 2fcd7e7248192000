"""What capital is computed from, over HTTP: investment by asset, deflators, first stocks."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from pq_tfp.api.compute.shapes import Asked, Finite, PriceBasis, Series, ShortText, yearly
from pq_tfp.api.compute.units import placed_in
from pq_tfp.domain import capital, initial_stock
from pq_tfp.domain.axes import Axes, placed, refuse
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.initial_stock import InitialStock
from pq_tfp.domain.series import Array, gap_faults, level_faults


class FirstStock(Asked):
    """The stock to begin with: STEADY I/(g+δ), STEADY_N with g of the trend of n years, FIXED_RATIO I/ratio, KY κ·Y0, BENCH a told value."""

    method: Literal["STEADY", "STEADY_N", "FIXED_RATIO", "KY", "BENCH"] = "STEADY_N"
    growth: Finite | None = Field(
        default=None, description="STEADY: growth of investment a year, a fraction"
    )
    n: Annotated[int, Field(ge=3, le=50)] = 5
    at: Literal["BEFORE_FIRST", "END_OF_FIRST"] = "BEFORE_FIRST"
    ratio: Annotated[Finite, Field(gt=0)] = initial_stock.FIXED_RATIO
    Y0: Finite | None = Field(
        default=None, description="KY: output of the year, at the same prices"
    )
    kappa: Finite | None = Field(default=None, description="KY: capital over output, 1.5 to 3.5")
    value: Finite | None = Field(
        default=None, description="BENCH: the stock at the end of the year, deflated"
    )
    year: Annotated[int, Field(ge=1900, le=2099)] | None = Field(
        default=None, description="KY, BENCH"
    )


class AssetAsked(Asked):
    """One asset: investment by year, its price index where it is nominal, and how it wears out."""

    I: Series  # noqa: E741 - the symbol of the method
    P_I: Series | None = Field(default=None, description="Price index; with it I is nominal")
    delta: Finite = Field(description="Depreciation a year, a fraction")
    timing: Literal["END", "MID"] = "END"
    K0: FirstStock = FirstStock()


class StockAsked(Asked):
    """What all assets share."""

    price_basis: PriceBasis = Field(
        description="Of I: `current` needs P_I and base_year; else `constant-YYYY`"
    )
    base_year: Annotated[int, Field(ge=1900, le=2099)] | None = None
    rebase_to: Annotated[int, Field(ge=1900, le=2099)] | None = Field(
        default=None,
        description="Another base year: the whole stock is multiplied by P_I of that year",
    )
    assets: Annotated[dict[ShortText, AssetAsked], Field(min_length=1, max_length=50)]


def stock_of(name: str, asked: AssetAsked, told: StockAsked) -> capital.Stock:
    """Return the stock of one asset in the prices that are asked for. Raises SeriesRefused; pointers begin with the asset."""
    try:
        years = _years(asked)
        axes = Axes(years)
        nominal = np.array([asked.I[str(year)] for year in years])
        real, base = _real(nominal, asked, told, axes)
        stock = capital.accumulate(
            real, axes, start=_start(real, axes, asked), delta=asked.delta, timing=asked.timing
        )
        return (
            stock
            if told.rebase_to is None
            else capital.rebased(stock, _relative(asked, told.rebase_to, base))
        )
    except SeriesRefused as refusal:
        raise SeriesRefused.because([placed_in(fault, name) for fault in refusal.errors]) from None


def prices(asked: AssetAsked, years: tuple[int, ...]) -> Array:
    """Return the price index of these years. Raises SeriesRefused where it is missing."""
    told = yearly(asked.P_I or {})
    refuse(gap_faults("P_I", told, years))
    return np.array([told[year] for year in years])


def _years(asked: AssetAsked) -> tuple[int, ...]:
    told = yearly(asked.I)
    if not told:
        refuse([placed("I", None, None, "series_empty", ("I không có năm nào.", "I has no year."))])
    years = tuple(range(min(told), max(told) + 1))
    refuse(gap_faults("I", told, years))
    return years


def _real(
    nominal: Array, asked: AssetAsked, told: StockAsked, axes: Axes
) -> tuple[Array, int | None]:
    if told.price_basis == "current":
        if asked.P_I is None or told.base_year is None:
            said = (
                "I theo giá hiện hành cần P_I và base_year.",
                "I at current prices needs P_I and base_year.",
            )
            refuse([placed("P_I", None, None, "deflator_missing", said)])
        return nominal / _deflator(asked, told.base_year or 0, axes), told.base_year
    if told.price_basis == "chained":
        said = (
            "I theo chuỗi không cộng được; dùng giá so sánh cố định.",
            "Chained I does not add up; use fixed-base prices.",
        )
        refuse([placed("I", None, None, "not_additive", said)])
    return nominal, int(told.price_basis[-4:])


def _deflator(asked: AssetAsked, base: int, axes: Axes) -> Array:
    told = yearly(asked.P_I or {})
    refuse(level_faults("P_I", told, sorted(told)))
    if base not in told:
        said = (f"Chỉ số giá thiếu năm gốc {base}.", f"The price index lacks the base year {base}.")
        refuse([placed("P_I", None, base, "base_year_missing", said)])
    return prices(asked, axes.years) / told[base]


def _relative(asked: AssetAsked, to: int, base: int | None) -> float:
    told = yearly(asked.P_I or {})
    absent = [year for year in (base, to) if year not in told]
    said = (
        "cần chỉ số giá của cả năm gốc cũ và mới.",
        "the price index of both base years is needed.",
    )
    refuse([placed("P_I", None, year, "base_year_missing", said) for year in absent])
    return told[to] / told[base or to]


def _start(real: Array, axes: Axes, asked: AssetAsked) -> InitialStock:
    first, year = asked.K0, asked.K0.year
    match first.method:
        case "STEADY":
            growth = _needed("growth", first.growth)
            return initial_stock.steady(real, axes, growth=growth, delta=asked.delta, at=first.at)
        case "STEADY_N":
            return initial_stock.steady_trend(real, axes, delta=asked.delta, n=first.n, at=first.at)
        case "FIXED_RATIO":
            return initial_stock.fixed_ratio(real, axes, ratio=first.ratio)
        case "KY":
            kappa, Y0 = _needed("kappa", first.kappa), _needed("Y0", first.Y0)
            return initial_stock.capital_output(Y0, kappa=kappa, year=year or axes.years[0])
        case _:
            return initial_stock.benchmark(
                _needed("value", first.value), year=year or axes.years[0]
            )


def _needed(field: str, value: float | None) -> float:
    if value is None:
        said = (f"Phương pháp K0 này cần {field}.", f"This rule for K0 needs {field}.")
        refuse([placed(field, None, None, "series_missing", said)])
    return value or 0.0
