"""Inputs and outputs of many units over years, as the frontier engines take them, and what they refuse.

A unit whose figures of a year are all missing (NaN) is absent from that year; one that lacks some of them is a fault, and so is a figure
that is not above 0: no distance can be told from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pq_common.errors import FieldError
from pq_tfp.domain.axes import Axes, Notice, axes_faults, placed, refuse, shape_faults
from pq_tfp.domain.distances import Returns, Technology
from pq_tfp.domain.guards import SMALLEST_SAMPLE
from pq_tfp.domain.series import Array

LP_INFEASIBLE = "LP_INFEASIBLE"
ABSENT = "NOT_IN_BOTH_YEARS"
Units = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Quantities:
    """Inputs ``x`` and outputs ``y`` by name, each of shape (units, years), above 0; NaN where a unit is absent."""

    axes: Axes
    x: Mapping[str, Array]
    y: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Observed:
    """Checked quantities: ``X`` (inputs, units, years), ``Y`` (outputs, units, years), ``present`` (units, years)."""

    axes: Axes
    X: Array
    Y: Array
    present: Units

    def technology(self, units: Units, year: int, returns: Returns) -> Technology:
        """Return what the chosen units of the year at position ``year`` show to be possible."""
        return Technology(self.X[:, units, year], self.Y[:, units, year], returns)

    def point(self, units: Units, year: int) -> tuple[Array, Array]:
        """Return inputs and outputs of the chosen units in the year at position ``year``."""
        return self.X[:, units, year], self.Y[:, units, year]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Who is present in both years of each pair of neighbours: ``both`` (units, years − 1), ``axes`` of the later years.

    A unit present in one year of a pair only is noted as DROPPED_FROM_PAIR, at the later year.
    """

    axes: Axes
    both: Units
    notices: tuple[Notice, ...]

    def reasons(self, values: Array) -> NDArray[np.str_]:
        """Say why there is no value: absent from the pair, or no solution; empty where there is one."""
        return np.where(self.both, np.where(np.isnan(values), LP_INFEASIBLE, ""), ABSENT)


def observe(told: Quantities, *, years: int = 1) -> Observed:
    """Check and stack. Raises SeriesRefused naming field, unit and year of every fault.

    ``years`` is the least number of years. Each year needs 3 units or more.
    """
    axes = told.axes
    named = {**told.x, **told.y}
    refuse(
        axes_faults(axes, minimum=years) + _naming_faults(told) or shape_faults(named, axes.shape)
    )
    X, Y = np.stack(list(told.x.values())), np.stack(list(told.y.values()))
    absent: Units = np.isnan(np.concatenate([X, Y])).all(axis=0)
    refuse(
        [f for name, values in named.items() for f in _figure_faults(name, values, absent, axes)]
    )
    refuse(_count_faults(~absent, axes.years))
    return Observed(axes, X, Y, ~absent)


def pairs_of(seen: Observed) -> Pairs:
    """Return the pairs of neighbouring years. Raises SeriesRefused where fewer than 3 units are in both."""
    before, after = seen.present[:, :-1], seen.present[:, 1:]
    axes = seen.axes.growth()
    refuse(_count_faults(before & after, axes.years))
    alone = axes.where(before ^ after)
    notices = tuple(Notice("DROPPED_FROM_PAIR", None, unit, year) for _, unit, year in alone)
    return Pairs(axes, before & after, notices)


def _count_faults(present: Units, years: tuple[int, ...]) -> list[FieldError]:
    """Name each year, or pair of years by its later one, in which fewer than 3 units are present."""
    return [
        placed(
            "units", None, year, "units_too_few",
            (
                f"Năm {year} có {count} đơn vị đủ số liệu; cần ít nhất {SMALLEST_SAMPLE}.",
                f"In {year} {count} units are complete; at least {SMALLEST_SAMPLE} are needed.",
            ),
        )
        for year, count in zip(years, present.sum(axis=0).tolist(), strict=True)
        if count < SMALLEST_SAMPLE
    ]  # fmt: skip


def geometric_mean(values: Array, *, axis: int | None = None) -> Array:
    """Return the geometric mean of what is not NaN along an axis, NaN where there is nothing."""
    known = np.isfinite(values)
    total = np.where(known, np.log(np.where(known, values, 1.0)), 0.0).sum(axis=axis)
    count = known.sum(axis=axis)
    mean: Array = np.where(count > 0, np.exp(total / np.maximum(count, 1)), np.nan)
    return mean


def _naming_faults(told: Quantities) -> list[FieldError]:
    found = []
    for side, names, said in (
        ("x", told.x, ("Cần ít nhất một đầu vào.", "At least one input is needed.")),
        ("y", told.y, ("Cần ít nhất một đầu ra.", "At least one output is needed.")),
    ):
        if not names:
            found.append(placed(side, None, None, "series_missing", said))
    both = ("vừa là đầu vào vừa là đầu ra.", "is both an input and an output.")
    return found + [
        placed(name, None, None, "series_twice", (f"{name} {both[0]}", f"{name} {both[1]}"))
        for name in told.x
        if name in told.y
    ]


def _figure_faults(field: str, values: Array, absent: Units, axes: Axes) -> list[FieldError]:
    found = []
    for position, unit, year in axes.where(~(np.isfinite(values) & (values > 0)) & ~absent):
        seen = values[position]
        if np.isnan(seen):
            said = (
                f"Thiếu {field} năm {year}; hãy điền, hoặc bỏ mọi số liệu năm đó của đơn vị.",
                f"{field} in {year} is missing; give it, or leave out all figures of the unit in that year.",
            )
            found.append(placed(field, unit, year, "quantity_missing", said))
        else:
            said = (
                f"{field} năm {year} là {seen:g}; cần một số lớn hơn 0.",
                f"{field} in {year} is {seen:g}; a number above 0 is needed.",
            )
            found.append(placed(field, unit, year, "level_not_positive", said))
    return found
