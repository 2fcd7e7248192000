"""The income share of labour, β, by five methods; what was used is always told.

Value added by income at basic prices: VA = CE + T + CFC + OS + MI, with CE compensation of employees, T other taxes less subsidies on
production, MI mixed income. Product taxes belong to no factor and stay outside VA. Sources: Gollin (2002), Journal of Political
Economy 110(2), 458–474, for MI_ALL and MI_PROP; OECD and APO practice for SELF_WAGE; the national input-output table for IO_FIXED.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pq_common.errors import FieldError
from pq_tfp.domain.axes import (
    Axes,
    Notice,
    finite_faults,
    placed,
    positive_faults,
    refuse,
    shape_faults,
)
from pq_tfp.domain.series import LARGEST_SHARE, Array

IncomeMethod = Literal["CE_ONLY", "MI_ALL", "MI_PROP", "SELF_WAGE"]
Method = IncomeMethod | Literal["IO_FIXED"]
NEEDS: Mapping[IncomeMethod, tuple[str, ...]] = {
    "CE_ONLY": ("VA", "CE"),
    "MI_ALL": ("VA", "CE", "MI"),
    "MI_PROP": ("VA", "CE", "MI", "T"),
    "SELF_WAGE": ("VA", "CE", "N_employees", "N_total"),
}
MAY_BE_ANYTHING = {"T", "MI"}
"""Subsidies can exceed taxes, and a sector can have no mixed income."""


@dataclass(frozen=True, slots=True)
class LabourShare:
    """``beta`` with the shape of the data; ``computed`` is what ``method`` gave; ``fallback`` where MI_PROP replaced it."""

    method: Method
    beta: Array
    computed: Array
    fallback: NDArray[np.bool_]
    notices: tuple[Notice, ...]


def labour_share(
    method: IncomeMethod,
    income: Mapping[str, Array],
    axes: Axes,
    *,
    theta: float = 1.0,
    at_factor_cost: bool = False,
) -> LabourShare:
    """Return β by ``method`` from current-price ``income``: VA, CE, MI, T in money, N_employees and N_total in persons.

    ``theta`` in (0, 1] is the wage of the self-employed over that of employees; ``at_factor_cost`` takes T out of the denominator.
    SELF_WAGE outside (0, 1) falls back to MI_PROP, noted as LABOUR_SHARE_FALLBACK, both values kept; any other share
    outside (0, 1) is refused with SeriesRefused.
    """
    if not 0 < theta <= 1:
        said = (f"theta = {theta:g}; cần trong (0, 1].", f"theta = {theta:g}; (0, 1] is needed.")
        refuse([placed("theta", None, None, "theta_outside_range", said)])
    needed = NEEDS[method] + (("T",) if at_factor_cost and "T" not in NEEDS[method] else ())
    _check(income, needed, axes)
    refuse(_employee_faults(income, axes) if method == "SELF_WAGE" else [])
    computed = _computed(method, income, theta=theta, at_factor_cost=at_factor_cost)
    outside = ~((computed > 0) & (computed < 1))
    if method != "SELF_WAGE" or not outside.any():
        refuse(_outside(method, computed, axes))
        return LabourShare(method, computed, computed, np.zeros(computed.shape, dtype=bool), ())
    _check(income, NEEDS["MI_PROP"], axes)
    beta = np.where(outside, _proportional(income), computed)
    refuse(_outside("MI_PROP", beta, axes))
    notices = tuple(Notice("LABOUR_SHARE_FALLBACK", "beta", *at[1:]) for at in axes.where(outside))
    return LabourShare(method, beta, computed, outside, notices)


def _computed(
    method: IncomeMethod, income: Mapping[str, Array], *, theta: float, at_factor_cost: bool
) -> Array:
    VA = income["VA"] - income["T"] if at_factor_cost else income["VA"]
    match method:
        case "MI_PROP":
            return _proportional(income)
        case "SELF_WAGE":
            employees = income["N_employees"]
            paid = employees + theta * (income["N_total"] - employees)
            return income["CE"] / employees * paid / VA
        case "MI_ALL":
            return (income["CE"] + income["MI"]) / VA
        case _:
            return income["CE"] / VA


def fixed_by_sector(coefficients: Array, VA: Array, axes: Axes) -> LabourShare:
    """Return Σ_j β_j·VA_j / Σ_j VA_j: national coefficients (sectors,) weighted with nominal VA of shape (sectors, years).

    ``axes.units`` name the sectors. The official fallback where a place has no income-side data. Raises SeriesRefused.
    """
    refuse(
        shape_faults({"VA": VA}, axes.shape)
        or shape_faults({"beta": coefficients}, (len(axes.units),))
    )
    still = Axes(axes.years[:1], axes.units)
    refuse(
        _outside("IO_FIXED", coefficients[:, np.newaxis], still) + positive_faults("VA", VA, axes)
    )
    beta = (coefficients[:, np.newaxis] * VA).sum(axis=0) / VA.sum(axis=0)
    return LabourShare("IO_FIXED", beta, beta, np.zeros(beta.shape, dtype=bool), ())


def _proportional(income: Mapping[str, Array]) -> Array:
    rest: Array = income["CE"] / (income["VA"] - income["T"] - income["MI"])
    return rest


def _check(income: Mapping[str, Array], needed: tuple[str, ...], axes: Axes) -> None:
    refuse(
        [
            placed(
                name, None, None, "series_missing",
                (f"Thiếu chuỗi {name}.", f"The series {name} is missing."),
            )
            for name in needed
            if name not in income
        ]
    )  # fmt: skip
    known = {name: income[name] for name in needed}
    refuse(shape_faults(known, axes.shape))
    found = []
    for name, values in known.items():
        check = finite_faults if name in MAY_BE_ANYTHING else positive_faults
        found += check(name, values, axes)
    refuse(found)


def _employee_faults(income: Mapping[str, Array], axes: Axes) -> list[FieldError]:
    """Name each year with more employees than persons: the units differ, and the share would fall below that of employees alone."""
    employees, total = income["N_employees"], income["N_total"]
    return [
        placed(
            "N_employees", unit, year, "employees_exceed_total",
            (
                f"N_employees năm {year} là {employees[position]:g}, nhiều hơn N_total {total[position]:g}; cần cùng một đơn vị.",
                f"N_employees in {year} is {employees[position]:g}, more than N_total {total[position]:g}; one unit is needed for both.",
            ),
        )
        for position, unit, year in axes.where(employees > total)
    ]  # fmt: skip


def _outside(method: str, values: Array, axes: Axes) -> list[FieldError]:
    return [
        placed(
            "beta", unit, year,
            "share_in_percent" if values[position] > LARGEST_SHARE and method == "IO_FIXED" else "share_outside_unit_interval",
            (
                f"beta năm {year} theo {method} là {values[position]:g}; cần giữa 0 và 1.",
                f"beta in {year} by {method} is {values[position]:g}; between 0 and 1 is needed.",
            ),
        )
        for position, unit, year in axes.where(~((values > 0) & (values < 1)))
    ]  # fmt: skip
