"""Which activities can be kept, and what may still be done to one that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pq_common import places
from pq_common.errors import FieldError
from pq_support_grants.domain import personal
from pq_support_grants.domain.facts import ActivityFacts
from pq_support_grants.domain.quantities import (
    LIMIT,
    MOST_DECIMALS,
    bounds_subjects,
    decimals_of,
    is_whole,
)

TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("reported", "correct"): "reported",
    ("reported", "withdraw"): "withdrawn",
}


@dataclass(frozen=True, slots=True)
class PlanCodes:
    """What an activity may refer to: the plan's place, and every code its text has ever had."""

    place_id: str
    indicators: Mapping[str, frozenset[str]]
    """Clause code → the indicators it speaks of."""
    tasks: frozenset[str]


def after(status: str, action: str) -> str | None:
    """Return the status that follows, None when the table is silent: then it is refused."""
    return TRANSITIONS.get((status, action))


def refusals(
    activity: ActivityFacts, *, today: date, plan: PlanCodes | None, at: str = ""
) -> list[FieldError]:
    """List every reason to refuse the activity; an empty list means it can be kept.

    ``plan`` is what ``activity.plan_code`` names, None when it names none or an unknown one.
    """
    found = [*_days(activity, today, at), *_place(activity, at), *_quantity(activity, at)]
    found += [*_subjects(activity, at), *_evidence(activity, at)]
    found += personal.in_text(activity.title, f"{at}/title")
    found += personal.in_text(activity.channel, f"{at}/channel")
    if activity.plan_code is None:
        return [*found, *_references_without_plan(activity, at)]
    if plan is None:
        vi = f"Không có kế hoạch {activity.plan_code}."
        en = f"There is no plan {activity.plan_code}."
        return [*found, FieldError(f"{at}/plan_code", "activity_plan_unknown", vi, en)]
    return [*found, *_references(activity, plan, at)]


def change_refusals(
    before: ActivityFacts, after: ActivityFacts, *, at: str = ""
) -> list[FieldError]:
    """List what a correction may not touch: whose activity it is."""
    if before.place_id == after.place_id:
        return []
    vi = "Không sửa được địa bàn của hoạt động: hãy rút lại rồi báo cáo ở địa bàn đúng."
    en = "The place of an activity cannot change: withdraw it and report it for the right place."
    return [FieldError(f"{at}/place_id", "activity_place_fixed", vi, en)]


def _days(activity: ActivityFacts, today: date, at: str) -> Iterator[FieldError]:
    if activity.ends_on < activity.starts_on:
        vi = f"Ngày kết thúc {activity.ends_on} trước ngày bắt đầu {activity.starts_on}."
        en = f"It ends on {activity.ends_on}, before it starts on {activity.starts_on}."
        yield FieldError(f"{at}/ends_on", "activity_ends_before_start", vi, en)
    for name, day in (("starts_on", activity.starts_on), ("ends_on", activity.ends_on)):
        if day > today:
            vi = f"Ngày {day} sau ngày hôm nay {today}: chỉ báo cáo việc đã làm."
            en = f"{day} is after today, {today}: only what is done is reported."
            yield FieldError(f"{at}/{name}", "activity_in_future", vi, en)


def _place(activity: ActivityFacts, at: str) -> Iterator[FieldError]:
    place_id, day = activity.place_id, activity.starts_on
    if not places.exists(place_id):
        vi = f"Không có địa bàn {place_id!r}; ví dụ đúng: vn-33-2025."
        en = f"There is no place {place_id!r}; a right one looks like vn-33-2025."
        yield FieldError(f"{at}/place_id", "place_unknown", vi, en)
    elif not places.span(place_id).holds(day):
        vi = f"Địa bàn {place_id} không tồn tại vào ngày {day}: chọn địa bàn của ngày đó."
        en = f"The place {place_id} did not exist on {day}: take the place of that day."
        yield FieldError(f"{at}/place_id", "place_not_of_that_day", vi, en)


