"""Measure one clause in one territory on one day: by what was published, by certificates, or by counting what was reported."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from pq_common import places
from pq_reporting.domain import certificates, counting, growth, productivity, published
from pq_reporting.domain.catalogue import BY_CODE
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.counting import Days, Where
from pq_reporting.domain.facts import Facts, Result
from pq_reporting.domain.figure import Figure, Words, not_comparable
from pq_reporting.domain.measured import Measure, Reading, Source, latest
from pq_reporting.domain.numbers import day

OF_THE_PERIOD = Words(
    "Kết quả công bố nêu mức đóng góp bình quân của cả giai đoạn, không riêng từng năm.",
    "The published result tells the mean contribution over its whole period, not of each year.",
)


def measure(clause: Clause, facts: Facts, where: Where, *, on: date, result_place: str) -> Measure:
    """Measure a clause. ``result_place`` is the one place whose published results speak for the territory."""
    results = productivity.latest_first(facts.results, result_place)
    said = _published(clause, results, on=on)
    if said is not None:
        return said
    scheme = certificates.scheme_of(clause.indicator)
    if scheme is not None:
        return _certified(clause, facts, where, on=on)
    if clause.is_growth:
        return _grown(clause, facts, where, on=on)
    return _counted(clause, facts, where, on=on)


def _published(clause: Clause, results: list[Result], *, on: date) -> Measure | None:
    """Measure by published results; None where the clause is not theirs, or they are silent and a report may speak."""
    if clause.indicator in ("TFP-SHARE", "LP-GROWTH"):
        return published.rate(clause, results, on=on)
    if clause.indicator == "TFP-MEAS":
        return published.done(clause, results, on=on)
    if clause.indicator == "TFP-STI-MEAS":
        with_science = [one for one in results if one.has_science]
        if not with_science:
            return None
        told = published.done(clause, with_science, on=on)
        return replace(told, notes=(OF_THE_PERIOD,))
    if clause.indicator == "LP-LEVEL" and clause.value is None:
        return published.level(clause, results, on=on)
    return None


def _counted(clause: Clause, facts: Facts, where: Where, *, on: date) -> Measure:
    counted_as = "yes_no" if clause.comparator == "done" else clause.counting

    def within(days: Days) -> counting.Count:
        deeds = counting.counted(facts.deeds, clause, where, days)
        if counting.is_of_provinces(clause, where):
            return counting.count_provinces(deeds, on)
        return counting.count(deeds, counted_as, clause)

    found = within(Days(clause.starts_on, min(clause.ends_on, on)))
    notes = []
    if found.unnamed:
        notes.append(
            Words(
                f"{found.unnamed:f} đơn vị báo cáo không kèm danh sách: có thể bị đếm trùng.",
                f"{found.unnamed:f} bodies were reported without a list and may be counted twice.",
            )
        )
    sources = tuple(Source("activity", key) for key in found.sources)
    if clause.cadence != "each_year":
        return Measure(
            actual=found.figure, readings=found.readings, notes=tuple(notes), sources=sources
        )
    years = {
        each: within(Days.of_year(each, on=on)).figure
        for each in range(clause.first_year, min(clause.last_year, on.year) + 1)
    }
    year, actual = latest(years)
    return Measure(actual=actual, years=years, year=year, notes=tuple(notes), sources=sources)


def _counting_of(indicator: str) -> str:
    """Return how the catalogue adds up what grows; the clause itself only speaks of a rate."""
    known = BY_CODE.get(indicator)
    return "distinct" if known is not None and known.across == "distinct" else "events"


def _grown(clause: Clause, facts: Facts, where: Where, *, on: date) -> Measure:
    counted_as = _counting_of(clause.indicator.removesuffix("-G"))

    def between(first: int, last: int) -> counting.Count:
        days = Days(date(first, 1, 1), min(date(last, 12, 31), on))
        return counting.count(
            counting.counted(facts.deeds, clause, where, days), counted_as, clause
        )

    period = growth.base_period(clause.growth_base)
    begin = clause.first_year - 1 if period is None else period[0]
    sources = tuple(Source("activity", key) for key in between(begin, clause.last_year).sources)
    if period is not None:
        now, base = between(clause.first_year, clause.last_year), between(*period)
        actual = growth.grown(now.figure, base.figure, f"{period[0]}-{period[1]}")
        return Measure(actual=actual, sources=sources)
    last = min(clause.last_year, growth.last_complete_year(on))
    years = growth.by_year(lambda year: between(year, year).figure, clause.first_year, last)
    years = _while_it_was(clause, where, years)
    year, actual = latest(years)
    return Measure(actual=actual, years=years, year=year, sources=sources)


def _while_it_was(clause: Clause, where: Where, years: Mapping[int, Figure]) -> dict[int, Figure]:
    """Leave growth out from the year on in which the place was merged: the rest of that year was reported for the new one.

    In the successor's territory, which holds both, every year compares.
    """
    merged = places.span(clause.place_id).valid_before
    if merged is None or where.holds(places.boundary_on(merged).maps_to(clause.place_id)):
        return dict(years)
    apart = not_comparable(
        f"Địa bàn đã sáp nhập từ {day(merged, 'vi')}: từ đó số liệu ghi theo đơn vị mới.",
        f"The place was merged on {day(merged, 'en')}: since then figures are those of the new one.",
    )
    return {year: apart if year >= merged.year else figure for year, figure in years.items()}


def _certified(clause: Clause, facts: Facts, where: Where, *, on: date) -> Measure:
    held = certificates.reading_of(clause.measure, clause.population)
    under = {one: _under(one, clause, facts, where, on=on) for one in certificates.READINGS}
    mine = under[held]
    others = tuple(Reading(one.label, other.actual) for one, other in under.items() if one != held)
    return Measure(
        actual=mine.actual, years=mine.years, year=mine.year, sources=mine.sources,
        readings=others, notes=(Words(f"Cách đọc đang dùng: {held.label.vi}.", f"Reading used: {held.label.en}."),),
    )  # fmt: skip


def _under(
    reading: certificates.CertificateReading,
    clause: Clause,
    facts: Facts,
    where: Where,
    *,
    on: date,
) -> Measure:
    scheme = certificates.scheme_of(clause.indicator) or ""
    found = certificates.of_scheme(facts.certificates, scheme, where)
    if reading.population == "supported":
        bodies = certificates.supported_bodies(facts.deeds, where)
        found = [one for one in found if one.enterprise_id in bodies]

    def between(first: int, last: int) -> Figure:
        end = min(date(last, 12, 31), on)
        if reading.measured == "valid_at_year_end":
            return certificates.valid(found, end)
        return certificates.issued(found, date(first, 1, 1), end)

    sources = tuple(Source("certificate", one.certificate_id) for one in found)
    if not clause.is_growth:
        return Measure(actual=between(clause.first_year, clause.last_year), sources=sources)
    period = growth.base_period(clause.growth_base)
    if period is not None:
        now, base = between(clause.first_year, clause.last_year), between(*period)
        actual = growth.grown(now, base, f"{period[0]}-{period[1]}")
        return Measure(actual=actual, sources=sources)
    last = min(clause.last_year, growth.last_complete_year(on))
    years = growth.by_year(lambda year: between(year, year), clause.first_year, last)
    years = _while_it_was(clause, where, years)
    year, actual = latest(years)
    return Measure(actual=actual, years=years, year=year, sources=sources)
