"""Hours and labour quality over HTTP: used where they are complete; where they are not, persons are, and the answer says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pq_tfp.api.compute.shapes import Asked, Series, yearly
from pq_tfp.domain.axes import Axes, Notice
from pq_tfp.domain.guards import optional_or_persons
from pq_tfp.domain.labour import LabourInput, quality
from pq_tfp.domain.series import Array, Yearly


class GroupAsked(Asked):
    """One group of workers: hours or persons, and the mean wage."""

    h: Series
    wage: Series


@dataclass(frozen=True, slots=True)
class Labour:
    """Labour as it is used: ``series`` replaces L where hours are known; ``quality`` is a line of its own."""

    series: dict[str, dict[int, float]]
    quality: LabourInput | None = None
    notices: list[Notice] = field(default_factory=list)

    def columns(self, years: tuple[int, ...], share_L: Array) -> dict[str, Array]:
        """Return dln_LQ and contribution_LQ of these growth years, NaN where quality is not known."""
        if self.quality is None:
            return {}
        known = dict(zip(self.quality.axes.years, self.quality.dln_LQ.tolist(), strict=True))
        dln_LQ = np.array([known.get(year, np.nan) for year in years])
        return {"dln_LQ": dln_LQ, "contribution_LQ": share_L * dln_LQ}


def labour_of(
    series: Mapping[str, dict[int, float]], groups: Mapping[str, GroupAsked] | None
) -> Labour:
    """Return hours worked as L where ``H`` covers every year of L, else persons; and quality from groups. Raises SeriesRefused.

    Hours of some years beside persons of others would be growth that never was, so one missing year sends all back to persons.
    """
    persons, H = series.get("L", {}), series.get("H")
    used: dict[str, dict[int, float]] = {}
    notices: list[Notice] = []
    if H is not None:
        notices = optional_or_persons(H, sorted(persons), field="H")
        if not notices:
            used = {"L": {year: value * H[year] for year, value in persons.items()}}
    found = None
    if groups:
        years = sorted(
            set.intersection(*(set(map(int, g.h)) & set(map(int, g.wage)) for g in groups.values()))
        )
        notices += optional_or_persons(
            dict.fromkeys(years, 1.0), sorted(persons), field="labour_groups"
        )
        found = _quality(groups, tuple(years)) if len(years) > 1 else None
    return Labour(used, found, notices)


def _quality(groups: Mapping[str, GroupAsked], years: tuple[int, ...]) -> LabourInput:
    def table(which: str) -> Array:
        told: list[Yearly] = [yearly(getattr(group, which)) for group in groups.values()]
        return np.array([[one[year] for year in years] for one in told])

    return quality(table("h"), table("wage"), Axes(years, tuple(groups)))
