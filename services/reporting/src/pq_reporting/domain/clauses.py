"""A target clause as the rules need it: what is asked, by when, of whom, and counted how."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Comparator = Literal[
    "at_least", "more_than", "about", "exactly", "range", "reach",
    "increase", "growth_at_least", "growth_more_than", "growth_range", "done",
]  # fmt: skip
Cadence = Literal["once_by_end", "each_year", "average_over_years"]
Counting = Literal["distinct", "turns", "events", "level", "rate", "yes_no"]

COUNTS: frozenset[str] = frozenset({"distinct", "turns", "events"})
GROWTH: frozenset[str] = frozenset({"growth_at_least", "growth_more_than", "growth_range"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One promise of one plan. Percent as 47, not 0.47; ``place_id`` is the place as it was then.

    ``children`` are the clauses of which this one is the heading: what is done for them is done for it.
    """

    plan_code: str
    code: str
    indicator: str
    comparator: Comparator
    place_id: str
    first_year: int
    last_year: int
    counting: Counting
    further_indicators: tuple[str, ...] = ()
    value: Decimal | None = None
    value_high: Decimal | None = None
    unit: str | None = None
    cadence: Cadence = "once_by_end"
    due: date | None = None
    growth_base: str | None = None
    population: str | None = None
    measure: str | None = None
    condition: str | None = None
    children: tuple[str, ...] = ()

    @property
    def starts_on(self) -> date:
        """Return the first day of the span."""
        return date(self.first_year, 1, 1)

    @property
    def ends_on(self) -> date:
        """Return the day it is due; where the text says none, the last day of the span."""
        return self.due or date(self.last_year, 12, 31)

    @property
    def indicators(self) -> frozenset[str]:
        """Return the indicators whose reports count here; growth is counted on what grows."""
        named = (self.indicator, *self.further_indicators)
        return frozenset(named) | {code.removesuffix("-G") for code in named}

    @property
    def is_growth(self) -> bool:
        """Say whether the number is a rate of growth of a count."""
        return self.comparator in GROWTH

    @property
    def is_count(self) -> bool:
        """Say whether the number asked for is a count of bodies, turns or events."""
        return self.counting in COUNTS and self.comparator not in GROWTH
