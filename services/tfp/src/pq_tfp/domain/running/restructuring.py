"""What moving between industries added to productivity in a run: the whole less the weighted industries."""

import numpy as np

from pq_tfp.domain.aggregation import aggregate
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.running.frame import Frame
from pq_tfp.domain.running.supply import Supply
from pq_tfp.domain.series import levels
from pq_tfp.domain.tornqvist import account_costs

FEWEST_INDUSTRIES = 3
MEASURES = ("Y", "K", "L", "VA", "labour_income")


def reallocation(found: Frame, years: tuple[int, int]) -> float | None:
    """Return Δln A − Σ_j w̄_j·Δln A_j, the mean a year of the growth years ``years``, over the industries that are told in full.

    None where fewer than 3 industries have Y, K, L, VA and labour_income in every year, or where they leave out
    more than rounding of the total.
    """
    span = list(range(years[0] - 1, years[1] + 1))
    told = {
        name: values
        for name in _industries(found)
        if (values := _complete(found, name, span)) is not None
    }
    if len(told) < FEWEST_INDUSTRIES:
        return None
    axes = Axes(tuple(span), tuple(told))
    table = {m: np.array([told[name][m] for name in told]) for m in MEASURES}
    whole = {m: values.sum(axis=0) for m, values in table.items()}
    if not np.allclose(whole["Y"], levels(found.whole.Y, span), rtol=0.005):
        return None
    costs = {"K": table["VA"] - table["labour_income"], "L": table["labour_income"]}
    parts = account_costs(table["Y"], {"K": table["K"], "L": table["L"]}, costs, axes)
    summed = {name: paid.sum(axis=0) for name, paid in costs.items()}
    total = account_costs(whole["Y"], {"K": whole["K"], "L": whole["L"]}, summed, Axes(tuple(span)))
    split = aggregate(total, parts, table["VA"], minimum=FEWEST_INDUSTRIES)
    return float(split.reallocation.mean())


def _industries(found: Frame) -> list[str]:
    return sorted({one.industry for one in found.series if one.industry != "total"})


def _complete(found: Frame, industry: str, span: list[int]) -> dict[str, list[float]] | None:
    supply = Supply(found.series, found.supply.place_id, industry=industry)
    if not all(supply.has(name) for name in MEASURES):
        return None
    values = {name: supply.level(name).whole for name in MEASURES}
    if not all(year in one for one in values.values() for year in span):
        return None
    return {name: [one[year] for year in span] for name, one in values.items()}
