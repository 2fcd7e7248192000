"""Where a number stands: its unit and its year, so that a refusal or a warning can name both."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pq_common.errors import FieldError
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.series import Array


@dataclass(frozen=True, slots=True)
class Axes:
    """The labels of arrays of shape (years,), or of shape (units, years) when units are named."""

    years: tuple[int, ...]
    units: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.units), len(self.years)) if self.units else (len(self.years),)

    def growth(self) -> "Axes":
        """Return the labels of what is computed between neighbouring years: every year but the first."""
        return Axes(self.years[1:], self.units)

    def where(self, hits: NDArray[np.bool_]) -> Iterator[tuple[tuple[int, ...], str | None, int]]:
        """Yield position, unit and year of each true entry."""
        for position in map(tuple, np.argwhere(hits).tolist()):
            yield (
                position,
                self.units[position[0]] if self.units else None,
                self.years[position[-1]],
            )


@dataclass(frozen=True, slots=True)
class Notice:
    """Something suspicious but allowed; ``code`` is stable, the rest says where."""

    code: str
    field: str | None = None
    unit: str | None = None
    year: int | None = None


def placed(
    field: str, unit: str | None, year: int | None, code: str, messages: tuple[str, str]
) -> FieldError:
    """Return a fault whose pointer names field, unit and year, and whose messages begin with the unit."""
    parts = [
        field,
        *([unit] if unit is not None else []),
        *([str(year)] if year is not None else []),
    ]
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
    who = f"{unit}: " if unit is not None else ""
    return FieldError(pointer, code, who + messages[0], who + messages[1])


def refuse(found: Sequence[FieldError]) -> None:
    """Raise SeriesRefused when there is any fault."""
    if found:
        raise SeriesRefused.because(list(found))


def axes_faults(axes: Axes, *, minimum: int = 2) -> list[FieldError]:
    """Refuse too few years, years that are not neighbours in order, and a unit named twice."""
    found = []
    for before, year in zip(axes.years, axes.years[1:], strict=False):
        if year != before + 1:
            said = (
                f"Sau năm {before} là năm {year}; cần các năm liền nhau, mỗi năm một lần.",
                f"{before} is followed by {year}; consecutive years are needed, each once.",
            )
            found.append(placed("years", None, year, "years_not_consecutive", said))
    if len(axes.years) < minimum:
        said = (
            f"Có {len(axes.years)} năm; cần ít nhất {minimum}.",
            f"There are {len(axes.years)} years; at least {minimum} are needed.",
        )
        found.append(placed("years", None, None, "years_too_few", said))
    for unit in sorted(unit for unit, count in Counter(axes.units).items() if count > 1):
        said = ("Đơn vị xuất hiện hai lần.", "The unit appears twice.")
        found.append(placed("units", unit, None, "unit_duplicated", said))
    return found


def shape_faults(arrays: Mapping[str, Array], shape: tuple[int, ...]) -> list[FieldError]:
    """Name each array whose shape is not ``shape``."""
    return [
        placed(
            field, None, None, "shape_wrong",
            (f"{field} có dạng {values.shape}; cần {shape}.", f"{field} has shape {values.shape}; {shape} is needed."),
        )
        for field, values in arrays.items()
        if values.shape != shape
    ]  # fmt: skip


def positive_faults(field: str, values: Array, axes: Axes) -> list[FieldError]:
    """Name each entry that is not a finite number above 0: its logarithm or growth would be undefined."""
    return [
        placed(field, unit, year, *_not_positive(field, year, float(values[position])))
        for position, unit, year in axes.where(~(np.isfinite(values) & (values > 0)))
    ]


def _not_positive(field: str, year: int, value: float) -> tuple[str, tuple[str, str]]:
    if np.isnan(value):
        return "year_missing", (f"{field} thiếu năm {year}.", f"{field} lacks {year}.")
    return "level_not_positive", (
        f"{field} năm {year} là {value:g}; cần một số lớn hơn 0.",
        f"{field} in {year} is {value:g}; a number above 0 is needed.",
    )


def finite_faults(field: str, values: Array, axes: Axes) -> list[FieldError]:
    """Name each entry that is not a finite number."""
    said = ("thiếu hoặc không phải là số.", "is missing or not a number.")
    return [
        placed(field, unit, year, "not_a_number", (f"{field} năm {year} {said[0]}", f"{field} in {year} {said[1]}"))
        for _, unit, year in axes.where(~np.isfinite(values))
    ]  # fmt: skip
