"""Which target clauses can be kept: what each comparator needs, and what its numbers may be."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pq_common.errors import FieldError
from pq_support_grants.domain.facts import ClauseFacts, ReadingFacts
from pq_support_grants.domain.quantities import LIMIT, is_whole


class Needs(NamedTuple):
    """What must be given with a comparator; what is not needed must not be given."""

    value: bool
    value_high: bool
    growth_base: bool


COMPARATORS: Mapping[str, Needs] = {
    "at_least": Needs(True, False, False),
    "more_than": Needs(True, False, False),
    "about": Needs(True, False, False),
    "exactly": Needs(True, False, False),
    "reach": Needs(True, False, False),
    "range": Needs(True, True, False),
    "increase": Needs(False, False, False),
    "growth_at_least": Needs(True, False, True),
    "growth_more_than": Needs(True, False, True),
    "growth_range": Needs(True, True, True),
    "done": Needs(False, False, False),
}

COUNTED = frozenset({"distinct", "turns", "events"})
NOT_SAID = "not_said"
LARGEST_GROWTH = Decimal(1000)


def refusals(clause: ClauseFacts, *, at: str) -> list[FieldError]:
    """List what is wrong with one clause by itself. ``at`` is the pointer of the clause."""
    found = [*_reading(clause, at), *_numbers(clause, at), *_span(clause, at)]
    if COMPARATORS[clause.comparator].growth_base and not _base_is_settled(clause):
        vi = f"Mục tiêu tăng trưởng phải nêu gốc so sánh (growth_base), hoặc ghi {NOT_SAID}."
        en = f"A growth target needs its base (growth_base), or {NOT_SAID}."
        found.append(FieldError(f"{at}/growth_base", "clause_growth_base_missing", vi, en))
    if clause.alternative_reading:
        found += _reading(clause.alternative_reading, f"{at}/alternative_reading")
    return found


def _base_is_settled(clause: ClauseFacts) -> bool:
    return bool(clause.growth_base) or bool({"growth_base", "base_year"} & set(clause.not_said))


def _reading(reading: ReadingFacts, at: str) -> list[FieldError]:
    needs, found = COMPARATORS[reading.comparator], []
    for name, value, needed in (
        ("value", reading.value, needs.value),
        ("value_high", reading.value_high, needs.value_high),
    ):
        if needed and value is None:
            vi = f"So sánh {reading.comparator} phải có {name}."
            en = f"The comparator {reading.comparator} needs {name}."
            found.append(FieldError(f"{at}/{name}", f"clause_{name}_missing", vi, en))
        if not needed and value is not None:
            vi = f"So sánh {reading.comparator} không có {name}; đã gửi {value}."
            en = f"The comparator {reading.comparator} takes no {name}; {value} was sent."
            found.append(FieldError(f"{at}/{name}", f"clause_{name}_unexpected", vi, en))
    low, high = reading.value, reading.value_high
    if low is not None and high is not None and Decimal(low) > Decimal(high):
        vi = f"Cận dưới {low} lớn hơn cận trên {high}."
        en = f"The lower bound {low} is above the upper bound {high}."
        found.append(FieldError(f"{at}/value", "clause_range_reversed", vi, en))
    return found


def _numbers(clause: ClauseFacts, at: str) -> list[FieldError]:
    found = []
    for name, text in (("value", clause.value), ("value_high", clause.value_high)):
        if text is None:
            continue
        code_and_words = _refused_number(clause, text)
        if code_and_words:
            found.append(FieldError(f"{at}/{name}", *code_and_words))
    return found


def _refused_number(clause: ClauseFacts, text: str) -> tuple[str, str, str] | None:
    number, is_growth = Decimal(text), COMPARATORS[clause.comparator].growth_base
    if abs(number) >= LIMIT:
        return "clause_number_too_large", f"Số {text} quá lớn.", f"The number {text} is too large."
    if is_growth:
        if not -100 < number <= LARGEST_GROWTH:
            vi = f"Tốc độ tăng {text} % phải lớn hơn −100 và không quá {LARGEST_GROWTH}."
            en = f"A growth of {text} % must be above −100 and at most {LARGEST_GROWTH}."
            return "clause_growth_out_of_bounds", vi, en
        return None
    if (clause.unit or "").startswith("%"):
        if not 0 <= number <= 100:
            vi = f"Tỷ lệ {text} % phải từ 0 đến 100 (47 là 47 %, không viết 0,47)."
            en = f"A share of {text} % must lie between 0 and 100 (47 means 47 %)."
            return "clause_percent_out_of_bounds", vi, en
        return None
    if clause.counting in COUNTED and (number < 0 or not is_whole(text)):
        vi = f"Chỉ tiêu đếm ({clause.counting}) phải là số nguyên không âm; đã gửi {text}."
        en = f"A count ({clause.counting}) must be a whole number, not negative; {text} was sent."
        return "clause_count_not_whole", vi, en
    return None


def _span(clause: ClauseFacts, at: str) -> list[FieldError]:
    span, found = clause.span, []
    if span.first_year > span.last_year:
        vi = f"Thời kỳ {span.first_year}-{span.last_year} có năm đầu sau năm cuối."
        en = f"The span {span.first_year}-{span.last_year} ends before it begins."
        found.append(FieldError(f"{at}/span", "clause_span_reversed", vi, en))
    if clause.due and clause.due < date(span.first_year, 1, 1):
        vi = f"Hạn {clause.due} trước khi thời kỳ bắt đầu ({span.first_year})."
        en = f"Due on {clause.due}, before its span begins ({span.first_year})."
        found.append(FieldError(f"{at}/due", "clause_due_before_span", vi, en))
    return found
