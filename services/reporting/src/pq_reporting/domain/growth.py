"""Growth of a count: over the year before, or over a period named by the text."""

import re
from collections.abc import Callable
from datetime import date

from pq_reporting.domain.figure import Figure, not_comparable, number

PERIOD = re.compile(r"period:([0-9]{4})-([0-9]{4})")


def grown(now: Figure, base: Figure, base_name: str) -> Figure:
    """Return the growth in percent. A base that is missing or zero gives no rate, and the reason says which."""
    if now.value is None:
        return now
    if base.value is None:
        return not_comparable(
            f"Chưa có số liệu gốc {base_name}.",
            f"No figure for the base, {base_name}.",
        )
    if base.value <= 0:
        return not_comparable(
            f"Số liệu gốc {base_name} bằng 0.",
            f"The base, {base_name}, is 0.",
        )
    return number((now.value / base.value - 1) * 100)


def by_year(levels: Callable[[int], Figure], first: int, last: int) -> dict[int, Figure]:
    """Return the growth of each year over the year before it."""
    return {
        year: grown(levels(year), levels(year - 1), str(year - 1))
        for year in range(first, last + 1)
    }


def base_period(growth_base: str | None) -> tuple[int, int] | None:
    """Read ``period:2011-2020``; any other base is not a period."""
    found = PERIOD.fullmatch(growth_base or "")
    return (int(found[1]), int(found[2])) if found else None


def last_complete_year(on: date) -> int:
    """Return the last year that has ended on ``on``; its last day is enough."""
    return on.year if (on.month, on.day) == (12, 31) else on.year - 1
