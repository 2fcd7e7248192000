"""Judge one clause on one day: met, on track, late and by how much, or why nothing can be said."""

from datetime import date
from decimal import Decimal

from pq_reporting.domain import wording
from pq_reporting.domain.by_year import judge_years
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.deciding import decides, inside, judge_band, not_measured_whole
from pq_reporting.domain.figure import Figure, Kind, Words, not_applicable
from pq_reporting.domain.growth import last_complete_year
from pq_reporting.domain.measured import Measure
from pq_reporting.domain.needed import by_today, goal, satisfies
from pq_reporting.domain.numbers import day
from pq_reporting.domain.status import Status, Verdict

WITHOUT_NUMBER = {
    Kind.NOT_APPLICABLE: Status.NOT_APPLICABLE,
    Kind.NOT_COMPARABLE: Status.NOT_COMPARABLE,
    Kind.SUPPRESSED: Status.SUPPRESSED,
}


def judge(clause: Clause, measure: Measure, *, on: date) -> Verdict:
    """Judge what was measured against what is asked. The order matters: first whether anything can be said at all."""
    if on < clause.starts_on:
        begins = clause.starts_on
        return _plain(
            Status.NOT_DUE,
            Words(f"Bắt đầu từ {day(begins, 'vi')}.", f"Begins on {day(begins, 'en')}."),
            _nothing_yet(),
        )
    asked = goal(clause, on)
    if measure.actual.value is None:
        return _without_number(clause, measure, asked, on)
    if asked is None:
        return _direction(clause, measure, measure.actual.value, on)
    if clause.condition is not None and measure.actual.value == 0:
        return _plain(Status.NOT_APPLICABLE, _condition(clause), by_today(clause, asked, on))
    if clause.cadence == "each_year":
        return judge_years(clause, measure, asked, on)
    if measure.span is not None and on >= clause.ends_on and not measure.span.holds(clause):
        return not_measured_whole(clause, measure.span, by_today(clause, asked, on))
    if measure.sure is not None:
        return judge_band(clause, measure.actual.value, measure.sure, asked=asked, on=on)
    return _by_the_end(clause, measure.actual.value, asked, on)


def _plain(status: Status, reason: Words, needed: Figure) -> Verdict:
    return Verdict(status, status.word, reason, needed)


def _nothing_yet() -> Figure:
    return not_applicable("Chưa đến kỳ.", "Not yet due.")


def _condition(clause: Clause) -> Words:
    return Words(
        f"Báo cáo 0: chưa có báo cáo nào cho thấy điều kiện “{clause.condition}” đã xảy ra.",
        f"Zero reported: no report shows that the condition “{clause.condition}” has come true.",
    )


def _without_number(clause: Clause, measure: Measure, asked: Decimal | None, on: date) -> Verdict:
    if measure.actual.reason is not None:
        status = WITHOUT_NUMBER[measure.actual.kind]
        return _plain(status, measure.actual.reason, _needed(clause, asked, on))
    waits = not clause.is_count and clause.cadence == "each_year"
    if waits and last_complete_year(on) < clause.first_year:
        return _plain(
            Status.NOT_DUE,
            Words("Năm đầu tiên chưa kết thúc.", "The first year has not ended."),
            _nothing_yet(),
        )
    reason = Words("Chưa có báo cáo nào cho chỉ tiêu này.", "Nobody has reported on this target.")
    if clause.condition is not None:
        reason = Words(
            f"{reason.vi} Điều kiện kèm theo: {clause.condition}.",
            f"{reason.en} It has a condition: {clause.condition}.",
        )
    return _plain(Status.UNREPORTED, reason, _needed(clause, asked, on))


def _needed(clause: Clause, asked: Decimal | None, on: date) -> Figure:
    if asked is None:
        return not_applicable("Kế hoạch không nêu con số.", "The plan gives no number.")
    return by_today(clause, asked, on)


def _direction(clause: Clause, measure: Measure, value: Decimal, on: date) -> Verdict:
    """Judge "raise" without a number: only against a base that the text names and somebody published."""
    needed, base, over = _needed(clause, None, on), measure.base, on >= clause.ends_on
    if base.value is None:
        reason = Words(
            "Kế hoạch chỉ nêu hướng tăng, không nêu con số; chưa có số liệu gốc để so sánh.",
            "The plan names a direction and no number; there is no base to compare with.",
        )
        return _plain(Status.NOT_COMPARABLE, reason, needed)
    if over and measure.span is not None and not measure.span.holds(clause):
        return not_measured_whole(clause, measure.span, needed)
    if measure.sure is not None and not decides(base.value, measure.sure):
        return _plain(Status.NOT_DECIDABLE, inside(clause, base.value, measure.sure), needed)
    change = value - base.value
    reason = wording.against_base(base, change, clause)
    if change > 0:
        return _plain(Status.MET if over else Status.ON_TRACK, reason, needed)
    return _plain(Status.MISSED if over else Status.LATE, reason, needed)


def _by_the_end(clause: Clause, value: Decimal, asked: Decimal, on: date) -> Verdict:
    needed = by_today(clause, asked, on)
    over = on >= clause.ends_on
    reason = wording.reached(value, needed.value, clause, on)
    if satisfies(value, clause, asked):
        settled = over or clause.is_count or clause.comparator == "done"
        return _plain(Status.MET if settled else Status.ON_TRACK, reason, needed)
    if over:
        word = wording.short_by(Status.MISSED, asked - value, clause)
        return Verdict(Status.MISSED, word, reason, needed)
    if needed.value is None:
        word = Words("Chưa đến hạn", "Not yet due")
        return Verdict(Status.NOT_DUE, word, reason, needed)
    if satisfies(value, clause, needed.value):
        return _plain(Status.ON_TRACK, reason, needed)
    return Verdict(
        Status.LATE, wording.short_by(Status.LATE, needed.value - value, clause), reason, needed
    )
