"""Growth accounts as a table for a spreadsheet: a row for each year and one for the period, figures as published, unrounded."""

import csv
import io
from collections.abc import Iterable, Iterator

from pq_common import places
from pq_common.contracts.tfp import PeriodOfGrowth, Spread, TfpResult, YearOfGrowth
from pq_reporting.domain.measured import Source
from pq_reporting.operations.judge_targets import Picture
from pq_reporting.pages.files import harmless

SAID = ("result_id", "place_id", "boundary", "engine", "method_version", "vintage", "price_basis", "share_method", "capital_method", "labour_unit")  # fmt: skip
FIGURES = (
    "g_Y", "g_K", "g_L", "g_A", "alpha", "beta", "contribution_K", "contribution_L", "contribution_A", "growth_share_K",
    "growth_share_L", "growth_share_A", "reason", "g_LP", "labour_productivity",
)  # fmt: skip
ENDS = ("low", "mid", "high")
BANDS = ("g_A", "g_LP", "growth_share_A")
DEFINITIONS = ("STI_CORE", "STI_VNPI", "STI_PLAN")
OF_DEFINITION = ("points", "points_low", "points_high", "growth_share", "growth_share_low", "growth_share_high")  # fmt: skip
COLUMNS = (
    "mode", *SAID, "place", "is_synthetic", "published_at", "row", "first_year", "last_year", *FIGURES,
    "labour_productivity_unit", *(f"{name}_{end}" for name in BANDS for end in ENDS),
    *(f"{name}_{one}" for name in DEFINITIONS for one in OF_DEFINITION), "reallocation", "made_of", "warnings",
    "withdrawn_series",
)  # fmt: skip


def csv_of(results: Iterable[TfpResult], picture: Picture) -> bytes:
    """Return the table, UTF-8 with a mark. Rates and shares are fractions, contributions and points percentage points."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for said in results:
        for row in _rows(said, picture):
            writer.writerow({name: harmless(value) for name, value in row.items()})
    return out.getvalue().encode("utf-8-sig")


def _rows(said: TfpResult, picture: Picture) -> Iterator[dict[str, object]]:
    told = {name: getattr(said, name) for name in SAID}
    gone = picture.withdrawn([Source("tfp-result", said.result_id)])
    head = {
        "mode": picture.question.mode, **told, "place": places.describe(said.place_id), "is_synthetic": said.is_synthetic,
        "published_at": said.published_at.isoformat(), "labour_productivity_unit": said.labour_productivity_unit,
        "warnings": " ".join(said.warnings), "made_of": " ".join(part.place_id for part in said.parts),
        "withdrawn_series": " ".join(one.series_id for one in gone),
    }  # fmt: skip
    if (period := said.period) is not None:
        span = {"row": "period", "first_year": period.first_year, "last_year": period.last_year}
        beside = {"reallocation": said.reallocation, **_bands(period), **_definitions(said)}
        yield {**head, **span, **_figures(period), **beside}
    for year in said.years:
        if period is None or period.first_year <= year.year <= period.last_year:
            span = {"row": "year", "first_year": year.year, "last_year": year.year}
            yield {**head, **span, **_figures(year)}


def _figures(one: PeriodOfGrowth | YearOfGrowth) -> dict[str, object]:
    return {name: getattr(one, name, None) for name in FIGURES}


def _bands(period: PeriodOfGrowth) -> dict[str, object]:
    sure = period.uncertainty
    if sure is None:
        return {}
    told: dict[str, Spread | None] = {name: getattr(sure, name) for name in BANDS}
    return {
        f"{name}_{end}": getattr(band, end)
        for name, band in told.items()
        if band is not None
        for end in ENDS
    }


def _definitions(said: TfpResult) -> dict[str, object]:
    found: dict[str, object] = {}
    for one in said.sti.definitions if said.sti is not None else ():
        if one.definition not in DEFINITIONS:
            continue  # an open list: one that this table does not know has no column
        for name, value, band in (
            ("points", one.points, one.points_band),
            ("growth_share", one.growth_share, one.growth_share_band),
        ):
            found[f"{one.definition}_{name}"] = value
            for end in ("low", "high") if band is not None else ():
                found[f"{one.definition}_{name}_{end}"] = getattr(band, end)
    return found
