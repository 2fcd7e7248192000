"""The size class of an organisation in a year: micro, small, medium, large, or unknown.

Source: Decree 80/2021/NĐ-CP, Article 5: people AND (revenue OR capital), bounds inclusive, the previous year's figures.
"""

from dataclasses import dataclass
from datetime import date

from pq_common.dates import DatedSeries
from pq_registry.domain.parameters import GOODS, SERVICES, Ceiling, SizeCeilings


@dataclass(frozen=True, slots=True)
class Figures:
    """The previous year's figures; None is unknown, which is not zero. Money in đồng."""

    employees: int | None
    revenue: int | None
    capital: int | None


@dataclass(frozen=True, slots=True)
class SizeClass:
    """The class (None: the figures do not decide it), and the text that set the ceilings."""

    name: str | None
    source: str


def ceilings_for(division: str) -> DatedSeries[SizeCeilings]:
    """Return the ceilings for a two-digit VSIC division: 01-43 make goods or buildings, from 45 on trade and services."""
    return GOODS if int(division) <= 43 else SERVICES


def _within(seen: int | None, bound: int) -> bool | None:
    return None if seen is None else seen <= bound


def _either(first: bool | None, second: bool | None) -> bool | None:
    if first or second:
        return True
    return None if first is None or second is None else False


def _fits(figures: Figures, ceiling: Ceiling) -> bool | None:
    people = _within(figures.employees, ceiling.employees)
    money = _either(
        _within(figures.revenue, ceiling.revenue), _within(figures.capital, ceiling.capital)
    )
    if people is False or money is False:
        return False
    return None if people is None or money is None else True


def size_class(figures: Figures, division: str, on: date) -> SizeClass:
    """Return the first class that holds, micro first. One satisfied money bound is enough; a missing figure is unknown.

    Raises NoProvision before the decree.
    """
    provision = ceilings_for(division).on(on)
    ceilings = provision.value
    for name in ("micro", "small", "medium"):
        fits = _fits(figures, getattr(ceilings, name))
        if fits is None:
            return SizeClass(None, provision.source)
        if fits:
            return SizeClass(name, provision.source)
    return SizeClass("large", provision.source)
