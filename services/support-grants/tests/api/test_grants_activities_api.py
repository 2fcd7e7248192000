"""Activities at the door: whose they are, how they change, how they come in and go out as tables."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from pq_common.contracts.plans import Plan
from pq_common.db.session import Database
from pq_common.events.sequencer import Sequencer
from pq_common.testing.api import command
from pq_common.testing.sending import ended, send_table
from pq_support_grants.api import activity_exports

Officer = Callable[..., Awaitable[httpx.AsyncClient]]
V1 = "/support-grants/v1"
ACTIVITIES = f"{V1}/activities"


def facts(place: str = "vn-33-2025", day: str = "2025-09-08", **changes: Any) -> dict[str, Any]:
    return {
        "place_id": place,
        "indicator": "HR-CLASS",
        "title": "Lớp tập huấn 5S",
        "starts_on": day,
        "ends_on": day,
        "quantity": "1",
        "unit": "lớp",
        "evidence": [{"kind": "decision", "reference": "12/QĐ-SKHCN"}],
        **changes,
    }


async def reported(client: httpx.AsyncClient, *args: str, **changes: Any) -> dict[str, Any]:
    answer = await client.post(ACTIVITIES, json=facts(*args, **changes), headers=command())
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def seen(client: httpx.AsyncClient, **filters: Any) -> list[str]:
    answer = await client.get(ACTIVITIES, params=filters)
    assert answer.status_code == 200, answer.text
    return [one["title"] for one in answer.json()["items"]]


async def attempts(client: httpx.AsyncClient, activity_id: str) -> list[httpx.Response]:
    """Try every address that shows or changes one activity."""
    correction = facts(reason="x", title="Của người khác")
    return [
        await client.get(f"{ACTIVITIES}/{activity_id}"),
        await client.get(f"{ACTIVITIES}/{activity_id}/subjects"),
        await client.put(
            f"{ACTIVITIES}/{activity_id}", json=correction, headers={"If-Match": '"v1"'}
        ),
        await client.post(
            f"{ACTIVITIES}/{activity_id}/withdrawal", json={"reason": "x"}, headers=command()
        ),
    ]


async def test_nobody_reads_activities_without_a_token(stranger: httpx.AsyncClient) -> None:
    for answer in (
        await stranger.get(ACTIVITIES),
        *await attempts(stranger, "0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c10"),
        await stranger.post(ACTIVITIES, json=facts(), headers=command()),
        await stranger.get(f"{V1}/changes"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("place", "day"),
    [("vn-31-2025", "2025-09-08"), ("vn-31-1997", "2024-05-06"), ("vn-30-1997", "2023-01-05")],
)
async def test_an_officer_of_hung_yen_has_no_way_to_hai_phong(
    place: str, day: str, officer_of: Officer, ministry: httpx.AsyncClient, owned: Database
) -> None:
    hung_yen = await officer_of("vn-33-2025")
    theirs = await reported(ministry, place, day)
    await Sequencer(owned).step()
    for answer in await attempts(hung_yen, theirs["activity_id"]):
        assert (answer.status_code, answer.json()["code"]) == (404, "activity_not_found")
    assert await seen(hung_yen) == []
    assert await seen(hung_yen, place=place) == []
    refused = await hung_yen.post(ACTIVITIES, json=facts(place, day), headers=command())
    assert (refused.status_code, refused.json()["code"]) == (404, "place_out_of_scope")
    changes = (await hung_yen.get(f"{V1}/changes")).json()["items"]
    assert changes == []
    assert len((await ministry.get(f"{V1}/changes")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("place", "day"),
    [
        ("vn-34-1997", "2021-03-02"),
        ("vn-34-1997", "2025-06-30"),
        ("vn-33-1997", "2025-06-30"),
        ("vn-33-2025", "2025-07-01"),
    ],
)
async def test_an_officer_of_hung_yen_has_all_of_its_predecessors_of_any_date(
    place: str, day: str, officer_of: Officer, ministry: httpx.AsyncClient
) -> None:
    hung_yen = await officer_of("vn-33-2025")
    made = await reported(hung_yen, place, day)
    by_ministry = await reported(ministry, place, day, title="Của bộ")
    assert await seen(hung_yen) == ["Của bộ", "Lớp tập huấn 5S"]
    path = f"{ACTIVITIES}/{by_ministry['activity_id']}"
    corrected = await hung_yen.put(
        path, json=facts(place, day, quantity="2", reason="x"), headers={"If-Match": '"v1"'}
    )
    assert (corrected.status_code, corrected.json()["version"]) == (200, 2)
    withdrawn = await hung_yen.post(
        f"{ACTIVITIES}/{made['activity_id']}/withdrawal", json={"reason": "x"}, headers=command()
    )
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "withdrawn")


async def test_an_officer_of_the_former_hung_yen_has_neither_thai_binh_nor_the_new_province(
    officer_of: Officer, ministry: httpx.AsyncClient
) -> None:
    former = await officer_of("vn-33-1997")
    for place, day in (("vn-34-1997", "2024-05-06"), ("vn-33-2025", "2025-09-08")):
        theirs = await reported(ministry, place, day)
        for answer in await attempts(former, theirs["activity_id"]):
            assert answer.status_code == 404
        refused = await former.post(ACTIVITIES, json=facts(place, day), headers=command())
        assert refused.status_code == 404
    assert await seen(former) == []
    await reported(former, "vn-33-1997", "2024-05-06", title="Của Hưng Yên cũ")
    assert await seen(former) == ["Của Hưng Yên cũ"]


async def test_every_reason_to_refuse_is_said_where_it_was_written(
    ministry: httpx.AsyncClient,
) -> None:
    wrong = facts("vn-33-1997", quantity="0", evidence=[], clause_codes=["HY-04"])
    refused = await ministry.post(ACTIVITIES, json=wrong, headers=command())
    assert (refused.status_code, refused.json()["code"]) == (422, "activity_refused")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [
        "/place_id",
        "/quantity",
        "/evidence",
        "/plan_code",
    ]


@pytest.mark.parametrize(
    "change", [{"quantity": 1}, {"quantity": "một"}, {"colour": "red"}, {"mode": "test"}]
)
async def test_a_body_that_is_no_activity_is_refused(
    change: dict[str, Any], ministry: httpx.AsyncClient
) -> None:
    refused = await ministry.post(ACTIVITIES, json=facts(**change), headers=command())
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


async def test_a_correction_needs_the_version_it_changes(ministry: httpx.AsyncClient) -> None:
    made = await reported(ministry)
    path = f"{ACTIVITIES}/{made['activity_id']}"
    body = facts(reason="nhập sai", quantity="2")
    assert (await ministry.put(path, json=body)).status_code == 428
    assert (await ministry.put(path, json=body, headers={"If-Match": '"v9"'})).status_code == 412


async def test_what_was_known_can_be_asked(ministry: httpx.AsyncClient) -> None:
    made = await reported(ministry)
    path = f"{ACTIVITIES}/{made['activity_id']}"
    same = await ministry.put(path, json=facts(reason="x"), headers={"If-Match": '"v1"'})
    assert (same.status_code, same.headers["ETag"]) == (200, '"v1"')
    await ministry.put(
        path, json=facts(reason="nhập sai", quantity="2"), headers={"If-Match": '"v1"'}
    )
    now = await ministry.get(path)
    then = await ministry.get(path, params={"known_at": made["recorded_at"]})
    assert [(one.json()["quantity"], one.json()["reason"]) for one in (now, then)] == [
        ("2", "nhập sai"),
        ("1", None),
    ]
    assert now.headers["ETag"] != then.headers["ETag"]
    assert (
        await ministry.get(path, headers={"If-None-Match": now.headers["ETag"]})
    ).status_code == 304
    listed = await ministry.get(ACTIVITIES, params={"known_at": made["recorded_at"]})
    assert [one["quantity"] for one in listed.json()["items"]] == ["1"]


async def test_what_is_withdrawn_is_left_alone(ministry: httpx.AsyncClient) -> None:
    made = await reported(ministry)
    path = f"{ACTIVITIES}/{made['activity_id']}"
    await ministry.post(f"{path}/withdrawal", json={"reason": "trùng"}, headers=command())
    for refused in (
        await ministry.put(
            path, json=facts(reason="x", quantity="2"), headers={"If-Match": '"v2"'}
        ),
        await ministry.post(f"{path}/withdrawal", json={"reason": "lại"}, headers=command()),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "activity_transition_illegal")


async def test_demonstration_and_official_data_are_never_in_one_list(
    ministry: httpx.AsyncClient,
) -> None:
    await reported(ministry, title="Thật")
    demo = await reported(ministry, title="Minh họa", mode="demo")
    assert (demo["mode"], demo["is_synthetic"]) == ("demo", True)
    assert await seen(ministry) == ["Thật"]
    assert await seen(ministry, mode="demo") == ["Minh họa"]


async def test_activities_are_found_by_what_they_were_for(
    ministry: httpx.AsyncClient, a_plan: Callable[..., Plan]
) -> None:
    await ministry.post(f"{V1}/plans", json=a_plan().model_dump(mode="json"), headers=command())
    aimed = {"plan_code": "hung-yen-2021-2030", "clause_codes": ["HY-04"], "task_code": "HY-T1"}
    await reported(ministry, "vn-33-1997", "2024-05-06", title="A", subjects=["s1"], **aimed)
    proof = [{"kind": "press-link", "reference": "Báo Hưng Yên số 7"}]
    await reported(
        ministry, "vn-34-1997", "2025-01-07", title="B", indicator="COM-PRESS", evidence=proof
    )
    for filters, titles in (
        ({}, ["B", "A"]),
        ({"plan": "hung-yen-2021-2030"}, ["A"]),
        ({"clause": "HY-04"}, ["A"]),
        ({"task": "HY-T1"}, ["A"]),
        ({"programme": "decision-1322"}, ["A"]),
        ({"programme": "decision-36"}, []),
        ({"indicator": "COM-PRESS"}, ["B"]),
        ({"subject": "s1"}, ["A"]),
        ({"evidence": "bao hung yen so 7"}, ["B"]),
        ({"period_from": "2025-01-01"}, ["B"]),
        ({"period_to": "2024-12-31"}, ["A"]),
        ({"status": "withdrawn"}, []),
        ({"place": "vn-33-2025"}, ["B", "A"]),
        ({"place": "vn-33-2025", "on": "2025-07-01"}, ["B", "A"]),
        ({"place": "vn-33-1997", "on": "2021"}, ["A"]),
        ({"place": "vn", "on": "2021"}, []),
    ):
        assert await seen(ministry, **filters) == titles, filters


async def test_pages_of_activities_follow_one_another(ministry: httpx.AsyncClient) -> None:
    for day in (1, 2, 2, 3, 4):
        await reported(ministry, day=f"2025-09-0{day}", title=f"{day}")
    path: str | None = f"{ACTIVITIES}?limit=2"
    found: list[str] = []
    while path:
        page = (await ministry.get(path)).json()
        found += [one["title"] for one in page["items"]]
        path = page["next"]
    assert found == ["4", "3", "2", "2", "1"]


async def test_subjects_are_unjudged_before_the_registry_is_heard(
    ministry: httpx.AsyncClient,
) -> None:
    made = await reported(ministry, subjects=["c", "a", "b"])
    path: str | None = f"{ACTIVITIES}/{made['activity_id']}/subjects?limit=2"
    found: list[tuple[str, bool | None]] = []
    while path:
        page = (await ministry.get(path)).json()
        found += [(one["subject"], one["is_known"]) for one in page["items"]]
        path = page["next"]
    assert found == [("a", None), ("b", None), ("c", None)]


CSV = """Địa bàn;Chỉ tiêu;Tên hoạt động;Từ ngày;Số lượng;Đơn vị tính;Minh chứng
33;HR-CLASS;Lớp 5S;8/9/2025;1;lớp;12/QĐ-SKHCN
Thái Bình;HR-CLASS;Lớp Kaizen;6/5/2024;1;lớp;13/QĐ-SKHCN
{last}
"""


async def imported(
    client: httpx.AsyncClient, last: str, **order: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Send the form with this last row; return the receipt and the refused rows."""
    return await send_table(client, ACTIVITIES, CSV.format(last=last).encode(), **order)


