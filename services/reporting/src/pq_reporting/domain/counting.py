"""Which deeds count for a clause, and to how many they add up.

A deed happened on the day it ended. A number for a period counts what happened in that period (reading rule 4):
the experts of 2021-2025 do not meet the clause of 2026-2030. A body counts once per span, a turn each time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pq_common import places
from pq_reporting.domain.catalogue import BY_CODE
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.facts import Deed
from pq_reporting.domain.figure import MISSING, Figure, Words, number
from pq_reporting.domain.measured import Reading
from pq_reporting.domain.numbers import day


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
    readings: tuple[Reading, ...] = ()


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


def count(deeds: list[Deed], counting: str, clause: Clause) -> Count:
    """Add up deeds the way their clause counts. No deed at all is a missing figure, never zero."""
    if not deeds:
        return Count(MISSING)
    sources = tuple(deed.activity_id for deed in deeds)
    quantities = sum((deed.quantity for deed in deeds), Decimal(0))
    if counting == "distinct":
        return _bodies(deeds, clause, sources)
    if counting in ("level", "rate"):
        return Count(number(deeds[-1].quantity), sources[-1:])
    if counting == "yes_no":
        return Count(number(1 if quantities > 0 else 0), sources)
    return Count(number(quantities), sources)


def _bodies(deeds: list[Deed], clause: Clause, sources: tuple[str, ...]) -> Count:
    """Count each body once. Bodies reported under "trong đó" alone are taken for some of those that the heading reports unnamed."""
    own = [deed for deed in deeds if _concerns_itself(deed, clause)]
    parts = [deed for deed in deeds if not _concerns_itself(deed, clause)]
    (named, unnamed), (of_parts, unnamed_parts) = _listed(own), _listed(parts)
    beyond = len(of_parts - named) + unnamed_parts
    least, most = len(named) + max(unnamed, beyond), len(named) + unnamed + beyond
    apart = Words(
        "Nếu phần “trong đó” là những đơn vị khác", "If those of the part are other bodies"
    )
    readings = (Reading(apart, number(most)),) if most > least else ()
    return Count(number(least), sources, unnamed + unnamed_parts, readings)


def _concerns_itself(deed: Deed, clause: Clause) -> bool:
    """Say whether a deed speaks of the clause itself, not only of one under it."""
    named = deed.plan_code == clause.plan_code and clause.code in deed.clause_codes
    return named or deed.indicator in clause.indicators


def _listed(deeds: list[Deed]) -> tuple[frozenset[str], Decimal]:
    """Return the bodies that deeds name, and how many they report beyond their lists."""
    named = frozenset[str]().union(*(deed.subjects for deed in deeds))
    beyond = (max(deed.quantity - len(deed.subjects), Decimal(0)) for deed in deeds)
    return named, sum(beyond, Decimal(0))


def is_of_provinces(clause: Clause, where: Where) -> bool:
    """Say whether the nation asks how many provinces did something."""
    known = BY_CODE.get(clause.indicator)
    asked = clause.counting == "distinct" and where.places is None
    return asked and known is not None and known.across == "count"


def count_provinces(deeds: list[Deed], on: date) -> Count:
    """Count the provinces that did it, each once on the map of ``on``; what the nation reports of unnamed ones is added.

    After a merger the map before it is another reading, without what was reported for merged places.
    """
    if not deeds:
        return Count(MISSING)
    sources = tuple(deed.activity_id for deed in deeds)
    unnamed = sum((deed.quantity for deed in deeds if deed.place_id == places.NATION), Decimal(0))
    now, before = places.boundary_on(on), places.boundary("2021")
    total = number(len(_provinces(deeds, now)) + unnamed)
    if now.version == before.version:
        return Count(total, sources, unnamed)
    label = Words(
        f"Theo {len(before.places)} tỉnh, thành phố trước {day(now.since, 'vi')}",
        f"On the map of {len(before.places)} provinces before {day(now.since, 'en')}",
    )
    earlier = Reading(label, number(len(_provinces(deeds, before)) + unnamed))
    return Count(total, sources, unnamed, (earlier,))


def _provinces(deeds: list[Deed], on_map: places.Boundary) -> set[str]:
    """Return the provinces of a map for which something was reported."""
    told = {deed.place_id for deed in deeds if deed.quantity > 0 and deed.place_id != places.NATION}
    return {on_map.maps_to(place_id) for place_id in told if on_map.covers(place_id)}
