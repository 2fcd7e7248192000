"""Real investment by asset, of each predecessor and of the whole: deflated where it is told in current prices.

Realised social investment is not capital formation: it holds land compensation and working capital. It stands in for it only times a declared
ratio, and that is noted.
"""

from dataclasses import dataclass

import numpy as np

from pq_tfp.domain.axes import Axes, placed, refuse
from pq_tfp.domain.errors import SeriesRefused, fault
from pq_tfp.domain.running.supply import Level, Supply
from pq_tfp.domain.series import Array, common_years, gap_faults
from pq_tfp.domain.store.linking import Chosen

Years = dict[int, float]


@dataclass(frozen=True, slots=True)
class Flows:
    """Real investment in one asset: (parts, years), and of the whole, which may go on for longer; its price index, 1 in the base year."""

    name: str
    axes: Axes
    parts: Array
    whole: Years
    price: Years
    from_social: bool


def assets_of(supply: Supply) -> tuple[str, ...]:
    """Return the assets to build: the named ones if there are any, else the one that stands for all."""
    found = supply.items("I") or supply.items("social_investment")
    return tuple(name for name in found if name) or ("",)


def flows_of(supply: Supply, name: str, Y: Level) -> Flows:
    """Return the investment in one asset, in the prices of ``Y``. Raises SeriesRefused."""
    from_social = not supply.items("I") and bool(supply.items("social_investment"))
    invested = supply.level("social_investment" if from_social else "I", name)
    told = [_deflated(supply, part, invested, name, Y) for part in supply.parts]
    real = {part: flows for part, (flows, _) in zip(supply.parts, told, strict=True)}
    years = tuple(common_years(real))
    table = np.array([[real[part][year] for year in years] for part in supply.parts])
    whole = dict(zip(years, table.sum(axis=0).tolist(), strict=True))
    if max(invested.whole) > years[-1]:
        own, _ = _deflated(supply, supply.place_id, invested, name, Y)
        whole |= {year: value for year, value in own.items() if year > years[-1]}
    price = {
        year: float(np.mean([index[year] for _, index in told]))
        for year in whole
        if all(year in index for _, index in told)
    }
    return Flows(name, Axes(years, supply.parts), table, whole, price, from_social)


def _deflated(
    supply: Supply, place_id: str, invested: Level, name: str, Y: Level
) -> tuple[Years, Years]:
    """Return real flows in the prices of Y and the price index, 1 in the base year; flows already in those prices stay."""
    flows = invested.parts.get(place_id, invested.whole)
    if invested.measure == "social_investment":
        ratio = _needed(supply, place_id, "investment_ratio", name).values
        refuse(gap_faults("investment_ratio", ratio, sorted(flows)))
        flows = {year: value * ratio[year] for year, value in flows.items()}
    if invested.basis == Y.basis:
        return flows, dict.fromkeys(flows, 1.0)
    if invested.basis != "current":
        vi = f"I theo giá {invested.basis}, Y theo giá {Y.basis}; phải cùng một giá so sánh."
        en = f"I is in {invested.basis} prices, Y in {Y.basis}; both must share one constant-price basis."
        refuse([fault("price_basis", None, "price_basis_mixed", vi, en)])
    P_I = _needed(supply, place_id, "P_I", name).values
    base = int(str(Y.basis).rpartition("-")[2])
    if base not in P_I:
        vi = f"Năm gốc {base} không có trong chỉ số giá {min(P_I)}-{max(P_I)}."
        en = f"The base year {base} is not in the price index {min(P_I)}-{max(P_I)}."
        refuse([placed("P_I", None, base, "base_year_missing", (vi, en))])
    refuse(gap_faults("P_I", P_I, sorted(flows)))
    price = {year: value / P_I[base] for year, value in P_I.items()}
    return {year: value / price[year] for year, value in flows.items()}, price


def _needed(supply: Supply, place_id: str, measure: str, name: str) -> Chosen:
    found = supply.price(place_id, measure, name)
    if found is None:
        vi = f"Thiếu chuỗi {measure} của địa bàn, và của cả nước."
        en = f"The series {measure} is missing, of the place and of the nation."
        raise SeriesRefused.because([fault(measure, None, "series_missing", vi, en)])
    return found
