"""Organisations in as a table: refusals by cell first, then what a row leaves as it is."""

from typing import Any

import httpx
import pytest

from pq_common.testing.api import command
from pq_common.testing.sending import send_table

ENTERPRISES = "/registry/v1/enterprises"
HEADINGS = "Mã số thuế;Tên;Loại hình;Địa bàn;Từ ngày;Quy mô"
RECORDED: dict[str, Any] = {
    "tax_code": "0100047516",
    "name": "Cơ sở minh họa 0001",
    "legal_form": "CTCP",
    "place_id": "vn-33-2025",
    "status": "SUSPENDED",
    "valid_from": "2025-08-01",
    "commune": "Xã minh họa",
    "address": "Số 1, đường minh họa",
    "main_industry": {"version": "VSIC2025", "code": "10"},
    "size_class": "small",
    "roles": ["training-provider"],
    "is_fdi": True,
    "is_synthetic": True,
}


@pytest.fixture
async def officer(caller: Any) -> Any:
    return await caller("province-officer", places=["vn-33-2025"])


async def registered(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post(ENTERPRISES, json={**RECORDED, **changes}, headers=command())
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def imported(
    client: httpx.AsyncClient, *rows: str, headings: str = HEADINGS
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Send the table; return the counts that are not zero and the faults of its rows."""
    receipt, refused = await send_table(client, ENTERPRISES, "\n".join((headings, *rows)).encode())
    counts = {name: receipt[name] for name in ("new", "changed", "unchanged", "refused")}
    faults = [fault for row in refused for fault in row["errors"]]
    return {name: count for name, count in counts.items() if count}, faults


async def listed(client: httpx.AsyncClient) -> list[tuple[str, int]]:
    items = (await client.get(ENTERPRISES)).json()["items"]
    return [(item["name"], item["version"]) for item in items]


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [
        ("0101234567;Cơ sở;CTCP;vn-33-2025;2025-08-01;small", "A2", "code_invalid"),
        ("100047516;Cơ sở;CTCP;vn-33-2025;2025-08-01;small", "A2", "code_invalid"),
        ("0100047516;Cơ sở;CTCP;vn-31-2025;2025-08-01;small", "D2", "place_out_of_scope"),
        ("0100047516;Cơ sở;CTCP;vn-99-2025;2025-08-01;small", "D2", "place_unknown"),
    ],
)
async def test_a_refused_row_names_its_cell(row: str, cell: str, code: str, officer: Any) -> None:
    counts, (fault,) = await imported(officer, row)
    assert counts == {"refused": 1}
    assert (fault["cell"], fault["code"]) == (cell, code)
    assert await listed(officer) == []


async def test_what_a_table_does_not_mention_stays_as_recorded(officer: Any) -> None:
    before = await registered(officer)
    row = "0100047516;Cơ sở đổi tên;CTCP;vn-33-2025;2025-08-01;"
    assert await imported(officer, row) == ({"changed": 1}, [])
    after = (await officer.get(f"{ENTERPRISES}/{before['enterprise_id']}")).json()
    assert after == {**before, "name": "Cơ sở đổi tên", "version": 2}


async def test_what_a_table_mentions_is_changed(officer: Any) -> None:
    before = await registered(officer)
    headings = f"{HEADINGS};Trạng thái;Mã ngành chính"
    row = "0100047516;Cơ sở minh họa 0001;CTCP;vn-33-2025;2025-08-01;medium;ACTIVE;46"
    assert await imported(officer, row, headings=headings) == ({"changed": 1}, [])
    after = (await officer.get(f"{ENTERPRISES}/{before['enterprise_id']}")).json()
    assert (after["status"], after["size_class"]) == ("ACTIVE", "medium")
    assert after["main_industry"] == {"version": "VSIC2018", "code": "46"}


async def test_a_corrected_file_finds_those_without_a_code_again(officer: Any) -> None:
    first = ";Tổ hợp tác Hòa Bình;THT;vn-33-2025;2025-08-01;micro"
    assert await imported(officer, first) == ({"new": 1}, [])
    corrected = ";Tổ hợp tác Hoà Bình;THT;vn-33-2025;2025-08-01;small"
    other = ";Tổ hợp tác Hòa Bình;HKD;vn-33-2025;2025-08-01;micro"
    assert await imported(officer, corrected, other) == ({"new": 1, "changed": 1}, [])
    assert await listed(officer) == [("Tổ hợp tác Hoà Bình", 2), ("Tổ hợp tác Hòa Bình", 1)]


async def test_households_whose_names_differ_in_a_tone_are_two(officer: Any) -> None:
    rows = [f";Hộ {name};HKD;vn-33-2025;2025-08-01;micro" for name in ("Hùng", "Hưng", "Húng")]
    assert await imported(officer, *rows) == ({"new": 3}, [])
    assert await imported(officer, *rows[1:]) == ({"unchanged": 2}, [])


async def test_of_several_without_a_code_the_one_that_goes_on_and_is_spelled_alike_is_found(
    officer: Any,
) -> None:
    household = {"tax_code": None, "legal_form": "HKD"}
    closed = await registered(officer, **household, name="Hộ Hưng")
    answer = await officer.post(
        f"{ENTERPRISES}/{closed['enterprise_id']}/closure",
        json={"closed_on": "2026-03-31", "reason": "dissolved"},
        headers=command(),
    )
    assert answer.status_code == 200
    await registered(officer, **household, name="Hộ Hùng")
    await registered(officer, **household, name="Hộ Hưng")
    row = ";Hộ Hưng;HKD;vn-33-2025;2025-08-01;medium"
    assert await imported(officer, row) == ({"changed": 1}, [])
    assert await listed(officer) == [("Hộ Hưng", 2), ("Hộ Hùng", 1), ("Hộ Hưng", 2)]


async def test_a_status_that_cannot_follow_names_its_cell(officer: Any) -> None:
    await registered(officer, status="REVOKED_TAX")
    headings = f"{HEADINGS};Trạng thái"
    row = "0100047516;Cơ sở minh họa 0001;CTCP;vn-33-2025;2025-08-01;small;SUSPENDED"
    counts, (fault,) = await imported(officer, row, headings=headings)
    assert counts == {"refused": 1}
    assert (fault["cell"], fault["code"]) == ("G2", "organisation_transition_illegal")
    assert fault["value"] == "SUSPENDED"


@pytest.mark.parametrize(("tax_code", "cell"), [("0100047516", "A2"), (None, "B2")])
async def test_one_that_is_closed_is_named_by_its_code_or_without_one_by_its_name(
    officer: Any, tax_code: str | None, cell: str
) -> None:
    form = "CTCP" if tax_code else "HKD"
    one = await registered(officer, tax_code=tax_code, legal_form=form)
    closure = {"closed_on": "2026-03-31", "reason": "dissolved"}
    address = f"{ENTERPRISES}/{one['enterprise_id']}/closure"
    assert (await officer.post(address, json=closure, headers=command())).status_code == 200
    row = f"{tax_code or ''};Cơ sở minh họa 0001;{form};vn-33-2025;2025-08-01;medium"
    counts, (fault,) = await imported(officer, row)
    assert counts == {"refused": 1}
    assert (fault["cell"], fault["code"]) == (cell, "organisation_closed")


async def test_one_that_another_province_registered_is_named_by_its_code(
    officer: Any, caller: Any
) -> None:
    there = await caller("province-officer", places=["vn-31-2025"])
    await registered(there, place_id="vn-31-2025")
    row = "0100047516;Cơ sở minh họa 0001;CTCP;vn-33-2025;2025-08-01;small"
    counts, (fault,) = await imported(officer, row)
    assert counts == {"refused": 1}
    assert (fault["cell"], fault["code"]) == ("A2", "organisation_already_registered")
    assert "Cơ sở minh họa" not in fault["message_vi"]
