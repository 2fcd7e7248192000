"""A series as the engines read it: stored values in the computing unit, with what decides whether it may be summed or linked."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pq_tfp.domain.store.units import Dimension, unit_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One stored series. ``texts`` are the values exactly as declared, by year, decimal strings."""

    id: str
    place_id: str
    industry: str
    measure: str
    item: str
    kind: str
    price_basis: str | None
    unit: str
    vintage: str
    definition: str | None
    breaks: tuple[int, ...]
    is_synthetic: bool
    texts: Mapping[int, str]

    @property
    def values(self) -> dict[int, float]:
        """Return the values by year in the computing unit of their dimension; as they are for a unit we do not know."""
        factor = self._factor
        return {year: float(Decimal(text) * factor) for year, text in sorted(self.texts.items())}

    @property
    def factor(self) -> float:
        """Return how many computing units the declared unit is."""
        return float(self._factor)

    @property
    def dimension(self) -> Dimension | None:
        unit = unit_of(self.unit)
        return None if unit is None else unit.dimension

    @property
    def _factor(self) -> Decimal:
        unit = unit_of(self.unit)
        return Decimal(1) if unit is None else unit.factor

    def told(self) -> dict[str, Any]:
        """Return the series as a bundle carries it; ``stored_from`` reads it back."""
        return {
            "id": self.id, "place_id": self.place_id, "industry": self.industry, "measure": self.measure,
            "item": self.item, "kind": self.kind, "price_basis": self.price_basis, "unit": self.unit,
            "vintage": self.vintage, "definition": self.definition, "breaks": list(self.breaks),
            "is_synthetic": self.is_synthetic,
            "values": {str(year): text for year, text in sorted(self.texts.items())},
        }  # fmt: skip


def stored_from(told: Mapping[str, Any]) -> Stored:
    """Return the series that ``Stored.told`` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    known = {name: told[name] for name in Stored.__dataclass_fields__ if name not in _READ_APART}
    texts = {int(year): str(text) for year, text in told["values"].items()}
    for text in texts.values():
        if not Decimal(text).is_finite():
            raise ValueError(f"no number: {text}")
    return Stored(**known, breaks=tuple(told["breaks"]), texts=texts)


_READ_APART = ("texts", "breaks")
