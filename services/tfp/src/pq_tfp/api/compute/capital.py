"""Capital over HTTP: stocks by asset, and the services they give."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pq_tfp.api.compute.capital_assets import AssetAsked, StockAsked, prices, stock_of
from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.engine import Engine, Route
from pq_tfp.api.compute.identities import hold
from pq_tfp.api.compute.shapes import (
    Asked,
    Cell,
    Contract,
    Finite,
    Series,
    ShortText,
    by_year,
    noticed,
    yearly,
)
from pq_tfp.api.compute.units import each_named
from pq_tfp.domain import capital, user_cost
from pq_tfp.domain.axes import Axes, Notice, placed, refuse
from pq_tfp.domain.capital import Stock
from pq_tfp.domain.series import gap_faults, levels
from pq_tfp.domain.user_cost import Assets, Services, UserCosts

METHOD_VERSION = "1"
EXAMPLE: Any = {
    "price_basis": "constant-2010",
    "assets": {
        "buildings": {
            "I": {"2018": 20.0, "2019": 21.0, "2020": 22.5, "2021": 24.0, "2022": 25.0},
            "P_I": {"2018": 1.0, "2019": 1.02, "2020": 1.04, "2021": 1.06, "2022": 1.09},
            "delta": 0.025,
        },
        "ICT": {
            "I": {"2018": 3.0, "2019": 3.4, "2020": 4.0, "2021": 4.7, "2022": 5.4},
            "P_I": {"2018": 1.0, "2019": 0.97, "2020": 0.95, "2021": 0.93, "2022": 0.9},
            "delta": 0.3,
            "timing": "MID",
        },
    },
    "services": {"rate": "EXOGENOUS", "real_rate": 0.04, "groups": {"ICT": ["ICT"]}},
}


class ServicesAsked(Asked):
    """Capital services: user costs at the rate that exhausts CAP, or at a real rate from outside; prices are P_I of each asset."""

    rate: Literal["EX_POST", "EXOGENOUS"] = "EXOGENOUS"
    real_rate: Annotated[Finite, Field(gt=-0.5, lt=1)] = 0.04
    CAP: Series | None = Field(
        default=None, description="EX_POST: capital income at current prices"
    )
    on_negative: Literal["EXOGENOUS", "KEEP"] = "EXOGENOUS"
    in_use: Literal["AVERAGE", "END"] = Field(
        default="AVERAGE", description="The stock in use in a year"
    )
    share_K: Series | None = Field(
        default=None, description="Two-period mean share of capital, for contributions by group"
    )
    groups: dict[ShortText, list[ShortText]] = Field(default={}, description="E.g. ICT: its assets")


class CapitalRequest(StockAsked):
    """Investment by asset, real or with its price index, and how capital is made from it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    engine: Literal["PIM"] = "PIM"
    services: ServicesAsked | None = None


class AssetOut(BaseModel):
    """One asset at the end of each year; ``K_average`` is the mean of a year's beginning and end, ``memory`` the fraction still K0."""

    K: dict[str, Cell]
    K_average: dict[str, Cell]
    I: dict[str, Cell]  # noqa: E741 - the symbol of the method
    memory: dict[str, Cell]
    K0: float
    K0_year: int
    K0_method: str
    delta: float
    timing: str


class ServicesOut(BaseModel):
    """Log growth of services, of the plain stock, and of quality, their difference; by asset the user cost, weight and part."""

    rate: str
    in_use: str
    r: dict[str, Cell]
    exhausts_CAP: dict[str, bool]
    u: dict[str, dict[str, Cell]]
    dln_K: dict[str, Cell]
    dln_stock: dict[str, Cell]
    dln_KQ: dict[str, Cell]
    weight: dict[str, dict[str, Cell]]
    part: dict[str, dict[str, Cell]]
    contribution: dict[str, dict[str, Cell]]


class CapitalAnswer(Contract):
    """Stocks at constant prices by asset, their sum over the years all have, and services where they were asked for."""

    assets: dict[str, AssetOut]
    K: dict[str, Cell]
    services: ServicesOut | None


def compute(told: CapitalRequest, tell: Tell) -> CapitalAnswer:
    """Compute every stock, their sum and their services. Raises SeriesRefused naming field, asset and year."""
    stocks = each_named(told.assets, lambda name, asset: stock_of(name, asset, told))
    total = _total(stocks)
    base = told.rebase_to or told.base_year or int(told.price_basis[-4:])
    found, notices = _services(stocks, told)
    own = [Notice(n.code, n.field, name, n.year) for name, s in stocks.items() for n in s.notices]
    methods = {
        name: {"delta": s.delta, "K0_method": s.K0_method, "timing": s.timing}
        for name, s in stocks.items()
    }
    return CapitalAnswer(
        engine="PIM", method_version=METHOD_VERSION, price_basis=f"constant-{base}", base_year=base,
        capital_method=methods, assets={name: _asset(stock) for name, stock in stocks.items()},
        K=total, services=found, **noticed([*own, *notices]),
    )  # fmt: skip


