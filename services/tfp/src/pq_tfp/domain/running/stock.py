"""The capital of a run: a declared stock, or one built from investment by perpetual inventory, of the whole and of each part."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from pq_common.errors import FieldError
from pq_tfp.domain import initial_stock as first
from pq_tfp.domain.axes import Axes, Notice, placed, refuse
from pq_tfp.domain.capital import HIGH_MEMORY, accumulate
from pq_tfp.domain.initial_stock import InitialStock
from pq_tfp.domain.running.flows import Flows, Years, assets_of, flows_of
from pq_tfp.domain.running.specification import CapitalChoice
from pq_tfp.domain.running.supply import Level, Supply, constant_faults, summed
from pq_tfp.domain.series import Array, Yearly

ROUNDING: Final = 0.005
"""How far declared assets may be from the declared stock."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset of the whole: its stock at the end of each year, the index of its price, and its rate of depreciation."""

    name: str
    K: Years
    price: Years
    delta: float


@dataclass(frozen=True, slots=True)
class Capital:
    """K by year of the whole and of each part; ``memory`` is what part of the stock is still the assumed first one, by year."""

    whole: Years
    parts: dict[str, Years]
    basis: str | None
    delta: float
    told: dict[str, Any]
    memory: Years
    assets: tuple[Asset, ...]
    notices: tuple[Notice, ...]


def capital_of(supply: Supply, choice: CapitalChoice, Y: Level) -> Capital:
    """Return the capital that ``choice`` asks for, in the prices of ``Y``. Raises SeriesRefused."""
    return (
        _declared(supply, choice) if choice.method == "DECLARED" else _inventory(supply, choice, Y)
    )


def _declared(supply: Supply, choice: CapitalChoice) -> Capital:
    names = [""] if supply.has("K") or not supply.items("K") else list(supply.items("K"))
    refuse(supply.missing(("K", name) for name in names))
    levels = [supply.level("K", name) for name in names]
    whole = summed([one.whole for one in levels])
    parts = {part: summed([one.parts[part] for one in levels]) for part in supply.parts}
    told = {
        "method": "DECLARED", "delta": choice.rate, "K0_method": None, "timing": None,
        "in_use": choice.in_use, "assets": [name for name in names if name],
    }  # fmt: skip
    used = {part: in_use(values, choice) for part, values in parts.items()}
    return Capital(
        in_use(whole, choice), used, levels[0].basis, choice.rate, told,
        dict.fromkeys(whole, 1.0), _declared_assets(supply, choice, whole, levels[0].basis), (),
    )  # fmt: skip


def _declared_assets(
    supply: Supply, choice: CapitalChoice, whole: Yearly, basis: str | None
) -> tuple[Asset, ...]:
    """Return the assets that are declared one by one with a price each, for what their mix adds to the stock.

    None where one part lacks an asset or its price, or where they leave out more than rounding of the stock.
    """
    names = [name for name in supply.items("K") if name]
    refuse(_unknown_rates(choice, names))
    if not names or not all(supply.has("K", name) for name in names):
        return ()
    levels = {name: supply.level("K", name) for name in names}
    prices = {name: _relative_price(supply, name, str(basis)) for name in names}
    added = summed([one.whole for one in levels.values()])
    common = sorted(set(added) & set(whole))
    differs = not np.allclose([added[y] for y in common], [whole[y] for y in common], rtol=ROUNDING)
    if differs or any(one.basis != basis for one in levels.values()):
        return ()
    return tuple(
        Asset(name, levels[name].whole, price, choice.deltas.get(name, choice.rate))
        for name, price in prices.items()
        if price is not None
    )


def _relative_price(supply: Supply, name: str, basis: str) -> Years | None:
    """Return the price index of an asset, 1 in the year of ``basis``, the mean over the parts; None where one has none."""
    base = int(basis.rpartition("-")[2])
    told = [supply.price(part, "P_I", name) for part in supply.parts]
    known = [one.values for one in told if one is not None and base in one.values]
    if len(known) < len(told):
        return None
    return {
        year: float(np.mean([one[year] / one[base] for one in known]))
        for year in sorted(set.intersection(*(set(one) for one in known)))
    }


def in_use(stock: Yearly, choice: CapitalChoice) -> Years:
    """Return the stock that works during a year: at its end, or the mean of its end and the end before."""
    if choice.in_use == "END_OF_YEAR":
        return dict(stock)
    return {
        year: (value + stock[year - 1]) / 2 for year, value in stock.items() if year - 1 in stock
    }


@dataclass(frozen=True, slots=True)
class _Built:
    """The stock of one asset, of the whole and of each part, with the notices of building it."""

    asset: Asset
    parts: dict[str, Years]
    remembered: Years
    notices: tuple[Notice, ...]


def _inventory(supply: Supply, choice: CapitalChoice, Y: Level) -> Capital:
    flows = [flows_of(supply, name, Y) for name in assets_of(supply)]
    refuse(_rules(choice, flows))
    return _assembled(supply, choice, [_build(supply, choice, flow, Y) for flow in flows])


