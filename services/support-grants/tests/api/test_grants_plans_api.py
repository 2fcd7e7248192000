"""Plans, targets and tasks at the door."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from pq_common.contracts.plans import Plan, Span, TargetClause, Task
from pq_common.testing.api import command

Officer = Callable[..., Awaitable[httpx.AsyncClient]]
MakePlan = Callable[..., Plan]
PLANS = "/support-grants/v1/plans"
CODE = "hung-yen-2021-2030"
DONE = {
    "state": "done",
    "reported_on": "2025-11-20",
    "evidence": [{"kind": "minutes", "reference": "BB-01"}],
}


def sent(plan: Plan, **changes: Any) -> dict[str, Any]:
    return {**plan.model_dump(mode="json"), **changes}


async def issued(client: httpx.AsyncClient, plan: Plan) -> httpx.Response:
    answer = await client.post(PLANS, json=sent(plan), headers=command())
    assert answer.status_code == 201, answer.text
    return answer


async def test_strangers_read_and_do_not_write(
    stranger: httpx.AsyncClient, a_plan: MakePlan
) -> None:
    body = sent(a_plan())
    amendment = {"plan": body, "reason": "x"}
    for answer in (
        await stranger.post(PLANS, json=body, headers=command()),
        await stranger.put(f"{PLANS}/{CODE}", json=amendment, headers={"If-Match": '"v1"'}),
        await stranger.post(f"{PLANS}/{CODE}/tasks/HY-T1/reports", json=DONE, headers=command()),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert (await stranger.get(PLANS)).json() == {"items": [], "next": None}


async def test_officers_write_for_their_own_places_only(
    officer_of: Officer, ministry: httpx.AsyncClient, a_plan: MakePlan
) -> None:
    hai_phong = await officer_of("vn-31-2025")
    refused = await hai_phong.post(PLANS, json=sent(a_plan()), headers=command())
    assert (refused.status_code, refused.json()["code"]) == (404, "place_out_of_scope")
    await issued(ministry, a_plan())
    amendment: dict[str, Any] = {"plan": sent(a_plan()), "reason": "x"}
    refused = await hai_phong.put(f"{PLANS}/{CODE}", json=amendment, headers={"If-Match": '"v1"'})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (404, "/plan/place_id")
    # Naming a place of one's own does not open another's plan.
    amendment["plan"]["place_id"] = "vn-31-1997"
    refused = await hai_phong.put(f"{PLANS}/{CODE}", json=amendment, headers={"If-Match": '"v1"'})
    assert (refused.status_code, refused.json()["code"]) == (404, "plan_not_found")
    refused = await hai_phong.post(
        f"{PLANS}/{CODE}/tasks/HY-T1/reports", json=DONE, headers=command()
    )
    assert (refused.status_code, refused.json()["code"]) == (404, "plan_not_found")
    hung_yen = await officer_of("vn-33-2025")
    answer = await hung_yen.post(
        f"{PLANS}/{CODE}/tasks/HY-T1/reports", json=DONE, headers=command()
    )
    assert answer.status_code == 201


async def test_other_roles_do_not_write(
    app: Any, issuer: Any, open_client: Any, a_plan: MakePlan
) -> None:
    analyst = await open_client(app, token=issuer.token("ministry-analyst"))
    refused = await analyst.post(PLANS, json=sent(a_plan()), headers=command())
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"first_year": 12021}, "/first_year"),
        ({"calendar": {"month": 6}}, "/calendar/month"),
        ({"slips": [{"field": "span"}]}, "/slips/0/printed"),
    ],
)
async def test_a_body_that_is_no_plan_is_refused(
    change: dict[str, Any], pointer: str, ministry: httpx.AsyncClient, a_plan: MakePlan
) -> None:
    refused = await ministry.post(PLANS, json=sent(a_plan(), **change), headers=command())
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_a_plan_against_the_rules_is_refused_with_every_reason(
    ministry: httpx.AsyncClient, a_plan: MakePlan, a_clause: Callable[..., TargetClause]
) -> None:
    wrong = a_plan(targets=(a_clause(value=None), a_clause()), place_id="vn-33-2025")
    refused = await ministry.post(PLANS, json=sent(wrong), headers=command())
    assert (refused.status_code, refused.json()["code"]) == (422, "plan_refused")
    assert [fault["code"] for fault in refused.json()["errors"]] == [
        "place_not_of_that_day",
        "code_repeated",
        "code_repeated",
        "clause_value_missing",
    ]


async def test_a_plan_is_issued_once(ministry: httpx.AsyncClient, a_plan: MakePlan) -> None:
    first = await issued(ministry, a_plan())
    assert first.headers["Location"] == f"{PLANS}/{CODE}"
    again = await ministry.post(PLANS, json=sent(a_plan()), headers=command())
    assert (again.status_code, again.json()["code"]) == (409, "plan_exists")


async def test_the_same_command_sent_twice_is_answered_twice_and_done_once(
    ministry: httpx.AsyncClient, a_plan: MakePlan
) -> None:
    headers = command("founding-hung-yen")
    first = await ministry.post(PLANS, json=sent(a_plan()), headers=headers)
    second = await ministry.post(PLANS, json=sent(a_plan()), headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_an_amendment_needs_the_version_it_changes(
    ministry: httpx.AsyncClient, a_plan: MakePlan
) -> None:
    await issued(ministry, a_plan())
    body = {"plan": sent(a_plan(title="Khác")), "reason": "Đính chính"}
    missing = await ministry.put(f"{PLANS}/{CODE}", json=body)
    stale = await ministry.put(f"{PLANS}/{CODE}", json=body, headers={"If-Match": '"v9"'})
    assert (missing.status_code, stale.status_code) == (428, 412)


async def test_texts_of_each_day_and_each_knowledge_can_be_read(
    ministry: httpx.AsyncClient, stranger: httpx.AsyncClient, a_plan: MakePlan
) -> None:
    first = (await issued(ministry, a_plan())).json()
    body = {
        "plan": sent(a_plan(title="Kế hoạch sửa đổi", targets=())),
        "reason": "Đính chính",
        "valid_from": "2024-01-01",
    }
    amended = await ministry.put(f"{PLANS}/{CODE}", json=body, headers={"If-Match": '"v1"'})
    assert (amended.status_code, amended.headers["ETag"]) == (200, '"v2"')

    async def title(**times: str) -> str:
        return str((await stranger.get(f"{PLANS}/{CODE}", params=times)).json()["title"])

    assert await title() == "Kế hoạch sửa đổi"
    assert await title(valid_at="2023-06-30") == first["title"]
    assert await title(known_at=first["recorded_at"]) == first["title"]
    listed = (await stranger.get(PLANS, params={"valid_at": "2023-06-30"})).json()["items"]
    assert [(plan["title"], plan["target_count"]) for plan in listed] == [(first["title"], 1)]
    before = await stranger.get(f"{PLANS}/{CODE}", params={"valid_at": "2021-11-30"})
    assert (before.status_code, before.json()["code"]) == (404, "plan_not_found")


async def test_a_reader_who_has_it_is_told_nothing_changed(
    ministry: httpx.AsyncClient, stranger: httpx.AsyncClient, a_plan: MakePlan
) -> None:
    await issued(ministry, a_plan())
    for path in (f"{PLANS}/{CODE}", f"{PLANS}/{CODE}/targets/HY-04"):
        tag = (await stranger.get(path)).headers["ETag"]
        again = await stranger.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


async def test_text_is_kept_in_one_form(ministry: httpx.AsyncClient, a_plan: MakePlan) -> None:
    decomposed = a_plan(title="Ke\u0302\u0301 hoa\u0323ch")
    assert (await issued(ministry, decomposed)).json()["title"] == "Kế hoạch"


async def test_plans_are_found_by_place_programme_and_level(
    ministry: httpx.AsyncClient, stranger: httpx.AsyncClient, a_plan: MakePlan
) -> None:
    await issued(ministry, a_plan())
    await issued(
        ministry,
        a_plan(
            "hai-phong-2021-2025", place_id="vn-31-1997", programmes=("decision-36",), targets=()
        ),
    )
    await issued(ministry, a_plan("decision-1322", level="national", place_id="vn", targets=()))

    async def found(**filters: str) -> list[str]:
        answer = await stranger.get(PLANS, params=filters)
        assert answer.status_code == 200, answer.text
        return [plan["code"] for plan in answer.json()["items"]]

    assert await found() == ["decision-1322", "hai-phong-2021-2025", CODE]
    assert await found(place="vn-33-2025") == [CODE]
    assert await found(place="vn-33-2025", on="as_reported") == []
    assert await found(place="vn-33-2025", on="2025-07-01") == [CODE]
    assert await found(place="vn-33-1997", on="2021") == [CODE]
    assert await found(programme="decision-36") == ["hai-phong-2021-2025"]
    assert await found(level="national") == ["decision-1322"]
    for wrong in ({"place": "vn-99-1900"}, {"place": "vn-33-2025", "on": "2021"}):
        refused = await stranger.get(PLANS, params=wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "place_filter_unknown")


async def test_lists_come_in_pages(
    ministry: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    a_plan: MakePlan,
    a_clause: Callable[..., TargetClause],
) -> None:
    clauses = tuple(a_clause(f"HY-{number:02d}") for number in range(5))
    await issued(ministry, a_plan(targets=clauses))
    path: str | None = f"{PLANS}/{CODE}/targets?limit=2"
    seen: list[str] = []
    while path:
        page = (await stranger.get(path)).json()
        seen += [target["code"] for target in page["items"]]
        path = page["next"]
    assert seen == [f"HY-{number:02d}" for number in range(5)]


async def test_targets_are_found_by_indicator_and_year(
    ministry: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    a_plan: MakePlan,
    a_clause: Callable[..., TargetClause],
) -> None:
    late = Span(first_year=2026, last_year=2030, printed="2026-2030")
    both = a_clause("HY-05", indicator="COM-EVENT", further_indicators=("HR-CLASS",), span=late)
    await issued(ministry, a_plan(targets=(a_clause(), both)))

    async def found(**filters: Any) -> list[str]:
        answer = await stranger.get(f"{PLANS}/{CODE}/targets", params=filters)
        return [target["code"] for target in answer.json()["items"]]

    assert await found(indicator="HR-CLASS") == ["HY-04", "HY-05"]
    assert await found(indicator="COM-EVENT") == ["HY-05"]
    assert await found(period=2025) == ["HY-04"]
    missing = await stranger.get(f"{PLANS}/{CODE}/targets/HY-99")
    assert (missing.status_code, missing.json()["code"]) == (404, "target_not_found")
    assert (await stranger.get(f"{PLANS}/x/targets")).json()["code"] == "plan_not_found"


async def test_silence_about_a_task_is_said_as_silence(
    ministry: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    a_plan: MakePlan,
    a_task: Callable[..., Task],
) -> None:
    plan = await issued(ministry, a_plan(tasks=(a_task(), a_task("HY-T2", group=5))))
    tasks = f"{PLANS}/{CODE}/tasks"
    demo = {**DONE, "mode": "demo"}
    answer = await ministry.post(f"{tasks}/HY-T1/reports", json=demo, headers=command())
    assert (answer.status_code, answer.json()["state_text_vi"]) == (201, "đã hoàn thành")

    async def states(**filters: Any) -> list[tuple[str, str | None, str]]:
        page = (await stranger.get(tasks, params=filters)).json()
        return [(t["code"], t["state"], t["state_text_vi"]) for t in page["items"]]

    silent = [("HY-T1", None, "chưa báo cáo"), ("HY-T2", None, "chưa báo cáo")]
    assert await states() == silent
    assert await states(mode="demo") == [("HY-T1", "done", "đã hoàn thành"), silent[1]]
    assert await states(mode="demo", state="not_reported") == silent[1:]
    assert await states(mode="demo", state="done") == [("HY-T1", "done", "đã hoàn thành")]
    assert await states(group=5) == silent[1:]
    assert await states(mode="demo", valid_at="2025-11-19") == silent
    assert await states(mode="demo", known_at=plan.json()["recorded_at"]) == silent
    assert await states(indicator="X") == []


async def test_reports_on_a_task_are_kept_in_order(
    ministry: httpx.AsyncClient, stranger: httpx.AsyncClient, a_plan: MakePlan
) -> None:
    await issued(ministry, a_plan())
    path = f"{PLANS}/{CODE}/tasks/HY-T1/reports"
    for said in (DONE, {"state": "under_way", "reported_on": "2025-11-21", "note": "làm lại"}):
        assert (await ministry.post(path, json=said, headers=command())).status_code == 201
    found = (await stranger.get(path)).json()["items"]
    assert [(report["number"], report["state"]) for report in found] == [
        (2, "under_way"),
        (1, "done"),
    ]
    refused = await ministry.post(
        path, json={"state": "dropped", "reported_on": "2025-11-21"}, headers=command()
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "task_report_refused")
    refused = await ministry.post(path.replace("HY-T1", "X"), json=DONE, headers=command())
    assert (refused.status_code, refused.json()["code"]) == (404, "task_not_found")
    assert (await stranger.get(path.replace("HY-T1", "X"))).json()["code"] == "task_not_found"
    assert (await stranger.get(f"{PLANS}/x/tasks/y/reports")).json()["code"] == "plan_not_found"


async def test_a_task_that_is_done_is_not_dropped(
    ministry: httpx.AsyncClient, a_plan: MakePlan
) -> None:
    await issued(ministry, a_plan())
    path = f"{PLANS}/{CODE}/tasks/HY-T1/reports"
    await ministry.post(path, json=DONE, headers=command())
    dropped = {"state": "dropped", "reported_on": "2025-11-21", "decision": "1/QĐ"}
    refused = await ministry.post(path, json=dropped, headers=command())
    assert (refused.status_code, refused.json()["code"]) == (409, "task_transition_illegal")


async def test_unknown_parameters_are_refused(stranger: httpx.AsyncClient) -> None:
    refused = await stranger.get(PLANS, params={"provnce": "33"})
    assert (refused.status_code, refused.json()["code"]) == (400, "query_parameter_unknown")
