"""What goes with the official figure of a period when it is published: how sure it is, and what it is made of.

The band and the table of assumptions need flows of investment; a declared stock gives them back at a named rate of depreciation.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pq_tfp.domain import sensitivity, uncertainty
from pq_tfp.domain.accounting import Growth, Inputs, PeriodGrowth, account, account_period, faults
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.mergers import official_reallocation
from pq_tfp.domain.official_periods import mean_of_annual_shares
from pq_tfp.domain.series import Array, Yearly, levels
from pq_tfp.domain.uncertainty import Band

DELTA = 0.06
"""The middle of the drawn range (0.04, 0.08): a declared stock says nothing of how it wears out. Judgement, told with the band."""

STEPS = tuple(range(5, 100, 5))
"""The percentiles of the share that are told: enough to read where a target lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """Bands of fractions a year; ``growth_share_A`` is None where no draw carries a share, ``valid`` the fraction that does."""

    draws: int
    seed: int
    delta: float
    g_A: Band
    g_LP: Band
    growth_share_A: Band | None
    growth_share_A_quantiles: tuple[float, ...]
    valid: float
    assumptions: tuple[sensitivity.Row, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One summed place: its share of value added in the year the period grows out of, and its own account."""

    place_id: str
    weight: float
    growth: PeriodGrowth


@dataclass(frozen=True, slots=True)
class Split:
    """The whole's productivity over its parts; ``reallocation`` is what the weighted parts leave, a fraction a year."""

    parts: tuple[Part, ...]
    reallocation: float


def uncertainty_of(inputs: Inputs, first_year: int, last_year: int) -> Uncertainty | None:
    """Return the bands of growth from ``first_year`` to ``last_year`` and the table of assumptions.

    None where the mean α lies outside the range that is drawn: the widths were not made for it.
    """
    case = case_of(inputs, tuple(range(first_year, last_year + 1)))
    if not drawable(case, uncertainty.Widths()):
        return None
    return uncertainty_from(case, uncertainty.simulate(case), seed=uncertainty.SEED)


def drawable(case: uncertainty.Case, widths: uncertainty.Widths) -> bool:
    """Tell whether the mean α lies inside the range that is drawn."""
    low, high = widths.alpha_bounds
    return bool(low < case.alpha.mean() < high)


def uncertainty_from(case: uncertainty.Case, drawn: uncertainty.Draws, *, seed: int) -> Uncertainty:
    """Return the bands of these draws of ``case``, and its table of assumptions."""
    share = drawn.growth_share_A[np.isfinite(drawn.growth_share_A)]
    return Uncertainty(
        draws=len(drawn.g_A),
        seed=seed,
        delta=case.delta,
        g_A=uncertainty.band(drawn.g_A),
        g_LP=uncertainty.band((1 + drawn.g_Y) / (1 + drawn.g_L) - 1),
        growth_share_A=uncertainty.band(share) if share.size else None,
        growth_share_A_quantiles=tuple(np.percentile(share, STEPS).tolist()) if share.size else (),
        valid=share.size / len(drawn.g_A),
        assumptions=sensitivity.table(case),
    )


def mean_share(inputs: Inputs, first_year: int, last_year: int) -> float | None:
    """Return the plain mean of the yearly TFP shares inside the period, to be told under its own name only."""
    years = range(first_year, last_year + 1)
    return mean_of_annual_shares(account(within(inputs, years)))["A"]


def split(
    whole: PeriodGrowth, parts: Mapping[str, Inputs], value_added: Mapping[str, Yearly]
) -> Split | None:
    """Return the parts of a merged place under VN-OFFICIAL; None for a single place, or where one part has no account of its own.

    Weights are shares of value added in the year the period grows out of.
    """
    first, last = whole.first_year, whole.last_year
    own = {place: within(inputs, range(first, last + 1)) for place, inputs in parts.items()}
    unknown = any(
        first not in value_added[place] or not _reaches(one, last) or faults(one)
        for place, one in own.items()
    )
    if len(own) < 2 or unknown:
        return None
    total = sum(value_added[place][first] for place in own)
    found = tuple(
        Part(place, value_added[place][first] / total, account_period(inputs, first, last))
        for place, inputs in own.items()
    )
    rates = np.array([part.growth.g_A for part in found])
    weights = np.array([part.weight for part in found])
    return Split(found, official_reallocation(whole.g_A, rates, weights))


def contributions(period: PeriodGrowth) -> dict[str, float]:
    """Return what K, L and A add to the growth of the period, percentage points a year; they sum to 100·g_Y."""
    parts = {"K": period.alpha * period.g_K, "L": period.beta * period.g_L, "A": period.g_A}
    return {name: 100 * rate for name, rate in parts.items()}


def labour_productivity_growth(grown: Growth) -> Array:
    """Return the yearly growth of output over persons employed, fractions, one entry per growth year."""
    rates: Array = (1 + grown.g_Y) / (1 + grown.g_L) - 1
    return rates


def labour_productivity(inputs: Inputs) -> dict[int, float]:
    """Return output over persons employed, by year, in the units of the series."""
    return {year: inputs.Y[year] / inputs.L[year] for year in sorted(inputs.Y) if year in inputs.L}


def within(inputs: Inputs, years: range) -> Inputs:
    """Return the inputs of these years alone."""
    given = ({year: one[year] for year in years if year in one} for one in _all(inputs))
    return Inputs(*given)


def _reaches(inputs: Inputs, year: int) -> bool:
    """Tell whether a predecessor still has figures of its own in this year: a successor may go on alone."""
    return all(year in one for one in (inputs.Y, inputs.K, inputs.L))


def _all(inputs: Inputs) -> tuple[Yearly, ...]:
    return inputs.Y, inputs.K, inputs.L, inputs.alpha, inputs.beta


def case_of(inputs: Inputs, years: tuple[int, ...], *, delta: float = DELTA) -> uncertainty.Case:
    """Return what is drawn: the years of the period, with the investment that the stock implies at ``delta``."""
    K = levels(inputs.K, years)
    return uncertainty.Case(
        axes=Axes(years),
        Y=levels(inputs.Y, years),
        L=levels(inputs.L, years),
        investment=uncertainty.implied_investment(K, delta),
        alpha=levels(inputs.alpha, years[1:]),
        K0=float(K[0]),
        delta=delta,
    )
