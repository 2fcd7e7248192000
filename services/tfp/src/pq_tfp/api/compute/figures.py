"""Answers of the accounting engines: one unit's figures by year and for the period, or those of many by unit."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel

from pq_tfp.api.compute.labour_income import ShareOut
from pq_tfp.api.compute.shapes import Cell, Contract, noticed
from pq_tfp.api.compute.sureness import SurenessOut
from pq_tfp.api.compute.units import Figures, Ready, basis_of, of_unit
from pq_tfp.domain.axes import Notice, placed, refuse
from pq_tfp.domain.guards import break_notices, faster_than_nation

Row = dict[str, float | str | None]
IMPUTED = "IMPUTED"


class LinkedOut(BaseModel):
    """Years that come from an earlier series: its figures times ``ratio``; ``spread`` is how far the years of the overlap disagree."""

    ratio: float
    spread: float
    overlap_years: list[int]
    linked_years: list[int]
    price_basis: str | None
    vintage: str | None


class UnitFigures(BaseModel):
    """One unit: a row of figures by year, the period, and what was done to get there."""

    years: dict[str, Row]
    period: dict[str, float | int | str | None]
    A_index: dict[str, Cell]
    imputed_years: list[int] = []
    linked: dict[str, LinkedOut] = {}
    labour_share: ShareOut | None = None
    uncertainty: SurenessOut | None = None


class AccountingAnswer(Contract, UnitFigures):
    """Rates as fractions or log points, contributions in ``contribution_unit``, shares of growth as fractions or null with a reason."""

    contribution_unit: Literal["percentage points", "log points"]


class PanelAnswer(Contract):
    """The same figures, by unit."""

    contribution_unit: Literal["percentage points", "log points"]
    units: dict[str, UnitFigures]


Found = tuple[UnitFigures, list[Notice]]


def answer(found: Mapping[str | None, Found], **contract: Any) -> AccountingAnswer | PanelAnswer:
    """Return the answer for one unit without a name, or for many; notices name the unit."""
    notices = [n for unit, (_, own) in found.items() for n in of_unit(own, unit)]
    said = {**contract, **noticed(notices)}
    if None in found:
        return AccountingAnswer(**said, **dict(found[None][0]))
    return PanelAnswer(**said, units={str(unit): figures for unit, (figures, _) in found.items()})


def without_imputed(
    rows: dict[str, Row], imputed: frozenset[int], kept: tuple[str, ...]
) -> dict[str, Row]:
    """Return the rows with nothing but ``kept`` in each growth year that begins or ends in a made-up year."""
    return {
        year: {name: value if name in kept else None for name, value in row.items()} | {"reason": IMPUTED}
        if {int(year), int(year) - 1} & imputed
        else row
        for year, row in rows.items()
    }  # fmt: skip


def shared_notices(told: Figures, made: Ready, rates: Mapping[int, float]) -> list[Notice]:
    """Return what is suspicious of a unit whatever the engine; ``rates`` is its output growth by year, fractions."""
    found = list(made.notices)
    for field, years in told.breaks.items():
        found += break_notices(field, list(rates), years)
    if told.nation_g_Y is not None:
        nation = {int(year): rate for year, rate in told.nation_g_Y.items()}
        found += faster_than_nation(rates, nation)
    return found


def linked_out(told: Figures, made: Ready) -> dict[str, LinkedOut]:
    """Return what was linked, with the declarations of both sides left visible."""
    return {
        name: LinkedOut(
            ratio=one.ratio, spread=one.spread, overlap_years=list(one.overlap),
            linked_years=[year for year in one.values if year < one.overlap[0]],
            price_basis=told.earlier[name].price_basis or basis_of(told, name),
            vintage=told.earlier[name].vintage,
        )
        for name, one in made.linked.items()
    }  # fmt: skip


def period_of(told: Figures, years: tuple[int, ...]) -> tuple[int, int]:
    """Return the year the period grows out of, and its last; by default all growth years. Raises SeriesRefused for others."""
    ends = {"first_year": told.first_year, "last_year": told.last_year}
    span = f"{years[0]}-{years[-1]}"
    refuse(
        [
            placed(
                name, None, None, "period_outside_series",
                (
                    f"{name} là {year}; các năm tăng trưởng tính được là {span}.",
                    f"{name} is {year}; the growth years that can be computed are {span}.",
                ),
            )
            for name, year in ends.items()
            if year is not None and not years[0] <= year <= years[-1]
        ]
    )  # fmt: skip
    first = years[0] if told.first_year is None else told.first_year
    last = years[-1] if told.last_year is None else told.last_year
    if first > last:
        said = (
            f"first_year {first} sau last_year {last}.",
            f"first_year {first} is after last_year {last}.",
        )
        refuse([placed("first_year", None, None, "period_outside_series", said)])
    return first - 1, last