def _build(supply: Supply, choice: CapitalChoice, flow: Flows, Y: Level) -> _Built:
    """Accumulate each part, and the whole from the sum of their first stocks: with one delta the two are the same."""
    delta = choice.deltas.get(flow.name, choice.rate)
    start = _start(supply, choice, flow, Y, delta)
    apart = accumulate(flow.parts, flow.axes, start=start, delta=delta, timing=choice.timing)
    parts = {
        part: dict(zip(apart.axes.years, apart.K[position].tolist(), strict=True))
        for position, part in enumerate(supply.parts)
    }
    stock = accumulate(
        np.array(list(flow.whole.values())), Axes(tuple(flow.whole)),
        start=InitialStock(float(np.sum(start.K0)), start.year, start.method),
        delta=delta, timing=choice.timing,
    )  # fmt: skip
    K = dict(zip(stock.axes.years, stock.K.tolist(), strict=True))
    remembered = (stock.memory * stock.K).tolist()
    social = (Notice("INVESTMENT_FROM_SOCIAL", "I"),) if flow.from_social else ()
    return _Built(
        Asset(flow.name, K, flow.price, delta),
        parts,
        dict(zip(stock.axes.years, remembered, strict=True)),
        (*(one for one in stock.notices if one.code != "K0_MEMORY_HIGH"), *social),
    )


def memory_notices(capital: Capital, first_growth_year: int) -> list[Notice]:
    """Note K0_MEMORY_HIGH where over a fifth of a stock built here is still the assumed first one as growth accounting begins."""
    built = capital.told["K0_method"] is not None
    high = capital.memory.get(first_growth_year, 0.0) > HIGH_MEMORY
    return [Notice("K0_MEMORY_HIGH", "K0", None, first_growth_year)] if built and high else []


def _assembled(supply: Supply, choice: CapitalChoice, built: list[_Built]) -> Capital:
    assets = tuple(one.asset for one in built)
    whole = summed([one.K for one in assets])
    remembered = summed([one.remembered for one in built])
    told = {
        "method": "PIM",
        "delta": choice.rate if not choice.deltas else {one.name: one.delta for one in assets},
        "K0_method": choice.K0_method, "timing": choice.timing, "in_use": choice.in_use,
        "K0": {one.name or "total": one.K[min(one.K)] for one in assets},
        "K0_year": min(whole), "assets": [one.name for one in assets if one.name],
    }  # fmt: skip
    return Capital(
        whole=in_use(whole, choice),
        parts={
            part: in_use(summed([one.parts[part] for one in built]), choice)
            for part in supply.parts
        },
        basis=None,
        delta=sum(one.delta * one.K[max(whole)] for one in assets) / whole[max(whole)],
        told=told,
        memory={year: remembered[year] / whole[year] for year in whole},
        assets=assets,
        notices=tuple(notice for one in built for notice in one.notices),
    )


def _rules(choice: CapitalChoice, flows: list[Flows]) -> list[FieldError]:
    """Refuse a rate for an asset that is not there, and K0 by output for several assets, which nothing divides."""
    found = _unknown_rates(choice, [flow.name for flow in flows])
    if choice.K0_method == "KY" and len(flows) > 1:
        vi = "KY cho một tổng vốn, không chia được cho nhiều tài sản; hãy dùng STEADY_N hoặc BENCH."
        en = "KY gives one total, which cannot be divided over assets; use STEADY_N or BENCH."
        found.append(placed("K0", None, None, "K0_not_divisible", (vi, en)))
    return found


def _unknown_rates(choice: CapitalChoice, names: Sequence[str]) -> list[FieldError]:
    known = ", ".join(sorted(filter(None, names))) or "–"
    return [
        placed(
            "delta", name, None, "asset_unknown",
            (
                f"Có delta cho {name!r} nhưng không có số liệu của tài sản này; có: {known}.",
                f"There is a delta for {name!r} but no series of this asset; there is: {known}.",
            ),
        )
        for name in sorted(set(choice.deltas) - set(names))
    ]  # fmt: skip


def _start(
    supply: Supply, choice: CapitalChoice, flow: Flows, Y: Level, delta: float
) -> InitialStock:
    """Return the first stock of each part, shape (parts,)."""
    match choice.K0_method:
        case "STEADY":
            growth = _compound(flow.parts) if choice.growth is None else choice.growth
            return first.steady(flow.parts, flow.axes, growth=growth, delta=delta)
        case "STEADY_N":
            return first.steady_trend(flow.parts, flow.axes, delta=delta, n=choice.n)
        case "FIXED_RATIO":
            return first.fixed_ratio(flow.parts, flow.axes)
        case "KY":
            year = flow.axes.years[0]
            output = np.array([Y.parts[part].get(year, np.nan) for part in supply.parts])
            return first.capital_output(output, kappa=choice.kappa, year=year)
        case _:
            return _benchmark(supply, flow, Y)


def _compound(investment: Array) -> Array:
    """Return the compound growth of each part's flows; NaN where a flow at an end is not above 0, which is refused later."""
    ends = np.where((investment[:, :1] > 0) & (investment[:, -1:] > 0), investment, np.nan)
    steps = max(investment.shape[1] - 1, 1)
    rate: Array = (ends[:, -1] / ends[:, 0]) ** (1 / steps) - 1
    return rate


def _benchmark(supply: Supply, flow: Flows, Y: Level) -> InitialStock:
    level = supply.level("K0", flow.name)
    refuse(constant_faults([Y.basis, level.basis]))
    years = set.intersection(*(set(values) for values in level.parts.values()))
    if not years:
        vi = "K0 của các đơn vị cũ không cùng một năm."
        en = "The benchmarks K0 of the predecessors are not of one year."
        refuse([placed("K0", None, None, "years_differ", (vi, en))])
    year = min(years)
    K0 = np.array([level.parts[part][year] for part in supply.parts])
    return first.benchmark(K0, year=year)
