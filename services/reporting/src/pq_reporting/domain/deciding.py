"""Judging a published rate against its band: met, not met, or not decidable while the target lies inside it.

A rate that is known to ten points cannot be held against a target two points away, in either direction; saying so is the answer.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from pq_reporting.domain import wording
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.facts import Band, Sureness
from pq_reporting.domain.figure import Figure, Words
from pq_reporting.domain.needed import by_today
from pq_reporting.domain.numbers import with_unit
from pq_reporting.domain.status import Status, Verdict

FEWEST_VALID = Decimal("0.5")
"""Below half of the draws carrying a share, a band would speak of the rest only."""


_TOO_FEW = Words(
    "Quá nửa số lần mô phỏng có tăng trưởng quá nhỏ để chia tỷ trọng.",
    "In most draws growth is too small to carry a share.",
)


class Answer(StrEnum):
    """What a band says of a target."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_DECIDABLE = "not_decidable"


@dataclass(frozen=True, slots=True)
class Span:
    """The growth years a published period covers, both included."""

    first_year: int
    last_year: int

    def holds(self, clause: Clause) -> bool:
        """Say whether the whole span of a clause was measured."""
        return self.first_year <= clause.first_year and clause.last_year <= self.last_year


def answer(asked: Decimal, sure: Sureness, *, strict: bool) -> Answer:
    """Compare a target with the 5-95 % band, both in percent. ``strict`` asks for more than the target itself."""
    if sure.valid < FEWEST_VALID:
        return Answer.NOT_DECIDABLE
    low, high = sure.band.low, sure.band.high
    if low > asked or (low == asked and not strict):
        return Answer.MET
    if high < asked or (high == asked and strict):
        return Answer.NOT_MET
    return Answer.NOT_DECIDABLE


def decides(base: Decimal, sure: Sureness) -> bool:
    """Say whether the band tells on which side of a base the rate lies."""
    return answer(base, sure, strict=True) is not Answer.NOT_DECIDABLE


def inside(clause: Clause, base: Decimal, sure: Sureness) -> Words:
    """Say why a rate cannot be told from the base that it is to exceed."""
    if sure.valid < FEWEST_VALID:
        return _TOO_FEW
    (low, low_en), (high, high_en), (told, told_en) = (
        (with_unit(one, clause.unit, "vi"), with_unit(one, clause.unit, "en"))
        for one in (sure.band.low, sure.band.high, base)
    )
    return Words(
        f"Gốc {told} nằm trong khoảng 5–95% từ {low} đến {high} nên chưa kết luận được.",
        f"The base, {told_en}, lies inside the 5–95 % band from {low_en} to {high_en}, so nothing can be concluded.",
    )


def chance(asked: Decimal, quantiles: tuple[Decimal, ...]) -> Decimal | None:
    """Return the part of the draws that reaches ``asked``, a fraction, read off evenly spaced quantiles at 5, 10, … 95 %.

    None where none were told; 0.95 and 0.05 stand for "at least" and "at most" at the ends.
    """
    if not quantiles:
        return None
    parts = Decimal(len(quantiles) + 1)
    if asked <= quantiles[0]:
        return (parts - 1) / parts
    for place, (low, high) in enumerate(pairwise(quantiles), start=1):
        if asked <= high:
            inside = (asked - low) / (high - low)
            return (parts - place - inside) / parts
    return 1 / parts


def judge_band(
    clause: Clause, value: Decimal, sure: Sureness, *, asked: Decimal, on: date
) -> Verdict:
    """Judge a rate by its band: before its day a level is not yet due unless the whole band meets it."""
    needed = by_today(clause, asked, on)
    over = on >= clause.ends_on
    found = answer(asked, sure, strict=clause.comparator == "growth_more_than")
    reason = _reason(clause, value, sure, asked=asked, found=found)
    if found is Answer.MET:
        status = Status.MET if over else Status.ON_TRACK
        return Verdict(status, status.word, reason, needed)
    if not over and needed.value is None:
        return Verdict(Status.NOT_DUE, Words("Chưa đến hạn", "Not yet due"), reason, needed)
    if found is Answer.NOT_DECIDABLE:
        return Verdict(Status.NOT_DECIDABLE, Status.NOT_DECIDABLE.word, reason, needed)
    status = Status.MISSED if over else Status.LATE
    missing = max(asked - value, Decimal(0))
    return Verdict(status, wording.short_by(status, missing, clause), reason, needed)


def not_measured_whole(clause: Clause, span: Span, needed: Figure) -> Verdict:
    """Return the verdict on a clause whose day has come while only a part of its years was measured."""
    reason = Words(
        f"Kết quả công bố mới phủ {span.first_year}-{span.last_year}; chỉ tiêu nói về {clause.first_year}-{clause.last_year}.",
        f"The published result covers {span.first_year}-{span.last_year}; the target speaks of {clause.first_year}-{clause.last_year}.",
    )
    return Verdict(Status.NOT_DECIDABLE, Status.NOT_DECIDABLE.word, reason, needed)


def _reason(
    clause: Clause, value: Decimal, sure: Sureness, *, asked: Decimal, found: Answer
) -> Words:
    if sure.valid < FEWEST_VALID:
        return _TOO_FEW
    vi, en = (_compared(clause, value, sure.band, asked=asked, lang=lang) for lang in ("vi", "en"))
    end = {
        Answer.MET: Words("cả khoảng đạt mức này.", "the whole band meets it."),
        Answer.NOT_MET: Words("cả khoảng dưới mức này.", "the whole band falls short of it."),
        Answer.NOT_DECIDABLE: Words(
            "mức này nằm trong khoảng nên chưa kết luận được.",
            "it lies inside the band, so nothing can be concluded.",
        ),
    }[found]
    return Words(f"{vi} {end.vi}{_often(asked, sure).vi}", f"{en} {end.en}{_often(asked, sure).en}")


def _compared(clause: Clause, value: Decimal, band: Band, *, asked: Decimal, lang: str) -> str:
    point, low, high, level = (
        with_unit(one, clause.unit, lang) for one in (value, band.low, band.high, asked)
    )
    if lang == "en":
        return f"Point figure {point}; 5–95 % band from {low} to {high}; level to reach {level}:"
    return f"Số tính được {point}; khoảng 5–95% từ {low} đến {high}; mức cần đạt {level}:"


def _often(asked: Decimal, sure: Sureness) -> Words:
    share = chance(asked, sure.quantiles)
    if share is None:
        return Words("", "")
    percent = round(100 * share)
    return Words(
        f" Khoảng {percent}% số lần mô phỏng đạt mức này.",
        f" About {percent} % of the draws reach it.",
    )
