"""The income share of labour of a run, of the whole and of each part, by the method asked for; which one is always told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pq_common.errors import FieldError
from pq_common.places import NATION
from pq_tfp.domain.axes import Axes, Notice, refuse
from pq_tfp.domain.errors import SeriesRefused, fault
from pq_tfp.domain.labour_share import (
    NEEDS,
    IncomeMethod,
    LabourShare,
    fixed_by_sector,
    labour_share,
)
from pq_tfp.domain.running.flows import Years
from pq_tfp.domain.running.specification import ShareChoice, ShareMethod
from pq_tfp.domain.running.supply import Supply
from pq_tfp.domain.series import Array, Yearly, common_years, levels
from pq_tfp.domain.store.stored import Stored

SAID: Mapping[ShareMethod, str] = {
    "LABOUR_INCOME": "full labour income / value added",
    "GIVEN": "given",
}
NAMED = {"N_total": "L"}
"""Where an income method calls a measure by another name."""


@dataclass(frozen=True, slots=True)
class Shares:
    """β by year, of the whole and of each part; ``told`` says how it was found, ``computed`` what a fallback replaced."""

    whole: Years
    parts: dict[str, Years]
    method: str
    told: dict[str, Any]
    notices: tuple[Notice, ...] = ()


def needed(choice: ShareChoice) -> tuple[str, ...]:
    """Return the measures that the method reads of every part."""
    match choice.method:
        case "GIVEN" | "IO_FIXED":
            return ()
        case "LABOUR_INCOME":
            return ("labour_income", "VA")
        case method:
            taxes = ("T",) if choice.at_factor_cost and "T" not in NEEDS[method] else ()
            return tuple(NAMED.get(name, name) for name in NEEDS[method]) + taxes


def shares_of(
    supply: Supply, choice: ShareChoice, series: Sequence[Stored], years: Sequence[int]
) -> Shares:
    """Return β for every year that the method's series cover, and for ``years`` where it is given. Raises SeriesRefused."""
    refuse(_unread(choice))
    match choice.method:
        case "GIVEN":
            return _given(supply, choice, years)
        case "LABOUR_INCOME":
            return _from_income(supply)
        case "IO_FIXED":
            return _from_table(supply, series)
        case method:
            return _by_method(supply, choice, method)


def _unread(choice: ShareChoice) -> list[FieldError]:
    """Refuse a share that was told beside a method that computes another."""
    if choice.beta is None or choice.method == "GIVEN":
        return []
    vi = f"beta {choice.beta} chỉ dùng với phương pháp GIVEN; {choice.method} tự tính hệ số."
    en = f"beta {choice.beta} is read under GIVEN alone; {choice.method} computes the share."
    return [fault("beta", None, "share_not_read", vi, en)]


def _given(supply: Supply, choice: ShareChoice, years: Sequence[int]) -> Shares:
    if choice.beta is None:
        vi, en = "Cần beta cho phương pháp GIVEN.", "The method GIVEN needs beta."
        raise SeriesRefused.because([fault("beta", None, "share_missing", vi, en)])
    told = dict.fromkeys(years, choice.beta)
    return Shares(
        told,
        dict.fromkeys(supply.parts, told),
        SAID["GIVEN"],
        {"method": "GIVEN", "beta": choice.beta},
    )


def _from_income(supply: Supply) -> Shares:
    income, VA = supply.level("labour_income"), supply.level("VA")

    def ratio(paid: Mapping[int, float], added: Mapping[int, float]) -> Years:
        return {year: paid[year] / added[year] for year in added if year in paid}

    return Shares(
        ratio(income.whole, VA.whole),
        {part: ratio(income.parts[part], VA.parts[part]) for part in supply.parts},
        SAID["LABOUR_INCOME"],
        {"method": "LABOUR_INCOME"},
    )


def _by_method(supply: Supply, choice: ShareChoice, method: IncomeMethod) -> Shares:
    names = list(NEEDS[method])
    if choice.at_factor_cost and "T" not in names:
        names.append("T")
    if method == "SELF_WAGE":  # what its fallback reads, where it is there
        names += [name for name in ("MI", "T") if name not in names and supply.has(name)]
    told = {name: supply.level(NAMED.get(name, name)) for name in names}
    years, found = _found(choice, method, {name: one.whole for name, one in told.items()})
    parts = {}
    for part in supply.parts:
        of_part = {name: one.parts[part] for name, one in told.items()}
        part_years, part_found = _found(choice, method, of_part)
        parts[part] = _by_year(part_years, part_found.beta)
    said = {
        "method": method, "theta": choice.theta, "at_factor_cost": choice.at_factor_cost,
        "computed": _by_year(years, found.computed) if found.fallback.any() else None,
    }  # fmt: skip
    return Shares(_by_year(years, found.beta), parts, method, said, found.notices)


def _found(
    choice: ShareChoice, method: IncomeMethod, income: Mapping[str, Yearly]
) -> tuple[list[int], LabourShare]:
    years = common_years(income)
    table = {name: levels(values, years) for name, values in income.items()}
    axes = Axes(tuple(years))
    return years, labour_share(
        method, table, axes, theta=choice.theta, at_factor_cost=choice.at_factor_cost
    )


def _from_table(supply: Supply, series: Sequence[Stored]) -> Shares:
    """Weight the nation's coefficients with the place's value added; a coefficient holds until the next table."""
    table = {
        one.industry: one.values
        for one in series
        if one.place_id == NATION and one.measure == "beta" and one.industry != "total"
    }
    if not table:
        vi = "Thiếu hệ số beta theo ngành của cả nước (bảng cân đối liên ngành)."
        en = "The nation's coefficients beta by industry (input-output table) are missing."
        raise SeriesRefused.because([fault("beta", None, "series_missing", vi, en)])
    sectors = tuple(sorted(table))
    of = {j: Supply(series, supply.place_id, industry=j) for j in sectors}
    refuse([fault for j in sectors for fault in of[j].missing([("VA", "")])])
    VA = {j: of[j].level("VA") for j in sectors}

    def weighted(added: Mapping[str, Yearly]) -> Years:
        years = common_years(added)
        found = {}
        for year in years:
            coefficients = np.array([_in_force(table[j], year) for j in sectors])
            column = np.array([[added[j][year]] for j in sectors])
            found[year] = float(
                fixed_by_sector(coefficients, column, Axes((year,), sectors)).beta[0]
            )
        return found

    return Shares(
        weighted({j: VA[j].whole for j in sectors}),
        {part: weighted({j: VA[j].parts[part] for j in sectors}) for part in supply.parts},
        "IO_FIXED",
        {"method": "IO_FIXED", "industries": list(sectors)},
    )


def _in_force(coefficients: Yearly, year: int) -> float:
    earlier = [known for known in coefficients if known <= year]
    return coefficients[max(earlier) if earlier else min(coefficients)]


def _by_year(years: Sequence[int], values: Array) -> Years:
    return dict(zip(years, values.tolist(), strict=True))
