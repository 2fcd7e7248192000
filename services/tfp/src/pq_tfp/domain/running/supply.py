"""The stored series of a run, asked for by measure: of each predecessor, and summed into the place that they became.

Levels are summed, never rates. A set with one part missing is refused; years that only the merged place itself reports follow the
sum where the two agree in a year that both cover.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pq_common import places
from pq_common.errors import FieldError
from pq_common.places import NATION
from pq_tfp.domain.axes import Axes, refuse
from pq_tfp.domain.errors import fault
from pq_tfp.domain.guards import additivity_faults
from pq_tfp.domain.mergers import completeness_faults
from pq_tfp.domain.series import Yearly
from pq_tfp.domain.store.completeness import parts_of
from pq_tfp.domain.store.linking import Chosen, Link, choose
from pq_tfp.domain.store.stored import Stored
from pq_tfp.domain.store.units import Dimension

Wanted = tuple[str, str]
"""Measure and item."""


@dataclass(frozen=True, slots=True)
class Level:
    """A measure of the place in the computing unit: by year, and of each part it is summed from.

    ``unit`` is the declared one, worth ``factor`` computing units.
    """

    measure: str
    whole: dict[int, float]
    parts: dict[str, dict[int, float]]
    basis: str | None
    unit: str
    factor: float
    dimension: Dimension | None
    breaks: tuple[int, ...]
    links: tuple[Link, ...]


class Supply:
    """Finds the series of one place and industry among those of a run."""

    def __init__(
        self,
        series: Sequence[Stored],
        place_id: str,
        *,
        industry: str = "total",
        base_year: int | None = None,
    ) -> None:
        self.place_id = place_id
        self.parts = parts_of(place_id)
        self._base_year = base_year
        self._found: dict[tuple[str, str, str], list[Stored]] = {}
        for one in series:
            if one.industry == industry:
                self._found.setdefault((one.place_id, one.measure, one.item), []).append(one)

    def has(self, measure: str, item: str = "") -> bool:
        """Tell whether every part has this measure."""
        return all((part, measure, item) in self._found for part in self.parts)

    def items(self, measure: str) -> tuple[str, ...]:
        """Return the items under which any part has the measure, in order."""
        return tuple(
            sorted({i for part, m, i in self._found if part in self.parts and m == measure})
        )

    def missing(self, wanted: Iterable[Wanted]) -> list[FieldError]:
        """Name each series that a part lacks, in the order of the parts."""
        wanted = list(wanted)
        return [
            fault(
                measure, None, "series_missing",
                f"Thiếu chuỗi {f'{measure} {item}'.strip()} của {places.describe(part)}.",
                f"The series {f'{measure} {item}'.strip()} of {places.describe(part)} is missing.",
            )
            for part in self.parts
            for measure, item in wanted
            if (part, measure, item) not in self._found
        ]  # fmt: skip

    def mixed(self, wanted: Iterable[Wanted]) -> list[FieldError]:
        """Name each measure whose parts, all of which must have it, differ in unit or prices, or cannot be summed at all."""
        found = []
        for measure, item in wanted:
            told = {
                (one.unit, chosen.basis)
                for part in self.parts
                for one, chosen in [self._of(part, measure, item)]
            }
            if len(told) > 1:
                listed = sorted(map(str, told))
                vi = f"Các chuỗi {measure} khác đơn vị hoặc giá: {listed}."
                en = f"The series {measure} differ in unit or prices: {listed}."
                found.append(fault(measure, None, "units_differ", vi, en))
            chained = any(str(basis).startswith("chained") for _, basis in told)
            if chained and len(self.parts) > 1:
                found += additivity_faults(measure, "chained")
        return found

    def bases(self, measures: Iterable[str]) -> set[str | None]:
        """Return the prices in which any part tells these measures, all of which it must have."""
        return {self._of(part, name, "")[1].basis for name in measures for part in self.parts}

    def level(self, measure: str, item: str = "") -> Level:
        """Return the measure of the whole and of each part. Raises SeriesRefused."""
        refuse(self.missing([(measure, item)]))
        told = {part: self._of(part, measure, item) for part in self.parts}
        parts = {part: chosen.values for part, (_, chosen) in told.items()}
        first, chosen = told[self.parts[0]]
        sums = summed(list(parts.values()))
        own = self._after(measure, item, sums, first, chosen.basis)
        after = [] if own is None else [own]
        breaks = {
            year for one in (*(one for _, one in told.values()), *after) for year in one.breaks
        }
        links = tuple(
            link for one in (*(one for _, one in told.values()), *after) for link in one.links
        )
        whole = sums if own is None else sums | own.values
        return Level(
            measure, whole, parts, chosen.basis, first.unit, first.factor,
            first.dimension, tuple(sorted(breaks)), links,
        )  # fmt: skip

    def price(self, part: str, measure: str, item: str) -> Chosen | None:
        """Return the index of the part for the item, of the part for everything, or of the nation; None without any."""
        for place_id in (part, NATION):
            for name in (item, ""):
                if (place_id, measure, name) in self._found:
                    return self._of(place_id, measure, name)[1]
        return None

    def own(self, place_id: str, measure: str) -> Chosen | None:
        """Return the measure of one place exactly, e.g. the nation; None where it is not told."""
        if (place_id, measure, "") not in self._found:
            return None
        return self._of(place_id, measure, "")[1]

    def _of(self, place_id: str, measure: str, item: str) -> tuple[Stored, Chosen]:
        found = self._found[place_id, measure, item]
        chosen = choose(found, base_year=self._base_year)
        main = next(one for one in found if one.price_basis == chosen.basis)
        return main, chosen

    def _after(
        self, measure: str, item: str, sums: dict[int, float], first: Stored, basis: str | None
    ) -> Chosen | None:
        """Return what the merged place itself reports of the years after the sum of its predecessors; None where that is nothing.

        A definition other than theirs (``first``) breaks growth into the first of these years.
        """
        if self.parts == (self.place_id,) or (self.place_id, measure, item) not in self._found:
            return None
        stored, own = self._of(self.place_id, measure, item)
        if own.basis != basis or not sums:
            return None
        years = tuple(sums)
        refuse(completeness_faults(measure, np.array(list(sums.values())), own.values, Axes(years)))
        values = {year: value for year, value in own.values.items() if year > years[-1]}
        if not values:
            return None
        breaks = {year for year in own.breaks if year in values}
        if stored.definition != first.definition:
            breaks.add(min(values))
        return Chosen(values, own.basis, tuple(sorted(breaks)), own.links)


def summed(series: Sequence[Yearly]) -> dict[int, float]:
    """Sum year by year; a year that one part lacks is left out, and the engine names the gap."""
    common = set.intersection(*(set(values) for values in series))
    return {year: sum(values[year] for values in series) for year in sorted(common)}


def constant_faults(bases: Iterable[str | None]) -> list[FieldError]:
    """Refuse output and capital that do not share one constant-price basis: current prices beside constant ones."""
    told = set(bases)
    if len(told) == 1 and all(str(basis).startswith(("constant-", "chained-")) for basis in told):
        return []
    listed = sorted(map(str, told))
    vi = f"Y và K phải cùng một giá so sánh; nhận được {listed}."
    en = f"Y and K must share one constant-price basis; got {listed}."
    return [fault("price_basis", None, "price_basis_mixed", vi, en)]


def base_faults(basis: str | None, asked: int | None) -> list[FieldError]:
    """Refuse to answer in other prices than were asked for."""
    if asked is None or str(basis).endswith(f"-{asked}"):
        return []
    vi = f"Yêu cầu tính theo giá {asked} nhưng Y chỉ có theo {basis}."
    en = f"Prices of {asked} were asked for, but Y is told in {basis} alone."
    return [fault("base_year", None, "base_year_missing", vi, en)]
