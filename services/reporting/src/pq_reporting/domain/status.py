"""The states a target can be in on one day, each with a sign and a word, so that colour is never alone."""

from dataclasses import dataclass
from enum import StrEnum

from pq_reporting.domain.figure import Figure, Words


class Status(StrEnum):
    """``late`` can still be made good; ``missed`` is past its day; ``not_decidable`` is a figure too unsure
    to say either. Silence is ``unreported``, never zero."""

    MET = "met"
    ON_TRACK = "on_track"
    LATE = "late"
    MISSED = "missed"
    NOT_DECIDABLE = "not_decidable"
    UNREPORTED = "unreported"
    NOT_DUE = "not_due"
    NOT_APPLICABLE = "not_applicable"
    NOT_COMPARABLE = "not_comparable"
    SUPPRESSED = "suppressed"

    @property
    def sign(self) -> str:
        """Return the sign of the state."""
        return SIGNS[self][0]

    @property
    def word(self) -> Words:
        """Return the state in words."""
        return SIGNS[self][1]


SIGNS = {
    Status.MET: ("✓", Words("Đạt", "Met")),
    Status.ON_TRACK: ("↗", Words("Đúng tiến độ", "On track")),
    Status.LATE: ("!", Words("Chậm", "Behind")),
    Status.MISSED: ("✗", Words("Không đạt", "Not met")),
    Status.NOT_DECIDABLE: ("?", Words("Chưa đủ căn cứ", "Not decidable")),
    Status.UNREPORTED: ("○", Words("Chưa báo cáo", "Not reported")),
    Status.NOT_DUE: ("…", Words("Chưa đến kỳ", "Not yet due")),
    Status.NOT_APPLICABLE: ("–", Words("Không áp dụng", "Not applicable")),
    Status.NOT_COMPARABLE: ("≠", Words("Không so sánh được", "Not comparable")),
    Status.SUPPRESSED: ("▪", Words("Không công bố", "Withheld")),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said about a clause on a day. ``word`` is the state with its number: "Chậm 3 lớp"."""

    status: Status
    word: Words
    reason: Words
    needed: Figure
