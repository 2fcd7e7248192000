"""Which territory answers for a clause, and what its successor reached.

A clause belongs to the place that set it, whatever became of the place. On the boundary of today the successor's own
figure stands beside it: counts are summed over everything that was merged, rates recomputed only where the parts are
there, shares never added. Targets of predecessors are shown beside one another and never summed.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from pq_common import places
from pq_reporting.domain.catalogue import BY_CODE
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.counting import Days, Where, counted, names
from pq_reporting.domain.facts import Deed, Facts
from pq_reporting.domain.figure import MISSING, Figure, Kind, Words, not_comparable
from pq_reporting.domain.measured import Measure, Source
from pq_reporting.domain.measuring import measure
from pq_reporting.domain.progress import judge
from pq_reporting.domain.status import Verdict

Boundary = Literal["as_reported", "2021", "2025-07-01"]
TODAY = "2025-07-01"
RATES = frozenset({"TFP-SHARE", "LP-GROWTH"})
PUBLISHED = RATES | {"TFP-MEAS"}


@dataclass(frozen=True, slots=True)
class Part:
    """What one of the merged places, or the new one itself, reached."""

    place_id: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Beside:
    """The figure of the successor on the boundary of today, and the parts it comes from, of the same year.

    ``verdict`` holds a published rate of the successor against the clause, for comparison: the promise was the old place's.
    """

    place_id: str
    figure: Figure
    parts: tuple[Part, ...]
    year: int | None = None
    verdict: Verdict | None = None
    sources: tuple[Source, ...] = ()


def territory(place_id: str, boundary: Boundary) -> Where:
    """Return the territory of a clause. On the map of 2021 a report made for the merged place is not taken: 34 never split into 63."""
    if place_id == places.NATION:
        return Where(None)
    return Where(places.scope([place_id]), takes_named=boundary != "2021")


def on_boundary(clause: Clause, facts: Facts, boundary: Boundary, *, on: date) -> Measure:
    """Measure a clause in its own territory; on the map of 2021 say how many reports cannot be taken back to it."""
    where = territory(clause.place_id, boundary)
    found = measure(clause, facts, where, on=on, result_place=clause.place_id)
    left_out = [] if where.takes_named else _left_out(clause, facts.deeds, where, on)
    if not left_out:
        return found
    note = Words(
        f"{len(left_out)} báo cáo ghi theo đơn vị mới, không tách ngược về địa giới cũ được.",
        f"{len(left_out)} reports were made for the merged place and cannot be split back.",
    )
    return replace(found, notes=(*found.notes, note))


def beside(clause: Clause, facts: Facts, *, on: date) -> Beside | None:
    """Return what the successor reached; None where the place was not merged."""
    successor = places.boundary(TODAY).maps_to(clause.place_id)
    if successor == clause.place_id:
        return None
    members = (*places.predecessors(successor), successor)
    each = {one: _of_place(clause, facts, one, on) for one in members}
    whole = Where(places.scope([successor]), takes_named=False)
    found = measure(clause, facts, whole, on=on, result_place=successor)
    figure, year = found.actual, found.year
    if all(one.actual.kind is Kind.MISSING for one in each.values()):
        figure, year = MISSING, None
    elif not is_additive(clause) and not clause.is_growth and not _is_published(clause, found):
        figure = _not_added()
    elif figure.kind is Kind.MISSING and clause.indicator in RATES:
        figure = _needs_result()
    parts = tuple(
        Part(place_id, one.actual if year is None else one.years.get(year, MISSING))
        for place_id, one in each.items()
    )
    held = clause.indicator in RATES and figure.value is not None
    verdict = judge(clause, found, on=on) if held else None
    return Beside(successor, figure, parts, year, verdict, found.sources)


def _is_published(clause: Clause, found: Measure) -> bool:
    """Say whether the figure is, or waits to be, one published for the place itself."""
    return clause.indicator in PUBLISHED or any(one.kind == "tfp-result" for one in found.sources)


def _of_place(clause: Clause, facts: Facts, place_id: str, on: date) -> Measure:
    alone = Where(frozenset({place_id}), takes_named=False)
    return measure(clause, facts, alone, on=on, result_place=place_id)


def is_additive(clause: Clause) -> bool:
    """Say whether figures of places may be summed for this clause."""
    known = BY_CODE.get(clause.indicator)
    if known is not None and known.across in ("ratio", "national_only"):
        return False
    return clause.counting not in ("level", "rate")


def is_sibling(clause: Clause, other: Clause) -> bool:
    """Say whether another clause asks the same of another part of the same successor, in overlapping years."""
    if clause.indicator != other.indicator or clause.place_id == other.place_id:
        return False
    today = places.boundary(TODAY)
    same_place = today.maps_to(clause.place_id) == today.maps_to(other.place_id)
    return same_place and (
        clause.first_year <= other.last_year and other.first_year <= clause.last_year
    )


def _left_out(clause: Clause, deeds: tuple[Deed, ...], where: Where, on: date) -> list[Deed]:
    span = Days(clause.starts_on, min(clause.ends_on, on))
    everywhere = counted(deeds, clause, Where(None), span)
    return [deed for deed in everywhere if names(deed, clause) and not where.holds(deed.place_id)]


def _not_added() -> Figure:
    return not_comparable(
        "Tỷ lệ của các địa bàn không cộng được, và không có đủ phần để tính lại.",
        "Rates of places cannot be added, and the parts to recompute them are not there.",
    )


def _needs_result() -> Figure:
    return not_comparable(
        "Cần một kết quả tính lại trên địa bàn hợp nhất, chưa có kết quả nào được công bố.",
        "It takes a result recomputed for the merged place, and none has been published.",
    )