@pytest.mark.parametrize(
    ("last", "cell", "code"),
    [
        ("Hải Phòng;HR-CLASS;Lớp;1/9/2025;1;lớp;1/QĐ", "A4", "place_out_of_scope"),
        ("Hưng Yen;HR-CLASS;Lớp;1/9/2025;0;lớp;1/QĐ", "E4", "activity_quantity_out_of_bounds"),
        ("34;HR-CLASS;Lớp;1/9/2025;1;lớp;1/QĐ", "A4", "place_unknown"),
        ("Đâu đó;HR-CLASS;Lớp;1/9/2025;1;lớp;1/QĐ", "A4", "place_unknown"),
        ("33;HR-CLASS;Lớp;31/2/2025;1;lớp;1/QĐ", "D4", "date_from_datetime_parsing"),
        ("33;HR-CLASS;Lớp;1/9/2025;2.000;lớp;1/QĐ", "E4", "number_ambiguous"),
    ],
)
async def test_a_row_that_is_refused_names_its_cell_and_keeps_the_others_out(
    last: str, cell: str, code: str, officer_of: Officer
) -> None:
    hung_yen = await officer_of("vn-33-2025")
    receipt, (refused,) = await imported(hung_yen, last)
    assert receipt["applied"] is False
    assert (refused["errors"][0]["cell"], refused["errors"][0]["code"]) == (cell, code)
    assert await seen(hung_yen) == []


