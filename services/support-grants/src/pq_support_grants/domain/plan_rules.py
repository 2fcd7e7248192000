"""Which plans can be kept: the text as a whole, then each clause and task of it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from pq_common import places
from pq_common.dates import Interval
from pq_common.errors import FieldError
from pq_support_grants.domain import clauses
from pq_support_grants.domain.facts import CalendarFacts, ClauseFacts, PlanFacts, SlipFacts

_PLAN_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_UNSAFE = re.compile(r"[\s/?#%\x00-\x1f]")
_SPAN_SLIPS = frozenset({"span", "period"})


def refusals(plan: PlanFacts, *, at: str = "") -> list[FieldError]:
    """List every reason to refuse the plan; an empty list means it can be kept.

    ``at`` is the pointer of the plan in the caller's document. Whether an indicator is in the
    catalogue is not asked here: the list of indicators is the reader's, and grows without us.
    """
    found = [*_heading(plan, at), *_place(plan, plan.place_id, f"{at}/place_id")]
    found += _calendar(plan.calendar, f"{at}/calendar")
    found += _codes("targets", [clause.code for clause in plan.targets], at)
    found += _codes("tasks", [task.code for task in plan.tasks], at)
    for number, clause in enumerate(plan.targets):
        here = f"{at}/targets/{number}"
        found += clauses.refusals(clause, at=here)
        found += _inside(plan, clause, here)
        found += _place(plan, clause.place_id, f"{here}/place_id")
    return [*found, *_parents(plan.targets, at)]


def change_refusals(before: PlanFacts, after: PlanFacts, *, at: str = "") -> list[FieldError]:
    """List what an amendment may not touch: the identity of the plan."""
    found = []
    for name in ("code", "level", "place_id"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            vi = f"Không sửa được {name} của kế hoạch ({old} thành {new}); hãy ban hành kế hoạch khác."
            en = f"{name} of a plan cannot change ({old} to {new}); issue another plan."
            found.append(FieldError(f"{at}/{name}", "plan_identity_fixed", vi, en))
    return found


def issue_refusals(plan: PlanFacts, *, today: date) -> list[FieldError]:
    """List what keeps a text from entering the record today."""
    if plan.issued_on is None or plan.issued_on <= today:
        return []
    vi = f"Kế hoạch đề ngày {plan.issued_on}, sau hôm nay {today}: chỉ ghi văn bản đã ban hành."
    en = f"The plan is dated {plan.issued_on}, after today, {today}: only issued texts are kept."
    return [FieldError("/issued_on", "plan_issued_in_future", vi, en)]


def amendment_refusals(before: PlanFacts, *, valid_from: date, today: date) -> list[FieldError]:
    """List what is wrong with the day from which an amendment holds.

    It is never in the future, so that the newest text is always the one in force.
    """
    first = first_day(before, today=today)
    if first <= valid_from <= today:
        return []
    vi = f"Ngày hiệu lực {valid_from} phải từ {first} (khi có kế hoạch) đến hôm nay {today}."
    en = f"In force from {valid_from}: it must be from {first} (the plan itself) to today, {today}."
    return [FieldError("/valid_from", "plan_amendment_day_wrong", vi, en)]


def first_day(plan: PlanFacts, *, today: date) -> date:
    """Return the day from which the text speaks: that of issue, or where not said the first of its years."""
    return plan.issued_on or min(date(plan.first_year, 1, 1), today)


def _heading(plan: PlanFacts, at: str) -> Iterator[FieldError]:
    if not _PLAN_CODE.fullmatch(plan.code):
        vi = f"Mã kế hoạch {plan.code!r} chỉ gồm chữ thường không dấu, số và gạch nối."
        en = f"The plan code {plan.code!r} may hold lower-case letters, digits and hyphens only."
        yield FieldError(f"{at}/code", "plan_code_malformed", vi, en)
    if plan.first_year > plan.last_year:
        vi = f"Năm đầu {plan.first_year} sau năm cuối {plan.last_year}."
        en = f"The first year {plan.first_year} is after the last, {plan.last_year}."
        yield FieldError(f"{at}/first_year", "plan_years_reversed", vi, en)
    if (plan.level == "national") != (plan.place_id == places.NATION):
        vi = f"Kế hoạch cấp {plan.level} không hợp với địa bàn {plan.place_id}."
        en = f"A {plan.level} plan does not go with the place {plan.place_id}."
        yield FieldError(f"{at}/level", "plan_level_mismatch", vi, en)
    if not plan.targets and not plan.tasks:
        vi = "Kế hoạch phải có ít nhất một mục tiêu hoặc một nhiệm vụ."
        en = "A plan needs at least one target or one task."
        yield FieldError(f"{at}/targets", "plan_says_nothing", vi, en)


def _place(plan: PlanFacts, place_id: str, at: str) -> Iterator[FieldError]:
    if not places.exists(place_id):
        vi = f"Không có địa bàn {place_id!r}; ví dụ đúng: vn-33-2025."
        en = f"There is no place {place_id!r}; a right one looks like vn-33-2025."
        yield FieldError(at, "place_unknown", vi, en)
        return
    days = places.span(place_id)
    year = Interval(date(plan.first_year, 1, 1), date(plan.first_year + 1, 1, 1))
    stood = days.holds(plan.issued_on) if plan.issued_on else days.overlaps(year)
    if not stood:
        when = plan.issued_on or plan.first_year
        vi = f"Địa bàn {place_id} không tồn tại vào {when}, khi ban hành kế hoạch."
        en = f"The place {place_id} did not exist on {when}, when the plan was issued."
        yield FieldError(at, "place_not_of_that_day", vi, en)


def _calendar(calendar: CalendarFacts | None, at: str) -> Iterator[FieldError]:
    if calendar is None:
        return
    wrong = [month for month in calendar.months if not 1 <= month <= 12]
    if wrong:
        vi, en = f"Không có tháng {wrong}.", f"There is no month {wrong}."
        yield FieldError(f"{at}/months", "calendar_month_wrong", vi, en)
    if calendar.month_day is not None and not _MONTH_DAY.fullmatch(calendar.month_day):
        vi = f"Ngày {calendar.month_day!r} phải viết dạng tháng-ngày, như 11-30."
        en = f"The day {calendar.month_day!r} must read month-day, such as 11-30."
        yield FieldError(f"{at}/month_day", "calendar_day_wrong", vi, en)


def _codes(what: str, codes: Sequence[str], at: str) -> Iterator[FieldError]:
    times = Counter(codes)
    for number, code in enumerate(codes):
        pointer = f"{at}/{what}/{number}/code"
        if times[code] > 1:
            vi, en = (
                f"Mã {code} dùng {times[code]} lần.",
                f"The code {code} is used {times[code]} times.",
            )
            yield FieldError(pointer, "code_repeated", vi, en)
        if not code or _UNSAFE.search(code):
            vi = f"Mã {code!r} không được trống, có dấu cách hay các dấu / ? # %."
            en = f"The code {code!r} may not be empty or hold spaces or any of / ? # %."
            yield FieldError(pointer, "code_malformed", vi, en)


def _inside(plan: PlanFacts, clause: ClauseFacts, at: str) -> Iterator[FieldError]:
    span = clause.span
    inside = plan.first_year <= span.first_year and span.last_year <= plan.last_year
    if not inside and not _flagged(clause.slips):
        vi = (
            f"Thời kỳ {span.first_year}-{span.last_year} nằm ngoài kế hoạch "
            f"{plan.first_year}-{plan.last_year}; nếu văn bản in như vậy, ghi vào slips."
        )
        en = (
            f"The span {span.first_year}-{span.last_year} lies outside the plan's "
            f"{plan.first_year}-{plan.last_year}; if it is printed so, flag it in slips."
        )
        yield FieldError(f"{at}/span", "clause_span_outside_plan", vi, en)


def _flagged(slips: Iterable[SlipFacts]) -> bool:
    return any(re.split(r"[./]", slip.field)[0] in _SPAN_SLIPS for slip in slips)


def _parents(targets: Sequence[ClauseFacts], at: str) -> Iterator[FieldError]:
    parent_of = {clause.code: clause.parent for clause in targets}
    for number, clause in enumerate(targets):
        if clause.parent is None:
            continue
        pointer = f"{at}/targets/{number}/parent"
        if clause.parent not in parent_of:
            vi = f"Không có mục tiêu {clause.parent} để làm mục tiêu cha."
            en = f"There is no clause {clause.parent} to be the parent."
            yield FieldError(pointer, "clause_parent_unknown", vi, en)
        elif _returns(clause.code, parent_of):
            vi = f"Mục tiêu {clause.code} là cha của chính mình qua các mục tiêu khác."
            en = f"The clause {clause.code} is its own ancestor."
            yield FieldError(pointer, "clause_parent_circular", vi, en)


def _returns(code: str, parent_of: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    step = parent_of[code]
    while step is not None and step not in seen:
        if step == code:
            return True
        seen.add(step)
        step = parent_of.get(step)
    return False
