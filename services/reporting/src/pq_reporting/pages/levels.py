"""A published comparison of places as a page shows it: every place in the last years, relative to the reference = 100."""

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from pq_common import places
from pq_common.contracts.tfp import LevelOfPlace, TfpResult
from pq_reporting.domain.figure import Words
from pq_reporting.domain.numbers import day, figures
from pq_reporting.pages import growth_charts
from pq_reporting.pages.growth_words import NONE, short_name
from pq_reporting.pages.levels_messages import TEXTS, WARNINGS
from pq_reporting.pages.rows import Fact

YEARS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One place: its name, whether it is the reference, and its level year by year."""

    place_id: str
    name: str
    is_reference: bool
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A comparison in words."""

    finding: str
    years: tuple[int, ...]
    lines: tuple[Line, ...]
    chart: Markup
    members: str
    warnings: tuple[str, ...]
    method: tuple[Fact, ...]
    withdrawn: str | None


def comparison_of(said: TfpResult, lang: str, *, withdrawn: Words | None) -> Comparison:
    """Return a comparison that has levels, the most productive place of the last year first."""
    years = sorted({one.year for place in said.levels for one in place.relative})[-YEARS_SHOWN:]
    ordered = sorted(said.levels, key=lambda one: _latest_first(one, years[-1]))
    lines = tuple(_line(one, said, years, lang) for one in ordered)
    last = [(one, level) for one in ordered if (level := _level(one, years[-1])) is not None]
    return Comparison(
        finding=_finding(said, [level for _, level in last], years[-1], lang),
        years=tuple(years),
        lines=lines,
        chart=_chart(last, years[-1], lang),
        members=_members(said, years),
        warnings=tuple(
            WARNINGS[code].in_(lang) if code in WARNINGS else code for code in said.warnings
        ),
        method=_method(said, lang),
        withdrawn=None if withdrawn is None else withdrawn.in_(lang),
    )


def _level(one: LevelOfPlace, year: int) -> Decimal | None:
    return next((100 * Decimal(told.value) for told in one.relative if told.year == year), None)


def _latest_first(one: LevelOfPlace, year: int) -> tuple[bool, Decimal]:
    level = _level(one, year)
    return level is None, -(level or Decimal(0))


def _line(one: LevelOfPlace, said: TfpResult, years: list[int], lang: str) -> Line:
    levels = (_level(one, year) for year in years)
    cells = tuple(NONE if level is None else figures(level, lang, fixed=True) for level in levels)
    is_reference = one.place_id == said.reference
    return Line(one.place_id, short_name(one.place_id), is_reference, cells)


def _finding(said: TfpResult, levels: list[Decimal], year: int, lang: str) -> str:
    low, high = (figures(one, lang, fixed=True) for one in (min(levels), max(levels)))
    name = short_name(str(said.reference))
    if lang == "en":
        return f"TFP level, {year}: {low} to {high} in {len(levels)} places, {name} = 100"
    return f"Mức TFP năm {year}: từ {low} đến {high} ở {len(levels)} địa bàn, {name} = 100"


def _members(said: TfpResult, years: list[int]) -> str:
    """Say how many places each year compares: the sample is part of what the index means."""
    counts = [(year, sum(_level(one, year) is not None for one in said.levels)) for year in years]
    if len({count for _, count in counts}) == 1:
        return str(counts[0][1])
    return "; ".join(f"{year}: {count}" for year, count in counts)


def _method(said: TfpResult, lang: str) -> tuple[Fact, ...]:
    reference = places.describe(str(said.reference))
    facts = [
        (TEXTS["reference"], reference), (Words("Cách tính", "Engine"), "CCD (GEKS-Törnqvist)"),
        (Words("Giá", "Prices"), said.price_basis), (Words("Kỳ công bố số liệu", "Vintage"), said.vintage),
        (Words("Công bố ngày", "Published on"), day(said.published_at.date(), lang)),
        (Words("Mã kết quả", "Result id"), said.result_id),
    ]  # fmt: skip
    return tuple(Fact(name.in_(lang), text) for name, text in facts)


def _chart(last: list[tuple[LevelOfPlace, Decimal]], year: int, lang: str) -> Markup:
    bars = [
        (short_name(one.place_id), level, figures(level, lang, fixed=True)) for one, level in last
    ]
    title = f"{TEXTS['levels'].in_(lang)}, {year}"
    return growth_charts.levels(bars, title=title, axis=TEXTS["chart_levels"].in_(lang))
