"""What was reached, for one clause in one territory on one day: the figure, its years, its other readings, its sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pq_common import places
from pq_reporting.domain import certificates, counting, growth, productivity
from pq_reporting.domain.catalogue import BY_CODE
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.counting import Days, Where
from pq_reporting.domain.deciding import Span
from pq_reporting.domain.facts import Facts, Result, Sureness
from pq_reporting.domain.figure import MISSING, Figure, Words, not_comparable, number
from pq_reporting.domain.numbers import day


@dataclass(frozen=True, slots=True)
class Source:
    """One record a figure is made of."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The figure under another reading of the same words."""

    label: Words
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The figure reached. ``year`` is the year it speaks of where a clause is judged by the year; ``base`` what it must exceed.

    Of a published rate ``sure`` is the band, in percent, and ``span`` the years the result covers.
    """

    actual: Figure = MISSING
    years: Mapping[int, Figure] = field(default_factory=dict)
    year: int | None = None
    base: Figure = MISSING
    readings: tuple[Reading, ...] = ()
    notes: tuple[Words, ...] = ()
    sources: tuple[Source, ...] = ()
    sure: Sureness | None = None
    span: Span | None = None


def measure(clause: Clause, facts: Facts, where: Where, *, on: date, result_place: str) -> Measure:
    """Measure a clause. ``result_place`` is the one place whose published results speak for the territory."""
    results = productivity.latest_first(facts.results, result_place)
    if clause.indicator in ("TFP-SHARE", "LP-GROWTH"):
        return _published(clause, results, on=on)
    if clause.indicator == "TFP-MEAS":
        return _measured(clause, results, on=on)
    scheme = certificates.scheme_of(clause.indicator)
    if scheme is not None:
        return _certified(clause, facts, where, on=on)
    if clause.is_growth:
        return _grown(clause, facts, where, on=on)
    return _counted(clause, facts, where, on=on)


def _latest(years: Mapping[int, Figure]) -> tuple[int | None, Figure]:
    """Return the last year that has a number, else the last year that says anything but "missing"."""
    for wanted in (
        [year for year, figure in years.items() if figure.value is not None],
        [year for year, figure in years.items() if figure.kind != MISSING.kind],
    ):
        if wanted:
            return max(wanted), years[max(wanted)]
    return None, MISSING


def _counted(clause: Clause, facts: Facts, where: Where, *, on: date) -> Measure:
    counted_as = "yes_no" if clause.comparator == "done" else clause.counting
    span = Days(clause.starts_on, min(clause.ends_on, on))
    deeds = counting.counted(facts.deeds, clause, where, span)
    found = counting.count(deeds, counted_as)
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
        return Measure(actual=found.figure, notes=tuple(notes), sources=sources)
    years = {}
    for each in range(clause.first_year, min(clause.last_year, on.year) + 1):
        of_year = counting.counted(facts.deeds, clause, where, Days.of_year(each, on=on))
        years[each] = counting.count(of_year, counted_as).figure
    year, actual = _latest(years)
    return Measure(actual=actual, years=years, year=year, notes=tuple(notes), sources=sources)


def _counting_of(indicator: str) -> str:
    """Return how the catalogue adds up what grows; the clause itself only speaks of a rate."""
    known = BY_CODE.get(indicator)
    return "distinct" if known is not None and known.across == "distinct" else "events"


def _grown(clause: Clause, facts: Facts, where: Where, *, on: date) -> Measure:
    counted_as = _counting_of(clause.indicator.removesuffix("-G"))

    def between(first: int, last: int) -> counting.Count:
        days = Days(date(first, 1, 1), min(date(last, 12, 31), on))
        return counting.count(counting.counted(facts.deeds, clause, where, days), counted_as)

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
    year, actual = _latest(years)
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
    year, actual = _latest(years)
    return Measure(actual=actual, years=years, year=year, sources=sources)


def _published(clause: Clause, results: list[Result], *, on: date) -> Measure:
    is_share = clause.indicator == "TFP-SHARE"
    read = productivity.share if is_share else productivity.labour_growth
    last = min(clause.last_year, growth.last_complete_year(on))
    found = productivity.period_within(results, clause.first_year, last)
    if found is None:
        return Measure()
    result, period = found
    note = Words(
        f"Kết quả công bố cho giai đoạn {period.first_year}-{period.last_year}.",
        f"Published result for {period.first_year}-{period.last_year}.",
    )
    before = growth.base_period(clause.growth_base)
    earlier = productivity.period_within(results, *before) if before else None
    sure = period.share_sure if is_share else period.labour_sure
    return Measure(
        actual=read(period),
        base=read(earlier[1]) if earlier else MISSING,
        notes=(note,),
        readings=_year_alone(result, period.last_year) if is_share else (),
        sources=(Source("tfp-result", result.result_id),),
        sure=None if sure is None else sure.times(100),
        span=Span(period.first_year, period.last_year),
    )


def _year_alone(result: Result, year: int) -> tuple[Reading, ...]:
    """Return the share of the last year by itself: "by 2025" can be read so, and it is another figure."""
    share = result.shares.get(year)
    if share is None:
        return ()
    label = Words(
        f"Riêng năm {year} (không phải cả giai đoạn)",
        f"The year {year} alone (not the whole period)",
    )
    return (Reading(label, number(share * 100)),)


def _measured(clause: Clause, results: list[Result], *, on: date) -> Measure:
    last = min(clause.last_year, growth.last_complete_year(on))
    if clause.cadence == "each_year":
        years = productivity.measured_by_year(results, clause.first_year, last)
        year, actual = _latest(years)
        used = [one for one in results if not one.years.isdisjoint(years)]
        sources = tuple(Source("tfp-result", one.result_id) for one in used)
        return Measure(actual=actual, years=years, year=year, sources=sources)
    whole = [one for one in results if productivity.covers(one, clause)]
    if not whole or last < clause.last_year:
        return Measure()
    sources = tuple(Source("tfp-result", one.result_id) for one in whole)
    return Measure(actual=number(1), sources=sources)
