"""Certificates from a table: what is on record, what differs from it, and whose place it is."""

import unicodedata
from typing import Any

import pytest

from pq_common.testing.sending import send_table

PATH = "/certification/v1/certificates"
HEADINGS = "Mã tổ chức;Địa bàn;Tiêu chuẩn;Phiên bản;Tổ chức chứng nhận;Số;Ngày quyết định;Hiệu lực từ;Hiệu lực đến"
LINE = "minh-hoa-0001;vn-33-2025;ISO 9001;2015;to-chuc-01;SỐ 1/Đất;2025-09-01;2025-09-01;2028-08-31"


@pytest.fixture
async def officer(caller: Any) -> Any:
    return await caller("province-officer", places=["vn-33-2025"])


async def imported(client: Any, *lines: str) -> tuple[dict[str, Any], list[Any]]:
    """Send the lines; return the receipt, and cell, code and message of each fault."""
    receipt, refused = await send_table(client, PATH, "\n".join((HEADINGS, *lines)).encode())
    faults = [fault for row in refused for fault in row["errors"]]
    return receipt, [(one["cell"], one["code"], one["message_vi"]) for one in faults]


async def test_a_row_on_record_is_unchanged_however_its_number_is_spelled(officer: Any) -> None:
    assert (await imported(officer, LINE))[0]["new"] == 1
    apart = LINE.replace("SỐ 1/Đất", unicodedata.normalize("NFD", "số 1 đất"))
    receipt, faults = await imported(officer, LINE.replace("ISO 9001", "TCVN ISO 9001"), apart)
    assert (receipt["new"], receipt["unchanged"], faults) == (0, 2, [])


@pytest.mark.parametrize(
    ("was", "told", "cell", "said"),
    [
        ("2028-08-31", "2027-08-31", "I2", "hiệu lực đến là 31/08/2028"),
        ("2028-08-31", "", "I2", "hiệu lực đến là 31/08/2028"),
        ("minh-hoa-0001", "minh-hoa-0002", "A2", "mã tổ chức là minh-hoa-0001"),
    ],
)
async def test_a_row_that_says_other_facts_of_a_number_on_record_is_refused_at_each_of_them(
    officer: Any, was: str, told: str, cell: str, said: str
) -> None:
    await imported(officer, LINE)
    receipt, [(at, code, message)] = await imported(officer, LINE.replace(was, told))
    assert (receipt["applied"], receipt["unchanged"]) == (False, 0)
    assert (at, code) == (cell, "certificate_already_recorded")
    assert message.endswith(f"ở đó {said}.")


async def test_a_fact_that_the_record_lacks_is_told_as_lacking(officer: Any) -> None:
    await imported(officer, LINE.replace(";2015;", ";;"))
    _, [(at, _, message)] = await imported(officer, LINE)
    assert (at, message.endswith("ở đó phiên bản là không có.")) == ("D2", True)


async def test_a_column_that_the_table_does_not_have_says_nothing(officer: Any) -> None:
    await imported(officer, LINE)
    table = "\n".join(line.rpartition(";")[0] for line in (HEADINGS, LINE)).encode()
    receipt, refused = await send_table(officer, PATH, table)
    assert (receipt["unchanged"], refused) == (1, [])


async def test_a_number_that_another_province_recorded_is_named_and_nothing_of_it_is_told(
    officer: Any, caller: Any
) -> None:
    there = await caller("province-officer", places=["vn-31-2025"])
    await imported(there, LINE.replace("vn-33-2025", "vn-31-2025"))
    _, [(cell, code, message)] = await imported(officer, LINE)
    assert (cell, code) == ("F2", "certificate_already_recorded")
    assert "minh-hoa" not in message


@pytest.mark.parametrize(
    ("place", "code"), [("vn-31-2025", "place_out_of_scope"), ("vn-99-1997", "place_unknown")]
)
async def test_a_place_that_is_not_the_callers_or_never_was_is_named_at_its_cell(
    officer: Any, place: str, code: str
) -> None:
    _, faults = await imported(officer, LINE.replace("vn-33-2025", place))
    assert [fault[:2] for fault in faults] == [("B2", code)]
