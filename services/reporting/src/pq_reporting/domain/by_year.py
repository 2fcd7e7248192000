"""Judging a clause that asks for something each year: every ended year answers for itself, the running one by its days."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pq_reporting.domain import wording
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.figure import Figure, Kind, Words, number
from pq_reporting.domain.growth import last_complete_year
from pq_reporting.domain.measured import Measure
from pq_reporting.domain.needed import linear, satisfies
from pq_reporting.domain.status import Status, Verdict


@dataclass(frozen=True, slots=True)
class Years:
    """The ended years of a clause sorted by what can be said of each, and by how much the running year is behind."""

    failed: list[int]
    silent: list[int]
    apart: list[int]
    passed: list[int]
    behind: Decimal = Decimal(0)


def judge_years(clause: Clause, measure: Measure, asked: Decimal, on: date) -> Verdict:
    """Judge year by year; one failed year is enough to be late, and a silent one is named as silent."""
    years = sorted_years(clause, measure, asked, on)
    over = on >= clause.ends_on
    needed = needed_this_year(clause, asked, on)
    if years.failed:
        status = Status.MISSED if over else Status.LATE
        word = wording.of_years(f"{status.word.vi} ở năm", f"{status.word.en} in", years.failed)
    elif years.behind:
        status, word = Status.LATE, wording.short_by(Status.LATE, years.behind, clause)
    elif years.silent:
        status = Status.UNREPORTED
        word = wording.of_years("Chưa báo cáo năm", "Not reported for", years.silent)
    else:
        status = Status.MET if over else Status.ON_TRACK
        word = status.word
    return Verdict(status, word, _reason(clause, measure, years), needed)


def sorted_years(clause: Clause, measure: Measure, asked: Decimal, on: date) -> Years:
    """Sort the ended years; the running year only counts for counts, where its days say how much is due."""
    years = Years([], [], [], [], _behind(clause, measure, asked, on))
    for year in range(clause.first_year, min(clause.last_year, last_complete_year(on)) + 1):
        figure = measure.years.get(year)
        if figure is None or figure.kind is Kind.MISSING:
            years.silent.append(year)
        elif figure.value is None:
            years.apart.append(year)
        elif satisfies(figure.value, clause, asked):
            years.passed.append(year)
        else:
            years.failed.append(year)
    return years


def needed_this_year(clause: Clause, asked: Decimal, on: date) -> Figure:
    """Return what the running year needs by its days; a rate or a deed is asked of the whole year."""
    year = min(on.year, clause.last_year)
    if not clause.is_count or clause.comparator == "done":
        return number(asked)
    return number(linear(asked, date(year, 1, 1), date(year, 12, 31), on))


def _behind(clause: Clause, measure: Measure, asked: Decimal, on: date) -> Decimal:
    figure = measure.years.get(on.year)
    running = on.year > last_complete_year(on)
    if not running or figure is None or figure.value is None or not clause.is_count:
        return Decimal(0)
    return max(
        linear(asked, date(on.year, 1, 1), date(on.year, 12, 31), on) - figure.value, Decimal(0)
    )


def _reason(clause: Clause, measure: Measure, years: Years) -> Words:
    plan = wording.plan_value(clause)
    parts = [
        Words(f"Kế hoạch: {plan.vi}.", f"Plan: {plan.en}."),
        *(
            wording.of_years(vi, en, which)
            for vi, en, which in (
                ("Đạt:", "Met:", years.passed),
                ("Không đạt:", "Not met:", years.failed),
                ("Chưa báo cáo:", "Not reported:", years.silent),
                ("Không so sánh được:", "Not comparable:", years.apart),
            )
            if which
        ),
    ]
    why = dict.fromkeys(filter(None, (measure.years[year].reason for year in years.apart)))
    tail = Words(
        " ".join([".", *(one.vi for one in why)]), " ".join([".", *(one.en for one in why)])
    )
    head, *rest = parts
    if not rest:
        return head
    return Words(
        f"{head.vi} {'; '.join(part.vi for part in rest)}{tail.vi}",
        f"{head.en} {'; '.join(part.en for part in rest)}{tail.en}",
    )
