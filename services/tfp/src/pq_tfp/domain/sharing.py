"""Shares of income, checked, and shares of growth with their guards: none of growth that is negative or close to zero."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pq_common.errors import FieldError
from pq_tfp.domain.accounting import ROUNDING, SMALL_GROWTH, SUM_TOLERANCE
from pq_tfp.domain.axes import Axes, placed
from pq_tfp.domain.series import LARGEST_SHARE, Array

GIVEN = ""
"""The reason where a share is given."""


def reasons(growth: Array, *, small: float = SMALL_GROWTH) -> NDArray[np.str_]:
    """Return why each growth (a fraction or log points) carries no shares; an empty text where it does."""
    return np.where(
        growth < 0,
        "NEGATIVE_GROWTH",
        np.where(growth < small - ROUNDING, "GROWTH_TOO_SMALL", GIVEN),
    )


def shares_of(part: Array, growth: Array, *, small: float = SMALL_GROWTH) -> Array:
    """Return part / growth, NaN where ``reasons`` says why not."""
    return part / np.where(reasons(growth, small=small) == GIVEN, growth, np.nan)


def share_faults(shares: Mapping[str, Array], axes: Axes, *, blame: str) -> list[FieldError]:
    """Name each share outside (0, 1), in percent by mistake, else each year whose shares do not sum to 1 (on ``blame``)."""
    found = outside_faults(shares, axes)
    if found:
        return found
    total = np.sum(list(shares.values()), axis=0)
    names = " + ".join(shares)
    return [
        placed(
            blame, unit, year, "shares_do_not_sum_to_one",
            (
                f"Năm {year}: {names} = {total[position]:.6f}; phải bằng 1.",
                f"In {year} {names} = {total[position]:.6f}; it must be 1.",
            ),
        )
        for position, unit, year in axes.where(np.abs(total - 1) > SUM_TOLERANCE)
    ]  # fmt: skip


def outside_faults(
    shares: Mapping[str, Array], axes: Axes, *, may_be_absent: bool = False
) -> list[FieldError]:
    """Name each share outside (0, 1), and say so when it looks like percent; NaN is absent where that is allowed."""
    found = []
    for field, values in shares.items():
        inside = (values > 0) & (values < 1) | (np.isnan(values) & may_be_absent)
        for position, unit, year in axes.where(~inside):
            code, messages = _outside(field, year, float(values[position]))
            found.append(placed(field, unit, year, code, messages))
    return found


def _outside(field: str, year: int, value: float) -> tuple[str, tuple[str, str]]:
    if value > LARGEST_SHARE:
        return "share_in_percent", (
            f"{field} năm {year} là {value:g}: có lẽ là phần trăm; hãy viết {value / 100:g}.",
            f"{field} in {year} is {value:g}: this looks like percent; write {value / 100:g}.",
        )
    return "share_outside_unit_interval", (
        f"{field} năm {year} là {value:g}; tỷ trọng phải lớn hơn 0 và nhỏ hơn 1.",
        f"{field} in {year} is {value:g}; a share lies strictly between 0 and 1.",
    )
