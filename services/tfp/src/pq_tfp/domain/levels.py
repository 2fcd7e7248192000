"""Productivity of places against one another in the same year: the multilateral CCD index, equal to GEKS-Törnqvist.

ln T_i = [ln Y_i − mean ln Y] − ½·Σ_x (s_x,i + s̄_x)(ln X_x,i − mean ln X_x), arithmetic means over the places of the year; relative to a reference
place, exp(ln T_i − ln T_ref). Transitive, and no place is its base; who is in the sample belongs to the definition.
Source: Caves, Christensen and Diewert (1982), Economic Journal 92, 73–86; Penn World Table 10.01 publishes ctfp this way.
Levels need spatial prices: nominal GRDP over SCOLI, not constant-2010 GRDP alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pq_common.errors import FieldError
from pq_tfp.domain.accounting import SUM_TOLERANCE
from pq_tfp.domain.axes import Axes, axes_faults, placed, refuse, shape_faults
from pq_tfp.domain.series import Array
from pq_tfp.domain.sharing import outside_faults

SMALLEST_SAMPLE = 3


@dataclass(frozen=True, slots=True)
class Levels:
    """Shape (units, years): ``relative`` to the reference (1 for itself), ``ln_T`` around the mean; NaN for who is not a member."""

    axes: Axes
    reference: str
    relative: Array
    ln_T: Array
    members: NDArray[np.bool_]


def compare(
    Y: Array, X: Mapping[str, Array], shares: Mapping[str, Array], axes: Axes, *, reference: str
) -> Levels:
    """Return the level of each place of each year relative to ``reference``.

    ``Y``, each X and each share have shape (units, years); NaN marks what is missing, and a place lacking anything in a year is
    no member of that year. Levels are above 0, shares inside (0, 1), those of a member sum to 1. Raises SeriesRefused: fewer than 3 members, or
    the reference not among them.
    """
    refuse(_frame_faults(Y, X, shares, axes, reference))
    ln_X = np.log(np.stack([X[name] for name in X], axis=-1))
    s = np.stack([shares[name] for name in X], axis=-1)
    ln_Y = np.log(Y)
    members = np.isfinite(ln_Y) & np.isfinite(ln_X).all(axis=-1) & np.isfinite(s).all(axis=-1)
    refuse(_member_faults(members, s, axes, reference))
    ln_T = _centred(ln_Y, members) - ccd(ln_X, s, members)
    at = axes.units.index(reference)
    return Levels(axes, reference, np.exp(ln_T - ln_T[at]), ln_T, members)


def ccd(ln_X: Array, s: Array, members: NDArray[np.bool_]) -> Array:
    """Return each unit's log index against the average unit of the year: shapes (units, years, inputs), out (units, years).

    ½·Σ_x (s_x,i + s̄_x)(ln X_x,i − mean ln X_x); NaN for who is not a member.
    """
    mask = members[..., np.newaxis]
    count = members.sum(axis=0)[:, np.newaxis]
    s, ln_X = np.where(mask, s, 0.0), np.where(mask, ln_X, 0.0)
    gap = ln_X - ln_X.sum(axis=0) / count
    index = np.einsum("itx,itx->it", s + s.sum(axis=0) / count, gap) / 2
    return np.where(members, index, np.nan)


def geks(ln_X: Array, s: Array) -> Array:
    """Return the log GEKS-Törnqvist index of one year against unit 0: shapes (units, inputs), out (units,).

    The mean over every unit k of the bilateral Törnqvist steps i→k and k→0; the slow twin of ``ccd``, to check it by.
    """
    bilateral = ((s[:, None] + s[None]) * (ln_X[:, None] - ln_X[None])).sum(axis=-1) / 2
    mean: Array = (bilateral + bilateral[:, :1].T).mean(axis=1)
    return mean


def _centred(values: Array, members: NDArray[np.bool_]) -> Array:
    known = np.where(members, values, 0.0)
    return np.where(members, values - known.sum(axis=0) / members.sum(axis=0), np.nan)


def _frame_faults(
    Y: Array, X: Mapping[str, Array], shares: Mapping[str, Array], axes: Axes, reference: str
) -> list[FieldError]:
    weights = {f"share_{name}": values for name, values in shares.items()}
    found = axes_faults(axes, minimum=1) or shape_faults({"Y": Y, **X, **weights}, axes.shape)
    absent = sorted({f"share_{name}" for name in X} ^ set(weights))
    said = ("mỗi đầu vào cần một tỷ trọng.", "each input needs a share.")
    found += [
        placed(name, None, None, "series_missing", (f"{name}: {said[0]}", f"{name}: {said[1]}"))
        for name in absent
    ]
    if reference not in axes.units:
        said = (f"{reference} không có trong số liệu.", f"{reference} is not in the data.")
        found.append(placed("reference", None, None, "reference_missing", said))
    if found:
        return found
    for field, values in {"Y": Y, **X}.items():
        for position, unit, year in axes.where(values <= 0):
            said = (
                f"{field} năm {year} là {values[position]:g}; cần một số lớn hơn 0.",
                f"{field} in {year} is {values[position]:g}; a number above 0 is needed.",
            )
            found.append(placed(field, unit, year, "level_not_positive", said))
    return found + outside_faults(weights, axes, may_be_absent=True)


def _member_faults(
    members: NDArray[np.bool_], s: Array, axes: Axes, reference: str
) -> list[FieldError]:
    found = []
    for year, count, present in zip(
        axes.years, members.sum(axis=0).tolist(), members[axes.units.index(reference)], strict=True
    ):
        if count < SMALLEST_SAMPLE:
            said = (
                f"Năm {year} có {count} nơi đủ số liệu; cần ít nhất {SMALLEST_SAMPLE}.",
                f"In {year} {count} places are complete; at least {SMALLEST_SAMPLE} are needed.",
            )
            found.append(placed("units", None, year, "units_too_few", said))
        elif not present:
            said = (
                f"Nơi so sánh thiếu số liệu năm {year}.",
                f"The reference place is incomplete in {year}.",
            )
            found.append(placed("reference", reference, year, "reference_missing", said))
    off = members & (np.abs(s.sum(axis=-1) - 1) > SUM_TOLERANCE)
    for _, unit, year in axes.where(off):
        said = (f"Năm {year}: tổng tỷ trọng khác 1.", f"In {year} the shares do not sum to 1.")
        found.append(placed("share", unit, year, "shares_do_not_sum_to_one", said))
    return found
