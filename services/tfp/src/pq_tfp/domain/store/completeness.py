"""Whether the stored series of a place are whole: no predecessor missing, no year, and the parts adding up to what was published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pq_common import places
from pq_common.errors import FieldError
from pq_tfp.domain.axes import Axes, placed
from pq_tfp.domain.mergers import completeness_faults
from pq_tfp.domain.store.measures import TOTALS
from pq_tfp.domain.store.stored import Stored

Key = tuple[str, str, str]
"""Measure, item and prices: what stands on two bases is two series."""


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of the parts against the published total of the whole, in one year both cover."""

    measure: str
    year: int
    summed: float
    published: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, what is missing or does not add up, and each sum that was compared."""

    parts: tuple[str, ...]
    measures: tuple[str, ...]
    faults: tuple[FieldError, ...]
    sums: tuple[Sum, ...]

    @property
    def complete(self) -> bool:
        return not self.faults


def parts_of(place_id: str) -> tuple[str, ...]:
    """Return the places whose levels are summed: the predecessors, or the place itself when it has none."""
    return places.predecessors(place_id) or (place_id,)


def examine(place_id: str, series: Sequence[Stored]) -> Report:
    """Compare ``series``, of one industry and vintage, of a place and its predecessors with one another.

    Whatever one predecessor has, every other must have, in the same years: a sum that silently drops one is no sum.
    """
    parts = parts_of(place_id)
    by_place = _by_place(series)
    known = sorted({key for part in parts for key in by_place.get(part, {})})
    found = [fault for key in known for fault in _lacking(key, parts, by_place)]
    sums: list[Sum] = []
    if parts != (place_id,):
        published = by_place.get(place_id, {})
        for key in [key for key in sorted(published) if key[0] in TOTALS]:
            told = [by_place.get(part, {}).get(key, {}) for part in parts]
            compared, faults = _against_published(key[0], told, published[key])
            sums += compared
            found += faults
    measures = tuple(sorted({measure for measure, _, _ in known}))
    return Report(parts, measures, tuple(found), tuple(sums))


def _by_place(series: Sequence[Stored]) -> dict[str, dict[Key, dict[int, float]]]:
    found: dict[str, dict[Key, dict[int, float]]] = {}
    for one in series:
        key = (one.measure, one.item, one.price_basis or "")
        found.setdefault(one.place_id, {}).setdefault(key, {}).update(one.values)
    return found


def _lacking(
    key: Key, parts: Sequence[str], by_place: Mapping[str, Mapping[Key, Mapping[int, float]]]
) -> list[FieldError]:
    measure, item, basis = key
    name = " ".join(word for word in (measure, item, basis) if word)
    told = {part: by_place.get(part, {}).get(key, {}) for part in parts}
    every = sorted({year for years in told.values() for year in years})
    found = []
    for part, years in told.items():
        if not years:
            who = places.describe(part)
            said = (f"Thiếu chuỗi {name} của {who}.", f"The series {name} of {who} is missing.")
            found.append(placed(measure, part, None, "series_missing", said))
            continue
        span = range(every[0], every[-1] + 1)
        for year in [year for year in span if year not in years]:
            said = (f"{name} thiếu năm {year}.", f"{name} lacks {year}.")
            found.append(placed(measure, part, year, "year_missing", said))
    return found


def _against_published(
    measure: str, told: Sequence[Mapping[int, float]], published: Mapping[int, float]
) -> tuple[list[Sum], list[FieldError]]:
    if not all(told):
        return [], []  # which part is missing has been said
    common = sorted(set.intersection(*(set(years) for years in told)))
    summed = np.array([sum(years[year] for years in told) for year in common])
    faults = completeness_faults(measure, summed, published, Axes(tuple(common)))
    compared = [
        Sum(measure, year, float(value), published[year])
        for year, value in zip(common, summed, strict=True)
        if year in published
    ]
    return compared, faults
