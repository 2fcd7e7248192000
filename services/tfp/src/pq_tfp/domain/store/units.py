"""Units that a series may be declared in, and what each is worth in the unit that computations use.

Money counts in tỷ đồng, persons in người, hours in giờ, shares as fractions, indices with the base year at 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from pq_common.text import fold

Dimension = Literal["money", "persons", "hours", "fraction", "index", "wage", "hourly wage"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One declared unit: what it measures, and how many of the computing unit it is."""

    name: str
    dimension: Dimension
    factor: Decimal


COMPUTED_IN: Final[Mapping[Dimension, str]] = {
    "money": "tỷ đồng",
    "persons": "người",
    "hours": "giờ",
    "fraction": "phần của 1",
    "index": "năm gốc = 1",
    "wage": "triệu đồng/người/tháng",
    "hourly wage": "nghìn đồng/giờ",
}
_KNOWN: Final[tuple[tuple[Dimension, str, tuple[str, ...]], ...]] = (
    ("money", "0.000000001", ("đồng", "VND", "dong")),
    ("money", "0.000001", ("nghìn đồng", "ngàn đồng", "thousand VND")),
    ("money", "0.001", ("triệu đồng", "million VND")),
    ("money", "1", ("tỷ đồng", "tỉ đồng", "billion VND")),
    ("money", "1000", ("nghìn tỷ đồng", "nghìn tỉ đồng", "trillion VND")),
    ("persons", "1", ("người", "persons", "lao động")),
    ("persons", "1000", ("nghìn người", "ngàn người", "1000 người", "thousand persons")),
    ("persons", "1000000", ("triệu người", "million persons")),
    ("hours", "1", ("giờ", "hours")),
    ("hours", "1000", ("nghìn giờ", "thousand hours")),
    ("hours", "1000000", ("triệu giờ", "million hours")),
    ("fraction", "1", ("phần của 1", "fraction")),
    ("fraction", "0.01", ("%", "phần trăm", "percent")),
    ("index", "1", ("năm gốc = 1", "base = 1")),
    ("index", "0.01", ("năm gốc = 100", "base = 100")),
    ("wage", "1", ("triệu đồng/người/tháng",)),
    ("wage", "0.001", ("nghìn đồng/người/tháng",)),
    ("wage", "0.0833333333", ("triệu đồng/người/năm",)),
    ("hourly wage", "1", ("nghìn đồng/giờ",)),
)
UNITS: Final = {
    fold(name): Unit(names[0], dimension, Decimal(factor))
    for dimension, factor, names in _KNOWN
    for name in names
}


def unit_of(text: str) -> Unit | None:
    """Return the unit that a text means, whatever its accents and capitals; None for one we do not know."""
    return UNITS.get(fold(text))


def names_of(*dimensions: Dimension) -> str:
    """Return the names of the units of these dimensions, as a refusal lists them."""
    return ", ".join(names[0] for dimension, _, names in _KNOWN if dimension in dimensions)
