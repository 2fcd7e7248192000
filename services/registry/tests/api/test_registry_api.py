"""The registry from outside: refusals first, then what it is for."""

from typing import Any

import pytest

from pq_common.testing.api import command

ORGANISATION: dict[str, Any] = {
    "tax_code": "0100047516",
    "name": "Cơ sở minh họa 0001",
    "legal_form": "CTCP",
    "place_id": "vn-33-2025",
    "status": "ACTIVE",
    "valid_from": "2025-08-01",
    "main_industry": {"version": "VSIC2018", "code": "10"},
    "is_synthetic": True,
}
HUNG_YEN = {"places": ["vn-33-2025"]}


@pytest.fixture
async def officer(caller: Any) -> Any:
    return await caller("province-officer", **HUNG_YEN)


async def registered(client: Any, **changes: Any) -> dict[str, Any]:
    answer = await client.post(
        "/registry/v1/enterprises", json={**ORGANISATION, **changes}, headers=command()
    )
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_without_a_token_nothing_is_read_or_written(caller: Any) -> None:
    public = await caller()
    assert (await public.get("/registry/v1/enterprises")).status_code == 401
    assert (
        await public.post("/registry/v1/enterprises", json=ORGANISATION, headers=command())
    ).status_code == 401


async def test_a_wrong_check_digit_is_refused_with_the_field(officer: Any) -> None:
    answer = await officer.post(
        "/registry/v1/enterprises",
        json={**ORGANISATION, "tax_code": "0101234567"},
        headers=command(),
    )
    assert answer.status_code == 422
    assert "0101234567" in answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/tax_code"]


async def test_every_contradiction_is_told_at_once(officer: Any) -> None:
    bad = {**ORGANISATION, "legal_form": "CN", "valid_from": "2025-06-30"}
    answer = await officer.post("/registry/v1/enterprises", json=bad, headers=command())
    assert answer.status_code == 409
    assert [error["code"] for error in answer.json()["errors"]] == [
        "place_not_of_that_day",
        "code_kind_wrong",
    ]


async def test_an_organisation_of_another_province_cannot_be_registered(officer: Any) -> None:
    answer = await officer.post(
        "/registry/v1/enterprises",
        json={**ORGANISATION, "place_id": "vn-31-2025"},
        headers=command(),
    )
    assert answer.status_code == 404


async def test_the_same_code_twice_is_a_conflict_that_names_the_first(officer: Any) -> None:
    first = await registered(officer)
    answer = await officer.post("/registry/v1/enterprises", json=ORGANISATION, headers=command())
    assert (answer.status_code, answer.json()["duplicate_of"]) == (409, first["enterprise_id"])


async def test_a_change_needs_the_version_it_changes(officer: Any) -> None:
    body = await registered(officer)
    path = f"/registry/v1/enterprises/{body['enterprise_id']}"
    assert (await officer.put(path, json=ORGANISATION)).status_code == 428
    assert (
        await officer.put(path, json=ORGANISATION, headers={"If-Match": '"v9"'})
    ).status_code == 412


