"""What a clause asks in the end, and what it asks by today."""

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.figure import Figure, not_applicable, number
from pq_reporting.domain.parameters import ABOUT_TOLERANCE


def goal(clause: Clause, on: date) -> Decimal | None:
    """Return the least that meets the clause; None where it gives a direction and no number.

    "More than 200" of a count is 201; "about 20" is 18 by the tolerance of the day; of a range the low end.
    """
    if clause.comparator == "done":
        return Decimal(1)
    if clause.value is None or clause.comparator == "increase":
        return None
    if clause.comparator == "about":
        least = clause.value * (1 - ABOUT_TOLERANCE.on(on).value)
        return least.to_integral_value(ROUND_CEILING) if clause.is_count else least
    if clause.comparator == "more_than" and clause.is_count:
        return clause.value.to_integral_value(ROUND_FLOOR) + 1
    return clause.value


def satisfies(value: Decimal, clause: Clause, asked: Decimal) -> bool:
    """Say whether a value meets what is asked; "more than" a level or a rate excludes the level itself."""
    if clause.comparator == "growth_more_than" or (
        clause.comparator == "more_than" and not clause.is_count
    ):
        return value > asked
    return value >= asked


def linear(asked: Decimal, since: date, until: date, on: date) -> Decimal:
    """Return the part of a count that is due by ``on``: days passed over all days, in whole units, rounded down."""
    passed = (min(on, until) - since).days + 1
    return (asked * passed / ((until - since).days + 1)).to_integral_value(ROUND_FLOOR)


def by_today(clause: Clause, asked: Decimal, on: date) -> Figure:
    """Return what is needed by ``on``; a level has no path, and a thing to do is due at the end."""
    if clause.cadence == "average_over_years":
        return number(asked)
    if clause.is_count and clause.comparator != "done":
        return number(linear(asked, clause.starts_on, clause.ends_on, on))
    if on >= clause.ends_on:
        return number(asked)
    return not_applicable(
        "Mức của cuối kỳ, không chia đều theo thời gian.",
        "A level for the end of the period; it is not spread over time.",
    )
