"""Which deeds count for a clause, and to how many they add up.

A deed happened on the day it ended. A number for a period counts what happened in that period (reading rule 4):
the experts of 2021-2025 do not meet the clause of 2026-2030. A body counts once per span, a turn each time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.facts import Deed
from pq_reporting.domain.figure import MISSING, Figure, number


@dataclass(frozen=True, slots=True)
class Where:
    """A territory. ``places`` None is the whole nation; ``takes_named`` lets in a deed that names the clause itself."""

    places: frozenset[str] | None
    takes_named: bool = True

    def holds(self, place_id: str) -> bool:
        """Say whether a place belongs to it."""
        return self.places is None or place_id in self.places


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, both ends included."""

    since: date
    until: date

    @classmethod
    def of_year(cls, year: int, *, on: date) -> "Days":
        """Return one year, as far as it has come on ``on``."""
        return cls(date(year, 1, 1), min(date(year, 12, 31), on))


@dataclass(frozen=True, slots=True)
class Count:
    """A sum and what it is made of. ``unnamed`` bodies came without a list, so they may be counted twice."""

    figure: Figure
    sources: tuple[str, ...] = ()
    unnamed: Decimal = Decimal(0)


def names(deed: Deed, clause: Clause) -> bool:
    """Say whether the report itself names this clause, or one of which it is the heading."""
    return deed.plan_code == clause.plan_code and not deed.clause_codes.isdisjoint(
        (clause.code, *clause.children)
    )


def concerns(deed: Deed, clause: Clause) -> bool:
    """Say whether a deed is of the kind the clause asks for, wherever and whenever it happened."""
    return names(deed, clause) or deed.indicator in clause.indicators


def counted(deeds: Iterable[Deed], clause: Clause, where: Where, days: Days) -> list[Deed]:
    """Return the deeds that count for a clause in these days, oldest first. A province's level is not the nation's."""
    alone = where.places is None and clause.counting in ("level", "rate") and not clause.is_growth
    found = [
        deed
        for deed in deeds
        if days.since <= deed.ends_on <= days.until
        and concerns(deed, clause)
        and (where.holds(deed.place_id) or (where.takes_named and names(deed, clause)))
        and (not alone or deed.place_id == clause.place_id or names(deed, clause))
    ]
    return sorted(found, key=lambda deed: (deed.ends_on, deed.activity_id))


def count(deeds: list[Deed], counting: str) -> Count:
    """Add up deeds the way their clause counts. No deed at all is a missing figure, never zero."""
    if not deeds:
        return Count(MISSING)
    sources = tuple(deed.activity_id for deed in deeds)
    quantities = sum((deed.quantity for deed in deeds), Decimal(0))
    if counting == "distinct":
        named = frozenset[str]().union(*(deed.subjects for deed in deeds))
        unnamed = sum(
            (max(deed.quantity - len(deed.subjects), Decimal(0)) for deed in deeds), Decimal(0)
        )
        return Count(number(len(named) + unnamed), sources, unnamed)
    if counting in ("level", "rate"):
        return Count(number(deeds[-1].quantity), sources[-1:])
    if counting == "yes_no":
        return Count(number(1 if quantities > 0 else 0), sources)
    return Count(number(quantities), sources)
