"""Compute the official accounting of one place from its stored series, and keep everything that made it."""

import importlib.metadata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pq_tfp.domain import accounting, headline
from pq_tfp.domain.bundle import canonical, sha256
from pq_tfp.domain.gathering import Declared, Gathered, gather, parts_of
from pq_tfp.storage import series as stored
from pq_tfp.storage.tables import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to compute: a place on a boundary, from one vintage.

    ``first_year`` and ``last_year`` are growth years, both included, as plans count them: 2021-2025 grows out of 2020.
    """

    place_id: str
    boundary: str
    vintage: str
    industry: str = "total"
    first_year: int | None = None
    last_year: int | None = None


async def compute_run(
    session: AsyncSession, wanted: Wanted, *, mode: str, actor: str, now: datetime
) -> Run:
    """Compute and keep the run; nothing is published. Raises SeriesRefused with every fault."""
    parts = parts_of(wanted.place_id)
    rows = await stored.of_places(
        session, parts, mode=mode, industry=wanted.industry, vintage=wanted.vintage
    )
    values = await stored.values(session, [row.id for row in rows.values()])
    declared = {
        key: Declared(
            {year: float(value) for year, value in values[row.id].items()},
            row.unit,
            row.price_basis,
        )
        for key, row in rows.items()
    }
    gathered = gather(declared, parts)
    results = {**_results(gathered, wanted), "headline": _headline(declared, gathered, wanted)}
    inputs = canonical(asdict(gathered.inputs))
    parameters = {**asdict(wanted), "parts": list(parts), "mode": mode}
    code_version = importlib.metadata.version("pq-tfp")
    run = Run(
        id=str(uuid7()), version=1, mode=mode, place_id=wanted.place_id, boundary=wanted.boundary,
        engine=accounting.ENGINE, method_version=accounting.METHOD_VERSION, code_version=code_version,
        vintage=wanted.vintage, inputs=inputs, parameters=parameters, results=results,
        warnings=list(accounting.warnings_of(gathered.inputs)),
        bundle_sha256=sha256([inputs, parameters, results, accounting.ENGINE, accounting.METHOD_VERSION]),
        is_synthetic=any(row.is_synthetic for row in rows.values()),
        computed_by=actor, computed_at=now, published_by=None, published_at=None, supersedes=None,
    )  # fmt: skip
    session.add(run)
    await session.flush()
    return run


def growth_years(period: accounting.PeriodGrowth) -> dict[str, Any]:
    """Return the period as plans name it: by its growth years, without the year it grows out of."""
    return {**asdict(period), "first_year": period.first_year + 1}


def _period(gathered: Gathered, wanted: Wanted) -> accounting.PeriodGrowth:
    grown = accounting.account(gathered.inputs)
    first = wanted.first_year if wanted.first_year is not None else grown.years[0]
    last = wanted.last_year if wanted.last_year is not None else grown.years[-1]
    return accounting.account_period(gathered.inputs, first - 1, last)


def _headline(
    declared: Mapping[tuple[str, str], Declared], gathered: Gathered, wanted: Wanted
) -> dict[str, Any]:
    """Return what is told beside the period when it is published: bands, parts, levels of labour productivity."""
    period = _period(gathered, wanted)
    parts = {part: gather(declared, [part]).inputs for part in gathered.parts}
    value_added = {part: declared[part, "VA"].values for part in gathered.parts}
    split = headline.split(period, parts, value_added)
    sure = headline.uncertainty_of(gathered.inputs, period.first_year, period.last_year)
    found: dict[str, Any] = canonical(
        {
            "uncertainty": None if sure is None else asdict(sure),
            "split": None if split is None else asdict(split),
            "parts": gathered.parts,
            "mean_of_annual_shares_A": headline.mean_share(
                gathered.inputs, period.first_year, period.last_year
            ),
            "contributions": headline.contributions(period),
            "g_LP": headline.labour_productivity_growth(accounting.account(gathered.inputs)),
            "labour_productivity": headline.labour_productivity(gathered.inputs),
            "labour_productivity_unit": f"{gathered.output_unit}/{gathered.labour_unit}",
        }
    )
    return found


def _results(gathered: Gathered, wanted: Wanted) -> dict[str, Any]:
    grown = accounting.account(gathered.inputs)
    period = _period(gathered, wanted)
    found: dict[str, Any] = canonical(
        {
            "growth": asdict(grown),
            "period": growth_years(period),
            "price_basis": gathered.price_basis,
            "labour_unit": gathered.labour_unit,
            "share_method": gathered.share_method,
        }
    )
    return found
