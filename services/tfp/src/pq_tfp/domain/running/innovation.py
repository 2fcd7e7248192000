"""The contribution of science, technology and innovation in a run: three named definitions, each with its band.

A term that the stored series cannot tell counts as 0 and is named in a TERM_UNKNOWN notice: R&D spending must be there, labour groups,
assets with prices and industries may be.
"""

from dataclasses import asdict
from typing import Any

import numpy as np

from pq_tfp.domain.accounting import PeriodGrowth
from pq_tfp.domain.axes import Axes, Notice, refuse
from pq_tfp.domain.errors import SeriesRefused, fault
from pq_tfp.domain.running import quality
from pq_tfp.domain.running.assets import composition
from pq_tfp.domain.running.flows import Years
from pq_tfp.domain.running.frame import Frame
from pq_tfp.domain.running.restructuring import reallocation
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.series import gap_faults
from pq_tfp.domain.sti import Terms, define, knowledge_stock, knowledge_term
from pq_tfp.domain.sti_band import with_band
from pq_tfp.domain.uncertainty import Draws

SAID = (
    "STI_PLAN is TFP growth itself, the definition in plans and resolutions; STI_VNPI leaves out restructuring; STI_CORE is only "
    "what R&D and digital capital can carry."
)
LAGS = 2
"""Knowledge works a year later, and growth needs the year before that."""


def told(
    found: Frame, wanted: Specification, period: PeriodGrowth, drawn: Draws | None
) -> tuple[dict[str, Any], list[Notice]]:
    """Return the three definitions, in points and as fractions of g_A and g_Y, with their terms. Raises SeriesRefused."""
    years = (period.first_year + 1, period.last_year)
    spent = _real_spending(found, years)
    axes = Axes(tuple(spent))
    RD = np.array(list(spent.values()))
    epsilon = wanted.confidence.widths.epsilon_R[1]
    c_RD = float(knowledge_term(knowledge_stock(RD, axes), epsilon=epsilon).mean())
    terms, notices = _terms(found, wanted, period, c_RD)
    point = {name: asdict(one) for name, one in define(terms).by_name.items()}
    if drawn is None:
        untold = {"terms": _plain(terms), "point": point, "definitions": None, "said": SAID}
        return untold, [*notices, *define(terms).notices]
    bands, noticed = with_band(
        terms, drawn, RD, axes, alpha=period.alpha, widths=wanted.confidence.widths
    )
    return {
        "terms": _plain(terms),
        "point": point,
        "definitions": {name: asdict(one) for name, one in bands.items()},
        "RD_years": list(axes.years),
        "said": SAID,
    }, [*notices, *noticed]


def _terms(
    found: Frame, wanted: Specification, period: PeriodGrowth, c_RD: float
) -> tuple[Terms, list[Notice]]:
    years = (period.first_year + 1, period.last_year)
    labour, _ = quality.told(found, period.beta, years)
    capital = composition(found, wanted, years)
    moved = reallocation(found, years)
    known = {
        "c_LQ": labour["contribution"],
        "c_KQ": None if capital is None else period.alpha * capital.dln_KQ,
        "c_ICT": None if capital is None else period.alpha * capital.dln_ICT,
        "c_RE": moved,
    }
    notices = [Notice("TERM_UNKNOWN", name) for name, value in known.items() if value is None]
    filled = {name: 0.0 if value is None else value for name, value in known.items()}
    return Terms(g_Y=period.g_Y, g_A=period.g_A, c_RD=c_RD, **filled), notices


def _plain(terms: Terms) -> dict[str, Any]:
    return {**asdict(terms), "c_RES": terms.c_RES, "unit": "fraction of growth per year"}


def _real_spending(found: Frame, years: tuple[int, int]) -> Years:
    """Return R&D spending at constant prices, from two years before the period to its end."""
    supply = found.supply
    refuse(supply.missing([("RD", "")]))
    spent = supply.level("RD")
    wanted = range(years[0] - LAGS, years[1] + 1)
    refuse(gap_faults("RD", spent.whole, wanted))
    if spent.basis != "current":
        return {year: spent.whole[year] for year in wanted}
    deflator = supply.price(supply.place_id, "P_Y", "") or supply.price(supply.parts[0], "P_Y", "")
    if deflator is None:
        vi, en = (
            "Thiếu chuỗi P_Y để giảm phát RD.",
            "The series P_Y, to deflate RD, is missing.",
        )
        raise SeriesRefused.because([fault("P_Y", None, "series_missing", vi, en)])
    refuse(gap_faults("P_Y", deflator.values, wanted))
    return {year: spent.whole[year] / deflator.values[year] for year in wanted}