async def test_a_code_never_changes(officer: Any) -> None:
    body = await registered(officer)
    path = f"/registry/v1/enterprises/{body['enterprise_id']}"
    answer = await officer.put(
        path, json={**ORGANISATION, "tax_code": "0300588569"}, headers={"If-Match": '"v1"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "organisation_facts_refused")


async def test_a_save_that_changes_nothing_leaves_the_version_and_the_feed(officer: Any) -> None:
    body = await registered(officer)
    path = f"/registry/v1/enterprises/{body['enterprise_id']}"
    answer = await officer.put(path, json=ORGANISATION, headers={"If-Match": '"v1"'})
    assert (answer.status_code, answer.headers["etag"], answer.json()["version"]) == (
        200,
        '"v1"',
        1,
    )


async def test_a_change_is_kept_with_both_clocks(officer: Any) -> None:
    body = await registered(officer)
    path = f"/registry/v1/enterprises/{body['enterprise_id']}"
    changed = {**ORGANISATION, "name": "Cơ sở minh họa đổi tên", "valid_from": "2026-01-01"}
    assert (await officer.put(path, json=changed, headers={"If-Match": '"v1"'})).json()[
        "version"
    ] == 2
    assert (await officer.get(path)).json()["name"] == "Cơ sở minh họa đổi tên"
    assert (await officer.get(path, params={"valid_at": "2025-12-31"})).json()[
        "name"
    ] == ORGANISATION["name"]
    before = await officer.get(path, params={"valid_at": "2025-07-31"})
    assert before.status_code == 404


async def test_a_back_dated_change_holds_from_its_day_on(officer: Any) -> None:
    body = await registered(officer, valid_from="2026-01-01")
    path = f"/registry/v1/enterprises/{body['enterprise_id']}"
    changed = {**ORGANISATION, "name": "Cơ sở minh họa đính chính", "valid_from": "2025-08-01"}
    await officer.put(path, json=changed, headers={"If-Match": '"v1"'})
    for asked in ({"valid_at": "2026-02-01"}, {"known_at": "2100-01-01T00:00:00Z"}):
        then = (await officer.get(path, params=asked)).json()
        assert (then["name"], then["version"]) == (changed["name"], 2)


async def test_what_is_closed_is_gone_and_names_its_successors(officer: Any) -> None:
    body = await registered(officer)
    path = f"/registry/v1/enterprises/{body['enterprise_id']}"
    closure = {"closed_on": "2026-03-31", "reason": "merged", "successors": ["another"]}
    assert (
        await officer.post(f"{path}/closure", json=closure, headers=command())
    ).status_code == 200
    gone = await officer.get(path)
    assert (gone.status_code, gone.json()["successors"]) == (410, ["another"])
    again = await officer.post(f"{path}/closure", json=closure, headers=command())
    assert (again.status_code, again.json()["code"]) == (409, "organisation_transition_illegal")


async def test_a_closing_day_before_the_beginning_is_refused(officer: Any) -> None:
    body = await registered(officer)
    path = f"/registry/v1/enterprises/{body['enterprise_id']}/closure"
    answer = await officer.post(
        path, json={"closed_on": "2025-07-31", "reason": "dissolved"}, headers=command()
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (409, "/closed_on")


async def test_an_officer_sees_the_predecessors_but_a_former_officer_not_the_others(
    caller: Any,
) -> None:
    admin = await caller("ministry-admin")
    of_thai_binh = await registered(admin, place_id="vn-34-1997", valid_from="2023-01-01")
    of_hai_phong = await registered(
        admin, place_id="vn-31-1997", valid_from="2023-01-01", tax_code="0300588569"
    )
    today = await caller("province-officer", places=["vn-33-2025"])
    former = await caller("province-officer", places=["vn-33-1997"])

    def path(body: dict[str, Any]) -> str:
        return f"/registry/v1/enterprises/{body['enterprise_id']}"

    assert (await today.get(path(of_thai_binh))).status_code == 200
    assert (await today.get(path(of_hai_phong))).status_code == 404
    assert (await former.get(path(of_thai_binh))).status_code == 404
    listed = (await today.get("/registry/v1/enterprises")).json()["items"]
    assert [item["enterprise_id"] for item in listed] == [of_thai_binh["enterprise_id"]]


async def test_a_household_is_found_by_no_one_through_its_personal_code(officer: Any) -> None:
    household = {
        **ORGANISATION,
        "legal_form": "HKD",
        "tax_code": "034090001234",
        "name": "Hộ ông Minh Họa",
    }
    body = await registered(officer, **household)
    assert body["tax_code"] is None
    assert "034090001234" not in str(body)
    assert body["name"] == "Hộ kinh doanh"
    again = await officer.post("/registry/v1/enterprises", json=household, headers=command())
    assert again.status_code == 409
    assert "034090001234" not in again.text


async def test_a_list_is_filtered_by_any_spelling_of_the_name(officer: Any) -> None:
    await registered(officer)
    found = (
        await officer.get("/registry/v1/enterprises", params={"name": "co so minh hoa"})
    ).json()["items"]
    assert [item["name"] for item in found] == [ORGANISATION["name"]]
    assert (
        await officer.get("/registry/v1/enterprises", params={"tax_code": "0300588569"})
    ).json()["items"] == []
    assert (
        await officer.get(
            "/registry/v1/enterprises", params={"place": "vn-33-2025", "status": "ACTIVE"}
        )
    ).json()["items"]


async def test_a_bare_code_of_a_place_is_refused_with_both_readings(caller: Any) -> None:
    public = await caller()
    answer = await public.get("/registry/v1/places", params={"code": "44"})
    assert answer.status_code == 422
    assert len(answer.json()["readings"]) == 2


async def test_places_are_told_as_of_a_day(caller: Any) -> None:
    public = await caller()
    then = (await public.get("/registry/v1/places", params={"on": "2025-06-30"})).json()["items"]
    now = (await public.get("/registry/v1/places", params={"on": "2025-07-01"})).json()["items"]
    assert (len(then), len(now)) == (63, 34)
    one = (
        await public.get("/registry/v1/places", params={"on": "2025-07-01", "code": "44"})
    ).json()["items"]
    assert [place["name"] for place in one] == ["Quảng Trị"]
    named = (
        await public.get("/registry/v1/places", params={"on": "2025-07-01", "name": "hung yen"})
    ).json()["items"]
    assert named[0]["predecessors"] == ["vn-33-1997", "vn-34-1997"]
    assert (await public.get("/registry/v1/places/vn-33-2025")).json()["type"] == "tỉnh"
