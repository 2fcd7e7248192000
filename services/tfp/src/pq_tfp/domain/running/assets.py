"""Capital services against the plain stock in a run: what a change in the composition of assets adds, and the part of information technology."""

from dataclasses import dataclass

import numpy as np

from pq_tfp.domain.axes import Axes
from pq_tfp.domain.running.frame import Frame
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.series import Array, levels
from pq_tfp.domain.user_cost import Assets, ex_post, services

FEWEST_ASSETS = 2


@dataclass(frozen=True, slots=True)
class Composition:
    """Mean log points a year: services less stock, and the part of it that information technology carries."""

    dln_KQ: float
    dln_ICT: float


def composition(found: Frame, wanted: Specification, years: tuple[int, int]) -> Composition | None:
    """Return the change in capital composition in the growth years ``years``; None without two assets, prices and incomes.

    Services of a year come from the stock at the end of the year before. Raises SeriesRefused.
    """
    first, last = years
    span = range(first - 1, last + 1)
    assets, supply = found.capital.assets, found.supply
    if len(assets) < FEWEST_ASSETS or not (supply.has("VA") and supply.has("labour_income")):
        return None
    VA, paid = supply.level("VA").whole, supply.level("labour_income").whole
    # User costs need a year before the first whose services are compared.
    told = range(first - 2, last + 1)
    known = all(year - 1 in one.K and year in one.price for one in assets for year in told) and all(
        year in VA and year in paid for year in span
    )
    if not known:
        return None
    axes = Axes(tuple(told), tuple(one.name for one in assets))
    S = np.array([levels(one.K, [year - 1 for year in told]) for one in assets])
    p = np.array([levels(one.price, told) for one in assets])
    income = levels(VA, span) - levels(paid, span)
    costs = ex_post(Assets(axes, S, p, np.array([one.delta for one in assets])), income)
    grown = services(S[:, 1:], costs.u, costs.axes)
    parts = grown.part - _stock_parts(S[:, 1:])
    ict = [position for position, one in enumerate(assets) if one.name in wanted.ict_assets]
    return Composition(float(grown.dln_KQ.mean()), float(parts[ict].sum(axis=0).mean()))


def _stock_parts(S: Array) -> Array:
    """Return what each asset adds to the log growth of the plain stock, shape (assets, years − 1), exactly additive.

    Weights are logarithmic means: L(a, b) = (a − b)/(ln a − ln b). Source: Vartia (1976), Scandinavian Journal of Statistics 3.
    """
    whole = S.sum(axis=0)
    weight = _log_mean(S[:, 1:], S[:, :-1]) / _log_mean(whole[1:], whole[:-1])
    parts: Array = weight * np.diff(np.log(S))
    return parts


def _log_mean(after: Array, before: Array) -> Array:
    ratio = np.log(after / before)
    still = np.abs(ratio) < 1e-12  # where nothing moved the mean is the value itself
    mean: Array = np.where(still, after, (after - before) / np.where(still, 1.0, ratio))
    return mean
