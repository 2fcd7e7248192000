"""Yearly series and what is checked before any engine sees them."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pq_common.errors import FieldError
from pq_tfp.domain.errors import SeriesRefused, fault

Array = NDArray[np.float64]
Yearly = Mapping[int, float]

LARGEST_SHARE = 1.5
"""A share above this was typed in percent: 47 for 0.47."""


def gap_faults(field: str, series: Yearly, years: Sequence[int]) -> list[FieldError]:
    """Name each year of ``years`` that the series lacks: growth across a gap is not annual."""
    return [
        fault(
            field, year, "year_missing",
            f"{field} thiếu năm {year}; tăng trưởng qua chỗ trống không phải là tăng trưởng một năm.",
            f"{field} lacks {year}; growth across a gap is not annual.",
        )
        for year in years
        if year not in series
    ]  # fmt: skip


def level_faults(field: str, series: Yearly, years: Sequence[int]) -> list[FieldError]:
    """Name each value that is not a positive finite number: a growth rate needs a level above zero."""
    found = []
    for year in years:
        value = series.get(year)
        if value is not None and not (np.isfinite(value) and value > 0):
            found.append(
                fault(
                    field, year, "level_not_positive",
                    f"{field} năm {year} là {value:g}; cần một số lớn hơn 0.",
                    f"{field} in {year} is {value:g}; a number above 0 is needed.",
                )
            )  # fmt: skip
    return found


def share_faults(field: str, series: Yearly, years: Sequence[int]) -> list[FieldError]:
    """Name each share outside (0, 1), and say so when it looks like percent."""
    found = []
    for year in years:
        value = series.get(year)
        if value is None or 0 < value < 1:
            continue
        if value > LARGEST_SHARE:
            found.append(
                fault(
                    field, year, "share_in_percent",
                    f"{field} năm {year} là {value:g}: có lẽ là phần trăm; hãy viết {value / 100:g}.",
                    f"{field} in {year} is {value:g}: this looks like percent; write {value / 100:g}.",
                )
            )  # fmt: skip
        else:
            found.append(
                fault(
                    field, year, "share_outside_unit_interval",
                    f"{field} năm {year} là {value:g}; tỷ trọng phải lớn hơn 0 và nhỏ hơn 1.",
                    f"{field} in {year} is {value:g}; a share lies strictly between 0 and 1.",
                )
            )  # fmt: skip
    return found


def common_years(series: Mapping[str, Yearly]) -> list[int]:
    """Return the consecutive years from the first to the last that all series reach.

    A series that ends early shortens the span; a year missing inside it raises SeriesRefused.
    """
    if any(not values for values in series.values()):
        empty = [name for name, values in series.items() if not values]
        raise SeriesRefused.because(
            [
                fault(
                    name, None, "series_empty", f"{name} không có năm nào.", f"{name} has no year."
                )
                for name in empty
            ]
        )
    first = max(min(values) for values in series.values())
    last = min(max(values) for values in series.values())
    years = list(range(first, last + 1))
    found = [
        problem for name, values in series.items() for problem in gap_faults(name, values, years)
    ]
    if len(years) < 2 and not found:
        found = [
            fault(
                next(iter(series)), None, "years_too_few",
                f"Các chuỗi chỉ có {len(years)} năm chung; cần ít nhất 2 năm liền nhau.",
                f"The series share {len(years)} years; at least 2 consecutive ones are needed.",
            )
        ]  # fmt: skip
    if found:
        raise SeriesRefused.because(found)
    return years


def levels(series: Yearly, years: Sequence[int]) -> Array:
    """Return the values of these years, shape (years,)."""
    return np.array([series[year] for year in years], dtype=np.float64)