def _quantity(activity: ActivityFacts, at: str) -> Iterator[FieldError]:
    text = activity.quantity
    if not 0 < Decimal(text) < LIMIT:
        vi = f"Số lượng phải lớn hơn 0 và nhỏ hơn {LIMIT:f}; đã gửi {text}."
        en = f"The quantity must be above 0 and below {LIMIT:f}; {text} was sent."
        yield FieldError(f"{at}/quantity", "activity_quantity_out_of_bounds", vi, en)
    if decimals_of(text) > MOST_DECIMALS:
        vi = f"Số lượng {text} có quá {MOST_DECIMALS} chữ số thập phân."
        en = f"The quantity {text} has more than {MOST_DECIMALS} decimals."
        yield FieldError(f"{at}/quantity", "activity_quantity_too_fine", vi, en)
    if bounds_subjects(activity.unit) and not is_whole(text):
        vi = f"Số {activity.unit} phải là số nguyên; đã gửi {text}."
        en = f"{activity.unit} are counted in whole numbers; {text} was sent."
        yield FieldError(f"{at}/quantity", "activity_quantity_not_whole", vi, en)


def _subjects(activity: ActivityFacts, at: str) -> Iterator[FieldError]:
    subjects = activity.subjects
    distinct = len(set(subjects))
    if distinct < len(subjects):
        vi = f"Danh sách đối tượng có {len(subjects) - distinct} mã lặp lại."
        en = f"The list of subjects repeats {len(subjects) - distinct} of its keys."
        yield FieldError(f"{at}/subjects", "activity_subject_repeated", vi, en)
    if bounds_subjects(activity.unit) and distinct > Decimal(activity.quantity):
        vi = f"Có {distinct} đối tượng khác nhau, nhiều hơn {activity.quantity} {activity.unit}."
        en = f"There are {distinct} distinct subjects, more than {activity.quantity} {activity.unit}."
        yield FieldError(f"{at}/subjects", "activity_more_subjects_than_quantity", vi, en)
    for number, subject in enumerate(subjects):
        yield from personal.in_key(subject, f"{at}/subjects/{number}")


def _evidence(activity: ActivityFacts, at: str) -> Iterator[FieldError]:
    if not activity.evidence:
        vi = "Hoạt động phải có ít nhất một minh chứng: quyết định, danh sách, đường dẫn, biên bản."
        en = "An activity needs at least one piece of evidence: decision, list, link, minutes."
        yield FieldError(f"{at}/evidence", "activity_evidence_missing", vi, en)
    yield from personal.in_evidence(activity.evidence, at)


def _references_without_plan(activity: ActivityFacts, at: str) -> Iterator[FieldError]:
    if activity.clause_codes or activity.task_code is not None:
        vi = "Nêu mục tiêu hoặc nhiệm vụ thì phải nêu kế hoạch (plan_code)."
        en = "A clause or a task needs its plan (plan_code)."
        yield FieldError(f"{at}/plan_code", "activity_plan_missing", vi, en)


def _references(activity: ActivityFacts, plan: PlanCodes, at: str) -> Iterator[FieldError]:
    if not _same_ground(activity.place_id, plan.place_id):
        vi = f"Kế hoạch {activity.plan_code} là của {plan.place_id}, không phải của {activity.place_id}."
        en = f"The plan {activity.plan_code} is of {plan.place_id}, not of {activity.place_id}."
        yield FieldError(f"{at}/plan_code", "activity_plan_of_other_place", vi, en)
    for number, code in enumerate(activity.clause_codes):
        pointer, spoken_of = f"{at}/clause_codes/{number}", plan.indicators.get(code)
        if spoken_of is None:
            vi = f"Kế hoạch {activity.plan_code} không có mục tiêu {code}."
            en = f"The plan {activity.plan_code} has no clause {code}."
            yield FieldError(pointer, "activity_clause_unknown", vi, en)
        elif activity.indicator not in spoken_of:
            vi = f"Mục tiêu {code} nói về {', '.join(sorted(spoken_of))}, không phải {activity.indicator}."
            en = f"The clause {code} speaks of {', '.join(sorted(spoken_of))}, not {activity.indicator}."
            yield FieldError(pointer, "activity_clause_of_other_indicator", vi, en)
    if activity.task_code is not None and activity.task_code not in plan.tasks:
        vi = f"Kế hoạch {activity.plan_code} không có nhiệm vụ {activity.task_code}."
        en = f"The plan {activity.plan_code} has no task {activity.task_code}."
        yield FieldError(f"{at}/task_code", "activity_task_unknown", vi, en)


def _same_ground(place_id: str, plan_place: str) -> bool:
    """Tell whether one is the other, became it, or is covered by a national plan."""
    if plan_place == places.NATION or not places.exists(place_id):
        return True  # an unknown place is refused for itself
    return plan_place in places.scope([place_id]) or place_id in places.scope([plan_place])
