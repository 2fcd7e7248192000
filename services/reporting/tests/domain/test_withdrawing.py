"""A series withdrawn: which one, on which day in Hanoi, and why, in both languages."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pq_reporting.domain.withdrawing import STANDS, WithdrawnSeries, withdrawal, withdrawals


def gone(**changes: Any) -> WithdrawnSeries:
    given: dict[str, Any] = {
        "series_id": "k1", "place_id": "vn-31-1997", "industry": "total", "measure": "K", "item": "", "vintage": "v1",
        "withdrawn_at": datetime(2026, 6, 9, 18, tzinfo=UTC), "reason": "nhập nhầm cột",
    }  # fmt: skip
    return WithdrawnSeries(**given | changes)


def test_where_nothing_was_withdrawn_nothing_is_said() -> None:
    assert withdrawals([]) is None


def test_the_day_is_that_of_hanoi_and_the_reason_that_of_who_withdrew_it() -> None:
    said = withdrawal(gone())
    assert said.vi == (
        "Chuỗi số liệu giá trị tài sản cố định (K) của Hải Phòng (trước 1/7/2025), kỳ công bố v1, "
        "đã được rút ngày 10/06/2026, lý do: “nhập nhầm cột”."
    )
    assert said.en == (
        "The series stock of fixed assets (K) of Hải Phòng (trước 1/7/2025), vintage v1, "
        "was withdrawn on 10 June 2026, with the reason “nhập nhầm cột”."
    )


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"measure": "NEW"}, "NEW"),
        ({"item": "ict"}, "giá trị tài sản cố định (K, ict)"),
        ({"measure": "VA", "industry": "C"}, "giá trị tăng thêm giá cơ bản (VA, C)"),
        ({"measure": "P_I", "place_id": "vn"}, "chỉ số giá đầu tư (P_I) của Việt Nam"),
    ],
)
def test_a_series_goes_by_its_measure_its_industry_and_its_item(
    changes: dict[str, Any], named: str
) -> None:
    assert f"Chuỗi số liệu {named}" in withdrawal(gone(**changes)).vi


def test_each_is_named_and_what_it_means_is_said_once() -> None:
    two = [gone(), gone(series_id="l1", measure="L")]
    said = withdrawals(two)
    assert said is not None
    assert said.vi == " ".join([*(withdrawal(one).vi for one in two), STANDS.vi])
    assert said.en.endswith(f"{withdrawal(two[1]).en} {STANDS.en}")
