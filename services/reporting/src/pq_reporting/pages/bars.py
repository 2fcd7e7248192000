"""Geometry of the small bars in table cells; the macro only draws what is computed here."""

from dataclasses import dataclass
from decimal import Decimal

from pq_reporting.domain.figure import Figure, Kind
from pq_reporting.domain.needed import goal, satisfies
from pq_reporting.operations.judge_targets import JudgedTarget, Question

WIDTH = 180
HEIGHT = 20


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a clause that asks each year. ``state``: passed, failed, silent or apart."""

    year: int
    x: int
    width: int
    top: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Where things are, in units of a box of 180 by 20. None means that it is not drawn."""

    zero: int = 0
    bar: tuple[int, int] | None = None
    band: tuple[int, int] | None = None
    needed: int | None = None
    goal: int | None = None
    years: tuple[Year, ...] = ()


def bar_of(target: JudgedTarget, question: Question) -> Bar:
    """Return the bar of a target: by year where it asks each year, else one bar on one scale from zero."""
    if target.clause.cadence == "each_year":
        return Bar(years=_years(target, question))
    asked = goal(target.clause, question.on)
    high = target.clause.value_high
    actual, needed = target.measure.actual.value, target.verdict.needed.value
    known = [value for value in (asked, high, actual, needed) if value is not None]
    low, most = min([Decimal(0), *known]), max([Decimal(0), *known])
    top = (most or Decimal(0 if low else 1)) * Decimal("1.08")

    def at(value: Decimal) -> int:
        return round((value - low) * WIDTH / (top - low))

    def stretch(begin: Decimal, end: Decimal) -> tuple[int, int]:
        return min(at(begin), at(end)), max(abs(at(end) - at(begin)), 1)

    return Bar(
        zero=at(Decimal(0)),
        bar=None if actual is None else stretch(Decimal(0), actual),
        band=stretch(asked, high) if asked is not None and high is not None else None,
        needed=None if needed is None or needed == asked else at(needed),
        goal=None if asked is None else at(asked),
    )


def _years(target: JudgedTarget, question: Question) -> tuple[Year, ...]:
    clause = target.clause
    asked = goal(clause, question.on)
    span = range(clause.first_year, clause.last_year + 1)
    step = WIDTH // len(span)
    highest = max(
        [one.value for one in target.measure.years.values() if one.value is not None], default=None
    )
    scale = max(highest or Decimal(1), asked or Decimal(1), Decimal(1))
    found = []
    for index, year in enumerate(span):
        figure = target.measure.years.get(year)
        state, height = _state(figure, asked, target, scale)
        found.append(Year(year, index * step, step - 3, HEIGHT - height, state))
    return tuple(found)


def _state(
    figure: Figure | None, asked: Decimal | None, target: JudgedTarget, scale: Decimal
) -> tuple[str, int]:
    if figure is None:
        return "ahead", HEIGHT // 2
    if figure.kind is Kind.MISSING:
        return "silent", HEIGHT
    if figure.value is None:
        return "apart", HEIGHT // 2
    height = max(2, round(max(figure.value, Decimal(0)) * HEIGHT / scale))
    passed = asked is not None and satisfies(figure.value, target.clause, asked)
    return ("passed" if passed else "failed"), height
