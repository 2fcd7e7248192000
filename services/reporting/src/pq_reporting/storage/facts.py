"""From rows and contracts to the frozen facts the rules speak of."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pq_common.contracts.plans import Plan, TargetClause
from pq_common.contracts.tfp import PeriodOfGrowth, Spread, TfpResult, Uncertainty
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.facts import (
    Band,
    Certificate,
    Deed,
    Facts,
    Level,
    Period,
    Result,
    Spell,
    Sureness,
)
from pq_reporting.domain.withdrawing import WithdrawnSeries
from pq_reporting.storage.reading import Projected

OFFICIAL_ENGINE = "VN-OFFICIAL"
"""The engine whose published results answer for plan targets; others are for analysts."""
LEVELS_ENGINE = "CCD"
"""The engine that compares places in the same year; no clause is judged by it."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a page prints of a record that a figure is made of; of a result also which of its series were withdrawn since."""

    title: str
    place_id: str
    detail: dict[str, str]
    withdrawn: tuple[WithdrawnSeries, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """The facts of one mode, the words for each record, by kind and id, and published accounts and comparisons as they were said."""

    facts: Facts
    records: dict[tuple[str, str], Named]
    accounts: tuple[TfpResult, ...] = ()
    comparisons: tuple[TfpResult, ...] = ()


async def load(projected: Projected, mode: str) -> Heard:
    """Load everything of one mode."""
    records: dict[tuple[str, str], Named] = {}
    deeds = [_deed(row, records) for row in await projected.activities(mode)]
    spells = defaultdict(list)
    for row in await projected.spells(mode):
        spells[row.certificate_id].append(Spell(row.since, row.status))
    held = [
        _certificate(row, tuple(spells[row.certificate_id]), records)
        for row in await projected.certificates(mode)
    ]
    rows = await projected.results(mode, OFFICIAL_ENGINE)
    accounts = [TfpResult.model_validate(row.doc) for row in rows]
    between = await projected.results(mode, LEVELS_ENGINE)
    comparisons = [TfpResult.model_validate(row.doc) for row in between]
    gone = {row.series_id: _withdrawn(row) for row in await projected.withdrawn_series(mode)}
    for said in (*accounts, *comparisons):
        records["tfp-result", said.result_id] = _told_of(said, gone)
    facts = Facts(tuple(deeds), tuple(held), tuple(map(_result, accounts)))
    return Heard(facts, records, tuple(accounts), tuple(comparisons))


def clauses_of(plan: Plan) -> list[tuple[TargetClause, Clause]]:
    """Return the clauses of a plan for the rules, each beside the text it came from."""
    children = defaultdict(list)
    for clause in plan.targets:
        if clause.parent is not None:
            children[clause.parent].append(clause.code)
    return [
        (clause, _clause(plan, clause, tuple(children[clause.code]))) for clause in plan.targets
    ]


def _clause(plan: Plan, said: TargetClause, children: tuple[str, ...]) -> Clause:
    return Clause(
        plan_code=plan.code,
        code=said.code,
        indicator=said.indicator,
        further_indicators=said.further_indicators,
        comparator=said.comparator,
        value=None if said.value is None else Decimal(said.value),
        value_high=None if said.value_high is None else Decimal(said.value_high),
        unit=said.unit,
        cadence=said.cadence,
        first_year=said.span.first_year,
        last_year=said.span.last_year,
        due=said.due,
        place_id=said.place_id,
        counting=said.counting,
        growth_base=said.growth_base,
        population=said.population,
        measure=said.measure,
        condition=said.condition,
        children=children,
    )


def _deed(row: Any, records: dict[tuple[str, str], Named]) -> Deed:
    records["activity", row.activity_id] = Named(
        row.title,
        row.place_id,
        {
            "starts_on": row.starts_on.isoformat(),
            "ends_on": row.ends_on.isoformat(),
            "quantity": f"{row.quantity.normalize():f}",
            "unit": row.unit,
        },
    )
    return Deed(
        activity_id=row.activity_id,
        place_id=row.place_id,
        indicator=row.indicator,
        ends_on=row.ends_on,
        quantity=row.quantity,
        subjects=frozenset(row.subjects),
        plan_code=row.plan_code,
        clause_codes=frozenset(row.clause_codes),
    )


def _certificate(
    row: Any, spells: tuple[Spell, ...], records: dict[tuple[str, str], Named]
) -> Certificate:
    detail = {"number": row.number, "decided_on": row.decided_on.isoformat()}
    if row.enterprise_name is not None:
        detail["holder"] = row.enterprise_name
    records["certificate", row.certificate_id] = Named(row.scheme, row.place_id, detail)
    return Certificate(
        certificate_id=row.certificate_id,
        enterprise_id=row.enterprise_id,
        place_id=row.place_id,
        scheme=row.scheme,
        decided_on=row.decided_on,
        valid_from=row.valid_from,
        valid_before=row.valid_before,
        spells=spells,
    )


def _withdrawn(row: Any) -> WithdrawnSeries:
    return WithdrawnSeries(
        series_id=row.series_id, place_id=row.place_id, industry=row.industry, measure=row.measure,
        item=row.item, vintage=row.vintage, withdrawn_at=row.withdrawn_at, reason=row.reason,
    )  # fmt: skip


def _told_of(said: TfpResult, gone: Mapping[str, WithdrawnSeries]) -> Named:
    detail = {
        name: str(getattr(said, name))
        for name in ("method_version", "base_year", "price_basis", "vintage", "boundary")
    }
    detail["published_at"] = said.published_at.isoformat()
    withdrawn = tuple(gone[one] for one in said.series if one in gone)
    return Named(said.engine, said.place_id, detail, withdrawn)


def _result(said: TfpResult) -> Result:
    return Result(
        result_id=said.result_id,
        place_id=said.place_id,
        years=frozenset(year.year for year in said.years),
        published_at=said.published_at,
        period=None if said.period is None else _period(said.period),
        shares={
            year.year: Decimal(year.growth_share_A)
            for year in said.years
            if year.growth_share_A is not None
        },
        levels={
            year.year: Level(Decimal(year.labour_productivity), Decimal(year.g_LP))
            for year in said.years
            if year.labour_productivity is not None and year.g_LP is not None
        },
        level_unit=said.labour_productivity_unit or "",
        has_science=said.sti is not None,
    )


def _period(said: PeriodOfGrowth) -> Period:
    sure = said.uncertainty
    return Period(
        first_year=said.first_year,
        last_year=said.last_year,
        share=_decimal(said.growth_share_A),
        reason=said.reason,
        labour_productivity=_decimal(said.g_LP),
        share_sure=None if sure is None else _share_sure(sure),
        labour_sure=None if sure is None else Sureness(_band(sure.g_LP)),
    )


def _share_sure(said: Uncertainty) -> Sureness | None:
    if said.growth_share_A is None:
        return None
    quantiles = tuple(Decimal(one) for one in said.growth_share_A_quantiles)
    return Sureness(_band(said.growth_share_A), Decimal(said.valid), quantiles)


def _band(said: Spread) -> Band:
    return Band(Decimal(said.low), Decimal(said.high))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