def _total(stocks: Mapping[str, Stock]) -> dict[str, Cell]:
    first = max(stock.axes.years[0] for stock in stocks.values())
    last = min(stock.axes.years[-1] for stock in stocks.values())
    if first > last:
        said = ("Các tài sản không có năm chung.", "The assets share no year.")
        refuse([placed("I", None, None, "years_differ", said)])
    years = range(first, last + 1)
    return {str(y): float(sum(s.K[s.axes.years.index(y)] for s in stocks.values())) for y in years}


def _asset(stock: Stock) -> AssetOut:
    years = stock.axes.years
    return AssetOut(
        K=by_year(stock.K, years), K_average=by_year(capital.year_average(stock.K), years[1:]),
        I=by_year(stock.investment, years[1:]), memory=by_year(stock.memory, years),
        K0=float(stock.K[0]), K0_year=years[0], K0_method=stock.K0_method, delta=stock.delta, timing=stock.timing,
    )  # fmt: skip


def _services(
    stocks: Mapping[str, Stock], told: CapitalRequest
) -> tuple[ServicesOut | None, tuple[Notice, ...]]:
    asked = told.services
    if asked is None:
        return None, ()
    assets = _in_use(stocks, told.assets, asked)
    costs = _user_costs(assets, asked)
    found = user_cost.services(assets.S[:, 1:], costs.u, costs.axes)
    hold("assets sum to services", found.dln_K, list(found.part))
    years, later = costs.axes.years, found.axes.years
    units = assets.axes.units
    return ServicesOut(
        rate=asked.rate, in_use=asked.in_use, r=by_year(costs.r, years),
        exhausts_CAP={str(y): bool(e) for y, e in zip(years, costs.exhausts, strict=True)},
        u={name: by_year(costs.u[i], years) for i, name in enumerate(units)},
        dln_K=by_year(found.dln_K, later), dln_stock=by_year(found.dln_stock, later),
        dln_KQ=by_year(found.dln_KQ, later),
        weight={name: by_year(found.weight[i], later) for i, name in enumerate(units)},
        part={name: by_year(found.part[i], later) for i, name in enumerate(units)},
        contribution=_contributions(found, asked),
    ), costs.notices  # fmt: skip


def _in_use(
    stocks: Mapping[str, Stock], asked: Mapping[str, AssetAsked], told: ServicesAsked
) -> Assets:
    spans = {name: stock.axes.years[1:] for name, stock in stocks.items()}
    years = tuple(sorted(set.intersection(*(set(span) for span in spans.values()))))
    if len(years) < 3:
        said = (
            f"Có {len(years)} năm chung; cần ít nhất 3.",
            f"There are {len(years)} years in common; 3 are needed.",
        )
        refuse([placed("I", None, None, "years_too_few", said)])

    def used(stock: Stock) -> np.ndarray:
        K = stock.K[1:] if told.in_use == "END" else capital.year_average(stock.K)
        return K[[stock.axes.years[1:].index(year) for year in years]]

    p = each_named(asked, lambda _name, asset: prices(asset, years))
    return Assets(
        Axes(years, tuple(stocks)), np.array([used(stock) for stock in stocks.values()]),
        np.array(list(p.values())), np.array([stock.delta for stock in stocks.values()]),
    )  # fmt: skip


def _user_costs(assets: Assets, asked: ServicesAsked) -> UserCosts:
    if asked.rate == "EXOGENOUS":
        return user_cost.exogenous(assets, real_rate=asked.real_rate)
    told, years = yearly(asked.CAP or {}), assets.axes.years[1:]
    refuse(gap_faults("CAP", told, years))
    return user_cost.ex_post(
        assets, levels(told, years), real_rate=asked.real_rate, on_negative=asked.on_negative
    )


def _contributions(found: Services, asked: ServicesAsked) -> dict[str, dict[str, Cell]]:
    refuse(user_cost.group_faults(asked.groups, found.axes.units))
    if asked.share_K is None:
        return {}
    told, years = yearly(asked.share_K), found.axes.years
    refuse(gap_faults("share_K", told, years))
    parts = user_cost.contributions(found, levels(told, years), asked.groups)
    return {name: by_year(values, years) for name, values in parts.items()}


ROUTE = Route(
    name="capital-stock",
    summary="Capital stock and capital services",
    description="Perpetual inventory for each asset with its own depreciation, deflator and first stock; their sum; and services weighed by user costs.",
    engines={"PIM": Engine(asked=CapitalRequest, call=compute)},
    answer=CapitalAnswer,
)
