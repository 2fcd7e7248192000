"""``/reporting/v1``: refusals first, then figures that explain themselves."""

from typing import Any

import pytest
from httpx import AsyncClient

from pq_reporting.api import asking

TARGETS = "/reporting/v1/targets"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("?nonsense=1", 400, "parameter_unknown"),
        ("?place=vn-99-1900", 422, "place_filter_unknown"),
        ("?group=7", 422, None),
        ("?status=great", 422, None),
        ("?boundary=1800", 422, None),
        ("?on=yesterday", 422, None),
        ("?on=0", 422, None),
        ("?mode=secret", 422, None),
        ("?cursor=abc", 422, "cursor_invalid"),
    ],
)
async def test_a_question_that_cannot_be_is_refused_in_our_own_shape(
    client: AsyncClient, query: str, status: int, code: str | None
) -> None:
    answer = await client.get(TARGETS + query)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    assert (
        code is None or code in answer.json()["code"] or answer.json()["code"].endswith("parameter")
    )


async def test_a_target_that_no_plan_has_is_not_there(client: AsyncClient) -> None:
    answer = await client.get(f"{TARGETS}/hung-yen-2021-2030/HY-99")
    assert (answer.status_code, answer.json()["code"]) == (404, "target_not_found")


async def all_targets(client: AsyncClient, query: str = "") -> dict[str, Any]:
    answer = await client.get(f"{TARGETS}?on=2025-12-31{query}")
    assert answer.status_code == 200, answer.text
    return {one["code"]: one for one in answer.json()["items"]}


async def test_a_target_nobody_reported_on_has_no_value_and_says_unreported(
    client: AsyncClient,
) -> None:
    silent = (await all_targets(client))["HP-01"]
    assert (silent["status"], silent["word"]["vi"]) == ("unreported", "Chưa báo cáo")
    assert silent["actual"] == {"kind": "missing", "value": None, "reason": None, "unit": None}


async def test_a_reported_zero_is_a_number_and_its_condition_is_not_held_against_it(
    client: AsyncClient,
) -> None:
    zero = (await all_targets(client))["HY-01"]
    assert (zero["actual"]["kind"], zero["actual"]["value"], zero["status"]) == (
        "number",
        "0",
        "not_applicable",
    )


async def test_a_figure_names_what_it_is_made_of(client: AsyncClient) -> None:
    listed = (await all_targets(client))["HY-04"]
    assert listed["sources"] == [{"kind": "activity", "id": "a1"}]
    assert (listed["actual"]["value"], listed["needed"]["value"], listed["status"]) == (
        "5",
        "18",
        "missed",
    )
    detail = (await client.get(f"{TARGETS}/hung-yen-2021-2030/HY-04?on=2025-12-31")).json()
    assert detail["records"][0]["title"] == "Lớp 5S tại Phố Nối"
    assert detail["target"]["sentence"] == "Tổ chức khoảng 20 lớp tập huấn."


async def test_modes_are_never_summed(client: AsyncClient) -> None:
    assert (await all_targets(client, "&mode=demo"))["HY-04"]["actual"]["value"] == "19"
    assert (await all_targets(client))["HY-04"]["actual"]["value"] == "5"


async def test_the_successor_stands_beside_with_its_parts_and_the_promises_of_the_others(
    client: AsyncClient,
) -> None:
    beside = (await all_targets(client, "&boundary=2025-07-01"))["HY-04"]["successor"]
    assert (beside["place_id"], beside["figure"]["value"]) == ("vn-33-2025", "7")
    assert [part["figure"]["value"] for part in beside["parts"]] == ["5", "2", None]
    assert [one["code"] for one in beside["siblings"]] == ["TB-01"]
    assert (await all_targets(client))["HY-04"]["successor"] is None


async def test_filters_narrow_and_a_place_brings_what_it_was_merged_from(
    client: AsyncClient,
) -> None:
    of_place = await all_targets(client, "&place=vn-33-2025")
    assert {code[:2] for code in of_place} == {"HY", "TB"}
    assert set(await all_targets(client, "&group=3&plan=hung-yen-2021-2030")) == {"HY-06"}
    assert set(await all_targets(client, "&status=not_due")) == {"HY-30"}
    assert await all_targets(client, "&plan=none") == {}


async def test_pages_follow_each_other_without_repeating(client: AsyncClient) -> None:
    codes, address = [], f"{TARGETS}?on=2025-12-31&limit=3"
    while address:
        answer = (await client.get(address)).json()
        codes += [one["code"] for one in answer["items"]]
        address = answer["next"]
    assert codes == list(await all_targets(client))
    assert codes[0] == "VN-05"


async def test_an_answer_already_held_is_not_sent_again_until_something_is_heard(
    told: Any, client_of: Any, an_activity: Any
) -> None:
    async with client_of(told.api_url) as client:
        for address in (TARGETS, f"{TARGETS}/hung-yen-2021-2030/HY-04", "/reporting/v1/tasks"):
            tag = (await client.get(address)).headers["etag"]
            assert (await client.get(address, headers={"If-None-Match": tag})).status_code == 304
        await told.hear(told.reported(an_activity("a9")))
        assert (await client.get(address, headers={"If-None-Match": tag})).status_code == 200


async def tags_of(client: AsyncClient) -> list[str]:
    return [
        (await client.get(address)).headers["etag"]
        for address in (TARGETS, f"{TARGETS}/hung-yen-2021-2030/HY-04", "/reporting/v1/tasks")
    ]


async def test_an_answer_held_from_before_a_rebuild_is_sent_again(
    told: Any, client_of: Any
) -> None:
    async with client_of(told.api_url) as client:
        before, heard = await tags_of(client), (await client.get(TARGETS)).json()["as_of"]
        await told.rebuild()
        assert (await client.get(TARGETS)).json()["as_of"] == heard
        assert set(await tags_of(client)).isdisjoint(before)


async def test_an_answer_held_from_before_a_release_is_sent_again(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await tags_of(client)
    assert await tags_of(client) == before
    monkeypatch.setattr(asking, "_program", lambda: "another")
    assert set(await tags_of(client)).isdisjoint(before)


async def test_every_task_is_listed_and_silence_is_unreported(client: AsyncClient) -> None:
    answer = (await client.get("/reporting/v1/tasks?plan=hai-phong-2021-2025&limit=500")).json()
    assert len(answer["items"]) == 18
    assert {one["state"] for one in answer["items"]} == {"unreported"}
    assert len((await client.get("/reporting/v1/tasks?group=2")).json()["items"]) == 4


async def test_an_answer_says_how_far_it_had_heard(client: AsyncClient) -> None:
    answer = (await client.get(TARGETS)).json()
    assert answer["as_of"]["events"] == 8
    assert sum(sum(one.values()) for one in answer["as_of"]["offsets"].values()) >= 9
    assert (answer["mode"], answer["boundary"]) == ("official", "as_reported")


async def test_the_document_describes_all_of_it(client: AsyncClient) -> None:
    paths = (await client.get("/reporting/openapi.json")).json()["paths"]
    assert {TARGETS, TARGETS + "/{plan}/{code}", "/reporting/v1/tasks"} <= paths.keys()
    assert not any(path.startswith(("/chi-tieu", "/static", "/en")) for path in paths)
