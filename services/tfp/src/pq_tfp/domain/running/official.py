"""A run under engine VN-OFFICIAL: the account of each year and of the period, with all that the output contract asks for."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pq_tfp.domain import accounting, headline
from pq_tfp.domain.accounting import Growth, Inputs, PeriodGrowth
from pq_tfp.domain.axes import Notice
from pq_tfp.domain.guards import why_not_annual
from pq_tfp.domain.official_periods import A_index, chain_difference
from pq_tfp.domain.running import confidence, innovation, quality
from pq_tfp.domain.running.frame import Frame, One
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.uncertainty import Draws

TOLERANCE = 1e-9
RATES = (
    "g_Y", "g_K", "g_L", "g_A", "contribution_K", "contribution_L", "contribution_A",
    "growth_share_K", "growth_share_L", "growth_share_A",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an engine answers: the inputs it used, its results, and what it noticed."""

    inputs: dict[str, Any]
    results: dict[str, Any]
    notices: tuple[Notice, ...]


def inputs_of(one: One) -> Inputs:
    """Return what one place puts into the official account; α is 1 − β."""
    alpha = {year: 1 - share for year, share in one.beta.items()}
    return Inputs(one.Y, one.K, one.L, alpha=alpha, beta=one.beta)


def growth_years(period: PeriodGrowth) -> dict[str, Any]:
    """Return the period as plans name it: by its growth years, without the year it grows out of."""
    return {**asdict(period), "first_year": period.first_year + 1}


def official(found: Frame, wanted: Specification) -> Outcome:
    """Return the run. Raises SeriesRefused with every fault."""
    inputs = inputs_of(found.whole)
    grown = accounting.account(inputs)
    first = wanted.first_year if wanted.first_year is not None else grown.years[0]
    last = wanted.last_year if wanted.last_year is not None else grown.years[-1]
    period = accounting.account_period(inputs, first - 1, last)
    _hold(grown, period)
    case, drawn, widths = confidence.draw(found, wanted, inputs, (first, last))
    sure = (
        None
        if drawn is None
        else headline.uncertainty_from(case, drawn, seed=wanted.confidence.seed)
    )
    told = confidence.told(wanted, drawn, widths)
    extra, noticed = _extras(found, wanted, period, drawn)
    results = {
        "engine": accounting.ENGINE,
        "method_version": accounting.METHOD_VERSION,
        "vintage": wanted.vintage,
        "contribution_unit": "percentage points",
        **found.contract,
        "growth": masked(grown, found.imputed),
        "period": growth_years(period),
        "A_index": dict(
            zip((grown.years[0] - 1, *grown.years), A_index(grown).tolist(), strict=True)
        ),
        "chain_difference": chain_difference(grown, period),
        "headline": _headline(found, inputs, period, None if sure is None else asdict(sure)),
        **told,
        **extra,
    }
    notices = (
        *(Notice(code) for code in accounting.warnings_of(inputs)), *found.notices,
        *confidence.not_drawn(drawn), *noticed,
    )  # fmt: skip
    return Outcome(asdict(inputs), results, notices)


def masked(grown: Growth, imputed: frozenset[int]) -> dict[str, Any]:
    """Return the yearly account; a year that begins or ends in a made-up value has no rates, and says IMPUTED."""
    told: dict[str, Any] = asdict(grown)
    reasons = why_not_annual(grown.years, imputed)
    made_up = np.array([reason is not None for reason in reasons])
    told |= {name: np.where(made_up, np.nan, told[name]) for name in RATES}
    told["reasons"] = tuple(a or b for a, b in zip(reasons, grown.reasons, strict=True))
    return told


def _headline(
    found: Frame, inputs: Inputs, period: PeriodGrowth, sure: dict[str, Any] | None
) -> dict[str, Any]:
    """Return what is told beside the period when it is published: bands, parts, levels of labour productivity."""
    parts = {part: inputs_of(one) for part, one in found.parts.items()}
    added = found.supply.level("VA").parts if found.supply.has("VA") else {}
    split = headline.split(period, parts, added) if parts and added else None
    # Output per worker in the declared units, as the yearbook prints both.
    scale = found.labour.factor / found.output.factor
    productivity = headline.labour_productivity(inputs)
    return {
        "uncertainty": sure,
        "split": None if split is None else asdict(split),
        "parts": found.supply.parts,
        "mean_of_annual_shares_A": headline.mean_share(inputs, period.first_year, period.last_year),
        "contributions": headline.contributions(period),
        "g_LP": headline.labour_productivity_growth(accounting.account(inputs)),
        "labour_productivity": {year: value * scale for year, value in productivity.items()},
        "labour_productivity_unit": f"{found.output.unit}/{found.labour.unit}",
    }


def _extras(
    found: Frame, wanted: Specification, period: PeriodGrowth, drawn: Draws | None
) -> tuple[dict[str, Any], list[Notice]]:
    """Return labour quality and the contribution of science and technology, where they are asked for."""
    extra: dict[str, Any] = {}
    notices: list[Notice] = []
    years = (period.first_year + 1, period.last_year)
    if wanted.labour_quality:
        extra["labour_quality"], noticed = quality.told(found, period.beta, years)
        notices += noticed
    if wanted.sti:
        extra["sti"], noticed = innovation.told(found, wanted, period, drawn)
        notices += noticed
    return extra, notices


def _hold(grown: Growth, period: PeriodGrowth) -> None:
    """Stop rather than answer when an identity fails: contributions sum to growth, shares of growth to 1."""
    whole = grown.contribution_K + grown.contribution_L + grown.contribution_A
    if not np.allclose(whole, 100 * grown.g_Y, rtol=0, atol=TOLERANCE):
        raise ArithmeticError("contributions do not sum to growth")
    left = period.g_Y - period.alpha * period.g_K - period.beta * period.g_L - period.g_A
    if abs(left) > TOLERANCE:
        raise ArithmeticError("the period's contributions do not sum to its growth")
