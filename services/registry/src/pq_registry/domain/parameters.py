"""Dated legal values: the size classes of small and medium enterprises."""

from dataclasses import dataclass
from datetime import date

from pq_common.dates import DatedSeries, Provision

BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Inclusive upper bounds of one class: people in social insurance (yearly mean), revenue and capital in đồng."""

    employees: int
    revenue: int
    capital: int


@dataclass(frozen=True, slots=True)
class SizeCeilings:
    """Ceilings of micro, small, medium for one group of sectors."""

    micro: Ceiling
    small: Ceiling
    medium: Ceiling


_DECREE = "Nghị định 80/2021/NĐ-CP, Điều 5"
_SINCE = date(2021, 10, 15)

GOODS = DatedSeries(
    "size ceilings: agriculture, forestry, fishery, industry, construction",
    unit="people, đồng, đồng",
    provisions=[
        Provision(
            SizeCeilings(
                micro=Ceiling(10, 3 * BILLION, 3 * BILLION),
                small=Ceiling(100, 50 * BILLION, 20 * BILLION),
                medium=Ceiling(200, 200 * BILLION, 100 * BILLION),
            ),
            since=_SINCE,
            source=_DECREE,
        )
    ],
)
SERVICES = DatedSeries(
    "size ceilings: trade and services",
    unit="people, đồng, đồng",
    provisions=[
        Provision(
            SizeCeilings(
                micro=Ceiling(10, 10 * BILLION, 3 * BILLION),
                small=Ceiling(50, 100 * BILLION, 50 * BILLION),
                medium=Ceiling(100, 300 * BILLION, 100 * BILLION),
            ),
            since=_SINCE,
            source=_DECREE,
        )
    ],
)
