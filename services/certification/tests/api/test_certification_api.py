"""Certificates from outside: refusals first, then what the service is for."""

from typing import Any

import pytest

from pq_common.testing.api import command

CERTIFICATE: dict[str, Any] = {
    "enterprise_id": "minh-hoa-0001",
    "place_id": "vn-33-2025",
    "scheme": "ISO 9001",
    "edition": "2015",
    "body_id": "to-chuc-minh-hoa-01",
    "number": "MH 2025/0001",
    "decided_on": "2025-09-01",
    "printed_from": "2025-09-01",
    "printed_to": "2028-08-31",
    "is_synthetic": True,
}
PATH = "/certification/v1/certificates"


@pytest.fixture
async def officer(caller: Any) -> Any:
    return await caller("province-officer", places=["vn-33-2025"])


async def recorded(client: Any, **changes: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json={**CERTIFICATE, **changes}, headers=command())
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_stranger_reads_and_writes_no_certificate(caller: Any) -> None:
    public = await caller()
    assert (await public.get(PATH)).status_code == 401
    assert (await public.post(PATH, json=CERTIFICATE, headers=command())).status_code == 401


async def test_an_analyst_reads_but_does_not_record(caller: Any) -> None:
    analyst = await caller("ministry-analyst")
    assert (await analyst.get(PATH)).status_code == 200
    assert (await analyst.post(PATH, json=CERTIFICATE, headers=command())).status_code == 403


async def test_every_contradiction_is_told_at_once(officer: Any) -> None:
    bad = {**CERTIFICATE, "scheme": "Kaizen", "place_id": "vn-33-1997", "number": "--/"}
    answer = await officer.post(PATH, json=bad, headers=command())
    assert answer.status_code == 409
    codes = [error["code"] for error in answer.json()["errors"]]
    assert codes == ["scheme_unknown", "place_not_of_that_day", "number_empty"]


async def test_a_place_that_never_was_is_refused(officer: Any) -> None:
    answer = await officer.post(
        PATH, json={**CERTIFICATE, "place_id": "vn-99-1997"}, headers=command()
    )
    assert [error["code"] for error in answer.json()["errors"]] == ["place_unknown"]


async def test_another_province_is_out_of_reach(officer: Any) -> None:
    answer = await officer.post(
        PATH, json={**CERTIFICATE, "place_id": "vn-31-2025"}, headers=command()
    )
    assert answer.status_code == 404


async def test_the_same_number_of_the_same_body_is_a_conflict_in_any_spacing(officer: Any) -> None:
    first = await recorded(officer)
    again = await officer.post(
        PATH, json={**CERTIFICATE, "number": "mh2025-0001"}, headers=command()
    )
    assert (again.status_code, again.json()["duplicate_of"]) == (409, first["certificate_id"])
    await recorded(officer, body_id="to-chuc-minh-hoa-02")


async def test_a_status_changes_only_as_the_table_says(officer: Any) -> None:
    body = await recorded(officer)
    path = f"{PATH}/{body['certificate_id']}/status"

    async def become(status: str, day: str) -> Any:
        told = {"status": status, "effective_on": day, "reason": "minh họa"}
        return await officer.post(path, json=told, headers=command())

    assert (await become("suspended", "2025-08-31")).json()["errors"][0][
        "code"
    ] == "day_of_effect_impossible"
    assert (await become("suspended", "2026-01-10")).json()["version"] == 2
    refused = await become("transferred", "2026-02-01")
    assert (refused.status_code, refused.json()["code"]) == (409, "certificate_transition_illegal")
    assert (await become("active", "2026-03-01")).json()["status_text_vi"] == "còn hiệu lực"


async def test_what_it_was_on_a_day_is_kept(officer: Any) -> None:
    body = await recorded(officer)
    path = f"{PATH}/{body['certificate_id']}"
    told = {"status": "withdrawn", "effective_on": "2026-01-10", "reason": "minh họa"}
    await officer.post(f"{path}/status", json=told, headers=command())
    now = (await officer.get(path)).json()
    assert (now["status"], now["restorable_until"]) == ("withdrawn", None)
    then = (await officer.get(path, params={"valid_at": "2026-01-09"})).json()
    assert (then["status"], then["restorable_until"]) == ("active", "2029-02-28")
    assert (await officer.get(path, params={"valid_at": "2025-08-31"})).status_code == 404
    unknown_then = await officer.get(path, params={"known_at": "2020-01-01T00:00:00Z"})
    assert unknown_then.status_code == 404


async def test_a_reader_who_has_it_is_told_that_nothing_changed(officer: Any) -> None:
    body = await recorded(officer)
    path = f"{PATH}/{body['certificate_id']}"
    tag = (await officer.get(path)).headers["etag"]
    assert (await officer.get(path, headers={"If-None-Match": tag})).status_code == 304
    assert (await officer.get(f"{PATH}/nowhere")).status_code == 404


async def test_a_list_keeps_what_counts_on_a_day(officer: Any) -> None:
    await recorded(officer)
    await recorded(officer, number="MH 2", scheme="TCVN ISO 14000", edition=None, printed_to=None)

    async def numbers(**filters: str) -> list[str]:
        return [
            item["number"] for item in (await officer.get(PATH, params=filters)).json()["items"]
        ]

    assert await numbers(valid_on="2025-08-31") == []
    assert await numbers(valid_on="2029-01-01") == ["MH 2"]
    assert await numbers(scheme="iso 9001", place="vn-33-2025", status="active") == ["MH 2025/0001"]
    assert await numbers(enterprise_id="nobody") == []


@pytest.mark.parametrize(
    ("number", "day", "expected"),
    [
        ("mh2025/0001", "2026-01-01", "valid"),
        ("MH 2025/0001", "2030-01-01", "not_valid"),
        ("X", "2026-01-01", "cannot_tell"),
    ],
)
async def test_anybody_may_verify_and_doubt_says_so(
    caller: Any, officer: Any, number: str, day: str, expected: str
) -> None:
    await recorded(officer)
    public = await caller()
    answer = await public.get(
        "/certification/v1/verification", params={"number": number, "on": day}
    )
    assert (answer.status_code, answer.json()["answer"]) == (200, expected)


async def test_what_counted_last_year_is_not_undone_by_a_withdrawal_since(
    caller: Any, officer: Any
) -> None:
    body = await recorded(officer)
    told = {"status": "withdrawn", "effective_on": "2026-02-01", "reason": "minh họa"}
    await officer.post(f"{PATH}/{body['certificate_id']}/status", json=told, headers=command())
    public = await caller()

    async def answer(day: str) -> str:
        asked = await public.get(
            "/certification/v1/verification", params={"number": "MH 2025/0001", "on": day}
        )
        found: str = asked.json()["answer"]
        return found

    assert [await answer(day) for day in ("2025-08-31", "2026-01-31", "2026-02-01")] == [
        "not_valid",
        "valid",
        "not_valid",
    ]
    before = (await officer.get(PATH, params={"valid_on": "2026-01-31"})).json()["items"]
    after = (await officer.get(PATH, params={"valid_on": "2026-02-01"})).json()["items"]
    assert [item["number"] for item in before] == ["MH 2025/0001"]
    assert after == []
