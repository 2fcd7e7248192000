"""Sentences of a verdict, in both languages, with their numbers written out."""

from datetime import date
from decimal import Decimal

from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.figure import Figure, Words
from pq_reporting.domain.numbers import day, figures, gap, years
from pq_reporting.domain.numbers import with_unit as amount
from pq_reporting.domain.status import Status


def short_by(status: Status, missing: Decimal, clause: Clause) -> Words:
    """Say how far behind: "Chậm 3 lớp", "Không đạt, thiếu 2 người"."""
    if missing == 0:
        return Words(
            f"{status.word.vi}, phải vượt mức nêu", f"{status.word.en}, the level must be passed"
        )
    if status is Status.LATE:
        return Words(
            f"Chậm {gap(missing, clause.unit, 'vi')}",
            f"Behind by {gap(missing, clause.unit, 'en')}",
        )
    return Words(
        f"Không đạt, thiếu {gap(missing, clause.unit, 'vi')}",
        f"Not met, short by {gap(missing, clause.unit, 'en')}",
    )


def reached(value: Decimal, needed: Decimal | None, clause: Clause, on: date) -> Words:
    """Say what was reached, what is needed by today and when the clause is due."""
    if clause.comparator == "done":
        return _deed(value, clause)
    extra = over(value, clause)
    have_vi, have_en = (amount(value, clause.unit, lang) for lang in ("vi", "en"))
    due_vi, due_en = (day(clause.ends_on, lang) for lang in ("vi", "en"))
    if on >= clause.ends_on:
        return Words(
            f"Đến hạn {due_vi} có {have_vi}.{extra.vi}",
            f"{have_en} when it was due, {due_en}.{extra.en}",
        )
    now_vi = f"; đến {day(on, 'vi')} cần {figures(needed, 'vi')}" if needed is not None else ""
    now_en = f"; {figures(needed, 'en')} needed by {day(on, 'en')}" if needed is not None else ""
    return Words(
        f"Đã có {have_vi}{now_vi}; hạn {due_vi}.{extra.vi}",
        f"{have_en} so far{now_en}; due {due_en}.{extra.en}",
    )


def against_base(base: Figure, change: Decimal, clause: Clause) -> Words:
    """Say how a value lies against the base that the text names: "So với gốc 80 lớp: tăng 12 lớp"."""
    unit, told = base.unit or clause.unit, base.value or Decimal(0)
    vi, en = ((amount(told, unit, lang), gap(abs(change), unit, lang)) for lang in ("vi", "en"))
    if change == 0:
        return Words(f"Bằng gốc {vi[0]}.", f"As the base, {en[0]}.")
    way_vi, way_en = ("tăng", "up") if change > 0 else ("giảm", "down")
    return Words(
        f"So với gốc {vi[0]}: {way_vi} {vi[1]}.", f"Against the base, {en[0]}: {way_en} {en[1]}."
    )


def _deed(value: Decimal, clause: Clause) -> Words:
    due_vi, due_en = (day(clause.ends_on, lang) for lang in ("vi", "en"))
    if value > 0:
        return Words(f"Đã có báo cáo thực hiện; hạn {due_vi}.", f"Reported as done; due {due_en}.")
    return Words(
        f"Đã báo cáo là chưa thực hiện; hạn {due_vi}.", f"Reported as not done; due {due_en}."
    )


def over(value: Decimal, clause: Clause) -> Words:
    """Say when more was done than a range or an exact number asks; it is shown and held against nobody."""
    high = clause.value_high if clause.comparator in ("range", "growth_range") else None
    high = clause.value if clause.comparator == "exactly" else high
    if high is None or value <= high:
        return Words("", "")
    beyond = value - high
    return Words(
        f" Vượt {gap(beyond, clause.unit, 'vi')} so với con số cao nhất nêu trong kế hoạch.",
        f" That is {gap(beyond, clause.unit, 'en')} above the highest number the plan names.",
    )


COMPARATORS = {
    "at_least": Words("ít nhất {0}", "at least {0}"),
    "more_than": Words("trên {0}", "more than {0}"),
    "about": Words("khoảng {0}", "about {0}"),
    "exactly": Words("{0}", "{0}"),
    "range": Words("từ {0} đến {1}", "{0} to {1}"),
    "reach": Words("đạt {0}", "reach {0}"),
    "growth_at_least": Words("tăng ít nhất {0}", "grow by at least {0}"),
    "growth_more_than": Words("tăng trên {0}", "grow by more than {0}"),
    "growth_range": Words("tăng từ {0} đến {1}", "grow by {0} to {1}"),
}
CADENCES = {
    "each_year": Words(" mỗi năm", " each year"),
    "average_over_years": Words(" bình quân năm", " a year on average"),
    "once_by_end": Words("", ""),
}


def plan_value(clause: Clause) -> Words:
    """Write the plan's own number with its comparator: "ít nhất 2 DN mỗi năm"."""
    said = COMPARATORS.get(clause.comparator)
    every = CADENCES[clause.cadence]
    if clause.comparator == "done":
        return Words(f"thực hiện{every.vi}", f"to be done{every.en}")
    if said is None or clause.value is None:
        return Words("tăng, không nêu con số", "an increase, no number given")
    texts = []
    for lang, pattern, cadence in (("vi", said.vi, every.vi), ("en", said.en, every.en)):
        unit = clause.unit.removesuffix("/năm") if clause.unit and cadence else clause.unit
        high = amount(clause.value_high, unit, lang) if clause.value_high is not None else ""
        low = figures(clause.value, lang) if high else amount(clause.value, unit, lang)
        texts.append(pattern.format(low, high) + cadence)
    return Words(texts[0], texts[1])


def of_years(vi: str, en: str, which: list[int]) -> Words:
    """Name the years something holds for."""
    return Words(f"{vi} {years(which)}", f"{en} {years(which)}")
