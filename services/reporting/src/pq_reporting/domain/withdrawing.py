"""A series withdrawn after a result was computed from it: which one, since when, why, and what that means for the result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pq_common import places
from pq_common.dates import legal_day
from pq_reporting.domain.figure import Words
from pq_reporting.domain.numbers import day

MEASURES: Final = {
    "Y": Words("giá trị tăng thêm (GRDP) giá so sánh", "output at constant prices"),
    "K": Words("giá trị tài sản cố định", "stock of fixed assets"),
    "L": Words("lao động đang làm việc", "persons employed"),
    "VA": Words("giá trị tăng thêm giá cơ bản", "value added at basic prices"),
    "labour_income": Words("thu nhập đầy đủ của người lao động", "full income of workers"),
    "CE": Words("thu của người lao động", "compensation of employees"),
    "MI": Words("thu nhập hỗn hợp", "mixed income"),
    "I": Words("tích lũy tài sản cố định gộp", "gross fixed capital formation"),
    "P_I": Words("chỉ số giá đầu tư", "price index of investment"),
    "RD": Words("chi cho nghiên cứu và phát triển", "spending on research and development"),
}
"""The measures most results are computed from. An open list: one that is not here goes by its code alone."""

STANDS: Final = Words(
    "Kết quả đã công bố vẫn có hiệu lực cho đến khi có kết quả mới thay thế.",
    "The published result stands until a new one supersedes it.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnSeries:
    """One series that was declared in error; ``item`` is the asset or the group of workers, empty for all."""

    series_id: str
    place_id: str
    industry: str
    measure: str
    item: str
    vintage: str
    withdrawn_at: datetime
    reason: str


def withdrawal(one: WithdrawnSeries) -> Words:
    """Say which series was withdrawn, on which day in Hanoi and with which reason, in the words of who withdrew it."""
    known = MEASURES.get(one.measure)
    parts = [] if one.industry == "total" else [one.industry]
    code = ", ".join([one.measure, *parts, *([one.item] if one.item else [])])
    vi, en = (code, code) if known is None else (f"{known.vi} ({code})", f"{known.en} ({code})")
    place, since = places.describe(one.place_id), legal_day(one.withdrawn_at)
    return Words(
        f"Chuỗi số liệu {vi} của {place}, kỳ công bố {one.vintage}, đã được rút ngày {day(since, 'vi')}, lý do: “{one.reason}”.",
        f"The series {en} of {place}, vintage {one.vintage}, was withdrawn on {day(since, 'en')}, with the reason “{one.reason}”.",
    )


def withdrawals(gone: Sequence[WithdrawnSeries]) -> Words | None:
    """Say the same of all of them, and that the result stands; None where none was withdrawn."""
    if not gone:
        return None
    said = [*map(withdrawal, gone), STANDS]
    return Words(" ".join(one.vi for one in said), " ".join(one.en for one in said))