async def test_a_form_sent_again_with_a_row_more_adds_only_that_row(officer_of: Officer) -> None:
    hung_yen = await officer_of("vn-33-2025")
    first, _ = await imported(hung_yen, "")
    assert (first["new"], first["unchanged"]) == (2, 0)
    again, _ = await imported(hung_yen, "Hưng Yên;HR-CLASS;Lớp Lean;1/10/2025;1;lớp;14/QĐ")
    assert (again["new"], again["unchanged"]) == (1, 2)
    assert await seen(hung_yen) == ["Lớp Lean", "Lớp 5S", "Lớp Kaizen"]


async def exported(client: httpx.AsyncClient, **filters: str) -> list[dict[str, Any]]:
    order = {"format": "ndjson", "filters": filters}
    answer = await client.post(f"{ACTIVITIES}/exports", json=order, headers=command())
    assert answer.status_code == 202, answer.text
    follow = answer.json()["follow"]
    job = await ended(client, follow)
    assert job["state"] == "done", job
    lines = (await client.get(f"{follow}/file")).text.splitlines()
    assert len(lines) == job["result"]["rows"]
    return [json.loads(line) for line in lines]


async def test_an_export_has_what_its_caller_may_see_and_no_more(
    officer_of: Officer, ministry: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_exports, "AT_ONCE", 1)  # so that it reads several slices
    await reported(ministry, "vn-31-2025", title="Hải Phòng")
    await reported(ministry, title="Hưng Yên", subjects=["a"])
    await reported(ministry, "vn-34-1997", "2024-05-06", title="Thái Bình")
    hung_yen = await officer_of("vn-33-2025")
    assert [row["title"] for row in await exported(hung_yen)] == ["Hưng Yên", "Thái Bình"]
    assert [row["title"] for row in await exported(hung_yen, place="vn-31-2025")] == []
    (row,) = await exported(hung_yen, period_from="2025-01-01")
    assert (row["subjects"], row["evidence"]) == ("a", "decision: 12/QĐ-SKHCN")


async def test_an_export_refuses_a_day_that_is_none(
    ministry: httpx.AsyncClient, app: FastAPI
) -> None:
    order = {"filters": {"period_from": "hôm qua"}}
    answer = await ministry.post(f"{ACTIVITIES}/exports", json=order, headers=command())
    follow = answer.json()["follow"]
    job = await ended(ministry, follow)
    assert (job["state"], job["error"]["errors"][0]["code"]) == ("failed", "day_malformed")
