"""The labour share over HTTP: told as beta, or computed from income by a named method; what was used is always in the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, Field

from pq_common.http.wire import Flag
from pq_tfp.api.compute.shapes import Asked, Cell, Finite, Series, ShortText, by_year, yearly
from pq_tfp.domain import guards
from pq_tfp.domain.axes import Axes, Notice, placed, refuse
from pq_tfp.domain.labour_share import NEEDS, LabourShare, fixed_by_sector, labour_share
from pq_tfp.domain.series import Array, gap_faults

INCOME = ("VA", "CE", "MI", "T", "N_employees", "N_total")


class ShareAsked(Asked):
    """How beta is computed from VA, CE, MI, T (current prices) and N_employees, N_total (persons) of the request."""

    method: Literal["CE_ONLY", "MI_ALL", "MI_PROP", "SELF_WAGE", "IO_FIXED"]
    theta: Annotated[
        Finite, Field(description="Wage of the self-employed over that of employees")
    ] = 1.0
    at_factor_cost: Flag = False
    coefficients: dict[ShortText, Finite] | None = Field(
        default=None, description="IO_FIXED: national labour coefficients by industry"
    )
    VA_by_industry: dict[ShortText, Series] | None = Field(
        default=None, description="IO_FIXED: nominal value added by industry"
    )


class ShareOut(BaseModel):
    """What the method gave, and what was used where it fell back on MI_PROP."""

    method: str
    beta: dict[str, Cell]
    computed: dict[str, Cell]
    fallback_years: list[int]


@dataclass(frozen=True, slots=True)
class Used:
    """beta by year, and what is told of it; ``out`` is None where beta was told by the caller."""

    beta: dict[int, float]
    method: str
    out: ShareOut | None
    notices: tuple[Notice, ...]


def beta_of(
    series: Mapping[str, dict[int, float]], asked: ShareAsked | None, *, unit: guards.ShareUnit
) -> Used:
    """Return beta as told, or as ``asked``. Raises SeriesRefused: both or neither, a share of the wrong unit or outside (0, 1)."""
    told = series.get("beta")
    if (told is None) == (asked is None):
        said = (
            "Gửi beta hoặc labour_share, chỉ một trong hai.",
            "Send beta or labour_share, exactly one of them.",
        )
        refuse([placed("beta", None, None, "series_missing", said)])
    if told is not None:
        return Used(as_fractions("beta", told, unit), "told", None, ())
    assert asked is not None  # noqa: S101 - exactly one is None
    found, axes = _computed(series, asked)
    out = ShareOut(
        method=asked.method, beta=by_year(found.beta, axes.years), computed=by_year(found.computed, axes.years),
        fallback_years=[year for _, _, year in axes.where(found.fallback)],
    )  # fmt: skip
    beta = dict(zip(axes.years, found.beta.tolist(), strict=True))
    return Used(beta, asked.method, out, found.notices)


def as_fractions(field: str, told: Mapping[int, float], unit: guards.ShareUnit) -> dict[int, float]:
    """Return shares as fractions. Raises SeriesRefused where the numbers fit the other unit than the declared one."""
    refuse(guards.unit_faults(field, told, unit=unit, kind="share"))
    return {year: share / 100 if unit == "percent" else share for year, share in told.items()}


def _computed(
    series: Mapping[str, dict[int, float]], asked: ShareAsked
) -> tuple[LabourShare, Axes]:
    if asked.method == "IO_FIXED":
        return _fixed(asked)
    known = {name: series[name] for name in INCOME if name in series}
    absent = [name for name in NEEDS[asked.method] if name not in known]
    said = ("cần cho phương pháp này.", "is needed by this method.")
    refuse(
        [
            placed(n, None, None, "series_missing", (f"{n} {said[0]}", f"{n} {said[1]}"))
            for n in absent
        ]
    )
    axes = Axes(_years(known))
    return labour_share(
        asked.method, _arrays(known, axes), axes, theta=asked.theta, at_factor_cost=asked.at_factor_cost
    ), axes  # fmt: skip


def _fixed(asked: ShareAsked) -> tuple[LabourShare, Axes]:
    coefficients, VA = asked.coefficients or {}, asked.VA_by_industry or {}
    said = ("cần một hệ số và một chuỗi VA.", "needs a coefficient and a series of VA.")
    odd = sorted(coefficients.keys() ^ VA.keys())
    refuse([placed("coefficients", name, None, "series_missing", said) for name in odd])
    refuse(guards.sample_faults("industries", len(coefficients)))
    known = {name: yearly(VA[name]) for name in coefficients}
    axes = Axes(_years(known), tuple(coefficients))
    table = np.array(list(_arrays(known, axes).values()))
    return fixed_by_sector(np.array(list(coefficients.values())), table, axes), Axes(axes.years)


def _years(known: Mapping[str, Mapping[int, float]]) -> tuple[int, ...]:
    years = sorted(set().union(*known.values()))
    refuse([fault for name, values in known.items() for fault in gap_faults(name, values, years)])
    return tuple(years)


def _arrays(known: Mapping[str, Mapping[int, float]], axes: Axes) -> dict[str, Array]:
    return {name: np.array([values[year] for year in axes.years]) for name, values in known.items()}
