"""What published results of growth accounting say of a clause: rates, levels, and that something was measured at all."""

from datetime import date
from decimal import Decimal

from pq_reporting.domain import growth, productivity
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.deciding import Span
from pq_reporting.domain.facts import Band, Result, Sureness
from pq_reporting.domain.figure import MISSING, Words, number
from pq_reporting.domain.measured import Measure, Reading, Source, latest
from pq_reporting.domain.numbers import figures


def rate(clause: Clause, results: list[Result], *, on: date) -> Measure:
    """Measure a share of TFP or a growth of labour productivity by the longest period published within the years of the clause."""
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


def done(clause: Clause, results: list[Result], *, on: date) -> Measure:
    """Say whether, and in which years, what the clause asks to be measured was published."""
    last = min(clause.last_year, growth.last_complete_year(on))
    if clause.cadence == "each_year":
        years = productivity.measured_by_year(results, clause.first_year, last)
        year, actual = latest(years)
        used = [one for one in results if not one.years.isdisjoint(years)]
        sources = tuple(Source("tfp-result", one.result_id) for one in used)
        return Measure(actual=actual, years=years, year=year, sources=sources)
    whole = [one for one in results if productivity.covers(one, clause)]
    if not whole or last < clause.last_year:
        return Measure()
    sources = tuple(Source("tfp-result", one.result_id) for one in whole)
    return Measure(actual=number(1), sources=sources)


def level(clause: Clause, results: list[Result], *, on: date) -> Measure | None:
    """Measure "raise labour productivity": the level of the last year told against that of the year before the first.

    None where no result tells levels within the years of the clause.
    """
    last_ended = min(clause.last_year, growth.last_complete_year(on))
    found = productivity.levels_within(results, clause.first_year, last_ended)
    if found is None:
        return None
    result, first, last = found
    base, reached = result.levels[first].before, result.levels[last].value
    vi, en = ([figures(one, lang) for one in (base, reached)] for lang in ("vi", "en"))
    note = Words(
        f"Năng suất lao động ({result.level_unit}): năm {first - 1} là {vi[0]}, năm {last} là {vi[1]}, theo kết quả công bố.",
        f"Labour productivity ({result.level_unit}): {en[0]} in {first - 1}, {en[1]} in {last}, as published.",
    )
    return Measure(
        actual=number(reached, result.level_unit),
        base=number(base, result.level_unit),
        notes=(note,),
        sources=(Source("tfp-result", result.result_id),),
        sure=_level_sure(result, base, first, last),
        span=Span(first, last),
    )


def _level_sure(result: Result, base: Decimal, first: int, last: int) -> Sureness | None:
    """Return the band of the last level, given that of the base, where the result's period is exactly these years."""
    period = result.period
    if period is None or (period.first_year, period.last_year) != (first, last):
        return None
    if period.labour_sure is None:
        return None
    years, band = last - first + 1, period.labour_sure.band
    return Sureness(Band(base * (1 + band.low) ** years, base * (1 + band.high) ** years))
